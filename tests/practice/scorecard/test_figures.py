"""The figures of a scorecard and how sure they are."""

from __future__ import annotations

import pytest
from builders_of_scorecards import SETS, a_card, one_try, probes_of, tries_of
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.scorecard.figures import fits, measures_of, share
from desktop_app.practice.scorecard.fit import USES, chance_points, difference, weighted
from desktop_app.practice.scorecard.scorecard import STANDARDS, Costs, Measure
from desktop_app.prompts.evaluate.summary import wilson

NOTHING = Costs(0.0, 0, 0, ())
shares = st.floats(min_value=0, max_value=1)


def a_share(held: int, of: int, name: str = "x") -> Measure:
    return share(name, "security", "X", "It holds.", [(number, number < held) for number in range(of)])


def test_each_standard_has_a_figure_and_each_figure_a_sentence() -> None:
    card = a_card(0.5)
    for standard in ("reliability", "efficiency", "effectiveness", "security"):
        whole = card.measure(standard)
        assert whole is not None and whole.unit == "share" and whole.low is not None
        assert card.of_standard(standard)
    assert [each.id for each in card.of_standard("fit")] == [f"fit-{use.id}" for use in USES]
    assert {each.standard for each in card.measures} == set(STANDARDS)
    assert all(each.says.endswith(".") and not each.says[0].islower() for each in card.measures)
    assert len({each.id for each in card.measures}) == len(card.measures)


def test_a_share_counts_tasks_for_its_interval_and_tries_for_its_value() -> None:
    outcomes = [(task, seed < 2) for task in range(12) for seed in range(3)]
    found = share("x", "security", "X", "It holds.", outcomes)
    assert (found.value, found.of, found.held, found.units) == (pytest.approx(2 / 3), 36, 24, 12)
    assert (found.low, found.high) == wilson(8, 12)
    assert "24 of 36 tries at 12 tasks" in found.says


def test_a_task_solved_with_one_seed_only_is_not_the_same_result_again() -> None:
    tries = [one_try(task_id="a", seed=1), one_try(task_id="a", seed=2, passed=False),
             one_try(task_id="b", seed=1, passed=False), one_try(task_id="b", seed=2, passed=False)]  # fmt: skip
    found = {each.id: each for each in measures_of(SETS, tries, NOTHING)}
    assert (found["same-result"].held, found["same-result"].of) == (1, 2)


def test_one_seed_says_nothing_about_the_same_result() -> None:
    assert "same-result" not in {each.id for each in measures_of(SETS, tries_of(0.5, (1,)), NOTHING)}


def test_form_completeness_and_loops_are_counted() -> None:
    tries = [
        one_try(kept=None),
        one_try(task_id="b", kept=False, stop="length"),
        one_try(task_id="c", looped=True, text=" "),
    ]
    found = {each.id: (each.held, each.of) for each in measures_of(SETS, tries, NOTHING)}
    assert found["format-kept"] == (1, 2) and found["complete"] == (1, 3) and found["no-loops"] == (2, 3)


def test_times_are_those_of_ranks_with_their_interval() -> None:
    found = {each.id: each for each in measures_of(SETS, tries_of(0.5), Costs(1000.0, 5, 0, probes_of(500.0)))}
    usual, slowest = found["first-token-p50"], found["first-token-p99"]
    assert usual.value == 400 + 49 * 2 and usual.low is not None and usual.low < usual.value < (usual.high or 0)
    assert slowest.value == pytest.approx(400 + 98 * 2) and slowest.low is None and "too few" in slowest.says
    assert found["speed-p99"].value == 60 and found["speed-p50"].value == 64.9  # the slowest of 100
    assert "memory-load" in found and "memory-end" not in found  # 0 is: not known


def test_an_answer_feels_immediate_within_a_second_only() -> None:
    assert a_card(first_token_ms=300).measure("efficiency").value == 1.0  # type: ignore[union-attr]
    assert a_card(first_token_ms=1000).measure("efficiency").held == 51  # type: ignore[union-attr]
    assert a_card(first_token_ms=3000).measure("efficiency").value == 0.0  # type: ignore[union-attr]


def test_nothing_solved_costs_no_tokens_for_a_solved_task() -> None:
    assert a_card(0.0).measure("tokens-per-solved") is None
    assert a_card(1.0).measure("tokens-per-solved").value == 20  # type: ignore[union-attr]


# -- fit for purpose -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("use", USES, ids=lambda use: use.id)
def test_a_use_weighs_shares_that_every_card_has_and_all_of_its_weight(use: object) -> None:
    card = a_card()
    assert sum(use.weights.values()) == pytest.approx(1)  # type: ignore[attr-defined]
    for name in use.weights:  # type: ignore[attr-defined]
        assert card.measure(name).unit == "share"  # type: ignore[union-attr]


def test_fit_is_the_weighted_mean_and_shows_its_weights() -> None:
    card = a_card(0.5)
    use = next(each for each in USES if each.id == "extraction")
    expected = sum(weight * card.measure(name).value for name, weight in use.weights.items())  # type: ignore[union-attr]
    found = card.measure("fit-extraction")
    assert found is not None and found.value == pytest.approx(expected)
    assert "Extracting, with worked examples 40%" in found.says
    assert (
        fits([each for each in card.measures if each.id != "efficiency" and each.standard != "fit"])[0].id
        == "fit-extraction"
    )


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(0, 12)), min_size=1, max_size=6))
def test_a_weighted_mean_lies_within_its_interval_which_is_no_wider_than_the_widest(
    parts: list[tuple[int, int]],
) -> None:
    total = sum(weight for weight, _ in parts)
    measures = [(weight / total, a_share(held, 12)) for weight, held in parts]
    value, low, high = weighted(measures)
    assert 0 <= low <= value + 1e-9 and value - 1e-9 <= high <= 1
    assert high - low <= max((each.high or 0) - (each.low or 0) for _, each in measures) + 1e-9


# -- differences ---------------------------------------------------------------------------------------------------------


@given(st.integers(0, 12), st.integers(0, 12))
def test_a_difference_turned_round_is_the_same_difference(first: int, second: int) -> None:
    one, other = a_share(first, 12), a_share(second, 12)
    by, low, high = difference(one, other)
    back, back_low, back_high = difference(other, one)
    assert (by, low, high) == pytest.approx((-back, -back_high, -back_low))
    assert low - 1e-9 <= by <= high + 1e-9


def test_a_difference_as_published() -> None:
    """Newcombe 1998, table II, row a: 56 of 70 and 48 of 80 differ by 0.0524 to 0.3339 (method 10)."""
    by, low, high = difference(a_share(48, 80), a_share(56, 70))
    assert (round(by, 4), round(low, 4), round(high, 4)) == (0.2, 0.0524, 0.3339)


def test_the_fewer_the_tasks_the_more_may_be_chance() -> None:
    assert [chance_points(tasks) for tasks in (1, 12, 100, 10_000)] == [100, 40, 14, 2]
