"""index.db, which can always be made again: found by several threads, begun anew when it is damaged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

from desktop_app.errors import StoreError
from desktop_app.storage.database import DamagedError, NewerError, cache_errors, open_database
from desktop_app.storage.files import identity
from desktop_app.storage.sqlite import Database, Migrations


def discard_index(path: Path) -> None:
    """Delete an index; raises StoreError."""
    try:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as exc:
        raise StoreError(f"{path} is damaged and cannot be deleted ({exc.strerror}). Delete it yourself.") from exc


class IndexFile:
    """One open index. May be asked from several threads, one after the other.

    path None keeps everything in memory, for the thread that made it. damaged is what is said when the file turns out to be
    damaged while it is asked; let_go is called whenever the file is closed, to forget what was read from it.
    """

    def __init__(self, path: Path | None, tables: Migrations, damaged: str, let_go: Callable[[], None]) -> None:
        """Open or make it; one that is damaged or of another app is made anew. Raises StoreError."""
        self._in_memory, self.path = path is None, path or Path("an index in memory")
        self._tables, self._damaged, self._on_let_go = tables, damaged, let_go
        self._lock = Lock()
        self._db: Database | None = None
        self._opened: tuple[int, int] | None = None
        self._current()

    def close(self) -> None:
        """Close the file; whoever asks afterwards opens it again."""
        with self._lock:
            self._let_go()

    def current(self) -> Database:
        """The file that is there now, for the one thread that writes it."""
        with self._lock:
            return self._current()

    @contextmanager
    def asking(self) -> Iterator[Database]:
        """The file, for one caller at a time. One that turns out to be damaged is deleted: DamagedError says so."""
        with self._lock:
            try:
                with cache_errors(self.path):
                    yield self._current()
            except DamagedError as exc:
                self._let_go()
                if not self._in_memory:
                    discard_index(self.path)
                raise DamagedError(self.path, self._damaged) from exc

    def _current(self) -> Database:
        """Somebody else may have found the file damaged and begun a new one."""
        if self._in_memory:
            if self._db is None:
                self._db = Database(memory=True)
                self._tables.apply(self._db)
        elif self._db is None or self._opened != identity(self.path):
            self._let_go()
            try:
                self._db = self._open()
            except (DamagedError, NewerError):
                discard_index(self.path)
                self._db = self._open()
            self._opened = identity(self.path)
        return self._db

    def _open(self) -> Database:
        return open_database(self.path, self._tables, durable=False, any_thread=True)

    def _let_go(self) -> None:
        if self._db is not None:
            self._db.close()
        self._db = None
        self._on_let_go()
