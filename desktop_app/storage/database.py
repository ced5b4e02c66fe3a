"""Opening SQLite files the way Greenroom needs them, and turning their failures into sentences."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from desktop_app.errors import StoreError
from desktop_app.storage.sqlite import Database, Migrations

# The window's own connection must not freeze it for long when another process writes.
BUSY_TIMEOUT_MS = 1500


class DamagedError(StoreError):
    """The file is not a whole database; path is the file."""

    def __init__(self, path: Path, message: str) -> None:
        self.path = path
        super().__init__(message)


class NewerError(StoreError):
    """The file was written by a newer app."""


def open_database(
    path: Path, migrations: Migrations, *, durable: bool, read_only: bool = False, any_thread: bool = False
) -> Database:
    """Open (and create or migrate) a database; durable ones survive a power cut after every commit.

    A read-only one is opened where it lies, also in a folder that cannot be written. One for any thread is used from
    one at a time: whoever shares it sees to that. Raises DamagedError for a
    truncated or foreign file, NewerError for one newer than the app, StoreError if it is locked or unwritable.
    """
    with store_errors(path):
        if read_only:
            db = Database(
                sqlite3.connect(_read_only_uri(path), uri=True, check_same_thread=False), execute_plugins=False
            )
        else:
            connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_MS / 1000, check_same_thread=not any_thread)
            db = Database(connection, execute_plugins=False)
        try:
            _prepare(db, path, migrations, durable=durable, read_only=read_only)
        except BaseException:
            db.close()
            raise
    return db


def _read_only_uri(path: Path) -> str:
    # Reading a WAL file needs two more files beside it. Where neither can be made nothing can change either.
    fixed = not os.access(path.absolute().parent, os.W_OK) and not path.with_name(path.name + "-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if fixed else ''}"


def _prepare(db: Database, path: Path, migrations: Migrations, *, durable: bool, read_only: bool) -> None:
    if 0 < path.stat().st_size < 512:  # less than a page, which SQLite takes for an empty file and would overwrite
        raise _damaged(path)
    try:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        applied = {done.name for done in migrations.applied(db)}
    except (ValueError, LookupError, sqlite3.OperationalError) as exc:
        if getattr(exc, "sqlite_errorname", "SQLITE_ERROR") != "SQLITE_ERROR":
            raise  # busy, full, …
        raise _damaged(path) from exc  # a table's name that is no UTF-8, a table without its columns
    if tables - {migrations.migrations_table} and not applied:
        raise _damaged(path)  # somebody else's database
    unknown = applied - _names(migrations)
    if unknown:
        raise NewerError(
            f"{path} was written by a newer Greenroom ({', '.join(sorted(unknown))}). "
            "Install that version again, or choose another profile with --profile. Nothing was changed."
        )
    if read_only:
        return
    db.execute("PRAGMA journal_mode=WAL")  # sqlite-utils leaves the default, delete
    db.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
    db.execute("PRAGMA secure_delete=ON")
    db.execute("PRAGMA foreign_keys=ON")
    if migrations.pending(db):
        with writing(db, path):  # two processes may start at once
            migrations.apply(db)


def _names(migrations: Migrations) -> set[str]:
    # The public pending() needs a database without any; an empty one in memory tells all names.
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        return {migration.name for migration in migrations.pending(Database(empty, execute_plugins=False))}


@contextlib.contextmanager
def writing(db: Database, path: Path) -> Iterator[Database]:
    """One transaction that takes the write lock at once; two writers wait instead of failing half-way."""
    with store_errors(path):
        if db.conn.in_transaction:
            with db.atomic():
                yield db
            return
        db.conn.execute("BEGIN IMMEDIATE")
        try:
            yield db
            db.conn.execute("COMMIT")
        except BaseException:
            db.rollback()
            raise


@contextlib.contextmanager
def store_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's failures on path into StoreError with the way out."""
    try:
        yield
    except sqlite3.DatabaseError as exc:
        raise _sentence(path, exc) from exc


@contextlib.contextmanager
def cache_errors(path: Path) -> Iterator[None]:
    """Like store_errors, for a file that can be made anew: whatever does not fit in it counts as damage (DamagedError)."""
    try:
        with store_errors(path):
            yield
    except (sqlite3.Error, LookupError, ValueError, TypeError, MemoryError) as exc:
        raise _damaged(path) from exc


def _damaged(path: Path) -> DamagedError:
    return DamagedError(
        path,
        f"{path} is damaged or not a Greenroom database. It was left as it is: put a backup in its place, "
        "or move it away to start afresh.",
    )


def _sentence(path: Path, exc: sqlite3.DatabaseError) -> StoreError:
    name = getattr(exc, "sqlite_errorname", "")
    # Python's own complaint about a text that is no UTF-8 carries no code
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or "Could not decode to UTF-8" in str(exc):
        return _damaged(path)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreError(f"{path} is in use by another program. Close it there, then try again; nothing was lost.")
    if name.startswith("SQLITE_FULL"):
        return StoreError(
            f"The disk that holds {path} is full. Free some space, then try again; what was saved before is safe."
        )
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM", "SQLITE_IOERR")):
        return StoreError(
            f"{path} cannot be read or written ({exc}). Check the disk and your rights on the folder, or choose another with --profile."
        )
    raise exc
