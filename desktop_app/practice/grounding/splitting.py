"""What the reader sent, put together as one text and split into passages: by headings, pages, paragraphs and rows."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from desktop_app.guard.sentences import sentences
from desktop_app.practice.grounding.passage import Passage
from desktop_app.sandbox.reader.blocks import Block

FEWEST_WORDS, ENOUGH_WORDS, MOST_WORDS = 60, 110, 180
MOST_CHARS = 1800  # a "word" may be a page of letters
_HEADING_CHARS = 120
# Characters that show nothing or turn the direction of others round: what is shown is then not what is read.
_UNSEEN = dict.fromkeys(
    [*range(9), 11, 12, *range(14, 32), *range(127, 160), 0xAD, 0x200B, 0x2060, 0xFEFF, *range(0x202A, 0x202F),
     *range(0x2066, 0x206A), *range(0xE0000, 0xE0080)]
)  # fmt: skip
_SPACES = dict.fromkeys([9, 0xA0, 0x2007, 0x202F], " ")


@dataclass(frozen=True, slots=True)
class Span:
    """A block's place in the text."""

    start: int
    end: int
    block: Block


@dataclass(slots=True)
class _Section:
    """The heading lines that a passage begins with, and the parts of text that follow them."""

    path: str
    heads: list[tuple[int, int]]
    parts: list[tuple[int, int, int]]  # start, end, page


def put_together(blocks: Iterable[Block]) -> tuple[str, tuple[Span, ...]]:
    """The whole text and where each block stands in it, in order."""
    pieces: list[str] = []
    spans: list[Span] = []
    at, before = 0, ""
    for block in blocks:
        text = clean(block.text)
        if not text:
            continue
        if spans:
            pieces.append("\n" if block.kind == before and block.kind in ("item", "row") else "\n\n")
            at += len(pieces[-1])
        spans.append(Span(at, at + len(text), block))
        pieces.append(text)
        at, before = at + len(text), block.kind
    return "".join(pieces), tuple(spans)


def clean(text: str) -> str:
    """text as it is kept: composed, without characters nobody sees and without space around it."""
    plain = unicodedata.normalize("NFC", text.translate(_UNSEEN).translate(_SPACES))
    return "\n".join(" ".join(line.split()) for line in plain.splitlines()).strip()


def units(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each sentence. A line ends one: paragraphs, items and rows were put on lines of their own."""
    at = 0
    for line in text.split("\n"):
        for start, end in sentences(line):
            yield at + start, at + end
        at += len(line) + 1


def split(text: str, spans: Sequence[Span], document_id: str, name: str) -> tuple[Passage, ...]:
    """The passages of a text, in order; between two of them there is nothing but white space.

    None crosses a heading or a page. They have 60 to 180 words where the structure lets them.
    """
    found: list[Passage] = []
    for section in _sections(text, spans):
        groups = _grouped(text, section.parts) or [[]]
        for number, group in enumerate(groups):
            heads = section.heads if number == 0 else []
            parts = [(start, end) for start, end, _ in group]
            start, end = (heads + parts)[0][0], (heads + parts)[-1][1]
            body = parts[0][0] - start if parts else end - start
            page = group[0][2] if group else section.parts[0][2] if section.parts else 0
            found.append(
                Passage(document_id, name, len(found), text[start:end], page or None, section.path, start, end, body)
            )
    return tuple(found)


def _sections(text: str, spans: Sequence[Span]) -> Iterator[_Section]:
    """One for each heading with text below it; headings right below each other share one."""
    path: list[tuple[int, str]] = []
    current = _Section("", [], [])
    for span in spans:
        if span.block.kind != "heading":
            current.parts += [(*part, span.block.page) for part in _parts(text, span.start, span.end)]
            continue
        path = [(level, title) for level, title in path if level < span.block.level]
        path.append((span.block.level, " ".join(text[span.start : span.end].split())[:_HEADING_CHARS]))
        if current.parts:
            yield current
            current = _Section("", [], [])
        current = replace(
            current, path=" > ".join(title for _, title in path), heads=[*current.heads, (span.start, span.end)]
        )
    if current.parts or current.heads:
        yield current


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A block whole if it is short enough, else its sentences, else pieces of them."""
    if _fits(text, start, end):
        yield start, end
        return
    for first, last in units(text[start:end]):
        yield from _pieces(text, start + first, start + last)


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while not _fits(text, start, end):
        cut = _cut(text, start, end)
        yield start, cut
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _cut(text: str, start: int, end: int) -> int:
    """Where a piece that is too long ends: behind as many words as fit."""
    limit, words, at = min(end, start + MOST_CHARS), 0, start
    last = limit
    while at < limit:
        if text[at].isspace() and not text[at - 1].isspace() and at > start:
            words, last = words + 1, at
            if words >= ENOUGH_WORDS:
                break
        at += 1
    return max(last, start + 1)


def _fits(text: str, start: int, end: int) -> bool:
    return end - start <= MOST_CHARS and len(text[start:end].split()) <= MOST_WORDS


def _grouped(text: str, parts: Sequence[tuple[int, int, int]]) -> list[list[tuple[int, int, int]]]:
    """Parts put together to passages of a good length; a page begins a new one."""
    groups: list[list[tuple[int, int, int]]] = []
    words = chars = 0
    for part in parts:
        count, length = len(text[part[0] : part[1]].split()), part[1] - part[0]
        fits = words + count <= MOST_WORDS and chars + length <= MOST_CHARS and words < ENOUGH_WORDS
        if groups and fits and groups[-1][-1][2] == part[2]:
            groups[-1].append(part)
            words, chars = words + count, chars + length
        else:
            groups.append([part])
            words, chars = count, length
    if len(groups) > 1 and groups[-1][0][2] == groups[-2][0][2]:
        last, before = (sum(len(text[a:b].split()) for a, b, _ in group) for group in groups[:-3:-1])
        length = groups[-1][-1][1] - groups[-2][0][0]
        if last < FEWEST_WORDS // 2 and last + before <= MOST_WORDS + FEWEST_WORDS // 2 and length <= MOST_CHARS:
            groups[-2:] = [groups[-2] + groups[-1]]
    return groups
