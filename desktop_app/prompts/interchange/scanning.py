"""Finding places in a text of Markdown: which characters are code, and a text cut into pieces where a pattern matches."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable

from desktop_app.prompts.interchange.variables import Piece, Slot

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
_TICKS = re.compile(r"`+")


class Code:
    """Which characters of a text are code: fenced blocks, and what stands between backticks on one line."""

    def __init__(self, text: str) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        if "`" in text or "~~~" in text:
            self._find(text)

    def holds(self, position: int) -> bool:
        """True if the character at position is code."""
        at = bisect_right(self._starts, position) - 1
        return at >= 0 and position < self._ends[at]

    def _find(self, text: str) -> None:
        fence, began, at = "", 0, 0
        for line in text.split("\n"):
            mark = _FENCE.match(line)
            if fence:
                if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not mark[2].strip():
                    self._add(began, at + len(line))
                    fence = ""
            elif mark and not (mark[1][0] == "`" and "`" in mark[2]):
                fence, began = mark[1], at
            else:
                self._find_in_line(line, at)
            at += len(line) + 1
        if fence:
            self._add(began, len(text))

    def _find_in_line(self, line: str, at: int) -> None:
        runs = list(_TICKS.finditer(line))
        latest: dict[int, int] = {}
        closing: dict[int, int] = {}  # each run → the next of its length
        for index in range(len(runs) - 1, -1, -1):
            length = len(runs[index][0])
            if length in latest:
                closing[index] = latest[length]
            latest[length] = index
        index = 0
        while index < len(runs):
            if index in closing:
                self._add(at + runs[index].start(), at + runs[closing[index]].end())
                index = closing[index]
            index += 1

    def _add(self, start: int, end: int) -> None:
        self._starts.append(start)
        self._ends.append(end)


def cut(text: str, pattern: re.Pattern[str], piece_for: Callable[[re.Match[str]], Slot | str | None]) -> list[Piece]:
    """The text as pieces: piece_for says what stands for a match, None if the match is text like any other."""
    pieces: list[Piece] = []
    at = 0
    for found in pattern.finditer(text):
        piece = piece_for(found)
        if piece is not None:
            pieces += [text[at : found.start()], piece]
            at = found.end()
    return [*pieces, text[at:]]


class LineCounter:
    """On which line a position of a text stands, counted on from the position asked before."""

    def __init__(self, text: str, first: int) -> None:
        self._text, self._first = text, first
        self._seen = (0, first)

    def at(self, position: int) -> int:
        """The line, from first on."""
        start, line = self._seen if position >= self._seen[0] else (0, self._first)
        self._seen = (position, line + self._text.count("\n", start, position))
        return self._seen[1]


def line_at(text: str, position: int, first: int = 1) -> int:
    """The line on which position stands, if text starts on the line first."""
    return first + text.count("\n", 0, position)
