"""What changed between two versions, word by word, part by part."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Literal

from desktop_app.prompts.prompt import Input, PromptVersion

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
# Matching is quadratic at worst, so the longer the texts the coarser the comparison: above the first number the most
# frequent words start no match, above the second whole lines are compared, or, if there are more lines than that, the texts.
_FEW, _MANY = 600, 6000


@dataclass(frozen=True, slots=True)
class Change:
    """A stretch of text that stayed, came or went."""

    kind: Literal["same", "added", "removed"]
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
    if len(before) + len(after) > _MANY:
        before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(before) + len(after) > _MANY:
        before, after = [old] * bool(old), [new] * bool(new)
    changes: list[Change] = []
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > _FEW)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            changes.append(Change("same", "".join(before[a:b])))
            continue
        if a < b:
            changes.append(Change("removed", "".join(before[a:b])))
        if c < d:
            changes.append(Change("added", "".join(after[c:d])))
    return tuple(changes)


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
        (
            "Roles and data class",
            f"{', '.join(old.roles)} · {old.data_class}",
            f"{', '.join(new.roles)} · {new.data_class}",
        ),
    ]
    return tuple(PartDiff(part, word_diff(before, after)) for part, before, after in parts)


def _inputs(inputs: Sequence[Input]) -> str:
    return "\n".join(f"{item.label} ({item.type}{'' if item.required else ', optional'})" for item in inputs)


def _parameters(version: PromptVersion) -> str:
    return "\n".join(
        f"{name.replace('_', ' ')}: {value}"
        for name, value in asdict(version.parameters).items()
        if value not in (None, ())
    )
