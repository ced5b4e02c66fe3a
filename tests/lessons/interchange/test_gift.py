"""GIFT questions become lessons and go back; whatever does not fit is named with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.jobs import finish
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.draft import Front, Imported
from desktop_app.lessons.interchange.gift import escaped
from desktop_app.lessons.interchange.gift_export import write_gift
from desktop_app.lessons.interchange.gift_import import import_gift
from desktop_app.lessons.interchange.qti import write_qti
from desktop_app.lessons.lesson import GAP, Answer, Choice, Gap, Lesson, Prose, Quiz, Row
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.render import plain_text
from desktop_app.lessons.scoring import score
from desktop_app.notes import Package
from tests.helpers.qti import QTI, check, process
from tests.lessons.builders import lesson_text
from tests.lessons.generated import lessons
from tests.lessons.test_write import unnumbered


def read(text: str, folder: Path | None = None) -> Imported:
    """What becomes of a GIFT text; every lesson is written so that it reads back without an error."""
    found = finish(import_gift(text, Front("made", "Made"), folder))
    for lesson, written in zip(found.lessons, found.texts, strict=True):
        again, problems = parse_lesson(written, Path(lesson.id) / "lesson.md")
        assert [str(p) for p in problems if p.severity == "error" and p.code != "L402"] == [], written
        assert again is not None
        assert [q.id for q in again.questions] == [q.id for q in lesson.questions]
        assert unnumbered(again.steps) == unnumbered(lesson.steps)
    return found


def one(text: str) -> Quiz:
    [lesson] = read(text).lessons
    [quiz] = lesson.questions
    return quiz


def said(found: Imported | Package) -> list[tuple[int, str, str]]:
    """The report, without what every import says."""
    usual = ("Objectives, level", "The title")
    return [(note.line, note.severity, note.what) for note in found.notes if not note.what.startswith(usual)]


def export(lesson: Lesson) -> Package:
    return write_gift(Course(lesson.id, lesson.title, "", (lesson,), Path()))


# -- import, kind by kind ------------------------------------------------------------------------------------------------


def test_one_right_answer_with_feedback_and_general_feedback() -> None:
    quiz = one("::Grant's tomb::Who's buried there? {=Grant#Right! ~no one ~Napoleon#No. ####He is.}")
    assert (quiz.id, quiz.kind, quiz.question) == ("grant-s-tomb", "single", "Who's buried there?")
    assert quiz.choices == (Choice("Grant", True, "Right!"), Choice("no one", False), Choice("Napoleon", False, "No."))
    assert quiz.solution == "He is."


def test_several_right_answers_with_weights() -> None:
    text = "Which two? {~%50%one ~%50%two#Yes ~%-50%three}"
    found = read(text)
    quiz = found.lessons[0].questions[0]
    assert (quiz.kind, [choice.right for choice in quiz.choices]) == ("multiple", [True, True, False])
    assert said(found) == []
    assert score(quiz, Answer((0,))).value == 0.5


@pytest.mark.parametrize(
    ("answers", "what"),
    [
        (
            "~%70%a ~%30%b ~%-50%c",
            "An answer worth 70 % there is worth 50 % here: weights follow from the number of right ones.",
        ),
        ("~%100%a ~b", "A wrong answer takes off 100 % here, and nothing there."),
        ("=a ~%25%b ~c", "An answer worth 25 % there is worth 0 % here: weights follow from the number of right ones."),
        ("=a =b ~c", 'The question "Which?" takes any one of several right answers; here all of them must be picked.'),
    ],
)
def test_weights_that_our_scores_cannot_carry_are_named(answers: str, what: str) -> None:
    found = read(f"\n\nWhich? {{{answers}}}")
    assert (3, "changed", what) in said(found)
    assert len(found.lessons[0].questions) == 1


def test_thirds_are_as_good_as_they_can_be_written() -> None:
    assert said(read("Which? {~%33.33333%a ~%33.33333%b ~%33.33333%c ~%-33.33333%d}")) == []


@pytest.mark.parametrize("word", ["T", "TRUE", "true", "F", "FALSE"])
def test_true_and_false(word: str) -> None:
    quiz = one(f"The sun rises in the East.{{{word}#Wrong.#Right.}}")
    right, wrong = ("True", "False") if word[0] in "Tt" else ("False", "True")
    assert {(c.text, c.right, c.feedback) for c in quiz.choices} == {(right, True, "Right."), (wrong, False, "Wrong.")}


def test_short_answers() -> None:
    found = read("Two plus two? {=four =4 =%50%five#Nearly =Vier*}")
    quiz = found.lessons[0].questions[0]
    assert (quiz.kind, quiz.answers) == ("text", ("four", "4", "Vier*"))
    assert [what for _, _, what in said(found)] == [
        '"five" is worth 50 %; a typed answer is right or wrong here.',
        'In "Vier*" the * stands for any text in Moodle; here it is a star.',
    ]


def test_matching_becomes_a_table_with_wrong_columns_too() -> None:
    quiz = one("Match. {=cat -> cat food =dog -> dog food = -> hay [dry]}")
    assert quiz.columns == ("cat food", "dog food", "hay &#91;dry&#93;")
    assert quiz.rows == (Row("cat", (True, False, False), True), Row("dog", (False, True, False), True))


def test_a_missing_word_becomes_a_gap() -> None:
    quiz = one("Moodle costs {~lots =nothing ~little} to download. [x]")
    assert quiz.body == f"Moodle costs {GAP} to download. \\[x\\]"
    assert quiz.gaps == (Gap(options=(Choice("lots", False), Choice("nothing", True), Choice("little", False))),)
    assert one("Un{=forget =Forget}table!").body == f"Un{GAP}table!"


@pytest.mark.parametrize(
    ("inside", "answers", "what"),
    [
        ("#1822", ("1822",), ""),
        ("#1822:0", ("1822",), ""),
        ("#=1822:0 =%50%1900:2", ("1822",), "is worth 50 %"),
        ("#3.14:0.01", ("3.14",), "only 3.14 is accepted"),
        ("#10:2", ("10", "8", "9", "11", "12"), "the whole numbers from 8 to 12 are accepted"),
        ("#1..3", ("1", "2", "3"), "the whole numbers from 1 to 3 are accepted"),
    ],
)
def test_numbers(inside: str, answers: tuple[str, ...], what: str) -> None:
    found = read(f"When? {{{inside}}}")
    assert found.lessons[0].questions[0].answers == answers
    assert all(what in text for _, _, text in said(found))
    assert bool(said(found)) == bool(what)


def test_a_range_that_cannot_be_typed_is_named_not_dropped() -> None:
    found = read("Pi? {#3.1..3.2}\n\nWhy? {=so}")
    assert [(line, severity) for line, severity, _ in said(found)] == [(1, "left out"), (1, "left out")]
    assert "3.1..3.2" in said(found)[0][2]


def test_essays_and_descriptions_are_text() -> None:
    found = read("Write about it. {}\n\nJust to read: [[X]] *this*.")
    [step] = found.lessons[0].steps
    assert [type(block) for block in step.blocks] == [Prose]
    assert plain_text(step.blocks[0].markdown) == "Write about it.\nJust to read: [[X]] *this*."  # type: ignore[union-attr]
    assert said(found) == [
        (
            1,
            "changed",
            'The question "Write about it." asks for a free text, which nothing here can score. It is shown as text.',
        )
    ]


def test_html_becomes_markdown_and_what_runs_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 30)
    text = (
        r"[html]<p>Look\: <b>here</b></p><ul><li>x</li></ul><script>alert(1)</script>"
        r"<p>Which <img src\='a%20b.png?v\=1' alt\='A &amp; B'>?</p>"
        r"{=[html]<i>this</i><br>one#<p>Yes</p><p>indeed</p> ~that <img src\='https\://example.org/x.png'>}"
    )
    found = finish(import_gift(text, Front("made", "Made"), tmp_path))
    [prose, quiz] = found.lessons[0].steps[0].blocks
    assert prose == Prose("Look: **here**\n\n- x", 0)
    assert isinstance(quiz, Quiz)
    assert quiz.question == "Which ![A & B](a-b.png)?"
    assert quiz.choices[0] == Choice("*this*<br>one", True, "Yes indeed")
    assert quiz.choices[1].text == "that [Image](https://example.org/x.png)"
    assert found.images == {"a-b.png": tmp_path / "a b.png"}
    assert [severity for _, severity, what in said(found) if "script" in what or "on the web" in what] == [
        "left out",
        "left out",
    ]


def test_markdown_stays_markdown_but_makes_no_step_and_no_other_question() -> None:
    found = read("[markdown]# Title\n**Bold** [[X]]\n## Two\nWhich [one](http\\://a.b)? {=a ~b}")
    [step] = found.lessons[0].steps
    assert len(found.lessons[0].questions) == 1
    assert step.blocks[0] == Prose("### Title\n**Bold** \\[[X]]\n### Two", 0)
    assert "(http://a.b)" in found.texts[0]


def test_plain_texts_show_what_was_written() -> None:
    stem = "1. *a* _b_ [c](d) <e> & `f` | #g \\\\h"
    quiz = one(f"[plain]{escaped(stem)} {{={escaped('- x')} ~{escaped('<b>')}}}")
    assert plain_text(quiz.question) == stem
    assert [plain_text(f"a {choice.text}")[2:] for choice in quiz.choices] == ["- x", "<b>"]


# -- the file ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_byte_order_mark_comments_and_categories(end: str) -> None:
    text = "\ufeff// comment\n$CATEGORY: top/Über uns\n\n::Q::What?{\n=a # yes\n// inside\n~b\n}\n$CATEGORY: x//y\n\n::R::Why?{=c ~d}\n::S::How?{=e ~f}"
    [lesson] = read(text.replace("\n", end)).lessons
    assert [step.title for step in lesson.steps] == ["Über uns", "x/y"]
    assert [quiz.id for quiz in lesson.questions] == ["q", "r", "s"]
    assert lesson.questions[0].choices[0] == Choice("a", True, "yes")


def test_mixed_line_ends_and_blank_lines_between_answers() -> None:
    found = read("What?{\r\n=a\r\n\r\n~b\r}\n\nWhy?{=c ~d}\r\r\nunclosed {=a ~b\n\nEnd? {=a ~b}")
    assert [len(quiz.choices) for quiz in found.lessons[0].questions] == [2, 2, 2]
    assert [(line, severity) for line, severity, _ in said(found)] == [(3, "changed"), (9, "left out")]


def test_notes_carry_the_line_of_the_answer() -> None:
    found = read("// one\n\n::Q::Which?{\n=a\n~%20%b\n~c\n}")
    assert [line for line, _, _ in said(found)] == [5]


def test_ten_questions_make_a_step_and_equal_titles_different_ids() -> None:
    [lesson] = read("\n\n".join("::Same::What? {=a ~b}" for _ in range(25))).lessons
    assert [len(step.questions) for step in lesson.steps] == [10, 10, 5]
    assert [step.title for step in lesson.steps] == ["Made", "Made (2)", "Made (3)"]
    assert len({quiz.id for quiz in lesson.questions}) == 25


def test_a_large_file_becomes_several_lessons() -> None:
    found = read("\n\n".join(f"::Q{n}::{'word ' * 60}? {{=a ~b}}" for n in range(4000)))
    assert [lesson.id for lesson in found.lessons] == ["made", "made-2"]
    assert found.lessons[1].title == "Made (2 of 2)"
    assert all(len(text.encode()) < 1_000_000 for text in found.texts)
    assert sum(len(lesson.questions) for lesson in found.lessons) == 4000


@settings(max_examples=120, deadline=None)
@given(st.text("ab =~#{}:\\%5.0->TF\n\r[]<>*$/|!", max_size=120))
def test_no_text_is_too_strange(text: str) -> None:
    read(text)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.sampled_from([
    "::t::", "{", "}", "=", "~", "#", "####", "%50%", "%-100%", "->", "\\", "[html]", "[markdown]", "[[X]]", "[(X)]", "[[?]]", "****\n",
    "\n", "\n\n", "T", "#3..4", "a", "B c", "<b>", "</b>", "<script>", "<!--", "-->", "<p>", "```\n", "~~~\n", "- ", "> ", "## x\n", "![a](b.png)", "[a](http\\://b)",
    "| a |\n", "<!-- id\\: x -->\n", "\u2028", "\x00", "\ufffc", "1. ", "---\n",
]), max_size=40).map("".join))  # fmt: skip
def test_no_mixture_of_marks_breaks_a_lesson(text: str) -> None:
    read(text)


# -- back again ----------------------------------------------------------------------------------------------------------

PLAIN = st.text("abXY 1é漢😀[](){}|\\@*_`<>#!?:;.,-~=&\"'%$^/+", min_size=1, max_size=30).map(str.strip).filter(bool)
TYPED = PLAIN.filter(lambda text: "->" not in text and "*" not in text)


@st.composite
def gift_questions(draw: st.DrawFn) -> str:
    def pick(texts: Any, size: int) -> list[str]:
        return draw(
            st.lists(texts, min_size=size, max_size=size, unique_by=lambda text: "".join(text.casefold().split()))
        )

    said = [f"#{escaped(draw(PLAIN))}" if draw(st.booleans()) else "" for _ in range(3)]
    kind = draw(st.sampled_from(["single", "multiple", "text", "matching", "gap", "true"]))
    behind = ""
    if kind in ("single", "multiple"):
        marks = ("=", "~", "~") if kind == "single" else ("~%50%", "~%50%", "~%-50%")
        inside = " ".join(f"{m}[plain]{escaped(t)}{s}" for m, t, s in zip(marks, pick(PLAIN, 3), said, strict=True))
    elif kind == "text":
        inside = " ".join(f"={escaped(t)}" for t in pick(TYPED, 2))
    elif kind == "matching":
        sides = TYPED.filter(lambda text: "\\" not in text and "<" not in text)  # a right side is HTML, as in Moodle
        inside = " ".join(
            f"=[plain]{escaped(a)} -> {escaped(b)}" for a, b in zip(pick(sides, 2), pick(sides, 2), strict=True)
        )
    elif kind == "true":
        inside = draw(st.sampled_from(["T", "F"])) + said[0]
    else:
        letters = PLAIN.filter(lambda text: text.isalnum())
        inside, behind = " ".join(f"{m}{t}" for m, t in zip("=~~", pick(letters, 3), strict=True)), " and so on."
    general = f" ####{escaped(draw(PLAIN))}" if draw(st.booleans()) else ""
    return f"::t::[plain]Text {escaped(draw(PLAIN))} {{{inside}{general}}}{behind}"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(gift_questions(), min_size=1, max_size=3).map("\n\n".join))
def test_gift_to_lesson_to_gift_keeps_stems_answers_feedback_and_weights(text: str) -> None:
    [first] = read(text).lessons
    package = export(first)
    assert said(package) == []
    [second] = read(package.files["made.gift"].decode()).lessons
    assert [unnumbered(quiz) for quiz in second.questions] == [unnumbered(quiz) for quiz in first.questions]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(gift_questions())
def test_gift_to_lesson_to_qti_keeps_stem_answers_and_worth(text: str) -> None:
    [lesson] = read(text).lessons
    [quiz] = lesson.questions
    [item] = check(write_qti(Course("made", "Made", "", (lesson,), Path())).files).values()
    shown = "".join("".join(item.find(f"{QTI}qti-item-body").itertext()).split())
    stem = plain_text(quiz.question.replace("___", " ") if quiz.kind == "gaps" else quiz.question)
    for word in stem.split():
        assert word in shown
    if quiz.kind in ("single", "multiple"):
        options = ["".join("".join(one.itertext()).split()) for one in item.iter(f"{QTI}qti-simple-choice")]
        assert options == ["".join(plain_text(f"x {choice.text}")[1:].split()) for choice in quiz.choices]
        right = tuple(f"C{n}" for n, choice in enumerate(quiz.choices, 1) if choice.right)
        given_ = right if quiz.kind == "multiple" else right[0]
        assert process(item, {"RESPONSE": given_})["SCORE"] == pytest.approx(1)
    elif quiz.kind == "text":
        assert [process(item, {"RESPONSE": answer})["SCORE"] for answer in quiz.answers] == [1.0] * len(quiz.answers)


# -- export --------------------------------------------------------------------------------------------------------------


def exported(body: str) -> Package:
    lesson, problems = parse_lesson(lesson_text(body), Path("sample/lesson.md"))
    assert lesson is not None
    assert [p.code for p in problems if p.severity == "error"] == []
    return export(lesson)


def test_the_file_is_what_moodle_reads() -> None:
    body = "## A/B\n\nFirst, *this*: a={b}.\n\n<!-- id: q -->\nWhich\\~one?\n[[X]] a#1\n    > Yes: so.\n[[X]] b\n[[X]] c\n[[ ]] d\n****\nOne.\n\nTwo.\n****\n"
    text = exported(body).files["sample.gift"].decode()
    assert text == (
        "// A sample\n\n$CATEGORY: A sample/A//B\n\n[markdown]First, *this*\\: a\\=\\{b\\}.\n\n"
        "::q::[markdown]Which\\\\\\~one?{~%33.33333%a\\#1#Yes\\: so. ~%33.33333%b ~%33.33333%c ~%-33.33333%d ####One.\\n\\nTwo.}\n"
    )


@pytest.mark.parametrize(
    ("body", "severity", "what"),
    [
        ("Q?\n\n[(X)] a\n[( )] b\n[[?]] h\n[[?]] i", "left out", "2 hints were left out: GIFT has none."),
        ("Q?\n\n[[1]] a\n[[2]] b", "changed", "An order became a matching question of places: GIFT has no ordering."),
        ("A [[b]] c [[d]] e.", "changed", "The text with 2 gaps became as many questions, one for each: GIFT has one gap in a text."),
        ("Q?\n\n[[a] [b]]\n[[X] [X]] r", "changed", "Each row of the table became a question: GIFT has one right column in a row only."),
        ("Q?\n\n<!-- also: b -->\n[[a -> c]]", "left out", 'The accepted answer "a -> c" was left out: GIFT takes -> for a pair.'),
        ("![x](y.png)", "left out", 'The image "y.png" was left out: a GIFT file carries no files.'),
        ("```redact\nid: r\ntitle: T\ntask: D\ndocument: d\n```", "left out", 'The redaction exercise "T" was left out: GIFT has questions only.'),
        ("Q?\n\n" + "".join(f"[[X]] {n}\n" for n in range(13)), "changed", "13 right answers are worth 7.6923 % each, a weight Moodle rounds."),
    ],
)  # fmt: skip
def test_what_gift_cannot_carry_is_reported(body: str, severity: str, what: str) -> None:
    assert (severity, what) in [(note.severity, note.what) for note in exported(f"## S\n\n{body}\n").notes]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(lessons())
def test_any_lesson_can_be_written_and_read_again(lesson: Lesson) -> None:
    text = export(lesson).files[f"{lesson.id}.gift"].decode()
    read(text)
