"""Bringing the index up to date with the library's files: what has not changed costs a look at its folder, nothing more."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from desktop_app.clock import utc_now
from desktop_app.errors import ContentError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.curators import Curators, read_curators
from desktop_app.prompts.folders import first_of_each, left_out, rules_stamp, stamp, unreadable
from desktop_app.prompts.index_tables import as_text, count_words, insert, remove
from desktop_app.prompts.library import read_offered
from desktop_app.prompts.prompt import Prompt
from desktop_app.storage.database import cache_errors, writing
from desktop_app.storage.sqlite import Database

_BATCH_S = 0.2
_MOST_IN_BATCH = 500
_NOTE = "Reading prompts"


@dataclass(frozen=True, slots=True)
class _Known:
    id: str
    stamp: bytes
    due_on: str


@dataclass(slots=True)
class _Batch:
    """What is written in one transaction."""

    gone: list[bytes] = field(default_factory=list)
    read: list[tuple[Path, bytes, bool, Prompt | None, list[ContentError]]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.gone) + len(self.read)


class Indexer:
    """One run over the library's folders."""

    def __init__(self, db: Database, path: Path, libraries: Sequence[Path]) -> None:
        self._db, self._path, self._libraries = db, path, libraries
        self._today = utc_now().date()
        self._rules: dict[Path, bytes] = {}
        self._curators: dict[Path, Curators] = {}
        self._lost: set[Path] = set()

    def update(self) -> Job[int]:
        """Make the index match the folders and return how many of them changed.

        What was done is kept, batch by batch, when the job is closed early. Raises StoreError.
        """
        yield Progress(0, None, _NOTE)
        known = self._known()
        first, others, problems = first_of_each(self._libraries)
        wanted = [*((folder, True) for folder in first.values()), *((folder, False) for folder in others)]
        self._rules = {library: rules_stamp(library) for library in self._libraries}
        self._curators = {library: read_curators(library) for library in self._libraries}
        problems += [one.problem for one in self._curators.values() if one.problem is not None]
        there = {os.fsencode(folder) for folder, _ in wanted}
        changed = yield from self._forget([path for path in known if path not in there])
        changed += yield from self._read_all(wanted, known)
        lost = [folder for folder, _ in wanted if folder.parent in self._lost]
        changed += yield from self._forget([os.fsencode(folder) for folder in lost])
        missing = {library: unreadable(library, FileNotFoundError(2, os.strerror(2))) for library in self._lost}
        self._note([*problems, *(missing[library] for library in self._libraries if library in missing)])
        return changed

    def _read_all(self, wanted: Sequence[tuple[Path, bool]], known: dict[bytes, _Known]) -> Job[int]:
        changed, batch, until = 0, _Batch(), time.monotonic() + _BATCH_S
        for done, (folder, is_first) in enumerate(wanted):
            if time.monotonic() > until or len(batch) >= _MOST_IN_BATCH:
                changed += self._write(batch)
                yield Progress(done, len(wanted), _NOTE)
                batch, until = _Batch(), time.monotonic() + _BATCH_S
            if folder.parent not in self._lost:
                self._look(folder, is_first, known.get(os.fsencode(folder)), batch)
        return changed + self._write(batch)

    def _look(self, folder: Path, is_first: bool, known: _Known | None, batch: _Batch) -> None:
        """Put into the batch what is to be written about a folder, nothing if it is as it was."""
        try:
            seen = stamp(folder, self._rules[folder.parent] + (b"" if is_first else b"left out"))
        except OSError:
            if not folder.parent.is_dir():
                self._lost.add(folder.parent)
            if not folder.is_dir():
                batch.gone += [os.fsencode(folder)] if known else []
                return
            seen = b""
        if known and seen and known.stamp == seen and not ("" < known.due_on <= self._today.isoformat()):
            return
        prompt, problems = None, [left_out(folder)]
        if is_first:
            prompt, problems = read_offered(folder, self._curators[folder.parent])
        batch.read.append((folder, seen, is_first, prompt, problems))

    def _forget(self, paths: Sequence[bytes]) -> Job[int]:
        """Take out the folders that are gone."""
        for start in range(0, len(paths), _MOST_IN_BATCH):
            yield Progress(start, len(paths), _NOTE)
            self._write(_Batch(gone=list(paths[start : start + _MOST_IN_BATCH])))
        return len(paths)

    def _write(self, batch: _Batch) -> int:
        if not batch:
            return 0
        more: Counter[str] = Counter()
        fewer: Counter[str] = Counter()
        with cache_errors(self._path), writing(self._db, self._path) as db:
            for path in batch.gone:
                fewer.update(self._remove_of(path))
            for folder, seen, is_first, prompt, problems in batch.read:
                path = os.fsencode(folder)
                fewer.update(self._remove_of(path))
                if is_first:
                    fewer.update(remove(db, folder.name))
                if prompt is not None:
                    more.update(insert(db, prompt, path))
                db.conn.execute(
                    "INSERT INTO folders VALUES (?, ?, ?, ?, ?)",
                    (path, prompt.id if prompt else "", seen, _due_on(prompt, self._today), as_text(problems)),
                )
            count_words(db, more, fewer)
        return len(batch)

    def _remove_of(self, path: bytes) -> Counter[str]:
        """Take out a folder, with its prompt if it gave one."""
        row = self._db.conn.execute("SELECT id FROM folders WHERE path = ?", (path,)).fetchone()
        self._db.conn.execute("DELETE FROM folders WHERE path = ?", (path,))
        return remove(self._db, row[0], path) if row and row[0] else Counter()

    def _note(self, problems: Sequence[ContentError]) -> None:
        """Write down which library folders cannot be read; nothing is written if it is so already."""
        rows = [(os.fsencode(problem.path), as_text([problem])) for problem in problems]
        told = self._db.conn.execute("SELECT path, problems FROM folders WHERE stamp = x'00' ORDER BY path").fetchall()
        if [tuple(row) for row in told] == sorted(rows):
            return
        with writing(self._db, self._path) as db:
            db.conn.execute("DELETE FROM folders WHERE stamp = x'00'")
            db.conn.executemany("INSERT OR REPLACE INTO folders VALUES (?, '', x'00', '', ?)", rows)

    def _known(self) -> dict[bytes, _Known]:
        rows = self._db.conn.execute("SELECT path, id, stamp, due_on FROM folders WHERE stamp <> x'00'")
        return {path: _Known(prompt_id, seen, due_on) for path, prompt_id, seen, due_on in rows}


def _due_on(prompt: Prompt | None, today: date) -> str:
    """The next day on which what the index says of a prompt may change by itself, because a review is due; "" for never."""
    if prompt is None:
        return ""
    decisions = prompt.history.decisions
    dates = {prompt.offered.review_by, *(decision.review_by for decision in decisions)}
    if any(decision.problem for decision in decisions):
        dates.add(today + timedelta(days=1))  # such as one that is dated in the future
    return min((day.isoformat() for day in dates if day is not None and day >= today), default="")
