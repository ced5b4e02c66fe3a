"""How long opening a 20 KB lesson takes: reading, checking and rendering every block, against bare Python-Markdown.

The baseline renders the same text with the same Markdown extensions and neither parses quizzes nor removes unsafe HTML.
Run: python -m benchmarks.lesson_open [--json]. Exit code 1 if a goal is
missed.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from markdown import Markdown

from desktop_app.lessons.lesson import Lesson, Practice, Prose
from desktop_app.lessons.parse import read_lesson
from desktop_app.lessons.render import render_html, render_inline

GOAL_OPEN_MS, GOAL_READ_MS = 50.0, 15.0
_BYTES = 20_480
_RUNS = 30
_FRONT = """---
id: measured
title: A measured lesson
version: "1.0"
language: en
roles: [everyone]
level: beginner
duration: PT30M
summary: Of the size that a long lesson has.
objectives: [Know how long it takes.]
sources: [{title: This file}]
---
"""
_STEP = """## Step {n}

A language model continues text: it picks a **likely** next word, then the next. That is why a text can be *fluent* and
[wrong](https://example.org/{n}) at once. Compare `{n}` runs of the same prompt and you will see it.

- Names and numbers are what it invents first.
- The order of a list says nothing about importance.

| Run | Answer | Right |
|---|---|--:|
| 1 | 3 May | yes |
| 2 | 5 March | no |

> **Tip:** Ask for the sentence the answer rests on.

<!-- id: q{n} -->
What should you check first in an answer?

    [( )] Its spelling
        > That is nearly always right.
    [(X)] Its names, numbers and dates
        > Right: they are invented most often.
    [( )] Its tone
        > Tone misleads nobody about facts.
    [[?]] What would hurt most if it were wrong?
    ****
    **Names, numbers, dates**: compare each with the source.
    ****

"""
_PRACTICE = """```practice
id: p{n}
title: Try it
task: Press **Run** three times and compare.
start: When does the office open?
expect:
  - max_words: 60
    says: It is short.
```

"""


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement: best and median of the runs in milliseconds; ratio is the best over the baseline's best."""

    name: str
    best_ms: float
    median_ms: float
    ratio: float
    goal_ms: float | None

    @property
    def met(self) -> bool:
        """True if the best run is within the goal, or there is none; other programs' load is not the reader's."""
        return self.goal_ms is None or self.best_ms <= self.goal_ms


def lesson_text() -> str:
    """A valid lesson of about 20 KB: every kind of block, one question a step."""
    text, n = _FRONT, 0
    while len(text) < _BYTES:
        n += 1
        text += _STEP.format(n=n) + (_PRACTICE.format(n=n) if n % 4 == 0 else "")
    return text


def render(lesson: Lesson) -> int:
    """Render everything the reader shows; how many characters came out."""
    pieces: list[str] = []
    for step in lesson.steps:
        for block in step.blocks:
            if isinstance(block, Prose):
                pieces.append(render_html(block.markdown))
            elif isinstance(block, Practice):
                pieces += [render_html(block.task), render_html(block.look_for)]
            else:
                pieces += [render_html(block.question), render_html(block.solution)]
                pieces += [render_inline(text) for choice in block.choices for text in (choice.text, choice.feedback)]
    return sum(map(len, pieces))


def measure(named: dict[str, tuple[Callable[[], object], float | None]]) -> list[Row]:
    """Run all in turns, so that what else the machine does falls on all; the first is the baseline."""
    times: dict[str, list[float]] = {name: [] for name in named}
    for _ in range(_RUNS):
        for name, (work, _goal) in named.items():
            began = time.perf_counter()
            work()
            times[name].append((time.perf_counter() - began) * 1000)
    base = min(next(iter(times.values())))
    return [
        Row(name, min(taken), sorted(taken)[len(taken) // 2], min(taken) / base, named[name][1])
        for name, taken in times.items()
    ]


def main() -> int:
    """Print the table; return the exit code."""
    bare = Markdown(extensions=["tables", "fenced_code", "sane_lists"])
    text = lesson_text()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "measured" / "lesson.md"
        file.parent.mkdir()
        file.write_text(text, encoding="utf-8")
        lesson = read_lesson(file)
        first = lesson.steps[0]
        rows = measure(
            {
                "bare Python-Markdown, whole text (baseline)": (lambda: bare.reset().convert(text), None),
                "read and check": (lambda: read_lesson(file), GOAL_READ_MS),
                "render every block": (lambda: render(lesson), None),
                "open: read, check, render every block": (lambda: render(read_lesson(file)), GOAL_OPEN_MS),
                f"first screen: read, render 1 of {len(lesson.steps)} steps": (
                    lambda: (
                        read_lesson(file),
                        [render_html(b.markdown) for b in first.blocks if isinstance(b, Prose)],
                    ),
                    None,
                ),
            }
        )
    if "--json" in sys.argv:
        print(
            json.dumps(
                {"bytes": len(text.encode()), "rows": [{**asdict(row), "met": row.met} for row in rows]}, indent=2
            )
        )
    else:
        print(
            f"{len(text.encode())} bytes, {len(lesson.steps)} steps, {len(lesson.questions)} questions, {_RUNS} runs\n"
        )
        print(f"{'what':46}{'best ms':>9}{'median ms':>11}{'ratio':>8}{'goal ms':>9}")
        for row in rows:
            goal = f"{row.goal_ms:9.0f}  {'met' if row.met else 'MISSED'}" if row.goal_ms else ""
            print(f"{row.name:46}{row.best_ms:9.2f}{row.median_ms:11.2f}{row.ratio:8.2f}{goal}")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
