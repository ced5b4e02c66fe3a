"""greenroom sandbox history and export: what was asked before is listed, searched and written to a file."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop_app.cli.sandbox_history import export
from desktop_app.errors import AppError
from desktop_app.policy.policy import Policy
from desktop_app.records.turns import Conversation, Turn
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.command import Done, greenroom, sentence

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def filled(profile: Path, file_keyring: dict[str, str]) -> Path:
    """A profile with two conversations."""
    services = Services(Locations.find(profile))
    services.unlock_vault()
    for number, (asked, answered) in enumerate(
        (("Shorten the depot notice", "The depot is closed.\x1b[2J"), ("Write to anna@example.org", "Dear Anna"))
    ):
        made = Conversation(f"c{number}", asked, "", 0, NOW, NOW, f"a{number}", ())
        for turn in (
            Turn(f"q{number}", "", "user", asked, NOW),
            Turn(
                f"a{number}",
                f"q{number}",
                "assistant",
                answered,
                NOW,
                {"seed": 7, "model_id": "m", "stop_reason": "end"},
            ),
        ):
            made = services.learner.conversations.save_turn(made, turn, model_id="m")
    services.close()
    return profile


def sandbox(profile: Path, *arguments: object) -> Done:
    return greenroom("--profile", profile, "sandbox", *arguments)


def test_conversations_are_listed_and_searched(filled: Path) -> None:
    done = sandbox(filled, "history")
    assert done.returncode == 0, done.stderr
    assert ["c1" in line or "c0" in line for line in done.stdout.splitlines()] == [True, True]
    found = sandbox(filled, "history", "depot clos")
    assert "c0" in found.stdout and "c1" not in found.stdout and "depot is closed" in found.stdout
    assert "\x1b" not in found.stdout, "an answer cannot act on the terminal"
    [one] = json.loads(sandbox(filled, "history", "depot", "--json").stdout)
    assert (one["id"], one["kind"], one["marked"]) == ("c0", "conversation", ["depot"])
    assert json.loads(sandbox(filled, "history", "--model", "other", "--json").stdout) == []


def test_a_conversation_is_written_once_the_guard_has_read_it(filled: Path, tmp_path: Path) -> None:
    out = tmp_path / "talk.md"
    done = sandbox(filled, "export", "c0", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "The depot is closed." in out.read_text("utf-8") and "seed 7" in out.read_text("utf-8")
    held = sandbox(filled, "export", "c1", "--out", tmp_path / "other.txt", "--as", "txt")
    assert held.returncode == 1 and "Nothing was written" in sentence(held)
    assert not (tmp_path / "other.txt").exists()
    sandbox(filled, "export", "c1", "--out", tmp_path / "other.txt", "--as", "txt", "--hide")
    assert "anna@example.org" not in (tmp_path / "other.txt").read_text("utf-8")
    sandbox(filled, "export", "c1", "--out", tmp_path / "other.txt", "--as", "txt", "--as-it-is")
    assert "anna@example.org" in (tmp_path / "other.txt").read_text("utf-8")


def test_without_the_keyring_nothing_is_written(filled: Path, tmp_path: Path) -> None:
    locked = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    done = greenroom("--profile", filled, "sandbox", "export", "c0", "--out", tmp_path / "x.md", environment=locked)
    assert done.returncode == 1 and "cannot be opened now" in sentence(done) and not (tmp_path / "x.md").exists()
    listed = greenroom("--profile", filled, "sandbox", "history", environment=locked)
    assert listed.stdout == "" and "2 cannot be read now" in listed.stderr


def test_what_is_not_there_is_told(filled: Path, tmp_path: Path) -> None:
    done = sandbox(filled, "export", "nowhere", "--out", tmp_path / "x.md")
    assert done.returncode == 1 and "no conversation nowhere" in sentence(done)
    assert sandbox(filled, "export", "c0", "--out", tmp_path / "x.md", "--hide", "--as-it-is").returncode == 2


def test_where_policy_wants_a_check_it_is_said_and_recorded_before_anything_is_written(
    filled: Path, tmp_path: Path, file_keyring: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    services = Services(Locations.find(filled))
    services.__dict__["policy"] = replace(Policy(), check_before_copy=True)
    out = tmp_path / "talk.md"
    run = CliRunner().invoke(export, ["c0", "--out", str(out)], obj=services)
    assert isinstance(run.exception, AppError) and "say --checked" in str(run.exception) and not out.exists()
    assert CliRunner().invoke(export, ["c0", "--out", str(out), "--checked"], obj=services).exit_code == 0
    assert "The depot is closed." in out.read_text("utf-8")
    rows = services.learner._db.execute("SELECT data FROM audit_events WHERE kind = 'answer_checked'").fetchall()
    assert [json.loads(row[0]) for row in rows] == [{"conversation": "c0", "findings": 0}]
    services.close()
