"""Documents that answers are drawn from, their passages, and an answer with what supports it, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from desktop_app.guard.support import Fact, Support
from desktop_app.sandbox.client import Answer

Kind = Literal["txt", "md", "pdf", "docx", "csv"]
Verdict = Literal["supported", "partly", "unsupported", "none"]

# What a file of that ending is called in a list.
KIND_NAMES: dict[str, str] = {"txt": "Text", "md": "Markdown", "pdf": "PDF", "docx": "Word", "csv": "Table (CSV)"}


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as lists show it. pages is 0 where the format has none; see Document for id and problem."""

    id: str
    name: str
    path: Path
    kind: str
    pages: int
    passages: int
    chars: int
    problem: str
    added_at: datetime


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

    number counts from 0 in its document; page counts from 1, None where the format has none; heading is the path of
    headings above it ("Leave > Parental leave"). body is where the text below the heading lines begins, in characters of
    text.
    """

    document_id: str
    document_name: str
    number: int
    text: str
    page: int | None
    heading: str
    start: int
    end: int
    body: int = 0

    @property
    def place(self) -> str:
        """Where it stands, in words: the document, the page and the last heading."""
        page = f", page {self.page}" if self.page else ""
        heading = self.heading.rsplit(" > ", 1)[-1]
        return f"{self.document_name}{page}{f', {heading}' if heading else ''}"


@dataclass(frozen=True, slots=True)
class LookUp:
    """What the documents hold about a question: the best passages, best first, and whether they can answer it.

    looked_for are the words of the question that count, missing those of them that the best passage does not hold;
    why says in one sentence why there is no answer, "" if there is one.
    """

    passages: tuple[Passage, ...]
    found: bool
    looked_for: tuple[str, ...]
    missing: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Mark:
    """What supports one sentence of an answer: text[start:end] of it. passages are positions in the answer's passages.

    verdict is "supported", "partly" (some facts were not found), "unsupported" (not found in the sources) or "none" (nothing
    to look up, such as a greeting). apart are figures and names that stand in the source, but beside other words, as after two
    numbers were swapped. says is the verdict as one careful sentence.
    """

    start: int
    end: int
    verdict: Verdict
    passages: tuple[int, ...]
    support: Support
    apart: tuple[Fact, ...] = ()

    @property
    def says(self) -> str:
        """What a person reads about the sentence."""
        if self.apart and not self.support.missing_figures:
            names = ", ".join(dict.fromkeys(fact.text for fact in self.apart))
            return f"Found in the source, but beside other words: {names}. Compare it with the passage."
        return self.support.says


@dataclass(frozen=True, slots=True)
class GroundedAnswer:
    """An answer from documents. passages are cited as [1], [2] ... in this order.

    found is False if the documents hold no answer: text then says so, the model was not asked (answer is None), and
    passages holds the nearest one, if there is any. is_quotation: the answer is a sentence of the documents, word for
    word. answer is what the model wrote, with its timings. problem says what a person should know, else "".
    """

    text: str
    found: bool
    passages: tuple[Passage, ...]
    marks: tuple[Mark, ...]
    looked_for: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_quotation: bool = False
    answer: Answer | None = None
    problem: str = ""
