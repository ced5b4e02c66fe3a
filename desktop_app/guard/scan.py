"""Find everything sensitive in a text. Pure, linear in the length, safe to call from any thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from desktop_app.errors import AppError
from desktop_app.guard.finding import Finding, finding
from desktop_app.guard.kinds import KINDS, SEVERITIES
from desktop_app.guard.normalise import Normalised, normalise

_RANK = {kind: SEVERITIES.index(known.severity) for kind, known in KINDS.items()}
_ORDER = {kind: place for place, kind in enumerate(KINDS)}


class GuardError(AppError):
    """The text could not be checked and must not be sent. Says which check failed, never what the text holds."""


def scan(text: str) -> tuple[Finding, ...]:
    """What is sensitive in text, in order of place, without overlaps; offsets count characters of text itself.

    Where findings overlap they become one that covers them all, of the most severe kind among them and, among equals,
    the longest: nothing found is ever left uncovered. Raises GuardError if a check fails: the text is to be held back.
    """
    view = normalise(text)
    hits = sorted(_hits(view))
    return tuple(finding(kind, *_whole(text, *view.original(start, end))) for kind, start, end in _joined(hits))


def warm_up() -> None:
    """Load what the first scan needs (about 0.1 s), so that it is as fast as the others; for a background thread."""
    import phonenumbers
    from stdnum import iban

    phonenumbers.is_valid_number(phonenumbers.parse("+49301234567"))
    iban.is_valid("DE89370400440532013000", check_country=False)
    scan(_SAMPLE)


# Meets every detector's pattern once. The values are the standards' own examples.
_SAMPLE = (
    "anna@example.org anna [at] example dot org Tel. 030 1234567 (415) 555-2671 4111 1111 1111 1111 SSN 123-45-6789 "
    "10.0.0.1 fe80::1 password: hunter2 https://a:b@example.org AccountKey= eyJhbGciOiJub25lIn0.e30. PRIVATE KEY hook "
    "bearer "
)


def _hits(view: Normalised) -> Iterator[tuple[int, int, str]]:
    from desktop_app.guard.detectors import DETECTORS  # not before the first scan: the window opens without them

    for name, detector in DETECTORS.items():
        found = _run(detector, view.data)
        if found is None:
            # Raised outside the except block: the cause could quote the text, and a cause reaches the log.
            raise GuardError(
                f"The check for {name} failed, so this text is held back. Shorten it or take out unusual characters "
                "and try again; if that does not help, tell the people who look after Greenroom."
            )
        for kind, start, end in found:
            yield start, end, kind


def _run(detector: Callable[[bytes], Iterable[tuple[str, int, int]]], data: bytes) -> list[tuple[str, int, int]] | None:
    """The detector's hits, or None if it failed in any way."""
    try:
        hits = list(detector(data))
    except Exception:
        return None
    return hits if all(kind in KINDS and 0 <= start < end <= len(data) for kind, start, end in hits) else None


def _joined(hits: Iterable[tuple[int, int, str]]) -> Iterator[tuple[str, int, int]]:
    """Overlapping hits, given in order of start, as one each."""
    best: tuple[int, int, int, str] | None = None
    first = last = 0
    for start, end, kind in hits:
        if best is not None and start < last:
            last = max(last, end)
            best = min(best, (_RANK[kind], start - end, _ORDER[kind], kind))
            continue
        if best is not None:
            yield best[3], first, last
        best, first, last = (_RANK[kind], start - end, _ORDER[kind], kind), start, end
    if best is not None:
        yield best[3], first, last


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the combining marks and joiners that belong to its last character."""
    while end < len(text) and "\u0300" <= text[end] <= "\u036f":
        end += 1
    return start, end
