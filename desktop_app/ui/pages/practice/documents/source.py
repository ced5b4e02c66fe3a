"""A document's text as it is laid out: a window of whole lines, with page marks, headings and cited passages. No Qt."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from desktop_app.jobs import Job, Progress
from desktop_app.practice.grounding.index import DocumentIndex
from desktop_app.practice.grounding.passage import Document, Passage

WINDOW = 30_000  # characters laid out at once: some ten pages
_MOST_FOUND = 2_000
_SEARCHED_AT_ONCE = 500_000
# What a text widget takes for the end of a line, or cannot draw; each is one character and stays one.
_ODD = {code: " " for code in (*range(9), *range(11, 32), 127, 0x85, 0x2028, 0x2029, 0xFFFC, 0xFDD0, 0xFDD1)}


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the outline. level counts from 0; start is where its first passage begins."""

    title: str
    level: int
    page: int | None
    start: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line to draw: text[start:end] of the document, or a mark between its lines (then start == end).

    kind is "text", "heading", "page" or "cited".
    """

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Source:
    """A document ready to be looked at. headings in order; pages are (page, where it starts); bold are heading lines."""

    document: Document
    passages: tuple[Passage, ...]
    headings: tuple[Heading, ...]
    pages: tuple[tuple[int, int], ...]
    bold: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """All of it."""
        return self.document.text

    def place(self, at: int) -> str:
        """Where a character stands, such as "Page 3 of 12 · Leave > Parental leave"."""
        page = _latest([start for _, start in self.pages], at)
        heading = _latest([passage.start for passage in self.passages], at)
        parts = (
            f"Page {self.pages[page][0]} of {self.document.pages}" if page >= 0 and self.document.pages else "",
            self.passages[heading].heading if heading >= 0 else "",
        )
        if any(parts):
            return " · ".join(filter(None, parts))
        return f"{round(100 * at / max(1, len(self.text)))} % of the text"

    def window(self, at: int, size: int = WINDOW) -> tuple[int, int]:
        """Start and end of about size characters around a place, cut at ends of lines where there are any."""
        start, end = max(0, at - size // 2), min(len(self.text), at + size // 2)
        if start > 0:
            start = self.text.rfind("\n", max(0, start - 2_000), start) + 1 or start
        if end < len(self.text):
            line = self.text.find("\n", end, end + 2_000)
            end = line + 1 if line >= 0 else end
        return start, end

    def lines(self, start: int, end: int, cited: Sequence[tuple[int, str]] = ()) -> Iterator[Line]:
        """The lines of text[start:end] with marks between them; cited are (where, what stands there)."""
        first = bisect_left(self.pages, start, key=lambda page: page[1])
        last = bisect_left(self.pages, max(end, 1), key=lambda page: page[1])
        marks = [(where, 0, Line("page", f"Page {page}", where, where)) for page, where in self.pages[first:last]]
        marks += [(where, 1, Line("cited", says, where, where)) for where, says in cited if start <= where < end]
        waiting = [mark for _, _, mark in sorted(marks, key=lambda mark: mark[:2])]
        bolds = [span for span in self.bold if span[1] > start and span[0] < end]
        at = start
        while at < end:
            stop = self.text.find("\n", at, end)
            stop = end if stop < 0 else stop
            while waiting and waiting[0].start <= max(at, stop - 1):
                yield waiting.pop(0)
            is_bold = at < stop and any(a <= at < b for a, b in bolds)
            yield Line("heading" if is_bold else "text", self.text[at:stop].translate(_ODD), at, stop)
            at = stop + 1
        yield from waiting


def source_of(document: Document, passages: Sequence[Passage]) -> Source:
    """A document with its outline and pages, from its passages."""
    headings: list[Heading] = []
    pages: list[tuple[int, int]] = []
    bold: list[tuple[int, int]] = []
    path: tuple[str, ...] = ()
    for passage in passages:
        if passage.page and (not pages or passage.page > pages[-1][0]):
            pages.append((passage.page, passage.start))
        here = tuple(filter(None, passage.heading.split(" > ")))
        if here != path:
            same = next(
                (n for n, (a, b) in enumerate(zip(here, path, strict=False)) if a != b), min(len(here), len(path))
            )
            for level in range(same, len(here)):
                headings.append(Heading(here[level], level, passage.page, passage.start))
            path = here
        if passage.body:
            bold.append((passage.start, passage.start + passage.body))
    return Source(document, tuple(passages), tuple(headings), tuple(pages), tuple(bold))


def load(index: DocumentIndex, document_id: str) -> Job[Source]:
    """A document from the index; raises DocumentError if it is not there (any more)."""
    yield Progress(0)
    document = index.document(document_id)
    yield Progress(1)
    return source_of(document, index.passages(document_id))


def find_all(text: str, wanted: str) -> Job[tuple[tuple[int, int], ...]]:
    """Start and end of the first 2,000 places where wanted stands, in whatever case."""
    pattern = re.compile(re.escape(wanted), re.IGNORECASE)
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(text) and len(found) < _MOST_FOUND:
        end = min(len(text), at + _SEARCHED_AT_ONCE)
        for match in pattern.finditer(text, at, min(len(text), end + len(wanted) - 1)):
            found.append(match.span())
            if len(found) == _MOST_FOUND:
                break
        yield Progress(end, len(text))
        at = max(end, found[-1][1] if found else 0)
    return tuple(found)


def _latest(starts: Sequence[int], at: int) -> int:
    return bisect_right(starts, at) - 1
