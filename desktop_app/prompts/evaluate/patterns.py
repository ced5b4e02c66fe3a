"""Patterns that people write in tests, run by RE2: no look-around, and time that grows with the text only."""

from __future__ import annotations

from functools import lru_cache
from typing import Any


def pattern_fault(pattern: str) -> str:
    """Why RE2 does not take a pattern, "" if it does."""
    try:
        compiled_pattern(pattern)
    except ValueError as fault:
        return str(fault)
    return ""


@lru_cache(maxsize=256)
def compiled_pattern(pattern: str) -> Any:
    """The pattern compiled by RE2, whose time grows with the text only; raises ValueError."""
    import re2  # loaded only for a suite that has a pattern

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(_bytes(pattern), options)
    except re2.error as error:
        said = error.args[0] if error.args else "unknown"
        raise ValueError(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)) from None


def finds(pattern: str, text: str) -> bool:
    """Whether the pattern matches somewhere in the text; raises ValueError if it is no pattern."""
    return compiled_pattern(pattern).search(_bytes(text)) is not None


def _bytes(text: str) -> bytes:
    """UTF-8, which RE2 reads as characters; half a surrogate pair, which JSON can spell, is none."""
    return text.encode("utf-8", "replace")
