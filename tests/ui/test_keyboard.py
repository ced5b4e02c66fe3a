"""A lesson by keyboard alone: where the keyboard lands, how Tab goes, what Enter, Space and the arrow keys do."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import QuestionId
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, icon_button


@pytest.fixture
def lesson(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window in front, with the first lesson just opened from Home."""
    window.resize(900, 600)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.go("home")
    window.home.focus_next()
    press(qtbot, Qt.Key.Key_Return)
    assert window.learn.is_reading
    return window


def press(qtbot: QtBot, *keys: Qt.Key) -> None:
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None, "the keyboard is nowhere"
        qtbot.keyClick(focused, key)


def focused_text() -> str:
    focused = QApplication.focusWidget()
    return focused.text() if isinstance(focused, QPushButton) else type(focused).__name__


def test_enter_presses_a_button_once_however_long_it_is_held(theme: Theme, qtbot: QtBot) -> None:
    for button in (Button(theme, "Go"), icon_button(theme, "x", "Close")):
        qtbot.addWidget(button)
        pressed: list[bool] = []
        button.clicked.connect(lambda _=False, pressed=pressed: pressed.append(True))
        qtbot.keyClick(button, Qt.Key.Key_Return)
        held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
        QApplication.sendEvent(button, held)
        assert pressed == [True]


def test_a_step_opens_at_its_top_and_is_scrolled_by_keys(lesson: MainWindow, qtbot: QtBot) -> None:
    area, bar = lesson.learn.reader._scroll, lesson.learn.reader._scroll.verticalScrollBar()
    assert QApplication.focusWidget() is area
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    press(qtbot, Qt.Key.Key_Space)
    assert bar.value() > 0
    press(qtbot, Qt.Key.Key_Home)
    assert bar.value() == 0
    press(qtbot, Qt.Key.Key_Tab, Qt.Key.Key_PageDown)
    assert focused_text() == "Prose" and bar.value() > 0


def test_tab_goes_as_the_page_reads_and_ends_at_next(lesson: MainWindow, qtbot: QtBot) -> None:
    passed: list[str] = []
    for _ in range(20):
        if "Next" in passed:
            break
        press(qtbot, Qt.Key.Key_Tab)
        if passed[-1:] != [focused_text()]:  # a text has a stop for each link in it
            passed.append(focused_text())
    assert passed == ["Prose", "QRadioButton", "Hint", "Next"]


def test_a_question_takes_arrows_and_enter_and_leads_on(lesson: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, Qt.Key.Key_Tab)
    while focused_text() == "Prose":  # through its links
        press(qtbot, Qt.Key.Key_Tab)
    press(qtbot, Qt.Key.Key_Return)
    first = QApplication.focusWidget()
    assert isinstance(first, QRadioButton) and first.isChecked(), "Enter picks where nothing is picked"
    press(qtbot, Qt.Key.Key_Return)
    assert focused_text() == "Try again", "and checks what is picked"
    press(qtbot, Qt.Key.Key_Return, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return)
    assert focused_text() == "Next"
    press(qtbot, Qt.Key.Key_Return)
    assert lesson.learn_model.reader.number == 1
    assert QApplication.focusWidget() is lesson.learn.reader._scroll


def test_the_end_of_the_path_leads_to_its_certificate(lesson: MainWindow, qtbot: QtBot) -> None:
    window, learner = lesson, lesson.services.learner
    ids = window.services.lessons.paths()[0].lessons
    for lesson_id in (*ids[1:], ids[0]):  # the first one last: what is left on the path may stand before
        window.open_lesson(lesson_id)
        opened = window.services.lessons.get(lesson_id)
        for step in opened.steps:
            for block in step.graded:
                learner.save_attempt(opened.id, opened.version, QuestionId(block.id), score=1.0, chosen=(), typed="")
        window.learn_model.go(len(opened.steps) - 1)
        window.learn_model.next()
        if lesson_id != ids[0]:
            assert focused_text().startswith("Next: "), "a lesson that is not passed is left"
    assert focused_text() == "Get your certificate"
    press(qtbot, Qt.Key.Key_Return)
    assert window.page == "progress"
