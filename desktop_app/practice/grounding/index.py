"""The documents a person added, in tables of index.db: read in a locked-down process, split, found by BM25."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from desktop_app.jobs import Job
from desktop_app.practice.grounding.passage import Document, DocumentRow, LookUp, Passage


class DocumentIndex:
    """The documents in one file. May be asked from several threads, one after the other."""

    def __init__(self, path: Path) -> None:
        """Open or make the index. Raises StoreError if the folder cannot be written."""
        self._path = path

    def close(self) -> None:
        """Close the file; whoever asks afterwards opens it again."""

    def add(self, path: Path) -> Job[Document]:
        """Read a file and index it; yields Progress, returns the document. Nothing is kept when the job is closed early.

        The same bytes again change nothing; a file of the same path with other bytes replaces what was there. Raises
        DocumentError (an AppError) in one sentence if it cannot be read, StoreError if it cannot be written.
        """
        raise NotImplementedError

    def remove(self, document_id: str) -> None:
        """Take a document out, if it is there."""
        raise NotImplementedError

    def documents(self) -> tuple[DocumentRow, ...]:
        """All documents by name."""
        raise NotImplementedError

    def document(self, document_id: str) -> Document:
        """One document with its text; raises DocumentError if it is not there (any more)."""
        raise NotImplementedError

    def passages(self, document_id: str) -> tuple[Passage, ...]:
        """The passages of a document in order."""
        raise NotImplementedError

    def find(self, question: str, among: Collection[str] = (), limit: int = 3) -> tuple[Passage, ...]:
        """The passages that fit a question best, best first; among are the only document ids to look at, () for all."""
        return self.look_up(question, among, limit).passages

    def look_up(self, question: str, among: Collection[str] = (), limit: int = 3) -> LookUp:
        """What the documents hold about a question, and whether that can answer it."""
        raise NotImplementedError
