"""How long a keystroke in the library's search takes over 100,000 prompts, against the bare FTS5 query on the same file.

Run: python -m benchmarks.search_speed [--json]. Exit code 1 if a goal is missed. "search" is PromptIndex.search, what
the first 200 rows need; "find" adds the total and the counts beside the facets. The baseline is the query that FTS5's
documentation gives for the best matches, over the same words, for the same number of rows, fetching the same columns.
"""

from __future__ import annotations

import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import accumulate
from pathlib import Path

from desktop_app.jobs import finish
from desktop_app.policy.vocabulary import DATA_CLASSES, ROLES
from desktop_app.prompts.prompt import Message, ModelParameters, Prompt, PromptId, PromptVersion
from desktop_app.prompts.search import PromptIndex, match_expression

PROMPTS = 100_000
GOAL_RATIO, GOAL_P99_MS = 1.5, 16.0
_ROUNDS = 3
# What people type, letter by letter: the first letters match the most rows.
_TYPED = (
    "invoice", "reply to complaint", "summarise meeting", "job advert", "unpaid bill reminder", "release notes",
    "translate mail", "contract clause", "offer", "weekly report",
)  # fmt: skip
_VERBS = [
    "Write",
    "Shorten",
    "Summarise",
    "Translate",
    "Check",
    "Compare",
    "Explain",
    "Draft",
    "Sort",
    "Extract",
    "Rephrase",
    "Outline",
    "Answer",
    "Plan",
]
_THINGS = [
    "invoice",
    "reply",
    "complaint",
    "meeting",
    "notes",
    "job",
    "advert",
    "reminder",
    "release",
    "contract",
    "clause",
    "offer",
    "report",
    "mail",
    "letter",
    "plan",
    "budget",
    "customer",
    "supplier",
    "interview",
    "training",
    "agenda",
    "ticket",
    "incident",
    "policy",
    "price",
    "proposal",
    "newsletter",
    "summary",
]
_TASKS = ("write", "shorten", "extract", "classify", "translate", "check", "explain")
_BARE = """SELECT p.id, p.version, p.name, p.description, p.task, p.roles, p.status, p.data_class
           FROM prompts_fts f JOIN prompts p ON p.number = f.rowid
           WHERE prompts_fts MATCH ? AND rank MATCH 'bm25(10.0, 4.0, 4.0, 3.0, 2.0, 1.0)' ORDER BY rank LIMIT 200"""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement. Times in milliseconds; ratio is over the baseline's median and p99, whichever is worse."""

    name: str
    p50_ms: float
    p99_ms: float
    ratio: float | None
    goal: str
    met: bool | None


def prompts(count: int) -> Iterator[Prompt]:
    """Prompts as a large organisation may have them: few verbs, few kinds of thing, a long tail of names."""
    chance = random.Random(100)
    rare = [f"{a}{b}{c}" for a in ("nor", "val", "ber", "sol") for b in ("dan", "mer", "tis", "ko") for c in "aeiou"]
    tail = [f"{a}{b}{c}" for a in rare for b in ("", "ing", "ed", "s") for c in ("", "um", "us", "ia", "on")]
    weights = list(accumulate(1 / rank for rank in range(1, len(tail) + 1)))  # Zipf's law
    for number in range(count):
        thing, other = chance.choices(_THINGS, k=2)
        name = f"{chance.choice(_VERBS)} {thing} for {chance.choice(rare)} {number}"
        words = " ".join(chance.choices(tail, cum_weights=weights, k=30))
        body = f"You help with a {thing} about {words} and {other}. {{{{text}}}}"
        version = PromptVersion(
            PromptId(f"p-{number}"), 1, name, f"Turns a {thing} into a {other} that can be sent.", (Message("user", body),),
            (), ModelParameters(), tuple(chance.sample(list(ROLES), 2)), chance.choice(_TASKS), (thing, other),
            chance.choice(list(DATA_CLASSES)), "Benchmark", "First.", None, Path("1.prompt.yml"), f"{number:064x}",
        )  # fmt: skip
        yield Prompt(version.id, (version,), {"approved": 1} if number % 3 else {})


def keystrokes() -> list[str]:
    """Every state of the search box while the texts are typed."""
    return [text[:end] for text in _TYPED for end in range(1, len(text) + 1)]


def measure(path: Path, count: int = PROMPTS) -> list[Row]:
    """Index count prompts into path and time every keystroke."""
    index, library = PromptIndex(path), list(prompts(count))
    start = time.perf_counter()
    finish(index.update(library))
    made_s = time.perf_counter() - start
    typed = keystrokes()
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as bare:

        def query(text: str) -> None:
            expression = match_expression(text)
            bare.execute(_BARE, (expression,)).fetchall()

        query("a"), index.search("a"), index.find("a")
        base = _times(query, typed)
        rows = [
            Row(f"bare FTS5 query, {count:,} prompts", *_summary(base), None, "", None),
            _row("search", _times(index.search, typed), base, has_goal=True),
            _row("find: search, total and facet counts", _times(index.find, typed), base, has_goal=False),
            _row(
                "search in one role",
                _times(lambda text: index.search(text, {"role": "finance"}), typed), base, has_goal=False,
            ),
        ]  # fmt: skip
    unchanged = time.perf_counter()
    finish(index.update(library))
    rows.append(Row("index made", made_s * 1000, made_s * 1000, None, "", None))
    again_ms = (time.perf_counter() - unchanged) * 1000
    rows.append(Row("index compared, nothing changed", again_ms, again_ms, None, "", None))
    index.close()
    return rows


def _times(work: Callable[[str], object], typed: Sequence[str]) -> list[float]:
    """The best of several rounds for each keystroke, in milliseconds."""
    best = []
    for text in typed:
        took = []
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            work(text)
            took.append((time.perf_counter() - start) * 1000)
        best.append(min(took))
    return best


def _summary(times: Sequence[float]) -> tuple[float, float]:
    return statistics.median(times), statistics.quantiles(times, n=100, method="inclusive")[98]


def _row(name: str, times: Sequence[float], base: Sequence[float], *, has_goal: bool) -> Row:
    (p50, p99), (base50, base99) = _summary(times), _summary(base)
    worst = max(p50 / base50, p99 / base99)
    if not has_goal:
        return Row(name, p50, p99, worst, "", None)
    goal = f"≤ {GOAL_RATIO} ×, p99 ≤ {GOAL_P99_MS:.0f} ms"
    return Row(name, p50, p99, worst, goal, p99 <= GOAL_P99_MS and worst <= GOAL_RATIO)


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        rows = measure(Path(folder) / "index.db")
    if "--json" in sys.argv:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        print(f"{'':<40} {'p50 ms':>9} {'p99 ms':>9} {'ratio':>6}  goal")
        for row in rows:
            ratio = f"{row.ratio:.2f}" if row.ratio else ""
            verdict = "" if row.met is None else "met" if row.met else "MISSED"
            print(f"{row.name:<40} {row.p50_ms:>9.2f} {row.p99_ms:>9.2f} {ratio:>6}  {row.goal:<22} {verdict}")
    return 1 if any(row.met is False for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
