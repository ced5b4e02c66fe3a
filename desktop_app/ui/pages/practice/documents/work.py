"""What is done with documents in the background: listing and removing them, counting what must not leave the building.

The index lets one caller in at a time, and one that adds a large document takes a while, so nobody waits on the GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.guard.finding import Finding
from desktop_app.jobs import Job, Progress
from desktop_app.practice.grounding.index import DocumentIndex
from desktop_app.practice.grounding.passage import DocumentRow

_PIECE = 32_000


def list_documents(index: DocumentIndex) -> Job[tuple[DocumentRow, ...]]:
    """All documents by name; raises StoreError."""
    yield Progress(0)
    return index.documents()


def remove_document(index: DocumentIndex, document_id: str) -> Job[None]:
    """Take a document out of the index; raises StoreError."""
    yield Progress(0)
    index.remove(document_id)


def count_sensitive(index: DocumentIndex, document_id: str) -> Job[str]:
    """What the guard finds in a document, as "Three e-mail addresses and one IBAN"; "" if nothing.

    Raises DocumentError if the document is gone, GuardError if a check fails.
    """
    from desktop_app.guard.scan import scan
    from desktop_app.guard.summary import summary

    yield Progress(0)
    text = index.document(document_id).text
    found: list[Finding] = []
    for start, end in pieces(text):
        found += scan(text[start:end])
        yield Progress(end, len(text))
    return summary(found) if found else ""


def pieces(text: str, length: int = _PIECE) -> Iterator[tuple[int, int]]:
    """Start and end of parts of at most length characters that follow each other, cut at ends of lines where there are any."""
    start = 0
    while start < len(text):
        end = min(len(text), start + length)
        if end < len(text):
            line = text.rfind("\n", start, end)
            end = line + 1 if line > start else end
        yield start, end
        start = end
