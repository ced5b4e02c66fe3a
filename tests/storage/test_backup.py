"""Backups: everything that cannot be made anew comes back as it was, and no other zip becomes a profile."""

from __future__ import annotations

import json
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.records.learner import LearnerRepository
from desktop_app.storage import backup
from desktop_app.storage.backup import check_backup, create_backup, read_backup, restore_backup
from desktop_app.storage.locations import Locations

NOW = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)


@pytest.fixture
def locations(profile: Path) -> Locations:
    """A profile with records, settings, a prompt and a model."""
    locations = Locations.find(profile)
    learner = LearnerRepository(locations)
    learner.record("counted", {"number": 1})
    learner.close()
    locations.settings_file.write_text('{"theme": "dark"}')
    (locations.own_library / "mine").mkdir(parents=True)
    (locations.own_library / "mine" / "1.prompt.yml").write_text("name: Mine – 1")
    locations.own_models.mkdir()
    (locations.own_models / "models.json").write_text('{"models": []}')
    (locations.own_models / "big.gguf").write_bytes(b"G" * 1000)
    locations.index_db.write_bytes(b"made anew")
    return locations


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    path = tmp_path / "backups"
    path.mkdir()
    return path


def entries(locations: Locations) -> int:
    learner = LearnerRepository(locations)
    try:
        report = finish(learner.audit.verify(learner.vault))
        assert report.is_whole
        return report.events
    finally:
        learner.close()


def test_what_cannot_be_made_anew_comes_back(locations: Locations, folder: Path) -> None:
    made = finish(create_backup(locations, folder, NOW))
    assert made.path.name == "greenroom-20261122-210000.zip" and made.path.stat().st_mode & 0o077 == 0
    assert {entry.name for entry in made.files} == {
        "learner.db", "audit-head.json", "settings.json", "models/models.json", "library/mine/1.prompt.yml",
    }  # fmt: skip
    assert read_backup(made.path) == made == finish(check_backup(made.path))
    before = entries(locations)
    locations.settings_file.write_text("{}")
    locations.learner_db.write_bytes(b"x" * 5000)
    found, aside = finish(restore_backup(made.path, locations, NOW))
    assert found == made and aside is not None and aside.name == "profile.before-20261122-210000"
    assert (aside / "learner.db").read_bytes() == b"x" * 5000 and (aside / "index.db").exists()
    assert entries(locations) == before
    assert locations.settings_file.read_text() == '{"theme": "dark"}'
    assert (locations.own_library / "mine" / "1.prompt.yml").read_text() == "name: Mine – 1"
    assert (locations.own_models / "big.gguf").read_bytes() == b"G" * 1000
    assert {path.name for path in locations.profile.iterdir()} <= {
        "learner.db", "learner.db-shm", "learner.db-wal", "audit-head.json", "settings.json", "models", "library", "last-backup.json",
    }  # fmt: skip


def test_a_backup_is_one_moment_while_the_app_writes(locations: Locations, folder: Path) -> None:
    learner = LearnerRepository(locations)
    learner.record("counted", {"number": 2})
    writer = sqlite3.connect(locations.learner_db)
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("DELETE FROM audit_events")
    made = finish(create_backup(locations, folder, NOW))
    writer.rollback()
    writer.close()
    learner.close()
    other = Locations.find(locations.profile.with_name("other"))
    _, aside = finish(restore_backup(made.path, other, NOW))
    assert aside is None and entries(other) == entries(locations)


def test_two_in_one_second_and_two_restores_keep_each_other(locations: Locations, folder: Path) -> None:
    names = [finish(create_backup(locations, folder, NOW)).path for _ in range(2)]
    assert [path.name for path in names] == ["greenroom-20261122-210000.zip", "greenroom-20261122-210000-2.zip"]
    asides = [finish(restore_backup(names[0], locations, NOW))[1] for _ in range(2)]
    assert len(set(asides)) == 2 and all(aside is not None and aside.exists() for aside in asides)


def test_without_records_or_a_folder_there_is_no_backup(locations: Locations, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is no folder"):
        finish(create_backup(locations, tmp_path / "gone", NOW))
    with pytest.raises(StoreError, match="nothing to back up"):
        finish(create_backup(Locations.find(tmp_path / "empty"), folder, NOW))
    locations.learner_db.write_bytes(b"x" * 5000)
    with pytest.raises(StoreError, match="is damaged"):
        finish(create_backup(locations, folder, NOW))
    assert list(folder.iterdir()) == [], "nothing half is left"


def test_a_full_disk_leaves_nothing_behind(locations: Locations, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left on device"):
        finish(create_backup(locations, folder, NOW))
    assert list(folder.iterdir()) == [] and not locations.last_backup.exists()


def rewritten(made: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None], compress: int = 8) -> Path:
    """The backup with another manifest and other files."""
    with zipfile.ZipFile(made) as archive:
        files = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
        manifest = json.loads(archive.read("manifest.json"))
    change(manifest, files)
    path = made.with_name("changed.zip")
    with zipfile.ZipFile(path, "w", compress) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
        archive.writestr("manifest.json", json.dumps(manifest))
    return path


def renamed(name: str) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    def change(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files[name] = files.pop("settings.json")
        next(one for one in manifest["files"] if one["name"] == "settings.json")["name"] = name

    return change


def said(**values: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    return lambda manifest, files: manifest.update(values)


def of_first(**values: Any) -> Callable[[dict[str, Any], dict[str, bytes]], None]:
    return lambda manifest, files: manifest["files"][0].update(values)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (renamed("../outside"), "is no file of a profile"),
        (renamed("/etc/outside"), "is no file of a profile"),
        (renamed("library/../../outside"), "is no file of a profile"),
        (renamed("library//outside"), "is no file of a profile"),
        (renamed("library"), "is no file of a profile"),
        (renamed("greenroom.lock"), "is no file of a profile"),
        (renamed("models/big.gguf"), "is no file of a profile"),
        (lambda manifest, files: files.update(extra=b"x"), "not those its manifest lists"),
        (lambda manifest, files: files.pop("settings.json"), "not those its manifest lists"),
        (lambda manifest, files: files.update({"settings.json": b"{}"}), "settings.json is not what its manifest says"),
        (lambda manifest, files: manifest["files"].pop(0), "not those its manifest lists"),
        (of_first(bytes=-1), "is no file of a profile"),
        (of_first(bytes=10), "learner.db is not what its manifest says"),
        (of_first(sha256="0" * 64), "learner.db is not what its manifest says"),
        (of_first(bytes="many"), "is damaged or no backup"),
        (said(format=2), "was made by a newer Greenroom"),
        (said(files=7), "is damaged or no backup"),
        (said(made_at="yesterday"), "is damaged or no backup"),
    ],
)
def test_a_zip_that_is_not_what_it_says_becomes_no_profile(
    locations: Locations, folder: Path, change: Callable[..., None], says: str
) -> None:
    path = rewritten(finish(create_backup(locations, folder, NOW)).path, change)
    before = {file: file.read_bytes() for file in locations.profile.rglob("*") if file.is_file()}
    for job in (check_backup(path), restore_backup(path, locations, NOW)):
        with pytest.raises(StoreError, match=says):
            finish(job)
    assert {file: file.read_bytes() for file in locations.profile.rglob("*") if file.is_file()} == before
    assert {file.name for file in locations.profile.parent.iterdir()} == {"profile", "backups"}


def test_a_bomb_is_not_unpacked(locations: Locations, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def bomb(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        files["settings.json"] = bytes(50_000_000)

    path = rewritten(finish(create_backup(locations, folder, NOW)).path, bomb)
    assert path.stat().st_size < 1_000_000
    written: list[int] = []
    monkeypatch.setattr(backup, "_STEP_BYTES", 1000)
    monkeypatch.setattr(os, "fsync", lambda handle: written.append(os.fstat(handle).st_size))
    with pytest.raises(StoreError, match="is not what its manifest says"):
        finish(check_backup(path))
    assert max(written, default=0) < 1_000_000


def test_records_of_a_newer_app_are_not_brought_back(locations: Locations, folder: Path) -> None:
    made = finish(create_backup(locations, folder, NOW)).path
    with zipfile.ZipFile(made) as archive:
        archive.extract("learner.db", folder / "out")
    with sqlite3.connect(folder / "out" / "learner.db") as db:
        db.execute(
            "UPDATE _sqlite_migrations SET name = 'from_the_future' WHERE name = (SELECT max(name) FROM _sqlite_migrations)"
        )
    db.close()
    newer = (folder / "out" / "learner.db").read_bytes()

    def change(manifest: dict[str, Any], files: dict[str, bytes]) -> None:
        import hashlib

        files["learner.db"] = newer
        manifest["files"][0].update(bytes=len(newer), sha256=hashlib.sha256(newer).hexdigest())

    with pytest.raises(StoreError, match="newer Greenroom"):
        finish(restore_backup(rewritten(made, change), locations, NOW))


@pytest.mark.skipif(os.name != "posix", reason="how it is told elsewhere: the system refuses")
def test_nothing_is_restored_under_an_open_window(locations: Locations, folder: Path) -> None:
    made = finish(create_backup(locations, folder, NOW)).path
    locations.lock_file.write_text(f"{os.getpid()}\ngreenroom\nhost\n")
    with pytest.raises(StoreError, match="Greenroom is open with"):
        finish(restore_backup(made, locations, NOW))
    locations.lock_file.write_text("99999999\ngreenroom\nhost\n")  # one that crashed
    finish(restore_backup(made, locations, NOW))


def test_a_restore_that_cannot_finish_puts_the_profile_back(
    locations: Locations, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = finish(create_backup(locations, folder, NOW)).path
    rename = Path.rename

    def refused(self: Path, target: Path) -> Path:
        if self.name.startswith(".greenroom-restore-"):
            raise OSError(18, "Invalid cross-device link")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(StoreError, match="cross-device"):
        finish(restore_backup(made, locations, NOW))
    assert {file.name for file in locations.profile.parent.iterdir()} == {"profile", "backups"}
    assert locations.settings_file.read_text() == '{"theme": "dark"}'


@pytest.mark.parametrize("content", [b"", b"PK", b"no zip at all" * 100])
def test_what_is_no_zip_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "greenroom-x.zip"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="is damaged or no backup"):
        read_backup(path)
    with pytest.raises(StoreError, match="No such file"):
        read_backup(tmp_path / "gone.zip")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(at=st.integers(0, 10**9), change=st.integers(1, 255), cut=st.booleans())
def test_one_byte_changed_is_noticed_or_harmless(
    locations: Locations, folder: Path, at: int, change: int, cut: bool
) -> None:
    made = next(folder.glob("greenroom-2026*.zip"), None) or finish(create_backup(locations, folder, NOW)).path
    data = bytearray(made.read_bytes())
    at %= len(data)
    data[at] ^= change
    path = folder / "changed.zip"
    path.write_bytes(data[:at] if cut else data)
    with suppress(StoreError):
        assert finish(check_backup(path)).files == read_backup(made).files
