"""From token bytes to text that may be shown: whole characters only, and nothing past a stop sequence."""

from __future__ import annotations

import codecs


class TextFilter:
    """Takes the bytes of tokens in order and gives back text as soon as it is certain to belong to the answer.

    A token may end in the middle of a character, and a stop sequence may begin in one token and end in the next, so a
    little is held back. stopped is True once a stop sequence was found; what follows it is dropped, and it is too.
    """

    def __init__(self, stop: tuple[str, ...] = ()) -> None:
        self.stopped = False
        self._stop = stop
        self._held = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, piece: bytes) -> str:
        """The text that became certain with this piece, often that of the piece itself; "" once stopped."""
        if self.stopped:
            return ""
        return self._release(self._decoder.decode(piece))

    def flush(self) -> str:
        """What was still held back, at the end of the answer."""
        if self.stopped:
            return ""
        text = self._release(self._decoder.decode(b"", True)) + self._held
        self._held = ""
        return text

    def _release(self, text: str) -> str:
        text = self._held + text
        # The sequence that is complete first wins, so that the cut of the pieces cannot change the answer.
        found = [(place + len(stop), place) for stop in self._stop if (place := text.find(stop)) >= 0]
        if found:
            self.stopped, self._held = True, ""
            return text[: min(found)[1]]
        keep = max((_overlap(text, stop) for stop in self._stop), default=0)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """How many characters at the end of text could be the beginning of stop."""
    for length in range(min(len(text), len(stop) - 1), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
