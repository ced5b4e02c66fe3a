"""Run every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import (
    client_speed,
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
)

for module in (
    startup,
    client_speed,
    search_speed,
    library_open,
    guard_speed,
    lesson_open,
    lint_speed,
    preview_latency,
    matrix_speed,
    quick_window,
    import_speed,
):
    print(f"\n== {module.__name__.removeprefix('benchmarks.').replace('_', ' ')} " + "=" * 60, flush=True)
    module.main()
