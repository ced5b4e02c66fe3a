"""LiaScript courses become lessons: what moves, speaks or runs is named, and nothing in a course breaks a lesson."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.jobs import finish
from desktop_app.lessons.interchange.draft import Front, Imported
from desktop_app.lessons.interchange.liascript import import_liascript
from desktop_app.lessons.lesson import GAP, Choice, Gap, Lesson, Prose, Row
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.write import write_lesson
from tests.lessons.generated import lessons
from tests.lessons.test_write import unnumbered

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


def read(text: str, folder: Path | None = None) -> Imported:
    """What becomes of a course; every lesson is written so that it reads back without an error."""
    found = finish(import_liascript(text, Front("made", "Made"), folder))
    for lesson, written in zip(found.lessons, found.texts, strict=True):
        again, problems = parse_lesson(written, Path(lesson.id) / "lesson.md")
        assert [str(p) for p in problems if p.severity == "error"] == [], written
        assert again is not None
        assert unnumbered(again.steps) == unnumbered(lesson.steps)
    return found


def course(body: str) -> Lesson:
    [lesson] = read(f"# Course\n\n## Step\n\n{body}\n").lessons
    return lesson


def said(found: Imported) -> list[tuple[int, str, str]]:
    return [
        (note.line, note.severity, note.what) for note in found.notes if not note.what.startswith("Objectives, level")
    ]


def prose(lesson: Lesson) -> str:
    return "\n\n".join(block.markdown for step in lesson.steps for block in step.blocks if isinstance(block, Prose))


# -- the header ----------------------------------------------------------------------------------------------------------

HEADER = """<!--
author:   Ann Example; Ben Example
email:    ann@example.org
language: de
comment:  How it works.
          And why.
version:  3.1.4
import:   https://example.org/macros.md
@bold: <b>@0</b>

@onload
window.x = {}
@end
-->

# Der Kurs

Text.
"""


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_header_in_a_comment(end: str) -> None:
    found = read("\ufeff" + HEADER.replace("\n", end))
    [lesson] = found.lessons
    assert (lesson.title, lesson.language, lesson.version, lesson.summary) == (
        "Der Kurs",
        "de",
        "0.1",
        "How it works. And why.",
    )
    assert lesson.authors == ("Ann Example", "Ben Example")
    assert prose(lesson) == "Text."
    assert [(line, what) for line, _, what in said(found)] == [
        (3, 'The header\'s field "email" was left out.'),
        (7, 'The header\'s field "version" was left out: 3.1.4.'),
        (8, 'The header\'s field "import" was left out: https://example.org/macros.md.'),
        (9, "The macro @bold was left out."),
        (11, "The macro @onload was left out."),
    ]


@pytest.mark.parametrize(
    "text", ["Just a text.", "\n\n# Title\n\nJust a text.", "---\ntitle: Title\nauthor: A\n---\nJust a text."]
)
def test_no_header_is_no_problem(text: str) -> None:
    [lesson] = read(text).lessons
    assert prose(lesson) == "Just a text."
    assert lesson.title in ("Made", "Title")


def test_a_header_that_never_ends_is_text() -> None:
    found = read("<!-- author: A\n\n# Title\n\nText.")
    assert "Text." in prose(found.lessons[0])
    assert said(found)[0][:2] == (1, "changed")


# -- headings ------------------------------------------------------------------------------------------------------------


def test_headings_of_any_level_are_steps_and_empty_ones_share_the_next() -> None:
    found = read(
        "# Course\n\nHello.\n\n### Deep *one*\n\na\n\nSet\n===\n\nb\n\n## Part\n\n###### Chapter\n\nc\n\n## Part\n\nd\n\n## End\n"
    )
    [lesson] = found.lessons
    assert [step.title for step in lesson.steps] == ["Course", "Deep one", "Set", "Part: Chapter", "Part"]
    assert said(found) == [(24, "left out", 'The heading "End" has nothing below it and was left out.')]


def test_titles_that_differ_in_marks_alone_are_told_apart() -> None:
    found = read("# Course\n\n## Sub\n\na\n\n## : Sub\n\nb\n\n## Sub 2\n\nc\n\n## ?!\n\nd\n\n## ?!\n\ne\n")
    [lesson] = found.lessons
    assert len({step.key for step in lesson.steps}) == 5
    assert [step.title for step in lesson.steps][:2] == ["Sub", ": Sub (2)"]


# -- questions -----------------------------------------------------------------------------------------------------------


def test_choices_with_hints_solution_and_feedback() -> None:
    lesson = course(
        "Which?\n\n- [( )] no\n    > Not this.\n- [(X)] yes\n  of course\n- [[?]] a hint\n  goes on\n************\n\nBecause.\n\n- list\n\n************"
    )
    [quiz] = lesson.questions
    assert (quiz.id, quiz.kind, quiz.question) == ("which", "single", "Which?")
    assert quiz.choices == (Choice("no", False, "Not this."), Choice("yes of course", True))
    assert (quiz.hints, quiz.solution) == (("a hint goes on",), "Because.\n\n- list")


def test_several_texts_gaps_selections_drags_and_tables() -> None:
    lesson = course(
        "Several?\n\n[[X]] a\n[[ ]] b\n\nTyped?\n\n    [[word]]\n    [[?]] w…\n\nA [[gap]] and a [[no|(yes)]] and [->[(x)|y]].\n\n"
        "Table?\n\n[[male (der)] (female [die])]\n[    (X)           ( )   ]  Mann\n[    ( )           (X)   ]  Frau"
    )
    several, typed, gaps, table = lesson.questions
    assert (several.kind, typed.answers, typed.hints) == ("multiple", ("word",), ("w…",))
    assert gaps.body == f"A {GAP} and a {GAP} and {GAP}."
    assert gaps.gaps[0] == Gap(("gap",))
    assert [choice.right for choice in gaps.gaps[2].options] == [True, False]
    assert table.rows == (Row("Mann", (True, False), True), Row("Frau", (False, True), True))


@pytest.mark.parametrize(
    ("body", "shown", "what"),
    [
        ("Q?\n\n[(1)] one\n[(2)] two", "Q?\n\n- one\n- two", "A survey has no right answers, so it is shown as a list."),
        ("Q?\n\n[[:a]] one\n[[:b]] two", "Q?\n\n- one\n- two", "A survey has no right answers, so it is shown as a list."),
        ("Q?\n\n[(a)(b)(c)]\n[      ] row", "Q?\n\n- row", "A survey has no right answers, so it is shown as a list."),
        ("Q?\n\n[[___ ___]]", "Q?", "A survey's text field was left out: there is no right answer to it."),
        ("Q?\n\n[[!]]\n[[?]] h", "Q?", "A question checked by a script of its own ([[!]]) was left out."),
        ("Q?\n\n[[ ]] a\n[[ ]] b", "Q?\n\n- a\n- b", "A question that has no right answer is shown as a list."),
        ("Q?\n\n[(X)] a", "Q?\n\n- a", "A question that has only one option is shown as a list."),
        ("[[?]] alone\n\nText", "Text", "A hint without a question was left out."),
    ],
)  # fmt: skip
def test_what_is_no_question_here_is_shown_and_named(body: str, shown: str, what: str) -> None:
    found = read(f"# C\n\n{body}\n")
    assert prose(found.lessons[0]) == shown
    assert found.lessons[0].questions == ()
    assert what in [text for _, _, text in said(found)]


def test_any_of_several_right_answers_becomes_all_of_them() -> None:
    found = read("# C\n\nQ?\n\n[(X)] a\n[(X)] b\n[( )] c\n")
    assert found.lessons[0].questions[0].kind == "multiple"
    assert said(found) == [
        (5, "changed", "A question takes any one of several right answers; here all of them must be picked.")
    ]


def test_a_question_without_a_text_gets_one() -> None:
    found = read("# C\n\n- a list\n\n[(X)] a\n[( )] b\n")
    assert found.lessons[0].questions[0].question == "Which is right?"
    assert said(found) == [(5, "changed", 'A question without a text got one: "Which is right?"')]


def test_gaps_in_lists_are_questions_and_in_tables_open() -> None:
    lesson = course("- one [[a]] two\n- three\n\n| x | [[b]] |\n|---|---|\n| 1 | 2 |")
    assert [quiz.body for quiz in lesson.questions] == [f"one {GAP} two"]
    assert "| x | ____ |" in prose(lesson)


def test_our_own_ids_and_accepted_answers_are_kept() -> None:
    [quiz] = course("<!-- id: my-id -->\nQ?\n\n<!-- also: b | c -->\n    [[a]]").questions
    assert (quiz.id, quiz.answers) == ("my-id", ("a", "b", "c"))


# -- what moves, speaks, runs or loads -----------------------------------------------------------------------------------


def test_animation_and_narrator_marks_are_removed() -> None:
    found = read(
        "# C\n\n    --{{1}}--\nSpoken.\n\n{{1-3}}\nFirst {2}{then **this**}.\n\n{{4}}\n=====\nBlock\n=====\n\n`{{5}} code`\n"
    )
    assert prose(found.lessons[0]) == "Spoken.\n\nFirst then **this**.\n\nBlock\n\n`{{5}} code`"
    assert [(line, what[:12]) for line, _, what in said(found)] == [
        (3, "A narrator's"), (6, "An animation"), (7, "An animation"), (9, "An animation"),
    ]  # fmt: skip


def test_scripts_embedded_pages_media_and_remote_images_are_inert() -> None:
    text = (
        "# C\n\nA <script>alert('x')</script>b.\n\n<iframe src='https://e.org'></iframe>\n!?[film](https://e.org/f)\n"
        "![chart](https://e.org/c.png?x=1)\n[a](javascript:alert(1)) <b onclick='x()'>bold</b>\n\n```js\n<script>shown</script>\n```\n"
    )
    found = read(text)
    shown = prose(found.lessons[0])
    assert "alert('x')" not in shown
    assert "javascript" not in shown
    assert "<iframe" not in shown
    assert "[film](https://e.org/f)" in shown
    assert "\n[chart](https://e.org/c.png?x=1)" in shown
    assert "<script>shown</script>" in shown
    assert sorted({line for line, _, _ in said(found)}) == [3, 5, 6, 7, 8]


def test_footnotes_and_addresses_with_spaces_lose_no_word(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(PICTURE)
    found = read(
        '# C\n\nA [^1](note here) and [^2], [x](to a file.pdf) ![p](a b.png "t").\n\n[^2]: Another one, see (y).\n',
        tmp_path,
    )
    assert (
        prose(found.lessons[0])
        == "A (note here) and [^2], x (to a file.pdf) ![p](a-b.png).\n\n\\[^2\\]: Another one, see (y)."
    )


def test_macros_are_left_out_and_addresses_are_not() -> None:
    found = read(
        "<!--\n@red: x\n-->\n# C\n\nMy @red(a) and @[embed](https://e.org) by @author, ask a@b.org or @someone.\n"
    )
    assert prose(found.lessons[0]) == "My  and  by , ask a@b.org or @someone."
    assert {line for line, _, what in said(found) if "macro" in what} == {2, 6}


def test_local_images_come_along_under_a_plain_name(tmp_path: Path) -> None:
    folder = tmp_path / "course"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "a b(1).png").write_bytes(PICTURE)
    (folder / "text.png").write_text("no picture")
    (tmp_path / "outside.png").write_bytes(PICTURE)
    found = read(
        "# C\n\n![x](img/a%20b(1).png?raw=true) ![](img/a%20b(1).png)\n![n](../outside.png) ![n](text.png) ![n](none.png)\n"
        "<img src=\"img/a b(1).png\" alt='y'>\n",
        folder,
    )
    assert found.images == {"a-b-1.png": folder / "img" / "a b(1).png"}
    assert prose(found.lessons[0]) == "![x](a-b-1.png) ![a b 1](a-b-1.png)\n(n) (n) (n)\n![y](a-b-1.png)"
    assert [line for line, severity, _ in said(found) if severity == "left out"] == [4, 4, 4]


def test_code_is_shown_and_its_settings_are_not() -> None:
    found = read("# C\n\n``` js -run.js +line\n[[X]]\n```\n\n    ~~~ practice\n    id: x\n    ~~~\n\n````\nopen")
    assert prose(found.lessons[0]) == "```js\n[[X]]\n```\n\n~~~text\nid: x\n~~~\n\n````\nopen\n````"


# -- anything ------------------------------------------------------------------------------------------------------------


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([
    "# a\n", "## b\n", "###### c\n", "text\n", "[(X)] a\n", "[( )] b\n", "- [[X]] c\n", "    [[ ]] d\n", "[[?]] h\n", "****\n", "[[word]]\n",
    "a [[gap]] b\n", "- a [[gap]] b\n", "> a [[x|(y)]]\n", "| a | [[b]] |\n", "|---|---|\n", "[[a] [b]]\n", "[(a) (b)]\n", "[ (X) ( ) ] r\n",
    "[ [X] [X] ] r\n", "[    ] r\n", "[(1)] s\n", "[[1]] s\n", "[[___]]\n", "[[!]]\n", "{{1}}\n", "--{{1}}--\n", "{1}{x}", "```\n", "~~~ js\n",
    "<!--\n", "-->\n", "<!-- id: x -->\n", "<!-- also: x -->\n", "<script>\n", "</script>\n", "<b>", "![a](b.png)\n", "[a](http://b)\n",
    "[a]: http://b\n", "<http://b>\n", "!?[v](https://c)\n", "@m(x)\n", "$x$", "\n", "\n\n", "---\n", "===\n", "    > f\n", "    code\n", "\t", "* x\n",
    "1. y\n", "[[\n", "]]", "[", "\\", "`", "[->[a|(b)]]\n", "[[a|b]]\n", "##\n", "##x\n", "\u2028", "[[X]]\n", "[(X)]\n", "[^1]\n",
]), max_size=40).map("".join))  # fmt: skip
def test_no_course_breaks_a_lesson(text: str) -> None:
    read(text)


@settings(max_examples=120, deadline=None)
@given(st.text("ab[]()X ?!|{}-<>#*`~\n\r\\@:1.\t\"'=_&$^/", max_size=150))
def test_no_text_is_too_strange(text: str) -> None:
    read(text)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(lessons())
def test_our_own_lessons_are_courses_too(lesson: Lesson) -> None:
    read(write_lesson(lesson))
