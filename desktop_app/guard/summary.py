"""The guard's findings in one sentence, and what they would have meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from desktop_app.guard.finding import Finding
from desktop_app.guard.kinds import KINDS, SEVERITIES

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def summary(findings: Iterable[Finding]) -> str:
    """What was found, most severe first, such as "One password and two e-mail addresses"."""
    counts = Counter(found.kind for found in findings)
    if not counts:
        return "Nothing sensitive found"
    kinds = sorted(counts, key=lambda kind: SEVERITIES.index(KINDS[kind].severity))
    parts = [f"{_number(counts[kind])} {KINDS[kind].one if counts[kind] == 1 else KINDS[kind].many}" for kind in kinds]
    sentence = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return sentence[0].upper() + sentence[1:]


def consequence(findings: Iterable[Finding]) -> str:
    """What would have happened, as a sentence; empty if nothing was found."""
    count = sum(1 for _ in findings)
    if not count:
        return ""
    it = "It" if count == 1 else "They"
    return f"{it} would not have left this machine here, but on a public AI service {it.lower()} would have."


def _number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)
