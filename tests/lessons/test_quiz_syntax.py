"""Generated questions come back as they were written."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.lesson import Choice, QuestionId, Quiz
from desktop_app.lessons.parse import parse_lesson

from .builders import lesson_text

# Text that Markdown lets stand on one line and that does not start a list, quote, heading or quiz itself.
LINE = st.from_regex(r"[A-Za-zé?!.,:;%&€ß日0-9][A-Za-z é`*_.,:;()?!日0-9-]{0,30}[A-Za-z.?!]", fullmatch=True).filter(
    lambda text: not text[0].isdigit() and text.strip("=-") != ""
)
ID = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}", fullmatch=True)


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    """A valid quiz of any kind."""
    kind = draw(st.sampled_from(["single", "multiple", "text"]))
    choices: tuple[Choice, ...] = ()
    answers: tuple[str, ...] = ()
    if kind == "text":
        answers = tuple(draw(st.lists(LINE, min_size=1, max_size=3)))
    else:
        texts = draw(st.lists(LINE, min_size=2, max_size=5, unique_by=lambda text: " ".join(text.casefold().split())))
        feedback = draw(st.lists(st.one_of(st.just(""), LINE), min_size=len(texts), max_size=len(texts)))
        right = {draw(st.integers(0, len(texts) - 1))}
        if kind == "multiple":
            right |= draw(st.sets(st.integers(0, len(texts) - 1)))
        choices = tuple(
            Choice(text, n in right, said) for n, (text, said) in enumerate(zip(texts, feedback, strict=True))
        )
    hints = tuple(draw(st.lists(LINE, max_size=2)))
    solution = "\n".join(draw(st.lists(LINE, max_size=2)))
    question = "\n".join(draw(st.lists(LINE, min_size=1, max_size=2)))
    return Quiz(QuestionId(draw(ID)), kind, question, choices, answers, hints, solution, 0)


def written(quiz: Quiz, indent: str) -> str:
    """The quiz in LiaScript's syntax."""
    lines = [f"<!-- id: {quiz.id} -->", quiz.question]
    if quiz.kind == "text":
        if quiz.answers[1:]:
            lines.append(f"<!-- also: {' | '.join(quiz.answers[1:])} -->")
        lines += ["", f"{indent}[[{quiz.answers[0]}]]"]
    else:
        lines.append("")
        for choice in quiz.choices:
            mark = "X" if choice.right else " "
            brackets = f"[({mark})]" if quiz.kind == "single" else f"[[{mark}]]"
            lines.append(f"{indent}{brackets} {choice.text}")
            if choice.feedback:
                lines.append(f"{indent}    > {choice.feedback}")
    lines += [f"{indent}[[?]] {hint}" for hint in quiz.hints]
    if quiz.solution:
        lines += [f"{indent}****", *(indent + line for line in quiz.solution.split("\n")), f"{indent}****"]
    return "\n".join(lines)


@settings(deadline=None, max_examples=200)
@given(st.lists(quizzes(), min_size=1, max_size=3, unique_by=lambda quiz: quiz.id), st.sampled_from(["", "    "]))
def test_round_trip(wanted: list[Quiz], indent: str) -> None:
    body = "## Step\n\n" + "\n\n".join(written(quiz, indent) for quiz in wanted) + "\n"
    lesson, problems = parse_lesson(lesson_text(body), Path("x.md"))
    assert problems == ()
    assert lesson is not None
    for quiz, found in zip(wanted, lesson.questions, strict=True):
        assert (found.id, found.kind, found.question) == (quiz.id, quiz.kind, quiz.question)
        assert (found.choices, found.answers) == (quiz.choices, quiz.answers)
        assert (found.hints, found.solution) == (quiz.hints, quiz.solution)
