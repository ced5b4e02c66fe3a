"""A conversation in the whole window, with the real model."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.ui.main_window import MainWindow

pytestmark = pytest.mark.model
WAIT = 90_000


def test_a_question_another_one_the_same_seed_again_and_going_on(window: MainWindow, qtbot: QtBot) -> None:
    """The same seed gives the same answer after whatever was read in between."""
    window.go("practice")
    model, tab = window.practice_model, window.ask

    def answered() -> bool:
        return model.state.phase == "done" and not model.state.waiting

    model.set_seed(7)
    model.set_max_tokens(24)
    model.set_value("prompt", "Write a short poem about the sea.")
    tab.inputs.ask()
    qtbot.waitUntil(answered, timeout=WAIT)
    first = model.state.answer
    assert first and model.state.problem == "" and model.state.seed == 7
    model.follow("Now about a lake.")
    qtbot.waitUntil(answered, timeout=WAIT)
    second = model.state.last_answer
    assert second is not None and second.text and second.facts["cached_tokens"], "what was said is not read again"
    model.regenerate()
    qtbot.waitUntil(answered, timeout=WAIT)
    assert model.state.answer == second.text
    model.switch(model.state.branch[3], -1)
    if model.state.last_answer is not None and model.state.last_answer.can_go_on:
        model.go_on()
        qtbot.waitUntil(answered, timeout=WAIT)
        assert model.state.answer.startswith(second.text) and len(model.state.answer) > len(second.text)
    model.regenerate(model.state.branch[1])
    qtbot.waitUntil(answered, timeout=WAIT)
    assert model.state.answer == first and len(model.state.branch) == 2
    assert len(window.services.learner.runs()) >= 4
