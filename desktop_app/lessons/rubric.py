"""The learner's own judgement of an answer, compared with the tests where a criterion has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app.lessons.lesson import Criterion
from desktop_app.lessons.scoring import check_answer


@dataclass(frozen=True, slots=True)
class Compared:
    """One criterion: what the learner said, and what its test says (None where it has none)."""

    criterion: Criterion
    said: bool
    check: bool | None

    @property
    def agrees(self) -> bool | None:
        """True if both say the same; None where there is no test: the learner's judgement stands."""
        return None if self.check is None else self.said == self.check

    @property
    def says(self) -> str:
        """The comparison as a sentence."""
        said = "yes" if self.said else "no"
        if self.check is None:
            return f"You said {said}. No check can decide this one: your judgement stands."
        check = "yes" if self.check else "no"
        because = f" {self.criterion.why}" if self.criterion.why else ""
        if self.agrees:
            return f"You said {said}, and so does the check.{because}"
        return f"You said {said}; the check says {check}.{because}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """A judged answer; value is the share of tested criteria on which learner and test agree, 1.0 if none is tested."""

    compared: tuple[Compared, ...]
    value: float

    @property
    def tested(self) -> int:
        """How many criteria have a test."""
        return sum(one.check is not None for one in self.compared)

    @property
    def agreed(self) -> int:
        """On how many of them learner and test agree."""
        return sum(bool(one.agrees) for one in self.compared)


def compare(rubric: Sequence[Criterion], said: Sequence[bool], text: str) -> Comparison:
    """Compare what was said of text (one answer per criterion, in order); raises ValueError for another number."""
    compared = tuple(
        Compared(criterion, answer, check_answer([criterion.expect], text)[0].met if criterion.expect else None)
        for criterion, answer in zip(rubric, said, strict=True)
    )
    agreeing = [one.agrees for one in compared if one.agrees is not None]
    return Comparison(compared, sum(agreeing) / len(agreeing) if agreeing else 1.0)
