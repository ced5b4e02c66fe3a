"""How long a keystroke in the library's search takes over 100,000 prompts, against the bare FTS5 query on the same file.

Run: python -m benchmarks.search_speed [--prompts N] [--json]. Exit code 1 if a goal is missed. "find" is what each
keystroke needs: the first 200 rows in this person's order, the total and the counts beside the facets. The baseline is the
query that FTS5's documentation gives for the best matches, over the same words, for the same number of rows; it counts
nothing.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.prompt_files import prompts
from desktop_app.prompts.index_tables import count_words, index, insert
from desktop_app.prompts.query import expression, terms
from desktop_app.prompts.search import PromptIndex, Taste
from desktop_app.storage.database import open_database, writing

PROMPTS = 100_000
GOAL_P99_MS = 16.0  # a frame
_ROUNDS = 3
# What people type, letter by letter: the first letters match the most rows.
_TYPED = (
    "invoice", "reply to complaint", "summarise meeting", "job advert", "unpaid bill reminder", "release notes",
    "translate mail", "contract clause", "offer", "weekly report",
)  # fmt: skip
_MISTYPED = (
    "invioce",
    "complaimt reply",
    "sumarise meting",
    "contarct clase",
    "newsleter",
    "repotr for",
    "tranlsate mail",
)
_TASTE = Taste(
    "finance", frozenset(f"p-{n}" for n in range(0, 900, 30)), {f"p-{n}": n % 7 for n in range(0, 2000, 10)},
    {f"p-{n}": n % 5 + 1.0 for n in range(0, 500, 5)},
)  # fmt: skip
_BARE = """SELECT p.id, p.version, p.name, p.description, p.task, p.roles, p.status, p.data_class
           FROM prompts_fts f JOIN prompts p ON p.number = f.rowid
           WHERE prompts_fts MATCH ? AND rank MATCH 'bm25(10.0, 4.0, 4.0, 3.0, 2.0, 1.0)' ORDER BY rank LIMIT 200"""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. Times in milliseconds; ratio is over the baseline's median and p99, whichever is worse."""

    name: str
    p50_ms: float
    p99_ms: float
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None


def fill(path: Path, count: int) -> None:
    """Put count prompts into a new index without files."""
    with closing(open_database(path, index, durable=False)) as db, writing(db, path):
        more: Counter[str] = Counter()
        for prompt in prompts(count):
            more.update(insert(db, prompt, b""))
        count_words(db, more, Counter())


def measure(path: Path) -> list[Row]:
    """Time every keystroke on an index."""
    typed = [text[:end] for text in _TYPED for end in range(1, len(text) + 1)]
    base = _bare_times(path, typed)
    first = []

    def times(work: Callable[[PromptIndex, str], object], texts: Sequence[str]) -> list[float]:
        """The best of several rounds for each text; each round starts afresh, so that no answer is remembered."""
        rounds = []
        for _ in range(_ROUNDS):
            with closing(PromptIndex(path)) as fresh:
                start = time.perf_counter()
                fresh.find("")
                first.append((time.perf_counter() - start) * 1000)
                fresh.find("zzzzzzzzq")  # reads the words that typos are corrected to
                rounds.append([_ms(lambda text=text: work(fresh, text)) for text in texts])
        return [min(took) for took in zip(*rounds, strict=True)]

    return [
        Row("bare FTS5 query, best 200", *_summary(base)),
        _row("find: 200 rows, total, all facet counts", times(lambda i, text: i.find(text, taste=_TASTE), typed), base),
        _row("find in one role and one data class", times(
            lambda i, text: i.find(text, {"role": "finance", "data_class": "internal"}, taste=_TASTE), typed), base),
        _row("find without a text, by facet", times(
            lambda i, role: i.find("", {"role": role, "status": "approved"} if role else {}, taste=_TASTE),
            ("", "finance", "sales", "support", "leaders", "everyone"))),
        _row("find what was mistyped", times(lambda i, text: i.find(text, taste=_TASTE), _MISTYPED)),
        _row("prompts like this", times(lambda i, prompt_id: i.similar(prompt_id), [f"p-{n}" for n in range(40)])),
        Row("first search after the library changed", *_summary(first)),
    ]  # fmt: skip


def _bare_times(path: Path, typed: Sequence[str]) -> list[float]:
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as bare:
        bare.execute(_BARE, ("a",)).fetchall()
        return [
            min(_ms(lambda text=text: bare.execute(_BARE, (expression(terms(text)),)).fetchall()) for _ in range(2))
            for text in typed
        ]


def _ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _summary(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=100, method="inclusive")[98]


def _row(name: str, times: Sequence[float], base: Sequence[float] = ()) -> Row:
    p50, p99 = _summary(times)
    ratio = max(p50 / _summary(base)[0], p99 / _summary(base)[1]) if base else None
    return Row(name, p50, p99, ratio, f"p99 ≤ {GOAL_P99_MS:.0f} ms", p99 <= GOAL_P99_MS)


def show(rows: Sequence[Row]) -> int:
    """Print the rows; 1 if a goal is missed."""
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        print(f"{'':<50} {'p50 ms':>10} {'p99 ms':>10} {'ratio':>6}  goal")
        for row in rows:
            ratio = f"{row.ratio:.2f}" if row.ratio else ""
            verdict = "" if row.met is None else "met" if row.met else "MISSED"
            print(f"{row.name:<50} {row.p50_ms:>10.2f} {row.p99_ms:>10.2f} {ratio:>6}  {row.goal:<22} {verdict}")
    return 1 if any(row.met is False for row in rows) else 0


def wanted_count(usual: int = PROMPTS) -> int:
    """How many prompts --prompts asks for."""
    return int(sys.argv[sys.argv.index("--prompts") + 1]) if "--prompts" in sys.argv else usual


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        made_ms = _ms(lambda: fill(path, wanted_count()))
        return show([*measure(path), Row(f"{wanted_count():,} prompts written into the index", made_ms, made_ms)])


if __name__ == "__main__":
    sys.exit(main())
