"""Fabric patterns: a folder with system.md, which may have user.md and README.md beside it.

Source: https://github.com/danielmiessler/fabric (patterns, and its template package for the rules of {{…}}). {{input}} is
what a person passes in, {{name}} a variable, {{plugin:…}} and {{ext:…}} run something and are never taken over. Some
patterns show code with braces, so what stands in code stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.notes import Notes, Package
from desktop_app.prompts.interchange.imported import Found, Imported, make, one_line, slug, source_of
from desktop_app.prompts.interchange.scanning import Code, cut, line_at
from desktop_app.prompts.interchange.turns import note_ends, note_losses, system_and_user
from desktop_app.prompts.interchange.variables import Names, Piece, Slot, from_template, label_of, to_template
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.storage.yaml_text import read_utf8

NAME = "fabric"
_SYSTEM = "system.md"
_VARIABLE = re.compile(r"\{\{ {0,4}(#?[A-Za-z_][A-Za-z0-9_-]{0,59}) {0,4}\}\}")
_ANY = re.compile(r"\{\{[^{}]+\}\}")  # what Fabric takes for a variable
_BRACES = re.compile(r"\{\{|\}\}")
_CALL = re.compile(r"\{\{(?:plugin|ext):")
_INPUT_HEADING = re.compile(r"^#{1,6}[ \t]+INPUT[ \t]*:?[ \t]*$", re.MULTILINE | re.IGNORECASE)
_HEADING = re.compile(r"#{1,6}[ \t]")
_WRITTEN_HEADING = "# INPUT"


def is_one(path: Path) -> bool:
    """True for a folder with system.md, and for that file."""
    return path.name == _SYSTEM if path.is_file() else (path / _SYSTEM).is_file()


def read(path: Path) -> Iterator[Imported | ContentError]:
    """The one prompt of a pattern's folder, or what is wrong with it."""
    try:
        yield _read(path if path.is_dir() else path.parent)
    except ContentError as problem:
        yield problem


def _read(folder: Path) -> Imported:
    system_path = folder / _SYSTEM
    notes = Notes()
    names = Names(notes)
    text = _text(system_path)
    before, after, line = _parts(text)
    user = _user_text(folder, notes)
    if user:
        after = f"{after}\n\n{user}" if after else user
    system = to_template(_pieces(before, notes, 1), names)
    asked = to_template(_pieces(after, notes, line), names)
    if not asked:
        asked = to_template([Slot("input", line)], names)
    elif not PLACEHOLDER.search(asked):  # Fabric adds what is typed to a pattern that has no place for it
        asked += to_template(["\n", Slot("input", line)], names)
    found = Found(
        source=source_of(NAME, system_path),
        name=label_of(folder.name),
        messages=[message for message in (("system", system), ("user", asked)) if message[1]],
        description=_description(folder, before or after),
        id=slug(folder.name),
        inputs={names.known()["input"]: {"type": "long_text"}} if "input" in names.known() else {},
    )
    return make(system_path, found, notes, names)


def _text(path: Path) -> str:
    """The text of a pattern's file; a link that leads out of the folder is not followed."""
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        raise ContentError("This is a link to a place outside the pattern; it was not followed.", path)
    return read_utf8(path)


def _parts(text: str) -> tuple[str, str, int]:
    """What the system is told, what is said to it (all after the last heading INPUT), and the line that starts on."""
    code = Code(text)
    headings = [found for found in _INPUT_HEADING.finditer(text) if not code.holds(found.start())]
    if not headings:
        return _with_input_last(text)
    before, after = text[: headings[-1].start()].strip(), text[headings[-1].end() :]
    line = line_at(text, headings[-1].end()) + len(after) - len(after.lstrip("\n"))
    if not after.strip() and any(found[1] == "input" for found in _VARIABLE.finditer(before)):
        return "", text.strip(), 1
    return before, after.strip(), line


def _with_input_last(text: str) -> tuple[str, str, int]:
    """A text that ends with {{input}} is told to the system up to there; one with it elsewhere is said as a whole."""
    inputs = [found for found in _VARIABLE.finditer(text) if found[1] == "input"]
    if not inputs:
        return text.strip(), "", 1
    last = inputs[-1]
    if len(inputs) == 1 and not text[last.end() :].strip():
        return text[: last.start()].strip(), last[0], line_at(text, last.start())
    return "", text.strip(), 1


def _user_text(folder: Path, notes: Notes) -> str:
    path = folder / "user.md"
    if not path.is_file():
        return ""
    text = _text(path).strip()
    if text:
        notes.changed(1, "The text of user.md, which newer versions of Fabric ignore, is part of the user's message.")
    return text


def _pieces(text: str, notes: Notes, first_line: int) -> list[Piece]:
    text = _without_calls(text, notes, first_line)
    code = Code(text)

    def piece(found: re.Match[str]) -> Slot | None:
        line = line_at(text, found.start(), first_line)
        if found[1] != "input" and code.holds(found.start()):
            notes.changed(line, f"{found[0]} stands in code and stays text.")
            return None
        return Slot(found[1].lstrip("#"), line)

    return cut(text, _VARIABLE, piece)


def _without_calls(text: str, notes: Notes, first_line: int) -> str:
    """The text without {{plugin:…}} and {{ext:…}}; a variable inside one stays in its place."""
    if not _CALL.search(text):
        return text
    kept: list[str] = []
    at = 0
    for start, end in _outermost(text):
        if start < at or not _CALL.match(text, start):
            continue
        call = text[start:end]
        kept += [text[at:start], *(found[0] for found in _VARIABLE.finditer(call, 2))]
        at = end
        notes.left_out(line_at(text, start, first_line), f"{one_line(call)[:80]} would have run something.")
    return "".join([*kept, text[at:]])


def _outermost(text: str) -> list[tuple[int, int]]:
    """Start and end of every pair of double braces, those inside others after them, in order of start."""
    open_at: list[int] = []
    pairs: list[tuple[int, int]] = []
    for found in _BRACES.finditer(text):
        if found[0] == "{{":
            open_at.append(found.start())
        elif open_at:
            pairs.append((open_at.pop(), found.end()))
    return sorted(pairs)


def _description(folder: Path, text: str) -> str:
    """The first paragraph of README.md, else of the pattern: what it says it is."""
    readme = folder / "README.md"
    told = _text(readme) if readme.is_file() else ""
    for source in (told, text):
        for paragraph in re.split(r"\n[ \t]*\n", source[:20_000]):
            lines = [line for line in paragraph.split("\n") if not _HEADING.match(line)]
            if words := one_line(_ANY.sub("…", " ".join(lines))):
                return words if len(words) <= 300 else words[:299].rstrip() + "…"
    return ""


def write(version: PromptVersion) -> Package:
    """<id with _>/system.md: the system's text, a heading INPUT and the user's text."""
    notes = Notes()
    system, user = (_braces(part, notes) for part in system_and_user(version.messages, notes))
    text = "\n\n".join(part for part in (system.strip(), _WRITTEN_HEADING, user.strip()) if part)
    slots = {
        piece.name
        for message in version.messages
        for piece in from_template(message.content)
        if isinstance(piece, Slot)
    }
    for found in _ANY.finditer(text):
        if found[0][2:-2] not in slots:
            notes.changed(1, _taken_for_a_variable(found[0]))
    if "input" not in slots:
        notes.changed(1, "The prompt has no input called input; Fabric adds what is typed at its end.")
    note_ends(version.messages, notes)
    note_losses(version, notes)
    return Package({f"{version.id.replace('-', '_')}/{_SYSTEM}": f"{text}\n".encode()}, notes.sorted())


def _braces(template: str, notes: Notes) -> str:
    parts: list[str] = []
    for piece in from_template(template):
        if isinstance(piece, Slot):
            parts.append(f"{{{{{piece.name}}}}}")
            continue
        for found in _ANY.finditer(piece):
            notes.changed(1, _taken_for_a_variable(found[0]))
        parts.append(piece)
    return "".join(parts)


def _taken_for_a_variable(text: str) -> str:
    return f"{one_line(text)[:60]} is text, but Fabric takes it for a variable and has no way to say so."
