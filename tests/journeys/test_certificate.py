"""A certificate's way: a path passed in the window, issued, saved, checked by somebody else, altered, and still there after a restart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import Answer
from desktop_app.records.learning import Profile
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from tests.helpers.command import greenroom

NAME = "Ines Marker-Falk"
LESSON = """---
id: {id}
title: {title}
version: "1.{number}"
language: en
roles: [sales]
level: beginner
duration: PT5M
summary: What the {title} is about.
objectives: [You can tell {title} from the rest]
pass_mark: 0.8
license: CC0-1.0
authors: [Tests]
---

## Reading

A sentence to read.

## Question

Which one is it?

- [(X)] This one
- [( )] Another one
"""
PATH = """id: field-work
title: Field work
description: Two short lessons.
roles: [sales]
within_days: 7
lessons: [first-one, second-one]
"""


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    for number, name in enumerate(("first-one", "second-one"), 1):
        file = folder / "lessons" / name / "lesson.md"
        file.parent.mkdir(parents=True)
        file.write_text(LESSON.format(id=name, title=name.replace("-", " "), number=number), "utf-8")
    (folder / "paths").mkdir()
    (folder / "paths" / "field-work.yml").write_text(PATH, "utf-8")
    return folder


@pytest.fixture
def open_window(
    qtbot: QtBot, profile: Path, content: Path, file_keyring: dict[str, str]
) -> Iterator[Callable[[], MainWindow]]:
    """Opens the window on the profile; one that was open before is closed, as by a restart."""
    opened: list[tuple[MainWindow, JobRunner, Services]] = []

    def close() -> None:
        while opened:
            window, jobs, services = opened.pop()
            window.close()
            assert jobs.stop(wait_ms=20_000)
            services.close()
            window.deleteLater()

    def show() -> MainWindow:
        close()
        services = Services(Locations.find(profile, [content]))
        _, theme = make_application(services)
        jobs = JobRunner()
        window = MainWindow(services, theme, jobs)
        opened.append((window, jobs, services))
        window.show()
        window.start()
        qtbot.waitUntil(lambda: services.learner.vault.is_open, timeout=20_000)
        return window

    yield show
    close()


def press(window: MainWindow, text: str) -> None:
    next(one for one in window.stack.currentWidget().findChildren(QPushButton) if one.text() == text).click()


def pass_lesson(window: MainWindow, lesson_id: str) -> None:
    window.open_lesson(lesson_id)
    while not window.learn_model.reader.finished:
        step = window.learn_model.reader.step
        assert step is not None
        for quiz in step.questions:
            window.learn_model.answer(quiz.id, Answer(tuple(n for n, one in enumerate(quiz.choices) if one.right)))
        window.learn_model.next()
    assert window.learn_model.reader.passed


def save(monkeypatch: pytest.MonkeyPatch, button: QPushButton, target: Path, qtbot: QtBot) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    button.click()
    qtbot.waitUntil(target.exists, timeout=20_000)


@pytest.mark.model
def test_from_the_last_question_to_a_certificate_somebody_else_checks(
    open_window: Callable[[], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, profile: Path, tmp_path: Path
) -> None:
    window = open_window()
    assert window.first_run is not None
    window.first_run.answered.emit(Profile(NAME, "sales", "en"))
    pass_lesson(window, "first-one")
    window.go("home")
    assert window.home._path_due.text == "Due in 7 days"
    pass_lesson(window, "second-one")
    window.go("home")
    press(window, "Get your certificate")
    assert window.page == "progress"
    press(window, "Issue certificate")
    model = window.progress_model
    qtbot.waitUntil(lambda: model.state.shown is not None and model.state.shown.picture is not None, timeout=20_000)

    pdf, credential = tmp_path / "mine.pdf", tmp_path / "mine.json"
    save(monkeypatch, window.progress.view.save_pdf, pdf, qtbot)
    save(monkeypatch, window.progress.view.save_credential, credential, qtbot)
    for file in (pdf, credential):
        elsewhere = greenroom("--profile", tmp_path / "elsewhere", "records", "verify", file, "--json")
        assert elsewhere.returncode == 0, elsewhere.stderr
        facts = json.loads(elsewhere.stdout)
        assert (facts["learner"], facts["title"], facts["issuer_known"]) == (NAME, "Field work", False)
        assert [(one["id"], one["version"], one["percent"]) for one in facts["lessons"]] == [
            ("first-one", "1.1", 100), ("second-one", "1.2", 100),
        ]  # fmt: skip

    credential.write_bytes(credential.read_bytes().replace(NAME.encode(), b"Ines Marker-Falx"))
    for place in (tmp_path / "elsewhere", profile):
        refused = greenroom("--profile", place, "records", "verify", credential)
        assert refused.returncode == 1 and "something was changed after it was signed" in refused.stderr
    assert f'"Ines Marker-Falx", but "{NAME}" was issued' in refused.stderr

    again = open_window()
    qtbot.waitUntil(lambda: again.page == "progress")
    [kept] = again.progress_model.state.certificates
    assert kept.certificate is not None and kept.certificate.award.learner == NAME
    again.progress_model.view(kept.id)
    shown = again.progress_model.state.shown
    assert shown is not None and shown.certificate == kept.certificate
    whole = greenroom("--profile", profile, "records", "verify", "--json")
    assert json.loads(whole.stdout)["is_whole"]
    assert NAME.encode() not in b"".join(file.read_bytes() for file in profile.iterdir() if file.is_file())
