"""The documents a person added, in tables of index.db: read in a locked-down process, split, found by BM25."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path

from desktop_app.clock import utc_now
from desktop_app.jobs import Job, Progress
from desktop_app.practice.grounding.finding import Asked, Candidate, asked, judge
from desktop_app.practice.grounding.passage import Document, DocumentRow, LookUp, Passage
from desktop_app.practice.grounding.splitting import put_together, split
from desktop_app.practice.grounding.vocabulary import Vocabulary
from desktop_app.practice.grounding.words import stems
from desktop_app.prompts.index_tables import index
from desktop_app.sandbox.reader.client import DocumentError, Reading, checksum, read_document
from desktop_app.storage.database import writing
from desktop_app.storage.index_file import IndexFile
from desktop_app.storage.sqlite import Database

__all__ = ["DocumentError", "DocumentIndex"]

# A word in the name or a heading says more than one in the text.
_RANK = "bm25(passages_fts, 2.0, 4.0, 1.0)"
_CANDIDATES = 60
_AT_ONCE = 100
_ROW = "id, path, kind, pages, passages, chars, problem, added_at"
_PASSAGE = """SELECT d.id, d.path, p.position, p.text, p.page, p.heading, p.start, p."end", p.body
              FROM passages p JOIN documents d ON d.number = p.document"""


_DAMAGED = "The index of your documents was damaged and has been deleted. Add the documents again: the files themselves are untouched."


class DocumentIndex:
    """The documents in one file. May be asked from several threads, one after the other."""

    def __init__(self, path: Path | None) -> None:
        """Open or make the index; one that is damaged or of another app is made anew, without documents.

        path None keeps everything in memory, for the thread that made it: a kill leaves no text behind. Raises StoreError
        if the folder cannot be written.
        """
        self._vocabulary: Vocabulary | None = None
        self._file = IndexFile(path, index, _DAMAGED, self._forget)
        self._path = self._file.path

    def close(self) -> None:
        """Close the file; whoever asks afterwards opens it again."""
        self._file.close()

    # -- adding and taking out ---------------------------------------------------------------------------------------

    def add(self, path: Path) -> Job[Document]:
        """Read a file and index it; yields Progress, returns the document. Nothing is kept when the job is closed early.

        The same bytes again change nothing; a file of the same path with other bytes replaces what was there. Raises
        DocumentError (an AppError) in one sentence if it cannot be read, StoreError if it cannot be written.
        """
        _, digest, _ = yield from checksum(path)
        if (known := self._known(digest, path.suffix)) is not None:
            self._moved(known.id, path.expanduser().absolute())
            return self.document(known.id)
        reading = yield from read_document(path)
        document, passages = yield from _split(path, reading)
        words = []
        for passage in passages:  # before anybody has to wait for the file
            if passage.number % _AT_ONCE == 0:
                yield Progress(passage.number, len(passages), document.name)
            words.append((" ".join(stems(passage.heading)), " ".join(stems(passage.text[_below(passage) :]))))
        self._write(document, passages, words)
        return document

    def remove(self, document_id: str) -> None:
        """Take a document out, if it is there; nothing of its text stays in the file."""
        with self._file.asking() as db, writing(db, self._path):
            if self._remove(db, "id", document_id):
                # words of what is gone would stay in the full-text index until it happens to be put in order
                db.conn.execute("INSERT INTO passages_fts (passages_fts) VALUES ('optimize')")

    def _known(self, digest: str, suffix: str) -> DocumentRow | None:
        rows = [row for row in self.documents() if row.id == digest]
        return rows[0] if rows and rows[0].path.suffix.lower() == suffix.lower() else None

    def _moved(self, document_id: str, path: Path) -> None:
        """The same bytes may lie elsewhere now; the file that is still there keeps its place."""
        with self._file.asking() as db:
            old = Path(
                os.fsdecode(db.conn.execute("SELECT path FROM documents WHERE id = ?", (document_id,)).fetchone()[0])
            )
            if old == path or old.exists():
                return
            with writing(db, self._path):
                self._remove(db, "path", os.fsencode(path))
                db.conn.execute("UPDATE documents SET path = ? WHERE id = ?", (os.fsencode(path), document_id))

    def _write(self, document: Document, passages: tuple[Passage, ...], words: Sequence[tuple[str, str]]) -> None:
        """Put a document in with one transaction: whoever searches meanwhile sees the old one or the new one."""
        name = " ".join(stems(document.path.stem.replace("_", " ")))
        with self._file.asking() as db, writing(db, self._path):
            self._remove(db, "path", os.fsencode(document.path))
            self._remove(db, "id", document.id)
            number = db.conn.execute(
                """INSERT INTO documents (id, path, kind, pages, passages, problem, added_at, chars, text)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
                (document.id, os.fsencode(document.path), document.kind, document.pages, len(passages),
                 document.problem, utc_now().isoformat(), len(document.text), document.text),
            ).lastrowid  # fmt: skip
            first = db.conn.execute("SELECT coalesce(max(number), 0) + 1 FROM passages").fetchone()[0]
            db.conn.executemany(
                'INSERT INTO passages (number, document, position, page, heading, start, "end", body, text) '
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (first + p.number, number, p.number, p.page, p.heading, p.start, p.end, p.body, p.text)
                    for p in passages
                ),
            )
            db.conn.executemany(
                "INSERT INTO passages_fts (rowid, name, heading, body) VALUES (?, ?, ?, ?)",
                ((first + at, name, heading, body) for at, (heading, body) in enumerate(words)),
            )

    @staticmethod
    def _remove(db: Database, column: str, value: object) -> bool:
        row = db.conn.execute(f"SELECT number FROM documents WHERE {column} = ?", (value,)).fetchone()
        if row is None:
            return False
        db.conn.execute(
            "DELETE FROM passages_fts WHERE rowid IN (SELECT number FROM passages WHERE document = ?)", tuple(row)
        )
        db.conn.execute("DELETE FROM passages WHERE document = ?", tuple(row))
        db.conn.execute("DELETE FROM documents WHERE number = ?", tuple(row))
        return True

    # -- what is there -----------------------------------------------------------------------------------------------

    def documents(self) -> tuple[DocumentRow, ...]:
        """All documents by name."""
        with self._file.asking() as db:
            rows = [_row(row) for row in db.conn.execute(f"SELECT {_ROW} FROM documents")]
        return tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.path)))

    def document(self, document_id: str) -> Document:
        """One document with its text; raises DocumentError if it is not there (any more)."""
        with self._file.asking() as db:
            row = db.conn.execute(
                "SELECT id, path, kind, text, pages, problem FROM documents WHERE id = ?", (document_id,)
            ).fetchone()
        if row is None:
            raise DocumentError("This document is not among the added ones any more. Add it again.")
        path = Path(os.fsdecode(row[1]))
        return Document(row[0], path.name, path, *row[2:])

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """The passages of a document in order."""
        with self._file.asking() as db:
            rows = db.conn.execute(f"{_PASSAGE} WHERE d.id = ? ORDER BY p.position", (document_id,)).fetchall()
        return tuple(map(_passage, rows))

    # -- finding -----------------------------------------------------------------------------------------------------

    def find(self, question: str, among: Collection[str] = (), limit: int = 3) -> tuple[Passage, ...]:
        """The passages that fit a question best, best first; among are the only document ids to look at, () for all."""
        return self.look_up(question, among, limit).passages

    def look_up(self, question: str, among: Collection[str] = (), limit: int = 3) -> LookUp:
        """What the documents hold about a question, and whether that can answer it."""
        with self._file.asking() as db:
            vocabulary = self._words(db)
            expression = vocabulary.expression(question)
            where, values = "", [expression]
            if among:
                where = "AND d.id IN (SELECT value FROM json_each(?))"
                values.append(json.dumps(sorted(among)))
            rows = []
            if expression:
                rows = db.conn.execute(
                    f"""SELECT d.id, d.path, p.position, p.text, p.page, p.heading, p.start, p."end", p.body, {_RANK} AS score
                        FROM passages_fts f JOIN passages p ON p.number = f.rowid JOIN documents d ON d.number = p.document
                        WHERE passages_fts MATCH ? {where} ORDER BY score LIMIT {_CANDIDATES}""",
                    values,
                ).fetchall()  # fmt: skip
        candidates = [Candidate(_passage(row[:-1]), -row[-1]) for row in rows]
        return judge(question, candidates, vocabulary, limit)

    def asked(self, question: str) -> Asked:
        """A question with the weights that these documents give its words."""
        with self._file.asking() as db:
            return asked(question, self._words(db))

    def _words(self, db: Database) -> Vocabulary:
        version = db.conn.execute("PRAGMA data_version").fetchone()[0], db.conn.total_changes
        if self._vocabulary is None or self._vocabulary.version != version:
            count = db.conn.execute("SELECT count(*) FROM passages").fetchone()[0]
            words = dict(db.conn.execute("SELECT term, doc FROM passages_words").fetchall())
            self._vocabulary = Vocabulary(words, count, version)
        return self._vocabulary

    def _forget(self) -> None:
        self._vocabulary = None


def _split(path: Path, reading: Reading) -> Job[tuple[Document, tuple[Passage, ...]]]:
    yield Progress(0, None, path.name)
    text, spans = put_together(reading.blocks)
    place = path.expanduser().absolute()
    problem = _without_text(reading.without_text)
    document = Document(reading.sha256, place.name, place, reading.kind, text, reading.pages, problem)
    if not text:
        raise DocumentError(f"{path.name} holds no text that can be shown. Save it anew in the program that made it.")
    return document, split(text, spans, document.id, document.name)


def _without_text(pages: tuple[int, ...]) -> str:
    """What is said about pages that hold no text: "Pages 3 and 5 to 7 ..."."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    named = [f"{run[0]} to {run[-1]}" if len(run) > 2 else " and ".join(map(str, run)) for run in runs[:12]]
    if not named:
        return ""
    word = "Page" if len(pages) == 1 else "Pages"
    hold = "holds" if len(pages) == 1 else "hold"
    return f"{word} {', '.join(named)}{' and more' if len(runs) > 12 else ''} {hold} no text, perhaps because of a scan: it is not searched."


def _below(passage: Passage) -> int:
    """Where the text to index begins: heading lines are indexed by themselves."""
    return passage.body if passage.body < len(passage.text) else 0


def _row(row: tuple[object, ...]) -> DocumentRow:
    document_id, path, kind, pages, passages, chars, problem, added_at = row
    place = Path(os.fsdecode(path))  # type: ignore[arg-type]
    return DocumentRow(
        document_id, place.name, place, kind, pages, passages, chars, problem, datetime.fromisoformat(added_at)  # type: ignore[arg-type]
    )  # fmt: skip


def _passage(row: tuple[object, ...]) -> Passage:
    document_id, path, position, text, page, heading, start, end, body = row
    return Passage(document_id, Path(os.fsdecode(path)).name, position, text, page, heading, start, end, body)  # type: ignore[arg-type]
