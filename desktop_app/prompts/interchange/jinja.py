"""Jinja and Nunjucks templates (Prompty, promptfoo) as pieces, and pieces as such a template. Nothing is ever run.

A plain variable becomes a slot, quoted text becomes text. Filters, expressions, tags and comments are left out and noted; the
text inside a condition or a loop stays, once. Grammar: https://jinja.palletsprojects.com/templates/ and
https://mozilla.github.io/nunjucks/templating.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.scanning import LineCounter
from desktop_app.prompts.interchange.variables import Piece, Slot

_OPEN = re.compile(r"\{[{%#]")
_RAW = re.compile(r"\{%[-+]?\s*(raw|verbatim)\s*[-+]?%\}")
_CLOSE = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PATH = re.compile(r"[A-Za-z_]\w{0,79}(?:\.[A-Za-z_]\w{0,79}|\[(?:\d{1,4}|'[^'\]]{1,60}'|\"[^\"\]]{1,60}\")\]){0,6}")
_STRING = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)
_FILTER = re.compile(r"\s*\|\s*([A-Za-z_]\w*)\s*(\([^()]*\))?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WORDS = {"true", "false", "none", "True", "False", "None", "loop", "self", "null", "undefined"}
_BRACES = re.compile(r"\{{2,}|\{+(?=[%#])|(?<=#)\}")  # Nunjucks stumbles over a lone #}
_LONGEST_TAG = 2_000


@dataclass(slots=True)
class _Reader:
    text: str
    notes: Notes
    line: int
    pieces: list[Piece] = field(default_factory=list)
    at: int = 0
    lines: LineCounter = field(init=False)
    trim: bool = False  # the tag before took the white space after it

    def __post_init__(self) -> None:
        self.lines = LineCounter(self.text, self.line)

    def read(self) -> tuple[Piece, ...]:
        while found := _OPEN.search(self.text, self.at):
            start = found.start()
            end = _end_of(self.text, start, _CLOSE[found[0]])
            if end < 0:
                self.notes.changed(self.lines.at(start), f'"{found[0]}" is not closed; it stays as text.')
                self.add(self.text[self.at : start + 2])
                self.at = start + 2
                continue
            self.add(self.text[self.at : start], before=self.text[start + 2] in "-~")
            self.at = end
            self.trim = self.text[end - 3] in "-~" and end - start > 5
            if raw := _RAW.match(self.text, start):
                self.raw(raw[1])
            else:
                self.tag(found[0], self.text[start + 2 : end - 2].strip("-+~ \t\n"), start)
        self.add(self.text[self.at :])
        return tuple(self.pieces)

    def add(self, text: str, *, before: bool = False) -> None:
        if self.trim:
            text, self.trim = text.lstrip(), False
        if before:
            text = text.rstrip()
        if text:
            self.pieces.append(text)

    def raw(self, word: str) -> None:
        end = re.compile(rf"\{{%[-+]?\s*end{word}\s*[-+]?%\}}").search(self.text, self.at)
        stop = end.start() if end else len(self.text)
        self.add(self.text[self.at : stop])
        self.at = end.end() if end else stop

    def tag(self, kind: str, inside: str, start: int) -> None:
        line = self.lines.at(start)
        if kind == "{{":
            self.value(inside, line)
            return
        shown = _shown(kind, inside)
        if kind == "{#":
            self.notes.left_out(line, f"The comment {shown}.")
        elif inside.startswith(("if", "elif", "elseif", "else", "for")):
            self.notes.left_out(line, f"{shown} is code; the text inside stays, whatever holds, and once.")
        elif not inside.startswith("end"):
            self.notes.left_out(line, f"{shown} is code.")
        self.drop_empty_line(start)

    def value(self, inside: str, line: int) -> None:
        if (quoted := _STRING.fullmatch(inside)) is not None:
            self.add(_unquoted(quoted))
            return
        path = _PATH.match(inside)
        rest = inside[path.end() :] if path else inside
        if path is None or path[0].split(".")[0] in _WORDS or re.sub(_FILTER, "", rest).strip():
            self.notes.left_out(line, f"{_shown('{{', inside)} is code.")
            return
        default = ""
        for name, given in _FILTER.findall(rest):
            quoted = _STRING.search(given) if name in ("default", "d") else None
            if quoted:
                default = _unquoted(quoted)
            else:
                self.notes.left_out(line, f'The filter "{name}" after {path[0]}.')
        self.pieces.append(Slot(path[0], line, default))

    def drop_empty_line(self, start: int) -> None:
        """A tag alone on its line takes the line with it."""
        before = self.text.rfind("\n", 0, start) + 1
        after = re.compile(r"[ \t]*(\n|\Z)").match(self.text, self.at)
        if after and not self.text[before:start].strip() and not self.trim:
            indent = self.text[before:start]
            if indent and self.pieces and isinstance(self.pieces[-1], str):
                self.pieces[-1] = self.pieces[-1].removesuffix(indent)
            self.at = after.end()


def read_template(text: str, notes: Notes, line: int = 1) -> tuple[Piece, ...]:
    """The template's pieces, in order; line is the file's line on which it starts."""
    return _Reader(text, notes, line).read()


def write_template(pieces: Iterable[Piece]) -> str:
    """Pieces as a template that gives back the same text; braces that open a tag are quoted."""
    parts: list[str] = []
    for piece in pieces:
        if isinstance(piece, Slot):
            if parts and (ending := re.search(r"\{+\Z", parts[-1])):
                parts[-1] = f"{parts[-1][: ending.start()]}{{{{ '{ending[0]}' }}}}"
            parts.append(f"{{{{{piece.name}}}}}")
        else:
            parts.append(_BRACES.sub(lambda braces: f"{{{{ '{braces[0]}' }}}}", piece))
    return "".join(parts)


def _end_of(text: str, start: int, close: str) -> int:
    """Where the tag that starts here ends, -1 if nowhere near; a close inside quotes does not count."""
    at, quote = start + 2, ""
    stop = min(len(text), at + _LONGEST_TAG)
    if text.find(close, at, stop + 1) < 0:  # far faster than letter by letter, if a text has thousands that never close
        return -1
    while at < stop:
        letter = text[at]
        if quote:
            at += letter == "\\"
            quote = "" if letter == quote else quote
        elif letter in "'\"" and close != "#}":
            quote = letter
        elif text.startswith(close, at):
            return at + 2
        at += 1
    return -1


def _unquoted(found: re.Match[str]) -> str:
    words = {"n": "\n", "t": "\t", "r": "\r"}
    return _ESCAPED.sub(lambda escape: words.get(escape[1], escape[1]), found[1] or found[2] or "")


def _shown(kind: str, inside: str) -> str:
    text = f"{kind} {' '.join(inside.split())} {_CLOSE[kind]}"
    return text if len(text) <= 80 else f"{text[:76]}…"
