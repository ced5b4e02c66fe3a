"""A learner redacts a letter with the keyboard in the real window, checks, improves, asks the real model, and comes back."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.exercises.redact import RedactPane

LESSON, EXERCISE = "what-never-to-paste", "black-out-the-letter"
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@contextmanager
def window(profile: Path, qtbot: QtBot, content: Sequence[Path] = ()) -> Generator[MainWindow, None, None]:
    """The whole window on a profile, past the first run, the model ready; everything is closed at the end."""
    services = Services(Locations.find(profile, content))
    _, theme = make_application(services)
    jobs = JobRunner()
    shown = MainWindow(services, theme, jobs)
    shown.show()
    shown.start()
    qtbot.waitExposed(shown)
    if shown.first_run is not None:
        shown.first_run.skipped.emit()
    qtbot.waitUntil(lambda: shown.sandbox.state.phase == "ready", timeout=90_000)
    qtbot.waitUntil(lambda: shown.library_model.state.is_loaded, timeout=20_000)
    yield shown
    shown.close()
    assert jobs.stop(wait_ms=20_000)
    shown.deleteLater()
    services.close()
    QApplication.processEvents()


def open_exercise(window: MainWindow) -> RedactPane:
    window.open_lesson(LESSON)
    lesson = window.learn_model.reader.lesson
    assert lesson is not None
    number = next(n for n, step in enumerate(lesson.steps) if any(block.id == EXERCISE for block in step.graded))
    window.learn_model.go(number)
    QApplication.processEvents()
    pane = next(one for one in window.learn.reader.findChildren(RedactPane) if one.isVisibleTo(window))
    pane.view.setFocus()
    return pane


def black_out(pane: RedactPane, part: str, *, last: bool = False) -> None:
    """Walk to part with the arrow keys, select it with Shift and press R."""
    text = pane.view.toPlainText()
    place = text.rindex(part) if last else text.index(part)
    QTest.keyClick(pane.view, Qt.Key.Key_Home, CONTROL)
    for _ in range(place):
        QTest.keyClick(pane.view, Qt.Key.Key_Right)
    for _ in part:
        QTest.keyClick(pane.view, Qt.Key.Key_Right, SHIFT)
    QTest.keyClick(pane.view, Qt.Key.Key_R)


def said(widget: QWidget) -> str:
    QApplication.processEvents()
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


@pytest.mark.model
def test_redact_check_improve_ask_and_come_back(tmp_path: Path, qtbot: QtBot) -> None:
    profile = tmp_path / "profile"
    with window(profile, qtbot) as first:
        pane = open_exercise(first)
        black_out(pane, "Clara Brandt")
        black_out(pane, "Amselweg 14\n62117 Talkirch")
        for part in (
            "clara.brandt@mail.example",
            "+49 30 23125 417",
            "48213",
            "DE89 3704 0044 0532 0130 00",
            "069 90009 100",
        ):
            black_out(pane, part)
        QTest.keyClick(pane.view, Qt.Key.Key_Return, CONTROL)
        qtbot.waitUntil(lambda: "The guard alone finds 3 of 12" in said(pane.result), timeout=20_000)
        result = said(pane.result)
        assert "6 of 12 kept inside" in result
        assert "“severe asthma”" in result and "A stay in hospital says the same as a diagnosis." in result
        assert "Blacked out without need" in result and "“069 90009 100”" in result

        QTest.keyClick(pane.again, Qt.Key.Key_Space)
        for part in ("Lena", "severe asthma", "the children's ward", "my employer let me go in September", "Petersen"):
            black_out(pane, part)
        black_out(pane, "Clara Brandt", last=True)
        pane.marks.setFocus()
        row = next(number for number in range(pane.marks.count()) if pane.marks.item(number).text() == "069 90009 100")
        pane.marks.setCurrentRow(row)
        QTest.keyClick(pane.marks, Qt.Key.Key_Delete)
        pane.view.setFocus()
        QTest.keyClick(pane.view, Qt.Key.Key_Return, CONTROL)
        assert "Nothing would have left: all 12 found" in said(pane.result)

        buttons = [one for one in pane.result.findChildren(QPushButton) if one.isVisibleTo(first)]
        ask = next(one for one in buttons if one.text() == "Ask the local model")
        QTest.keyClick(ask, Qt.Key.Key_Space)
        run = first.learn.reader.runs[-1]
        qtbot.waitUntil(lambda: run.state.phase == "done", timeout=120_000)
        assert "pole" in run.state.answer.lower(), "the answer is of use without anything about the customer"
        assert "Brandt" not in run.values["prompt"]

    with window(profile, qtbot) as second:
        pane = open_exercise(second)
        assert "Nothing would have left: all 12 found" in said(pane.result)
        assert len(pane._model.state.marks) == 12
        attempts = second.services.learner.attempts(LESSON, EXERCISE)
        assert [round(attempt.score, 3) for attempt in attempts] == [round((6 - 0.25) / 12, 3), 1.0]
        assert all(attempt.typed == "" for attempt in attempts)
        assert second.services.learner.best_scores(LESSON)[EXERCISE] == 1.0

    for file in profile.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert b"asthma" not in data and b"Amselweg" not in data and b"Lofoten 2" not in data, file
