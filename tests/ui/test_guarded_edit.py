"""The guard while typing: marks, words, one undoable replacement."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.guard import scan as guard_scan
from desktop_app.guard.scan import GuardError
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets import guarded_edit
from desktop_app.ui.widgets.guarded_edit import GuardedEdit

TEXT = "🌊 Write to ines.falk@norwind.example, twice: ines.falk@norwind.example"


@pytest.fixture
def field(theme: Theme, qtbot: QtBot) -> GuardedEdit:
    made = GuardedEdit(theme, InlineJobs(), "Message")
    qtbot.addWidget(made)
    made.show()
    return made


def test_findings_are_marked_where_they_stand_and_explained(field: GuardedEdit) -> None:
    field.edit.insertPlainText(TEXT)
    field.scan_now()
    marked = [mark.cursor.selectedText() for mark in field.edit.extraSelections()]
    assert marked == ["ines.falk@norwind.example"] * 2
    assert "e-mail addresses" in field.banner.text
    assert "public" in field.banner.text


def test_replacing_is_one_step_that_undo_takes_back(field: GuardedEdit) -> None:
    field.edit.insertPlainText(TEXT)
    field.scan_now()
    field.banner.button.click()
    assert field.text == "🌊 Write to [EMAIL-1], twice: [EMAIL-1]"
    assert field.banner.text == ""
    field.edit.undo()
    assert field.text == TEXT


def test_the_guard_reads_again_when_typing_pauses(field: GuardedEdit, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.findings_changed):
        qtbot.keyClicks(field.edit, "card 4111 1111 1111 1111")
    assert len(field.findings) == 1


def test_a_guard_that_fails_says_so_and_finds_nothing_fine(field: GuardedEdit, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(text: str) -> object:
        raise GuardError("The guard could not read this text, so it is not sent. Shorten it.")

    monkeypatch.setattr(guard_scan, "scan", failing)
    field.edit.insertPlainText("anything")
    field.scan_now()
    assert "could not read" in field.banner.text


def test_a_paste_beyond_the_limit_is_refused_and_the_text_before_it_stays(
    field: GuardedEdit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded_edit, "LIMIT_CHARS", 100)
    field.edit.insertPlainText("before ")
    field.edit.document().clearUndoRedoStacks()
    field.edit.insertPlainText("x" * 200)
    assert field.text == "before "
    assert "not inserted" in field.banner.text


def test_a_one_megabyte_paste_is_taken_and_scanned(field: GuardedEdit) -> None:
    field.edit.insertPlainText("The tent is dry. " * 62_000)
    field.scan_now()
    assert len(field.text) > 1_000_000
    assert field.findings == ()
