"""Numbers between two limits, as GBNF."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

LARGEST = 10**15  # whole numbers stay exact in every JSON reader


def between(low: Decimal | None, high: Decimal | None, decimals: int) -> str:
    """The numbers from low to high with exactly so many decimals, and none written as -0; "" if there are none.

    None stands for LARGEST on that side.
    """
    scale = Decimal(10) ** decimals
    first = int((max(Decimal(-LARGEST) if low is None else low, Decimal(-LARGEST)) * scale).to_integral(ROUND_CEILING))
    last = int((min(Decimal(LARGEST) if high is None else high, Decimal(LARGEST)) * scale).to_integral(ROUND_FLOOR))
    parts = []
    if first < 0:
        parts += [f'"-" {part}' for part in _naturals(max(1, -last), -first, decimals)]
    if last >= 0:
        parts += _naturals(max(0, first), last, decimals)
    return " | ".join(parts)


def _naturals(low: int, high: int, decimals: int) -> list[str]:
    """One alternative for each length, without leading zeros but the one before the point."""
    parts = []
    for length in range(decimals + 1, len(str(high)) + 1) if low <= high else ():
        least = 0 if length == decimals + 1 else 10 ** (length - 1)
        start, end = max(low, least), min(high, 10**length - 1)
        if start <= end:
            parts.append(_digits(str(start).zfill(length), str(end).zfill(length), decimals))
    if low <= high and len(str(high)) <= decimals:  # below 1: no length above was long enough
        parts.append(_digits(str(low).zfill(decimals + 1), str(high).zfill(decimals + 1), decimals))
    return parts


def _digits(low: str, high: str, decimals: int) -> str:
    """The digit strings from low to high, which are of one length, with the point where so many decimals are left."""
    if not low:
        return ""
    left = len(low) - 1
    point = '"." ' if len(low) == decimals else ""
    if low[0] == high[0]:
        return f'{point}"{low[0]}" {_digits(low[1:], high[1:], decimals)}'.rstrip()
    parts, first, last = [], int(low[0]), int(high[0])
    if low[1:] != "0" * left:
        parts.append(f'"{first}" {_digits(low[1:], "9" * left, decimals)}')
        first += 1
    if high[1:] != "9" * left:
        parts.append(f'"{last}" {_digits("0" * left, high[1:], decimals)}')
        last -= 1
    if first <= last:
        parts.append(f"[{first}-{last}] {_any(left, decimals)}".rstrip())
    return f"{point}({' | '.join(parts)})"


def _any(count: int, decimals: int) -> str:
    if count == 0:
        return ""
    if count < decimals or decimals == 0:
        return f"[0-9]{{{count}}}"
    whole = f"[0-9]{{{count - decimals}}} " if count > decimals else ""
    return f'{whole}"." [0-9]{{{decimals}}}'
