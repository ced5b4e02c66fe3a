"""A learner takes a decision with the keyboard in the real window, passes the lesson, and finds their reason again another day."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.storage.vault import Vault
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.exercises.decision import DecisionPane
from tests.helpers.command import files_below
from tests.journeys.test_redact import window
from tests.lessons.builders import lesson_text, write_lesson
from tests.lessons.test_decisions import BODY

CONTROL = Qt.KeyboardModifier.ControlModifier
REASON = "The draft said Friday but the order said Monday, so I put the date right first, Zaunkoenig."


def pane(shown: MainWindow) -> DecisionPane:
    shown.open_lesson("a-decision")
    QApplication.processEvents()
    return next(one for one in shown.learn.reader.findChildren(DecisionPane) if one.isVisibleTo(shown))


def test_a_decision_by_keyboard_and_the_reason_another_day(tmp_path: Path, qtbot: QtBot) -> None:
    profile = tmp_path / "profile"
    content = tmp_path / "content"
    write_lesson(content / "lessons", lesson_text(BODY, id="a-decision", version='"1.0"'), "a-decision")
    with window(profile, qtbot, [content]) as shown:
        shown.services.learner.use_vault(Vault(bytes(32)))
        card = pane(shown)
        shown.activateWindow()
        card.options[0].setFocus()
        QTest.keyClick(card.options[0], Qt.Key.Key_Down)
        QTest.keyClick(card.options[1], Qt.Key.Key_Return)
        QTest.keyClicks(card.reason.edit, REASON)
        QTest.keyClick(card.reason.edit, Qt.Key.Key_Return, CONTROL)
        assert card.example.text and card.points[0].hasFocus()
        QTest.keyClick(card.points[0], Qt.Key.Key_Space)
        shown.learn_model.next()
        assert shown.learn_model.reader.passed and shown.learn_model.reader.score == 1.0
        shown.services.learner.use_vault(Vault(None, "Locked."))
    assert not [name for name, data in files_below(profile).items() if b"Zaunkoenig" in data]
    with window(profile, qtbot, [content]) as shown:
        card = pane(shown)
        assert card.options[1].isChecked() and not card.reason.isVisible()
        shown.services.learner.use_vault(Vault(bytes(32)))
        shown._bring_back()
        assert card._wrote.text() == REASON and card.points[0].isChecked()
