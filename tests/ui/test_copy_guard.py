"""However a part of an answer is copied, it takes the way that looks it through and asks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QClipboard, QContextMenuEvent, QGuiApplication, QKeySequence, QTextCursor
from PySide6.QtWidgets import QApplication, QMenu, QPlainTextEdit, QPushButton, QTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.policy.policy import Policy
from desktop_app.services import Services
from desktop_app.ui.answer_copy import AnswerCopy
from desktop_app.ui.pages.progress.model import ProgressState
from desktop_app.ui.pages.progress.runs import RunList
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets import copy_guard
from desktop_app.ui.widgets.copy_check import CopyCheck
from desktop_app.ui.widgets.copy_guard import CopyGuard
from tests.helpers.records import a_run

ANSWER = "The canteen is closed on Friday."


class Clipboard:
    """One of X11 or Wayland, where whatever is selected can be pasted with the middle button at once."""

    def __init__(self) -> None:
        self.selected = ""
        self.selectionChanged = self
        self._told: list[Callable[[], None]] = []

    def connect(self, told: Callable[[], None]) -> None:
        self._told.append(told)

    def ownsSelection(self) -> bool:
        return True

    def text(self, mode: QClipboard.Mode) -> str:
        assert mode == QClipboard.Mode.Selection
        return self.selected

    def clear(self, mode: QClipboard.Mode) -> None:
        assert mode == QClipboard.Mode.Selection
        self.select("")

    def select(self, text: str) -> None:
        self.selected = text
        for told in self._told:
            told()


@pytest.fixture(params=[QPlainTextEdit, QTextEdit])
def text(request: pytest.FixtureRequest, qtbot: QtBot) -> QPlainTextEdit | QTextEdit:
    made = request.param()
    qtbot.addWidget(made)
    made.setReadOnly(True)
    made.setPlainText(ANSWER)
    made.resize(400, 120)
    made.show()
    qtbot.waitExposed(made)
    cursor = made.textCursor()
    cursor.setPosition(4)
    cursor.setPosition(11, QTextCursor.MoveMode.KeepAnchor)
    made.setTextCursor(cursor)
    QGuiApplication.clipboard().setText("before")
    return made


def test_the_keys_ask_and_put_nothing_on_the_clipboard(text: QPlainTextEdit | QTextEdit, qtbot: QtBot) -> None:
    asked: list[str] = []
    CopyGuard(text, lambda: asked.append(text.textCursor().selectedText()))
    for keys in QKeySequence.keyBindings(QKeySequence.StandardKey.Copy):
        if keys[0].key() != Qt.Key.Key_Copy:  # the offscreen platform knows no such key
            qtbot.keyClick(text, keys[0].key(), keys[0].keyboardModifiers())
    assert asked and set(asked) == {"canteen"}
    assert QGuiApplication.clipboard().text() == "before"


def test_the_menus_copy_asks_too(text: QPlainTextEdit | QTextEdit, qtbot: QtBot) -> None:
    asked: list[str] = []
    CopyGuard(text, lambda: asked.append(text.textCursor().selectedText()))
    at = QPoint(10, 10)
    QApplication.sendEvent(
        text.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, text.viewport().mapToGlobal(at))
    )
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    [copy] = [action for action in menu.actions() if action.objectName() == "edit-copy"]
    copy.trigger()
    menu.close()
    assert asked == ["canteen"] and QGuiApplication.clipboard().text() == "before"


@pytest.mark.parametrize("at", [4, 7, 11])
def test_a_press_on_the_selection_begins_no_drag(at: int, text: QPlainTextEdit | QTextEdit, qtbot: QtBot) -> None:
    CopyGuard(text, lambda: None)
    cursor = text.textCursor()
    cursor.setPosition(at)
    qtbot.mousePress(text.viewport(), Qt.MouseButton.LeftButton, pos=text.cursorRect(cursor).center())
    assert not text.textCursor().hasSelection()
    qtbot.mouseRelease(text.viewport(), Qt.MouseButton.LeftButton)


def test_what_is_selected_cannot_be_pasted_with_the_middle_button(
    text: QPlainTextEdit | QTextEdit, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    clipboard = Clipboard()
    monkeypatch.setattr(copy_guard.QGuiApplication, "clipboard", staticmethod(lambda: clipboard))
    CopyGuard(text, lambda: None)
    text.clearFocus()
    clipboard.select("from a field elsewhere")
    assert clipboard.selected == "from a field elsewhere"
    text.setFocus()
    qtbot.waitUntil(text.hasFocus)
    clipboard.select("canteen")
    assert clipboard.selected == "" and text.textCursor().hasSelection()


def test_what_is_copied_of_a_past_run_takes_the_way_out_too(qtbot: QtBot, theme: Theme, services: Services) -> None:
    services.__dict__["policy"] = Policy(check_before_copy=True)
    runs = RunList(theme, AnswerCopy(services))
    qtbot.addWidget(runs)
    runs.show_runs(ProgressState(runs=(a_run(),)))
    runs.show()
    runs.findChild(QPushButton).click()
    QGuiApplication.clipboard().setText("before")
    view = runs.findChild(QPlainTextEdit)
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "before"
    asked = runs.findChild(CopyCheck)
    qtbot.waitUntil(asked.confirm.isVisible)
    asked.confirm.click()
    assert "because" in QGuiApplication.clipboard().text()
