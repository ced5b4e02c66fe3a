"""Exercises on the real model in the real window: several seeds with a rubric, and claims, shipped and live."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.learn.exercises.claims import ClaimsPane
from desktop_app.ui.pages.learn.exercises.practice import PracticePane

Pane = TypeVar("Pane", PracticePane, ClaimsPane)

NOTICE = (
    "The delivery entrance at the Freiburg warehouse is closed from Monday 2 March to Wednesday 4 March because the ramp is "
    "being rebuilt. Suppliers please use gate 7 on Hornusstrasse. Parcels for the shop still go to the front desk until 17:00."
)
LESSON = f"""---
id: exercises
title: Two exercises
version: "1.0"
language: en
roles: [everyone]
level: beginner
duration: PT4M
summary: Several seeds and claims.
objectives: [You can check]
pass_mark: 0.8
sources: [{{title: Ourselves, checked: 2026-11-22}}]
---

## Several draws

```practice
id: draws
title: One prompt, three draws
task: Make it one sentence.
start: |
  Shorten this notice to one sentence.

  Notice: {NOTICE}
seeds: [7, 8, 9]
prompt_checks: [task, format, material]
expect:
  - contains: "gate 7"
    says: The gate is in the answer
rubric:
  - ask: Is the gate there?
    contains: "gate 7"
    why: It looks for gate 7.
  - ask: Would you sign it?
max_tokens: 60
```

## Claims

```claims
id: notice
title: Check the notice
task: Judge each claim.
source: {NOTICE}
output: Suppliers use gate 7. Parcels go to gate 7 until 17:00.
claims:
  - {{text: Suppliers use gate 7., supported: true, passage: Suppliers please use gate 7, why: The notice says so.}}
  - {{text: "Parcels go to gate 7 until 17:00.", supported: false, passage: front desk, why: They go to the front desk.}}
prompt: shorten-notice
values: {{notice: "{NOTICE}"}}
rules:
  - {{regex: "(?i)gate 7.*17:00", supported: false, why: The hour belongs to the parcels.}}
max_tokens: 80
```
"""


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    file = tmp_path / "ours" / "lessons" / "exercises" / "lesson.md"
    file.parent.mkdir(parents=True)
    file.write_text(LESSON, encoding="utf-8")
    services = Services(Locations.find(tmp_path / "profile", [tmp_path / "ours"]))
    _, theme = make_application(services)
    jobs = JobRunner()
    shown = MainWindow(services, theme, jobs)
    shown.show()
    shown.start()
    assert shown.first_run is not None
    shown.first_run.skipped.emit()
    qtbot.waitUntil(lambda: shown.sandbox.state.phase == "ready", timeout=90_000)
    shown.open_lesson("exercises")
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    yield shown
    shown.close()
    assert jobs.stop(wait_ms=20_000)
    services.close()
    shown.deleteLater()


def shown(window: MainWindow, kind: type[Pane], qtbot: QtBot) -> Pane:
    """The pane of the present step, once it is on the screen."""

    def visible() -> list[Pane]:
        return [pane for pane in window.learn.reader.findChildren(kind) if pane.isVisible()]

    qtbot.waitUntil(lambda: bool(visible()))
    return visible()[0]


@pytest.mark.model
def test_several_seeds_judged_then_claims_shipped_and_live_then_passed(window: MainWindow, qtbot: QtBot) -> None:
    learner = window.services.learner
    practice = shown(window, PracticePane, qtbot)
    qtbot.keyClick(practice.run_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: practice._model.state.phase == "done", timeout=180_000)
    texts = [column.text.toPlainText().strip() for column in practice.outputs.columns]
    assert len(texts) == 3
    assert all(texts)
    assert [run.seed for run in learner.exercise_runs("exercises", "draws")] == [9, 8, 7]
    for line in practice.judgement.criteria:
        qtbot.keyClick(line.yes, Qt.Key.Key_Space)
    qtbot.keyClick(practice.judgement.compare, Qt.Key.Key_Space)
    [judged] = learner.attempts("exercises", "draws")
    assert judged.chosen == (1, 1)
    assert judged.score == float("gate 7" in texts[0])

    window.learn_model.next()
    claims = shown(window, ClaimsPane, qtbot)
    claims.rows[0].setFocus()
    for key in (Qt.Key.Key_S, Qt.Key.Key_N):
        qtbot.keyClick(QApplication.focusWidget(), key)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert learner.best_scores("exercises")["notice"] == 1.0

    qtbot.keyClick(claims.live, Qt.Key.Key_Space)
    model = claims._model
    qtbot.waitUntil(lambda: model.state.phase in ("open", "ready") and model.state.is_live, timeout=120_000)
    assert model.state.text
    for at in range(len(model.state.keys)):
        model.judge(at, bool(model.state.keys[at].supported))
    model.check()
    if model.state.result is not None and model.state.result.scored:
        assert learner.best_scores("exercises")["notice/live"] == 1.0
    assert learner.latest_run("exercises", "notice") is not None

    window.learn_model.go(0)
    again = shown(window, PracticePane, qtbot)
    assert [column.text.toPlainText().strip() for column in again.outputs.columns] == texts
    window.learn_model.next()
    window.learn_model.next()
    assert window.learn_model.reader.passed
