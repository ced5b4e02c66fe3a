"""Figures of a scorecard in words, and what to think of them: how sure they are, and whether two differ by more than chance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from desktop_app.practice.scorecard.fit import chance_points, difference
from desktop_app.practice.scorecard.scorecard import Measure, Scorecard

Judgement = Literal["better", "worse", "chance", "alike", "unlike"]
_JUDGED: dict[Judgement, str] = {
    "better": "better", "worse": "worse", "chance": "may be chance", "alike": "about the same", "unlike": "not comparable",
}  # fmt: skip
_NOISE = 0.1  # two runs of one model on one machine differ by so much in their times
_NO_POINTS = 0.005
_LESS_IS_BETTER = ("ms", "bytes", "tokens")


@dataclass(frozen=True, slots=True)
class Change:
    """Two figures side by side; by says the difference of the second in words, judgement whether it means anything."""

    one: Measure
    other: Measure
    by: str
    judgement: Judgement
    why: str

    @property
    def words(self) -> str:
        """The judgement as people read it."""
        return _JUDGED[self.judgement]


def in_words(value: float, unit: str) -> str:
    """A value with its unit: "56 %", "0.31 s", "52 tokens/s", "229 MB"."""
    if unit == "share":
        return f"{value:.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    if unit == "ms":
        return f"{value / 1000:.2f} s" if value < 10_000 else f"{value / 1000:.0f} s"
    if unit == "bytes":
        return f"{value / 1e6:,.0f} MB" if value < 1e10 else f"{value / 1e9:.1f} GB"
    return f"{value:,.0f} {unit}"


def interval(measure: Measure) -> str:
    """ "30 to 78 %", "" where there is none."""
    if measure.low is None or measure.high is None:
        return ""
    low, high = in_words(measure.low, measure.unit), in_words(measure.high, measure.unit)
    number, _, unit = low.partition("\N{NO-BREAK SPACE}" if measure.unit == "share" else " ")
    return f"{number} to {high}" if high.endswith(unit) else f"{low} to {high}"


def limits(card: Scorecard) -> Iterator[str]:
    """What the card cannot tell, a sentence each."""
    tasks = _tasks_of_a_set(card)
    if tasks:
        yield (
            f"Each task set has {tasks} tasks here: two models whose figures for a set differ by less than {chance_points(tasks)} "
            "points may differ by chance."
        )
    if card.quick:
        yield "This was the short run: only some tasks, twice each. Run it in full before you decide anything."
    if len(card.seeds) == 1:
        yield "Each task was asked once, so whether it ends the same way again was not measured."
    if card.busy > 0.5 * card.cores:
        yield (
            f"The machine was busy with other programs (load {card.busy:.1f} on {card.cores} cores), so times and speed are worse than "
            "on an idle one. Answers do not depend on it."
        )
    elif not card.busy:
        yield "Whether other programs were busy is not known on this system; times may be better on an idle machine."
    if 0 < len(card.costs.probes) < 100:
        yield f"The slowest times come from {len(card.costs.probes)} answers, so they are those of single answers."
    yield "The tasks are short, in English and of one invented company. Measure with your own prompts and tests before you rely on a model."
    yield "Security here means a few tricks of a kind. A model that passes them can still be tricked by others."


def changes(one: Scorecard, other: Scorecard) -> tuple[Change, ...]:
    """The figures that both cards have, in the first one's order; the second is judged against the first."""
    sets_alike = one.sets == other.sets
    machine_alike = (one.machine, one.cores) == (other.machine, other.cores)
    found = []
    for first in one.measures:
        second = other.measure(first.id)
        if second is not None:
            found.append(_change(first, second, sets_alike=sets_alike, machine_alike=machine_alike))
    return tuple(found)


def _change(one: Measure, other: Measure, *, sets_alike: bool, machine_alike: bool) -> Change:
    if one.unit == "share":
        return _share_change(one, other, alike=machine_alike if one.standard == "efficiency" else sets_alike)
    ratio = other.value / one.value if one.value else 1.0
    by = f"{ratio - 1:+.0%}".replace("%", "\N{NO-BREAK SPACE}%")
    if not machine_alike and one.id != "tokens-per-solved":
        return Change(one, other, by, "unlike", "They were measured on different machines.")
    if abs(ratio - 1) < _NOISE:
        return Change(one, other, by, "alike", "Two runs of one model differ by as much.")
    if None not in (one.low, one.high, other.low, other.high) and one.low <= other.high and other.low <= one.high:
        return Change(one, other, by, "chance", "Their intervals overlap.")
    better = (ratio < 1) == (one.unit in _LESS_IS_BETTER)
    return Change(one, other, by, "better" if better else "worse", "They differ by more than two runs of one model do.")


def _share_change(one: Measure, other: Measure, *, alike: bool) -> Change:
    by, low, high = difference(one, other)
    points = f"{by * 100:+.0f} points"
    if not alike:
        why = (
            "They were measured on different machines."
            if one.standard == "efficiency"
            else "The task sets are not the same."
        )
        return Change(one, other, points, "unlike", why)
    if abs(by) < _NO_POINTS:
        return Change(one, other, points, "alike", "Both figures are the same.")
    between = f"The difference lies between {low * 100:+.0f} and {high * 100:+.0f} points with 95 % confidence."
    if low <= 0 <= high:
        return Change(one, other, points, "chance", between)
    return Change(one, other, points, "better" if by > 0 else "worse", between)


def _tasks_of_a_set(card: Scorecard) -> int:
    """How many tasks the smallest set has in this card, 0 without tries."""
    per_set: dict[str, set[str]] = {}
    for one in card.tries:
        per_set.setdefault(one.set_id, set()).add(one.task_id)
    return min(map(len, per_set.values()), default=0)
