"""A lesson written as a file and read again is the same lesson; only the line numbers are new."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from desktop_app.lessons.lesson import GAP, Choice, Gap, Lesson, Prose, QuestionId, Quiz
from desktop_app.lessons.parse import parse_lesson, read_lesson
from desktop_app.lessons.write import write_lesson, write_quiz

from .builders import lesson_text
from .generated import lessons

ROOT = Path(__file__).parents[2]
SHIPPED = sorted((ROOT / "content" / "lessons").glob("*/lesson.md"))
HERE = Path("sample/lesson.md")


def unnumbered(value: Any) -> Any:
    """The same without line numbers, to compare."""
    if dataclasses.is_dataclass(value):
        pairs = ((f.name, unnumbered(getattr(value, f.name))) for f in dataclasses.fields(value) if f.name != "line")
        return (type(value).__name__, *pairs)
    if isinstance(value, tuple):
        return tuple(map(unnumbered, value))
    return value


def again(lesson: Lesson) -> Lesson:
    text = write_lesson(lesson)
    found, problems = parse_lesson(text, lesson.path)
    assert [str(problem) for problem in problems if problem.severity == "error"] == [], text
    assert found is not None
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(lessons())
def test_what_is_written_is_read_as_the_same_lesson(lesson: Lesson) -> None:
    assert unnumbered(again(lesson)) == unnumbered(lesson)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.parent.name)
def test_the_shipped_lessons_are_written_as_they_are_read(file: Path) -> None:
    lesson = read_lesson(file)
    assert unnumbered(again(lesson)) == unnumbered(lesson)


def quiz(**fields: Any) -> Quiz:
    plain: dict[str, Any] = {
        "id": QuestionId("q"), "kind": "gaps", "question": "Which?", "choices": (), "answers": (), "hints": (),
        "solution": "", "line": 0,
    }  # fmt: skip
    return Quiz(**{**plain, **fields})


def read_quiz(text: str) -> Quiz:
    lesson, problems = parse_lesson(lesson_text(f"## S\n\n{text}\n"), HERE)
    assert lesson is not None
    assert [problem.code for problem in problems if problem.severity == "error"] == []
    return lesson.questions[0]


@pytest.mark.parametrize(
    "answer", ["X", "?", "!", "___", "a|b", "[x]", "(y)", "a\\", "\\]", "1", "`a", "@home", "a -- b"]
)
def test_an_answer_may_look_like_something_else(answer: str) -> None:
    for made in (
        quiz(kind="text", answers=(answer, "other")),
        quiz(kind="text", answers=("other", answer)),
        quiz(body=GAP, gaps=(Gap((answer,)),)),
        quiz(body=f"{GAP} first", question="___ first", gaps=(Gap((answer, "other")),)),
    ):
        found = read_quiz(write_quiz(made))
        assert (found.kind, found.answers, found.gaps) == (made.kind, made.answers, made.gaps)


@pytest.mark.parametrize("after", ["(b)", "[b]", ": b", "!", "]"])
@pytest.mark.parametrize("gap", [Gap(("a",)), Gap(options=(Choice("a (b)", True), Choice("c|d", False)))])
def test_a_gap_may_stand_before_any_bracket(after: str, gap: Gap) -> None:
    made = quiz(body=f"See {GAP}{after}", question=f"See ___{after}", gaps=(gap,))
    found = read_quiz(write_quiz(made))
    assert (found.body, found.gaps) == (made.body, made.gaps)


def test_a_question_looks_as_a_trainer_would_write_it() -> None:
    made = quiz(
        kind="single", question="Which *one*?", hints=("Think.",), solution="Because:\n\n- it is",
        choices=(Choice("this", True, "Yes."), Choice("that", False)),
    )  # fmt: skip
    assert write_quiz(made) == (
        "<!-- id: q -->\nWhich *one*?\n\n    [(X)] this\n        > Yes.\n    [( )] that\n    [[?]] Think.\n"
        "    ****\n    Because:\n\n    - it is\n    ****"
    )


def test_the_front_matter_is_plain_where_it_can_be() -> None:
    lesson, _ = parse_lesson(lesson_text("## S\n\nWords.\n", title="Plain words", summary="'No: not plain'"), HERE)
    assert lesson is not None
    text = write_lesson(lesson)
    assert "title: Plain words\n" in text
    assert 'summary: "No: not plain"\n' in text
    assert text.endswith("---\n# Plain words\n\n## S\n\nWords.\n")


def test_a_step_title_may_end_in_a_hash() -> None:
    lesson, _ = parse_lesson(lesson_text("## C # #\n\nWords.\n"), HERE)
    assert lesson is not None
    assert lesson.steps[0].title == "C #"
    assert again(lesson).steps[0].title == "C #"
    assert again(lesson).steps[0].blocks[0] == Prose("Words.", again(lesson).steps[0].blocks[0].line)
