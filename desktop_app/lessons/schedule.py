"""When a question is asked again: the FSRS-6 model of memory, in whole days of the person's own calendar.

The model, its parameters and its forgetting curve are the fsrs package's (https://github.com/open-spaced-repetition).
It is used without steps inside a day, since a session is short and daily, and without random fuzz, so that the same
answers on the same days always give the same dates. A review counts on its day: somebody who reviews every morning,
today five minutes earlier than yesterday, comes back after one day and not after none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from desktop_app.records.learning import Review, ReviewCard

if TYPE_CHECKING:
    import fsrs

AGAIN, HARD, GOOD, EASY = RATINGS = (1, 2, 3, 4)
RATING_NAMES: Mapping[int, str] = {AGAIN: "Not known", HARD: "Hard", GOOD: "Good", EASY: "Easy"}
LONGEST_DAYS = 365  # rules are asked once a year at least
RETENTION = 0.9  # a question is due when its expected recall has fallen to this
REMEMBERED = HARD  # from this rating on


def rating_of(score: float, hints: int = 0) -> int:
    """The rating that the first answer of a sitting stands for; easy is for the learner to say.

    All right without a hint is good; right with hints, or partly right, is hard; wrong is again.
    """
    if score <= 0.0:
        return AGAIN
    return GOOD if score >= 1.0 and not hints else HARD


def day_of(at: datetime) -> date:
    """The day a moment belongs to, where the person is."""
    return at.astimezone().date()


class Schedule:
    """Moves cards through the model. Loading it costs 30 ms, so it is made when something is reviewed."""

    def __init__(self, retention: float = RETENTION) -> None:
        """retention is the expected recall at which a question is due, from 0.0 to 1.0."""
        import fsrs

        self._fsrs = fsrs
        self._scheduler = fsrs.Scheduler(
            desired_retention=retention, learning_steps=(), relearning_steps=(), maximum_interval=LONGEST_DAYS,
            enable_fuzzing=False,
        )  # fmt: skip

    def review(self, key: tuple[str, str], before: ReviewCard | None, rating: int, day: date) -> ReviewCard:
        """The card after a review on day; before is None for a question's first one."""
        known = self._model(before) if before else self._fsrs.Card(card_id=1, due=_midnight(day))
        after, _ = self._scheduler.review_card(known, self._fsrs.Rating(rating), _midnight(day))
        assert after.stability is not None and after.difficulty is not None
        return ReviewCard(
            *key, int(after.state), after.step, after.stability, after.difficulty, after.due.date(), day
        )  # fmt: skip

    def recall(self, card: ReviewCard, day: date) -> float:
        """How likely the question is remembered on day, from 0.0 to 1.0."""
        return float(self._scheduler.get_card_retrievability(self._model(card), _midnight(day)))

    def intervals(self, before: ReviewCard | None, day: date) -> dict[int, int]:
        """After how many days the question would come back, by rating."""
        return {rating: (self.review(("", ""), before, rating, day).due - day).days for rating in RATINGS}

    def replay(self, reviews: Iterable[Review]) -> Iterator[ReviewCard]:
        """One card's states, after each of its reviews in order."""
        card: ReviewCard | None = None
        for review in reviews:
            card = self.review((review.lesson_id, review.question_id), card, review.rating, day_of(review.at))
            yield card

    def _model(self, card: ReviewCard) -> fsrs.Card:
        # without an id the package takes one from the clock, and waits so that the next differs
        return self._fsrs.Card(
            1, self._fsrs.State(card.state), card.step, card.stability, card.difficulty, _midnight(card.due),
            _midnight(card.last_review),
        )  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
