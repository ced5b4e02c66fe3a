"""Cards and reviews in learner.db: what is saved comes back, with its audit entry, and goes with everything else."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Review, ReviewCard
from desktop_app.storage.locations import Locations

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = AT.date()


@pytest.fixture
def learner(profile: Path) -> Iterator[LearnerRepository]:
    made = LearnerRepository(Locations.find(profile), lambda: AT)
    yield made
    made.close()


def a_card(question: str = "q", **fields: Any) -> ReviewCard:
    card = ReviewCard("l", question, 2, None, 2.3065, 2.118, DAY + timedelta(days=2), DAY)
    return replace(card, **fields)


def a_review(question: str = "q", **fields: Any) -> Review:
    return replace(Review(0, "l", question, AT, 3, None, 2), **fields)


def events(profile: Path) -> list[tuple[str, dict[str, Any]]]:
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        return [(kind, json.loads(data)) for kind, data in db.execute("SELECT kind, data FROM audit_events")]


def test_before_the_first_review_there_is_nothing(learner: LearnerRepository) -> None:
    reviews = learner.reviews
    assert reviews.card("l", "q") is None and reviews.log() == ()
    assert reviews.due_keys(DAY) == [] and reviews.due_days() == {}


def test_a_review_and_its_card_are_one_thing(learner: LearnerRepository, profile: Path) -> None:
    saved = learner.reviews.save(a_card(), a_review())
    assert learner.reviews.card("l", "q") == a_card()
    assert learner.reviews.log() == (saved,) and saved == a_review(id=saved.id) and saved.id > 0
    assert events(profile) == [("question_reviewed", {"lesson": "l", "question": "q", "rating": 3})]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    stability=st.floats(0.001, 36500), difficulty=st.floats(1, 10), days=st.integers(0, 36500),
    recall=st.none() | st.floats(0, 1), rating=st.integers(1, 4), state=st.integers(1, 3), step=st.none() | st.integers(0, 3),
)  # fmt: skip
def test_every_card_comes_back_exactly(
    learner: LearnerRepository, stability: float, difficulty: float, days: int, recall: float | None, rating: int,
    state: int, step: int | None,
) -> None:  # fmt: skip
    due = DAY + timedelta(days=days)
    card = a_card(stability=stability, difficulty=difficulty, due=due, state=state, step=step)
    saved = learner.reviews.save(card, a_review(rating=rating, expected_recall=recall, interval_days=days))
    assert learner.reviews.card("l", "q") == card
    assert learner.reviews.log()[-1] == saved


def test_another_rating_replaces_the_first(learner: LearnerRepository, profile: Path) -> None:
    saved = learner.reviews.save(a_card(), a_review())
    anew = replace(saved, rating=1, interval_days=1)
    learner.reviews.change(a_card(due=DAY + timedelta(days=1)), anew)
    assert learner.reviews.log() == (anew,)
    card = learner.reviews.card("l", "q")
    assert card is not None and card.due == DAY + timedelta(days=1)
    assert events(profile)[-1][0] == "review_rated_anew"


def test_a_rating_cannot_be_changed_after_erasing(learner: LearnerRepository, profile: Path) -> None:
    saved = learner.reviews.save(a_card(), a_review())
    learner.erase()
    assert learner.reviews.log() == () and learner.reviews.due_days() == {}
    with pytest.raises(StoreError, match="not in your records any more"):
        learner.reviews.change(a_card(), saved)
    assert learner.reviews.card("l", "q") is None, "nothing of a failed change stays"
    assert events(profile)[-1][0] == "records_erased"


def test_a_failed_review_leaves_no_trace(learner: LearnerRepository, profile: Path) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        learner.reviews.save(a_card(), a_review(rating=None))
    assert learner.reviews.card("l", "q") is None and events(profile) == []


def test_due_questions_come_least_remembered_first(learner: LearnerRepository) -> None:
    save = learner.reviews.save
    ago = DAY - timedelta(days=10)
    save(a_card("sure", stability=50.0, last_review=ago, due=DAY), a_review("sure"))
    save(a_card("shaky", stability=2.0, last_review=ago, due=DAY - timedelta(days=8)), a_review("shaky"))
    save(a_card("middle", stability=9.0, last_review=ago, due=DAY - timedelta(days=1)), a_review("middle"))
    save(a_card("later", due=DAY + timedelta(days=1)), a_review("later"))
    assert [question for _, question in learner.reviews.due_keys(DAY)] == ["shaky", "middle", "sure"]
    assert learner.reviews.due_days()["l", "later"] == DAY + timedelta(days=1)


def test_first_answers_wait_for_their_card(learner: LearnerRepository) -> None:
    learner.save_attempt("l", "1.0", "q", score=0.5, chosen=(1,))
    learner.save_attempt("l", "1.0", "q", score=1.0, chosen=(0,))
    learner.save_attempt("l", "1.0", "r", score=0.0, chosen=(2,))
    assert learner.reviews.first_answers_without_card() == [("l", "q", 0.5, AT), ("l", "r", 0.0, AT)]
    learner.reviews.enrol("l", [(a_card("q"), a_review("q", rating=2))])
    assert [question for _, question, _, _ in learner.reviews.first_answers_without_card()] == ["r"]


def test_all_cards_of_a_step_are_one_audit_entry(learner: LearnerRepository, profile: Path) -> None:
    learner.reviews.enrol("l", [(a_card("q"), a_review("q", rating=2)), (a_card("r"), a_review("r"))])
    assert events(profile) == [("questions_enrolled", {"lesson": "l", "ratings": {"q": 2, "r": 3}})]
    assert finish(learner.audit.verify(learner.vault)).is_whole


def test_first_reviews_of_a_day_are_told_from_others(learner: LearnerRepository) -> None:
    learner.reviews.save(a_card("old"), a_review("old", at=AT - timedelta(days=1)))
    learner.reviews.save(a_card("new"), a_review("new"))
    learner.reviews.save(a_card("old"), a_review("old", expected_recall=0.9))
    assert learner.reviews.first_reviews_since(AT) == {("l", "new")}


def test_five_thousand_cards_are_looked_through_within_fifty_milliseconds(learner: LearnerRepository) -> None:
    reviews = [
        (a_card(f"q{n}", due=DAY - timedelta(days=n % 9 - 4), stability=1 + n % 40), a_review(f"q{n}"))
        for n in range(5000)
    ]
    learner.reviews.enrol("l", reviews)
    fastest = 1.0
    for _ in range(5):
        start = time.process_time()
        due = learner.reviews.due_keys(DAY)
        fastest = min(fastest, time.process_time() - start)
    assert 2500 < len(due) < 3500 and fastest < 0.05


def test_days_are_kept_as_days(learner: LearnerRepository, profile: Path) -> None:
    learner.reviews.save(a_card(due=date(2027, 2, 28)), a_review())
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        assert db.execute("SELECT due, last_review FROM review_cards").fetchall() == [("2027-02-28", "2026-11-22")]
