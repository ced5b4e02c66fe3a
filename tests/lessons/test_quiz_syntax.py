"""Generated questions come back as they were written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.lesson import GAP, Choice, Gap, QuestionId, Quiz, Row
from desktop_app.lessons.parse import parse_lesson

from .builders import lesson_text

# Text that Markdown lets stand on one line and that does not start a list, quote, heading or quiz itself.
LINE = st.from_regex(r"[A-Za-zé?!.,:;%&€ß日0-9][A-Za-z é`*_.,:;()?!日0-9-]{0,30}[A-Za-z.?!]", fullmatch=True).filter(
    lambda text: not text[0].isdigit() and text.strip("=-") != ""
)
ID = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)


SENTENCE = LINE.filter(lambda text: "`" not in text)  # gaps stand in it; a code span could swallow them
PLAIN = st.from_regex(r"[A-Za-zé日][A-Za-zé日 .?!-]{0,12}[a-z]", fullmatch=True)
TITLE = PLAIN.filter(lambda text: text.casefold() != "x")


def texts(draw: st.DrawFn, strategy: st.SearchStrategy[str], least: int, most: int) -> list[str]:
    """Different texts, however they are spelt."""
    return draw(
        st.lists(strategy, min_size=least, max_size=most, unique_by=lambda text: " ".join(text.casefold().split()))
    )


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    """A valid quiz of any kind."""
    kind = draw(st.sampled_from(["single", "multiple", "text", "gaps", "matrix", "ordering"]))
    question = "\n".join(draw(st.lists(LINE, min_size=1, max_size=2)))
    quiz = Quiz(
        QuestionId(draw(ID)), kind, question, (), (), tuple(draw(st.lists(LINE, max_size=2))),
        "\n".join(draw(st.lists(LINE, max_size=2))), 0,
    )  # fmt: skip
    match kind:
        case "text":
            return replace(quiz, answers=tuple(draw(st.lists(LINE, min_size=1, max_size=3))))
        case "gaps":
            return draw(gaps(quiz))
        case "matrix":
            return draw(matrix(quiz))
    found = texts(draw, LINE, 2, 5)
    right = {draw(st.integers(0, len(found) - 1))}
    if kind == "multiple":
        right |= draw(st.sets(st.integers(0, len(found) - 1)))
    said = draw(feedback(len(found)))
    return replace(
        quiz,
        choices=tuple(Choice(text, kind == "ordering" or n in right, said[n]) for n, text in enumerate(found)),
    )


def feedback(count: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.one_of(st.just(""), LINE), min_size=count, max_size=count)


@st.composite
def gaps(draw: st.DrawFn, quiz: Quiz) -> Quiz:
    """With gaps in its sentence, to type in and to pick from."""
    found: list[Gap] = []
    body = draw(SENTENCE)
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            found.append(Gap(tuple(texts(draw, PLAIN, 1, 3))))
        else:
            options = texts(draw, PLAIN, 2, 4)
            right = {draw(st.integers(0, len(options) - 1))}
            found.append(Gap(options=tuple(Choice(text, n in right) for n, text in enumerate(options))))
        body += f" {GAP} {draw(SENTENCE)}"
    return replace(quiz, question=body.replace(GAP, "___"), body=body, gaps=tuple(found))


@st.composite
def matrix(draw: st.DrawFn, quiz: Quiz) -> Quiz:
    """With rows of both kinds."""
    columns = tuple(texts(draw, TITLE, 2, 4))
    names = texts(draw, LINE, 1, 4)
    said = draw(feedback(len(names)))
    rows = []
    for n, name in enumerate(names):
        one_only = draw(st.booleans())
        right = (
            {draw(st.integers(0, len(columns) - 1))} if one_only else draw(st.sets(st.integers(0, len(columns) - 1)))
        )
        rows.append(Row(name, tuple(at in right for at in range(len(columns))), one_only, said[n]))
    return replace(quiz, columns=columns, rows=tuple(rows))


def written(quiz: Quiz, indent: str) -> str:
    """The quiz in LiaScript's syntax."""
    lines = [f"<!-- id: {quiz.id} -->", *also(quiz)]
    if quiz.kind == "gaps":
        lines.append(sentence(quiz))
    elif quiz.kind == "text":
        lines += [quiz.question, "", f"{indent}[[{quiz.answers[0]}]]"]
    else:
        lines += [quiz.question, ""]
        if quiz.columns:
            lines.append(f"{indent}[{' '.join(f'[{column}]' for column in quiz.columns)}]")
        for line, said in options(quiz):
            lines.append(f"{indent}{line}")
            if said:
                lines.append(f"{indent}    > {said}")
    lines += [f"{indent}[[?]] {hint}" for hint in quiz.hints]
    if quiz.solution:
        lines += [f"{indent}****", *(indent + line for line in quiz.solution.split("\n")), f"{indent}****"]
    return "\n".join(lines)


def also(quiz: Quiz) -> list[str]:
    """The comments with further answers."""
    if quiz.kind == "text":
        return [f"<!-- also: {' | '.join(quiz.answers[1:])} -->"] if quiz.answers[1:] else []
    return [
        f"<!-- also {number}: {' | '.join(gap.answers[1:])} -->"
        for number, gap in enumerate(quiz.gaps, 1)
        if gap.answers[1:]
    ]


def sentence(quiz: Quiz) -> str:
    parts = quiz.body.split(GAP)
    text = parts[0]
    for gap, part in zip(quiz.gaps, parts[1:], strict=True):
        inside = "|".join(f"({o.text})" if o.right else o.text for o in gap.options) or gap.answers[0]
        text += f"[[{inside}]]{part}"
    return text


def options(quiz: Quiz) -> list[tuple[str, str]]:
    """Each option, row or item as a line, with its feedback; items from the last to the first."""
    if quiz.kind == "ordering":
        items = [(f"[[{place}]] {choice.text}", choice.feedback) for place, choice in enumerate(quiz.choices, 1)]
        return items[::-1]
    if quiz.kind == "matrix":
        return [(f"{cells(row)} {row.text}", row.feedback) for row in quiz.rows]
    left, right = ("[(", ")]") if quiz.kind == "single" else ("[[", "]]")
    return [(f"{left}{'X' if choice.right else ' '}{right} {choice.text}", choice.feedback) for choice in quiz.choices]


def cells(row: Row) -> str:
    left, right = "()" if row.one_only else "[]"
    marks = (f"{left}{'X' if mark else ' '}{right}" for mark in row.right)
    return f"[ {' '.join(marks)} ]"


@settings(deadline=None, max_examples=200)
@given(st.lists(quizzes(), min_size=1, max_size=3, unique_by=lambda quiz: quiz.id), st.sampled_from(["", "    "]))
def test_round_trip(wanted: list[Quiz], indent: str) -> None:
    body = "## Step\n\n" + "\n\n".join(written(quiz, indent) for quiz in wanted) + "\n"
    lesson, problems = parse_lesson(lesson_text(body), Path("x.md"))
    assert problems == ()
    assert lesson is not None
    for quiz, found in zip(wanted, lesson.questions, strict=True):
        assert replace(found, line=0) == quiz
