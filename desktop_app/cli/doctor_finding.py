"""What a check of doctor is and what it finds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

from desktop_app.errors import AppError
from desktop_app.jobs import Job
from desktop_app.services import Services

T = TypeVar("T")
State = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found. fix is the way out in words, "" where the check's own says it."""

    state: State
    detail: str
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One check: id never changes once released, fix is the way out unless what was found names a better one."""

    id: str
    title: str
    run: Callable[[Services], Finding]
    fix: str


def good(detail: str) -> Finding:
    """All is as it should be."""
    return Finding("pass", detail)


def warn(detail: str, fix: str = "") -> Finding:
    """The app works, but something is missing or will be."""
    return Finding("warn", detail, fix)


def fail(detail: str, fix: str = "") -> Finding:
    """A part does not work or cannot be trusted."""
    return Finding("fail", detail, fix)


def finish_within(job: Job[T], seconds: float, what: str) -> T:
    """Run the job to its end and return its result; raises AppError if it takes longer."""
    end = time.monotonic() + seconds
    while True:
        try:
            next(job)
        except StopIteration as done:
            return done.value
        if time.monotonic() > end:
            job.close()
            raise AppError(f"{what} took longer than {seconds:.0f} seconds and was given up.")


def many(count: int, what: str) -> str:
    """A count as people read it, such as "3 lessons"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
