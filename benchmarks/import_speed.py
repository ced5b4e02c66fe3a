"""How long importing prompts.csv takes, first and once more, against csv.reader alone and the same files written bare.

Rows are made up, with several lines each, two variables and an example. One process. Run:
python -m benchmarks.import_speed [--rows 50000] [--json]. Exit code 1 if a goal is missed.
"""

from __future__ import annotations

import csv
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from desktop_app.jobs import finish
from desktop_app.prompts.interchange import prompts_chat
from desktop_app.prompts.interchange.importing import ImportReport, import_paths

GOAL_5_MB_S = 10.0
_ROWS = 50_000
_WORDS = (
    "write",
    "short",
    "clear",
    "answers",
    "for",
    "people",
    "in",
    "the",
    "office",
    "and",
    "ask",
    "what",
    "is",
    "missing",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One way to go through all rows: its seconds, and those for 5 MB; ratio is to csv.reader and bare writing together."""

    name: str
    taken_s: float
    for_5_mb_s: float
    ratio: float
    goal_s: float | None

    @property
    def met(self) -> bool:
        """True if 5 MB take no longer than the goal, or there is none."""
        return self.goal_s is None or self.for_5_mb_s <= self.goal_s


def make_table(path: Path, rows: int) -> int:
    """Write the CSV file and return its size in bytes."""
    chance = random.Random(20_261_122)
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(prompts_chat.COLUMNS)
        for number in range(rows):
            about = [" ".join(chance.choices(_WORDS, k=12)) for _ in range(3)]
            text = (
                f"I want you to {about[0]}.\n\n- First: {about[1]}\n- For ${{Audience:the team}}: {about[2]}, in ${{Tone}}.\n"
                f'My first request is "Help me with case {number}"'
            )
            table.writerow([f"Helper {number}", text, "FALSE", "TEXT", "someone"])
    return path.stat().st_size


def measure(folder: Path, rows: int) -> list[Row]:
    """Every row of the table, the baselines first."""
    table, library = folder / "prompts.csv", folder / "library"
    megabytes = make_table(table, rows) / 1e6
    report: list[ImportReport] = []
    taken: dict[str, float] = {}

    def run(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        taken[name] = time.perf_counter() - began

    run("csv.reader alone", lambda: _count(table))
    run("read as prompts", lambda: sum(1 for _ in prompts_chat.read(table)))
    run("import", lambda: report.append(finish(import_paths([table], library))))
    made = [(file.parent.name, file.read_bytes()) for file in library.glob("*/1.prompt.yml")]
    run("the same files, bare", lambda: _write(folder / "bare", made))
    run("import once more", lambda: report.append(finish(import_paths([table], library))))
    if report[0].count("imported") != rows or report[1].count("unchanged") != rows:
        raise SystemExit("Not every row was imported once.")
    bare = taken["csv.reader alone"] + taken["the same files, bare"]
    found = []
    for name in ("csv.reader alone", "the same files, bare", "read as prompts", "import", "import once more"):
        for_5_mb, ratio = taken[name] / megabytes * 5, taken[name] / bare
        goal_s = GOAL_5_MB_S if name.startswith("import") else None
        found.append(Row(name, taken[name], for_5_mb, ratio, goal_s))
    return found


def _count(table: Path) -> int:
    with table.open(encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file))


def _write(folder: Path, files: list[tuple[str, bytes]]) -> None:
    folder.mkdir()
    for name, data in files:
        (folder / name).mkdir()
        (folder / name / "1.prompt.yml").write_bytes(data)


def main() -> int:
    """Print the table; return the exit code."""
    rows = int(sys.argv[sys.argv.index("--rows") + 1]) if "--rows" in sys.argv else _ROWS
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), rows)
        size = (Path(folder) / "prompts.csv").stat().st_size
    if "--json" in sys.argv:
        print(json.dumps({"csv_rows": rows, "bytes": size, "rows": [asdict(row) for row in found]}, indent=2))
    else:
        print(f"{rows:,} rows of several lines, {size / 1e6:.1f} MB\n")
        print(f"{'what':24}{'seconds':>9}{'for 5 MB':>10}{'goal':>6}{'ratio':>8}")
        for row in found:
            goal = f"{row.goal_s:6.0f}" if row.goal_s else " " * 6
            met = "" if row.goal_s is None else "  met" if row.met else "  MISSED"
            print(f"{row.name:24}{row.taken_s:9.2f}{row.for_5_mb_s:10.2f}{goal}{row.ratio:8.2f}{met}")
    return 0 if all(row.met for row in found) else 1


if __name__ == "__main__":
    sys.exit(main())
