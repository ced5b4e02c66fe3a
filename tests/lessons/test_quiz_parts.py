"""Gaps, matrices and items to order, one line at a time: what is read, what is left alone, and at what cost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.lessons.lesson import GAP, Choice, Gap, Lesson, Prose
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.quiz_parts import (
    gap_text,
    has_gap,
    is_selection,
    matrix_head,
    matrix_row,
    order_line,
    read_gap,
    split_answers,
)

from .builders import body_line, lesson_text

# Everything that means something to one of the readers, and letters of other scripts.
_TOKENS = ["[", "]", "[[", "]]", "(", ")", "[->[", "|", "\\", "`", "``", "!", "?", "x", "X", "-", "1", "12", ":", ">", "<!--", "-->", "*", "ß", "日"]  # fmt: skip
PIECES = st.lists(st.sampled_from([*_TOKENS, " ", "\t", "\n", "\u202e", "\ufeff", GAP]), max_size=40).map("".join)


def read(body: str) -> tuple[Lesson, list[tuple[str, int]]]:
    """The lesson with this body, and its problems other than missing ids as code and line, from 1 in the body."""
    text = lesson_text(body)
    lesson, problems = parse_lesson(text, Path("x.md"))
    assert lesson is not None
    return lesson, [(p.code, p.line - body_line(text) + 1) for p in problems if p.code != "L210"]


# -- gaps ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("inside", "gap"),
    [
        ("token", Gap(("token",))),
        (" two words ", Gap(("two words",))),
        (r"a\|b \(c\) \@", Gap(("a|b (c) @",))),
        ("a|b", Gap(("a", "b"))),
        ("a|(b)|c", Gap(options=(Choice("a", False), Choice("b", True), Choice("c", False)))),
        ("(a)|(b)", Gap(options=(Choice("a", True), Choice("b", True)))),
        (r"a|(b\|c (d))", Gap(options=(Choice("a", False), Choice("b|c (d)", True)))),
        ("(a)", Gap(("(a)",))),
        ("___", Gap()),
        ("日本|(中国)", Gap(options=(Choice("日本", False), Choice("中国", True)))),
    ],
)
def test_what_stands_between_the_brackets(inside: str, gap: Gap) -> None:
    assert read_gap(inside)[0] == gap
    assert is_selection(inside) == bool(gap.options)


@pytest.mark.parametrize(
    ("text", "body", "answers"),
    [
        ("A [[b]] c.", f"A {GAP} c.", ["b"]),
        ("[[a]][[b]]", f"{GAP}{GAP}", None),  # a reference link, as in Markdown
        ("[[a]] [[b]]", f"{GAP} {GAP}", ["a", "b"]),
        ("The word [[token]]: a piece", f"The word {GAP}: a piece", ["token"]),
        ("**[[a]]**, _[[b]]_", f"**{GAP}**, _{GAP}_", ["a", "b"]),
        ("one\ntwo [[a]]", f"one two {GAP}", ["a"]),
        ("Drag [->[a]] here", f"Drag {GAP} here", ["a"]),
        ("`[[x]]` and [[a]]", f"`[[x]]` and {GAP}", ["a"]),
        ("`` ` [[x]] `` [[a]]", f"`` ` [[x]] `` {GAP}", ["a"]),
        ("<!-- [[x]] --> [[a]] <!--", f"<!-- [[x]] --> {GAP} <!--", ["a"]),
        (f"typed {GAP} [[a]]", f"typed \ufffd {GAP}", ["a"]),
        ("[[?]] [[!]] [[a]]", f"[[?]] [[!]] {GAP}", ["a"]),
    ],
)
def test_gaps_of_a_paragraph(text: str, body: str, answers: list[str] | None) -> None:
    if answers is None:
        assert [gap.answers for gap in gap_text(text).gaps] == [("b",)]
        return
    found = gap_text(text)
    assert found.body == body
    assert [gap.answers[0] for gap in found.gaps] == answers


@pytest.mark.parametrize(
    "text",
    [r"\[[a]]", "![[a]]", "[[a]](https://x.org)", "[[a]][ref]", "`[[a]]`", "[a]", "[[]]", "[[?]] hint", "[[!]]",
     "<!-- [[a]] -->", "[^1] note", "[[a", "]] [["],
)  # fmt: skip
def test_no_gap(text: str) -> None:
    assert not has_gap(text)
    assert gap_text(text).gaps == ()


@settings(deadline=None)
@given(PIECES)
def test_a_body_has_one_mark_for_each_gap_whatever_is_typed(text: str) -> None:
    found = gap_text(text)
    assert found.body.count(GAP) == len(found.gaps)
    assert bool(found.gaps) == has_gap(text)
    assert set(found.alternatives) <= set(range(len(found.gaps)))
    assert "\n" not in found.body


# -- matrix --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("[[a] [b]]", ("a", "b")),
        ("  - [ [yes]   (no) ]  ", ("yes", "no")),
        ("[[male (der)] (female [die]) [neuter (das)]]", ("male (der)", "female [die]", "neuter (das)")),
        ("[[a\t1] [日本]]", ("a\t1", "日本")),
        ("[[a]]", None),
        ("[[a](https://example.org)]", None),
        ("[[a](https://x.org) [b]]", None),
        ("[[x] [ ]]", None),
        ("[(X) ( )]", None),
        ("[[a] [b]] text", None),
        ("[a] [b]", None),
    ],
)
def test_a_matrix_head(text: str, columns: tuple[str, ...] | None) -> None:
    assert matrix_head(text) == columns


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("[ (X) ( ) ] a", ((True, False), True, False, "a")),
        ("- [[ ][x]]  a [b](c)", ((False, True), False, False, "a [b](c)")),
        ("[\t(X)\t[ ]\t]\ta", ((True, False), False, True, "a")),
        ("[()(x)]", ((False, True), True, False, "")),
        ("[ (X) ] a", None),
        ("[(X)] a", None),
        ("[[X]] a", None),
        ("[ (Y) ( ) ] a", None),
    ],
)
def test_a_matrix_row(text: str, row: tuple[object, ...] | None) -> None:
    assert matrix_row(text) == row


# -- order ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("[[1]] first", (1, "first")),
        ("  - [[12]]\t**last**  ", (12, "**last**")),
        ("[[0]] none", (0, "none")),
        ("[[1]]", None),
        ("[[1]]first", None),
        ("[[123]] x", None),
        ("[[one]] x", None),
        ("[[1]] a [[gap]]", None),
    ],
)
def test_an_item_to_order(text: str, item: tuple[int, str] | None) -> None:
    assert order_line(text) == item


# -- whole questions: what trainers write ------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_tabs_and_a_byte_order_mark_change_nothing(end: str, mark: str) -> None:
    body = (
        "## S\n\nWhere?\n\n\t[[a] [b]]\n\t[\t(X)\t( ) ] row\n\t\t> said\n\nOrder!\n\n\t[[2]] two\n\t\t> said\n\t[[1]] one\n"
        "\nA [[gap]] b\n"
    )
    plain, _ = parse_lesson(lesson_text(body), Path("x.md"))
    other, _ = parse_lesson(mark + lesson_text(body).replace("\n", end), Path("x.md"))
    assert plain is not None and other is not None
    assert [quiz.kind for quiz in plain.questions] == ["matrix", "ordering", "gaps"]
    assert other.questions == plain.questions


def test_feedback_between_items_does_not_part_them() -> None:
    lesson, problems = read("## S\n\nOrder!\n\n[[2]] two\n    > why\n    > more\n[[1]] one\n    > because\n[[?]] h\n")
    (quiz,) = lesson.questions
    assert problems == []
    assert quiz.choices == (Choice("one", True, "because"), Choice("two", True, "why more"))


def test_options_keep_markup_images_and_brackets() -> None:
    body = (
        "## S\n\nQ?\n\n[( )] ![alt](a.png) with [[x]] and `[[y]]`\n    > no [[x]]\n[(X)] **b** [c](#s)\n[[?]] h [[y]]\n"
    )
    lesson, problems = read(body)
    (quiz,) = lesson.questions
    assert problems == [] and quiz.kind == "single"
    assert quiz.choices[0] == Choice("![alt](a.png) with [[x]] and `[[y]]`", False, "no [[x]]")
    assert quiz.hints == ("h [[y]]",)


def test_also_belongs_to_the_gap_it_names() -> None:
    lesson, problems = read("## S\n\n<!-- also 2: c | d -->\n<!-- also: b -->\nA [[a]] and [[(x)|y]] and [[e]]\n")
    assert problems == [("L211", 5)], "the second gap is a list"
    assert [gap.answers for gap in lesson.questions[0].gaps] == [("a", "b"), (), ("e",)]
    lesson, problems = read("## S\n\n<!-- also 0: b -->\nA [[a]]\n")
    assert problems == [("L211", 4)]
    assert [gap.answers for gap in lesson.questions[0].gaps] == [("a",)]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("| a | b |\n|---|---|\n| [[x1]] | c |", 5),
        ("a | b\n---|---\nc | [[gap]]", 5),
        ("- item\n  and [[gap]]", 4),
        ("1. [[gap]] a", 3),
        ("> said [[gap]]", 3),
        ("A [[gap]]\n===", 3),
        ("`code [[gap]]\nmore` text", 3),
        ("[ (X) ( ) ] a row without a head", 3),
    ],
)
def test_gaps_where_they_cannot_be_are_refused_with_their_line(body: str, line: int) -> None:
    _, problems = read(f"## S\n\n{body}\n")
    assert problems == [("L217", line)]


@pytest.mark.parametrize("prose", ["Text <!-- [[a]] --> text.", "[[1](https://x.org)]", "[^1]: a note", "[ ] a task"])
def test_what_only_looks_like_one_stays_prose(prose: str) -> None:
    lesson, problems = read(f"## S\n\n{prose}\n")
    assert problems == []
    assert lesson.steps[0].blocks == (Prose(prose, lesson.steps[0].blocks[0].line),)


# -- whatever is typed ---------------------------------------------------------------------------------------------------


@settings(deadline=None)
@given(PIECES | st.text())
def test_no_line_is_too_odd_to_be_read(text: str) -> None:
    for reader in (has_gap, read_gap, is_selection, matrix_head, matrix_row, order_line, split_answers):
        reader(text)


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES, max_size=12).map("\n".join))
def test_no_lesson_is_too_odd_to_be_read(body: str) -> None:
    lesson, _ = parse_lesson(lesson_text("## S\n\n" + body), Path("x.md"))
    assert lesson is not None
    for quiz in lesson.questions:
        assert quiz.body.count(GAP) == len(quiz.gaps)
        assert not quiz.rows or all(row.right for row in quiz.rows)


LONG = ["[[", "]]", "[[a]] ", "[[a]]\n", "x [[a]]\n", "[[a]]\n\n", "[[a] ", "[[a] [b]]\n", "[ (X) ( ) ] a\n", "[[1]] a\n", "[[1]] a\n    > b\n", "    > b\n", "a\n", "\n", "## a\n", "<!-- [[a]] ", "<!-- also: a -->\n", "`[[a]]\n", "``` `", "[(X)] a\n", "[[?]] a\n", "****\n", "[->[a", "| [[a]] |\n", "\\[[", "[[a|(b)|"]  # fmt: skip


@pytest.mark.parametrize("piece", LONG)
@pytest.mark.parametrize("before", ["## S\n\n", "## S\n\nQ?\n\n[(X)] a\n[( )] b\n"], ids=["", "behind a quiz"])
def test_four_times_the_text_costs_four_times_the_steps(before: str, piece: str) -> None:
    def steps(count: int) -> int:
        return calls(lambda: parse_lesson(lesson_text(before + piece * count + "\n\n[(X)] c\n"), Path("x.md")))

    assert steps(1600) < 4.6 * steps(400) + 2000


def calls(work: Callable[[], object]) -> int:
    """How many functions, Python's own included, are called to do the work."""
    count = 0

    def on_event(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize("piece", ["[[", "[[a", "[[a] ", "[->[", "(", "[(a) ", "[ (X) ", "\\[", "[[a|"])
def test_twenty_thousand_brackets_are_read(piece: str) -> None:
    """Ends at once; a pattern with two ways to match would not end at all."""
    text = piece * 20_000
    for reader in (has_gap, gap_text, matrix_head, matrix_row, order_line):
        reader(text)
    parse_lesson(lesson_text(f"## S\n\n{text}\n"), Path("x.md"))


def test_many_lines_and_a_line_of_five_megabytes_are_read() -> None:
    for line in ("word\n", "\n", "[[a]] b\n"):
        lesson, _ = parse_lesson(lesson_text("## S\n\nQ?\n\n[(X)] a\n[( )] b\n\n" + line * 40_000), Path("x.md"))
        assert lesson is not None
    lesson, _ = parse_lesson(lesson_text("## S\n\n" + "w" * 5_000_000 + " [[a]]\n"), Path("x.md"))
    assert lesson is not None and lesson.questions[0].gaps == (Gap(("a",)),)
