"""How prompts do in people's hands: figures per version, which to mend first, and the file feedback is handed on in.

The file's format is docs/formats/feedback.md. It names nobody, and holds comments only if the person agreed.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from desktop_app.errors import AppError, ContentError
from desktop_app.records.usage import Feedback
from desktop_app.storage.files import write_atomically
from desktop_app.storage.yaml_text import read_bytes

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from desktop_app.records.learner import LearnerRepository

FORMAT = "greenroom-feedback"
MAX_BYTES = 5_000_000
_SCHEMA = Path(__file__).resolve().parents[2] / "resources" / "schemas" / "feedback.schema.json"
_UNSURE = 2  # an imagined yes and an imagined no, so that one complaint alone does not rule (Laplace's rule)


@dataclass(frozen=True, slots=True)
class Given:
    """One person's feedback or uses as handed on: source is a pseudonym, the same for everything one profile gives."""

    source: str
    uses: Mapping[tuple[str, int], int]
    feedback: tuple[Feedback, ...]
    exported: date | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """How one version does. success is the share of uses with feedback that met the goal, from 0.0 to 1.0; None without any.

    minutes_saved is the sum over those who said; comments are newest first; people is how many gave feedback or used it.
    need says how much there is to gain by mending it: expected uses that missed their goal. why says so in words.
    """

    prompt_id: str
    version: int
    uses: int
    people: int
    answers: int
    met: Mapping[str, int]
    success: float | None
    rating: float | None
    minutes_saved: float | None
    reasons: Mapping[str, int]
    comments: tuple[Feedback, ...] = ()
    need: float = 0.0


@dataclass(slots=True)
class _Tally:
    uses: int = 0
    sources: set[str] = field(default_factory=set)
    given: list[Feedback] = field(default_factory=list)


def own(learner: LearnerRepository) -> Given:
    """What this profile's person did and said."""
    profile_id, _ = learner.vault_account
    source = hashlib.sha256(b"greenroom feedback" + profile_id.encode()).hexdigest()[:16]
    return Given(source, learner.usage.use_counts(), learner.usage.feedback())


def figures(given: Iterable[Given]) -> tuple[Figures, ...]:
    """Figures per version, the one most worth mending first; of two files from one source the later one counts."""
    tallies: dict[tuple[str, int], _Tally] = {}
    for one in _latest(given):
        for key, uses in one.uses.items():
            tally = tallies.setdefault(key, _Tally())
            tally.uses += uses
            tally.sources.add(one.source)
        for said in one.feedback:
            tally = tallies.setdefault((said.prompt_id, said.version), _Tally())
            tally.given.append(said)
            tally.sources.add(one.source)
    found = (_figures(prompt_id, version, tally) for (prompt_id, version), tally in tallies.items())
    return tuple(sorted(found, key=lambda one: (-one.need, -one.uses, one.prompt_id, one.version)))


def _latest(given: Iterable[Given]) -> Iterable[Given]:
    newest: dict[str, Given] = {}
    for one in given:
        known = newest.get(one.source)
        if known is None or (one.exported or date.max) >= (known.exported or date.max):
            newest[one.source] = one
    return newest.values()


def _figures(prompt_id: str, version: int, tally: _Tally) -> Figures:
    said = tally.given
    met = Counter(one.goal_met for one in said)
    ratings = [one.rating for one in said if one.rating is not None]
    minutes = [one.minutes_saved for one in said if one.minutes_saved is not None]
    uses = max(tally.uses, len(said))  # feedback on a use that was not counted is a use all the same
    # a goal partly met is half missed; expected share of misses by Laplace's rule of succession
    missed = met["no"] + met["partly"] / 2
    need = uses * (missed + 1) / (len(said) + _UNSURE) if missed else 0.0
    return Figures(
        prompt_id, version, uses, len(tally.sources), len(said), dict(met),
        met["yes"] / len(said) if said else None,
        sum(ratings) / len(ratings) if ratings else None,
        sum(minutes) if minutes else None,
        dict(Counter(one.reason for one in said if one.reason).most_common()),
        tuple(one for one in reversed(said) if one.comment), need,
    )  # fmt: skip


# -- handing on ----------------------------------------------------------------------------------------------------------


def write_file(path: Path, given: Given, today: date, *, comments: bool) -> None:
    """Write what one person gave, with comments only if they agreed; raises StoreError."""
    document = {
        "format": FORMAT, "version": 1, "source": given.source, "exported": today.isoformat(),
        "uses": [
            {"prompt": prompt_id, "version": version, "count": many}
            for (prompt_id, version), many in sorted(given.uses.items())
        ],
        "feedback": [_row(one, comments=comments) for one in given.feedback],
    }  # fmt: skip
    write_atomically(path, json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "replace") + b"\n")


def _row(one: Feedback, *, comments: bool) -> dict[str, Any]:
    row: dict[str, Any] = {
        "prompt": one.prompt_id, "version": one.version, "content": one.content_hash, "goal_met": one.goal_met,
        "rating": one.rating, "reason": one.reason, "minutes_saved": one.minutes_saved,
        "day": one.at.date().isoformat() if one.at else None, "comment": one.comment if comments else "",
    }  # fmt: skip
    return {name: value for name, value in row.items() if value not in (None, "")}


def read_files(paths: Sequence[Path]) -> tuple[tuple[Given, ...], tuple[ContentError, ...]]:
    """What the files, and those below folders (*.json), hold; files that cannot be read are named, the rest counts."""
    given, problems = [], []
    for path in paths:
        for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
            try:
                given.append(read_file(file))
            except ContentError as problem:
                problems.append(problem)
    return tuple(given), tuple(problems)


def read_file(path: Path) -> Given:
    """One person's file; raises ContentError if it is not one."""
    try:
        document = json.loads(read_bytes(path, MAX_BYTES).decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as exc:
        raise ContentError("This is no feedback file: it is not JSON. Ask for it again.", path) from exc
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise ContentError(
            'This is no feedback file: its "format" is another. `greenroom prompt feedback --out` makes one.', path
        )
    error = next(iter(_validator().iter_errors(document)), None)
    if error is not None:
        place = "/".join(map(str, error.absolute_path)) or "the file"
        raise ContentError(f"The feedback file was changed: {place} does not fit ({error.message[:100]}).", path)
    try:
        return _given(document)
    except (ValueError, AppError) as exc:
        raise ContentError(f"The feedback file was changed: {exc}", path) from exc


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _given(document: Mapping[str, Any]) -> Given:
    uses: Counter[tuple[str, int]] = Counter()
    for row in document["uses"]:
        uses[row["prompt"], row["version"]] += row["count"]
    said = tuple(
        Feedback(
            row["prompt"], row["version"], row.get("content", ""), row["goal_met"], row.get("rating"),
            row.get("reason", ""), row.get("minutes_saved"), row.get("comment", ""),
            datetime.fromisoformat(row["day"]) if "day" in row else None,
        )
        for row in document["feedback"]
    )  # fmt: skip
    return Given(document["source"], dict(uses), said, date.fromisoformat(document["exported"]))


@functools.cache
def _validator() -> Validator:
    from jsonschema import Draft202012Validator  # 100 ms to import, so not before the first file

    return Draft202012Validator(json.loads(_SCHEMA.read_text("utf-8")))
