"""Handlebars and Mustache templates (dotprompt, Prompty) as pieces, and pieces as a Handlebars template. Nothing is ever run.

A plain variable becomes a slot. Blocks, helpers, partials and comments are left out and noted; the text inside a block stays,
once. Helpers that mean something to a dialect, such as dotprompt's {{role "system"}}, are handed to it.
Grammar: https://handlebarsjs.com/guide/expressions.html and https://mustache.github.io/mustache.5.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.scanning import LineCounter
from desktop_app.prompts.interchange.variables import Piece, Slot

_PATH = re.compile(r"(?:this\.|\.\./|\./)*([A-Za-z_][\w-]{0,79}(?:\.[A-Za-z_][\w-]{0,79}){0,6})")
_RAW_BLOCK = re.compile(r"\{\{\{\{(\w{1,60})[^}]{0,200}\}\}\}\}(.{0,5000}?)\{\{\{\{/\1\}\}\}\}", re.DOTALL)
_COMMENT = re.compile(r"\{\{~?!(?:--.{0,5000}?--|(?!--)[^}]{0,5000})~?\}\}", re.DOTALL)
_TAG = re.compile(r"\{\{(\{)?(~?)([^{}]{1,500}?)(~?)\}\}(?(1)\})")
_AFTER_ESCAPE = re.compile(r".{2,}?(?=\{\{|\\\{\{|\\\\\{\{|\Z)", re.DOTALL)
_STANDALONE = re.compile(r"[#/^!>]|else\b")

# Takes what stands inside a tag and its line; returns pieces in its place, or None if it does not know the helper.
Helper = Callable[[str, int], Iterable[Piece] | None]


@dataclass(slots=True)
class _Reader:
    text: str
    notes: Notes
    line: int
    helper: Helper | None
    escapes: bool
    pieces: list[Piece] = field(default_factory=list)
    at: int = 0
    lines: LineCounter = field(init=False)
    trim: bool = False

    def __post_init__(self) -> None:
        self.lines = LineCounter(self.text, self.line)

    def read(self) -> tuple[Piece, ...]:
        while (start := self.text.find("{{", self.at)) >= 0:
            literal = self.text[self.at : start]
            if self.escapes and literal.endswith("\\") and not literal.endswith("\\\\"):
                self.escaped(literal, start)
                continue
            if self.escapes and literal.endswith("\\\\"):
                literal = literal[:-1]
            self.tag(literal, start)
        self.add(self.text[self.at :])
        return tuple(self.pieces)

    def add(self, text: str, *, before: bool = False) -> None:
        if self.trim:
            text, self.trim = text.lstrip(), False
        if before and not text and self.pieces and isinstance(self.pieces[-1], str):
            text = self.pieces.pop()
        if before:
            text = text.rstrip()
        if text:
            self.pieces.append(text)

    def escaped(self, literal: str, start: int) -> None:
        found = _AFTER_ESCAPE.match(self.text, start)
        end = found.end() if found else len(self.text)
        self.add(literal[:-1] + self.text[start:end])
        self.at = end

    def tag(self, literal: str, start: int) -> None:
        line = self.lines.at(start)
        if raw := _RAW_BLOCK.match(self.text, start):
            self.add(literal)
            self.notes.left_out(line, f"The block {raw[1]} is code; the text inside stays.")
            self.add(raw[2])
            self.at = raw.end()
        elif comment := _COMMENT.match(self.text, start):
            self.add(literal)
            if comment[0] != "{{!}}":  # which only keeps other characters apart
                self.notes.left_out(line, f"The comment {_shown(comment[0])}.")
            self.skip_to(comment.end(), start)
        elif found := _TAG.match(self.text, start):
            self.add(literal, before=found[2] == "~")
            inside = found[3].strip()
            if _STANDALONE.match(inside):
                self.block(inside, found, line)
                self.skip_to(found.end(), start)
            else:
                self.at = found.end()
                self.value(inside, found, line)
            self.trim = found[4] == "~"
        else:
            self.add(f"{literal}{{{{")
            self.at = start + 2
            self.notes.changed(line, '"{{" does not start a tag here; it stays as text.')

    def block(self, inside: str, found: re.Match[str], line: int) -> None:
        if inside[0] in "#^" or inside.startswith("else"):
            self.notes.left_out(line, f"{_shown(found[0])} is code; the text inside stays, whatever holds, and once.")
        elif inside[0] == ">":
            self.notes.left_out(line, f"The partial {_shown(found[0])} is in another file.")

    def value(self, inside: str, found: re.Match[str], line: int) -> None:
        made = self.helper(inside, line) if self.helper else None
        path = _PATH.fullmatch(inside.removeprefix("&").strip())
        if made is not None:
            self.pieces += made
        elif path and path[1] not in ("this", "true", "false", "null", "undefined"):
            self.pieces.append(Slot(path[1], line))
        else:
            self.notes.left_out(line, f"{_shown(found[0])} is code.")

    def skip_to(self, end: int, start: int) -> None:
        """Behind a tag; one that stands alone on its line takes the line with it."""
        self.at = end
        before = self.text.rfind("\n", 0, start) + 1
        indent = self.text[before:start]
        after = re.compile(r"[ \t]*(\n|\Z)").match(self.text, end)
        if after and not indent.strip():
            if indent and self.pieces and isinstance(self.pieces[-1], str):
                self.pieces[-1] = self.pieces[-1].removesuffix(indent)
            self.at = after.end()


def read_template(
    text: str, notes: Notes, line: int = 1, *, helper: Helper | None = None, escapes: bool = True
) -> tuple[Piece, ...]:
    r"""The template's pieces, in order; line is the file's line on which it starts. Mustache has no escapes (\{{)."""
    return _Reader(text, notes, line, helper, escapes).read()


def write_template(pieces: Iterable[Piece]) -> str:
    """Pieces as a Handlebars template that gives back the same text."""
    made = ""
    after_slot = False
    for piece in pieces:
        if isinstance(piece, Slot):
            made = _before_slot(made, piece.name)
        else:
            made += _escaped(piece, after_slot=after_slot)
        after_slot = isinstance(piece, Slot)
    return made


def _before_slot(made: str, name: str) -> str:
    backslashes = len(made) - len(made.rstrip("\\"))
    if backslashes:  # \\{{ is one backslash and a tag
        return f"{made}\\{{{{{name}}}}}"
    if made.endswith("{"):  # {{{ would be another kind of tag; ~ takes the space away again
        return f"{made} {{{{~{name}}}}}"
    return f"{made}{{{{{name}}}}}"


def _escaped(text: str, *, after_slot: bool) -> str:
    made = re.sub(
        r"(\\*)\{\{",
        lambda found: f"{found[1]}\\{{{{!}}}}\\{{{{" if found[1] else "\\{{",
        text,
    )
    if after_slot and made.startswith("}"):  # }}} would close another kind of tag
        made = f"{{{{!}}}}{made}"
    return made


def _shown(tag: str) -> str:
    text = " ".join(tag.split())
    return text if len(text) <= 80 else f"{text[:76]}…"
