"""What was read and may be needed again: the memory of a context, put aside by the tokens it holds. Pure."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

Unit = tuple[int, ...]  # tokens that were, and must be, computed in one go

_HEAD = struct.Struct("<4s32sII")
_MAGIC = b"GRS1"


@dataclass(frozen=True, slots=True)
class State:
    """The memory of a context that has read these units."""

    units: tuple[Unit, ...]
    data: bytes


def common(one: Sequence[Unit], other: Sequence[Unit]) -> int:
    """How many units both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if tuple(one[low:middle]) == tuple(other[low:middle]):
            low = middle
        else:
            high = middle - 1
    return low


def tokens_in(units: Sequence[Unit]) -> int:
    """How many tokens units hold."""
    return sum(map(len, units))


class StateStore:
    """The latest used states, as many as fit into most_bytes."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._states: list[State] = []  # the one used last stands last

    def put(self, state: State) -> None:
        """Keep this state, and let go what it contains and whatever no longer fits."""
        if self.holds(state.units):
            return
        self._states = [each for each in self._states if common(each.units, state.units) < len(each.units)]
        self._states.append(state)
        while sum(len(each.data) for each in self._states) > self._most_bytes:
            self._states.pop(0)

    def holds(self, units: Sequence[Unit]) -> bool:
        """True if some state begins with all these units."""
        return any(common(each.units, units) == len(units) for each in self._states)

    def best(self, units: Sequence[Unit]) -> tuple[int, State] | None:
        """The state that has the most units at the start in common, and how many; it counts as used."""
        if not self._states:
            return None
        best = max(reversed(self._states), key=lambda state: common(state.units, units))
        shared = common(best.units, units)
        if not shared:
            return None
        self._states.remove(best)
        self._states.append(best)
        return shared, best


def pack(state: State, maker: str) -> bytes:
    """The state as bytes for unpack; maker names the library, its build and the processor that computed it."""
    tokens = [token for unit in state.units for token in unit]
    head = _HEAD.pack(_MAGIC, _fingerprint(maker), len(state.units), len(tokens))
    lengths = struct.pack(f"<{len(state.units)}H", *map(len, state.units))
    return head + lengths + struct.pack(f"<{len(tokens)}i", *tokens) + state.data


def unpack(data: bytes, maker: str) -> State | None:
    """The state that pack made for the same maker; None for anything else."""
    try:
        magic, fingerprint, units, tokens = _HEAD.unpack_from(data)
        if magic != _MAGIC or fingerprint != _fingerprint(maker):
            return None
        lengths = struct.unpack_from(f"<{units}H", data, _HEAD.size)
        flat = struct.unpack_from(f"<{tokens}i", data, _HEAD.size + 2 * units)
    except struct.error:
        return None
    if sum(lengths) != tokens or 0 in lengths:
        return None
    cut, at = [], 0
    for length in lengths:
        cut.append(flat[at : at + length])
        at += length
    return State(tuple(cut), data[_HEAD.size + 2 * units + 4 * tokens :])


def _fingerprint(maker: str) -> bytes:
    return hashlib.sha256(maker.encode("utf-8")).digest()
