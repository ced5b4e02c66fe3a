"""greenroom backup: made, listed, checked, brought back; a wrong file is named with exit code 1."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli.doctor_profile import CHECKS
from desktop_app.cli.root import root
from desktop_app.services import Services
from desktop_app.storage.locations import Locations


def run(profile: Path, *words: object) -> Result:
    return CliRunner().invoke(root, ["--profile", str(profile), "backup", *map(str, words)])


@pytest.fixture
def folder(tmp_path: Path, profile: Path) -> Path:
    """Where backups go; the profile has records."""
    services = Services(Locations.find(profile))
    services.learner.record("counted", {"number": 1})
    services.close()
    path = tmp_path / "backups"
    path.mkdir()
    return path


def test_made_listed_checked_and_brought_back(profile: Path, folder: Path) -> None:
    made = run(profile, "create", folder)
    assert made.exit_code == 0, made.output
    [file] = folder.iterdir()
    assert made.stdout.startswith(f"{file}: 2 files, ")
    assert run(profile, "verify", file).stdout.startswith(f"{file} is whole: 2 files, ")
    [row] = json.loads(run(profile, "list", folder, "--json").stdout)
    assert row["path"] == str(file) and {one["name"] for one in row["files"]} == {"learner.db", "audit-head.json"}
    done = run(profile, "restore", file)
    assert done.exit_code == 0 and "is as it was on" in done.stdout and "Delete it once all is well." in done.stdout


def test_a_file_that_is_none_is_named(profile: Path, folder: Path) -> None:
    wrong = folder / "greenroom-1.zip"
    wrong.write_bytes(b"zip")
    for words in (("verify", wrong), ("restore", wrong), ("list", folder)):
        done = run(profile, *words)
        assert done.exit_code == 1 and "is damaged or no backup" in done.stderr
    assert run(profile, "create", folder / "gone").exit_code == 2


@pytest.mark.parametrize(
    ("days", "state", "says"),
    [(1, "pass", "greenroom-"), (45, "warn", "45 days old"), (None, "warn", "cannot be read")],
)
def test_doctor_tells_how_old_the_last_one_is(
    profile: Path, folder: Path, days: int | None, state: str, says: str
) -> None:
    [check] = [check for check in CHECKS if check.id == "backup"]
    services = Services(Locations.find(profile))
    assert check.run(services).state == "pass", "whoever backs up otherwise is not nagged"
    run(profile, "create", folder)
    [file] = folder.iterdir()
    at = datetime.now(UTC) - timedelta(days=days or 0)
    kept = {"at": at.isoformat(), "file": str(file)} if days is not None else []
    services.locations.last_backup.write_text(json.dumps(kept))
    found = check.run(services)
    assert found.state == state and says in found.detail
    if days == 1:
        file.unlink()
        assert "any more" in check.run(services).detail
