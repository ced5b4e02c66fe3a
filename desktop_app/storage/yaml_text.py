"""Reading the text files people write (UTF-8, YAML) with limits and exact places.

The YAML accepted is the 1.2 core schema plus dates: only `true` and `false` are booleans (so `language: no` stays
text), a number with a leading zero stays text, `2026-01-31` is a date, and a mapping's keys are always text.
Anchors, aliases, tags and a second document are refused: no content needs them, and they hide what a file says.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from yaml import events

from desktop_app.errors import ContentError

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

KeyPath = tuple[str | int, ...]
Place = tuple[int, int]  # line, column; both from 1

# The C parser is 10 times faster; a PyYAML built without it still works.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(
    r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,18}|\.[0-9]{1,18})(?:[eE][-+]?[0-9]{1,3})?|[-+]?[0-9]{1,18}[eE][-+]?[0-9]{1,3}"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")
}
# How the plain values that are no text begin; "" stands for the empty one.
_STARTS_NO_TEXT = {"", *"~nNtTfF-+.0123456789"}
# Control characters, lone surrogates and non-characters: what YAML calls not printable (YAML 1.2, 5.1).
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def read_utf8(path: Path) -> str:
    """The text of a file of at most 1 MB, without a byte order mark and with "\\n" line ends.

    Raises ContentError if it cannot be read, is too large or not UTF-8 (with the line).
    """
    return as_utf8(read_bytes(path), path)


def read_bytes(path: Path, most: int = MAX_BYTES) -> bytes:
    """What is in a file of at most `most` bytes; raises ContentError if it cannot be read or is larger."""
    try:
        mode = path.stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # opening a pipe would wait for somebody to write
            raise ContentError("This is a pipe or a device, no file. Put a file in its place.", path)
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as exc:
        reason = exc.strerror or "unknown reason"
        raise ContentError(f"The file cannot be read ({reason}). Check its name and your rights.", path) from exc
    if len(data) > most:
        size = f"{most // 1_000_000} MB" if most >= 1_000_000 else f"{most // 1000} KB"
        raise ContentError(
            f"The file is larger than {size}. Split it, or move large parts to files of their own.", path
        )
    return data


def as_utf8(data: bytes, path: Path) -> str:
    """The text in a file's bytes as read_utf8 gives it; path is named in the error."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        start = data.rfind(b"\n", 0, exc.start) + 1
        line, column = data.count(b"\n", 0, exc.start) + 1, len(data[start : exc.start].decode("utf-8", "replace")) + 1
        raise ContentError("The file is not UTF-8 text. Save it as UTF-8 in your editor.", path, line, column) from exc
    return text.replace("\r\n", "\n").replace("\r", "\n")


def is_text_when_plain(text: str) -> bool:
    """True if text, written without quotes, would be read as text: not as a number, a date, a truth value or nothing."""
    return text not in _WORDS and not any(form.fullmatch(text) for form in (_INTEGER, _FLOAT, _DATE))


def load_yaml(text: str, path: Path, first_line: int = 1) -> Any:
    """The value of one YAML document, None if it is empty; see load_yaml_with_lines."""
    return load_yaml_with_lines(text, path, first_line)[0]


def load_yaml_with_lines(text: str, path: Path, first_line: int = 1) -> tuple[Any, Mapping[KeyPath, Place]]:
    """The value of one YAML document, and where each part stands.

    The mapping goes from a key path such as ("inputs", 0, "name") to the line and column of the key (in a mapping)
    or the item (in a list); () is the document itself. first_line is the file's line on which text starts.
    Raises ContentError with the place for anything malformed, doubled, deeper than 20 levels or larger than 1 MB.
    """
    if len(text) > MAX_BYTES or len(text.encode("utf-8", "replace")) > MAX_BYTES:
        raise ContentError("The YAML is larger than 1 MB. Split it into several files.", path, first_line)
    if bad := UNPRINTABLE.search(text):
        line, column = text.count("\n", 0, bad.start()), bad.start() - text.rfind("\n", 0, bad.start())
        message = f"The character U+{ord(bad[0]):04X} cannot be shown and is not allowed. Delete it."
        raise ContentError(message, path, first_line + line, column)
    try:
        return _quick_value(text), _Places(text, path, first_line)
    except (_UnsureError, yaml.YAMLError):
        return _value_and_places(text, path, first_line)


def _value_and_places(text: str, path: Path, first_line: int) -> tuple[Any, Mapping[KeyPath, Place]]:
    builder = _Builder(path, first_line, text.count("\n"))
    try:
        value = builder.document(iter(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as exc:
        raise builder.foreign(exc) from exc
    except yaml.YAMLError as exc:
        raise ContentError(f"This is not valid YAML: {exc}", path, first_line) from exc
    return value, builder.lines


class _Places(Mapping[KeyPath, Place]):
    """Where each part stands, found out when somebody asks: noting it takes longer than reading, and few files need it."""

    def __init__(self, text: str, path: Path, first_line: int) -> None:
        self._source = (text, path, first_line)

    @cached_property
    def _found(self) -> Mapping[KeyPath, Place]:
        return _value_and_places(*self._source)[1]

    def __getitem__(self, key: KeyPath) -> Place:
        return self._found[key]

    def __iter__(self) -> Iterator[KeyPath]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


class _UnsureError(Exception):
    """Something unusual: _Builder must look, and say what is wrong if it is."""


def _quick_value(text: str) -> Any:
    """The value of a document that holds nothing but lists, mappings and plain values; raises _UnsureError otherwise."""
    loader = _LOADER(text)
    try:
        following = loader.get_event
        following()  # the stream starts
        if not isinstance(following(), events.DocumentStartEvent):
            return None
        value = _quick_node(following(), following, MAX_DEPTH)
        following()  # the document ends
        if not isinstance(following(), events.StreamEndEvent):
            raise _UnsureError
        return value
    finally:
        loader.dispose()


def _quick_node(event: Any, following: Callable[[], Any], depth: int) -> Any:
    if event.anchor is not None:  # an alias has one too
        raise _UnsureError
    if isinstance(event, events.ScalarEvent):
        return _plain_value(event)
    if event.tag is not None or not depth:
        raise _UnsureError
    if isinstance(event, events.SequenceStartEvent):
        items = []
        while not isinstance(item := following(), events.SequenceEndEvent):
            items.append(_quick_node(item, following, depth - 1))
        return items
    values: dict[str, Any] = {}
    while not isinstance(key := following(), events.MappingEndEvent):
        if not isinstance(key, events.ScalarEvent) or key.anchor is not None or key.tag is not None:
            raise _UnsureError
        if key.value in values:
            raise _UnsureError
        values[key.value] = _quick_node(following(), following, depth - 1)
    return values


def _plain_value(event: Any) -> Any:
    """The value of a scalar without a tag; raises _UnsureError for a day that is none."""
    text: str = event.value
    if event.tag is not None:
        raise _UnsureError
    if not event.implicit[0] or text[:1] not in _STARTS_NO_TEXT:  # quoted, a block, or a word like any other
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError as exc:
            raise _UnsureError from exc
    return text


class _Builder:
    """Turns parser events into plain values; nothing else is ever constructed."""

    def __init__(self, path: Path, first_line: int, last_index: int) -> None:
        self._path, self._first_line, self._last_index = path, first_line, last_index
        self.lines: dict[KeyPath, Place] = {(): (first_line, 1)}

    def document(self, stream: Iterator[events.Event]) -> Any:
        value = None
        seen = False
        for event in stream:
            if isinstance(event, events.DocumentStartEvent):
                if seen:
                    raise self._error("A second document starts here (---). Keep one document in a file.", event)
                seen = True
                first = next(stream)
                self.lines[()] = self._place(first)
                value = self._node(first, stream, ())
        return value

    def foreign(self, error: yaml.MarkedYAMLError) -> ContentError:
        said = " ".join(part for part in (error.context, error.problem) if part)
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line, mark.column + 1) if mark else (0, 1)
        line = min(line, self._last_index)  # the C parser places what is missing at the end behind the last line
        hint = "Check the indentation, the colons and the quotes around here."
        return ContentError(f"This is not valid YAML: {said}. {hint}", self._path, self._first_line + line, column)

    def _node(self, event: events.Event, stream: Iterator[events.Event], at: KeyPath) -> Any:
        if isinstance(event, events.AliasEvent) or getattr(event, "anchor", None):
            raise self._error(
                "Anchors and aliases (& and *) are not supported. Write the value out, or quote it.", event
            )
        if getattr(event, "tag", None):
            raise self._error("Tags (words that start with !) are not supported. Remove it, or quote the value.", event)
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event)
        if len(at) >= MAX_DEPTH:
            raise self._error(f"This is nested deeper than {MAX_DEPTH} levels. Make it flatter.", event)
        if isinstance(event, events.SequenceStartEvent):
            return self._list(stream, at)
        return self._mapping(stream, at)

    def _list(self, stream: Iterator[events.Event], at: KeyPath) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(stream), events.SequenceEndEvent):
            here = (*at, len(items))
            self.lines[here] = self._place(event)
            items.append(self._node(event, stream, here))
        return items

    def _mapping(self, stream: Iterator[events.Event], at: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(stream), events.MappingEndEvent):
            if not isinstance(event, events.ScalarEvent):
                raise self._error("A key must be plain text, not a list, a mapping or an alias.", event)
            here = (*at, event.value)
            if event.value in values:
                first = self.lines[here][0]
                raise self._error(
                    f'"{event.value}" stands here a second time (first in line {first}). Keep one.', event
                )
            self.lines[here] = self._place(event)
            self._node(event, iter(()), here)  # refuses an anchor or a tag on the key
            values[event.value] = self._node(next(stream), stream, here)
        return values

    def _scalar(self, event: events.ScalarEvent) -> Any:
        try:
            return _plain_value(event)
        except _UnsureError as exc:
            message = f"{event.value} is not a day of the calendar. Dates are YYYY-MM-DD."
            raise self._error(message, event) from exc

    def _place(self, event: events.Event) -> Place:
        return self._first_line + event.start_mark.line, event.start_mark.column + 1

    def _error(self, message: str, event: events.Event) -> ContentError:
        return ContentError(message, self._path, *self._place(event))
