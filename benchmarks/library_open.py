"""How long the library takes to open: 20,000 prompts in three versions, 80,000 files; and what one changed file costs.

Run: python -m benchmarks.library_open [--prompts N] [--json]; 100,000 prompts take five minutes. Exit code 1 if a goal is missed.
The baselines are measured on the same files: looking at each one with os.scandir and stat, and reading the offered versions with
PyYAML's C loader, which checks nothing and indexes nothing. Writing the files is not measured. Searches follow, as in
search_speed.
"""

from __future__ import annotations

import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from benchmarks.prompt_files import VERSIONS, write_library
from benchmarks.search_speed import Row, measure, show, wanted_count
from desktop_app.jobs import finish
from desktop_app.prompts.library import PromptLibrary
from desktop_app.prompts.search import PromptIndex

_PROMPTS = 20_000
_SAMPLE = 1000
_LONG_AGO = 1_700_000_000


def open_times(library: Path, path: Path, count: int) -> list[Row]:
    """The rows for a library of count prompts; path is where its index goes."""
    walk_ms = min(_ms(lambda: _walk(library)) for _ in range(2))
    yaml_ms = _bare_yaml(library, count)
    with closing(PromptIndex(path)) as index:
        start, first_rows_ms = time.perf_counter(), 0.0
        for _ in index.update([library]):
            first_rows_ms = first_rows_ms or (index.count() and (time.perf_counter() - start) * 1000)
        first_ms = (time.perf_counter() - start) * 1000
        second_ms = _ms(lambda: finish(index.update([library])))
        changed = library / "p-7" / "2.prompt.yml"
        changed.write_text(changed.read_text("utf-8").replace("Keep to", "Hold on to"), "utf-8")
        one_ms = _ms(lambda: finish(index.update([library])))
    prompts = PromptLibrary([library])
    get_ms = [_ms(lambda n=n: prompts.get(f"p-{n}")) for n in range(200)]
    return [
        Row(f"every file looked at (scandir, stat), {count * (VERSIONS + 1):,}", walk_ms, walk_ms),
        Row("offered versions read by PyYAML's C loader", yaml_ms, yaml_ms),
        _row("first open: every prompt checked and indexed", first_ms, yaml_ms, 3.0),
        Row("first open: the first rows", first_rows_ms, first_rows_ms, None, "≤ 1,000 ms", first_rows_ms <= 1000),
        _row("second open: nothing changed", second_ms, walk_ms, 3.0),
        _row("one file changed", one_ms, walk_ms, 3.0),
        Row("one prompt opened, all versions", sorted(get_ms)[100], sorted(get_ms)[197]),
        Row("size of the index, MB", path.stat().st_size / 1e6, path.stat().st_size / 1e6),
    ]


def _walk(folder: Path | str) -> int:
    seen = 0
    with os.scandir(folder) as entries:
        for entry in entries:
            seen += _walk(entry.path) if entry.is_dir() else bool(entry.stat().st_size)
    return seen


def _bare_yaml(library: Path, count: int) -> float:
    """Reading and parsing one file per prompt, from a sample."""
    import yaml

    sample = [library / f"p-{n}" / "2.prompt.yml" for n in range(0, count, max(1, count // _SAMPLE))]
    took = _ms(lambda: [yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader) for file in sample])
    return took / len(sample) * count


def _ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _row(name: str, took_ms: float, base_ms: float, most: float) -> Row:
    ratio = took_ms / base_ms
    return Row(name, took_ms, took_ms, ratio, f"≤ {most} ×", ratio <= most)


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    count = wanted_count(_PROMPTS)
    with tempfile.TemporaryDirectory() as folder:
        library, path = Path(folder) / "library", Path(folder) / "index.db"
        write_library(library, count)
        for home, _, files in os.walk(library):  # the index trusts no file that is two seconds old
            for name in files:
                os.utime(Path(home, name), (_LONG_AGO, _LONG_AGO))
        rows = open_times(library, path, count)
        before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        rows += measure(path)
        after_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return show([*rows, Row("memory: most while opening, then searching, MB", before_mb, after_mb)])


if __name__ == "__main__":
    sys.exit(main())
