"""greenroom records."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli.root import root
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.command import greenroom


@pytest.fixture
def filled(profile: Path) -> Path:
    """A profile with one lesson begun."""
    services = Services(Locations.find(profile))
    lesson = services.lessons.lessons()[0]
    services.learner.open_step(lesson.id, lesson.version, lesson.steps[0].key)
    services.learner.finish_step(lesson.id, lesson.steps[0].key)
    services.close()
    return profile


def run(profile: Path, *arguments: object) -> Result:
    return CliRunner().invoke(root, ["--profile", str(profile), "records", *map(str, arguments)])


def tamper(database: Path, sql: str = "UPDATE audit_events SET data = '{}' WHERE seq = 1") -> None:
    with closing(sqlite3.connect(database)) as db, db:
        assert db.execute(sql).rowcount > 0


def test_progress_lists_every_lesson(filled: Path) -> None:
    rows = json.loads(run(filled, "progress", "--json").stdout)
    assert [row["state"] for row in rows if row["steps_done"]] == ["started"]
    assert {row["state"] for row in rows if not row["steps_done"]} <= {"not started"}
    assert "started      1/" in run(filled, "progress").stdout


def test_a_whole_chain_without_a_keyring(filled: Path) -> None:
    done = run(filled, "verify")
    assert done.exit_code == 0 and done.stderr == ""
    assert done.stdout.startswith(
        f"{filled / 'learner.db'}: 2 entries, the chain is whole; not signed: This computer has no"
    )
    document = json.loads(run(filled, "verify", "--json").stdout)
    assert document["is_whole"] is True and document["signed"] is False and document["events"] == 2


def test_a_signed_chain(filled: Path, file_keyring: dict[str, str]) -> None:
    services = Services(Locations.find(filled))
    services.unlock_vault()
    services.close()
    assert run(filled, "verify").stdout.endswith("its signature holds\n")
    document = json.loads(run(filled, "verify", "--json").stdout)
    assert document["signed"] is True and document["key"] == "in the keyring"


def test_an_altered_copy_is_found_and_the_original_is_whole(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(filled, copy)
    tamper(copy / "learner.db")
    done = run(filled, "verify", copy / "learner.db")
    assert done.exit_code == 1 and done.stdout == ""
    assert done.stderr.startswith(f"greenroom: {copy / 'learner.db'}: Entry 1 was altered: ")
    listed = run(filled, "verify", copy / "learner.db", "--json")
    assert listed.exit_code == 1 and listed.stderr == ""
    assert json.loads(listed.stdout)["is_whole"] is False
    assert run(filled, "verify", filled / "learner.db").exit_code == 0
    assert run(filled, "verify").exit_code == 0


def test_verifying_another_file_changes_nothing_beside_it(filled: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in filled.iterdir()}
    assert run(tmp_path / "mine", "verify", filled / "learner.db").exit_code == 0
    after = {path.name: path.read_bytes() for path in filled.iterdir()}
    assert {name: data for name, data in after.items() if not name.endswith(("-wal", "-shm"))} == before
    assert not (tmp_path / "mine").exists(), "checking somebody's records makes no profile"


def test_a_relative_name_works(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(filled)
    assert run(filled, "verify", "learner.db").exit_code == 0


def test_looking_twice_does_not_make_a_cut_chain_whole(filled: Path, file_keyring: dict[str, str]) -> None:
    services = Services(Locations.find(filled))
    services.unlock_vault()
    services.close()
    tamper(filled / "learner.db", "DELETE FROM audit_events WHERE seq = 2")
    for _ in range(2):
        done = run(filled, "verify")
        assert done.exit_code == 1 and "The last entries were cut off: 2 were recorded, 1 are there." in done.stderr
        assert CliRunner().invoke(root, ["--profile", str(filled), "records", "progress"]).exit_code == 0


def test_a_copy_without_its_head_is_not_called_whole(filled: Path, tmp_path: Path) -> None:
    shutil.copy(filled / "learner.db", tmp_path / "learner.db")
    done = run(filled, "verify", tmp_path / "learner.db")
    assert done.exit_code == 1 and "audit-head.json is missing" in done.stderr


def test_a_file_that_is_no_database(filled: Path, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear all, " * 100)
    done = run(filled, "verify", tmp_path / "letter.txt")
    assert done.exit_code == 1 and "letter.txt is damaged or not a Greenroom database" in done.stderr


def test_no_progress_bar_reaches_a_pipe(filled: Path) -> None:
    done = greenroom("--profile", filled, "records", "verify")
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("\n") == 1
