"""Hide what the guard found behind placeholders such as [EMAIL-1], and bring it back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from desktop_app.guard.finding import Finding
from desktop_app.guard.kinds import KINDS
from desktop_app.guard.patterns import Pattern
from desktop_app.guard.scan import scan

_PLACEHOLDER = Pattern(r"\[[A-Z]{1,20}-[1-9][0-9]{0,8}\]", ignore_case=False)


@dataclass(frozen=True, slots=True)
class Redaction:
    """A text with placeholders, and what each placeholder stands for. The latter is sensitive: keep it in memory."""

    text: str = field(repr=False)
    replacements: Mapping[str, str] = field(repr=False)


def redact(text: str, findings: Iterable[Finding] | None = None) -> Redaction:
    """Put a placeholder in place of each finding (by default of all that scan finds).

    Equal values get equal placeholders, so that the text still makes sense; numbers count from 1 for each kind and
    leave out placeholders that text contains already. Raises GuardError like scan, and ValueError for findings that
    overlap or lie outside the text.
    """
    found = sorted(scan(text) if findings is None else findings, key=lambda item: item.start)
    taken = {match.group().decode("latin-1") for match in _PLACEHOLDER.all(_bytes(text))}
    given: dict[tuple[str, str], str] = {}
    numbers: dict[str, int] = {}
    pieces, place = [], 0
    for item in found:
        if not place <= item.start < item.end <= len(text):
            raise ValueError(f"finding {item.start}-{item.end} overlaps another or lies outside the text")
        name, value = KINDS[item.kind].placeholder, text[item.start : item.end]
        if (name, value) not in given:
            given[name, value] = _next(name, numbers, taken)
        pieces += [text[place : item.start], given[name, value]]
        place = item.end
    pieces.append(text[place:])
    return Redaction("".join(pieces), {placeholder: value for (_, value), placeholder in given.items()})


def restore(text: str, replacements: Mapping[str, str]) -> str:
    """Put the original values back in place of their placeholders; other text, and unknown placeholders, stay.

    restore(redact(text).text, redact(text).replacements) is text. Works on an answer that uses the placeholders too.
    """
    pieces, place = [], 0
    for match in _PLACEHOLDER.all(_bytes(text)):
        pieces += [
            text[place : match.start()],
            replacements.get(match.group().decode("latin-1"), match.group().decode("latin-1")),
        ]
        place = match.end()
    return "".join([*pieces, text[place:]])


def _next(name: str, numbers: dict[str, int], taken: set[str]) -> str:
    while True:
        numbers[name] = numbers.get(name, 0) + 1
        placeholder = f"[{name}-{numbers[name]}]"
        if placeholder not in taken:
            return placeholder


def _bytes(text: str) -> bytes:
    """One byte per character, as a placeholder is ASCII and everything else only has to be something else."""
    return text.encode("latin-1", "replace")
