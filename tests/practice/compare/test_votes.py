"""Blind order and what votes are worth."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.compare.comparison import ALL_BAD, NO_DIFFERENCE, Column, Plan, Vote
from desktop_app.practice.compare.votes import by_chance, letter, order, tally

COLUMNS = tuple(Column(seed=seed) for seed in (1, 2, 3, 4))


def plan(shuffle: int, columns: int = 4) -> Plan:
    return Plan("t", COLUMNS[:columns], ({"prompt": "x"},), shuffle=shuffle)


@given(st.integers(1, 2**31), st.integers(0, 9_999))
def test_a_blind_row_shows_every_column_once_and_always_in_the_same_order(shuffle: int, row: int) -> None:
    shown = order(plan(shuffle), row)
    assert sorted(shown) == [0, 1, 2, 3] and shown == order(plan(shuffle), row)
    assert [letter(plan(shuffle), row, column) for column in shown] == list("ABCD")


def test_each_column_comes_to_each_place_about_as_often() -> None:
    first = [order(plan(7, 2), row)[0] for row in range(400)]
    assert 160 < sum(first) < 240


def test_columns_that_are_not_blind_stay_where_they_are() -> None:
    assert {order(plan(0), row) for row in range(20)} == {(0, 1, 2, 3)}


def test_with_two_columns_chance_is_the_two_sided_sign_test() -> None:
    assert by_chance(7, 10, 2) == pytest.approx(2 * sum(comb(10, k) for k in (7, 8, 9, 10)) / 2**10)  # 0.344
    assert by_chance(9, 10, 2) == pytest.approx(22 / 1024)
    assert by_chance(5, 10, 2) == 1.0 and by_chance(0, 0, 2) == 1.0


@given(st.integers(1, 300), st.integers(2, 4), st.data())
def test_chance_falls_with_each_vote_for_the_leader(votes: int, columns: int, data: st.DataObject) -> None:
    leader = data.draw(st.integers(1, votes))
    assert 0 < by_chance(leader, votes, columns) <= by_chance(leader - 1, votes, columns) <= 1


def votes(*choices: int, seen: bool = False) -> dict[int, Vote]:
    return {row: Vote(choice, seen) for row, choice in enumerate(choices)}


@pytest.mark.parametrize(
    ("given_votes", "said"),
    [
        ({}, ""),
        (votes(*[1] * 7, *[0] * 3), "7 of 10 for the example version; with so few this may be chance."),
        (votes(*[1] * 19, 0), "19 of 20 for the example version; guessing would give such a lead less than once in 1,000 times."),
        (votes(*[1] * 9, 0), "9 of 10 for the example version; guessing would give such a lead about once in 47 times."),
        (votes(0, 1), "1 vote each for the plain version and the example version: undecided."),
        (votes(NO_DIFFERENCE, ALL_BAD, ALL_BAD), "1 × no difference. 2 × all are bad."),
        (votes(0, seen=True), "1 of 1 for the plain version; with so few this may be chance. 1 of the votes was given with the names in view."),
    ],
)  # fmt: skip
def test_the_tally_says_how_much_it_is_worth(given_votes: dict[int, Vote], said: str) -> None:
    assert tally(given_votes, ["the plain version", "the example version"]) == said
