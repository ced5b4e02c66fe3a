"""Scores stay within 0 and 1 and follow the formulas of docs/formats/quiz.md."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.lesson import GAP, Answer, Choice, Expectation, Gap, Lesson, QuestionId, Quiz, Row
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.scoring import (
    ExpectationResult,
    OptionFeedback,
    Score,
    check_answer,
    fold,
    fold_answer,
    is_passed,
    lesson_score,
    score,
    stored_answer,
    typed_as_text,
)

from .builders import lesson_text


def quiz(kind: str, rights: list[bool], answers: tuple[str, ...] = ()) -> Quiz:
    choices = tuple(Choice(str(n), right, f"fb{n}" if n % 2 == 0 else "") for n, right in enumerate(rights))
    return Quiz(QuestionId("q"), kind, "Q?", choices, answers, (), "", 1)  # type: ignore[arg-type]


def gaps(*found: Gap) -> Quiz:
    return replace(quiz("gaps", []), body=GAP * len(found), gaps=found)


def matrix(*rows: Row) -> Quiz:
    return replace(quiz("matrix", []), columns=tuple("abcdefg"[: len(rows[0].right)]), rows=rows)


TYPED = Gap(("token", "a token"))
PICKED = Gap(options=(Choice("no", False), Choice("yes", True), Choice("too", True)))


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


@pytest.mark.parametrize(
    ("chosen", "typed", "parts"),
    [
        ((-1, 1), ("Token", ""), (1.0, 1.0)),
        ((-1, 2), (" a  token.", ""), (1.0, 1.0)),
        ((-1, 0), ("token", ""), (1.0, 0.0)),
        ((-1, -1), ("", ""), (0.0, 0.0)),
    ],
)
def test_gaps_count_one_by_one(chosen: tuple[int, ...], typed: tuple[str, ...], parts: tuple[float, ...]) -> None:
    result = score(gaps(TYPED, PICKED), Answer(chosen, typed))
    assert result == Score(sum(parts) / 2, parts == (1.0, 1.0), (), parts)


@pytest.mark.parametrize(
    ("picked", "parts"),
    [
        ({0, 3, 4}, (1.0, 1.0)), ({1, 3, 4}, (0.0, 1.0)), ({0, 1, 3}, (0.0, 0.5)), ({0, 3, 4, 5}, (1.0, 0.5)),
        ({0, 3, 5}, (1.0, 0.0)), (set(), (0.0, 0.0)),
    ],
)  # fmt: skip
def test_a_matrix_is_the_mean_of_its_rows(picked: set[int], parts: tuple[float, ...]) -> None:
    rows = Row("one", (True, False, False), True, "fb"), Row("many", (True, True, False), False)
    result = score(matrix(*rows), Answer(tuple(picked)))
    assert (result.value, result.parts, result.right) == (sum(parts) / 2, parts, parts == (1.0, 1.0))
    assert result.feedback == (OptionFeedback(0, parts[0] == 1.0, "fb"),)


def test_a_row_where_nothing_is_right_is_full_when_nothing_is_picked() -> None:
    row = Row("none", (False, False), False)
    assert score(matrix(row), Answer()).right
    assert score(matrix(row), Answer((1,))).value == 0.0


@pytest.mark.parametrize(
    ("order", "value"),
    [((0, 1, 2, 3), 1.0), ((3, 0, 1, 2), 2 / 3), ((1, 0, 2, 3), 1 / 3), ((0, 1, 3, 2), 1 / 3), ((3, 2, 1, 0), 0.0)],
)
def test_an_order_is_worth_its_pairs_of_neighbours(order: tuple[int, ...], value: float) -> None:
    result = score(quiz("ordering", [True] * 4), Answer(order))
    assert result.value == pytest.approx(value)
    assert result.right == (value == 1.0)
    assert result.parts == tuple(float(place == item) for place, item in enumerate(order))
    assert {one.index: one.right for one in result.feedback} == {0: order[0] == 0, 2: order[2] == 2}


@st.composite
def attempts(draw: st.DrawFn) -> tuple[Quiz, Answer, bool]:
    """A question of any kind, an answer that fits it, and whether that is its solution."""
    kind = draw(st.sampled_from(["single", "multiple", "text", "gaps", "matrix", "ordering"]))
    size = draw(st.integers(2, 7))
    flags = st.lists(st.booleans(), min_size=size, max_size=size)
    match kind:
        case "single":
            right, picked = draw(st.integers(0, size - 1)), draw(st.integers(0, size - 1))
            return quiz(kind, [n == right for n in range(size)]), Answer((picked,)), picked == right
        case "multiple":
            rights, given_flags = draw(flags.filter(any)), draw(flags)
            return quiz(kind, rights), Answer(tuple(n for n in range(size) if given_flags[n])), rights == given_flags
        case "text":
            typed = draw(st.sampled_from(["token", "tokens", "A token", ""]))
            return quiz(kind, [], ("token", "a token")), Answer(typed=(typed,)), typed in ("token", "A token")
        case "gaps":
            found = draw(st.lists(st.sampled_from([TYPED, PICKED]), min_size=1, max_size=4))
            typed = tuple("" if gap.options else draw(st.sampled_from(["token", "word"])) for gap in found)
            chosen = tuple(draw(st.integers(-1, 2)) if gap.options else -1 for gap in found)
            solved = all(
                at > 0 if gap.options else text == "token" for gap, at, text in zip(found, chosen, typed, strict=True)
            )
            return gaps(*found), Answer(chosen, typed), solved
        case "matrix":
            rows = draw(st.lists(st.tuples(flags, flags), min_size=1, max_size=4))
            cells = (number * size + at for number, (_, row) in enumerate(rows) for at in range(size) if row[at])
            made = (Row(str(n), tuple(right), sum(right) == 1) for n, (right, _) in enumerate(rows))
            return matrix(*made), Answer(tuple(cells)), all(right == row for right, row in rows)
    order = tuple(draw(st.permutations(range(size))))
    return quiz(kind, [True] * size), Answer(order), order == tuple(range(size))


@settings(deadline=None, max_examples=400)
@given(attempts())
def test_scores_are_bounded_and_full_only_for_the_solution(attempt: tuple[Quiz, Answer, bool]) -> None:
    question, answer, solved = attempt
    result = score(question, answer)
    assert 0.0 <= result.value <= 1.0
    assert (result.value == 1.0) == result.right == solved
    assert all(0.0 <= part <= 1.0 for part in result.parts)
    assert len(result.parts) == {
        "gaps": len(question.gaps),
        "matrix": len(question.rows),
        "ordering": len(question.choices),
    }.get(question.kind, 0)


@settings(deadline=None, max_examples=400)
@given(attempts())
def test_a_stored_answer_comes_back_as_it_was_given(attempt: tuple[Quiz, Answer, bool]) -> None:
    question, answer, _ = attempt
    kept = stored_answer(question, answer.chosen, typed_as_text(answer))
    nothing_typed = any(answer.typed) is False and (question.kind == "text" or TYPED in question.gaps)
    assert kept == answer or (kept is None and nothing_typed)


def test_an_answer_of_another_version_does_not_come_back() -> None:
    assert stored_answer(gaps(TYPED, PICKED), (-1,), "token") is None
    assert stored_answer(gaps(PICKED, PICKED), (1, 3), "\x1f") is None
    assert stored_answer(gaps(PICKED, PICKED), (1, 2), "") == Answer((1, 2), ("", "")), "nothing typed, nothing lost"
    assert stored_answer(gaps(TYPED), (-1,), "") is None, "what was typed could not be kept"
    assert stored_answer(matrix(Row("r", (True, False), True)), (2,), "") is None
    assert stored_answer(quiz("ordering", [True] * 3), (0, 1), "") is None


def test_typed_texts_stay_apart_whatever_is_typed() -> None:
    assert typed_as_text(Answer((-1, -1), ("a\x1fb", "c"))) == "a b\x1fc"


@pytest.mark.parametrize(
    "given_text",
    ["token", "  TOKEN ", "ｔｏｋｅｎ", "A\u00a0 Token", "a token\n", "“Token.”", "'token'!", "token . "],
)
def test_text_is_folded(given_text: str) -> None:
    assert score(quiz("text", [], ("token", "a token")), Answer(typed=(given_text,))) == Score(1.0, True)


@pytest.mark.parametrize("given_text", ["", "   ", "tokens", "to ken"])
def test_other_text_is_wrong(given_text: str) -> None:
    assert score(quiz("text", [], ("token", "")), Answer(typed=(given_text,))) == Score(0.0, False)


@pytest.mark.parametrize("answer", [".", "...", "!", '"', "''", "–", "C++", "-5", "e.g.", '"a" or "b"'])
def test_an_answer_of_signs_can_be_given(answer: str) -> None:
    assert score(quiz("text", [], (answer,)), Answer(typed=(answer,))).right
    assert not score(quiz("text", [], (answer,)), Answer(typed=("",))).right


@settings(deadline=None)
@given(st.text(alphabet="a.!'\" “”", max_size=8))
def test_folding_an_answer_twice_changes_nothing(text: str) -> None:
    assert fold_answer(fold_answer(text)) == fold_answer(text)


@settings(deadline=None)
@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_folding_twice_changes_nothing_and_case_never_matters(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert score(quiz("text", [], (text,)), Answer(typed=(text,))).right == bool(fold(text))


def test_composed_and_decomposed_letters_are_alike() -> None:
    assert score(quiz("text", [], ("café",)), Answer(typed=("CAFE\u0301",))).right


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", Answer((1,))), ("text", Answer()), ("single", Answer(typed=("0",))), ("single", Answer((2,))),
        ("single", Answer()), ("multiple", Answer((0, 0))), ("ordering", Answer((0,))), ("ordering", Answer((0, 0))),
        ("single", Answer((-1,))), ("multiple", Answer((2,))), ("matrix", Answer((0,))), ("gaps", Answer((0,), ("",))),
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
