"""Retention over time: the mean of the forgetting curves day by day, and what reviews showed week by week."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.jobs import finish
from desktop_app.lessons.retention import DayRecall, Retention, WeekRecall, retention
from desktop_app.lessons.schedule import AGAIN, GOOD, HARD, RATINGS, Schedule
from desktop_app.records.learning import Review

TODAY = date(2026, 11, 22)
SCHEDULE = Schedule()


def reviewed(question: str, *history: tuple[int, int], recall: float = 0.9) -> list[Review]:
    """A question's reviews: days before today, and rating."""
    return [
        Review(0, "l", question, datetime.combine(TODAY - timedelta(days=ago), time(12), UTC), rating, recall if number else None, 1)
        for number, (ago, rating) in enumerate(history)
    ]  # fmt: skip


def look(*reviews: Review, known: tuple[str, ...] = ("a", "b"), span: int = 90) -> Retention:
    return finish(retention(reviews, TODAY, {("l", question) for question in known}, span=span))


def test_without_reviews_there_is_nothing_to_draw() -> None:
    found = look()
    assert found.days == () and found.weeks == ()


def test_before_the_first_card_there_is_an_example() -> None:
    example = [one.recall for one in look().example]
    assert len(example) == 90 and example[0] == 1.0
    rises = [number for number in range(1, 90) if example[number] > example[number - 1]]
    gaps = [later - earlier for earlier, later in pairwise(rises)]
    assert len(rises) >= 3 and gaps == sorted(gaps), "reviewed ever later"
    assert min(example) > 0.85 and look(*reviewed("a", (3, GOOD))).example == ()


def test_a_single_card_is_its_forgetting_curve() -> None:
    found = look(*reviewed("a", (10, GOOD)))
    card = SCHEDULE.review(("l", "a"), None, GOOD, TODAY - timedelta(days=10))
    days = [TODAY - timedelta(days=ago) for ago in range(10, -1, -1)]
    assert found.days == tuple(DayRecall(day, SCHEDULE.recall(card, day), 1) for day in days)
    assert found.days[0].recall == 1.0 and found.days[-1].recall < 0.8


def test_a_review_lifts_the_curve_on_its_day() -> None:
    found = look(*reviewed("a", (10, GOOD), (4, GOOD)))
    recall = {day.day: day.recall for day in found.days}
    assert recall[TODAY - timedelta(days=5)] < recall[TODAY - timedelta(days=4)] == 1.0
    assert recall[TODAY] > 0.9, "and what is remembered twice falls more slowly"


def test_the_curve_is_the_mean_over_the_cards_of_the_day() -> None:
    one, other = look(*reviewed("a", (8, GOOD))), look(*reviewed("b", (2, AGAIN)))
    both = look(*reviewed("a", (8, GOOD)), *reviewed("b", (2, AGAIN)))
    assert [day.cards for day in both.days] == [1] * 6 + [2] * 3
    assert both.days[-1].recall == pytest.approx((one.days[-1].recall + other.days[-1].recall) / 2)


def test_weeks_count_what_was_remembered_but_no_first_answers() -> None:
    found = look(*reviewed("a", (20, AGAIN), (12, GOOD), (6, HARD), (0, AGAIN)), *reviewed("b", (9, GOOD), (7, AGAIN)))
    assert found.weeks == (
        WeekRecall(TODAY - timedelta(days=13), 2, 1),
        WeekRecall(TODAY - timedelta(days=6), 2, 1),
    )
    assert found.weeks[0].share == 0.5


def test_what_was_before_the_span_still_shapes_it() -> None:
    found = look(*reviewed("a", (200, GOOD), (198, GOOD), (100, GOOD)))
    assert len(found.days) == 90 and found.weeks == ()
    assert found.days[0].recall < 1.0


def test_a_question_that_is_gone_does_not_count() -> None:
    assert look(*reviewed("gone", (5, GOOD), (1, AGAIN))) == look()


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 130), st.sampled_from(RATINGS)), max_size=30
    ).map(lambda found: sorted(found, key=lambda one: -one[1]))
)  # fmt: skip
def test_any_history_is_drawn_within_its_bounds(history: list[tuple[str, int, int]]) -> None:
    log = [review for name in "ab" for review in reviewed(name, *((ago, r) for q, ago, r in history if q == name))]
    found = look(*log)
    assert all(0.0 <= day.recall <= 1.0 and day.cards in (1, 2) for day in found.days)
    assert [day.day for day in found.days] == [
        TODAY - timedelta(days=ago) for ago in range(len(found.days) - 1, -1, -1)
    ], "from the first card on, every day up to today"
    assert sum(week.reviews for week in found.weeks) == sum(
        review.expected_recall is not None and (TODAY - review.at.date()).days < 90 for review in log
    )


def test_it_can_be_cancelled_between_cards() -> None:
    job = retention(reviewed("a", (5, GOOD)), TODAY, {("l", "a")})
    next(job)
    assert next(job).total == 1
    job.close()
