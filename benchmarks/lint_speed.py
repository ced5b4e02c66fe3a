"""How long lint takes over 1,000 lessons, cold and from its cache, against parsing and against reading the same files.

The lessons are the bundled ones under other ids, so sizes and contents are real. One process, one core. Run:
python -m benchmarks.lint_speed [--json]. Exit code 1 if a goal is missed.
"""

from __future__ import annotations

import gc
import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop_app.jobs import finish
from desktop_app.lessons.known import Known, known_in
from desktop_app.lessons.lint import content_files
from desktop_app.lessons.lint_cache import LintCache
from desktop_app.lessons.parse import read_lesson
from desktop_app.prompts.library import PromptLibrary

GOAL_COLD_S, GOAL_CACHED_S = 3.0, 0.3
_ROOT = Path(__file__).parents[1]
_LESSONS, _RUNS = 1000, 3


@dataclass(frozen=True, slots=True)
class Row:
    """One way to go through all lessons: best of the runs in seconds; ratio is that over the baseline's best."""

    name: str
    best_s: float
    ratio: float
    goal_s: float | None

    @property
    def met(self) -> bool:
        """True if the best run is within the goal, or there is none."""
        return self.goal_s is None or self.best_s <= self.goal_s


def _originals() -> list[Path]:
    return sorted((_ROOT / "content" / "lessons").glob("*/lesson.md"))


def make_lessons(content: Path) -> tuple[Path, ...]:
    """Write 1,000 lessons below content and return their files."""
    originals = _originals()
    for number in range(_LESSONS):
        text = originals[number % len(originals)].read_text("utf-8")
        folder = content / "lessons" / f"lesson-{number}"
        folder.mkdir(parents=True)
        (folder / "lesson.md").write_text(
            text.replace(f"id: {originals[number % len(originals)].parent.name}", f"id: lesson-{number}", 1), "utf-8"
        )
    return content_files([content])


def measure(content: Path, files: tuple[Path, ...]) -> list[Row]:
    """Every row, the baselines first; all ways take turns, so that what else the machine does falls on all."""
    prompts = PromptLibrary([_ROOT / "prompt_library"]).references()
    known = known_in([_ROOT / "content", content], [file.parent.name for file in _originals()], prompts, files)
    cache = content / "lint-cache.json"

    def cold() -> None:
        cache.unlink(missing_ok=True)
        _lint(cache, known, files, hits=0)

    ways: dict[str, tuple[Callable[[], object], float | None]] = {
        "parse every lesson (baseline)": (lambda: [read_lesson(file) for file in files], None),
        "read and hash every file": (lambda: [hashlib.sha256(file.read_bytes()).digest() for file in files], None),
        "lint, cold": (cold, GOAL_COLD_S),
        "lint, nothing changed": (lambda: _lint(cache, known, files, hits=len(files)), GOAL_CACHED_S),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_RUNS):
        for name, (work, _goal) in ways.items():
            gc.collect()
            began = time.perf_counter()
            work()
            times[name].append(time.perf_counter() - began)
    base = min(next(iter(times.values())))
    return [Row(name, min(taken), min(taken) / base, ways[name][1]) for name, taken in times.items()]


def _lint(cache: Path, known: Known, files: tuple[Path, ...], *, hits: int) -> None:
    results = LintCache(cache, known)
    problems = finish(results.lint_all(files))
    errors = [problem for problem in problems if problem.severity == "error"]
    if results.hits != hits or errors:
        raise SystemExit(f"{results.hits} of {hits} files came from the cache; {errors[:1]}")


def main() -> int:
    """Print the table; return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        files = make_lessons(Path(folder))
        size = sum(file.stat().st_size for file in files)
        rows = measure(Path(folder), files)
    if "--json" in sys.argv:
        print(json.dumps({"lessons": len(files), "bytes": size, "rows": [asdict(row) for row in rows]}, indent=2))
    else:
        print(f"{len(files)} lessons, {size / len(files) / 1000:.1f} KB each, best of {_RUNS} runs\n")
        print(f"{'what':34}{'seconds':>9}{'ratio':>8}{'goal s':>9}")
        for row in rows:
            goal = f"{row.goal_s:9.1f}  {'met' if row.met else 'MISSED'}" if row.goal_s else ""
            print(f"{row.name:34}{row.best_s:9.3f}{row.ratio:8.2f}{goal}")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
