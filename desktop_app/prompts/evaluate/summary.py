"""What a matrix shows: pass rates with their uncertainty, times, what got better or worse, and two versions side by side."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from desktop_app.prompts.evaluate.matrix import ModelUnderTest, Result, VersionUnderTest
from desktop_app.prompts.evaluate.results import ResultStore

_Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class PassRate:
    """How many of how many passed; low and high bound the true rate with 95 % confidence, 0.0 to 1.0."""

    passed: int
    total: int

    @property
    def rate(self) -> float:
        """The share that passed; 0.0 if there was nothing."""
        return self.passed / self.total if self.total else 0.0

    @property
    def low(self) -> float:
        """The lower end of the interval."""
        return wilson(self.passed, self.total)[0]

    @property
    def high(self) -> float:
        """The upper end of the interval."""
        return wilson(self.passed, self.total)[1]


@dataclass(frozen=True, slots=True)
class Summary:
    """One version on one model. Times are medians over the runs, in milliseconds; tokens is the median of an answer's."""

    prompt_id: str
    version: int
    content_hash: str
    model_id: str
    model_hash: str
    seeds: tuple[int, ...]
    cases: int
    rate: PassRate
    first_token_ms: float
    total_ms: float
    tokens: float
    from_store: int
    results: tuple[Result, ...]

    @property
    def failed(self) -> tuple[Result, ...]:
        """What did not pass, in order."""
        return tuple(result for result in self.results if not result.passed)

    @property
    def regressed(self) -> tuple[Result, ...]:
        """What passed the last time and does not now."""
        return tuple(result for result in self.results if result.change == "regressed")

    @property
    def improved(self) -> tuple[Result, ...]:
        """What passes now and did not the last time."""
        return tuple(result for result in self.results if result.change == "improved")


@dataclass(frozen=True, slots=True)
class Difference:
    """One case and seed that two versions answer differently: old and new hold both answers."""

    old: Result
    new: Result

    @property
    def is_regression(self) -> bool:
        """True if the old version passed."""
        return self.old.passed


@dataclass(frozen=True, slots=True)
class Standing:
    """How a version stood the last time it was tested, without running anything.

    at is the newest of its results; stale says in one sentence why they are out of date, "" if they are not.
    """

    rate: PassRate
    at: datetime
    stale: str = ""


def standing(store: ResultStore, tested: VersionUnderTest, model: ModelUnderTest) -> Standing | None:
    """What the store knows of a version's present cases on a model; None if it was never tested."""
    version, keys = tested.version, {case.key for case in tested.suite.cases}
    latest = store.latest(version.id, version.version, model.id)
    results = [result for (case_key, _), result in latest.items() if case_key in keys]
    if not results:
        return None
    stale = ""
    if any(result.model_hash != model.sha256 for result in results):
        stale = "The model file was changed since. Run the tests again."
    if any(result.content_hash != version.content_hash for result in results):
        stale = "The prompt was changed since. Run the tests again."
    if not stale and len({result.case_key for result in results}) < len(keys):
        stale = "Tests were added since. Run them."
    return Standing(PassRate(sum(r.passed for r in results), len(results)), max(r.at for r in results), stale)


def wilson(passed: float, total: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion, (0, 1) if there is nothing.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, Journal of the American
    Statistical Association 22, 209-212. It holds for independent runs; seeds of one case are alike, so it is a guide.
    """
    if not total:
        return 0.0, 1.0
    rate, square = passed / total, _Z95 * _Z95
    centre = rate + square / (2 * total)
    spread = _Z95 * math.sqrt(rate * (1 - rate) / total + square / (4 * total * total))
    scale = 1 + square / total
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def summarise(results: Iterable[Result]) -> tuple[Summary, ...]:
    """One summary per version and model, in the order of their first result."""
    groups: dict[tuple[str, int, str], list[Result]] = {}
    for result in results:
        groups.setdefault((result.prompt_id, result.version, result.model_id), []).append(result)
    return tuple(_summary(group) for group in groups.values())


def _summary(group: Sequence[Result]) -> Summary:
    first = group[0]
    answered = [result.output for result in group if not result.output.problem]
    return Summary(
        first.prompt_id, first.version, first.content_hash, first.model_id, first.model_hash,
        tuple(sorted({result.seed for result in group})), len({result.case.key for result in group}),
        PassRate(sum(result.passed for result in group), len(group)),
        _median([output.first_token_ms for output in answered]), _median([output.total_ms for output in answered]),
        _median([output.completion_tokens for output in answered]), sum(result.from_store for result in group),
        tuple(group),
    )  # fmt: skip


def _median(values: Sequence[float]) -> float:
    return float(median(values)) if values else 0.0


def differences(old: Iterable[Result], new: Iterable[Result]) -> tuple[Difference, ...]:
    """Where one version passes and the other does not, case by case and seed by seed, in the new one's order.

    A case that could not be put to both versions says nothing.
    """
    before = {(result.model_id, result.case.key, result.seed): result for result in old}
    pairs = ((before.get((result.model_id, result.case.key, result.seed)), result) for result in new)
    return tuple(
        Difference(one, other)
        for one, other in pairs
        if one is not None and one.passed != other.passed and not (one.output.problem or other.output.problem)
    )


def regressions(results: Iterable[Result]) -> tuple[Difference, ...]:
    """What a version fails that the one before it, of those that ran, passes."""
    by_prompt: dict[str, dict[int, list[Result]]] = {}
    for result in results:
        by_prompt.setdefault(result.prompt_id, {}).setdefault(result.version, []).append(result)
    found = []
    for versions in by_prompt.values():
        for old, new in pairwise(sorted(versions)):
            found += [each for each in differences(versions[old], versions[new]) if each.is_regression]
    return tuple(found)
