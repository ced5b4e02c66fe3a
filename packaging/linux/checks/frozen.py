"""Rows about the frozen folder itself: the same bytes wherever it is made, and what older processors say to it."""

from __future__ import annotations

from freeze import compare, processors
from names import APP

from linux.checks.bench import Bench
from linux.checks.rows import NotRun, expect, row


@row("Older processors", "each build of llama.cpp asked whether it runs, on processors emulated by QEMU")
def older_processors(bench: Bench) -> str:
    _need_app(bench)
    made = processors.rows(bench.payload)
    said = "; ".join(f"{what.rpartition(' ')[2]} {how}" for what, how, _, _ in made)
    expect(all(holds for _, _, holds, _ in made), said)
    return said


@row(
    "Two builds", "the last commit frozen a second time, from a clone in another folder; every file's SHA-256 compared"
)
def two_builds(bench: Bench) -> str:
    _need_app(bench)
    [(_, said, holds, _)] = compare.rows()
    expect(holds, said)
    return f"the same bytes: {said}"


def _need_app(bench: Bench) -> None:
    if bench.payload != APP:
        raise NotRun("only for the app that make dist froze")
