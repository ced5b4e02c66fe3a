"""The choice of threads, on machines that are simulated: what a step takes is a function, no time passes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.sandbox.worker.tuning import ThreadTuner

Machine = Callable[[int], float]  # seconds of a step with so many threads

TWO_CORES = (1, 2)
IDLE = {1: 0.021, 2: 0.0135}
ONE_BUSY = {1: 0.022, 2: 0.031}
CROWDED = {1: 0.031, 2: 0.590}


def machine(times: dict[int, float], noise: float = 0.0, seed: int = 1) -> Machine:
    random = Random(seed)
    return lambda threads: times[threads] * (1 + random.uniform(-noise, noise))


def work(tuner: ThreadTuner, on: Machine, steps: int) -> float:
    """Seconds that so many steps take, the tuner choosing."""
    total = 0.0
    for _ in range(steps):
        seconds = on(tuner.threads)
        tuner.observe(seconds)
        total += seconds
    return total


def settled(tuner: ThreadTuner, on: Machine) -> int:
    """The count that most of the next steps get."""
    used = []
    for _ in range(40):
        used.append(tuner.threads)
        tuner.observe(on(tuner.threads))
    return max(set(used), key=used.count)


def best(times: dict[int, float], steps: int) -> float:
    """Seconds with the best fixed count."""
    return steps * min(times.values())


def test_nothing_is_tried_while_all_cores_are_used_and_free() -> None:
    tuner, used = ThreadTuner(TWO_CORES, IDLE, 2), set()
    on = machine(IDLE, noise=0.1)
    for _ in range(500):
        used.add(tuner.threads)
        tuner.observe(on(tuner.threads))
    assert used == {2}


@pytest.mark.parametrize("busy", [ONE_BUSY, CROWDED])
def test_a_core_that_is_taken_is_noticed_within_a_dozen_steps_and_kept_away_from(busy: dict[int, float]) -> None:
    tuner = ThreadTuner(TWO_CORES, IDLE, 2)
    work(tuner, machine(IDLE), 50)
    work(tuner, machine(busy), 12)
    assert tuner.threads == 1
    assert best(busy, 400) / work(tuner, machine(busy, noise=0.15), 400) >= 0.9


def test_it_comes_back_up_when_the_core_is_free_again() -> None:
    tuner = ThreadTuner(TWO_CORES, IDLE, 2)
    work(tuner, machine(IDLE), 50)
    work(tuner, machine(ONE_BUSY), 200)
    work(tuner, machine(IDLE), 300)
    assert settled(tuner, machine(IDLE)) == 2
    assert best(IDLE, 400) / work(tuner, machine(IDLE, noise=0.1), 400) >= 0.99


def test_a_crowded_machine_is_tried_ever_more_seldom() -> None:
    tuner = ThreadTuner(TWO_CORES, {1: 0.031}, 1)
    assert best(CROWDED, 2000) / work(tuner, machine(CROWDED, noise=0.1), 2000) >= 0.95


def test_at_nearly_equal_speed_the_other_programs_get_the_core() -> None:
    tuner = ThreadTuner(TWO_CORES, {1: 0.02, 2: 0.012}, 2)
    assert settled(tuner, machine({1: 0.020, 2: 0.0225})) == 1
    work(tuner, machine({1: 0.020, 2: 0.0195}), 300)
    assert settled(tuner, machine({1: 0.020, 2: 0.0195})) == 1


def test_many_cores_are_climbed_one_count_after_the_other() -> None:
    counts = (1, 2, 3, 4, 6, 8)
    times = {1: 0.08, 2: 0.042, 3: 0.03, 4: 0.024, 6: 0.019, 8: 0.021}
    tuner = ThreadTuner(counts, {1: 0.08}, 1)
    work(tuner, machine(times, noise=0.05), 600)
    spent = work(tuner, machine(times, noise=0.05), 600)
    assert best(times, 600) / spent >= 0.95


def test_a_prompt_is_read_in_few_steps_so_each_one_counts() -> None:
    tuner = ThreadTuner(TWO_CORES, {}, 1, window=1, tries=1)
    work(tuner, machine({1: 0.8, 2: 0.43}), 8)
    assert settled(tuner, machine({1: 0.8, 2: 0.43})) == 2


@given(
    st.lists(st.tuples(*(st.floats(0.001, 1.0),) * 3), min_size=1, max_size=4),
    st.integers(0, 2),
    st.integers(1, 9),
    st.integers(1, 5),
)
def test_whatever_the_steps_take_the_count_is_one_of_those_allowed(
    phases: list[tuple[float, float, float]], first: int, window: int, tries: int
) -> None:
    counts = (1, 2, 4)
    tuner = ThreadTuner(counts, {}, counts[first], window=window, tries=tries)
    for times in phases:
        for _ in range(40):
            assert tuner.threads in counts
            tuner.observe(times[counts.index(tuner.threads)])


@given(st.floats(0.001, 0.1), st.floats(0.001, 0.1), st.integers(0, 2**32))
def test_on_a_machine_that_stays_as_it_is_little_is_lost(one: float, two: float, seed: int) -> None:
    times = {1: one, 2: two}
    tuner = ThreadTuner(TWO_CORES, times, min(times, key=times.__getitem__))
    one_try_that_is_hopeless = 3 * max(times.values())
    assert work(tuner, machine(times, 0.1, seed), 1000) <= best(times, 1000) / 0.9 + one_try_that_is_hopeless
