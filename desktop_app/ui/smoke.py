"""`greenroom --smoke`: what IT runs after an installation. Every part does its work once, in the real window, and says so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from desktop_app.errors import AppError
from desktop_app.jobs import finish
from desktop_app.lessons.lesson import Answer, Lesson, Practice, Quiz
from desktop_app.services import Services
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.exercises.practice import PracticePane
from desktop_app.ui.widgets.prose import Prose

_PATIENCE_MS = 180_000
_BEAT_MS = 20


class SmokeError(AppError):
    """A part did not do its work; the text says which and what was seen."""


def smoke(services: Services, say: Callable[[str], None]) -> None:
    """Go through the main job in the window, one line a part; raises AppError at the first that fails.

    Use a profile that may be filled: the lesson, the answers and the run are recorded there.
    """
    services.locations.make_profile()
    _, theme = make_application(services)
    jobs = JobRunner()
    window = MainWindow(services, theme, jobs)
    try:
        for line in _parts(window, services):
            say(line)
    finally:
        window.close()
        jobs.stop()


def _parts(window: MainWindow, services: Services) -> Iterator[str]:
    window.show()
    window.start()
    handle = window.windowHandle()
    _wait(lambda: handle is not None and handle.isExposed(), "the window is not shown by this display")
    QApplication.processEvents()
    yield f"window shown, {_since_start()}"
    if window.first_run is not None:
        window.first_run.skipped.emit()
        _wait(lambda: window.first_run is None, "the first page does not close")
    paths = services.lessons.paths_for("everyone")
    if not paths:
        raise SmokeError(f"No path for everyone is installed: {services.locations.content[0]} is empty or damaged.")
    lesson = services.lessons.get(paths[0].lessons[0])
    window.open_lesson(lesson.id)
    _wait(lambda: _length(window) > 0, f"the lesson {lesson.id} shows no text")
    yield f"lesson rendered: {lesson.title}, {_length(window)} characters on its first step"
    yield _grade(window, lesson)
    _wait(lambda: window.sandbox.state.phase != "starting", "the model is still loading")
    report = window.sandbox.state.report
    if window.sandbox.state.phase == "off" or report is None:
        raise SmokeError(f"The model cannot be used. {window.sandbox.state.problem}")
    proof = "proven" if report.proven else f"not proven here ({report.reason})"
    yield f"model loaded in its own process: {report.model_id}, {report.refused} of {report.total} ways out shut, {proof}"
    yield _generate(window, lesson)
    yield _keyring(window)
    kept = services.learner.runs()
    if not kept:
        raise SmokeError(f"The run is not in {services.locations.learner_db}.")
    audit = finish(services.learner.audit.verify(services.learner.vault))
    if not audit.is_whole:
        raise SmokeError(f"The audit chain of a new profile is not whole: {audit.problem}")
    yield f"database written and read: {len(kept)} runs, {audit.events} audit entries, the chain is whole"


def _length(window: MainWindow) -> int:
    return sum(len(text.toPlainText()) for text in window.learn.reader.findChildren(Prose) if text.isVisible())


def _grade(window: MainWindow, lesson: Lesson) -> str:
    number, quiz = next(
        (number, block)
        for number, step in enumerate(lesson.steps)
        for block in step.blocks
        if isinstance(block, Quiz) and block.kind in ("single", "multiple")
    )
    window.learn_model.go(number)
    right = Answer(tuple(at for at, choice in enumerate(quiz.choices) if choice.right))
    window.learn_model.answer(quiz.id, right)
    score = window.learn_model.reader.questions[quiz.id].score
    if score is None or score.value != 1.0:
        raise SmokeError(f"The question {quiz.id} of {lesson.id} graded its right answer as {score}.")
    return f"question graded: {quiz.id}, right"


def _generate(window: MainWindow, lesson: Lesson) -> str:
    number = next(n for n, step in enumerate(lesson.steps) if any(isinstance(block, Practice) for block in step.blocks))
    window.learn_model.go(number)
    panes = partial(window.learn.reader.findChildren, PracticePane)
    _wait(lambda: any(one.isVisible() for one in panes()), "the exercise is not shown")
    pane = next(one for one in panes() if one.isVisible())
    _wait(pane.run_button.isEnabled, "the exercise cannot be run")
    pane.run_button.click()
    _wait(lambda: pane._model.state.phase == "done", "the model has not answered")
    outputs, tokens = pane._model.state.outputs, sum(run.completion_tokens for run in window.services.learner.runs())
    if not all(output.text for output in outputs) or tokens == 0:
        raise SmokeError(f"The model gave no text. {pane._model.state.problem}")
    return f"tokens generated: {tokens}, {len(outputs)} answers"


def _keyring(window: MainWindow) -> str:
    vault = window.services.learner.vault
    if vault.is_open:
        return "keyring used: typed texts are sealed"
    return f"keyring asked: {vault.reason}"


def _wait(holds: Callable[[], bool], otherwise: str) -> None:
    """Let events run until something holds; raises SmokeError after three minutes."""
    until = time.monotonic() + _PATIENCE_MS / 1000
    loop = QEventLoop()
    while not holds():
        if time.monotonic() > until:
            raise SmokeError(f"After {_PATIENCE_MS // 1000} seconds {otherwise}.")
        QTimer.singleShot(_BEAT_MS, loop.quit)
        loop.exec()


def _since_start() -> str:
    """How long this process has lived, where the system says when it began (proc_pid_stat(5), field 22)."""
    try:
        ticks = int(Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()[19])
        seconds = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return "ready for a lesson"
    return f"{seconds:.2f} s after the start"
