"""The pieces of gap, matrix and ordering questions, each read from one line or paragraph (grammar: docs/formats/quiz.md)."""

from __future__ import annotations

import re
from typing import NamedTuple

from desktop_app.lessons.lesson import GAP, Choice, Gap
from desktop_app.lessons.scan import without_code

# In each pattern what follows a repeated part starts with another character, so there is one way only to match.
_GAP = re.compile(r"(?<![\\!])\[\[((?:\\.|[^\[\]\\])+)\]\](?![(\[])")
_DROP = re.compile(r"(?<![\\!])\[->\[((?:\\.|[^\[\]\\])+)\]\]")
_HEAD = re.compile(r"\s*(?:-[ \t]?)?\[((?:\s*(?:\[[^\[\]]*\](?!\()|\([^()]*\)))+)\s*\]\s*")
_ROW = re.compile(r"\s*(?:-[ \t]?)?\[((?:\s*(?:\[[xX ]?\]|\([xX ]?\)))+)\s*\]\s*(\S.*)?")
_TITLE = re.compile(r"\[([^\[\]]*)\]|\(([^()]*)\)")
_CELL = re.compile(r"[\[(]([^\[\]()]*)[\])]")
_ORDER = re.compile(r"\s*(?:-[ \t]?)?\[\[([0-9]{1,2})\]\][ \t]+(\S.*)")
_PIPE = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([|()\[\]@])")
_MARKS = frozenset({"", "x"})
_NO_GAP = "\ufffd"  # for a GAP that somebody typed: it must not count as one


class MatrixRow(NamedTuple):
    """A row as written: its marks in column order, if it has round brackets (one answer), and its text."""

    marks: tuple[bool, ...]
    one_only: bool
    mixed: bool
    text: str


class GapText(NamedTuple):
    """A paragraph with gaps; alternatives has the numbers (from 0) of gaps whose answers were separated by |."""

    body: str
    gaps: tuple[Gap, ...]
    alternatives: tuple[int, ...]


def has_gap(text: str) -> bool:
    """True for a line with a gap or selection inside, code and comments aside."""
    return bool(_gaps(text))


def gap_text(text: str) -> GapText:
    """The paragraph with each gap replaced by GAP, and the gaps in order."""
    text = text.replace(GAP, _NO_GAP)
    parts: list[str] = []
    gaps: list[Gap] = []
    alternatives: list[int] = []
    done = 0
    for match in _gaps(text):
        parts += [text[done : match.start()], GAP]
        done = match.end()
        gap, listed = read_gap(text[match.start(1) : match.end(1)])
        if listed:
            alternatives.append(len(gaps))
        gaps.append(gap)
    return GapText("".join([*parts, text[done:]]).replace("\n", " "), tuple(gaps), tuple(alternatives))


def _gaps(text: str) -> list[re.Match[str]]:
    """Where gaps stand, in order; code and comments are blanked in what the matches hold."""
    if "[" not in text:
        return []
    plain = _without_comments(without_code(text))
    found = sorted([*_GAP.finditer(plain), *_DROP.finditer(plain)], key=lambda match: match.start())
    return [match for match in found if match[1].strip() not in ("?", "!")]


def _without_comments(text: str) -> str:
    """text with comments replaced by as many spaces; one that is not closed is none."""
    start, parts, done = text.find("<!--"), [], 0
    while start >= 0 and (end := text.find("-->", start + 4)) >= 0:
        parts += [text[done:start], " " * (end + 3 - start)]
        done = end + 3
        start = text.find("<!--", done)
    return "".join([*parts, text[done:]])


def read_gap(inside: str) -> tuple[Gap, bool]:
    """What stands between the brackets of a gap, and whether it lists answers with | but marks none with ( )."""
    parts = [part.strip() for part in _PIPE.split(inside)]
    marked = [part.startswith("(") and part.endswith(")") and len(part) > 1 for part in parts]
    if len(parts) > 1 and any(marked):
        options = (
            Choice(unescape(part[1:-1] if right else part), right) for part, right in zip(parts, marked, strict=True)
        )
        return Gap(options=tuple(options)), False
    return Gap(answers=tuple(unescape(part) for part in parts if part.strip("_ "))), len(parts) > 1


def is_selection(inside: str) -> bool:
    """True for a|(b)|c."""
    return bool(read_gap(inside)[0].options)


def split_answers(inside: str) -> list[str]:
    """The answers between the brackets of a text quiz; an empty one stays, to be reported."""
    return [unescape(part) for part in _PIPE.split(inside)]


def unescape(text: str) -> str:
    """text without the backslashes that keep | ( ) [ ] @ from meaning something."""
    return _ESCAPED.sub(r"\1", text).strip()


def matrix_head(text: str) -> tuple[str, ...] | None:
    """The column titles of [[a] [b] [c]], None if text is something else.

    As in LiaScript a title in [ ] may hold round brackets and one in ( ) square ones; [[text](address)] is a link.
    """
    if not (match := _HEAD.fullmatch(text)):
        return None
    cells = tuple((square or round_).strip() for square, round_ in _TITLE.findall(match[1]))
    is_row = all(cell.casefold() in _MARKS for cell in cells)
    return None if len(cells) < 2 or is_row else cells


def matrix_row(text: str) -> MatrixRow | None:
    """One line [ (X) ( ) ] text of a matrix, None if text is something else."""
    if not (match := _ROW.fullmatch(text)):
        return None
    cells = _CELL.findall(match[1])
    if len(cells) < 2:
        return None
    round_ = match[1].count("(")
    marks = tuple(cell.strip().casefold() == "x" for cell in cells)
    return MatrixRow(marks, round_ == len(cells), 0 < round_ < len(cells), (match[2] or "").strip())


def order_line(text: str) -> tuple[int, str] | None:
    """The place and the text of [[2]] text; None for anything else, and where the text has a gap of its own."""
    match = _ORDER.fullmatch(text)
    return (int(match[1]), match[2].strip()) if match and not has_gap(match[2]) else None
