"""What stands behind a figure of a scorecard: the tasks with their tries, and which of them held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from desktop_app.practice.scorecard.scorecard import Scorecard, Try

# What a try must be for a figure of reliability to hold; None where it says nothing about it.
HOLDS: dict[str, Callable[[Try], bool | None]] = {
    "format-kept": lambda one: one.format_kept,
    "complete": lambda one: one.stop_reason == "end" and bool(one.text.strip()),
    "no-loops": lambda one: not one.looped,
}
SAME_RESULT = "same-result"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A task and how its tries went, by seed; held says for each whether the figure counts it."""

    set_id: str
    task_id: str
    form: str
    tries: tuple[Try, ...]
    held: tuple[bool, ...]

    @property
    def all_held(self) -> bool:
        """True if no try counts against the figure."""
        return all(self.held)


def has_tasks(measure_id: str) -> bool:
    """Whether a figure is made of tasks that can be looked at."""
    return measure_id in HOLDS or measure_id == SAME_RESULT or "." in measure_id


def behind(card: Scorecard, measure_id: str) -> tuple[Outcome, ...]:
    """The tasks of a figure in the card's order, () if it is made of none."""
    if not has_tasks(measure_id):
        return ()
    found = []
    for (set_id, task_id, form), group in groupby(card.tries, task_of):
        tries = tuple(group)
        if "." in measure_id and f"{set_id}.{form}" != measure_id:
            continue
        held = _held(measure_id, tries)
        if held:
            found.append(Outcome(set_id, task_id, form, tries, held))
    return tuple(found)


def task_of(one: Try) -> tuple[str, str, str]:
    """What makes tries those of one task: its set, its id and the form of asking."""
    return one.set_id, one.task_id, one.form


def _held(measure_id: str, tries: tuple[Try, ...]) -> tuple[bool, ...]:
    if measure_id == SAME_RESULT:
        alike = len({one.passed for one in tries}) == 1
        return (alike,) * len(tries) if len(tries) > 1 else ()
    holds = HOLDS.get(measure_id, lambda one: one.passed)
    verdicts = [holds(one) for one in tries]
    return tuple(bool(verdict) for verdict in verdicts) if None not in verdicts else ()
