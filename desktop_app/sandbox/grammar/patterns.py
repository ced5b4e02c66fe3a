"""A regular expression as GBNF, for the text between the quotes of a JSON string.

Never more than the pattern matches, sometimes less: quotes and backslashes only where the pattern names them, no control
characters, and the whole text is what the pattern matches, also where it would allow more around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from re import _constants as op  # what re itself parses with; there is no public way to its tree
from re import _parser
from typing import Any

_LONGEST = 300
_MOST_REPEATS = 256
_MOST_WAYS = 1000  # in which counted repeats can share a text between them: each is a stack of llama.cpp's
_NEVER = r"\"\\\x00-\x1F\x7F"  # in a character class: what JSON wants escaped
_CATEGORIES = {
    op.CATEGORY_DIGIT: [(48, 57)],
    op.CATEGORY_WORD: [(48, 57), (65, 90), (95, 95), (97, 122)],
    op.CATEGORY_SPACE: [(32, 32)],
}
_OPPOSITE = {
    op.CATEGORY_NOT_DIGIT: op.CATEGORY_DIGIT,
    op.CATEGORY_NOT_WORD: op.CATEGORY_WORD,
    op.CATEGORY_NOT_SPACE: op.CATEGORY_SPACE,
}


class PatternError(ValueError):
    """Why a pattern cannot be kept, as the end of a sentence."""


def from_pattern(pattern: str) -> tuple[str, int, int]:
    """The GBNF of the text, and the least and most characters it can have; raises PatternError."""
    if len(pattern) > _LONGEST:
        raise PatternError(f"is longer than {_LONGEST} characters")
    try:
        parsed = _parser.parse(pattern)
    except (re.error, RecursionError, OverflowError) as problem:
        raise PatternError(f"is no regular expression that can be kept ({problem})") from None
    if parsed.state.flags & ~re.UNICODE.value:
        raise PatternError("has flags such as (?i)")
    least, most = parsed.getwidth()
    converter = _Converter()
    return converter.sequence(list(parsed), at_start=True, at_end=True), int(least), int(most)


class _Converter:
    def __init__(self) -> None:
        self._ways = 1

    def sequence(self, items: list[Any], *, at_start: bool = False, at_end: bool = False) -> str:
        """Items one after another; anchors only where the text begins and ends anyway."""
        parts = []
        for place, (kind, value) in enumerate(items):
            first, last = at_start and place == 0, at_end and place == len(items) - 1
            if kind is op.AT:
                if (value in (op.AT_BEGINNING, op.AT_BEGINNING_STRING) and first) or (
                    value in (op.AT_END, op.AT_END_STRING) and last
                ):
                    continue
                raise PatternError('has "^", "$" or "\\b" inside')
            after_anchor = at_start and place == 1 and items[0][0] is op.AT
            before_anchor = at_end and place == len(items) - 2 and items[-1][0] is op.AT
            parts.append(self._item(kind, value, first or after_anchor, last or before_anchor))
        return " ".join(part for part in parts if part) or '""'

    def _item(self, kind: Any, value: Any, first: bool, last: bool) -> str:
        if kind is op.LITERAL:
            return _literal(value)
        if kind is op.NOT_LITERAL:
            return f"[^{_range(value, value)}{_NEVER}]"
        if kind is op.ANY:
            return f"[^{_NEVER}]"
        if kind is op.IN:
            return _class(value)
        if kind is op.BRANCH:
            parts = [self.sequence(list(branch), at_start=first, at_end=last) for branch in value[1]]
            return f"({' | '.join(parts)})"
        if kind is op.SUBPATTERN:
            _, add, remove, inner = value
            if add or remove:
                raise PatternError("has flags such as (?i)")
            return f"({self.sequence(list(inner), at_start=first, at_end=last)})"
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT):
            return self._repeat(*value)
        raise PatternError("looks around or back")

    def _repeat(self, least: int, most: Any, inner: Any) -> str:
        low, high = inner.getwidth()
        if most == 0:
            return ""
        if least != most and (low != high or low == 0):
            raise PatternError("repeats something that is itself of many lengths")
        endless = most is op.MAXREPEAT
        if least > _MOST_REPEATS or (not endless and most > _MOST_REPEATS):
            raise PatternError(f"repeats something more than {_MOST_REPEATS} times")
        if not endless:
            self._ways *= int(most) - least + 1
        if self._ways > _MOST_WAYS:
            raise PatternError("has too many parts that repeat")
        count = f"{{{least}{'' if most == least else ',' if endless else f',{most}'}}}"
        return f"({self.sequence(list(inner))}){count}"


def _literal(code: int) -> str:
    if code in (34, 92):  # escaped for JSON, and each of the two again for GBNF
        return f'"\\\\\\{chr(code)}"'
    if not _allowed(code):
        raise PatternError("wants a control character or half of a character")
    return f"[{_range(code, code)}]"


def _class(items: list[Any]) -> str:
    negated = items[0][0] is op.NEGATE
    ranges = list(_ranges(items[1:] if negated else items, negated=negated))
    if negated:
        return f"[^{''.join(_range(low, high) for low, high in ranges)}{_NEVER}]"
    parts = [_literal(code) for code in (34, 92) if any(low <= code <= high for low, high in ranges)]
    rest = "".join(_range(low, high) for low, high in _without_escaped(ranges))
    if rest:
        parts.append(f"[{rest}]")
    if not parts:
        raise PatternError("wants a control character or half of a character")
    return parts[0] if len(parts) == 1 else f"({' | '.join(parts)})"


def _ranges(items: Iterable[Any], *, negated: bool) -> Iterable[tuple[int, int]]:
    for kind, value in items:
        if kind is op.LITERAL:
            yield value, value
        elif kind is op.RANGE:
            yield value
        elif kind is op.CATEGORY and value in _CATEGORIES:
            yield from _spaces() if negated and value is op.CATEGORY_SPACE else _CATEGORIES[value]
        elif kind is op.CATEGORY and value in _OPPOSITE and not negated:
            yield from _complement(_spaces() if value is op.CATEGORY_NOT_SPACE else _CATEGORIES[_OPPOSITE[value]])
        else:
            raise PatternError("has a kind of character that cannot be kept")


def _spaces() -> list[tuple[int, int]]:
    """All that any engine takes for a space, to be left out."""
    return [(9, 13), (28, 32), (133, 133), (160, 160), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
            (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF)]  # fmt: skip


def _complement(ranges: list[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    """What is not in the ranges, of ASCII only: engines differ about the words and digits beyond."""
    start = 32
    for low, high in ranges:
        if start < low:
            yield start, min(low - 1, 126)
        start = max(start, high + 1)
    if start <= 126:
        yield start, 126


def _without_escaped(ranges: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for low, high in ranges:
        start = low
        for code in [*range(32), 34, 92, 127, *range(0xD800, 0xE000)]:
            if start <= code <= high:
                if start < code:
                    yield start, code - 1
                start = code + 1
        if start <= high:
            yield start, high


def _allowed(code: int) -> bool:
    return code >= 32 and code != 127 and not 0xD800 <= code <= 0xDFFF


def _range(low: int, high: int) -> str:
    return _spelt(low) if low == high else f"{_spelt(low)}-{_spelt(high)}"


def _spelt(code: int) -> str:
    if chr(code).isascii() and chr(code).isalnum():
        return chr(code)
    return f"\\x{code:02X}" if code < 256 else f"\\u{code:04X}" if code < 65536 else f"\\U{code:08X}"
