"""A run of prompt tests in the background: results as they come, how long it still takes, and a stop that keeps them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.prompt_tests import Batch, run_tests

_FIRST_GUESS_S = 1.5


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run is; left_s is how long it still takes, None while nobody knows."""

    done: int = 0
    total: int = 0
    note: str = ""
    left_s: float | None = None


class TestRun(QObject):
    """Signals: progressed(RunProgress); came(tuple of Result); ended(bool), True if it ran to its end; failed(str)."""

    __test__ = False  # pytest: this tests nothing
    progressed = Signal(object)
    came = Signal(object)
    ended = Signal(bool)
    failed = Signal(str)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self._cancel, self._stop = Event(), Event()
        self._to_ask, self._began = 0, 0.0
        self.is_running = False

    def start(self, keys: Sequence[tuple[str, int]], seeds: Sequence[int], files: Sequence[Path], to_ask: int) -> None:
        """Run the tests of these versions; to_ask is how many answers are not kept yet."""
        if self.is_running or not keys:
            return
        self.is_running, self._to_ask, self._began, self._stop = True, to_ask, monotonic(), Event()
        self.progressed.emit(RunProgress())
        job = run_tests(self._services, keys, seeds, files, self._stop)
        self._cancel = self._jobs.start(job, self._on_ended, self._on_failed, self._on_batch)

    def stop(self) -> None:
        """Stop at the next token; what was done is kept."""
        self._stop.set()

    def close(self) -> None:
        """Stop without another word."""
        self._stop.set()
        self._cancel.set()

    def _on_batch(self, batch: object) -> None:
        if not isinstance(batch, Batch):
            return
        if batch.results:
            self.came.emit(batch.results)
        spent, left = monotonic() - self._began, None
        if batch.asked and spent > _FIRST_GUESS_S:
            left = max(0, self._to_ask - batch.asked) * spent / batch.asked
        self.progressed.emit(RunProgress(batch.done, batch.total, batch.note, left))

    def _on_ended(self, whole: bool) -> None:
        self.is_running = False
        self.ended.emit(whole)

    def _on_failed(self, error: Exception) -> None:
        self.is_running = False
        if not isinstance(error, AppError):
            raise error
        self.failed.emit(str(error))
