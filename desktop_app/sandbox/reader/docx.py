"""Word files as blocks, read with the standard library's expat: no entities, no document types, bounded everywhere.

A .docx is a zip of XML parts (ECMA-376). Read are word/styles.xml, for which styles are headings, and word/document.xml.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers import expat

from desktop_app.sandbox.reader.blocks import TEXT_CHARS, UNPACKED_BYTES, Block, ReadError
from desktop_app.sandbox.reader.text import table_blocks

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main "
_STRICT_W = "http://purl.oclc.org/ooxml/wordprocessingml/main "
_FALLBACK = "http://schemas.openxmlformats.org/markup-compatibility/2006 Fallback"
_DEPTH, _PARTS, _STYLES = 200, 5000, 5000
_CHUNK = 64 * 1024
_HEADING = re.compile(r"(?:heading|überschrift|titre)\s*([1-9])", re.IGNORECASE)


def docx_blocks(path: Path, told: object = None) -> Iterator[Block]:
    """The paragraphs, items and table rows of a Word file, in order."""
    try:
        with zipfile.ZipFile(path) as parts:
            names = parts.namelist()
            if len(names) > _PARTS:
                raise ReadError("bomb")
            if "EncryptedPackage" in names:
                raise ReadError("encrypted")
            if "word/document.xml" not in names:
                raise ReadError("damaged", "it has no word/document.xml")
            styles = _Styles()
            if "word/styles.xml" in names:
                _parse(parts, "word/styles.xml", styles)
            body = _Body(styles.levels())
            _parse(parts, "word/document.xml", body)
    except RuntimeError:  # the zip itself asks for a password
        raise ReadError("encrypted") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, expat.ExpatError, ValueError) as problem:
        raise ReadError("damaged", type(problem).__name__) from None
    yield from body.blocks


class _Listener:
    """Told of elements by their name without namespace; other vocabularies' names keep theirs."""

    def start(self, name: str, attributes: dict[str, str]) -> None: ...
    def end(self, name: str) -> None: ...
    def text(self, data: str) -> None: ...


def _parse(parts: zipfile.ZipFile, name: str, listener: _Listener) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def refuse(*_: object) -> None:
        raise ReadError("bomb")  # a document type: Word writes none, and entities grow from it

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEPTH:
            raise ReadError("bomb")
        listener.start(_short(tag), {_short(key): value for key, value in attributes.items()})

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        listener.end(_short(tag))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, listener.text
    unpacked = 0
    with parts.open(name) as part:
        while data := part.read(_CHUNK):
            unpacked += len(data)
            if unpacked > UNPACKED_BYTES:
                raise ReadError("bomb")
            parser.Parse(data, False)
    parser.Parse(b"", True)


def _short(tag: str) -> str:
    return tag.removeprefix(_W).removeprefix(_STRICT_W)


class _Styles(_Listener):
    """Which paragraph styles are headings, by id."""

    def __init__(self) -> None:
        self._own: dict[str, int] = {}
        self._based: dict[str, str] = {}
        self._id = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        value = attributes.get("val", "")
        if name == "style":
            self._id = attributes.get("styleId", "") if len(self._based) < _STYLES else ""
        elif not self._id:
            return
        elif name == "name":
            numbered = _HEADING.match(value)
            if numbered:
                self._own[self._id] = int(numbered[1])
            elif value.casefold() in ("title", "titel"):
                self._own[self._id] = 1
        elif name == "basedOn":
            self._based[self._id] = value
        elif name == "outlineLvl" and value.isdecimal() and int(value) < 9:
            self._own.setdefault(self._id, int(value) + 1)

    def end(self, name: str) -> None:
        if name == "style":
            self._id = ""

    def levels(self) -> dict[str, int]:
        """The level of each style that is a heading or based on one."""
        return {style: level for style in {*self._own, *self._based} if (level := self._level(style))}

    def _level(self, style: str) -> int:
        for _ in range(10):
            if style in self._own:
                return self._own[style]
            style = self._based.get(style, "")
        return 0


class _Body(_Listener):
    """Collects blocks. Text that is hidden, deleted, a field's code or kept for older programs is left out."""

    def __init__(self, levels: dict[str, int]) -> None:
        self.blocks: list[Block] = []
        self._levels = levels
        self._chars = 0
        self._words: list[str] = []
        self._level, self._is_item = 0, False
        self._in_text = self._in_run = self._hidden = False
        self._paragraphs = 0  # how many are open: a text box is a paragraph inside one
        self._skipped = 0
        self._tables: list[list[list[str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if self._skipped or name == _FALLBACK:
            self._skipped += 1
            return
        value = attributes.get("val", "")
        if name == "p":
            self._paragraphs += 1
            if self._paragraphs == 1:
                self._level, self._is_item = 0, False
            self._add("\n" if self._words else "")
        elif name == "pStyle":
            self._level = self._levels.get(value, 0)
        elif name == "outlineLvl" and value.isdecimal() and int(value) < 9:
            self._level = self._level or int(value) + 1
        elif name == "numPr":
            self._is_item = True
        elif name == "r":
            self._in_run, self._hidden = True, False
        elif name == "vanish" and self._in_run:
            self._hidden = value not in ("0", "false", "off")
        elif name == "t":
            self._in_text = True
        elif name in ("tab", "br", "cr") and self._in_run:
            self._add(" " if name == "tab" else "\n")
        elif name == "noBreakHyphen":
            self._add("-")
        elif name == "tbl":
            if not self._tables:
                self._flush()
            self._tables.append([])
        elif name == "tr" and self._tables:
            self._tables[-1].append([])

    def end(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
        elif name == "t":
            self._in_text = False
        elif name == "r":
            self._in_run = False
        elif name == "p":
            self._paragraphs -= 1
            if not self._paragraphs and not self._tables:
                self._flush()
        elif name == "tc" and self._tables and self._tables[-1]:
            self._tables[-1][-1].append("".join(self._words))
            self._words.clear()
        elif name == "tbl" and self._tables:
            rows = self._tables.pop()
            if self._tables:  # one table inside another: its rows are text of the outer cell
                self._words += [" ".join(cell for row in rows for cell in row)]
            else:
                self.blocks += table_blocks(rows)

    def text(self, data: str) -> None:
        if self._in_text and not self._hidden and not self._skipped:
            self._add(data)

    def _add(self, text: str) -> None:
        self._chars += len(text)
        if self._chars > 2 * TEXT_CHARS:
            raise ReadError("too-long")
        self._words.append(text)

    def _flush(self) -> None:
        text = "".join(self._words).strip()
        self._words.clear()
        if text:
            is_heading = self._level and len(text) <= 300
            kind = "heading" if is_heading else "item" if self._is_item else "text"
            self.blocks.append(Block(kind, text, self._level if is_heading else 0))  # type: ignore[arg-type]
