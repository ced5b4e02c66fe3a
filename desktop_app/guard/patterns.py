"""Patterns for untrusted text: google-re2 (linear time, no look-around), compiled when first used."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Pattern:
    """A pattern over Normalised.data, one byte per character; \\b, \\d and \\w know ASCII only.

    Compiling waits for the first use because importing re2 and compiling cost start-up time (about 10 ms together).
    """

    __slots__ = ("_compiled", "_source")

    def __init__(self, source: str, *, ignore_case: bool = True) -> None:
        """source may span lines for legibility: white space in it counts for nothing, write \\x20 for a space."""
        self._source = ("(?i)" if ignore_case else "") + "".join(source.split())
        self._compiled: Any = None

    def compiled(self) -> Any:
        if self._compiled is None:
            import re2

            options = re2.Options()
            options.encoding = re2.Options.Encoding.LATIN1
            options.log_errors = False  # re2 would print the pattern's text, and later perhaps the user's
            self._compiled = re2.compile(self._source.encode("latin-1"), options)
        return self._compiled

    def all(self, data: bytes, start: int = 0, end: int | None = None) -> Iterator[Any]:
        """Matches from left to right that do not overlap."""
        return self.compiled().finditer(data, start, end)

    def search(self, data: bytes, start: int = 0, end: int | None = None) -> Any:
        """The first match, or None."""
        return self.compiled().search(data, start, end)

    def matches(self, data: bytes) -> bool:
        """Whether the whole of data fits."""
        return self.compiled().fullmatch(data) is not None


def before(data: bytes, place: int, count: int) -> bytes:
    """The up to count bytes before place, on the same line."""
    return data[max(0, place - count) : place].rpartition(b"\n")[2]


def is_word(data: bytes, place: int) -> bool:
    """Whether a letter, digit or underscore stands at place; False outside of data."""
    if not 0 <= place < len(data):
        return False
    byte = data[place : place + 1]
    return byte.isalnum() or byte == b"_" or byte >= b"\xc0"
