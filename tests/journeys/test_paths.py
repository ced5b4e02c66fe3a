"""Every path of the curriculum, from its first lesson to its certificate, in the window of somebody who takes it.

Buttons are pressed, questions and exercises are answered through what the cards speak to; each question type and exercise has
tests of its own for its keys. The capstones' prompts really run, at every seed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import Claims, Decision, LearningPath, Lesson, Practice, Prose, Quiz, Redact
from desktop_app.lessons.library import LessonLibrary
from desktop_app.records.learning import NOBODY
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.exercises.claims_model import ClaimsModel
from desktop_app.ui.pages.learn.exercises.decision_model import DecisionModel
from desktop_app.ui.pages.learn.exercises.practice import PracticePane
from desktop_app.ui.pages.learn.exercises.redact import RedactPane
from tests.helpers.answers import right_answer

Pane = TypeVar("Pane", PracticePane, RedactPane)

CONTENT = Path(__file__).parents[2] / "content"
PATHS = LessonLibrary([CONTENT / "lessons"], [CONTENT / "paths"]).paths()
REASON = "I compared each line with the document beside it, and one of them does not stand there, so I would not send it like this."


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    made = Services(Locations.find(tmp_path / "profile"))
    yield made
    made.close()


@pytest.fixture
def window(services: Services, qtbot: QtBot, request: pytest.FixtureRequest) -> Iterator[MainWindow]:
    path: LearningPath = request.getfixturevalue("path")
    jobs = JobRunner()
    shown = MainWindow(services, make_application(services)[1], jobs)
    shown.show()
    shown.start()
    assert shown.first_run is not None
    shown.first_run.answered.emit(replace(NOBODY, name="Ines Falk", role=path.roles[0]))
    qtbot.waitUntil(lambda: shown.sandbox.state.phase == "ready", timeout=90_000)
    yield shown
    shown.close()
    assert jobs.stop(wait_ms=20_000)
    shown.deleteLater()


@pytest.mark.model
@pytest.mark.parametrize("path", PATHS, ids=[path.id for path in PATHS])
def test_a_path_is_walked_from_its_first_lesson_to_its_certificate(
    path: LearningPath, window: MainWindow, services: Services, qtbot: QtBot
) -> None:
    for before in path.after:
        for lesson_id in services.lessons.paths_for(path.roles[0])[0].lessons if before == "foundations" else ():
            services.learner.open_step(lesson_id, "1.0", "start")
            services.learner.finish_lesson(lesson_id, score=1.0, passed=True)
    window.home_model.reload()
    window.go("home")
    assert window.home_model.state.next is not None
    assert window.home_model.state.next.id == path.lessons[0], "Home offers the path's first lesson"
    press(window, window.home_model.state.next.verb, qtbot)
    for number, lesson_id in enumerate(path.lessons, 1):
        lesson = services.lessons.get(lesson_id)
        assert window.learn_model.reader.lesson == lesson
        walk(window, lesson, qtbot)
        reader = window.learn_model.reader
        assert reader.finished and reader.passed, f"{lesson_id}: {reader.score}, {reader.missed}"
        if number < len(path.lessons):
            following = services.lessons.get(path.lessons[number])
            press(window, f"Next: {following.title}", qtbot)
    assert window.learn_model.reader.path_passed
    press(window, "Get your certificate", qtbot)
    assert window.page == "progress"
    card = next(one for one in window.progress_model.state.paths if one.title == path.title)
    assert card.certifiable is not None and card.passed == len(path.lessons)


def walk(window: MainWindow, lesson: Lesson, qtbot: QtBot) -> None:
    """Do everything the lesson asks for, step by step."""
    window.learn_model.go(0)
    for step in lesson.steps:
        assert window.learn_model.reader.step == step
        assert not shown_problems(window), f"{lesson.id}#{step.key}: {shown_problems(window)}"
        for block in step.blocks:
            match block:
                case Quiz():
                    window.learn_model.answer(block.id, right_answer(block))
                case Claims():
                    check_claims(window, block)
                case Redact():
                    redact(window, qtbot)
                case Decision():
                    decide(window, block)
                case Practice() if "capstone" in lesson.topics:
                    practise(window, block, qtbot)
                case Practice() | Prose():
                    pass
        press(window, "Finish lesson" if step is lesson.steps[-1] else "Next", qtbot)


def press(window: MainWindow, text: str, qtbot: QtBot) -> None:
    """Press the button that says so, by keyboard."""

    def found() -> list[QPushButton]:
        return [
            one
            for one in window.findChildren(QPushButton)
            if one.text() == text and one.isVisible() and one.isEnabled()
        ]

    qtbot.waitUntil(lambda: bool(found()))
    qtbot.keyClick(found()[0], Qt.Key.Key_Space)


def shown_pane(window: MainWindow, kind: type[Pane], qtbot: QtBot) -> Pane:
    """The exercise of the present step, once it is on the screen."""

    def visible() -> list[Pane]:
        return [pane for pane in window.learn.reader.findChildren(kind) if pane.isVisible()]

    qtbot.waitUntil(lambda: bool(visible()))
    return visible()[0]


def shown_problems(window: MainWindow) -> list[str]:
    """What the step says about exercises that cannot be shown or run."""
    texts = [label.text() for label in window.learn.reader.findChildren(QLabel) if label.isVisible()]
    return [text for text in texts if text.startswith("This exercise cannot")]


def check_claims(window: MainWindow, claims: Claims) -> None:
    model = next(run for run in window.learn.reader.runs if isinstance(run, ClaimsModel) and run.state.claims == claims)
    for at, claim in enumerate(claims.claims):
        model.judge(at, claim.supported)
    model.check()
    assert model.state.result is not None and model.state.result.value == 1.0


def redact(window: MainWindow, qtbot: QtBot) -> None:
    pane = shown_pane(window, RedactPane, qtbot)
    model, text = pane._model, pane._model.state.document.text
    for planted in model.state.document.planted:
        at = text.find(planted.text)
        while at >= 0:
            model.mark(at, at + len(planted.text))
            at = text.find(planted.text, at + 1)
    model.check()
    assert model.state.result is not None and model.state.result.value == 1.0


def decide(window: MainWindow, decision: Decision) -> None:
    model = next(run for run in window.learn.reader.runs if isinstance(run, DecisionModel))
    model.choose(next(at for at, option in enumerate(decision.options) if option.right))
    model.write(REASON)
    model.take()
    assert model.state.phase == "taken"


def practise(window: MainWindow, practice: Practice, qtbot: QtBot) -> None:
    """Run the prompt that works, as the exercise offers it, at every seed."""
    pane = shown_pane(window, PracticePane, qtbot)
    model = pane._model
    good = next(sample for sample in practice.samples if sample.passes)
    for name, value in good.values.items():
        model.set_value(name, value)
    qtbot.keyClick(pane.run_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: model.state.phase == "done", timeout=180_000)
    assert len(model.state.outputs) == len(practice.seeds) >= 3
    assert all(met for output in model.state.outputs for _, met in output.checks), [
        one.text for one in model.state.outputs
    ]
    assert all(result.met for result in model.state.prompt_results)
