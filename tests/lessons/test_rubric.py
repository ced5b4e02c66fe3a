"""The learner's judgement beside the checks."""

from __future__ import annotations

import pytest

from desktop_app.lessons.lesson import Criterion, Expectation
from desktop_app.lessons.rubric import compare

RUBRIC = (
    Criterion("Is the day right?", Expectation("contains", "Tuesday", "Is the day right?"), "The note says Tuesday."),
    Criterion("Would you send it?", None, ""),
    Criterion("Is it short?", Expectation("max_words", "5", "Is it short?"), ""),
)


@pytest.mark.parametrize(
    ("said", "text", "agreed", "value"),
    [
        ((True, True, True), "Come on Tuesday.", 2, 1.0),
        ((True, False, True), "Come on Monday.", 1, 0.5),
        ((True, True, True), "Come on Monday and bring all the tents.", 0, 0.0),
        ((False, True, False), "Come on Monday and bring all the tents.", 2, 1.0),
    ],
)
def test_agreement_is_the_share_of_tested_criteria(
    said: tuple[bool, ...], text: str, agreed: int, value: float
) -> None:
    comparison = compare(RUBRIC, said, text)
    assert (comparison.tested, comparison.agreed, comparison.value) == (2, agreed, value)


def test_each_comparison_says_both_sides_and_why() -> None:
    day, send, short = compare(RUBRIC, (True, False, True), "Come on Monday.").compared
    assert day.says == "You said yes; the check says no. The note says Tuesday."
    assert send.says == "You said no. No check can decide this one: your judgement stands."
    assert short.says == "You said yes, and so does the check."


def test_without_any_test_there_is_nothing_to_disagree_with() -> None:
    assert compare(RUBRIC[1:2], (False,), "x").value == 1.0


def test_a_missing_answer_is_a_bug() -> None:
    with pytest.raises(ValueError, match="shorter"):
        compare(RUBRIC, (True,), "x")
