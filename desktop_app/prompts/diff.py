"""What changed between two versions, word by word, part by part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import groupby, zip_longest
from typing import Any, Literal

from desktop_app.prompts.prompt import Input, PromptVersion

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Matching is quadratic at worst. Above the first number of words, lines are compared first and words between them; above
# the second, what changed between two lines that stayed is one change, and texts of so many lines are compared whole.
_FEW, _MANY = 600, 6000


Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that stayed, came or went."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class PartDiff:
    """The changes of one part, such as "Message 2 (user)", in reading order."""

    part: str
    changes: tuple[Change, ...]

    @property
    def is_changed(self) -> bool:
        """True if anything came or went."""
        return any(change.kind != "same" for change in self.changes)


def word_diff(old: str, new: str) -> tuple[Change, ...]:
    """The changes from old to new; the kept and added ones joined give new, the kept and removed ones old."""
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) <= _FEW:
        return tuple(_readable(_joined(_changes(before, after))))
    lines = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(lines[0]) + len(lines[1]) > _MANY:
        lines = [old] * bool(old), [new] * bool(new)
    return tuple(_readable(_joined(_by_line(*lines))))


def _by_line(before: list[str], after: list[str]) -> Iterator[Change]:
    """Lines that stayed as they are; between them the words."""
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > _FEW)
    for tag, a, b, c, d in matcher.get_opcodes():
        old, new = "".join(before[a:b]), "".join(after[c:d])
        words = _WORD.findall(old), _WORD.findall(new)
        if tag == "equal":
            yield Change("same", old)
        elif len(words[0]) + len(words[1]) > _MANY:
            yield from (Change("removed", old), Change("added", new))
        else:
            yield from _changes(*words)


def _changes(before: list[str], after: list[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > _FEW)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Change("same", "".join(before[a:b]))
        else:
            yield from (Change("removed", "".join(before[a:b])), Change("added", "".join(after[c:d])))


def _joined(changes: Iterable[Change]) -> Iterator[Change]:
    """The changes with some text; what stayed is one change, though it was found in pieces."""
    for kind, pieces in groupby((one for one in changes if one.text), lambda one: one.kind):
        yield Change(kind, "".join(one.text for one in pieces))


def _readable(changes: Iterable[Change]) -> Iterator[Change]:
    """Words that were replaced one by one are replaced together: only a space that stayed stood between them."""
    gone = came = space = ""
    for change in changes:
        if change.kind == "same" and gone and came and not space and change.text.isspace() and "\n" not in change.text:
            space = change.text
        elif change.kind == "same":
            yield from _replaced(gone, came, space)
            gone = came = space = ""
            yield change
        elif space and change.kind == "removed":
            gone, came, space = gone + space + change.text, came + space, ""
        elif space:  # only more words came
            yield from _replaced(gone, came, space)
            gone, came, space = "", change.text, ""
        elif change.kind == "removed":
            gone += change.text
        else:
            came += change.text
    yield from _replaced(gone, came, space)


def _replaced(gone: str, came: str, space: str) -> Iterator[Change]:
    kinds: tuple[tuple[Kind, str], ...] = (("removed", gone), ("added", came), ("same", space))
    yield from (Change(kind, text) for kind, text in kinds if text)


@dataclass(frozen=True, slots=True)
class LinePair:
    """One line of a side-by-side view: its pieces before and after, None on the side where there is no such line."""

    before: tuple[Change, ...] | None
    after: tuple[Change, ...] | None

    @property
    def is_changed(self) -> bool:
        """True unless both sides say the same."""
        return self.before != self.after


def side_by_side(changes: Sequence[Change]) -> tuple[LinePair, ...]:
    """The changes in lines that stand beside each other; the lines of a side joined by "\\n" give its text.

    Lines are brought level again after each line end that both texts share.
    """
    sides: tuple[list[list[Change] | None], list[list[Change] | None]] = ([[]], [[]])
    for change in changes:
        first, *others = change.text.split("\n")
        if change.kind == "same" and first:
            _align(*sides)
        for at in {"same": (0, 1), "removed": (0,), "added": (1,)}[change.kind]:
            _add(sides[at], change.kind, first)
        for line in others:
            if change.kind == "same":
                _level(*sides)
            for at in {"same": (0, 1), "removed": (0,), "added": (1,)}[change.kind]:
                sides[at].append([])
                _add(sides[at], change.kind, line)
    _level(*sides)
    return tuple(
        LinePair(*(None if line is None else tuple(line) for line in pair)) for pair in zip(*sides, strict=True)
    )


def _add(side: list[list[Change] | None], kind: Literal["same", "added", "removed"], text: str) -> None:
    if text:
        line = next(line for line in reversed(side) if line is not None)
        line.append(Change(kind, text))


def _align(left: list[list[Change] | None], right: list[list[Change] | None]) -> None:
    """Bring the present lines of both sides beside each other, by gaps before the one that is further up."""
    for short, long in ((left, right), (right, left)):
        short[-1:-1] = [None] * (len(long) - len(short))


def _level(left: list[list[Change] | None], right: list[list[Change] | None]) -> None:
    for short, long in ((left, right), (right, left)):
        short += [None] * (len(long) - len(short))


def diff_versions(old: PromptVersion, new: PromptVersion) -> tuple[PartDiff, ...]:
    """All parts of two versions in the order a reader meets them, unchanged ones included."""
    parts = [
        ("Name", old.name, new.name),
        ("Description", old.description, new.description),
        *(
            (
                f"Message {number} ({(after or before).role})",
                before.content if before else "",
                after.content if after else "",
            )
            for number, (before, after) in enumerate(zip_longest(old.messages, new.messages), 1)
        ),
        ("Inputs", _inputs(old.inputs), _inputs(new.inputs)),
        ("Parameters", _parameters(old), _parameters(new)),
        ("Tests", _tests(old), _tests(new)),
        (
            "Roles and data class",
            f"{', '.join(old.roles)} · {old.data_class}",
            f"{', '.join(new.roles)} · {new.data_class}",
        ),
    ]
    return tuple(PartDiff(part, word_diff(before, after)) for part, before, after in parts)


def _inputs(inputs: Sequence[Input]) -> str:
    return "\n".join(
        "\n".join([f"{item.label} ({item.type}{'' if item.required else ', optional'})", *_input_details(item)])
        for item in inputs
    )


def _input_details(item: Input) -> list[str]:
    usual = Input(item.name, item.label)
    skipped = {"name", "label", "type", "required"}
    return [
        f"  {name.replace('_', ' ')}: {', '.join(value) if isinstance(value, tuple) else value}"
        for name, value in asdict(item).items()
        if name not in skipped and value != getattr(usual, name)
    ]


def _tests(version: PromptVersion) -> str:
    lines: list[str] = []
    for name in ("tests", "testData", "evaluators"):
        for number, one in enumerate(_as_list(version.extra.get(name)), 1):
            lines += [f"{_TEST_NAMES[name]} {number}", *_outline(one, 1)]
    return "\n".join(lines)


_TEST_NAMES = {"tests": "Test", "testData": "Test data", "evaluators": "Evaluator"}


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _outline(value: Any, depth: int) -> list[str]:
    """Data as indented lines, a field or an entry each."""
    indent = "  " * depth
    if isinstance(value, Mapping):
        return [line for key, item in value.items() for line in _entry(f"{indent}{key}:", item, depth)]
    if isinstance(value, list):
        return [line for item in value for line in _entry(f"{indent}-", item, depth)]
    return [f"{indent}{line}" for line in str(value).splitlines()]


def _entry(start: str, item: Any, depth: int) -> list[str]:
    if isinstance(item, (Mapping, list)) or "\n" in str(item):
        return [start, *_outline(item, depth + 1)]
    return [f"{start} {item}"]


def _parameters(version: PromptVersion) -> str:
    return "\n".join(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in asdict(version.parameters).items()
        if value not in (None, ())
    )
