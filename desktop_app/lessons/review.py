"""Spaced review: which questions are cards, which are due, and what a short daily session asks in which order."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from desktop_app.lessons.lesson import Lesson, Quiz, Step
from desktop_app.lessons.schedule import Schedule, day_of, rating_of
from desktop_app.records.learning import NOBODY, Review, ReviewCard

if TYPE_CHECKING:
    from desktop_app.lessons.library import LessonLibrary
    from desktop_app.records.learner import LearnerRepository

SESSION_CARDS = 10
SESSION_TIME = timedelta(minutes=5)
NEW_A_DAY = 5
NEW_IN_A_BACKLOG = 2  # however much is due, the rules still get through
SECONDS_A_CARD = 25
_RULES = "rules/"

CardKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A question that is or can become a card: of a lesson, or of a rule set, whose questions are due from the start."""

    lesson: Lesson
    step: Step
    quiz: Quiz
    is_rule: bool

    @property
    def key(self) -> CardKey:
        """Where its card and reviews are stored; a rule set may have the same id as a lesson."""
        return (f"{_RULES}{self.lesson.id}" if self.is_rule else self.lesson.id, self.quiz.id)


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """What waits today. due counts cards, new the rules not asked yet that today has room for.

    next_day is the first day after today with something to review and next_count how much; None and 0 if there is none.
    """

    cards: int = 0
    due: int = 0
    new: int = 0
    next_day: date | None = None
    next_count: int = 0

    @property
    def waiting(self) -> int:
        """How many questions can be reviewed today."""
        return self.due + self.new

    @property
    def minutes(self) -> int:
        """About how long the next session takes."""
        return max(1, round(min(self.waiting, SESSION_CARDS) * SECONDS_A_CARD / 60))


@dataclass(frozen=True, slots=True)
class Rated:
    """A review as stored, with the card before it (None for the first) and after it."""

    before: ReviewCard | None
    after: ReviewCard
    review: Review


class ReviewDesk:
    """Cards of one person over the lessons and rule sets on this machine. Cards whose question is gone are passed over."""

    def __init__(self, lessons: LessonLibrary, rules: LessonLibrary, learner: LearnerRepository) -> None:
        self._lessons, self._rules, self._learner = lessons, rules, learner
        self._cards = learner.reviews

    @cached_property
    def schedule(self) -> Schedule:
        """The model of memory."""
        return Schedule()

    def now(self) -> datetime:
        """The repository's clock."""
        return self._cards.now()

    def today(self) -> date:
        """The day it is where the person is."""
        return day_of(self.now())

    # -- what there is -----------------------------------------------------------------------------------------------

    def items(self) -> dict[CardKey, ReviewItem]:
        """Every question that may be a card, by key, in lesson order: none of drafts, and the rules of the person's role."""
        role = (self._learner.profile() or NOBODY).role
        rules = [rule for rule in self._rules.lessons() if {"everyone", role} & set(rule.roles)]
        sources = [(lesson, False) for lesson in self._lessons.lessons()] + [(rule, True) for rule in rules]
        items = (
            ReviewItem(lesson, step, quiz, is_rule)
            for lesson, is_rule in sources
            if not lesson.is_draft
            for step in lesson.steps
            for quiz in step.questions
        )
        return {item.key: item for item in items}

    def enrol(self, hints: Mapping[CardKey, int] | None = None) -> int:
        """Make cards of the questions answered in finished steps that have none yet; return how many.

        The first answer is their first review, on the day it was given; hints says how many it needed, where known.
        """
        waiting = self._cards.first_answers_without_card()
        if not waiting:
            return 0
        items, progress = self.items(), self._learner.all_progress()
        made: dict[str, list[tuple[ReviewCard, Review]]] = {}
        for lesson_id, question_id, score, at in waiting:
            item, known = items.get((lesson_id, question_id)), progress.get(lesson_id)
            if item is None or known is None or item.step.key not in known.steps_done:
                continue
            rating = rating_of(score, (hints or {}).get(item.key, 0))
            card = self.schedule.review(item.key, None, rating, day_of(at))
            made.setdefault(lesson_id, []).append((card, _review(item.key, at, rating, None, card)))
        for lesson_id, pairs in made.items():
            self._cards.enrol(lesson_id, pairs)
        return sum(map(len, made.values()))

    # -- what is due -------------------------------------------------------------------------------------------------

    def status(self) -> ReviewStatus:
        """What waits today and when the next questions come."""
        items, days, today = self.items(), self._cards.due_days(), self.today()
        forecast = self._forecast(items, days, 366)
        due = sum(key in items and day <= today for key, day in days.items())
        later = next(((day, count) for day, count in forecast[1:] if count), None)
        new = len(self._new(items, days))
        return ReviewStatus(
            sum(key in items for key in days), due, min(new, self._room_for_new()), *(later or (None, 0))
        )  # fmt: skip

    def due_by_lesson(self) -> dict[str, int]:
        """How many questions wait today, by the first part of their keys ("rules/<id>" for a rule set)."""
        items = self.items()
        new = self._new(items, self._cards.due_days())[: self._room_for_new()]
        return dict(Counter(lesson_id for lesson_id, _ in [*self._due(items), *(item.key for item in new)]))

    def forecast(self, days: int = 14) -> tuple[tuple[date, int], ...]:
        """How many questions each of the coming days brings, today with all that is overdue first."""
        return self._forecast(self.items(), self._cards.due_days(), days)

    def _forecast(
        self, items: Mapping[CardKey, ReviewItem], due: Mapping[CardKey, date], days: int
    ) -> tuple[tuple[date, int], ...]:
        today = self.today()
        counts = Counter(max(day, today) for key, day in due.items() if key in items)
        new = len(self._new(items, due))
        room = self._room_for_new()
        planned = []
        for number in range(days):
            day = today + timedelta(days=number)
            fresh = min(new, room if number == 0 else NEW_A_DAY)
            new -= fresh
            planned.append((day, counts[day] + fresh))
        return tuple(planned)

    def session(self) -> tuple[ReviewItem, ...]:
        """The questions of a session: the due ones least likely remembered, with some new rules between them."""
        items = self.items()
        due = [items[key] for key in self._due(items)]
        fresh = self._new(items, self._cards.due_days())[: self._room_for_new()]
        fresh = fresh[: max(SESSION_CARDS - len(due), NEW_IN_A_BACKLOG)]
        return interleave(_mixed(due[: SESSION_CARDS - len(fresh)], fresh))

    def _due(self, items: Mapping[CardKey, ReviewItem]) -> list[CardKey]:
        return [key for key in self._cards.due_keys(self.today()) if key in items]

    def _new(self, items: Mapping[CardKey, ReviewItem], known: Mapping[CardKey, date]) -> list[ReviewItem]:
        return [item for key, item in items.items() if item.is_rule and key not in known]

    def _room_for_new(self) -> int:
        now = self.now().astimezone()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(self.now().tzinfo)
        begun = sum(lesson_id.startswith(_RULES) for lesson_id, _ in self._cards.first_reviews_since(midnight))
        return max(0, NEW_A_DAY - begun)

    # -- reviewing ---------------------------------------------------------------------------------------------------

    def intervals(self, item: ReviewItem) -> dict[int, int]:
        """After how many days the question would come back if it were reviewed now, by rating."""
        return self.schedule.intervals(self._cards.card(*item.key), self.today())

    def rate(self, item: ReviewItem, rating: int) -> Rated:
        """Store a review made now."""
        before, today = self._cards.card(*item.key), self.today()
        after = self.schedule.review(item.key, before, rating, today)
        recall = self.schedule.recall(before, today) if before else None
        return Rated(before, after, self._cards.save(after, _review(item.key, self.now(), rating, recall, after)))

    def rate_anew(self, rated: Rated, rating: int) -> Rated:
        """Store another rating of a review just made; raises StoreError if the records were erased since."""
        day = day_of(rated.review.at)
        after = self.schedule.review((rated.after.lesson_id, rated.after.question_id), rated.before, rating, day)
        review = replace(rated.review, rating=rating, interval_days=(after.due - day).days)
        return Rated(rated.before, after, self._cards.change(after, review))


def interleave(items: Sequence[ReviewItem]) -> tuple[ReviewItem, ...]:
    """The items in nearly their order, but none next to one of its own lesson where that can be avoided."""
    left, order = list(items), []
    last = None
    while left:
        counts = Counter(item.key[0] for item in left)
        lesson, count = counts.most_common(1)[0]
        # a lesson with half of what is left would come twice in a row later, unless it comes now
        crowded = lesson if 2 * count > len(left) and lesson != last else None
        fits = (item for item in left if (item.key[0] == crowded if crowded else item.key[0] != last))
        chosen = next(fits, left[0])
        left.remove(chosen)
        order.append(chosen)
        last = chosen.key[0]
    return tuple(order)


def _mixed(due: Sequence[ReviewItem], fresh: Sequence[ReviewItem]) -> list[ReviewItem]:
    """The due items in order, with the fresh ones spread evenly behind them."""
    waiting, mixed = deque(fresh), []
    every = len(due) / (len(fresh) or 1)
    for number, item in enumerate(due, 1):
        mixed.append(item)
        while waiting and number >= every * (len(fresh) - len(waiting) + 1):
            mixed.append(waiting.popleft())
    return [*mixed, *waiting]


def _review(key: CardKey, at: datetime, rating: int, recall: float | None, after: ReviewCard) -> Review:
    return Review(0, *key, at, rating, recall, (after.due - after.last_review).days)
