"""Results of prompt tests in results.db: the model's answers by what went in, and how each case last went.

An answer is kept under a hash of all that made it (see matrix.py), so it is never made twice; what it is worth is worked
out anew each time. A row of history is written only when something changed. The file may be deleted at any time. Only
answers to prompts that lie in library folders, and to the tasks of scorecards, come here: drafts use a store in memory.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from desktop_app.clock import utc_now
from desktop_app.errors import StoreError
from desktop_app.prompts.evaluate.grading import Output
from desktop_app.storage.database import DamagedError, cache_errors, open_database, writing
from desktop_app.storage.files import identity
from desktop_app.storage.sqlite import Database, Migrations

T = TypeVar("T")
_CHUNK = 500
_MOST_OUTPUTS = 50_000
_OUTPUT = "text, stop_reason, first_token_ms, total_ms, prompt_tokens, completion_tokens"

schema = Migrations("results")


@schema()
def m0001_start(db: Database) -> None:
    """Answers by what went in; how cases went, a row per change; hashes of model files by size and time."""
    for statement in (
        """CREATE TABLE outputs (
             key TEXT PRIMARY KEY, text TEXT NOT NULL, stop_reason TEXT NOT NULL, first_token_ms REAL NOT NULL,
             total_ms REAL NOT NULL, prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
             at TEXT NOT NULL) STRICT""",
        """CREATE TABLE results (
             number INTEGER PRIMARY KEY, prompt_id TEXT NOT NULL, version INTEGER NOT NULL, model_id TEXT NOT NULL,
             case_key TEXT NOT NULL, seed INTEGER NOT NULL, title TEXT NOT NULL, content_hash TEXT NOT NULL,
             model_hash TEXT NOT NULL, output_key TEXT NOT NULL, passed INTEGER NOT NULL, score REAL NOT NULL,
             at TEXT NOT NULL) STRICT""",
        "CREATE INDEX results_by_cell ON results (prompt_id, version, model_id, case_key, seed, number)",
        """CREATE TABLE model_files (
             path TEXT PRIMARY KEY, model_bytes INTEGER NOT NULL, changed_ns INTEGER NOT NULL, sha256 TEXT NOT NULL)
             STRICT""",
    ):
        db.execute(statement)


@dataclass(frozen=True, slots=True)
class StoredResult:
    """How a case went the last time. text is the answer then, None if it is no longer kept."""

    prompt_id: str
    version: int
    model_id: str
    case_key: str
    seed: int
    title: str
    content_hash: str
    model_hash: str
    output_key: str
    passed: bool
    score: float
    at: datetime
    text: str | None = None


class ResultStore:
    """One results.db, or one in memory. Belongs to the thread that opened it. set_aside is where a damaged file went."""

    def __init__(self, path: Path | None) -> None:
        """path None keeps everything in memory; raises StoreError if the file is locked, unwritable or newer than the app."""
        self._path = path
        self.set_aside: Path | None = None
        self._opened: tuple[int, int] | None = None
        try:
            self._db = self._open()
        except DamagedError:
            self._db = self._begin_anew()
        self._guarded(self._prune)

    def __enter__(self) -> ResultStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def outputs(self, keys: Iterable[str]) -> dict[str, Output]:
        """The kept answers among these keys."""
        return self._guarded(lambda: self._outputs(list(keys)))

    def latest(self, prompt_id: str, version: int, model_id: str) -> dict[tuple[str, int], StoredResult]:
        """How each (case, seed) of a version went the last time on a model, without the answers' texts."""
        return self._guarded(lambda: self._history(prompt_id, version, model_id, 1))

    def previous(self, prompt_id: str, version: int, model_id: str) -> dict[tuple[str, int], StoredResult]:
        """How each (case, seed) went before its latest result, where it has more than one."""
        return self._guarded(lambda: self._history(prompt_id, version, model_id, 2))

    def text(self, output_key: str) -> str | None:
        """A kept answer's text."""
        found = self.outputs([output_key]).get(output_key)
        return found.text if found else None

    def keep_output(self, key: str, output: Output) -> None:
        """Keep an answer under the hash of what went in; raises StoreError."""
        self._guarded(lambda: self._keep_output(key, output))

    def save(self, result: StoredResult) -> None:
        """Keep how a case went; raises StoreError."""
        self._guarded(lambda: self._save(result))

    def hash_of_file(self, path: str, model_bytes: int, changed_ns: int) -> str:
        """The SHA-256 kept for a model file of this size and time of change, "" if there is none."""

        def read() -> str:
            with self._errors():
                row = self._db.execute(
                    "SELECT sha256 FROM model_files WHERE path = ? AND model_bytes = ? AND changed_ns = ?",
                    (path, model_bytes, changed_ns),
                ).fetchone()
            return row[0] if row else ""

        return self._guarded(read)

    def keep_hash(self, path: str, model_bytes: int, changed_ns: int, sha256: str) -> None:
        """Remember a model file's SHA-256."""

        def write() -> None:
            with self._writing():
                self._db.execute(
                    "INSERT OR REPLACE INTO model_files VALUES (?, ?, ?, ?)", (path, model_bytes, changed_ns, sha256)
                )

        self._guarded(write)

    def _outputs(self, keys: Sequence[str]) -> dict[str, Output]:
        found = {}
        with self._errors():
            for start in range(0, len(keys), _CHUNK):
                chunk = keys[start : start + _CHUNK]
                marks = ",".join("?" * len(chunk))
                rows = self._db.execute(f"SELECT key, {_OUTPUT} FROM outputs WHERE key IN ({marks})", chunk)
                found.update({row[0]: Output(*row[1:]) for row in rows})
        return found

    def _history(self, prompt_id: str, version: int, model_id: str, back: int) -> dict[tuple[str, int], StoredResult]:
        """The newest result of each (case, seed) for back 1, the one before for 2."""
        with self._errors():
            rows = self._db.execute(
                """SELECT prompt_id, version, model_id, case_key, seed, title, content_hash, model_hash, output_key,
                          passed, score, at
                   FROM (SELECT *, row_number() OVER (PARTITION BY case_key, seed ORDER BY number DESC) AS back
                         FROM results WHERE prompt_id = ? AND version = ? AND model_id = ?) WHERE back = ?""",
                (prompt_id, version, model_id, back),
            ).fetchall()
            return {
                (row[3], row[4]): StoredResult(*row[:9], bool(row[9]), row[10], datetime.fromisoformat(row[11]))
                for row in rows
            }

    def _keep_output(self, key: str, output: Output) -> None:
        text = output.text.encode("utf-8", "replace").decode()  # half a character cannot be stored
        with self._writing():
            self._db.execute(
                f"INSERT OR REPLACE INTO outputs (key, {_OUTPUT}, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key, text, output.stop_reason, output.first_token_ms, output.total_ms, output.prompt_tokens,
                    output.completion_tokens, utc_now().isoformat(),
                ),
            )  # fmt: skip

    def _save(self, result: StoredResult) -> None:
        with self._writing():
            self._db.execute(
                """INSERT INTO results (prompt_id, version, model_id, case_key, seed, title, content_hash, model_hash,
                     output_key, passed, score, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (
                    result.prompt_id, result.version, result.model_id, result.case_key, result.seed, result.title,
                    result.content_hash, result.model_hash, result.output_key, int(result.passed), result.score,
                    result.at.isoformat(),
                ),
            )  # fmt: skip

    def _open(self) -> Database:
        if self._path is None:
            db = Database(memory=True)
            schema.apply(db)
            return db
        self._opened = identity(self._path)
        db = open_database(self._path, schema, durable=False)
        self._opened = identity(self._path)
        return db

    def _prune(self) -> None:
        """Forget the oldest answers and the history that named them, so that the file does not grow for ever."""
        with self._errors():
            kept = self._db.execute("SELECT count(*) FROM outputs").fetchone()[0]
        if kept > _MOST_OUTPUTS:
            with self._writing():
                self._db.execute(
                    "DELETE FROM outputs WHERE key IN (SELECT key FROM outputs ORDER BY at LIMIT ?)",
                    (kept - _MOST_OUTPUTS * 3 // 4,),
                )
                self._db.execute(
                    """DELETE FROM results WHERE number NOT IN (
                         SELECT max(number) FROM results GROUP BY prompt_id, version, model_id, case_key, seed)"""
                )

    def _guarded(self, work: Callable[[], T]) -> T:
        """Do it; where the file turns out to be damaged, begin a new one and do it there."""
        try:
            return work()
        except DamagedError:
            self._db.close()
            self._db = self._begin_anew()
        return work()

    def _begin_anew(self) -> Database:
        """A new file in place of the damaged one, or the one that another process has begun meanwhile."""
        path = self._path
        assert path is not None
        if identity(path) in (None, self._opened):
            stamp = utc_now().strftime("%Y%m%dT%H%M%S")
            self.set_aside = path.with_name(f"{path.name}.damaged-{stamp}")
            try:
                for tail in ("-wal", "-shm"):
                    path.with_name(path.name + tail).unlink(missing_ok=True)
                path.replace(self.set_aside)
            except OSError as exc:
                raise StoreError(
                    f"{path} is damaged and cannot be moved away ({exc.strerror}). Close Greenroom everywhere and delete it."
                ) from exc
        return self._open()

    def _errors(self) -> contextlib.AbstractContextManager[None]:
        return cache_errors(self._path or Path("results in memory"))

    @contextlib.contextmanager
    def _writing(self) -> Iterator[None]:
        with self._errors(), writing(self._db, self._path or Path("results in memory")):
            yield
