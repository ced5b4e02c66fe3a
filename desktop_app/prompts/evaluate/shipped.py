"""results.json at the top of a library: how each version did when it was last tested, for readers without a model."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from desktop_app.clock import utc_now
from desktop_app.errors import ContentError
from desktop_app.prompts.evaluate.matrix import Cell
from desktop_app.prompts.evaluate.results import StoredResult
from desktop_app.prompts.evaluate.summary import PassRate, Summary
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.schema import against_schema
from desktop_app.storage.files import write_atomically
from desktop_app.storage.yaml_text import as_utf8, read_bytes

NAME = "results.json"
_FORMAT = 1
_MOST_BYTES = 16_000_000
_MOST_RUNS = 1_000_000


@dataclass(frozen=True, slots=True)
class ShippedTest:
    """One case: its key, its title, and the seeds with which it failed."""

    case_key: str
    title: str
    failed: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ShippedResult:
    """How one version did on one model. Times are medians in milliseconds, tokens that of an answer."""

    prompt_id: str
    version: int
    content_hash: str
    model_id: str
    model_hash: str
    seeds: tuple[int, ...]
    tests: tuple[ShippedTest, ...]
    first_token_ms: float
    total_ms: float
    tokens: float
    date: date

    @property
    def rate(self) -> PassRate:
        """How many of the runs passed."""
        total = len(self.tests) * len(self.seeds)
        return PassRate(total - sum(len(test.failed) for test in self.tests), total)

    def is_stale(self, version: PromptVersion) -> bool:
        """True if the version's file is another than the one that was tested."""
        return self.content_hash != version.content_hash


def read_shipped(library: Path) -> tuple[ShippedResult, ...]:
    """What a library folder's results.json says, () if there is none; raises ContentError if it cannot be read."""
    path = library / NAME
    if not os.path.lexists(path):
        return ()
    try:
        data = json.loads(as_utf8(read_bytes(path, _MOST_BYTES), path))
    except (ValueError, RecursionError) as exc:
        line = getattr(exc, "lineno", None)
        raise ContentError(
            "This is not valid JSON. Write it anew with greenroom prompt test --save.", path, line
        ) from exc
    against_schema("prompt-results", data, {}, path)
    if sum(len(entry["seeds"]) * len(entry["tests"]) for entry in data["results"]) > _MOST_RUNS:
        raise ContentError(f"It tells of more than {_MOST_RUNS:,} runs. Split the library.", path)
    try:
        return tuple(_read(entry) for entry in data["results"])
    except ValueError as exc:
        raise ContentError(f"This is not valid: {exc}. Write it anew with greenroom prompt test --save.", path) from exc


def _read(entry: Mapping[str, Any]) -> ShippedResult:
    seeds = tuple(dict.fromkeys(entry["seeds"]))
    tests = (
        ShippedTest(test["key"], test["title"], tuple(seed for seed in seeds if seed in test["failed"]))
        for test in entry["tests"]
    )
    return ShippedResult(
        entry["id"], entry["version"], entry["content_hash"], entry["model"], entry["model_sha256"], seeds, tuple(tests),
        entry["first_token_ms"], entry["total_ms"], entry["tokens"], date.fromisoformat(entry["date"]),
    )  # fmt: skip


def shipped_for(results: Iterable[ShippedResult], version: PromptVersion) -> ShippedResult | None:
    """The newest result of a version, out of date or not; None if it was never tested."""
    own = [each for each in results if (each.prompt_id, each.version) == (version.id, version.version)]
    return max(own, key=lambda each: (not each.is_stale(version), each.date), default=None)


def baseline(results: Iterable[ShippedResult]) -> dict[Cell, StoredResult]:
    """What each case did then, for a comparison where the profile has no results of its own. Answers are not shipped."""
    found = {}
    for each in results:
        at = datetime.combine(each.date, time(), UTC)
        for test in each.tests:
            for seed in each.seeds:
                passed = seed not in test.failed
                found[each.prompt_id, each.version, each.model_id, test.case_key, seed] = StoredResult(
                    each.prompt_id, each.version, each.model_id, test.case_key, seed, test.title, each.content_hash,
                    each.model_hash, "", passed, float(passed), at,
                )  # fmt: skip
    return found


def shipped(summary: Summary) -> ShippedResult:
    """A summary as it is shipped."""
    failed: dict[str, list[int]] = {}
    titles = {result.case.key: result.case.title for result in summary.results}
    for result in summary.failed:
        failed.setdefault(result.case.key, []).append(result.seed)
    tests = tuple(ShippedTest(key, title, tuple(sorted(failed.get(key, ())))) for key, title in titles.items())
    return ShippedResult(
        summary.prompt_id, summary.version, summary.content_hash, summary.model_id, summary.model_hash, summary.seeds,
        tests, round(summary.first_token_ms, 1), round(summary.total_ms, 1), summary.tokens, utc_now().date(),
    )  # fmt: skip


def save_shipped(library: Path, new: Iterable[ShippedResult], versions: Iterable[PromptVersion]) -> Path:
    """Put new results into a library's results.json and return it; those of versions that are gone are dropped.

    A file that cannot be read is replaced. Raises StoreError if it cannot be written.
    """
    try:
        kept = {_order(each): each for each in read_shipped(library)}
    except ContentError:
        kept = {}
    kept |= {_order(each): each for each in new}
    there = {(version.id, version.version) for version in versions}
    entries = [_write(kept[key]) for key in sorted(kept) if key[:2] in there]
    text = json.dumps({"format": _FORMAT, "results": entries}, indent=1, ensure_ascii=False)
    write_atomically(library / NAME, f"{text}\n".encode(), mode=0o644)
    return library / NAME


def _order(each: ShippedResult) -> tuple[str, int, str]:
    return each.prompt_id, each.version, each.model_id


def _write(each: ShippedResult) -> dict[str, Any]:
    return {
        "id": each.prompt_id, "version": each.version, "content_hash": each.content_hash, "model": each.model_id,
        "model_sha256": each.model_hash, "date": each.date.isoformat(), "seeds": list(each.seeds),
        "passed": each.rate.passed, "total": each.rate.total, "first_token_ms": each.first_token_ms,
        "total_ms": each.total_ms, "tokens": each.tokens,
        "tests": [{"key": test.case_key, "title": test.title, "failed": list(test.failed)} for test in each.tests],
    }  # fmt: skip
