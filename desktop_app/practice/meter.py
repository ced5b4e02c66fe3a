"""The meter: what runs took, and what they would have cost on public services by a dated price sheet.

Everything is counted and multiplied on this machine; nothing about it is sent anywhere. The format of a price sheet is in
docs/formats/prices.md.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.records.learning import Spent

_MOST_BYTES = 200_000
_MILLION = 1_000_000
_OLD_DAYS = 183


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
