"""Documents that answers are drawn from, their passages, and an answer with what supports it, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_app.guard.support import Support


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read. id is the SHA-256 of its bytes in hex; pages is 0 where the format has none.

    text is everything that was read, in order; problem says in one sentence what could not be (a scanned page), else "".
    """

    id: str
    name: str
    path: Path
    kind: str
    text: str
    pages: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a document that stands by itself: text is document.text[start:end].

    page counts from 1, None where the format has none; heading is the path of headings above it ("Leave > Parental leave").
    """

    document_id: str
    document_name: str
    number: int
    text: str
    page: int | None
    heading: str
    start: int
    end: int

    @property
    def place(self) -> str:
        """Where it stands, in words: the document, the page and the last heading."""
        page = f", page {self.page}" if self.page else ""
        heading = self.heading.rsplit(" > ", 1)[-1]
        return f"{self.document_name}{page}{f', {heading}' if heading else ''}"


@dataclass(frozen=True, slots=True)
class Mark:
    """What supports one sentence of an answer: text[start:end] of it. passages are positions in the answer's passages.

    verdict is "supported", "partly" (some facts were not found), "unsupported" (not found in the sources) or "none" (nothing
    to look up, such as a greeting).
    """

    start: int
    end: int
    verdict: str
    passages: tuple[int, ...]
    support: Support


@dataclass(frozen=True, slots=True)
class GroundedAnswer:
    """An answer from documents. passages are what the model was given, cited as [1], [2] ... in this order.

    found is False if the documents hold no answer: text then says so, and the model was not asked.
    """

    text: str
    found: bool
    passages: tuple[Passage, ...]
    marks: tuple[Mark, ...]
