"""How long a keystroke in a 20 KB lesson takes until Studio has drawn it, against one bare Python-Markdown conversion of it.

The baseline is what a preview without parts would have to do at least: convert the whole text, without reading questions,
removing unsafe HTML or drawing. A keystroke here is everything from the key's arrival: the text itself with its colours,
reading the lesson, rendering what changed, laying it out and painting editor and preview. Keys are typed in the middle of
the lesson's prose, in a question and as new lines that add blocks.
Run: python -m benchmarks.preview_latency [--json]. Exit code 1 if the goal is missed.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from markdown import Markdown
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.lesson_open import lesson_text
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.pages.studio.page import StudioPage
from desktop_app.ui.sandbox_model import SandboxModel

GOAL_MS = 50.0
_KEYS = 120
_PLACES = {
    "a letter in prose": ("likely** next", "x"),
    "a letter in a question": ("Its spelling", "x"),
    "Enter, which adds a block": ("A language model continues", "\n"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement in milliseconds; ratio is the median over the baseline's median."""

    name: str
    median_ms: float
    p95_ms: float
    worst_ms: float
    ratio: float
    goal_ms: float | None

    @property
    def met(self) -> bool:
        """True if the median key is within the goal, or there is none; the slow keys are mostly other programs' load."""
        return self.goal_ms is None or self.median_ms <= self.goal_ms


def main() -> int:
    """Print the table; return the exit code."""
    text = lesson_text()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "content" / "lessons" / "measured" / "lesson.md"
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
        rows = _measure(Path(folder), file, text)
    if "--json" in sys.argv:
        print(
            json.dumps(
                {"bytes": len(text.encode()), "rows": [asdict(row) | {"met": row.met} for row in rows]}, indent=2
            )
        )
    else:
        print(f"{len(text.encode())} bytes, {_KEYS} keys each\n")
        print(f"{'what':46}{'median ms':>11}{'p95 ms':>9}{'worst ms':>10}{'ratio':>8}{'goal ms':>9}")
        for row in rows:
            goal = f"{row.goal_ms:9.0f}  {'met' if row.met else 'MISSED'}" if row.goal_ms else ""
            print(f"{row.name:46}{row.median_ms:11.2f}{row.p95_ms:9.2f}{row.worst_ms:10.2f}{row.ratio:8.2f}{goal}")
    return 0 if all(row.met for row in rows) else 1


def _measure(folder: Path, file: Path, text: str) -> list[Row]:
    services = Services(Locations.find(folder / "profile"))
    services.locations.make_profile()
    app, theme = make_application(services)
    jobs = JobRunner()
    page = StudioPage(theme, services, SandboxModel(services, jobs), jobs)
    page.resize(1240, 800)
    page.show()
    page.open(file)
    bare = Markdown(extensions=["tables", "fenced_code", "sane_lists"])
    base: list[float] = []
    taken: dict[str, list[float]] = {name: [] for name in _PLACES}
    for name, (place, key) in _PLACES.items():
        page.bench.editor.go_to(text[: text.index(place, len(text) // 2)].count("\n") + 1, 4)
        _settle(app)
        for _ in range(_KEYS):  # in turns, so that what else the machine does falls on both
            base.append(_timed(lambda: bare.reset().convert(text)))
            taken[name].append(_timed(lambda key=key: _type(app, page, key)))
    page.close_page()
    jobs.stop()
    services.close()
    rows = [_row("bare Python-Markdown, whole text (baseline)", base, base, None)]
    return rows + [_row(name, times, base, GOAL_MS) for name, times in taken.items()]


def _type(app: QApplication, page: StudioPage, key: str) -> None:
    """One key, and everything until both panes are painted with what it changed."""
    before = page.file.preview
    if key == "\n":
        QTest.keyClick(page.bench.editor, Qt.Key.Key_Return)
    else:
        QTest.keyClicks(page.bench.editor, key)
    while page.file.preview is before:  # the preview follows in the next turn of the event loop
        app.processEvents()
    app.processEvents()
    page.bench.editor.viewport().repaint()
    page.bench.preview.viewport().repaint()


def _timed(work: object) -> float:
    assert callable(work)
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def _settle(app: QApplication) -> None:
    until = time.perf_counter() + 0.4
    while time.perf_counter() < until:
        app.processEvents()


def _row(name: str, times: list[float], base: list[float], goal_ms: float | None) -> Row:
    ordered = sorted(times)
    median = ordered[len(ordered) // 2]
    ratio = median / sorted(base)[len(base) // 2]
    return Row(name, median, ordered[int(len(ordered) * 0.95)], ordered[-1], ratio, goal_ms)


if __name__ == "__main__":
    sys.exit(main())
