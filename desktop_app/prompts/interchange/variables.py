"""Placeholders between dialects: a text as literal pieces and slots, names made ours, and braces that mean themselves.

Every dialect is read into pieces (text, or a Slot where a value goes) and written from them, so that no text is ever
taken for a placeholder by accident. Our templates have no escape, so text that looks like one of our placeholders starts
with a slot of its own, {{two_braces}}, an input whose default is "{{".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.notes import Notes
from desktop_app.prompts.loading import PLACEHOLDER

BRACES = "two_braces"  # stands for "{{" where a text would otherwise be taken for a placeholder
BRACES_INPUT = {
    "name": BRACES, "label": "Two braces (leave empty)", "required": False, "default": "{{",
    "help": "Leave this field empty: the prompt has two braces here that are no placeholder.",
}  # fmt: skip
_LONGEST_NAME = 40


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a value: the name as its dialect writes it, the line (from 1) and, where stated, what it stands for if empty."""

    name: str
    line: int = 1
    default: str = ""


Piece = str | Slot


class Names:
    """The source's names as names of inputs, a-z, 0-9 and _; two that become the same are numbered."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._ours: dict[str, str] = {}
        self.defaults: dict[str, str] = {}  # our name → the default a slot stated

    def ours(self, name: str, line: int = 1) -> str:
        """The input's name for a name of the source; a changed one is noted once."""
        if name in self._ours:
            return self._ours[name]
        made = _free(input_name(name), {*self._ours.values(), BRACES})
        self._ours[name] = made
        if made != name:
            self._notes.changed(line, f'The placeholder "{name[:60]}" is called "{made}" here.')
        return made

    def known(self) -> dict[str, str]:
        """Every name met so far: the source's → ours."""
        return dict(self._ours)


def input_name(name: str) -> str:
    """A name as an input may have it: "First Name" → first_name, "firstName" → first_name, "2nd" → value_2nd."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    plain = unicodedata.normalize("NFKD", split).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not made or not made[0].isalpha():
        made = f"value_{made}".rstrip("_")
    return made[:_LONGEST_NAME].rstrip("_")


def label_of(name: str) -> str:
    """The words of the form for a name: "first_name" → "First name"."""
    words = re.sub(r"[^\w]+|_+", " ", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)).strip().lower()
    return (words[:1].upper() + words[1:])[:80] or "Value"


def to_template(pieces: Iterable[Piece], names: Names) -> str:
    """Pieces as one of our templates; text that looks like a placeholder of ours is kept from being one."""
    parts: list[str] = []
    text = ""
    for piece in pieces:
        if isinstance(piece, str):
            text += piece
            continue
        made = names.ours(piece.name, piece.line)
        if piece.default:
            names.defaults.setdefault(made, piece.default)
        parts += [_literal(text), f"{{{{{made}}}}}"]
        text = ""
    return "".join([*parts, _literal(text)])


def from_template(content: str) -> tuple[Piece, ...]:
    """One of our templates as pieces, in order; {{two_braces}} is the text "{{"."""
    pieces: list[Piece] = []
    at = 0
    for found in PLACEHOLDER.finditer(content):
        _add(pieces, content[at : found.start()])
        if found[1] == BRACES:
            _add(pieces, "{{")
        else:
            pieces.append(Slot(found[1], content.count("\n", 0, found.start()) + 1))
        at = found.end()
    _add(pieces, content[at:])
    return tuple(pieces)


def _add(pieces: list[Piece], text: str) -> None:
    if text and pieces and isinstance(pieces[-1], str):
        pieces[-1] += text
    elif text:
        pieces.append(text)


def _literal(text: str) -> str:
    return PLACEHOLDER.sub(lambda found: f"{{{{{BRACES}}}}}{found[0][2:]}", text)


def _free(name: str, taken: set[str]) -> str:
    made, number = name, 1
    while made in taken:
        number += 1
        made = f"{name[: _LONGEST_NAME - len(str(number)) - 1]}_{number}"
    return made
