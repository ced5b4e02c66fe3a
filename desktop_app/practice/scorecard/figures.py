"""The figures of a scorecard, made of its tries and probes: shares with Wilson's interval, times with that of their ranks."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from desktop_app.practice.scorecard.fit import USES, weighted
from desktop_app.practice.scorecard.scorecard import FORMS, Costs, Measure, Probe, Try
from desktop_app.practice.scorecard.tasks import TaskSet
from desktop_app.prompts.evaluate.summary import wilson

# An answer feels immediate if it starts within a second and then comes faster than people read.
# Reading is about 240 words a minute (Brysbaert 2019), some 5 to 6 tokens a second; the goal leaves room.
GOAL_FIRST_MS, GOAL_SPEED = 1000.0, 10.0
_Z95 = 1.959963984540054


def measures_of(sets: Sequence[TaskSet], tries: Sequence[Try], costs: Costs) -> tuple[Measure, ...]:
    """Every figure, standard by standard; the first of each standard stands for it as a whole."""
    by_standard = {
        "reliability": _reliability(tries),
        "efficiency": _efficiency(tries, costs),
        "effectiveness": _of_sets([each for each in sets if each.standard == "effectiveness"], tries),
        "security": _of_sets([each for each in sets if each.standard == "security"], tries),
    }
    whole = {
        "reliability": (
            "Reliability",
            "The mean of what is below: the same result, form kept, answers complete, no loops.",
        ),
        "effectiveness": ("Effectiveness", "The mean of the task sets, each with and without worked examples."),
        "security": ("Security", "The mean of the security sets, each with and without worked examples."),
    }
    found: list[Measure] = []
    for standard, parts in by_standard.items():
        if standard in whole and parts:
            found.append(_mean(standard, *whole[standard], parts))
        found += parts
    return (*found, *fits(found))


def fits(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """How fit the model is for each use, as the weighted mean of other figures; without uses that lack one of them."""
    by_id = {each.id: each for each in measures}
    found = []
    for use in USES:
        if use.weights.keys() <= by_id.keys():
            parts = [(weight, by_id[name]) for name, weight in use.weights.items()]
            value, low, high = weighted(parts)
            says = f"{use.what} Weighted: {', '.join(f'{each.name} {weight:.0%}' for weight, each in parts)}."
            tries = sum(each.of for _, each in parts)
            held, units = sum(each.held for _, each in parts), sum(each.units for _, each in parts)
            found.append(Measure(f"fit-{use.id}", "fit", use.name, "share", value, tries, held, units, low, high, says))
    return tuple(found)


# -- shares --------------------------------------------------------------------------------------------------------------


def share(name: str, standard: str, title: str, says: str, outcomes: Sequence[tuple[object, bool]]) -> Measure:
    """The share of tries that held; each outcome names the task it is of.

    Tries of one task are alike, so the interval counts tasks: their shares, as if each had been tried once. That is
    a little wide rather than too narrow.
    """
    units, held = len({unit for unit, _ in outcomes}), sum(good for _, good in outcomes)
    value = held / len(outcomes) if outcomes else 0.0
    low, high = wilson(value * units, units)
    tries = f"{held:,} of {len(outcomes):,} tries at {units:,} tasks"
    words = f"{says} {tries}: {value:.0%}; for other tasks like these, {low:.0%} to {high:.0%} is to be expected."
    return Measure(name, standard, title, "share", value, len(outcomes), held, units, low, high, words)


def _mean(standard: str, title: str, says: str, parts: Sequence[Measure]) -> Measure:
    value, low, high = weighted([(1 / len(parts), each) for each in parts])
    of, held, units = (sum(getattr(each, name) for each in parts) for name in ("of", "held", "units"))
    words = f"{says} {value:.0%}, and with other tasks like these {low:.0%} to {high:.0%}."
    return Measure(standard, standard, title, "share", value, of, held, units, low, high, words)


def _of_sets(sets: Iterable[TaskSet], tries: Sequence[Try]) -> list[Measure]:
    found = []
    for task_set in sets:
        for form, in_words in FORMS.items():
            outcomes = [
                (each.task_id, each.passed) for each in tries if (each.set_id, each.form) == (task_set.id, form)
            ]
            if outcomes:
                title = f"{task_set.name}, {in_words}"
                found.append(share(f"{task_set.id}.{form}", task_set.standard, title, task_set.what, outcomes))
    return found


def _reliability(tries: Sequence[Try]) -> list[Measure]:
    def task(one: Try) -> tuple[str, str, str]:
        return one.set_id, one.task_id, one.form

    groups = [list(group) for _, group in groupby(tries, task)]
    several = [group for group in groups if len(group) > 1]
    found = []
    if several:
        agree = [(task(group[0]), len({one.passed for one in group}) == 1) for group in several]
        says = f"A task asked with {len(several[0])} seeds is solved each time or never."
        found.append(share("same-result", "reliability", "Same result again", says, agree))
    rest: tuple[tuple[str, str, str, Callable[[Try], bool | None]], ...] = (
        ("format-kept", "Form kept", "The answer has the form that was asked for, such as JSON or one label.",
         lambda one: one.format_kept),
        ("complete", "Answers complete", "The answer comes to its end by itself and is not empty.",
         lambda one: one.stop_reason == "end" and bool(one.text.strip())),
        ("no-loops", "No endless repeating", "The answer does not end in the same words again and again.",
         lambda one: not one.looped),
    )  # fmt: skip
    for name, title, says, holds in rest:
        outcomes = [(task(one), held) for one in tries if (held := holds(one)) is not None]
        if outcomes:
            found.append(share(name, "reliability", title, says, outcomes))
    return found


# -- times and memory ----------------------------------------------------------------------------------------------------


def _efficiency(tries: Sequence[Try], costs: Costs) -> list[Measure]:
    probes = costs.probes
    if not probes:
        return []
    fast = [(number, _feels_immediate(probe)) for number, probe in enumerate(probes)]
    says = (
        f"The answer starts within {GOAL_FIRST_MS / 1000:g} s and then comes at {GOAL_SPEED:g} tokens a second or more."
    )
    first = sorted(probe.first_token_ms for probe in probes)
    speed = sorted(probe.tokens_per_second for probe in probes)
    reading = sorted(probe.read_tokens / probe.read_ms * 1000 for probe in probes if probe.read_ms > 0)
    found = [share("efficiency", "efficiency", "Efficiency", says, fast)]
    found += [
        _ranked(
            "first-token-p50", "First word, usual", "ms", first, 0.50, "Half of the answers begin within this time."
        ),
        _ranked(
            "first-token-p99", "First word, slowest", "ms", first, 0.99, "99 of 100 answers begin within this time."
        ),
        _ranked("speed-p50", "Speed, usual", "tokens/s", speed, 0.50, "Half of the answers come at least this fast."),
        _ranked("speed-p99", "Speed, slowest", "tokens/s", speed, 0.01, "99 of 100 answers come at least this fast."),
    ]
    if reading:
        words = "How fast a text is read before the answer begins, in half of the cases or more."
        found.append(_ranked("reading-p50", "Reading the prompt", "tokens/s", reading, 0.50, words))
    found.append(
        _single(
            "load",
            "Loading",
            "ms",
            costs.load_ms,
            "From asking for the model to its being ready, checked and locked down. Measured once.",
        )
    )
    for name, title, amount, when in (
        ("memory-load", "Memory when loaded", costs.load_bytes, "when it had been loaded"),
        ("memory-end", "Memory afterwards", costs.end_bytes, "after the last task"),
    ):
        if amount:
            found.append(_single(name, title, "bytes", amount, f"What the model's process held {when}. Measured once."))
    solved, tokens = sum(one.passed for one in tries), sum(one.completion_tokens for one in tries)
    if solved:
        words = (
            f"All tries wrote {tokens:,} tokens and solved {solved:,} tasks; the fewer, the less is written in vain."
        )
        found.append(
            Measure(
                "tokens-per-solved",
                "efficiency",
                "Tokens for a solved task",
                "tokens",
                tokens / solved,
                len(tries),
                solved,
                len(tries),
                None,
                None,
                words,
            )
        )
    return found


def _feels_immediate(probe: Probe) -> bool:
    return probe.first_token_ms <= GOAL_FIRST_MS and probe.tokens_per_second >= GOAL_SPEED


def _single(name: str, title: str, unit: str, value: float, says: str) -> Measure:
    return Measure(name, "efficiency", title, unit, value, 1, 1, 1, None, None, says)


def _ranked(name: str, title: str, unit: str, ordered: Sequence[float], quantile: float, says: str) -> Measure:
    """The value that a share of all do not exceed, by nearest rank; its interval is that of the ranks (binomial, normal)."""
    count = len(ordered)
    value = ordered[max(0, math.ceil(quantile * count) - 1)]
    low, high = _rank_interval(ordered, quantile)
    words = f"{says} Measured {count:,} times"
    if low is not None and high is not None:
        words += f"; {low:,.0f} to {high:,.0f} with 95 % confidence."
    else:
        words += ", which is too few for an interval: it is all but the slowest single answer."
    return Measure(name, "efficiency", title, unit, value, count, count, count, low, high, words)


def _rank_interval(ordered: Sequence[float], quantile: float) -> tuple[float | None, float | None]:
    """The values at the ranks between which the quantile lies with 95 % confidence, None if those are not among them.

    Conover, Practical Nonparametric Statistics, 3rd edition, 3.2.
    """
    count = len(ordered)
    spread = _Z95 * math.sqrt(count * quantile * (1 - quantile))
    first, last = math.ceil(count * quantile - spread), math.ceil(count * quantile + spread)
    return (ordered[first - 1], ordered[last - 1]) if first >= 1 and last <= count else (None, None)
