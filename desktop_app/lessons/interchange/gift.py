"""The GIFT format as data: questions with their answers, weights and feedback, before they become a lesson.

Source: https://docs.moodle.org/en/GIFT_format and Moodle's reader (question/format/gift/format.php), whose rules count
where the description leaves something open: an unescaped = or ~ starts an answer wherever it stands.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from desktop_app.lessons.scan import split_lines
from desktop_app.notes import Notes

TextFormat = Literal["moodle", "html", "markdown", "plain"]
GiftKind = Literal["description", "essay", "true_false", "numeric", "choice", "matching", "short"]
LONGEST = 100_000  # characters of one question
GRADES = (100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5, 11.11111,
          10, 5, 0)  # fmt: skip  # per cent; Moodle refuses others

_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_TITLE = re.compile(r"\s*::((?:\\.|:(?!:)|[^\\:])*)::", re.DOTALL)
_BRACES = re.compile(r"\\.|[{}]", re.DOTALL)
# A tag is one piece, so that the = and # of its attributes are no marks.
_MARKS = re.compile(r"\\.|</?[a-zA-Z][^<>{}~]{0,2000}>|####|[=~#]", re.DOTALL)
_ESCAPES = re.compile(r"\\([~=#{}:n\\])")
_WEIGHT = re.compile(r"\s*%\s*(-?[0-9]{1,3}(?:[.,][0-9]{0,10})?)\s*%")
_TRUE_FALSE = re.compile(r"\s*(TRUE|FALSE|T|F)\s*(?=#|\Z)", re.IGNORECASE)
_GOES_ON = ("=", "~", "}", "#", "%", "//")
_CATEGORY = "$CATEGORY:"


@dataclass(frozen=True, slots=True)
class GiftText:
    """A text with its escapes resolved; a line end in it was written as \\n, or stands in [markdown]."""

    text: str
    format: TextFormat


@dataclass(frozen=True, slots=True)
class GiftAnswer:
    """One answer: marked is True for =, weight in per cent if one was given; in a matching question pair is its right side."""

    text: GiftText
    marked: bool
    weight: float | None
    feedback: GiftText
    line: int
    pair: GiftText | None = None


@dataclass(frozen=True, slots=True)
class GiftQuestion:
    """One question; after is what stands behind the braces, is_true the right answer of true_false.

    is_tight: whether the texts before and behind the braces touch them, as in un{=forget}table.
    """

    line: int
    kind: GiftKind
    title: str
    stem: GiftText
    after: GiftText
    answers: tuple[GiftAnswer, ...]
    general: GiftText
    is_true: bool = False
    is_tight: tuple[bool, bool] = (False, False)


@dataclass(frozen=True, slots=True)
class GiftCategory:
    """A $CATEGORY line: the names of its path, outermost first."""

    line: int
    path: tuple[str, ...]


def read_gift(text: str, notes: Notes) -> Iterator[GiftQuestion | GiftCategory]:
    """Questions and categories in file order; what cannot be read is noted and passed over."""
    for entry in _entries(text, notes):
        if entry.text.startswith(_CATEGORY):
            path = entry.text[len(_CATEGORY) :].strip()
            names = [name.strip().replace("\0", "/") for name in path.replace("//", "\0").split("/")]
            yield GiftCategory(entry.line, tuple(name for name in names if name))
        elif len(entry.text) > LONGEST:
            notes.left_out(entry.line, f"This question is longer than {LONGEST:,} characters.")
        elif question := _Reader(entry, notes).read():
            yield question


@dataclass(slots=True)
class _Entry:
    """The lines of one question, and the number each of them has in the file."""

    text: str
    starts: list[int]
    numbers: list[int]

    @property
    def line(self) -> int:
        return self.numbers[0]

    def line_at(self, place: int) -> int:
        return self.numbers[bisect_right(self.starts, place) - 1]


class _Collector:
    """Gathers the lines of one question and knows if its braces are open."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.state: Literal["before", "inside", "behind"] = "before"

    def add(self, number: int, line: str) -> None:
        self.lines.append((number, line))
        if self.state == "behind":
            return
        for found in _BRACES.finditer(line):
            if found[0] == "{" and self.state == "before":
                self.state = "inside"
            elif found[0] == "}" and self.state == "inside":
                self.state = "behind"
                return

    def entry(self) -> _Entry:
        starts, place = [], 0
        for _, line in self.lines:
            starts.append(place)
            place += len(line) + 1
        return _Entry("\n".join(line for _, line in self.lines), starts, [number for number, _ in self.lines])


def _entries(text: str, notes: Notes) -> Iterator[_Entry]:
    """Questions are separated by blank lines; one inside braces counts only if no answer follows it."""
    now = _Collector()
    blank_since = 0
    for number, line in enumerate(split_lines(text), 1):
        bare = line.strip()
        if bare.startswith("//"):
            continue
        if not bare:
            blank_since = blank_since or number
            continue
        inside = now.state == "inside" and bare.startswith(_GOES_ON)
        starts = bare.startswith((_CATEGORY, "::")) and now.state != "inside"
        if now.lines and ((blank_since and not inside) or starts):
            yield now.entry()
            now = _Collector()
        elif blank_since and inside:
            notes.changed(
                blank_since, "A blank line stood between answers, where Moodle ends a question. It was passed over."
            )
        blank_since = 0
        now.add(number, bare if not now.lines else line)
        if bare.startswith(_CATEGORY) and len(now.lines) == 1:
            yield now.entry()
            now = _Collector()
    if now.lines:
        yield now.entry()


class _Reader:
    """Reads one question."""

    def __init__(self, entry: _Entry, notes: Notes) -> None:
        self._entry, self._notes = entry, notes
        self._text = entry.text
        self._hashes: list[int] = []  # where feedback starts

    def read(self) -> GiftQuestion | None:
        title, start = "", 0
        if found := _TITLE.match(self._text):
            title, start = " ".join(_unescaped(found[1]).split()), found.end()
        form, start = self._format(start, "moodle")
        braces = self._braces(start)
        if braces is None:
            return None
        opening, closing = braces
        stem = _gift_text(self._text[start:opening], form)
        after = _gift_text(self._text[closing + 1 :], form)
        if opening == len(self._text):
            return GiftQuestion(self._entry.line, "description", title, stem, after, (), GiftText("", form))
        is_tight = not self._text[opening - 1 : opening].isspace(), not self._text[closing + 1 : closing + 2].isspace()
        return replace(self._question(title, stem, after, opening + 1, closing), is_tight=is_tight)

    def _format(self, start: int, default: TextFormat) -> tuple[TextFormat, int]:
        found = _FORMAT.match(self._text, start)
        return (found[1].lower(), found.end()) if found else (default, start)  # type: ignore[return-value]

    def _braces(self, start: int) -> tuple[int, int] | None:
        """Where the answers open and close; both at the end where there are none, None where they never close."""
        opening = None
        for found in _BRACES.finditer(self._text, start):
            if found[0] == "{" and opening is None:
                opening = found.start()
            elif found[0] == "}" and opening is not None:
                return opening, found.start()
        if opening is None:
            return len(self._text), len(self._text)
        self._notes.left_out(self._entry.line_at(opening), "The answers of this question are never closed with }.")
        return None

    def _question(self, title: str, stem: GiftText, after: GiftText, start: int, end: int) -> GiftQuestion:
        marks = [found for found in _MARKS.finditer(self._text, start, end) if found[0] in ("####", "#", "=", "~")]
        general = GiftText("", stem.format)
        if last := next((found for found in marks if found[0] == "####"), None):
            form, at = self._format(last.end(), stem.format)
            general, end = _gift_text(self._text[at:end], form), last.start()
            marks = [found for found in marks if found.start() < end]
        inside = self._text[start:end]
        kind, is_true = self._kind(inside, marks)
        if kind in ("essay", "true_false"):
            answers = self._said(marks, end, stem.format) if kind == "true_false" else ()
        else:
            if kind == "numeric":
                start += inside.index("#") + 1
                marks = [found for found in marks if found.start() >= start]
            self._hashes = [found.start() for found in marks if found[0] == "#"]
            edges = [found for found in marks if found[0] in "=~"]
            answers = tuple(self._answers(start, end, edges, stem.format, kind))
        return GiftQuestion(self._entry.line, kind, title, stem, after, answers, general, is_true)

    def _kind(self, inside: str, marks: list[re.Match[str]]) -> tuple[GiftKind, bool]:
        if not inside.strip():
            return "essay", False
        if inside.lstrip().startswith("#"):
            return "numeric", False
        if found := _TRUE_FALSE.match(inside):
            return "true_false", found[1][0] in "Tt"
        if any(found[0] == "~" for found in marks):
            return "choice", False
        parts = [found for found in marks if found[0] == "="]
        return ("matching" if parts and inside.count("->") >= len(parts) else "short"), False

    def _said(self, marks: list[re.Match[str]], end: int, form: TextFormat) -> tuple[GiftAnswer, ...]:
        """The feedback of a true or false question, for a wrong and a right answer, as two answers."""
        hashes = [found for found in marks if found[0] == "#"]
        ends = [found.start() for found in hashes[1:]] + [end]
        found = []
        for mark, stop in zip(hashes, ends, strict=False):
            own, at = self._format(mark.end(), form)
            text = _gift_text(self._text[at:stop], own)
            found.append(GiftAnswer(GiftText("", form), False, None, text, self._entry.line_at(mark.start())))
        return tuple(found)

    def _answers(
        self, start: int, end: int, edges: list[re.Match[str]], form: TextFormat, kind: GiftKind
    ) -> Iterator[GiftAnswer]:
        first = edges[0].start() if edges else end
        if lead := self._text[start:first].strip():
            if kind == "numeric" or not edges:
                yield self._answer(start, first, form, marked=True, kind=kind)
            else:
                line = self._entry.line_at(start)
                self._notes.left_out(line, f'"{lead[:40]}" stands before the first answer and means nothing there.')
        stops = [mark.start() for mark in edges[1:]] + [end]
        for mark, stop in zip(edges, stops, strict=False):
            yield self._answer(mark.end(), stop, form, marked=mark[0] == "=", kind=kind)

    def _answer(self, start: int, end: int, form: TextFormat, *, marked: bool, kind: GiftKind) -> GiftAnswer:
        line = self._entry.line_at(min(start, end - 1))
        weight = None
        if found := _WEIGHT.match(self._text, start, end):
            weight, start = float(found[1].replace(",", ".")), found.end()
        index = bisect_left(self._hashes, start)
        stop = min(self._hashes[index], end) if index < len(self._hashes) else end
        said_form, said_at = self._format(stop + 1, form) if stop < end else (form, end)
        own, at = self._format(start, form)
        text, arrow, pair = self._text[at:stop].partition("->") if kind == "matching" else (self._text[at:stop], "", "")
        pair_text = _gift_text(pair, own) if arrow else None
        return GiftAnswer(
            _gift_text(text, own), marked, weight, _gift_text(self._text[said_at:end], said_form), line, pair_text
        )


def _gift_text(raw: str, form: TextFormat) -> GiftText:
    kept = raw if form == "markdown" else re.sub(r"[ \t]*\n[ \t]*", " ", raw)
    return GiftText(_unescaped(kept).strip(), form)


def _unescaped(raw: str) -> str:
    return _ESCAPES.sub(lambda found: "\n" if found[1] == "n" else found[1], raw)


def escaped(text: str) -> str:
    """text with what means something in GIFT escaped, line ends as \\n."""
    return re.sub(r"[~=#{}:\\]", r"\\\g<0>", text).replace("\n", "\\n")
