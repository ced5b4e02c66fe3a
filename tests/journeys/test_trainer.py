"""The trainer's journey: a lesson with a fault, the place named, the fault mended, the lesson in the window; a second prompt version."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import Answer
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow

LESSON = """---
id: returns-desk
title: A calm answer at the returns desk
version: "1.0"
language: en
roles: [support]
level: beginner
duration: PT2M
summary: One step for people who take parcels back.
objectives: [You can say what a return needs]
prerequisites: []
topics: [support]
pass_mark: 0.8
attempts: 0
authors: [Jonas Beck]
license: CC-BY-4.0
sources: [{title: Returns handbook, checked: 2026-11-22}]
review_by: 2027-05-31
---

## What a return needs

%s A return needs an order number and a reason. Ask for both before you promise anything, and
never paste the customer's address into a public service: the parcel label already has it.

<!-- id: return-needs -->
What do you ask for first?

%s The order number
    > Right: everything else hangs on it.
[( )] The customer's birthday
    > Nobody needs it for a return.
"""
PROMPT = """name: Name the reason for a return
description: Names the reason in two words. Check it against the message.
messages:
  - {role: user, content: "%s\\n\\n{{message}}"}
inputs:
  - {name: message, label: Customer message, type: long_text, example: The zip broke.}
roles: [support]
task: classify
data_class: internal
owner: Jonas Beck
changelog: %s
"""


def greenroom(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "desktop_app", *arguments], capture_output=True, text=True)


def test_from_a_fault_with_its_place_to_the_lesson_in_the_window(tmp_path: Path, qtbot: QtBot) -> None:
    content = tmp_path / "ours"
    file = content / "lessons" / "returns-desk" / "lesson.md"
    file.parent.mkdir(parents=True)
    file.write_text(LESSON % ("word " * 120, "[( )]"))
    line = file.read_text().splitlines().index("[( )] The order number") + 1

    found = greenroom("lesson", "lint", file)
    assert found.returncode == 1
    assert any(problem.startswith(f"{file}:") and "right" in problem for problem in found.stdout.splitlines())
    assert any(
        abs(int(problem.split(":")[1]) - line) <= 4 for problem in found.stdout.splitlines() if "error" in problem
    )

    file.write_text(LESSON % ("word " * 120, "[(X)]"))
    assert greenroom("lesson", "lint", file).returncode == 0

    services = Services(Locations.find(tmp_path / "profile", [content]))
    _, theme = make_application(services)
    jobs = JobRunner()
    window = MainWindow(services, theme, jobs)
    qtbot.addWidget(window)
    window.show()
    window.open_lesson("returns-desk")
    assert window.learn_model.reader.lesson is not None
    window.learn_model.answer(window.learn_model.reader.lesson.questions[0].id, Answer((0,)))
    window.learn_model.next()
    assert window.learn_model.reader.finished and window.learn_model.reader.passed
    window.close()
    assert jobs.stop()
    services.close()


@pytest.mark.parametrize("words", ["reason", "zip broke"])
def test_a_second_version_is_compared_found_and_labelled(tmp_path: Path, words: str) -> None:
    library = tmp_path / "prompts"
    folder = library / "name-the-reason"
    folder.mkdir(parents=True)
    (folder / "1.prompt.yml").write_text(PROMPT % ("Why is it sent back?", "First version"))
    (folder / "2.prompt.yml").write_text(
        PROMPT % ("Name the reason in two words.", "Says the form; the zip broke example stays")
    )
    (folder / "labels.yml").write_text("approved: 1\npilot: 2\n")

    assert greenroom("prompt", "lint", library).returncode == 0
    compared = greenroom("--library", library, "prompt", "diff", "name-the-reason", "approved", "pilot", "--json")
    assert compared.returncode == 0, compared.stderr
    assert "Message 1 (user)" in [part["part"] for part in json.loads(compared.stdout)]
    shown = greenroom(
        "--library", library, "prompt", "render", "name-the-reason@pilot", "--set", "message=Too small, {{other}}"
    )
    assert "Name the reason in two words." in shown.stdout and "{{other}}" in shown.stdout
    found = greenroom("--profile", tmp_path / "p", "--library", library, "prompt", "search", "return", "--json")
    assert "name-the-reason" in [hit["id"] for hit in json.loads(found.stdout)]
    missing = greenroom("--library", library, "prompt", "show", "name-the-reason@final")
    assert missing.returncode == 1 and "approved" in missing.stderr
