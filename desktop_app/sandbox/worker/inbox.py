"""What the app asks, read on a thread of its own."""

from __future__ import annotations

import os
import threading
from collections import deque
from typing import Any

from desktop_app.sandbox.protocol import (
    LINE_BYTES,
    Cancel,
    Carried,
    Error,
    ProtocolError,
    Request,
    Restore,
    Shutdown,
    decode,
)


class Inbox:
    """Reads requests on its own thread, so that a cancel is seen while a token is being computed."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._waiting: deque[Request | Carried | Error] = deque()
        self._some = threading.Condition()
        self._cancelled: set[int] = set()
        threading.Thread(target=self._read, daemon=True).start()

    def take(self) -> Request | Carried | Error:
        """The next request, or the Error to answer a damaged line with."""
        with self._some:
            self._some.wait_for(lambda: self._waiting)
            return self._waiting.popleft()

    def cancelled(self, request: int) -> bool:
        """True once a cancel for this request has arrived."""
        return request in self._cancelled

    def _read(self) -> None:
        while line := self._source.readline(LINE_BYTES + 1):
            try:
                message: Any = decode(line)
                if isinstance(message, Restore):
                    message = Carried(message, self._source.read(message.state_bytes))
            except ProtocolError as problem:
                message = Error(0, "request", str(problem))
            if isinstance(message, Cancel):
                self._cancelled.add(message.id)
            elif isinstance(message, Shutdown):
                break
            else:
                with self._some:
                    self._waiting.append(message)
                    self._some.notify()
        # The app has gone or wants us gone; nothing here needs tidying, and a long decode would not notice otherwise.
        os._exit(0)
