"""Conversations under kills, with two windows at once, and with a file that was damaged: what was acknowledged is there."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.practice.finding import Search, find
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.sandbox_model import SandboxModel
from tests.helpers.command import files_below
from tests.helpers.talking import FAKE, MARKER

TALKER = Path(__file__).parents[1] / "helpers" / "talking.py"
KILLS = 6
WAIT = 20_000


def talker(profile: Path, environment: dict[str, str], questions: int = 0) -> subprocess.Popen[str]:
    paths = {"PYTHONPATH": str(Path(__file__).parents[2])}
    command = [sys.executable, str(TALKER), str(profile), str(questions)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, env=os.environ | environment | paths, text=True)


def kept(services: Services) -> dict[str, tuple[int, str]]:
    """How much of each answer is stored, and how it ended, by turn."""
    store = services.learner.conversations
    turns = [turn for head in store.heads() for turn in store.get(head.id).turns if turn.role == "assistant"]
    return {turn.id: (len(turn.text or ""), turn.stop_reason) for turn in turns}


def test_killed_while_answering_again_and_again(profile: Path, file_keyring: dict[str, str]) -> None:
    said: dict[str, tuple[int, str]] = {}
    for kill in range(KILLS):
        with talker(profile, file_keyring) as process:
            assert process.stdout is not None
            heard = [process.stdout.readline() for _ in range(1 + 3 * kill)]
            process.send_signal(signal.SIGKILL)
            heard += process.stdout.read().split("\n")[:-1]  # a half-written line was not said
        for line in filter(None, heard):
            turn_id, length, reason = line.split()
            said[turn_id] = (int(length), reason)
        services = Services(Locations.find(profile))
        assert services.unlock_vault().is_open
        stored = kept(services)
        for turn_id, (length, reason) in said.items():
            assert stored[turn_id][0] >= length, "an answer is there as far as it was kept"
            assert reason == "died" or stored[turn_id][1] == reason
        assert len(services.learner.conversations.heads()) == kill + 1
        runs = services.learner.runs()
        assert len(runs) >= sum(reason == "cancelled" for _, reason in said.values())
        report = finish(services.learner.audit.verify(services.learner.vault))
        assert report.is_whole and report.signed, report
        services.close()
        assert not [name for name, data in files_below(profile).items() if MARKER.encode() in data]
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_two_windows_ask_at_once(profile: Path, file_keyring: dict[str, str]) -> None:
    first = Services(Locations.find(profile))
    first.unlock_vault()
    first.close()
    both = [talker(profile, file_keyring, 3) for _ in range(2)]
    heard = [process.communicate(timeout=60)[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    services = Services(Locations.find(profile))
    services.unlock_vault()
    stored = kept(services)
    complete = [line.split()[0] for lines in heard for line in lines if line.endswith("cancelled")]
    assert len(set(complete)) == 6 and all(stored[turn_id][1] == "cancelled" for turn_id in complete)
    assert len(services.learner.runs()) == 6 and len(services.learner.conversations.heads()) == 2
    assert finish(services.learner.audit.verify(services.learner.vault)).is_whole
    services.close()


# -- two who ask the same worker -----------------------------------------------------------------------------------------


@pytest.fixture
def two(profile: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[tuple[AskModel, AskModel]]:
    """Two conversations that share one worker, which answers until it is told to stop."""
    services = Services(Locations.find(profile))
    services.learner.use_vault(Vault(bytes(32)))
    script = json.dumps({"answers": [[{"until_cancel": "more "}]]})
    services.__dict__["model"] = ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script])
    jobs = JobRunner()
    sandbox = SandboxModel(services, jobs)
    models = AskModel(services, sandbox, jobs), AskModel(services, sandbox, jobs)
    for model in models:
        model.use_free()
    sandbox.start()
    qtbot.waitUntil(lambda: sandbox.state.phase == "ready", timeout=WAIT)
    yield models
    for model in models:
        model.close()
    sandbox.close()
    assert jobs.stop()
    services.close()


def test_stopping_who_waits_leaves_the_other_answer_alone(two: tuple[AskModel, AskModel], qtbot: QtBot) -> None:
    first, second = two
    for model in two:
        model.set_value("prompt", "Write on")
    first.run()
    with qtbot.waitSignal(first.piece, timeout=WAIT):
        pass
    second.run()
    qtbot.waitUntil(lambda: second.state.note == "Waiting for the model", timeout=WAIT)
    second.stop()
    assert second.state.phase == "empty" and second.values == {"prompt": "Write on"}
    with qtbot.waitSignal(first.piece, timeout=WAIT):
        pass  # it goes on
    assert first.state.phase == "running"
    first.stop()
    qtbot.waitUntil(lambda: first.state.phase == "done", timeout=WAIT)
    assert len(first._services.learner.conversations.heads()) == 1, "what was taken back is nowhere"


def test_who_waits_is_answered_after_the_other(two: tuple[AskModel, AskModel], qtbot: QtBot) -> None:
    first, second = two
    for model in two:
        model.set_value("prompt", "Write on")
        model.run()
    for model in two:
        other = second if model is first else first
        qtbot.waitUntil(lambda model=model: bool(model._running and model._running.written), timeout=WAIT)
        assert not (other._running and other._running.written and other is second)
        model.stop()
        qtbot.waitUntil(lambda model=model: model.state.phase == "done", timeout=WAIT)
        assert model.state.answer.startswith("more ")


# -- a file that was damaged ---------------------------------------------------------------------------------------------

DAMAGE: dict[str, Callable[[sqlite3.Connection], object]] = {
    "a text of another turn": lambda db: db.execute("UPDATE turns SET text_sealed = (SELECT text_sealed FROM turns ORDER BY rowid DESC) WHERE rowid <= 2"),
    "a text cut short": lambda db: db.execute("UPDATE turns SET text_sealed = substr(text_sealed, 1, 20) WHERE rowid <= 2"),
    "another key's title": lambda db: db.execute("UPDATE conversations SET title_sealed = zeroblob(60) WHERE rowid = 1"),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_text_is_told_as_a_sentence_and_hides_no_other(
    damage: str, profile: Path, file_keyring: dict[str, str]
) -> None:
    for _ in range(2):
        with talker(profile, file_keyring, 1) as process:
            process.communicate(timeout=60)
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        DAMAGE[damage](db)
        db.commit()
    services = Services(Locations.find(profile))
    services.unlock_vault()
    whole, damaged = [head.id for head in services.learner.conversations.heads()]
    with pytest.raises(StoreError, match="was changed or belongs to another key"):
        services.learner.conversations.get(damaged)
    found: list[str] = []
    job = find(services.learner.elsewhere(), Search("tell"))
    try:
        while True:
            found += [one.id for one in next(job).found]  # type: ignore[attr-defined]
    except StopIteration as end:
        assert end.value.unopened == 1
    assert found == [whole]
    services.close()
