"""The meter: what runs took, and what they would have cost on public services by a dated price sheet.

Everything is counted and multiplied on this machine; nothing about it is sent anywhere. The format of a price sheet is in
docs/formats/prices.md.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.errors import ContentError
from desktop_app.records.learning import Run, Spent

if TYPE_CHECKING:
    from desktop_app.records.learner import LearnerRepository

_MOST_BYTES = 200_000
_MILLION = 1_000_000
_OLD_DAYS = 183
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ServicePrice:
    """What one service charges for a million tokens sent (input) and received (output), read on the day as_of."""

    id: str
    name: str
    input: float
    output: float
    as_of: date
    source: str

    def cost(self, spent: Spent) -> float:
        """The price of these tokens, in the sheet's currency."""
        return (spent.prompt_tokens * self.input + spent.completion_tokens * self.output) / _MILLION

    def is_old(self, today: date) -> bool:
        """True if the price was read more than half a year ago."""
        return (today - self.as_of).days > _OLD_DAYS


@dataclass(frozen=True, slots=True)
class PriceSheet:
    """Prices of services in one currency (ISO 4217); path is the file they come from."""

    currency: str
    note: str
    services: tuple[ServicePrice, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run took, and what all runs of the last seven days and all of its use case (a prompt, or free prompts) took.

    sheet is None if no prices can be read; problem says why.
    """

    run: Spent
    week: Spent
    case: Spent
    case_name: str
    sheet: PriceSheet | None
    problem: str
    today: date

    @property
    def headline(self) -> str:
        """The run in one short line: tokens, time, and its price on the sheet's first service."""
        spent = self.run
        parts = [f"{spent.prompt_tokens:,} tokens in, {spent.completion_tokens:,} out", f"{spent.seconds:.1f} s"]
        if self.sheet is not None:
            first = self.sheet.services[0]
            parts.append(f"about {money(first.cost(spent), self.sheet.currency)} on {first.name}")
        return " · ".join(parts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What one must know to read the prices: how rough they are, and when and where each was read."""
        if self.sheet is None:
            return (self.problem,)
        read = (
            f"{one.name}: read on {one.as_of.day} {one.as_of:%B %Y}{', so it may be out of date' if one.is_old(self.today) else ''}. {one.source}"
            for one in self.sheet.services
        )
        here = "Nothing was sent and nothing was paid. A larger model would write another answer, so this is an order of magnitude."
        return tuple(text for text in (here, self.sheet.note, *read) if text)


def figures(
    learner: LearnerRepository, run: Run, sheet: PriceSheet | ContentError, *, case_name: str, now: datetime
) -> Figures:
    """The figures for a run that was just recorded; an error in place of the sheet is told as the problem."""
    problem = str(sheet) if isinstance(sheet, ContentError) else ""
    written = (
        (run.completion_tokens - 1) / run.tokens_per_second
        if run.tokens_per_second and run.completion_tokens > 1
        else 0
    )
    return Figures(
        Spent(1, run.prompt_tokens, run.completion_tokens, run.first_token_ms / 1000 + written),
        learner.spent(since=now - _WEEK), learner.spent(prompt_id=run.prompt_id), case_name,
        None if isinstance(sheet, ContentError) else sheet, problem, now.date(),
    )  # fmt: skip


def read_price_sheet(path: Path) -> PriceSheet:
    """The sheet in a file; raises ContentError naming the file and what is wrong with it."""
    from desktop_app.prompts.schema import against_schema

    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise ContentError(f"The price sheet has more than {_MOST_BYTES:,} bytes.", path)
        data: dict[str, Any] = json.loads(content, parse_constant=_refuse)
    except OSError as exc:
        raise ContentError(
            f"The price sheet cannot be read ({exc.strerror}). Check the path and rights.", path
        ) from exc
    except (ValueError, RecursionError) as exc:
        raise ContentError("The price sheet is not JSON.", path) from exc
    against_schema("prices", data, {}, path)
    try:
        services = tuple(
            ServicePrice(one["id"], one["name"], float(one["input"]), float(one["output"]),
                         date.fromisoformat(one["as_of"]), one["source"])
            for one in data["services"]
        )  # fmt: skip
    except ValueError as exc:
        raise ContentError("The price sheet: as_of must be a day such as 2026-10-07.", path) from exc
    if len({one.id for one in services}) != len(services):
        raise ContentError("The price sheet has two services with the same id.", path)
    return PriceSheet(data["currency"], data.get("note", ""), services, path)


def money(amount: float, currency: str) -> str:
    """An amount as people read it: two digits that count, never "0.00" for what costs something ("USD 0.00041")."""
    if amount <= 0:
        return f"{currency} 0"
    digits = 2 if amount >= 1 else min(8, 1 - math.floor(math.log10(amount)))
    return f"{currency} {amount:,.{max(2, digits)}f}"


def _refuse(name: str) -> Any:
    raise ValueError(name)
