"""What a learner's black bars hide of a document, what they leave readable, and what the redaction is worth.

docs/formats/redact.md states the formula for trainers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from desktop_app.lessons.documents import Document, Planted, kind_placeholder

State = Literal["found", "partly", "missed"]
Mark = tuple[int, int]  # start and end in characters of the text, end exclusive

COST_OF_NEEDLESS = 0.25  # in things missed
WORDS_A_PIECE = 5  # a long needless passage counts once for every five words begun
CREDIT_FOR_PARTLY = 0.5
_WORD = re.compile(r"\w+")
_TITLES = frozenset(("ms", "mrs", "mr", "miss", "mx", "dr", "prof", "frau", "herr", "herrn"))
_REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class Judged:
    """One occurrence of something planted, and what became of it; readable has the parts with letters left open."""

    start: int
    end: int
    planted: Planted
    state: State
    readable: tuple[Mark, ...]
    covered: float  # the share of its letters and digits, from 0.0 to 1.0


@dataclass(frozen=True, slots=True)
class Needless:
    """A passage that could have stayed; words counts the words of it that can no longer be read."""

    start: int
    end: int
    words: int

    @property
    def pieces(self) -> int:
        """How many needless things it counts as: one for every five words begun."""
        return -(-self.words // WORDS_A_PIECE)


@dataclass(frozen=True, slots=True)
class Redaction:
    """What marks are worth: value from 0.0 to 1.0; judged and needless in order of place.

    shared is the text as it would have left the building, with placeholders such as [PERSON-1].
    """

    marks: tuple[Mark, ...]
    judged: tuple[Judged, ...]
    needless: tuple[Needless, ...]
    value: float
    shared: str

    @property
    def found(self) -> int:
        """How many planted occurrences are wholly hidden."""
        return sum(one.state == "found" for one in self.judged)

    @property
    def leaks(self) -> tuple[Judged, ...]:
        """What would have left the building, wholly or in part, in order of place."""
        return tuple(one for one in self.judged if one.state != "found")


def tidy(marks: Iterable[Mark], text: str) -> tuple[Mark, ...]:
    """The same marks in order, inside the text, without white space at their ends; those that touch become one.

    Marks that hold nothing but white space are dropped.
    """
    joined: list[Mark] = []
    for start, end in sorted((max(0, start), min(len(text), end)) for start, end in marks):
        if start >= end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return tuple(trimmed for mark in joined if (trimmed := _trimmed(mark, text)))


def _trimmed(mark: Mark, text: str) -> Mark | None:
    inside = text[mark[0] : mark[1]]
    start = mark[0] + len(inside) - len(inside.lstrip())
    return (start, start + len(inside.strip())) if inside.strip() else None


def judge(document: Document, marks: Iterable[Mark]) -> Redaction:
    """What these marks hide, leave and spoil; their order does not matter, and they may overlap."""
    text = document.text
    tidied = tidy(marks, text)
    hidden = bytearray(len(text))
    for start, end in tidied:
        hidden[start:end] = b"\1" * (end - start)
    judged = tuple(_judged(start, end, planted, text, hidden) for start, end, planted in document.spans())
    needless = tuple(_needless(document, tidied))
    return Redaction(tidied, judged, needless, _value(judged, needless), _shared(document, tidied))


def flat(marks: Iterable[Mark]) -> tuple[int, ...]:
    """Marks as one row of numbers (start, end, start, end, …), for storing; never text."""
    return tuple(place for mark in marks for place in mark)


def unflat(places: tuple[int, ...], text: str) -> tuple[Mark, ...]:
    """The marks stored by flat; none if they cannot be marks of this text, which has changed since."""
    if len(places) % 2 or any(not 0 <= place <= len(text) for place in places):
        return ()
    marks = tuple(zip(places[::2], places[1::2], strict=True))
    return marks if tidy(marks, text) == marks else ()


def to_units(text: str, place: int) -> int:
    """How many UTF-16 units, in which Qt counts, stand before a place counted in characters."""
    before = text[: max(0, place)]
    return len(before) if before.isascii() else len(before.encode("utf-16-le", "surrogatepass")) // 2


def from_units(text: str, units: int) -> int:
    """The place in characters before which so many UTF-16 units stand; inside a pair, the place before it."""
    if text.isascii():
        return max(0, min(units, len(text)))
    place = seen = 0
    for place, letter in enumerate(text):
        seen += 2 if ord(letter) > 0xFFFF else 1
        if seen > units:
            return place
    return len(text)


def _judged(start: int, end: int, planted: Planted, text: str, hidden: bytearray) -> Judged:
    letters = [at for at in range(start, end) if text[at].isalnum()]
    letters = letters or [at for at in range(start, end) if not text[at].isspace()] or [start]  # made of signs only
    open_letters = [at for at in letters if not hidden[at]]
    covered = 1 - len(open_letters) / len(letters)
    state: State = "found" if not open_letters else "partly" if covered else "missed"
    return Judged(start, end, planted, state, tuple(_runs(open_letters, text)), covered)


def _runs(places: list[int], text: str) -> Iterator[Mark]:
    """Places as passages; what lies between two of them is read along unless a letter or digit of it is hidden."""
    if not places:
        return
    start = places[0]
    for before, after in pairwise(places):
        if any(letter.isalnum() for letter in text[before + 1 : after]):
            yield start, before + 1
            start = after
    yield start, places[-1] + 1


def _needless(document: Document, marks: tuple[Mark, ...]) -> Iterator[Needless]:
    """What the marks hide outside everything planted and arguable; white space, signs and titles are free."""
    text = document.text
    free = _free_letters(document)
    for start, end in marks:
        words = [
            word.span()
            for word in _WORD.finditer(text)
            if word.end() > start and word.start() < end and _is_hidden(word, start, end) and not _is_free(word, free)
        ]
        yield from _passages(words, text, free)


def _free_letters(document: Document) -> bytearray:
    """1 for each letter that is planted or arguable, so that hiding it costs nothing."""
    free = bytearray(len(document.text))
    for start, end in (*((start, end) for start, end, _ in document.spans()), *document.either_spans()):
        free[start:end] = b"\1" * (end - start)
    return free


def _is_hidden(word: re.Match[str], start: int, end: int) -> bool:
    """True if at least half of the word is under the mark: a slip of a letter or two is no fault."""
    return 2 * (min(word.end(), end) - max(word.start(), start)) >= word.end() - word.start()


def _is_free(word: re.Match[str], free: bytearray) -> bool:
    return word.group().casefold() in _TITLES or any(free[word.start() : word.end()])


def spare_words(document: Document) -> Iterator[tuple[Mark, bool]]:
    """Every word that could stay, in order, each with whether a needless passage goes on to it from the one before it."""
    text, before = document.text, -1
    free = _free_letters(document)
    for word in _WORD.finditer(text):
        if not _is_free(word, free):
            between = slice(before, word.start())
            yield word.span(), before >= 0 and not (any(free[between]) or "\n" in text[between])
            before = word.end()


def _passages(words: list[Mark], text: str, free: bytearray) -> Iterator[Needless]:
    """Neighbouring needless words as one passage; a line's end and anything that was to be hidden end it."""
    group: list[Mark] = []
    for start, end in words:
        between = slice(group[-1][1], start) if group else slice(0, 0)
        if group and (any(free[between]) or "\n" in text[between]):
            yield Needless(group[0][0], group[-1][1], len(group))
            group = []
        group.append((start, end))
    if group:
        yield Needless(group[0][0], group[-1][1], len(group))


def _value(judged: tuple[Judged, ...], needless: tuple[Needless, ...]) -> float:
    pieces = sum(one.pieces for one in needless)
    earned = sum(1.0 if one.state == "found" else CREDIT_FOR_PARTLY * one.covered for one in judged)
    things = len(judged)
    right = earned / things if things else 1.0
    return max(0.0, right - COST_OF_NEEDLESS * pieces / max(1, things))


def _shared(document: Document, marks: tuple[Mark, ...]) -> str:
    """The text with a placeholder for each mark; the same words get the same one."""
    text, spans = document.text, document.spans()
    names: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    pieces, place = [], 0
    for start, end in marks:
        inside = [(min(end, last) - max(start, first), planted) for first, last, planted in spans]
        most, planted = max(inside, key=lambda one: one[0], default=(0, None))
        word = kind_placeholder(planted.kind) if planted and most > 0 else _REMOVED
        key = word, " ".join(text[start:end].split())
        if key not in names:
            numbers[word] = numbers.get(word, 0) + 1
            names[key] = f"[{word}-{numbers[word]}]"
        pieces += [text[place:start], names[key]]
        place = end
    return "".join([*pieces, text[place:]])
