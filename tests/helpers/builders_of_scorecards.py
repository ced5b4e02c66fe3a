"""Scorecards for tests, made without a model."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from desktop_app.practice.scorecard.figures import measures_of
from desktop_app.practice.scorecard.scorecard import Costs, Probe, Scorecard, Try
from desktop_app.practice.scorecard.tasks import TaskSet, read_sets

RESOURCES = Path(__file__).parents[2] / "resources"
SETS: tuple[TaskSet, ...] = read_sets(RESOURCES)


def one_try(
    set_id: str = "extracting",
    task_id: str = "hotel",
    *,
    form: str = "worked",
    seed: int = 1,
    passed: bool = True,
    text: str = "An answer.",
    stop: str = "end",
    kept: bool | None = True,
    looped: bool = False,
) -> Try:
    """A try with the fields that matter."""
    why = () if passed else ("It does not say “140”.",)
    return Try(set_id, task_id, form, seed, text, stop, passed, why, kept, looped, 100, 20)


def tries_of(share: float, seeds: tuple[int, ...] = (1, 2, 3)) -> tuple[Try, ...]:
    """Every task of every set, of which the first share passes, at each seed."""
    return tuple(
        one_try(task_set.id, task.id, form=form, seed=seed, passed=number < share * len(task_set.tasks))
        for task_set in SETS
        for form in ("worked", "plain")
        for number, task in enumerate(task_set.tasks)
        for seed in seeds
    )


def probes_of(first_token_ms: float = 300.0, count: int = 100) -> tuple[Probe, ...]:
    """Probes around a time."""
    return tuple(Probe(first_token_ms * (0.8 + 0.004 * each), 60 + each / 10, 100, 340.0) for each in range(count))


def a_card(
    share: float = 0.5,
    *,
    model: str = "small",
    sha256: str = "a" * 64,
    first_token_ms: float = 300.0,
    machine: str = "Linux x86_64, A processor, 2 cores",
    at: datetime = datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    quick: bool = False,
    busy: float = 0.3,
    seeds: tuple[int, ...] = (1, 2, 3),
) -> Scorecard:
    """A card whose share of tasks pass."""
    tries, costs = tries_of(share, seeds), Costs(1250.0, 229_000_000, 233_000_000, probes_of(first_token_ms))
    named = tuple((each.id, each.sha256) for each in SETS)
    return Scorecard(
        model, f"{model.title()} model", sha256, at, machine, 2, busy, "0.2.0", seeds, quick, named, costs, tries,
        measures_of(SETS, tries, costs),
    )  # fmt: skip
