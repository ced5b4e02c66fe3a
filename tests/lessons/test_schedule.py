"""When a question comes back: on the very days the fsrs package gives, always the same, one day being one day."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import fsrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.schedule import AGAIN, GOOD, HARD, RATINGS, Schedule, day_of, rating_of
from desktop_app.records.learning import Review, ReviewCard

KEY = ("l", "q")
START = date(2026, 1, 5)
SCHEDULE = Schedule()
# What anybody would write who used the package alone, for one session a day
PACKAGE = fsrs.Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=365, enable_fuzzing=False)

months = st.lists(st.tuples(st.integers(0, 120), st.sampled_from(RATINGS)), min_size=1, max_size=60)


def review_at(at: datetime, rating: int, *, recall: float | None = None) -> Review:
    return Review(0, *KEY, at, rating, recall, 0)


@given(months)
def test_every_history_gives_the_dates_of_the_package(history: list[tuple[int, int]]) -> None:
    day, card, theirs = START, None, fsrs.Card(card_id=1)
    for days_later, rating in history:
        day += timedelta(days=days_later)
        card = SCHEDULE.review(KEY, card, rating, day)
        at = datetime.combine(day, time(), UTC)
        theirs, _ = PACKAGE.review_card(theirs, fsrs.Rating(rating), at)
        assert (card.due, card.stability, card.difficulty) == (theirs.due.date(), theirs.stability, theirs.difficulty)
        later = day + timedelta(days=17)
        assert SCHEDULE.recall(card, later) == PACKAGE.get_card_retrievability(theirs, at + timedelta(days=17))


@given(st.lists(st.sampled_from(RATINGS), min_size=1, max_size=40), st.integers(0, 23))
def test_reviewing_on_the_due_day_gives_the_packages_dates_at_any_hour(ratings: list[int], hour: int) -> None:
    """Driven with real times, the package agrees for everybody who comes at the same hour."""
    card, theirs = None, fsrs.Card(card_id=1)
    at = datetime(2026, 1, 5, hour, 17, tzinfo=UTC)
    for rating in ratings:
        card = SCHEDULE.review(KEY, card, rating, at.date())
        theirs, _ = PACKAGE.review_card(theirs, fsrs.Rating(rating), at)
        assert card.due == theirs.due.date()
        at = theirs.due
        if at.year > 2200:
            break


def test_five_minutes_earlier_than_yesterday_is_a_day_later() -> None:
    first = SCHEDULE.review(KEY, None, AGAIN, day_of(datetime(2026, 1, 5, 9, 0, tzinfo=UTC)))
    second = SCHEDULE.review(KEY, first, GOOD, day_of(datetime(2026, 1, 6, 8, 55, tzinfo=UTC)))
    at = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    theirs, _ = PACKAGE.review_card(fsrs.Card(card_id=1), fsrs.Rating.Again, at)
    theirs, _ = PACKAGE.review_card(theirs, fsrs.Rating.Good, at + timedelta(days=1))
    assert second.stability == theirs.stability


def test_a_first_good_answer_comes_back_in_two_days_then_ever_later() -> None:
    card, gaps = None, []
    day = START
    for _ in range(6):
        card = SCHEDULE.review(KEY, card, GOOD, day)
        gaps.append((card.due - day).days)
        day = card.due
    assert gaps[0] == 2 and gaps == sorted(gaps) and gaps[-2:] == [365, 365], "but once a year at least"


def test_a_question_is_due_when_recall_has_fallen_to_nine_in_ten() -> None:
    card = SCHEDULE.review(KEY, SCHEDULE.review(KEY, None, GOOD, START), GOOD, START + timedelta(days=2))
    assert SCHEDULE.recall(card, card.last_review) == 1.0
    assert SCHEDULE.recall(card, card.due) == pytest.approx(0.9, abs=0.01)


def test_more_retention_means_sooner() -> None:
    card = SCHEDULE.review(KEY, None, GOOD, START)
    day = card.due
    assert Schedule(0.97).review(KEY, card, GOOD, day).due < SCHEDULE.review(KEY, card, GOOD, day).due


def test_the_intervals_offered_are_those_that_follow() -> None:
    card = SCHEDULE.review(KEY, None, GOOD, START)
    offered = SCHEDULE.intervals(card, card.due)
    assert list(offered) == list(RATINGS) and list(offered.values()) == sorted(offered.values())
    for rating, days in offered.items():
        assert SCHEDULE.review(KEY, card, rating, card.due).due == card.due + timedelta(days=days)


def test_a_history_can_be_played_again() -> None:
    at = datetime(2026, 1, 5, 12, tzinfo=UTC)
    reviews = [review_at(at + timedelta(days=days), rating) for days, rating in ((0, GOOD), (2, AGAIN), (3, HARD))]
    states = list(SCHEDULE.replay(reviews))
    card: ReviewCard | None = None
    for review in reviews:
        card = SCHEDULE.review(KEY, card, review.rating, review.at.date())
    assert states[-1] == card and len(states) == 3


@pytest.mark.parametrize(
    ("score", "hints", "rating"),
    [(1.0, 0, GOOD), (1.0, 1, HARD), (0.5, 0, HARD), (0.5, 2, HARD), (0.0, 0, AGAIN), (0.0, 1, AGAIN)],
)
def test_the_first_answer_is_the_rating(score: float, hints: int, rating: int) -> None:
    assert rating_of(score, hints) == rating
