"""What the guard reports about one place in a text: where, what kind, why. Never the text itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from desktop_app.guard.kinds import KINDS, Severity

_DOT = "•"


@dataclass(frozen=True, slots=True)
class Finding:
    """One sensitive place; start and end count characters (code points) of the original text, end is exclusive.

    A finding does not hold what it found, so it may be logged, stored and sent to a screen reader.
    """

    kind: str
    start: int
    end: int
    label: str
    reason: str
    severity: Severity


def finding(kind: str, start: int, end: int) -> Finding:
    """A finding of a known kind with that kind's words; raises KeyError for an unknown one."""
    known = KINDS[kind]
    return Finding(kind, start, end, known.label, known.reason, known.severity)


def masked(text: str, found: Finding) -> str:
    """A preview that is safe to print: how long it is and, unless it is a secret, its first and last character."""
    value = text[found.start : found.end]
    length = f"({len(value)} characters)"
    if found.severity == "secret" or len(value) < 6 or not (value[0] + value[-1]).isprintable():
        return f"{_DOT * 6} {length}"
    return f"{value[0]}{_DOT * 6}{value[-1]} {length}"


def line_and_column(text: str, findings: Iterable[Finding]) -> Iterator[tuple[Finding, int, int]]:
    """Each finding with its line and column, both from 1; findings must come in order of start. A line ends at \\n."""
    line, line_start, seen = 1, 0, 0
    for found in findings:
        breaks = text.count("\n", seen, found.start)
        if breaks:
            line += breaks
            line_start = text.rindex("\n", seen, found.start) + 1
        seen = found.start
        yield found, line, found.start - line_start + 1


def utf16_spans(text: str, findings: Iterable[Finding]) -> list[tuple[int, int]]:
    """Start and length of each finding in UTF-16 units, as Qt counts them; findings must come in order of start."""
    spans, seen, units = [], 0, 0
    for found in findings:
        units += _utf16_length(text[seen : found.start])
        seen = found.start
        spans.append((units, _utf16_length(text[found.start : found.end])))
    return spans


def _utf16_length(part: str) -> int:
    return len(part) if part.isascii() else len(part.encode("utf-16-le", "surrogatepass")) // 2
