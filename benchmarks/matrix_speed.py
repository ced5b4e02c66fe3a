"""A matrix run again from the store against the bare reading of the same rows, and a first run against the bare client.

Run: python -m benchmarks.matrix_speed [--json]. Exit code 1 if a goal is missed. "again" is run_matrix over prompts whose
answers are all kept, with every assertion judged anew; its baseline reads and decodes the same rows with sqlite3 alone.
"first" is run_matrix over answers the model has to make; its baseline is the client's own generate on the same messages.
"""

from __future__ import annotations

import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.jobs import finish
from desktop_app.prompts.evaluate.assertions import read_assertion
from desktop_app.prompts.evaluate.matrix import ModelUnderTest, VersionUnderTest, run_matrix
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.prompts.evaluate.suite import Case, Suite
from desktop_app.prompts.prompt import Input, Message, ModelParameters, PromptId, PromptVersion
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters

VERSIONS, CASES, SEEDS = 100, 5, 6
GOAL_AGAIN, GOAL_FIRST = 15.0, 1.1
_ROUNDS = 5
_ASSERTIONS = [{"type": "icontains", "value": "Topic: delivery"}, {"type": "not-contains", "value": "repair"},
               {"type": "regex", "value": "^Words: .*"}, {"type": "word-count", "value": {"max": 40}}]  # fmt: skip
_ANSWER = 'Words: "has not arrived"\nTopic: delivery'


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement in milliseconds against its baseline, and the ratio that must not be passed."""

    what: str
    measured_ms: float
    baseline_ms: float
    goal: float

    @property
    def ratio(self) -> float:
        """measured / baseline."""
        return self.measured_ms / self.baseline_ms


def main() -> int:
    """Measure, print the table, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.db"
        rows = [_again(path), *_first(Path(folder) / "first.db")]
    if "--json" in sys.argv:
        print(json.dumps([{"what": row.what, "ratio": row.ratio, "goal": row.goal} for row in rows]))
    else:
        print(f"{'what':<46}{'measured':>12}{'baseline':>12}{'ratio':>8}{'goal':>8}")
        for row in rows:
            print(
                f"{row.what:<46}{row.measured_ms:>9.1f} ms{row.baseline_ms:>9.1f} ms{row.ratio:>8.2f}{row.goal:>8.2f}"
            )
    return int(any(row.ratio > row.goal for row in rows))


def version(number: int, max_tokens: int = 24) -> PromptVersion:
    """A prompt of one input with a worked example."""
    messages = (Message("user", "I am still waiting for my rope."), Message("assistant", _ANSWER),
                Message("user", f"Order {number}: {{{{message}}}}"))  # fmt: skip
    return PromptVersion(
        PromptId(f"sort-{number}"), 1, "Sort", "Sorts.", messages, (Input("message", "Message"),),
        ModelParameters(temperature=0.1, max_tokens=max_tokens), ("support",), "classify", (), "internal", "Benchmark", "First.",
        None, Path(f"sort-{number}/1.prompt.yml"), "0" * 64,
    )  # fmt: skip


def suite(cases: int) -> Suite:
    """Cases with four assertions each."""
    checks = tuple(read_assertion(data, ()) for data in _ASSERTIONS)
    texts = [f"My parcel {number} should have been here on Monday." for number in range(cases)]
    return Suite(tuple(Case(f"{at:016x}", text, {"message": text}, checks) for at, text in enumerate(texts)))


def _again(path: Path) -> Row:
    versions = [VersionUnderTest(version(number), suite(CASES)) for number in range(VERSIONS)]
    with ModelClient(bundled_model()) as client, ResultStore(path) as store:
        model = ModelUnderTest("bundled", "0" * 64, client)
        results = _fill(store, versions, model)
        measured = _median_ms(lambda: finish(run_matrix(versions, [model], range(SEEDS), store)))
    assert client.state == "off" and results == VERSIONS * CASES * SEEDS

    def bare() -> None:
        db = sqlite3.connect(path)
        for number in range(VERSIONS):
            db.execute("SELECT * FROM results WHERE prompt_id = ?", (f"sort-{number}",)).fetchall()
        db.execute("SELECT * FROM outputs").fetchall()
        db.close()

    return Row(f"again: {results:,} kept answers, judged anew", measured, _median_ms(bare), GOAL_AGAIN)


def _fill(store: ResultStore, versions: list[VersionUnderTest], model: ModelUnderTest) -> int:
    """Keep an answer for every run, without a model; return how many."""
    from desktop_app.prompts.evaluate import matrix
    from desktop_app.prompts.evaluate.grading import Output

    count = 0
    for each in versions:
        for run in matrix._runs(each, model, range(SEEDS)):
            store.keep_output(run.key, Output(_ANSWER, "end", 90.0, 200.0, 60, 11))
            count += 1
    return len(finish(run_matrix(versions, [model], range(SEEDS), store)))


def _first(path: Path) -> list[Row]:
    tested = VersionUnderTest(version(0, max_tokens=24), suite(4))
    with ModelClient(bundled_model()) as client, ResultStore(path) as store:
        finish(client.start())
        model = ModelUnderTest("bundled", "0" * 64, client)
        pairs = []
        for seed in range(_ROUNDS + 1):
            works = [
                lambda s=seed: _bare(client, tested, s),
                lambda s=seed: finish(run_matrix([tested], [model], [s], store)),
            ]
            times = [
                _timed(work) for work in (works if seed % 2 else reversed(works))
            ]  # the second finds more in the cache
            pairs.append(times if seed % 2 else times[::-1])
    bare, measured = (statistics.median(values) for values in zip(*pairs[1:], strict=True))
    return [Row("first: 4 answers of up to 24 tokens", measured, bare, GOAL_FIRST)]


def _bare(client: ModelClient, tested: VersionUnderTest, seed: int) -> None:
    chosen = tested.version.parameters
    parameters = GenerationParameters(chosen.temperature, chosen.top_p, chosen.repeat_penalty, chosen.max_tokens)
    for case in tested.suite.cases:
        turns = [(m.role, m.content.replace("{{message}}", case.values["message"])) for m in tested.version.messages]
        finish(client.generate(turns, parameters, seed=seed))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def _median_ms(work: Callable[[], object]) -> float:
    work()
    return statistics.median(_timed(work) for _ in range(_ROUNDS))


if __name__ == "__main__":
    sys.exit(main())
