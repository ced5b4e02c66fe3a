"""docs/formats/quiz.md: each example is read without a problem, and is worth what the page says."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from desktop_app.lessons.lesson import Answer, Quiz, QuizKind
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.scoring import score

from .builders import lesson_text

PAGE = (Path(__file__).parents[2] / "docs" / "formats" / "quiz.md").read_text("utf-8")
EXAMPLES = [part.split("\n```")[0] for part in PAGE.split("```markdown\n")[1:]]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.split("worked out.")[1].splitlines()
    if line.startswith("| `")
]


@cache
def questions() -> dict[str, Quiz]:
    """The page's questions by id."""
    lesson, problems = parse_lesson(lesson_text("## Step\n\n" + "\n\n".join(EXAMPLES) + "\n"), Path("quiz.md"))
    assert problems == ()
    assert lesson is not None
    return {quiz.id: quiz for quiz in lesson.questions}


def answer(quiz: Quiz, given: str) -> Answer:
    """The answer that the page gives in words."""
    parts = given.split("; ")
    texts = [choice.text for choice in quiz.choices]
    match quiz.kind:
        case "text":
            return Answer(typed=(given,))
        case "gaps":
            options = [[option.text for option in gap.options] for gap in quiz.gaps]
            chosen = tuple(o.index(part) if o and part != "–" else -1 for o, part in zip(options, parts, strict=True))
            typed = tuple("" if o or part == "–" else part for o, part in zip(options, parts, strict=True))
            return Answer(chosen, typed)
        case "matrix":
            rows = [row.text for row in quiz.rows]
            cells = [part.split(": ") for part in parts]
            return Answer(tuple(rows.index(row) * len(quiz.columns) + quiz.columns.index(at) for row, at in cells))
    return Answer(tuple(texts.index(part) for part in parts))


def test_the_page_has_every_kind_and_works_each_question_out() -> None:
    kinds = set(QuizKind.__args__)  # type: ignore[attr-defined]
    assert {quiz.kind for quiz in questions().values()} == kinds
    assert {row[0].strip("`") for row in ROWS} == set(questions())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]} {row[1][:30]}")
def test_an_example_is_worth_what_the_page_says(row: list[str]) -> None:
    quiz = questions()[row[0].strip("`")]
    result = score(quiz, answer(quiz, row[1]))
    assert result.value == pytest.approx(float(Fraction(row[2])))
    assert result.right == (row[2] == "1")


@pytest.mark.parametrize("prose", [r"\[[token]]", "[[1]](https://example.org)", "`[[token]]`"])
def test_what_the_page_calls_no_quiz_is_none(prose: str) -> None:
    lesson, _ = parse_lesson(lesson_text(f"## S\n\nText {prose} text.\n"), Path("x.md"))
    assert lesson is not None and lesson.questions == ()
