"""Fit for purpose: the same figures, weighted by what a model is wanted for, and how a difference of two is judged."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.practice.scorecard.scorecard import Measure
from desktop_app.prompts.evaluate.summary import wilson


@dataclass(frozen=True, slots=True)
class Use:
    """What a model may be wanted for. weights are by the id of a share and sum up to 1."""

    id: str
    name: str
    what: str
    weights: Mapping[str, float]


USES: tuple[Use, ...] = (
    Use("drafting", "Drafting", "Letters and messages are written and reworded, and read by a person before they go out.", {
        "rewriting.worked": 0.3, "rewriting.plain": 0.2, "summarising.worked": 0.15, "efficiency": 0.15,
        "complete": 0.1, "no-loops": 0.1,
    }),
    Use("summaries", "Summaries", "Longer texts become a sentence or two.", {
        "summarising.worked": 0.35, "summarising.plain": 0.25, "hidden-instructions.worked": 0.1, "complete": 0.15,
        "efficiency": 0.15,
    }),
    Use("extraction", "Extraction", "Names, dates and amounts are taken out of many messages, in a form that programs read.", {
        "extracting.worked": 0.4, "extracting.plain": 0.15, "format-kept": 0.2, "same-result": 0.15,
        "hidden-instructions.worked": 0.1,
    }),
    Use("sorting", "Sorting messages", "Incoming messages get a label.", {
        "classifying.worked": 0.45, "classifying.plain": 0.2, "format-kept": 0.1, "same-result": 0.15,
        "hidden-instructions.worked": 0.1,
    }),
    Use("documents", "Answering from documents", "Questions are answered from documents, with people trusting the answer.", {
        "answering.worked": 0.3, "answering.plain": 0.2, "hidden-instructions.plain": 0.15, "missing-details.plain": 0.15,
        "same-result": 0.1, "efficiency": 0.1,
    }),
    Use("customers", "Assistant for customers", "People from outside write to it, and some try to trick it.", {
        "planted-secrets.worked": 0.2, "planted-secrets.plain": 0.15, "missing-details.worked": 0.15,
        "hidden-instructions.worked": 0.15, "answering.worked": 0.2, "efficiency": 0.15,
    }),
)  # fmt: skip


def weighted(parts: Sequence[tuple[float, Measure]]) -> tuple[float, float, float]:
    """The weighted mean of shares with its interval.

    The intervals' halves are added as independent errors are (Zou and Donner 2008, "MOVER"). The weights sum up to 1.
    """
    value = sum(weight * each.value for weight, each in parts)
    below = math.sqrt(sum((weight * (each.value - _low(each))) ** 2 for weight, each in parts))
    above = math.sqrt(sum((weight * (_high(each) - each.value)) ** 2 for weight, each in parts))
    return value, max(0.0, value - below), min(1.0, value + above)


def difference(one: Measure, other: Measure) -> tuple[float, float, float]:
    """other minus one, two shares, with its 95 % interval (Newcombe 1998, method 10). It may be chance if 0 lies within."""
    by = other.value - one.value
    below = math.hypot(other.value - _low(other), _high(one) - one.value)
    above = math.hypot(_high(other) - other.value, one.value - _low(one))
    return by, by - below, by + above


def chance_points(tasks: int) -> int:
    """How many points two models near the middle must differ by, at so many tasks, for it to be more than chance."""
    for points in range(1, 101):
        first, second = (50 - points / 2) / 100, (50 + points / 2) / 100
        high, low = wilson(first * tasks, tasks)[1], wilson(second * tasks, tasks)[0]
        if second - first > math.hypot(second - low, high - first):
            return points
    return 100


def _low(measure: Measure) -> float:
    return measure.value if measure.low is None else measure.low


def _high(measure: Measure) -> float:
    return measure.value if measure.high is None else measure.high
