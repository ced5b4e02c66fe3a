"""Lessons on paper: everything of a lesson in its order, answers only where they are wanted, pages broken with care."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from exports import EVERYTHING, ROOT, course, sample_lesson
from pypdf import PdfReader

from desktop_app.lessons.documents import DocumentLibrary
from desktop_app.lessons.interchange.course import Course, course_of
from desktop_app.lessons.lesson import LearningPath, Lesson, LessonId
from desktop_app.lessons.library import LessonLibrary
from desktop_app.notes import Note
from desktop_app.prompts.library import PromptLibrary
from desktop_app.ui.printing.lesson_pdf import ALL_FORMATS, PAPERS, Paper, lesson_pdf
from tests.lessons.builders import lesson_text

pytestmark = pytest.mark.usefixtures("theme")


@pytest.fixture
def lesson(tmp_path: Path) -> Lesson:
    return sample_lesson(tmp_path, lesson_text(EVERYTHING))


def pdf_of(made: Course, *, paper: Paper = "A4", answers: bool = True) -> PdfReader:
    (data,) = lesson_pdf(made, paper=paper, answers=answers).files.values()
    return PdfReader(io.BytesIO(data))


def words_of(reader: PdfReader) -> list[str]:
    """What each page says. The font has one glyph for ” and for U+02EE, and the PDF may name it by either."""
    return [" ".join(page.extract_text().split()).replace("\u02ee", "”") for page in reader.pages]


def test_everything_is_there_in_order_and_the_answers_come_last(lesson: Lesson) -> None:
    said = " ".join(words_of(pdf_of(course(lesson))))
    parts = (
        "A sample", "After this lesson", "Know it.", "1 Questions", "Question 1 · One answer", "Which one?", "this", "that",
        "Question 2 · More than one may be right", "Question 3", "What reads a model?", "Question 4",
        "(words / tokens / letters)", "Question 5", "inside", "outside", "a recipe", "Question 6 · Put in order",
        "2 Exercises", "Question 7", "Sales rose by 4 percent.", "Not supported", "Question 8 · Redact", "Hello Tomasz",
        "Practice", "Give me three points about tea.", "It is about tea.", "Hints", "It is near.", "Sources", "Ourselves",
        "Answers: A sample", "Yes, this.", "It is this", "token", "(also: a token)", "A recipe is no secret", "1. ask 2. read 3. check",
        "They stayed flat.", "Must not leave the building", "burnout",
    )  # fmt: skip
    at = 0
    for part in parts:
        found = said.find(part, at)
        assert found >= 0, (part, said[at : at + 200])
        at = found + len(part)


def test_without_answers_nothing_gives_them_away(lesson: Lesson) -> None:
    said = " ".join(words_of(pdf_of(course(lesson), answers=False)))
    assert "Hints" in said
    for given_away in ("Answers", "Yes, this.", "a token", "They stayed flat.", "1. ask", "A diagnosis"):
        assert given_away not in said


@pytest.mark.parametrize("paper", list(PAPERS))
def test_the_paper_is_as_asked_and_fonts_are_inside(lesson: Lesson, paper: Paper) -> None:
    reader = pdf_of(course(lesson), paper=paper)
    box = reader.pages[0].mediabox
    assert (float(box.width), float(box.height)) == pytest.approx(PAPERS[paper], abs=1)
    assert reader.metadata is not None and reader.metadata.title == "A sample"
    fonts = [font.get_object() for font in reader.pages[0]["/Resources"]["/Font"].values()]  # type: ignore[index]
    assert all(font["/BaseFont"].startswith("/Inter-") for font in fonts)
    assert all(
        "/FontFile2" in font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts
    )


def test_pages_are_numbered_and_named(lesson: Lesson) -> None:
    pages = words_of(pdf_of(course(lesson)))
    count = len(pages)
    assert [f"Page {number} of {count}" in said for number, said in enumerate(pages, 1)] == [True] * count
    assert all(said.startswith("A sample") for said in pages)
    first_of_answers = next(at for at, said in enumerate(pages) if "Answers: A sample" in said)
    assert pages[first_of_answers].startswith("A sample Answers")


def test_a_paths_contents_name_the_right_pages(lesson: Lesson, tmp_path: Path) -> None:
    second = sample_lesson(tmp_path, lesson_text("## Go on\n\nRead on.\n", id="second", title="The second"), "second")
    path = LearningPath("both", "Both of them", "Two lessons.", ("everyone",), (lesson.id, LessonId("second")))
    pages = words_of(pdf_of(course(lesson, second, path=path)))
    number = next(at for at, said in enumerate(pages, 1) if "Go on" in said)
    assert pages[0].startswith("Both of them Two lessons. Contents 1 A sample")
    assert "2 1 A sample A lesson for tests." not in pages[0]
    assert f"The second A lesson for tests. {number}" in pages[0]
    assert "1 A sample A lesson for tests. 2" in pages[0]
    assert pages[number - 1].startswith("Both of them The second")


def test_a_heading_and_a_question_are_never_cut_from_what_belongs_to_them(tmp_path: Path) -> None:
    steps = "".join(
        f"## Step {n}\n\n{'word ' * (40 + 23 * (n % 7))}\n\n<!-- id: q{n} -->\nWhich of {n}?\n\n[(X)] first{n}\n[( )] middle\n[( )] last{n}\n\n"
        for n in range(1, 25)
    )
    pages = words_of(pdf_of(course(sample_lesson(tmp_path, lesson_text(steps))), answers=False))
    assert len(pages) > 4
    for number in range(1, 25):
        (page,) = (said for said in pages if f"Which of {number}?" in said)
        assert f"first{number} " in page and f"last{number}" in page
        (page,) = (said for said in pages if f"{number} Step {number} " in said)
        assert f"{number} Step {number} word" in page


def test_pictures_are_printed(tmp_path: Path) -> None:
    body = "## Look\n\n![a plan](plan.svg)\n\n![gone](gone.png)\n"
    made = course(sample_lesson(tmp_path, lesson_text(body)))
    package = lesson_pdf(made)
    reader = PdfReader(io.BytesIO(package.files["sample.pdf"]))
    assert len(reader.pages[0].images) == 1
    assert [note.severity for note in package.notes] == ["left out"]
    assert "gone" in words_of(reader)[0]


def test_what_paper_cannot_do_is_said(lesson: Lesson) -> None:
    notes = lesson_pdf(course(lesson)).notes
    assert [(note.severity, note.line) for note in notes] == [("changed", lesson.practices[0].line)]
    assert isinstance(notes[0], Note) and "needs a model" in notes[0].what


def test_text_of_any_length_and_script_fits(tmp_path: Path) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitän" * 6
    body = (
        f"## {'Long ' * 60}\n\n{long}\n\n| a | b |\n|---|---|\n| {long} | ü漢字 |\n\n```text\n{'x = 1; ' * 60}\n```\n"
    )
    for at, page in enumerate(pdf_of(course(sample_lesson(tmp_path, lesson_text(body)))).pages):
        edges: list[float] = []
        page.extract_text(visitor_text=lambda _text, matrix, *_, edges=edges: edges.append(matrix[4]))
        assert edges, at


def test_every_path_that_ships_can_be_printed() -> None:
    content = ROOT / "content"
    library = LessonLibrary([content / "lessons"], [content / "paths"])
    documents, prompts = DocumentLibrary([content / "documents"]), PromptLibrary([ROOT / "prompt_library"])
    for path in library.paths():
        made = course_of(path.id, library, documents, prompts, ROOT / "resources")
        text = " ".join(words_of(PdfReader(io.BytesIO(next(iter(ALL_FORMATS["pdf"].write(made).files.values()))))))
        for lesson_id in path.lessons:
            assert f"Answers: {library.get(lesson_id).title}" in text
