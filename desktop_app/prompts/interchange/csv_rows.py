"""Rows of a CSV file, one at a time, with the line each starts on; a broken row does not take the rest with it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from desktop_app.errors import ContentError

LONGEST_LINE = 1_000_000
_FOREIGN = re.compile("[\udc80-\udcff]")  # what a byte that is not UTF-8 is decoded to
_NOT_UTF8 = "The row is not UTF-8, so it was read as Windows-1252. Check its accents and quotes."


@dataclass(frozen=True, slots=True)
class Row:
    """The values of one row in order of columns, the line it starts on, and what was assumed to read it, if anything."""

    line: int
    values: list[str]
    note: str = ""


def read_rows(path: Path) -> Iterator[Row | ContentError]:
    """Every row, the header first; what cannot be read comes as an error with the line it starts on, and reading goes on.

    Understood are UTF-8 with or without a byte order mark, UTF-16 with one, any line ends, and comma, semicolon or tab
    between values. Raises OSError if the file cannot be read.
    """
    with path.open("rb") as file:
        start = file.read(4096)
    utf16 = start.startswith((b"\xff\xfe", b"\xfe\xff"))
    if b"\0" in start and not utf16:
        yield ContentError("This is not a text file. Choose a CSV file.", path, 1)
        return
    encoding = "utf-16" if utf16 else "utf-8-sig"
    with path.open(encoding=encoding, errors="replace" if utf16 else "surrogateescape", newline="") as text:
        first = text.readline(LONGEST_LINE)
        text.seek(0)
        yield from _Lines(path, text, _delimiter(first)).rows()


def _delimiter(header: str) -> str:
    return max(",;\t", key=header.count)  # the first of them if none is there


class _Lines:
    """Hands lines to csv.reader and remembers those of the row at hand, so that a broken row can be stepped over."""

    def __init__(self, path: Path, text: TextIO, delimiter: str) -> None:
        self._path, self._text, self._delimiter = path, text, delimiter
        self._pending: list[str] = []  # the lines of the row at hand
        self._again: list[str] = []  # lines to be read once more, the next one last
        self._line = 0  # the last one handed out
        self._quoted = False  # whether the broken row stepped over last began with a quote

    def __iter__(self) -> Iterator[str]:
        while line := (self._again.pop() if self._again else self._text.readline(LONGEST_LINE)):
            self._line += 1
            if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
                self._skip_line()
                raise csv.Error("too long")
            self._pending.append(line)
            yield line

    def rows(self) -> Iterator[Row | ContentError]:
        columns = 0
        is_rest = False  # what follows may still belong to a broken row, if it does not look like one of its own
        while True:
            reader = csv.reader(iter(self), delimiter=self._delimiter, strict=True)
            try:
                for values in reader:
                    start = self._line - len(self._pending) + 1
                    quoted = self._pending[0].startswith('"')
                    self._pending.clear()
                    columns = columns or len(values)
                    if is_rest and (len(values) != columns or self._quoted > quoted):
                        continue
                    is_rest = False
                    yield self._row(start, values)
                return
            except csv.Error as exc:
                yield self._step_over(exc)
                is_rest = True

    def _row(self, line: int, values: list[str]) -> Row:
        if not any(_FOREIGN.search(value) for value in values):
            return Row(line, values)
        return Row(line, [_FOREIGN.sub(_windows, value) for value in values], _NOT_UTF8)

    def _step_over(self, error: csv.Error) -> ContentError:
        """What is wrong with the row at hand; reading goes on with the line on which that showed, or after its first."""
        lines, self._pending = self._pending, []
        start = self._line - len(lines) + 1
        self._quoted = bool(lines) and lines[0].startswith('"')
        said = str(error)
        if "too long" in said:
            return ContentError(
                f"A line is longer than {LONGEST_LINE:,} characters. Shorten it.", self._path, self._line
            )
        again = lines[-1:] if "expected after" in said and len(lines) > 1 else lines[1:]
        self._again += reversed(again)
        self._line -= len(again)
        return ContentError(_in_words(said), self._path, start)

    def _skip_line(self) -> None:
        while (more := self._text.readline(LONGEST_LINE)) and not more.endswith(("\n", "\r")):
            pass


def _in_words(error: str) -> str:
    if "field limit" in error:
        return (
            f"A value of the row that starts here is longer than {csv.field_size_limit():,} characters. "
            'Shorten it, or check whether a quote (") is never closed.'
        )
    if "unexpected end" in error:
        return (
            'A quote (") in the row that starts here is never closed. Close it, and double quotes inside a text ("").'
        )
    if "expected after" in error:
        return 'The quotes (") of the row that starts here do not match. Double those inside a text ("").'
    return f"The row that starts here is no CSV ({error}). Check its quotes and line ends."


def _windows(byte: re.Match[str]) -> str:
    return bytes([ord(byte[0]) - 0xDC00]).decode("cp1252", "replace")
