"""Backups of a profile: one zip file with what cannot be made anew, and a manifest with the SHA-256 of each file.

In it are the records with the head of their audit chain, the settings, the person's own prompts and the list of models they added;
not the models themselves, indexes, results and caches, nor the key to the texts, which stays in the keyring. The hashes notice a
damaged file; whoever can write the zip can write them too.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO

from desktop_app import __version__
from desktop_app.errors import StoreError
from desktop_app.jobs import Job, Progress
from desktop_app.storage import migrations
from desktop_app.storage.database import open_database, store_errors
from desktop_app.storage.files import write_atomically
from desktop_app.storage.locations import Locations

FORMAT = 1
MANIFEST, DATABASE = "manifest.json", "learner.db"
PLAIN = ("audit-head.json", "settings.json", "models/models.json")
LIBRARY = "library"
_STEP_BYTES = 1024 * 1024
_MOST_FILES, _MANIFEST_BYTES = 100_000, 32_000_000
_FORBIDDEN = set("\\:\0" if os.name == "nt" else "\0")
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, NotImplementedError, RuntimeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a backup: its place in the profile, with / between folders, its size, and its SHA-256 in hex."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself; app is the version that made it."""

    path: Path
    made_at: datetime
    app: str
    files: tuple[Entry, ...]


def create_backup(locations: Locations, folder: Path, now: datetime) -> Job[Backup]:
    """Write a new backup into folder, whole or not at all, and return it; the app may be open.

    Raises StoreError if there are no records, they are damaged, or something cannot be read or written.
    """
    if not locations.learner_db.is_file():
        raise StoreError(f"{locations.profile} holds no records yet, so there is nothing to back up.")
    target = _free_name(folder, now)
    with _file_errors(folder), tempfile.TemporaryDirectory(dir=folder, prefix=".greenroom-backup-") as scratch:
        # the head first: records may run ahead of it, but a head they do not lead to is evidence of a cut
        plain = {name: path.read_bytes() for name in PLAIN if (path := locations.profile / name).is_file()}
        snapshot, packed = Path(scratch) / DATABASE, Path(scratch) / "backup.zip"
        _copy_database(locations.learner_db, snapshot)
        own = list(_own_prompts(locations.own_library))
        entries = []
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for done, (name, source) in enumerate([(DATABASE, snapshot), *plain.items(), *own]):
                yield Progress(done, len(plain) + len(own) + 1, name)
                entries.append(_pack(archive, name, source))
            archive.writestr(MANIFEST, _manifest(entries, now))
        with packed.open("rb+") as file:
            os.fsync(file.fileno())
        packed.chmod(0o600)
        packed.replace(target)
    made = Backup(target, now, __version__, tuple(entries))
    _remember(locations.last_backup, made)
    return made


def check_backup(path: Path) -> Job[Backup]:
    """Read every byte of a backup against its manifest and open its records; raises StoreError naming what is wrong."""
    with tempfile.TemporaryDirectory(prefix="greenroom-check-") as scratch:
        return (yield from unpack_backup(path, Path(scratch)))


def unpack_backup(path: Path, folder: Path) -> Job[Backup]:
    """Unpack a backup into an empty folder, checked byte for byte; raises StoreError naming what is wrong."""
    with _file_errors(path), _readable(path) as archive:
        backup = _read_manifest(path, archive)
        for done, entry in enumerate(backup.files):
            yield Progress(done, len(backup.files), entry.name)
            target = folder / entry.name
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with archive.open(entry.name) as packed, target.open("wb") as file:
                if _copied(packed, file, entry.bytes) != entry.sha256:
                    raise StoreError(
                        f"{path} is damaged: {entry.name} is not what its manifest says. Use another backup."
                    )
                file.flush()
                os.fsync(file.fileno())
    open_database(folder / DATABASE, migrations.learner, durable=False, read_only=True).close()
    for end in ("-wal", "-shm"):  # empty ones that reading leaves behind
        (folder / f"{DATABASE}{end}").unlink(missing_ok=True)
    return backup


def restore_backup(path: Path, locations: Locations, now: datetime) -> Job[tuple[Backup, Path | None]]:
    """Put a checked backup in the profile's place; return it and where the profile before lies now, None if there was none.

    Models the person added are linked over from there. Raises StoreError; then the profile is as it was.
    """
    profile = locations.profile
    if holder := _window(locations.lock_file):
        raise StoreError(
            f"Greenroom is open with {profile} (process {holder}). Close its window, then try again; if none is open, delete "
            f"{locations.lock_file}."
        )
    with _file_errors(profile.parent):
        profile.parent.mkdir(parents=True, exist_ok=True)
        scratch = Path(tempfile.mkdtemp(dir=profile.parent, prefix=".greenroom-restore-"))
    try:
        backup = yield from unpack_backup(path, scratch)
        _bring_models(locations.own_models, scratch / "models")
        _remember(scratch / locations.last_backup.name, backup)
        with _file_errors(profile):
            return backup, _swap(scratch, profile, now)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def read_backup(path: Path) -> Backup:
    """What a backup says of itself, unchecked; raises StoreError if it is none."""
    with _file_errors(path), _readable(path) as archive:
        return _read_manifest(path, archive)


def _remember(path: Path, backup: Backup) -> None:
    said = {"at": backup.made_at.isoformat(), "file": str(backup.path.absolute())}
    write_atomically(path, json.dumps(said).encode())


def _copy_database(source: Path, target: Path) -> None:
    """SQLite's own backup: one moment of the records, whoever writes meanwhile."""
    db = open_database(source, migrations.learner, durable=False, read_only=True)
    try:
        with store_errors(source), contextlib.closing(sqlite3.connect(target)) as copy:
            db.conn.backup(copy)
    finally:
        db.close()


def _own_prompts(library: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(library.rglob("*")):
        if path.is_file() and not path.is_symlink():
            name = f"{LIBRARY}/{path.relative_to(library).as_posix()}"
            if not name.isprintable() or not _belongs(name):
                raise StoreError(f"{path!r} has a name that no backup can hold. Rename it, then try again.")
            yield name, path


def _pack(archive: zipfile.ZipFile, name: str, source: Path | bytes) -> Entry:
    digest, count = hashlib.sha256(), 0
    if isinstance(source, bytes):
        archive.writestr(name, source)
        return Entry(name, len(source), hashlib.sha256(source).hexdigest())
    with source.open("rb") as file, archive.open(name, "w", force_zip64=True) as packed:
        while block := file.read(_STEP_BYTES):
            digest.update(block)
            count += len(block)
            packed.write(block)
    return Entry(name, count, digest.hexdigest())


def _manifest(entries: list[Entry], now: datetime) -> str:
    files = [{"name": entry.name, "bytes": entry.bytes, "sha256": entry.sha256} for entry in entries]
    return json.dumps({"format": FORMAT, "app": __version__, "made_at": now.isoformat(), "files": files}, indent=1)


def _read_manifest(path: Path, archive: zipfile.ZipFile) -> Backup:
    if archive.getinfo(MANIFEST).file_size > _MANIFEST_BYTES:
        raise StoreError(f"{path} is no backup of Greenroom: its manifest is too large.")
    said = json.loads(archive.read(MANIFEST))
    if said["format"] != FORMAT:
        raise StoreError(f"{path} was made by a newer Greenroom ({str(said['app'])[:40]}). Use that version.")
    files = tuple(Entry(str(one["name"]), int(one["bytes"]), str(one["sha256"])) for one in said["files"])
    names = [entry.name for entry in files]
    if len(files) > _MOST_FILES or sorted([*names, MANIFEST]) != sorted(archive.namelist()) or DATABASE not in names:
        raise StoreError(f"{path} is damaged: its files are not those its manifest lists. Use another backup.")
    if wrong := [entry.name for entry in files if entry.bytes < 0 or not _belongs(entry.name)]:
        raise StoreError(f"{path} is no backup of Greenroom: {wrong[0][:60]!r} is no file of a profile.")
    return Backup(path, datetime.fromisoformat(said["made_at"]), str(said["app"])[:40], files)


def _belongs(name: str) -> bool:
    """True for a file that a backup may hold; nothing leads out of the profile."""
    parts = PurePosixPath(name).parts
    plain = not any(part in ("..", ".") or set(part) & _FORBIDDEN for part in parts) and "/".join(parts) == name
    return name in (DATABASE, *PLAIN) or (plain and len(parts) > 1 and parts[0] == LIBRARY)


def _copied(packed: IO[bytes], file: IO[bytes], most: int) -> str:
    """Copy at most so many bytes and one, however many a zip unpacks to; return their SHA-256."""
    digest, left = hashlib.sha256(), most + 1
    while left and (block := packed.read(min(_STEP_BYTES, left))):
        digest.update(block)
        file.write(block)
        left -= len(block)
    return digest.hexdigest() if left else ""


def _window(lock: Path) -> int:
    """The process of the window that uses the profile, 0 if none does; Windows itself refuses to move a folder in use."""
    if os.name == "nt":
        return 0
    try:
        process = int(lock.read_text("utf-8", "replace").splitlines()[0])  # as Qt's QLockFile writes it
        os.kill(process, 0)
    except PermissionError:
        return process
    except (OSError, ValueError, IndexError, OverflowError):
        return 0
    return process if process > 0 else 0


def _bring_models(before: Path, models: Path) -> None:
    for file in before.glob("*.gguf") if models.is_dir() else ():
        with contextlib.suppress(OSError):  # no links here: the file stays where the profile before lies
            os.link(file, models / file.name)


def _swap(scratch: Path, profile: Path, now: datetime) -> Path | None:
    if not profile.exists():
        scratch.rename(profile)
        return None
    aside = _unused(profile.with_name(f"{profile.name}.before-{now:%Y%m%d-%H%M%S}"))
    profile.rename(aside)
    try:
        scratch.rename(profile)
    except OSError:
        aside.rename(profile)
        raise
    return aside


def _free_name(folder: Path, now: datetime) -> Path:
    if not folder.is_dir():
        raise StoreError(f"{folder} is no folder. Make it, or name another.")
    return _unused(folder / f"greenroom-{now:%Y%m%d-%H%M%S}.zip")


def _unused(path: Path) -> Path:
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.stem}-{number}{path.suffix}")
    return candidate


@contextlib.contextmanager
def _readable(path: Path) -> Iterator[zipfile.ZipFile]:
    """The zip at path; whatever is wrong with it becomes one sentence."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _BROKEN as exc:
        raise StoreError(f"{path} is damaged or no backup of Greenroom. Use another backup.") from exc


@contextlib.contextmanager
def _file_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as exc:
        raise StoreError(
            f"{exc.filename or path}: {exc.strerror or exc}. Free some space or check your rights, then try again."
        ) from exc
