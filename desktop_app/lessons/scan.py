"""What each line of a lesson's body is: text, a fence with its code, or a comment. Parser and lint both rely on it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

LineKind = Literal["text", "open", "code", "close", "comment"]

# A backtick fence's info has no backticks, so `inline ``` code` on one line opens nothing (CommonMark 4.5).
_FENCE = re.compile(r"\s*(`{3,}|~{3,})(.*)")
_SPECIAL = "`~<"  # what a line of another kind than text begins with
_HEADING = re.compile(r"(#{1,6})(?:[ \t]+(.*))?")
_BACKTICKS = re.compile(r"(?<!\\)`+")
_VISIBLE = re.compile(r"[^\n]")


class Line(NamedTuple):
    """One line: number counts from 1 in the file; info is what stands behind an opening fence."""

    number: int
    text: str
    kind: LineKind
    info: str = ""

    @property
    def is_blank(self) -> bool:
        """True for text with nothing visible."""
        return self.kind == "text" and not self.text.strip()


def scan(lines: Sequence[str], first_line: int) -> tuple[list[Line], int | None]:
    """Every line with its kind, and the number of the line whose fence or comment is never closed."""
    found: list[Line] = []
    fence, in_comment, opened = "", False, 0
    for number, text in enumerate(lines, first_line):
        if in_comment:
            found.append(Line(number, text, "comment"))
            in_comment = "-->" not in text
        elif fence:
            closes = text.strip()
            is_close = len(closes) >= len(fence) and not closes.strip(fence[0])
            found.append(Line(number, text, "close" if is_close else "code"))
            fence = "" if is_close else fence
        elif (start := text.lstrip()[:1]) not in _SPECIAL or not start:
            found.append(Line(number, text, "text"))
        elif (match := _FENCE.fullmatch(text)) and not (match[1][0] == "`" and "`" in match[2]):
            fence, opened = match[1], number
            found.append(Line(number, text, "open", match[2].strip()))
        elif text.lstrip().startswith("<!--"):
            found.append(Line(number, text, "comment"))
            in_comment, opened = "-->" not in text, number
        else:
            found.append(Line(number, text, "text"))
    return found, opened if fence or in_comment else None


def heading(text: str) -> tuple[int, str] | None:
    """Level and text of an ATX heading, closing hashes removed."""
    match = _HEADING.fullmatch(text.rstrip())
    if not match:
        return None
    title = (match[2] or "").strip()
    bare = title.rstrip("#")
    return len(match[1]), bare.rstrip() if bare != title and (not bare or bare[-1].isspace()) else title


def split_lines(text: str) -> list[str]:
    """The lines of a text, whatever its line ends and with or without a byte order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")


def without_code(text: str) -> str:
    """text with code spans replaced by as many spaces, so that columns stay right."""
    if "`" not in text:
        return text
    runs = [match.span() for match in _BACKTICKS.finditer(text)]
    later: dict[int, list[int]] = {}  # run length -> ends still ahead, nearest last; keeps this linear
    for start, end in reversed(runs):
        later.setdefault(end - start, []).append(end)
    parts, done = [], 0
    for start, end in runs:
        same = later[end - start]
        while same and same[-1] <= max(end, done):
            same.pop()
        if start >= done and same:
            parts += [text[done:start], _VISIBLE.sub(" ", text[start : same[-1]])]
            done = same.pop()
    return "".join([*parts, text[done:]])


def chunks(lines: Sequence[Line]) -> Iterator[tuple[int, str]]:
    """Runs of text lines between blank lines, fences and comments: first line number, and text with code blanked."""
    chunk: list[str] = []
    first = 0
    for line in lines:
        if line.kind != "text" or line.is_blank:
            if chunk:
                yield first, without_code("\n".join(chunk))
            chunk = []
        else:
            first = first if chunk else line.number
            chunk.append(line.text)
    if chunk:
        yield first, without_code("\n".join(chunk))
