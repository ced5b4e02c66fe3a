"""One job after the other: asking again while one runs starts it once more afterwards, however often it was asked."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Any

from desktop_app.jobs import Job
from desktop_app.ui.jobs import Jobs


class Turns:
    """Runs the newest of what is asked for, and drops the result of one that a newer one follows."""

    def __init__(self, jobs: Jobs, make: Callable[[], Job[Any]], result: Callable[[Any], object]) -> None:
        self._jobs, self._make, self._result = jobs, make, result
        self._cancel = Event()
        self._running = self._again = False

    def ask(self) -> None:
        """Run the job now, or once more after the one that runs."""
        if self._running:
            self._again = True
            return
        self._running, self._again = True, False
        self._cancel = self._jobs.start(self._make(), self._on_result, self._on_failed)

    def cancel(self) -> None:
        """Drop what runs and what was asked for."""
        self._cancel.set()
        self._running = self._again = False

    def _on_result(self, value: object) -> None:
        self._running = False
        if self._again:
            self.ask()
        else:
            self._result(value)

    def _on_failed(self, error: Exception) -> None:
        self._running = False
        raise error
