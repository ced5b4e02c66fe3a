"""Scores stay within 0 and 1 and follow the formulas of docs/formats/quiz.md."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.lesson import Answer, Choice, Expectation, Lesson, QuestionId, Quiz
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.scoring import (
    ExpectationResult,
    OptionFeedback,
    Score,
    check_answer,
    fold,
    is_passed,
    lesson_score,
    score,
)

from .builders import lesson_text


def quiz(kind: str, rights: list[bool], answers: tuple[str, ...] = ()) -> Quiz:
    choices = tuple(Choice(str(n), right, f"fb{n}" if n % 2 == 0 else "") for n, right in enumerate(rights))
    return Quiz(QuestionId("q"), kind, "Q?", choices, answers, (), "", 1)  # type: ignore[arg-type]


def two_questions(pass_mark: str = "0.5") -> Lesson:
    body = "## S\n\n<!-- id: a -->\nA?\n\n[[x]]\n\n<!-- id: b -->\nB?\n\n[[x]]\n"
    lesson, _ = parse_lesson(lesson_text(body, pass_mark=pass_mark), Path("x.md"))
    assert lesson is not None
    return lesson


def test_single() -> None:
    question = quiz("single", [False, True, False])
    assert score(question, Answer((1,))) == Score(1.0, True, ())
    assert score(question, Answer((0,))) == Score(0.0, False, (OptionFeedback(0, False, "fb0"),))


@pytest.mark.parametrize(
    ("picked", "value"),
    [({0, 1}, 1.0), ({0}, 0.5), ({0, 1, 2}, 0.5), ({0, 2}, 0.0), ({2, 3}, 0.0), ({0, 1, 2, 3}, 0.0), (set(), 0.0)],
)
def test_multiple_gives_partial_credit(picked: set[int], value: float) -> None:
    result = score(quiz("multiple", [True, True, False, False]), Answer(tuple(picked)))
    assert (result.value, result.right) == (value, value == 1.0)
    assert [feedback.index for feedback in result.feedback] == [index for index in sorted(picked) if index % 2 == 0]


@settings(deadline=None)
@given(st.data())
def test_scores_are_bounded_and_full_only_for_the_solution(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["single", "multiple"]))
    rights = data.draw(st.lists(st.booleans(), min_size=2, max_size=8).filter(any))
    if kind == "single":
        rights = [index == rights.index(True) for index in range(len(rights))]
    picked = data.draw(st.sets(st.integers(0, len(rights) - 1), min_size=1, max_size=1 if kind == "single" else None))
    result = score(quiz(kind, rights), Answer(tuple(picked)))
    assert 0.0 <= result.value <= 1.0
    solved = picked == {index for index, right in enumerate(rights) if right}
    assert (result.value == 1.0) == result.right == solved


@pytest.mark.parametrize(
    "given_text",
    ["token", "  TOKEN ", "ｔｏｋｅｎ", "A\u00a0 Token", "a token\n"],
)
def test_text_is_folded(given_text: str) -> None:
    assert score(quiz("text", [], ("token", "a token")), Answer(typed=(given_text,))) == Score(1.0, True)


@pytest.mark.parametrize("given_text", ["", "   ", "tokens", "to ken"])
def test_other_text_is_wrong(given_text: str) -> None:
    assert score(quiz("text", [], ("token", "")), Answer(typed=(given_text,))) == Score(0.0, False)


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_folding_twice_changes_nothing_and_case_never_matters(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert score(quiz("text", [], (text,)), Answer(typed=(text,))).right == bool(fold(text))


def test_composed_and_decomposed_letters_are_alike() -> None:
    assert score(quiz("text", [], ("café",)), "CAFE\u0301").right


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", Answer((1,))), ("text", Answer()), ("single", Answer(typed=("0",))), ("single", Answer((2,))),
        ("single", Answer()), ("multiple", Answer((0, 0))), ("ordering", Answer((0,))), ("ordering", Answer((0, 0))),
    ],
)  # fmt: skip
def test_answers_of_the_wrong_kind_are_bugs(kind: str, answer: Answer) -> None:
    with pytest.raises(ValueError, match="cannot have this answer"):
        score(quiz(kind, [True, False], ("a",)), answer)


def test_lesson_score_is_the_mean_and_what_is_missing_counts_zero() -> None:
    lesson = two_questions()
    assert lesson_score(lesson, {}) == 0.0
    assert lesson_score(lesson, {QuestionId("a"): 1.0}) == 0.5
    assert lesson_score(lesson, {QuestionId("a"): 1.0, QuestionId("b"): 0.5, QuestionId("gone"): 1.0}) == 0.75


def test_pass_mark_is_reached_from_its_value_on() -> None:
    assert is_passed(two_questions("0.7"), 0.1 + 0.2 + 0.4)  # 0.7000000000000001 or just below, by rounding
    assert is_passed(two_questions("0.7"), 0.7 - 1e-12)
    assert not is_passed(two_questions("0.7"), 0.69)


def test_a_lesson_without_questions_scores_full() -> None:
    lesson, _ = parse_lesson(lesson_text("## S\n\ntext\n"), Path("x.md"))
    assert lesson is not None
    assert lesson_score(lesson, {}) == 1.0


@pytest.mark.parametrize(
    ("kind", "value", "text", "met"),
    [
        ("contains", "May", "on 3 May", True),
        ("contains", "May", "on 3 may", False),
        ("not_contains", "May", "on 3 may", True),
        ("not_contains", "may", "on 3 may", False),
        ("icontains", "3  MAY", "on 3 may", True),
        ("icontains", "4 may", "on 3 may", False),
        ("max_words", "3", "one two\nthree", True),
        ("max_words", "2", "one two\nthree", False),
        ("min_words", "3", "one two\nthree", True),
        ("min_words", "4", "one two\nthree", False),
        ("regex", r"(?i)^on \d+", "On 3 May", True),
        ("regex", r"^\d", "On 3 May", False),
    ],
)
def test_expectations(kind: str, value: str, text: str, met: bool) -> None:
    expectation = Expectation(kind, value, "says")
    assert check_answer([expectation], text) == (ExpectationResult(expectation, met),)


def test_a_pattern_that_would_hang_others_ends() -> None:
    (result,) = check_answer([Expectation("regex", "(a+)+$", "x")], "a" * 50_000 + "b")
    assert not result.met


def test_expectations_keep_their_order_and_unknown_ones_are_bugs() -> None:
    expectations = [Expectation("contains", letter, letter) for letter in "cab"]
    assert [result.expectation.value for result in check_answer(expectations, "ab")] == ["c", "a", "b"]
    with pytest.raises(ValueError, match="unknown"):
        check_answer([Expectation("odd", "", "")], "")
