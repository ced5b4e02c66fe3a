"""A learner answers questions in a lesson, reviews a week later by keyboard, and finds it all after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.records.learner import LearnerRepository
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from tests.helpers.answers import right_answer


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


Start = Callable[[], MainWindow]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start(tmp_path: Path, clock: Clock, qtbot: QtBot) -> Iterator[Start]:
    """Starts the app on one profile, ending the one before."""
    opened: list[tuple[Services, MainWindow, JobRunner]] = []

    def end() -> None:
        if opened:
            services, window, jobs = opened.pop()
            window.close()
            assert jobs.stop(wait_ms=20_000)
            window.deleteLater()
            services.close()

    def begin() -> MainWindow:
        end()
        services = Services(Locations.find(tmp_path / "profile"))
        services.__dict__["learner"] = LearnerRepository(services.locations, clock)
        services.settings.change(first_run_done=True)
        jobs = JobRunner()
        window = MainWindow(services, make_application(services)[1], jobs)
        opened.append((services, window, jobs))
        window.show()
        window.start()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        return window

    yield begin
    end()


def press(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    focused: QWidget | None = QApplication.focusWidget()
    assert focused is not None
    qtbot.keyClick(focused, key, modifier)


def test_what_was_learned_comes_back_a_week_later(start: Start, clock: Clock, qtbot: QtBot) -> None:
    window = start()
    lesson_id = window.services.lessons.in_path_order()[0].id
    window.open_lesson(lesson_id)
    answered = 0
    while not window.learn_model.reader.finished:
        step = window.learn_model.reader.step
        assert step is not None
        for quiz in step.questions:
            window.learn_model.answer(quiz.id, right_answer(quiz))
            answered += 1
        window.learn_model.next()
    assert answered >= 3

    clock.now += timedelta(days=7)
    window = start()
    waiting = window.services.reviews.status()
    assert waiting.due == answered and waiting.new > 0
    window.go("home")
    assert window.home_model.state.due == waiting.waiting
    qtbot.waitUntil(lambda: f"{waiting.waiting}" in window.rail.buttons["review"].text())

    window.rail.fit(600)  # only icons
    window.rail.fit(window.width())
    press(qtbot, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: window.page == "review")
    window.review.start_button.setFocus()
    press(qtbot, Qt.Key.Key_Space)
    model, reviewed = window.review_model, 0
    while model.state.phase == "question":
        question = model.question
        assert question is not None
        question.answer(question.state.quiz.id, right_answer(question.state.quiz))
        reviewed += 1
        if reviewed == 1:
            press(qtbot, Qt.Key.Key_4)
            assert model.state.rating == 4
        press(qtbot, Qt.Key.Key_Return)
    assert model.state.phase == "end" and reviewed == min(10, waiting.waiting)

    clock.now += timedelta(hours=1)
    window = start()
    assert window.page == "review", "where it was left"
    log = window.services.learner.reviews.log()
    assert len(log) == answered + reviewed and sum(review.rating == 4 for review in log) == 1
    left = window.services.reviews.status()
    assert left.waiting == waiting.waiting - reviewed

    qtbot.waitUntil(lambda: bool(window.review_model.curves.state.retention.days))
    found = window.review_model.curves.state.retention
    assert len(found.days) == 8 and [week.share for week in found.weeks] == [1.0]
    assert window.review.plot.recall.plot._series[0].points, "the plot has points"
    assert window.services.learner.answer_count() == answered, "a review is no attempt at the lesson"
