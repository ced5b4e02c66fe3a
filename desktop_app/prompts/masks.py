"""Sets of prompts as whole numbers, a bit for each prompt in order of name: what makes facets of 100,000 prompts instant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


class Masks:
    """Turns numbers of rows into masks and masks into positions; position 0 is the first prompt by name."""

    def __init__(self, rows: Sequence[int]) -> None:
        """rows are the rows' numbers in order of name."""
        self.rows = rows
        self.size = len(rows)
        self._position = [0] * (max(rows, default=0) + 1)
        for position, row in enumerate(rows):
            self._position[row] = position
        self.all = (1 << self.size) - 1

    def position(self, row: int) -> int:
        """Where a row stands in order of name."""
        return self._position[row]

    def of(self, rows: Iterable[int]) -> int:
        """The mask of some rows."""
        return self.at(map(self._position.__getitem__, rows))

    def at(self, positions: Iterable[int]) -> int:
        """The mask of some positions."""
        if not self.size:
            return 0
        bits = bytearray(b"0") * self.size
        for position in positions:
            bits[position] = 49  # "1"
        return int(bits, 2)

    def bits(self, mask: int) -> str:
        """The mask as one "0" or "1" for each position."""
        return format(mask, f"0{self.size}b") if self.size else ""

    def positions(self, mask: int) -> Iterator[int]:
        """The positions in a mask, in order."""
        bits = self.bits(mask)
        at = bits.find("1")
        while at >= 0:
            yield at
            at = bits.find("1", at + 1)


def by_preference(mask: int, preferences: Sequence[int]) -> Iterator[int]:
    """Parts of a mask, best first: those in the first preference before those that are not, and so on within each."""
    if not mask:
        return
    if not preferences:
        yield mask
        return
    yield from by_preference(mask & preferences[0], preferences[1:])
    yield from by_preference(mask & ~preferences[0], preferences[1:])
