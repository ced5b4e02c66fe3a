"""The form view: what it says, what is missing, and what it hands out to be copied."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.result_form import ResultForm

SCHEMA = json.dumps({"properties": {
    "dueDate": {"type": "string"}, "firm": {"properties": {"name": {"type": "string"}}},
    "lines": {"items": {"properties": {"what": {"type": "string"}}}}, "note": {"type": "string"},
}})  # fmt: skip
ANSWER = '{"dueDate": "2026-03-12", "firm": {"name": "<b>Norwind</b> & Co"}, "lines": [{"what": "rope"}], "note": "Pay\\nsoon"}'


@pytest.fixture
def form(qtbot: QtBot, theme: Theme) -> ResultForm:
    made = ResultForm(theme)
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.show()
    return made


def lines(form: ResultForm) -> list[str]:
    """The text as a screen reader goes through it, line by line."""
    text = form.text.toPlainText().replace("\xa0", " ")
    return [line.strip() for line in text.splitlines() if line.strip()]


def test_it_reads_line_by_line_and_shows_marks_as_they_are(form: ResultForm) -> None:
    form.show_answer(ANSWER, SCHEMA, "end")
    assert lines(form) == [
        "Due date", "2026-03-12", "Firm", "Name", "<b>Norwind</b> & Co", "Lines", "What", "rope", "Note", "Pay", "soon",
    ]  # fmt: skip
    assert form.banner.text == "" and form.text.accessibleName() == "Answer as a form"


def test_an_answer_cut_off_says_so_and_shows_what_is_there(form: ResultForm) -> None:
    form.show_answer(ANSWER[:45], SCHEMA, "length")
    assert form.banner.text.startswith("The answer ran out of tokens: 1 of the 4 fields is there.")
    assert lines(form) == ["Due date", "2026-03-12", "Firm", "not there", "Lines", "not there", "Note", "not there"]


def test_without_anything_there_is_nothing_to_copy(form: ResultForm) -> None:
    form.show_answer("", SCHEMA, "cancelled")
    assert not form.text.isVisible() and not form.copy_json.isEnabled() and not form.copy_table.isEnabled()
    form.show_answer(ANSWER, SCHEMA, "end")
    assert form.text.isVisible() and form.copy_json.isEnabled()


def test_tab_goes_through_text_and_buttons_which_hand_out_json_and_a_table(form: ResultForm, qtbot: QtBot) -> None:
    form.show_answer(ANSWER, SCHEMA, "end")
    copied: list[str] = []
    form.copy_wanted.connect(copied.append)
    form.activateWindow()
    form.text.setFocus()
    qtbot.waitUntil(form.text.hasFocus)
    for button in (form.copy_json, form.copy_table):
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        assert QApplication.focusWidget() is button
        QTest.keyClick(button, Qt.Key.Key_Return)
    assert json.loads(copied[0]) == json.loads(ANSWER)
    assert copied[1].splitlines()[0] == "Due date\t2026-03-12"


def test_it_follows_the_theme(form: ResultForm, theme: Theme) -> None:
    form.show_answer(ANSWER, SCHEMA, "end")
    before = form.text.document().defaultStyleSheet()
    theme.apply("dark", 200)
    assert form.text.document().defaultStyleSheet() != before and lines(form)[0] == "Due date"
    theme.apply("light", 100)
