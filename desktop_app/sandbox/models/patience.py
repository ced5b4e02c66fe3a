"""Asking a file system that may never answer: a share that is gone holds whoever asks, and nobody can wake them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress

T = TypeVar("T")

PATIENCE_S = 20.0
_BEAT_S = 0.1


def patiently(work: Callable[[], T], path: Path, *, patience_s: float | None = None) -> Job[T]:
    """What work returns or raises, done on a thread of its own and left behind there if it takes too long.

    Raises ModelError, naming path, if there is no answer within patience_s.
    """
    outcome: list[tuple[bool, object]] = []
    done = threading.Event()

    def run() -> None:
        try:
            outcome.append((True, work()))
        except BaseException as error:  # raised again on the thread that waits
            outcome.append((False, error))
        done.set()

    threading.Thread(target=run, daemon=True, name="share").start()
    end = time.monotonic() + (PATIENCE_S if patience_s is None else patience_s)
    while not done.wait(_BEAT_S):
        if time.monotonic() > end:
            raise ModelError(f"{path.parent} does not answer. Use another model, or try again when it can be reached.")
        yield Progress(0, None, f"Waiting for {path.parent}")
    good, value = outcome[0]
    if not good:
        raise value  # type: ignore[misc]
    return value  # type: ignore[return-value]
