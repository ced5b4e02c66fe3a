"""An employee asks a PDF with the keyboard in the real window and model: answer, source, doubt, refusal, and coming back."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.practice.documents.opening import DocumentsInTab
from desktop_app.ui.widgets.basic import Clickable
from desktop_app.ui.widgets.cited_answer import CitedAnswer

HANDBOOK = Path(__file__).parents[2] / "content" / "documents" / "norwind" / "handbook.pdf"
CONTROL = Qt.KeyboardModifier.ControlModifier
BADGE = "What does a lost badge cost?"
FINANCE = "Who heads finance?"
PARKING = "How many parking spaces are there in Oslo?"


@contextmanager
def window(profile: Path, qtbot: QtBot) -> Generator[MainWindow, None, None]:
    """The whole window on a profile, past the first run, the model ready; everything is closed at the end."""
    services = Services(Locations.find(profile))
    _, theme = make_application(services)
    jobs = JobRunner()
    shown = MainWindow(services, theme, jobs)
    shown.show()
    shown.start()
    qtbot.waitExposed(shown)
    if shown.first_run is not None:
        shown.first_run.skipped.emit()
    qtbot.waitUntil(lambda: shown.sandbox.state.phase == "ready", timeout=90_000)
    qtbot.waitUntil(lambda: shown.services.learner.vault.is_open)
    shown.resize(1280, 800)
    shown.go("practice")
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    shown.close()
    assert jobs.stop(wait_ms=20_000)
    shown.deleteLater()
    services.close()
    QApplication.processEvents()


def said(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


def newest(window: MainWindow, qtbot: QtBot) -> CitedAnswer:
    """The newest answer, once it is complete and its passages are filled in."""
    model = window.practice_model
    qtbot.waitUntil(lambda: model.state.phase == "done", timeout=120_000)
    assert model.state.problem == ""
    card = window.ask.thread.last_answer
    assert card is not None
    qtbot.waitUntil(lambda: card.findChild(CitedAnswer) is not None)
    cited = card.findChild(CitedAnswer)
    qtbot.waitUntil(lambda: all(passage.text for passage in cited.answer.passages))
    return cited


def ask_on(window: MainWindow, question: str, qtbot: QtBot) -> CitedAnswer:
    field = window.ask.thread.follow_up.edit
    field.setFocus()
    QTest.keyClicks(field, question)
    QTest.keyClick(field, Qt.Key.Key_Return, CONTROL)
    return newest(window, qtbot)


def to_link(cited: CitedAnswer, name: str) -> None:
    """Press Tab until a link of that name is reached."""
    cited.text.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(12):
        QTest.keyClick(cited.text, Qt.Key.Key_Tab)
        if cited.detail.text.startswith(name):
            return
    raise AssertionError(f"no link says {name}")


@pytest.mark.model
def test_ask_a_pdf_read_the_source_doubt_the_model_and_come_back(
    tmp_path: Path, qtbot: QtBot, file_keyring: dict[str, str]
) -> None:
    profile = tmp_path / "profile"
    with window(profile, qtbot) as first:
        tab = first.ask
        documents = tab.findChild(DocumentsInTab)
        panel, view = documents.panel, documents.view

        # a PDF is added with the keyboard: its name is pasted
        QGuiApplication.clipboard().setText(str(HANDBOOK))
        panel.add.setFocus()
        QTest.keyClick(panel.add, Qt.Key.Key_V, CONTROL)
        qtbot.waitUntil(lambda: "3 pages" in said(panel), timeout=30_000)
        qtbot.waitUntil(lambda: "One e-mail address" in said(panel), timeout=20_000)
        assert "index.db" in said(panel)

        # a question is answered with the sentence that answers it, and the passage opens on its page
        field = tab.inputs.form.findChild(QPlainTextEdit)
        field.setFocus()
        QTest.keyClicks(field, BADGE)
        QTest.keyClick(field, Qt.Key.Key_Return, CONTROL)
        cited = newest(first, qtbot)
        assert "15 EUR" in cited.answer.text and [mark.verdict for mark in cited.answer.marks] == ["supported"]
        assert "Quoted word for word" in cited.legend.text()
        to_link(cited, "Source 1: handbook.pdf, page 3, The building")
        QTest.keyClick(cited.text, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: view.name.text() == "handbook.pdf")
        assert view.place.text() == "Page 3 of 3 · Handbook for new colleagues > The building"
        assert "A lost badge costs 15 EUR" in " ".join(
            mark.cursor.selectedText() for mark in view.text.extraSelections()
        )
        QTest.keyClick(view.text, Qt.Key.Key_F, CONTROL)
        QTest.keyClicks(view.field, "badge")
        QTest.keyClick(view.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: "of" in view._count.text())
        QTest.keyClick(view.field, Qt.Key.Key_Escape)
        QTest.keyClick(view.text, Qt.Key.Key_Escape)
        assert QApplication.focusWidget() is cited.text

        # in the model's own words a sentence turns up that the documents do not hold, and it is marked
        panel.own_words.setFocus()
        QTest.keyClick(panel.own_words, Qt.Key.Key_Space)
        first.practice_model.set_seed(3)
        cited = ask_on(first, FINANCE, qtbot)
        for seed in range(4, 10):
            if any(mark.verdict in ("partly", "unsupported") for mark in cited.answer.marks):
                break
            first.practice_model.set_seed(seed)
            first.practice_model.regenerate()
            cited = newest(first, qtbot)
        assert "Looking something up is not proof" in cited.legend.text()
        to_link(cited, "Not found in the sources: ")
        assert {"partly found", "not found"} & set(re.findall("partly found|not found", cited.text.toPlainText()))

        # what the documents do not hold is refused, without asking the model
        cited = ask_on(first, PARKING, qtbot)
        assert "Not in these documents" in said(cited) and "parking" in said(cited)
        refusal = first.practice_model.state.last_answer
        assert refusal is not None and refusal.facts["completion_tokens"] == 0
        conversation_id = first.practice_model.conversation_id

    with window(profile, qtbot) as second:
        documents = second.ask.findChild(DocumentsInTab)
        qtbot.waitUntil(lambda: len(documents.session.documents.state.documents) == 1)
        second.practice_model.open(conversation_id)
        cards = [card.findChild(CitedAnswer) for card in second.ask.thread.answers]
        assert [one is not None for one in cards] == [True, True, True], "every answer has its sources again"
        badge = cards[0]
        qtbot.waitUntil(lambda: all(one.text for one in badge.answer.passages))
        assert documents.session.documents.chosen, "and the conversation its document"
        assert documents.panel.own_words.isChecked()
        row = documents.panel._rows[documents.session.documents.chosen[0]]
        row.box.setFocus()
        QTest.keyClick(row.box, Qt.Key.Key_Delete)
        assert "handbook.pdf was removed." in said(documents.panel)

    with window(profile, qtbot) as third:
        third.practice_model.open(conversation_id)
        badge = third.ask.thread.answers[0].findChild(CitedAnswer)
        qtbot.waitUntil(lambda: "This document was removed" in said(badge))
        assert "15 EUR" in badge.text.toPlainText(), "the answer stays"
        assert not any(one.isEnabled() for one in badge.findChildren(Clickable))
        assert third.practice_model.document_ids == ()

    for file in profile.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert BADGE.encode() not in data and b"parking spaces" not in data, file
            assert b"A lost badge costs" not in data, f"{file} holds the text of a document that was removed"
