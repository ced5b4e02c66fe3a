"""The figures of a scorecard, made of its tries and probes: shares with Wilson's interval, times with that of their ranks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from desktop_app.practice.scorecard.behind import HOLDS, SAME_RESULT, task_of
from desktop_app.practice.scorecard.fit import USES, weighted
from desktop_app.practice.scorecard.scorecard import FORMS, Costs, Measure, Probe, Try
from desktop_app.practice.scorecard.tasks import TaskSet
from desktop_app.practice.scorecard.words import in_words
from desktop_app.prompts.evaluate.summary import wilson

# An answer feels immediate if it starts within a second and then comes faster than people read.
# Reading is about 240 words a minute (Brysbaert 2019), some 5 to 6 tokens a second; the goal leaves room.
GOAL_FIRST_MS, GOAL_SPEED = 1000.0, 10.0
_RELIABLE = {
    "format-kept": ("Form kept", "The answer has the form that was asked for, such as JSON or one label."),
    "complete": ("Answers complete", "The answer comes to its end by itself and is not empty."),
    "no-loops": ("No endless repeating", "The answer does not end in the same words again and again."),
}
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
    tries = f"{held:,} of {len(outcomes):,}"
    if units < len(outcomes):
        tries += f" tries at {units:,} tasks"
    words = f"{says} {tries}: {in_words(value, 'share')}. Other tasks like these would give {_between(low, high)}."
    return Measure(name, standard, title, "share", value, len(outcomes), held, units, low, high, words)


def _mean(standard: str, title: str, says: str, parts: Sequence[Measure]) -> Measure:
    value, low, high = weighted([(1 / len(parts), each) for each in parts])
    of, held, units = (sum(getattr(each, name) for each in parts) for name in ("of", "held", "units"))
    words = f"{says} {in_words(value, 'share')}. Other tasks like these would give {_between(low, high)}."
    return Measure(standard, standard, title, "share", value, of, held, units, low, high, words)


def _between(low: float, high: float) -> str:
    return f"{low * 100:.0f} to {in_words(high, 'share')}"


def _of_sets(sets: Iterable[TaskSet], tries: Sequence[Try]) -> list[Measure]:
    found = []
    for task_set in sets:
        for form, in_form in FORMS.items():
            outcomes = [
                (each.task_id, each.passed) for each in tries if (each.set_id, each.form) == (task_set.id, form)
            ]
            if outcomes:
                title = f"{task_set.name}, {in_form}"
                found.append(share(f"{task_set.id}.{form}", task_set.standard, title, task_set.what, outcomes))
    return found


def _reliability(tries: Sequence[Try]) -> list[Measure]:
    several = [group for _, each in groupby(tries, task_of) if len(group := list(each)) > 1]
    found = []
    if several:
        agree = [(task_of(group[0]), len({one.passed for one in group}) == 1) for group in several]
        says = f"A task asked with {len(several[0])} seeds is solved each time or never."
        found.append(share(SAME_RESULT, "reliability", "Same result again", says, agree))
    for name, (title, says) in _RELIABLE.items():
        outcomes = [(task_of(one), held) for one in tries if (held := HOLDS[name](one)) is not None]
        if outcomes:
            found.append(share(name, "reliability", title, says, outcomes))
    return found


# -- times and memory ----------------------------------------------------------------------------------------------------


def _efficiency(tries: Sequence[Try], costs: Costs) -> list[Measure]:
    probes = costs.probes
    if not probes:
        return []
    fast = [(number, _feels_immediate(probe)) for number, probe in enumerate(probes)]
    goal = f"The answer begins within {GOAL_FIRST_MS / 1000:g} s and then comes at {GOAL_SPEED:g} tokens/s or more."
    return [
        share("efficiency", "efficiency", "Efficiency", goal, fast),
        *_times(probes),
        *_taken(costs),
        *_tokens(tries),
    ]


def _feels_immediate(probe: Probe) -> bool:
    return probe.first_token_ms <= GOAL_FIRST_MS and probe.tokens_per_second >= GOAL_SPEED


def _times(probes: Sequence[Probe]) -> Iterator[Measure]:
    first, speed = [probe.first_token_ms for probe in probes], [probe.tokens_per_second for probe in probes]
    reading = [probe.read_tokens / probe.read_ms * 1000 for probe in probes if probe.read_ms > 0]
    yield _ranked("first-token-p50", "First word, usual", "ms", first, 0.50, "Half of the answers begin within {}.")
    yield _ranked("first-token-p99", "First word, slowest", "ms", first, 0.99, "99 of 100 answers begin within {}.")
    yield _ranked("speed-p50", "Speed, usual", "tokens/s", speed, 0.50, "Half of the answers come at {} or more.")
    yield _ranked("speed-p99", "Speed, slowest", "tokens/s", speed, 0.01, "99 of 100 answers come at {} or more.")
    if reading:
        says = "In half of the cases a text is read at {} or more before the answer begins."
        yield _ranked("reading-p50", "Reading the prompt", "tokens/s", reading, 0.50, says)


def _taken(costs: Costs) -> Iterator[Measure]:
    ready = (
        f"It is checked, locked down and ready {in_words(costs.load_ms, 'ms')} after it was asked for. Measured once."
    )
    yield _single("load", "Loading", "ms", costs.load_ms, ready)
    for name, title, amount, when in (
        ("memory-load", "Memory when loaded", costs.load_bytes, "when it had been loaded"),
        ("memory-end", "Memory afterwards", costs.end_bytes, "after the last task"),
    ):
        if amount:
            held = f"The model's process held {in_words(amount, 'bytes')} {when}. Measured once."
            yield _single(name, title, "bytes", amount, held)


def _tokens(tries: Sequence[Try]) -> Iterator[Measure]:
    solved, tokens = sum(one.passed for one in tries), sum(one.completion_tokens for one in tries)
    if solved:
        each, count = tokens / solved, len(tries)
        says = (
            f"All {count:,} tries wrote {tokens:,} tokens, and {solved:,} of them passed: {each:,.0f} tokens for each."
        )
        title = "Tokens for a solved task"
        yield Measure(
            "tokens-per-solved", "efficiency", title, "tokens", each, count, solved, count, None, None, says
        )  # fmt: skip


def _single(name: str, title: str, unit: str, value: float, says: str) -> Measure:
    return Measure(name, "efficiency", title, unit, value, 1, 1, 1, None, None, says)


def _ranked(name: str, title: str, unit: str, values: Sequence[float], quantile: float, says: str) -> Measure:
    """The value that this share of all do not exceed, by nearest rank; its interval is that of the ranks."""
    ordered, count = sorted(values), len(values)
    value = ordered[max(0, math.ceil(quantile * count) - 1)]
    low, high = _rank_interval(ordered, quantile)
    words = f"{says.format(in_words(value, unit))} Measured {count:,} times"
    if low is not None and high is not None:
        words += (
            f"; it lies between {in_words(low, unit)} and {in_words(high, unit)} with 95\N{NO-BREAK SPACE}% confidence."
        )
    else:
        words += ", too few for an interval."
    return Measure(name, "efficiency", title, unit, value, count, count, count, low, high, words)


def _rank_interval(ordered: Sequence[float], quantile: float) -> tuple[float | None, float | None]:
    """The values at the ranks between which the quantile lies with 95 % confidence, None if those are not among them.

    Conover, Practical Nonparametric Statistics, 3rd edition, 3.2.
    """
    count = len(ordered)
    spread = _Z95 * math.sqrt(count * quantile * (1 - quantile))
    first, last = math.ceil(count * quantile - spread), math.ceil(count * quantile + spread)
    return (ordered[first - 1], ordered[last - 1]) if first >= 1 and last <= count else (None, None)
