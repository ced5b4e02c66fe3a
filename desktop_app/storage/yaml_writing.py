"""Writing YAML that people read and compare line by line: block style, texts of several lines as literal blocks.

What is written, yaml_text reads back as the same value; other YAML readers, too, take every text for text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from desktop_app.storage.yaml_text import MAX_DEPTH, UNPRINTABLE, is_text_when_plain

_WIDTH = 100
_SHORT = 40
_LONGEST_KEY = 200  # YAML gives up on a key after 1,024 characters
# Line breaks of Unicode and the byte order mark: YAML takes them for something else.
_SPECIAL = re.compile("[\r\x85\u2028\u2029\ufeff]")
_UNCLEAR = re.compile(r": |:$| #|^[^\w]|^_|\s$|\t")  # not to be written without quotes
_UNCLEAR_IN_LIST = re.compile(r"[,\[\]{}:?]")
# What a reader of YAML 1.1 would take for a truth value, a number or a time.
_FOREIGN = re.compile(r"(?i:y|n|yes|no|on|off)|[0-9][0-9a-fA-FxXoOtTzZ_:.+\- ]*")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def to_yaml(data: Mapping[str, Any]) -> str:
    """One YAML document with data's keys in their order; values are mappings, lists, texts, numbers, dates, truth values, None.

    Raises ValueError for what the format cannot say: another type, a number that is none, half a character.
    """
    return "".join(f"{line}\n" for line in _mapping(data, 0, 0)) if data else "{}\n"


def _mapping(data: Mapping[str, Any], indent: int, depth: int) -> Iterator[str]:
    _check_depth(depth)
    for key, value in data.items():
        if not isinstance(key, str) or len(key) > _LONGEST_KEY:
            raise ValueError(
                f"{str(key)[:40]!r} cannot be a key: it must be a text of at most {_LONGEST_KEY} characters"
            )
        yield from _entry(f"{' ' * indent}{_text(key)}:", value, indent, depth)


def _list(items: Sequence[Any], indent: int, depth: int) -> Iterator[str]:
    _check_depth(depth)
    for item in items:
        if _is_nested(item):
            first, *rest = _nested(item, indent + 2, depth + 1)
            yield f"{' ' * indent}- {first[indent + 2 :]}"
            yield from rest
        else:
            yield from _entry(f"{' ' * indent}-", item, indent, depth)


def _entry(lead: str, value: Any, indent: int, depth: int) -> Iterator[str]:
    """The lines of a value that follows lead ("key:" or "-"), which itself stands at indent."""
    if isinstance(value, str):
        if _fits_literal_block(value):
            yield from _literal_block(lead, value, indent + 2)
        else:
            yield f"{lead} {_text(value)}"
    elif isinstance(value, list | tuple) and (short := _in_one_line(value)) and len(lead) + len(short) < _WIDTH:
        yield f"{lead} {short}"
    elif _is_nested(value):
        yield lead
        yield from _nested(value, indent + 2, depth + 1)
    else:
        yield f"{lead} {_scalar(value)}"


def _is_nested(value: Any) -> bool:
    return not isinstance(value, str) and isinstance(value, Mapping | list | tuple) and len(value) > 0


def _nested(value: Any, indent: int, depth: int) -> Iterator[str]:
    return _mapping(value, indent, depth) if isinstance(value, Mapping) else _list(value, indent, depth)


def _check_depth(depth: int) -> None:
    if depth >= MAX_DEPTH:
        raise ValueError(f"it is nested deeper than {MAX_DEPTH} levels")


def _in_one_line(items: Sequence[Any]) -> str:
    """A short list as [a, b], "" if it holds anything but short single values."""
    if any(
        isinstance(item, Mapping | list | tuple) or (isinstance(item, str) and len(item) > _WIDTH) for item in items
    ):
        return ""
    return f"[{', '.join(_scalar(item, in_list=True) for item in items)}]"


def _fits_literal_block(text: str) -> bool:
    """A block cannot escape anything, and one of line ends alone, or with tabs as indentation, is read in other ways."""
    return (
        "\n" in text
        and "\n" in text.rstrip("\n")
        and not (UNPRINTABLE.search(text) or _SPECIAL.search(text))
        and not re.search(r"^[ ]*\t|^[ ]+$", text, re.MULTILINE)
    )


def _literal_block(lead: str, text: str, indent: int) -> Iterator[str]:
    body = text.rstrip("\n")
    ends = len(text) - len(body)
    chomping = "-" if not ends else "" if ends == 1 else "+"
    begins_indented = (
        "2" if text[0] in " \n" else ""
    )  # how far this block is indented cannot be seen from its first line
    yield f"{lead} |{begins_indented}{chomping}"
    for line in body.split("\n"):
        yield f"{' ' * indent}{line}" if line else ""
    yield from [""] * (ends - 1)


def _scalar(value: Any, *, in_list: bool = False) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value, in_list=in_list)
        case int() | float():
            return _number(value)
        case datetime():
            raise ValueError("a time is written as text")
        case date():
            return value.isoformat()
        case []:
            return "[]"
        case {} if not value:
            return "{}"
    raise ValueError(f"{type(value).__name__} cannot be written as YAML")


def _number(value: int | float) -> str:
    text = repr(value)
    if isinstance(value, float) and is_text_when_plain(text):
        text = f"{Decimal(text):e}" if value == value and abs(value) != float("inf") else ""
    if not text or is_text_when_plain(text):
        raise ValueError(f"the number {value!r} cannot be written exactly")
    return text


def _text(value: str, *, in_list: bool = False) -> str:
    return _short_text(value, in_list) if len(value) <= _SHORT else _quoted_where_needed(value, in_list)


@functools.lru_cache(maxsize=4096)  # a file's keys and many of its values are the next file's too
def _short_text(value: str, in_list: bool) -> str:
    return _quoted_where_needed(value, in_list)


def _quoted_where_needed(value: str, in_list: bool) -> str:
    if UNPRINTABLE.search(value) or _SPECIAL.search(value) or "\n" in value or "\t" in value:
        return f'"{"".join(_escaped(letter) for letter in value)}"'
    unclear = _UNCLEAR.search(value) or _FOREIGN.fullmatch(value) or not is_text_when_plain(value)
    if not unclear and not (in_list and _UNCLEAR_IN_LIST.search(value)):
        return value
    if '"' in value or "\\" in value:
        return "'" + value.replace("'", "''") + "'"
    return f'"{value}"'


def _escaped(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    code = ord(letter)
    if 0xD800 <= code <= 0xDFFF:
        raise ValueError("it holds half a character (a lone surrogate)")
    return f"\\u{code:04X}" if UNPRINTABLE.match(letter) or _SPECIAL.match(letter) else letter
