"""Spaced review in learner.db: one card a question, one row a review. Part of LearnerRepository, on its connection."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.records.learning import Review, ReviewCard
from desktop_app.storage.database import store_errors
from desktop_app.storage.sqlite import Database

CardKey = tuple[str, str]  # lesson id, question id
_CARD = "lesson_id, question_id, state, step, stability, difficulty, due, last_review"
_REVIEW = "id, lesson_id, question_id, at, rating, expected_recall, interval_days"


class ReviewRepository:
    """Cards and reviews of one person; each write is one transaction with its audit entry."""

    def __init__(
        self,
        db: Database,
        path: Path,
        recording: Callable[[str, Mapping[str, Any]], AbstractContextManager[None]],
        now: Callable[[], datetime],
    ) -> None:
        """recording is LearnerRepository's transaction with an audit entry, now its clock."""
        self._db, self._path, self._recording, self.now = db, path, recording, now

    # -- cards -------------------------------------------------------------------------------------------------------

    def card(self, lesson_id: str, question_id: str) -> ReviewCard | None:
        """One question's card, None before its first review."""
        found = self._rows(
            f"SELECT {_CARD} FROM review_cards WHERE lesson_id = ? AND question_id = ?", lesson_id, question_id
        )
        return _card(found[0]) if found else None

    def due_keys(self, day: date) -> list[CardKey]:
        """The cards due on day or before, lowest expected recall first.

        Recall falls with the days since the last review divided by the stability, so no curve needs to be drawn.
        """
        sql = """SELECT lesson_id, question_id FROM review_cards WHERE due <= ?
                 ORDER BY (julianday(?) - julianday(last_review)) / stability DESC, due, lesson_id, question_id"""
        return self._rows(sql, day.isoformat(), day.isoformat())

    def due_days(self) -> dict[CardKey, date]:
        """The day each card is due, of all cards there are."""
        found = self._rows("SELECT lesson_id, question_id, due FROM review_cards")
        return {(lesson, question): date.fromisoformat(due) for lesson, question, due in found}

    def first_answers_without_card(self) -> list[tuple[str, str, float, datetime]]:
        """Lesson, question, score and time of the first answer to each question that has no card yet, oldest first."""
        found = self._rows(
            """SELECT lesson_id, question_id, score, at FROM attempts AS first WHERE number = 1 AND NOT EXISTS (
                 SELECT 1 FROM review_cards AS card
                 WHERE card.lesson_id = first.lesson_id AND card.question_id = first.question_id) ORDER BY id"""
        )
        return [(lesson, question, score, datetime.fromisoformat(at)) for lesson, question, score, at in found]

    # -- reviews -----------------------------------------------------------------------------------------------------

    def enrol(self, lesson_id: str, made: Sequence[tuple[ReviewCard, Review]]) -> None:
        """Store the first cards of a lesson's questions, with the answers they come from as first reviews."""
        ratings = {card.question_id: review.rating for card, review in made}
        with self._recording("questions_enrolled", {"lesson": lesson_id, "ratings": ratings}):
            for card, review in made:
                self._write(card)
                self._log(review)

    def save(self, card: ReviewCard, review: Review) -> Review:
        """Store a review and its card as it is afterwards; return the review with its id."""
        with self._recording("question_reviewed", _facts(review)):
            self._write(card)
            return replace(review, id=self._log(review))

    def change(self, card: ReviewCard, review: Review) -> Review:
        """Store another rating of a review, and the card that follows from it; raises StoreError if it is gone."""
        with self._recording("review_rated_anew", _facts(review)):
            sql = "UPDATE review_log SET rating = ?, interval_days = ? WHERE id = ?"
            if not self._db.execute(sql, (review.rating, review.interval_days, review.id)).rowcount:
                raise StoreError("This review is not in your records any more, so its rating cannot be changed.")
            self._write(card)
        return review

    def log(self) -> tuple[Review, ...]:
        """Every review, each card's in the order in which they were made."""
        return tuple(
            Review(number, lesson, question, datetime.fromisoformat(at), rating, recall, int(interval))
            for number, lesson, question, at, rating, recall, interval in self._rows(
                f"SELECT {_REVIEW} FROM review_log ORDER BY id"
            )
        )

    def first_reviews_since(self, at: datetime) -> frozenset[CardKey]:
        """The cards whose first review was made at that time or later."""
        sql = "SELECT lesson_id, question_id FROM review_log WHERE at >= ? AND expected_recall IS NULL"
        return frozenset(self._rows(sql, _text(at)))

    # -- rows --------------------------------------------------------------------------------------------------------

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with store_errors(self._path):
            return self._db.execute(sql, values).fetchall()

    def _write(self, card: ReviewCard) -> None:
        *values, due, last_review = astuple(card)
        self._db.execute(
            f"INSERT OR REPLACE INTO review_cards ({_CARD}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, due.isoformat(), last_review.isoformat()),
        )

    def _log(self, review: Review) -> int:
        row = self._db.execute(
            """INSERT INTO review_log (lesson_id, question_id, at, rating, expected_recall, interval_days)
               VALUES (?, ?, ?, ?, ?, ?)""",
            (
                review.lesson_id, review.question_id, _text(review.at), review.rating, review.expected_recall,
                float(review.interval_days),
            ),
        )  # fmt: skip
        return int(row.lastrowid or 0)


def _card(row: tuple[Any, ...]) -> ReviewCard:
    *values, due, last_review = row
    return ReviewCard(*values, date.fromisoformat(due), date.fromisoformat(last_review))


def _facts(review: Review) -> dict[str, Any]:
    return {"lesson": review.lesson_id, "question": review.question_id, "rating": review.rating}


def _text(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")  # one length, so that text compares like time
