"""A run as the window sees it, with a scripted worker for what a real model cannot be made to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.run_model import RunModel
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.run_pane import RunPane

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
Start = Callable[..., RunModel]


@pytest.fixture
def start(services: Services, qtbot: QtBot, theme: Theme) -> Generator[Start, None, None]:
    """A run model whose worker plays a script."""
    jobs = JobRunner()
    made: list[RunModel | SandboxModel] = []

    def begin(*answers: list[dict[str, Any]], how: str = "ready", **options: float) -> RunModel:
        script = json.dumps({"start": how, "answers": answers or [[{"say": "Fine."}]]})
        services.__dict__["model"] = ModelClient(
            bundled_model(), command=[sys.executable, str(FAKE), script], **options
        )  # type: ignore[arg-type]
        sandbox = SandboxModel(services, jobs)
        model = RunModel(services, sandbox, jobs)
        made.extend((sandbox, model))
        model.use_free()
        sandbox.start()
        qtbot.waitUntil(lambda: sandbox.state.phase != "starting", timeout=20_000)
        return model

    yield begin
    for one in reversed(made):
        if shiboken6.isValid(one):
            one.close()
    services.close()
    assert jobs.stop()


def finished(model: RunModel) -> Callable[[], bool]:
    return lambda: model.state.phase == "done"


def test_an_answer_streams_is_stored_and_can_be_judged(start: Start, services: Services, qtbot: QtBot) -> None:
    model = start([{"say": "Good "}, {"say": "day."}])
    pieces: list[str] = []
    model.piece.connect(pieces.append)
    model.set_value("prompt", "Greet me")
    model.run()
    qtbot.waitUntil(finished(model), timeout=20_000)
    assert "".join(pieces) == model.state.answer == "Good day."
    model.judge("after a fix")
    [run] = services.learner.runs()
    assert run.text is not None
    assert (run.text.answer, run.judgement, run.seed) == ("Good day.", "after a fix", model.state.seed)


@pytest.mark.parametrize("step", [{"crash": 9}, {"hang": True}])
def test_a_worker_that_dies_leaves_its_answer_marked_and_starts_again(
    start: Start, services: Services, qtbot: QtBot, step: dict[str, Any]
) -> None:
    model = start([{"say": "Half an answer"}, step], [{"say": "Whole."}], hang_s=0.5)
    model.set_value("prompt", "Say something")
    model.run()
    qtbot.waitUntil(finished(model), timeout=20_000)
    assert model.state.answer == "Half an answer"
    assert "not complete" in model.state.problem
    assert services.learner.runs()[0].stop_reason == "died"
    qtbot.waitUntil(lambda: model.state.can_run, timeout=20_000)


def test_stop_keeps_what_is_there(start: Start, qtbot: QtBot) -> None:
    model = start([{"until_cancel": "word "}])
    model.set_value("prompt", "Go on for ever")
    model.run()
    qtbot.waitUntil(lambda: bool(model.state.answer), timeout=20_000)
    model.stop()
    qtbot.waitUntil(finished(model), timeout=20_000)
    assert model.state.answer.startswith("word ")
    assert "stopped" in model.state.problem


def test_an_open_channel_means_no_model(start: Start) -> None:
    model = start(how="open")
    assert model.state.sandbox.phase == "off"
    assert not model.state.can_run
    assert "UDP" in model.state.sandbox.problem


def test_an_empty_prompt_says_what_to_do(start: Start) -> None:
    model = start()
    model.run()
    assert model.state.phase == "empty"
    assert "Write what the model should do" in model.state.problem


def test_a_value_that_does_not_fit_is_named_beside_its_field(start: Start, services: Services) -> None:
    model = start()
    prompt = services.prompts.prompts()[0]
    model.use_prompt(prompt, prompt.offered)
    required = next(item for item in prompt.offered.inputs if item.required and not item.default)
    model.run()
    assert model.state.field_problems == {required.name: f"{required.label} is needed."}


def test_a_run_of_a_library_prompt_counts_as_a_use_of_its_version(
    start: Start, services: Services, qtbot: QtBot
) -> None:
    model = start([{"say": "Done."}], [{"say": "Done."}])
    prompt = services.prompts.prompts()[0]
    model.use_prompt(prompt, prompt.offered, {i.name: i.example or i.default or "2" for i in prompt.offered.inputs})
    model.run()
    qtbot.waitUntil(finished(model), timeout=20_000)
    assert services.learner.usage.use_counts() == {(prompt.id, prompt.offered.version): 1}
    model.use_free("Say something")
    model.run()
    qtbot.waitUntil(finished(model), timeout=20_000)
    assert len(services.learner.runs()) == 2
    assert services.learner.usage.recent() == (prompt.id,)


def test_sensitive_text_is_counted_in_the_record_and_never_written_out(
    start: Start, services: Services, qtbot: QtBot
) -> None:
    model = start()
    model.set_value("prompt", "Answer ines.falk@norwind.example please")
    model.run()
    qtbot.waitUntil(finished(model), timeout=20_000)
    [run] = services.learner.runs()
    assert sum(run.findings.values()) == 1


def test_half_typed_text_comes_back_after_switching(start: Start, services: Services) -> None:
    model = start()
    model.set_value("prompt", "Half a thought")
    prompt = services.prompts.prompts()[0]
    model.use_prompt(prompt, prompt.offered)
    model.use_free()
    assert model.values == {"prompt": "Half a thought"}


def test_the_pane_runs_and_stops_by_keyboard(start: Start, theme: Theme, qtbot: QtBot) -> None:
    model = start([{"until_cancel": "word "}])
    pane = RunPane(theme, model, JobRunner(model))
    qtbot.addWidget(pane)
    pane.show()
    field = next(iter(pane.form._fields.values()))
    qtbot.keyClicks(field.edit, "Go on for ever")
    with qtbot.waitActive(pane):
        pane.activateWindow()
    field.edit.setFocus()
    qtbot.keyClick(field.edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: "word" in pane.answer.text.toPlainText(), timeout=20_000)
    assert pane.stop_button.isVisible() and not pane.run_button.isVisible()
    qtbot.keyClick(pane, Qt.Key.Key_Escape)
    qtbot.waitUntil(finished(model), timeout=20_000)
    assert pane.run_button.isVisible()
    assert {b.text() for b in pane.answer.findChildren(QPushButton) if b.isVisible()} >= {
        "Yes",
        "After a fix",
        "No",
    }


def test_what_an_earlier_session_left_survives_until_the_keyring_opens(start: Start, services: Services) -> None:
    """The window may be open, even closed again, before the keyring has answered: nothing sealed is overwritten."""
    vault = Vault(b"k" * 32)
    services.learner.use_vault(vault)
    services.learner.save_draft("practice/free", json.dumps({"prompt": "From yesterday"}))
    services.learner.use_vault(Vault(None, "not asked yet"))
    model = start()
    assert model.values == {"prompt": ""}
    model.save_draft()
    services.learner.use_vault(vault)
    model.reload_draft()
    assert model.values == {"prompt": "From yesterday"}


def test_text_typed_before_the_keyring_opens_wins(start: Start, services: Services) -> None:
    model = start()
    model.set_value("prompt", "Typed now")
    services.learner.use_vault(Vault(b"k" * 32))
    model.reload_draft()
    assert model.values == {"prompt": "Typed now"}


def test_an_answer_never_lands_on_a_prompt_chosen_since(start: Start, services: Services, qtbot: QtBot) -> None:
    """It is stopped and recorded under its own prompt, and the new one stays empty."""
    model = start([{"until_cancel": "word "}])
    model.set_value("prompt", "Go on for ever")
    model.run()
    qtbot.waitUntil(lambda: bool(model.state.answer), timeout=20_000)
    prompt = services.prompts.prompts()[0]
    model.use_prompt(prompt, prompt.offered)
    qtbot.waitUntil(lambda: services.learner.run_count() == 1, timeout=20_000)
    assert (model.state.phase, model.state.answer) == ("empty", "")
    [run] = services.learner.runs()
    assert run.prompt_id == "" and run.text is not None and run.text.answer.startswith("word ")


def test_a_retired_run_says_nothing_and_is_still_recorded(start: Start, services: Services, qtbot: QtBot) -> None:
    model = start([{"until_cancel": "word "}])
    said: list[object] = []
    model.set_value("prompt", "Go on for ever")
    model.run()
    qtbot.waitUntil(lambda: bool(model.state.answer), timeout=20_000)
    model.changed.connect(said.append)
    model.retire()
    qtbot.waitUntil(lambda: services.learner.run_count() == 1, timeout=20_000)
    assert said == []


def test_the_seed_shown_for_the_next_run_is_the_one_it_will_use(start: Start, services: Services, qtbot: QtBot) -> None:
    model = start([{"say": "Fine."}])
    lesson = next(one for one in services.lessons.lessons() if one.practices and one.practices[0].prompt)
    practice = lesson.practices[0]
    model.use_practice(lesson.id, practice)
    model.set_seed(4321)
    model.run()
    qtbot.waitUntil(finished(model), timeout=20_000)
    model.use_practice(lesson.id, practice)
    assert (model.state.seed, model.state.fixed_seed) == (4321, practice.seed)
