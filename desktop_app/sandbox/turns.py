"""Whose turn it is with the model: one at a time, and whoever only prepares gives way to whoever asks."""

from __future__ import annotations

import threading
from collections.abc import Callable


class TurnTaking:
    """A lock that knows whether somebody waits for it. For any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken = False
        self._waiting = 0
        self._yielding: Callable[[], None] | None = None

    @property
    def wanted(self) -> bool:
        """True while somebody who does not only prepare waits for the turn."""
        return self._waiting > 0

    def take(self, timeout_s: float) -> bool:
        """Take the turn, asking who prepares now to give it up; False if it did not come free in time."""
        with self._changed:
            if self._taken and self._yielding is not None:
                give_way, self._yielding = self._yielding, None
                give_way()
            self._waiting += 1
            try:
                return self._take(lambda: not self._taken, timeout_s)
            finally:
                self._waiting -= 1
                self._changed.notify_all()

    def take_to_prepare(self, give_way: Callable[[], None], timeout_s: float) -> bool:
        """Take the turn once nobody else wants it; give_way is called, on any thread, when somebody does."""
        with self._changed:
            taken = self._take(lambda: not self._taken and not self._waiting, timeout_s)
            self._yielding = give_way if taken else self._yielding
            return taken

    def release(self) -> None:
        """Let the next one have it."""
        with self._changed:
            self._taken, self._yielding = False, None
            self._changed.notify_all()

    def _take(self, free: Callable[[], bool], timeout_s: float) -> bool:
        if not self._changed.wait_for(free, timeout_s):
            return False
        self._taken = True
        return True
