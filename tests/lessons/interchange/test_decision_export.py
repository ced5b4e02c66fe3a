"""A decision outside Greenroom: the page counts the option and leaves the reason alone, paper has lines, GIFT and QTI leave it out."""

from __future__ import annotations

from pathlib import Path

import pytest
from exports import course, sample_lesson

from desktop_app.lessons.interchange.answer_key import lesson_key
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.export import FORMATS, export, packed
from desktop_app.lessons.interchange.worksheet import worksheet
from desktop_app.lessons.lesson import Decision
from desktop_app.notes import Notes
from tests.lessons.builders import lesson_text
from tests.lessons.test_decisions import BODY


@pytest.fixture
def made(tmp_path: Path) -> Course:
    return course(sample_lesson(tmp_path, lesson_text(BODY)))


def test_the_page_has_options_a_field_of_ones_own_and_the_key(made: Course) -> None:
    package = export(made, "html")
    page = packed(FORMATS["html"], package).decode()
    assert page.count("type='radio'") == 3 and "<textarea" in page
    assert "it stays in this field, is not sent and not checked" in page
    assert "The date is wrong." in page and "How a colleague put it" in page
    (question,) = lesson_key(made, made.lessons[0])["questions"]
    assert (question["kind"], question["right"], question["count"]) == ("decision", [False, True, True], 3)
    (note,) = package.notes
    assert "asks for a reason, which the page neither checks nor stores" in str(note)


def test_paper_has_lines_to_write_on_and_the_answers_what_a_good_reason_says(made: Course) -> None:
    sheet = worksheet(made, Notes())
    asked, answers = sheet.html.split("<h2", 2)[1], sheet.html.rsplit("<h2", 1)[1]
    assert "Decide" in asked and "Say why." in asked and "class='write'" in asked
    assert "The date is wrong." not in asked
    for shown in (
        "<b>B</b> Correct it",
        "<b>C</b> Ask first",
        "A good reason says",
        "She waits.",
        "I corrected the date.",
    ):
        assert shown in answers
    assert "Send it" not in answers


@pytest.mark.parametrize("name", ["gift", "qti3"])
def test_formats_of_questions_leave_it_out_and_say_so(made: Course, name: str) -> None:
    (note,) = export(made, name).notes
    assert 'The decision exercise "Would you send it?" was left out' in str(note)
    assert isinstance(made.lessons[0].exercises[0], Decision)
