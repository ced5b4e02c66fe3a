"""Runs jobs (generators without Qt) on a thread pool and brings their results to the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, Qt, QThreadPool, Signal, Slot
from shiboken6 import isValid

from desktop_app.jobs import Job

T = TypeVar("T")
Then = Callable[[Any], None]


def ignore(_: object) -> None:
    """For callers that need no progress."""


class Jobs(Protocol):
    """What view-models need: JobRunner in the app, InlineJobs in their tests."""

    def start(self, job: Job[T], result: Then, error: Then, progress: Then = ignore) -> Event:
        """Step through job; set the returned event to cancel it."""
        ...


class JobRunner(QObject):
    """Steps through jobs on a pool. Signals: _answer, its own way to the GUI thread.

    Callbacks that are methods of a QObject, or partials of them, are dropped once Qt has deleted it.
    """

    _answer = Signal(object, object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(6)  # jobs mostly wait: for the model, the disk, the keyring
        self._running: set[Event] = set()
        self._stopped = False
        self._answer.connect(self._on_answer, Qt.ConnectionType.QueuedConnection)

    def start(self, job: Job[T], result: Then, error: Then, progress: Then = ignore) -> Event:
        """Step through job on the thread pool; set the returned event to cancel it."""
        cancelled = Event()
        self._running.add(cancelled)

        def work() -> None:
            try:
                while not cancelled.is_set():
                    self._answer.emit(cancelled, progress, next(job))
                job.close()  # its own with and finally blocks tidy up
            except StopIteration as end:
                self._answer.emit(cancelled, result, end.value)
            except Exception as exc:  # handed on: the caller shows it or the one handler logs it
                self._answer.emit(cancelled, error, exc)
            finally:
                self._running.discard(cancelled)

        self._pool.start(work)
        return cancelled

    def stop(self, *, wait_ms: int = 5000) -> bool:
        """Cancel every job and wait for the pool; True if all ended in time."""
        self._stopped = True  # what is queued already is dropped too: its receiver may be closed
        for cancelled in list(self._running):
            cancelled.set()
        return self._pool.waitForDone(wait_ms)

    @Slot(object, object, object)
    def _on_answer(self, cancelled: Event, then: Then, value: object) -> None:
        # a cancel can come after a result was queued, and so can the end of the widget that asked
        if not cancelled.is_set() and not self._stopped and _can_receive(then):
            then(value)


def _can_receive(then: Then) -> bool:
    owner = getattr(then.func if isinstance(then, partial) else then, "__self__", None)
    return not isinstance(owner, QObject) or isValid(owner)


class InlineJobs:
    """Finishes a job inside start, for tests of view-models."""

    def start(self, job: Job[T], result: Then, error: Then, progress: Then = ignore) -> Event:
        """Run job to its end, then call result or error."""
        cancelled = Event()
        try:
            while not cancelled.is_set():
                progress(next(job))
        except StopIteration as end:
            result(end.value)
        except Exception as exc:
            error(exc)
        return cancelled
