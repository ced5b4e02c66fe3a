"""A conversation leaves as a file only once it was checked, where policy wants answers checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop_app.clock import utc_now
from desktop_app.errors import StoreError
from desktop_app.policy.policy import Policy
from desktop_app.records.turns import Conversation, Turn
from desktop_app.services import Services
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.pages.practice.ask.history_model import HistoryModel


@pytest.fixture
def model(services: Services, tmp_path: Path) -> HistoryModel:
    services.learner.use_vault(Vault(bytes(32)))
    made = Conversation("c", "The depot", "", 0, utc_now(), utc_now(), "q")
    services.learner.conversations.save_turn(made, Turn("q", "", "user", "When?", utc_now()), model_id="m")
    services.__dict__["policy"] = Policy(check_before_copy=True)
    ask: Any = None  # opening is not tested here
    history = HistoryModel(services, InlineJobs(), ask)
    history.choose_file = lambda name: tmp_path / name
    return history


def test_where_policy_wants_it_the_person_is_asked_and_that_they_checked_is_recorded(
    model: HistoryModel, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model.export("c", "md")
    assert model.state.asks.startswith("Before it leaves this computer") and not model.state.can_hide
    assert not (tmp_path / "the-depot.md").exists()
    recorded: list[tuple[str, object]] = []
    monkeypatch.setattr(services.learner, "record", lambda kind, facts: recorded.append((kind, facts)))
    model.save_as_it_is()
    assert "When?" in (tmp_path / "the-depot.md").read_text("utf-8") and model.state.asks == ""
    assert recorded == [("answer_checked", {"conversation": "c", "findings": 0})]


def test_nothing_is_saved_while_the_check_cannot_be_recorded(
    model: HistoryModel, services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    monkeypatch.setattr(services.learner, "record", full)
    model.export("c", "txt")
    model.save_as_it_is()
    assert not (tmp_path / "the-depot.txt").exists() and "could not be recorded" in model.state.problem
