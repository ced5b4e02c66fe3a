"""One row of the table: what is checked, how, what came of it, how long it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from linux.tools import Problem

if TYPE_CHECKING:
    from linux.checks.bench import Bench


class Failed(Exception):  # noqa: N818
    """What should hold does not; the text says what was seen instead."""


class NotRun(Exception):  # noqa: N818
    """It cannot be checked here; the text says why."""


@dataclass(frozen=True, slots=True)
class Row:
    """result is "passed", "FAILED" or "not run"; seen is what was observed."""

    what: str
    how: str
    result: str
    seen: str
    seconds: float


Check = Callable[["Bench"], str]
CHECKS: list[tuple[str, str, Check]] = []


def row(what: str, how: str) -> Callable[[Check], Check]:
    """Put a function into the table. It returns what was seen, raises Failed or NotRun."""

    def put(check: Check) -> Check:
        CHECKS.append((what, how, check))
        return check

    return put


def run_checks(bench: Bench, only: str = "") -> Iterator[Row]:
    """A row for each check whose name has only in it, in order, as they end."""
    for what, how, check in CHECKS:
        if only and only not in what and only not in check.__name__:
            continue
        started = time.monotonic()
        try:
            result, seen = "passed", check(bench)
        except NotRun as why:
            result, seen = "not run", str(why)
        except (Failed, Problem) as why:
            result, seen = "FAILED", str(why)
        yield Row(what, how, result, seen, time.monotonic() - started)


def expect(truth: bool, said: str) -> None:
    """Raise Failed with what was said unless it is true."""
    if not truth:
        raise Failed(said[-600:])
