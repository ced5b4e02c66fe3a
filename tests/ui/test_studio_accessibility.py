"""Studio's states under the rules of test_accessibility: a name for every widget, reached by Tab, focus that can be seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.ui.main_window import MainWindow
from tests.lessons.builders import lesson_text, write_lesson
from tests.ui.test_accessibility import (  # collected here, too, with the scenes below
    test_what_takes_the_keyboard_has_a_name_is_reached_by_tab_and_shows_its_focus,
)

__all__ = ["test_what_takes_the_keyboard_has_a_name_is_reached_by_tab_and_shows_its_focus"]


def folder(window: MainWindow) -> None:
    window.go("studio")
    window.studio.open(content(window))


def lesson(window: MainWindow) -> None:
    window.go("studio")
    window.studio.open(content(window) / "lessons" / "sample" / "lesson.md")


def unsaved(window: MainWindow) -> None:
    """A fault and a notice with its buttons."""
    lesson(window)
    window.studio.bench.editor.replace_text(lesson_text().replace("[(X)]", "[( )]"))


def new_lesson(window: MainWindow) -> None:
    lesson(window)
    window.studio.new_lesson()


def replacing(window: MainWindow) -> None:
    lesson(window)
    window.studio.bench.find.open(replace=True)
    window.studio.bench.find.field.setText("word")


def comparing(window: MainWindow) -> None:
    unsaved(window)
    window.studio.file.act("compare-saved")


def trial(window: MainWindow) -> None:
    lesson(window)
    window.studio.try_lesson()


SCENES: dict[str, Callable[[MainWindow], object]] = {
    one.__name__: one for one in (folder, lesson, unsaved, new_lesson, replacing, comparing, trial)
}


def content(window: MainWindow) -> Path:
    return window.services.locations.profile.parent / "studio-content"


@pytest.fixture(params=SCENES)
def scene(request: pytest.FixtureRequest, window: MainWindow, qtbot: QtBot) -> MainWindow:
    write_lesson(content(window) / "lessons", lesson_text())
    window.resize(1240, 800)
    SCENES[request.param](window)
    qtbot.waitUntil(lambda: not window.studio.folder.state.busy)
    qtbot.waitUntil(lambda: bool(window.studio.file.problems) or request.param != "unsaved")
    QApplication.processEvents()
    return window
