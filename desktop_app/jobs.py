"""Work that takes longer than a frame, as generators without Qt; the window and the command line drive the same ones."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; total is None while unknown."""

    done: int
    total: int | None = None
    note: str = ""


# A job yields Progress (or, for a model's answer, pieces of text) a few times a second and returns its result.
Job = Generator[object, None, T]


def finish(job: Job[T]) -> T:
    """Run the job to its end on this thread and return its result."""
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value
