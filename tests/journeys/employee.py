"""An employee at the keyboard of the real window: run as a process that can be killed. Prints one JSON line per phase.

`employee.py PROFILE learn` goes through first run, a lesson and an exercise, then stays open.
`employee.py PROFILE look` opens the window again and says what it shows.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtCore import QDeadlineTimer, QEventLoop, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop_app.sandbox.lockdown import deny_internet
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.exercises.practice import PracticePane
from desktop_app.ui.pages.learn.questions.card import QuizCard
from desktop_app.ui.pages.learn.questions.choices import ChoicesInput
from desktop_app.ui.pages.learn.questions.text import TextInput
from tests.helpers.answers import right_answer

NAME = "Ines Marker-Falk"
TYPED = "The depot in Freiburg stays closed on Friday because the marker-gate is being repaired."


def main() -> None:
    """Play the phase named on the command line."""
    profile, phase = Path(sys.argv[1]), sys.argv[2]
    offline = deny_internet()
    services = Services(Locations.find(profile))
    app, theme = make_application(services)
    jobs = JobRunner()
    window = MainWindow(services, theme, jobs)
    window.show()
    window.start()
    if phase == "learn":
        say(learn(window) | {"offline": offline.active})
        app.exec()  # until it is killed
    else:
        say(look(window))
        window.close()
        jobs.stop()
        services.close()


def learn(window: MainWindow) -> dict[str, object]:
    """First run, the first lesson with its questions, its exercise with a typed text and real tokens."""
    sheet = window.first_run
    assert sheet is not None
    QTest.keyClicks(sheet.name, NAME)
    sheet.role.setFocus()
    QTest.keyClicks(sheet.role, "Customer")
    QTest.keyClick(sheet.name, Qt.Key.Key_Return)
    wait(lambda: window.first_run is None)
    wait(lambda: window.sandbox.state.phase == "ready", 90)
    wait(lambda: window.services.learner.vault.is_open)
    click(button(window.home, "Start lesson"))
    lesson = window.learn_model.reader.lesson
    assert lesson is not None
    run = None
    while not window.learn_model.reader.finished:
        QApplication.processEvents()
        for card in window.learn.reader.findChildren(QuizCard):
            if card.isVisibleTo(window):
                answer(window, card)
        if window.learn.reader.runs:
            run = exercise(window)
        click(window.learn.reader._next)
    assert run is not None
    return {
        "lesson": lesson.id, "passed": window.learn_model.reader.passed, "score": window.learn_model.reader.score,
        "answer": run, "tokens": window.services.learner.runs()[0].completion_tokens,
    }  # fmt: skip


def answer(window: MainWindow, card: QuizCard) -> None:
    """Answer a question rightly: with clicks and keys where it is one to choose or to type."""
    if isinstance(card.input, TextInput):
        QTest.keyClicks(card.input.field, card.quiz.answers[0])
    elif isinstance(card.input, ChoicesInput):
        for option, choice in zip(card.input.buttons, card.quiz.choices, strict=True):
            if choice.right:
                option.setFocus()
                QTest.keyClick(option, Qt.Key.Key_Space)
    else:  # gaps, matrix and ordering have tests of their own for their keys
        window.learn_model.answer(card.quiz.id, right_answer(card.quiz))
        return
    click(card.check)


def exercise(window: MainWindow) -> str:
    """Replace the exercise's text by one of our own, run it with every seed, judge the last answer; return that."""
    pane = next(one for one in window.learn.reader.findChildren(PracticePane) if one.isVisibleTo(window))
    model = pane._model
    first = next(f for f in pane.form._fields.values() if hasattr(f, "edit"))
    first.edit.selectAll()
    QTest.keyClicks(first.edit, TYPED)
    click(pane.run_button)
    wait(lambda: model.state.phase == "done", 120)
    last = model.state.outputs[-1]
    assert last.text, model.state.problem
    click(button(pane, f"Seed {last.seed}"))
    click(button(pane, "After a fix"))
    return last.text


def look(window: MainWindow) -> dict[str, object]:
    """What the window shows after it was killed: greeting, progress, the run with its text, the half-typed exercise."""
    wait(lambda: window.services.learner.vault.is_open)
    wait(lambda: window.library_model.state.is_loaded)
    window.go("home")
    window.go("progress")
    wait(lambda: window.progress_model.state.audit is not None)
    state = window.progress_model.state
    run = state.runs[0]
    assert run.text is not None and state.audit is not None
    window.open_lesson(run.lesson_id)
    lesson = window.learn_model.reader.lesson
    assert lesson is not None
    window.learn_model.go(len(lesson.steps) - 1)
    return {
        "first_run": window.first_run is not None, "greeting": window.home_model.state.greeting, "passed": state.passed,
        "answered": state.answered, "answer": run.text.answer, "typed": list(run.text.values.values()),
        "judgement": run.judgement, "whole": state.audit.is_whole, "signed": state.audit.signed,
        "half_typed": list(window.learn.reader.runs[0].inputs.values.values()),
    }  # fmt: skip


def button(parent: QWidget, text: str) -> QPushButton:
    """The visible button with this text."""
    return next(b for b in parent.findChildren(QPushButton) if b.text() == text and b.isVisibleTo(parent))


def click(target: QWidget) -> None:
    """Click in the middle of a widget."""
    assert target.isEnabled(), target.accessibleName()
    QTest.mouseClick(target, Qt.MouseButton.LeftButton)
    QApplication.processEvents()


def wait(condition: Callable[[], bool], seconds: int = 30) -> None:
    """Let events run until condition holds; fail after seconds."""
    deadline = QDeadlineTimer(seconds * 1000)
    while not condition():
        assert not deadline.hasExpired(), "waited in vain"
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)


def say(what: dict[str, object]) -> None:
    """One line for the test."""
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
