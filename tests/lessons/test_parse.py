"""A lesson file becomes steps and blocks; whatever is wrong is a problem with its line, never a crash."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import ContentError
from desktop_app.lessons.lesson import Choice, Lesson, Practice, Prose, Quiz
from desktop_app.lessons.parse import parse_lesson, read_lesson, slug
from desktop_app.lessons.problem import RULES

from .builders import BODY, body_line, lesson_text, write_lesson

HERE = Path("sample/lesson.md")
DOCS = Path(__file__).parents[2] / "docs" / "formats"


def parsed(body: str) -> Lesson:
    """The lesson with this body, which must be without errors."""
    lesson, problems = parse_lesson(lesson_text(body), HERE)
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert lesson is not None
    return lesson


def test_front_matter_becomes_fields() -> None:
    text = lesson_text(
        BODY, duration="PT1H5M", pass_mark="0.6", attempts="3", review_by="2030-02-01", topics="[a b]",
        prerequisites="[other]", authors="[Me]", license="CC0-1.0",
        sources="\n  - title: A\n    url: https://example.org/x\n    checked: 2026-01-02", **{"x-cost-centre": "7"},
    )  # fmt: skip
    lesson, problems = parse_lesson(text, HERE)
    assert problems == ()
    assert lesson is not None
    assert (lesson.id, lesson.title, lesson.version, lesson.roles) == ("sample", "A sample", "1.0", ("everyone",))
    assert (lesson.duration_minutes, lesson.pass_mark, lesson.attempts) == (65, 0.6, 3)
    assert (lesson.review_by, lesson.topics, lesson.prerequisites) == (date(2030, 2, 1), ("a b",), ("other",))
    assert lesson.sources[0].url == "https://example.org/x"
    assert lesson.sources[0].checked == date(2026, 1, 2)


def test_defaults() -> None:
    lesson = parsed(BODY)
    assert (lesson.pass_mark, lesson.attempts, lesson.review_by, lesson.prerequisites) == (0.8, 0, None, ())


def test_blocks_come_in_file_order_with_their_lines() -> None:
    body = """# Title

## One & *two*

Prose.

- list

<!-- id: a -->
First line
of the question?

    [(X)] **yes**
        > Right,
        > indeed.
    [( )] no
    [[?]] Think.
    ****
    Because:

    - it is
    ****

After.

## One, two

```practice
id: p
title: P
task: Do.
start: Write.
```
"""
    text = lesson_text(body)
    lesson = parsed(body)
    first = body_line(text)
    assert [(step.key, step.title, step.line) for step in lesson.steps] == [
        ("one-two", "One & two", first + 2),
        ("one-two-2", "One, two", first + 25),
    ]
    prose, quiz, after = lesson.steps[0].blocks
    assert prose == Prose("Prose.\n\n- list", first + 4)
    assert after == Prose("After.", first + 23)
    assert isinstance(quiz, Quiz)
    assert quiz.question == "First line\nof the question?"
    assert (quiz.id, quiz.kind, quiz.line) == ("a", "single", first + 9)
    assert quiz.choices == (Choice("**yes**", True, "Right, indeed."), Choice("no", False, ""))
    assert quiz.hints == ("Think.",)
    assert quiz.solution == "Because:\n\n- it is"
    (practice,) = lesson.steps[1].blocks
    assert isinstance(practice, Practice)
    assert (practice.id, practice.start, practice.max_tokens, practice.line) == ("p", "Write.", 200, first + 27)


@pytest.mark.parametrize("prefix", ["", "    ", "- ", "  - ", "\t"])
def test_quiz_lines_may_be_indented_or_listed(prefix: str) -> None:
    quiz = parsed(f"## S\n\n<!-- id: q -->\nWhich?\n{prefix}[[x]] a\n{prefix}[[ ]] b\n{prefix}[[X]] c\n").questions[0]
    assert quiz.kind == "multiple"
    assert [choice.right for choice in quiz.choices] == [True, False, True]


@pytest.mark.parametrize(
    ("line", "answers"),
    [
        ("[[token]]", ("token",)),
        ("  [[ two words ]]  ", ("two words",)),
        (r"[[a\|b \[c\]]]", ("a|b [c]",)),
        ("[[a|b]]", ("a", "b")),
    ],
)
def test_text_answers(line: str, answers: tuple[str, ...]) -> None:
    assert parsed(f"## S\n\nWhat?\n\n{line}\n").questions[0].answers == answers


def test_also_lists_further_answers_above_the_answer_or_the_question() -> None:
    below = parsed("## S\n\n<!-- id: q -->\nWhat?\n<!-- also: b | c d -->\n[[a]]\n").questions[0]
    above = parsed("## S\n\n<!-- id: q -->\n<!-- also: b | c d -->\n\nWhat?\n\n[[a]]\n").questions[0]
    assert below.answers == above.answers == ("a", "b", "c d")
    assert below.id == above.id == "q"


def test_id_may_stand_directly_above_the_options() -> None:
    assert parsed("## S\n\nWhich?\n\n<!-- id: q -->\n[(X)] a\n[( )] b\n").questions[0].id == "q"


def test_without_an_id_it_is_the_step_and_a_number() -> None:
    lesson = parsed("## The step\n\nA?\n\n[[a]]\n\nB?\n\n[[b]]\n")
    assert [quiz.id for quiz in lesson.questions] == ["the-step-1", "the-step-2"]


@pytest.mark.parametrize(
    "prose",
    [
        "```\n[(X)] a\n## no step\n```",
        "~~~text\n[[a]]\n```\n~~~",
        "Text with `[[code]]` in it.",
        "````markdown\n```practice\nid: x\n```\n````",
        "- item\n\n    ```\n    [[X]] a\n    ```",
        "```practice-like\nx\n```",
        "[[1]](https://example.org) and \\[[x]] and [text][ref]",
        "[(see here)](https://example.org)",
    ],
)
def test_what_only_looks_like_a_quiz_stays_prose(prose: str) -> None:
    (block,) = parsed(f"## S\n\n{prose}\n").steps[0].blocks
    assert isinstance(block, Prose)
    assert block.markdown == prose


def test_comments_hide_what_is_in_them() -> None:
    lesson = parsed("## S\n\nText.\n\n<!-- not now\n## no step\n[[X]] a\n-->\n\nMore.\n")
    assert lesson.questions == ()
    assert len(lesson.steps) == 1


@pytest.mark.parametrize("name", ["lesson.md", "quiz.md", "practice.md"])
def test_examples_of_the_documents_are_valid(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    marker = "````markdown\n" if "````markdown" in text else "```markdown\n"
    fence = marker.split("markdown")[0]
    examples = [part.split(f"\n{fence}")[0] for part in text.split(marker)[1:]]
    assert examples
    for example in examples:
        whole = example if name == "lesson.md" else lesson_text(f"## Step\n\n{example}\n")
        lesson, problems = parse_lesson(whole, Path(f"{name}"))
        assert problems == ()
        assert lesson is not None
        assert lesson.questions or lesson.practices


def test_read_lesson_raises_the_first_error_with_its_place(tmp_path: Path) -> None:
    file = write_lesson(tmp_path, lesson_text("## S\n\nQ?\n\n[( )] a\n[( )] b\n"))
    with pytest.raises(ContentError, match=r"No option is marked as right") as caught:
        read_lesson(file)
    assert (caught.value.path, caught.value.line) == (file, 17)


def test_read_lesson_lets_warnings_pass(tmp_path: Path) -> None:
    assert read_lesson(write_lesson(tmp_path, lesson_text("## S\n\nWhat?\n\n[[a]]\n"))).id == "sample"


def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    file = write_lesson(tmp_path, "")
    file.write_bytes(b"\xef\xbb\xbf" + lesson_text().replace("\n", "\r\n").encode())
    assert read_lesson(file).questions[0].choices[0].text == "this"
    lesson, problems = parse_lesson("\ufeff" + lesson_text().replace("\n", "\r"), HERE)
    assert lesson is not None
    assert problems == ()


@pytest.mark.parametrize(
    ("title", "key"),
    [("Hello, World!", "hello-world"), ("Café & Öl", "cafe-ol"), ("日本", ""), ("x" * 50, "x" * 36)],
)
def test_slug(title: str, key: str) -> None:
    assert slug(title) == key


def test_a_heading_without_latin_letters_gets_a_number() -> None:
    assert [step.key for step in parsed("## 日本\n\na\n\n## 中国\n\nb\n").steps] == ["step-1", "step-2"]


# One piece a line; the blank line is one of them.
PIECES = st.sampled_from(["## Step", "# T", "### a", "[(X)] a", "[( )] b", "[[X]] c", "[[ ]] d", "[[?]] h", "[[a|b]]", "[[a|(b)]]", "    > fb", "> q", "****", "", "text", "```", "```practice", "id: a", "title: x", "task: y", "start: z", "~~~", "<!--", "-->", "<!-- id: a -->", "<!-- also: x | -->", "expect: [{regex: '(', says: x}]", "---", "====", "[( 1 )] [(2)]", "a [[gap]] b", "[[!]]", "\t", "\x00"])  # fmt: skip


@settings(deadline=None, max_examples=400)
@given(st.lists(PIECES, max_size=25))
def test_any_arrangement_of_lines_is_read(pieces: list[str]) -> None:
    text = lesson_text("\n".join(pieces))
    lesson, problems = parse_lesson(text, HERE)
    assert lesson is not None
    last = len(text.split("\n"))
    assert all(problem.code in RULES and 1 <= problem.line <= last and problem.column >= 1 for problem in problems)
    ids = [quiz.id for quiz in lesson.questions] + [practice.id for practice in lesson.practices]
    if not any(problem.severity == "error" for problem in problems):
        assert len(ids) == len(set(ids))
        for quiz in lesson.questions:
            assert quiz.question
            solvable = {
                "text": bool(quiz.answers),
                "gaps": bool(quiz.gaps) and all(gap.answers or gap.options for gap in quiz.gaps),
                "matrix": bool(quiz.rows),
            }
            assert solvable.get(quiz.kind, any(choice.right for choice in quiz.choices))


@settings(deadline=None, max_examples=200)
@given(st.text())
def test_any_text_is_read(text: str) -> None:
    for whole in (text, f"---\n{text}\n---\n{text}", lesson_text(text)):
        _, problems = parse_lesson(whole, HERE)
        assert all(problem.message for problem in problems)


def test_a_megabyte_of_brackets_is_read() -> None:
    for piece in ("[", "[[", "`", "``` ", "[a", "[[a] [b] ", "*" * 5 + "\n", "> ", "<!--", "<a ", "\\["):
        parse_lesson(lesson_text("## S\n\n" + piece * (100_000 // len(piece))), HERE)


def test_reading_needs_no_markdown_no_schema_no_re2() -> None:
    script = (
        "import sys, desktop_app.lessons.library, desktop_app.lessons.lint\n"
        "print([name for name in ('markdown', 'nh3', 'jsonschema', 're2', 'PySide6') if name in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
