"""greenroom doctor: every part is tried, and a part that is wrong is named while the others are still told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli import doctor as command
from desktop_app.cli.root import root
from desktop_app.sandbox.lockdown import Offline
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.cli.test_records import tamper
from tests.helpers.prompt_files import write_prompt

# What the process says when it starts; this one, which runs other tests too, must not deny itself anything.
OFFLINE = Offline(True, "")
PARTS = [
    "Version",
    "Lessons",
    "Prompts",
    "Profile",
    "Search index",
    "Offline",
    "Keyring",
    "Records",
    "Policy",
    "Model",
    "Sandbox",
]


def run(profile: Path, *arguments: object, options: tuple[object, ...] = ()) -> Result:
    words = ["--profile", profile, *options, "doctor", *arguments]
    return CliRunner().invoke(root, [str(word) for word in words], obj=OFFLINE)


def states(done: Result) -> dict[str, str]:
    return {row["check"]: row["state"] for row in json.loads(done.stdout)}


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out the two parts that start the model, where a test is about the others."""
    for name in ("_model", "_sandbox"):
        monkeypatch.setattr(command, name, lambda services: ("good", "not looked at"))


@pytest.mark.model
def test_everything_is_good(profile: Path, file_keyring: dict[str, str]) -> None:
    done = run(profile, "--json")
    assert done.exit_code == 0 and done.stderr == "", done.output
    assert list(states(done)) == PARTS
    assert set(states(done).values()) == {"good"}, done.stdout


def test_no_keyring_is_a_note_and_no_fault(profile: Path, no_model: None) -> None:
    done = run(profile)
    assert done.exit_code == 0
    assert "· Keyring: This computer has no system keyring" in done.stdout
    assert done.stdout.count("✓") == len(PARTS) - 1


def test_an_app_that_is_not_offline_is_told(profile: Path, no_model: None) -> None:
    done = CliRunner().invoke(root, ["--profile", str(profile), "doctor"], obj=Offline(False, "no seccomp here"))
    assert (
        done.exit_code == 1 and "✗ Offline: The app could not deny itself the internet. no seccomp here" in done.stdout
    )


def test_a_profile_that_is_a_file(profile: Path, no_model: None) -> None:
    profile.write_text("mine")
    done = run(profile, "--json")
    assert done.exit_code == 1
    assert {name for name, state in states(done).items() if state == "bad"} == {
        "Profile",
        "Search index",
        "Keyring",
        "Records",
    }
    assert states(done)["Lessons"] == "good"
    assert profile.read_text() == "mine"


def test_a_damaged_database_is_told_and_left(profile: Path, no_model: None) -> None:
    profile.mkdir()
    (profile / "learner.db").write_bytes(b"x" * 5000)
    done = run(profile)
    assert done.exit_code == 1
    assert f"✗ Records: {profile / 'learner.db'} is damaged" in done.stdout and "✓ Search index" in done.stdout
    assert (profile / "learner.db").read_bytes() == b"x" * 5000


def test_an_altered_chain(profile: Path, no_model: None) -> None:
    services = Services(Locations.find(profile))
    services.learner.record("counted", {"number": 1})
    services.close()
    tamper(profile / "learner.db")
    done = run(profile)
    assert done.exit_code == 1 and "✗ Records: Entry 1 was altered" in done.stdout


def test_a_broken_prompt_and_broken_settings(profile: Path, tmp_path: Path, no_model: None) -> None:
    profile.mkdir()
    (profile / "settings.json").write_text("{")
    file = write_prompt(tmp_path / "library", owner=None)
    done = run(profile, options=("--library", tmp_path / "library"))
    assert done.exit_code == 1
    assert f"✗ Prompts: {file}:1:1: " in done.stdout
    assert f"· Profile: {profile / 'settings.json'} could not be read" in done.stdout


def test_a_glossary_that_cannot_be_read_is_named(profile: Path, tmp_path: Path, no_model: None) -> None:
    (tmp_path / "glossary.yml").write_text("language: en\nentries: [\n", encoding="utf-8")
    done = run(profile, "--json", options=("--content", tmp_path))
    assert done.exit_code == 1 and states(done)["Lessons"] == "bad"
    assert "glossary.yml" in next(row["detail"] for row in json.loads(done.stdout) if row["check"] == "Lessons")
