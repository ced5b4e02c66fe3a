"""A list of checks: each is timed, told by one row, and never stops the next."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from windows.problem import PackagingError

Row = tuple[str, str, bool, float]


@dataclass(slots=True)
class Table:
    """Rows of (what, how, whether it held, seconds); shown as they come with loud."""

    loud: bool = False
    rows: list[Row] = field(default_factory=list)

    def check(self, what: str, how: str, holds: Callable[[], bool | str]) -> bool:
        """Add a row; holds returns True, or False, or a sentence that says what is wrong."""
        started = time.perf_counter()
        try:
            found = holds()
        except (PackagingError, OSError, subprocess.SubprocessError) as exc:
            found = str(exc)
        right = found is True
        row = (what, how if right or found is False else f"{how}: {found}", right, time.perf_counter() - started)
        self.rows.append(row)
        if self.loud:
            print(line(row), file=sys.stderr, flush=True)
        return right


def line(row: Row) -> str:
    """A row as one line of text."""
    what, how, right, seconds = row
    return f"| {what} | {how} | {'ok' if right else 'FAILED'} | {seconds:.1f} |"
