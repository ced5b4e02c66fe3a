"""Run every benchmark, one after the other; exit code 1 if a goal is missed somewhere."""

from __future__ import annotations

import sys

from benchmarks import (
    client_speed,
    decision_speed,
    engine_speed,
    grounding,
    guard_speed,
    import_speed,
    lesson_open,
    library_open,
    lint_speed,
    matrix_speed,
    preview_latency,
    quick_window,
    search_speed,
    startup,
    structured_speed,
)

missed = []
for module in (
    startup,
    client_speed,
    engine_speed,
    structured_speed,
    search_speed,
    library_open,
    decision_speed,
    guard_speed,
    grounding,
    lesson_open,
    lint_speed,
    preview_latency,
    matrix_speed,
    quick_window,
    import_speed,
):
    name = module.__name__.removeprefix("benchmarks.").replace("_", " ")
    print(f"\n== {name} " + "=" * 60, flush=True)
    if module.main():
        missed.append(name)
if missed:
    sys.exit(f"\nGoals missed in: {', '.join(missed)}")
