"""How well everything is remembered over time: what the model expects day by day, and what reviews showed week by week."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from desktop_app.jobs import Job, Progress
from desktop_app.lessons.schedule import GOOD, REMEMBERED, Schedule, day_of
from desktop_app.records.learning import Review

DAYS = 90


@dataclass(frozen=True, slots=True)
class DayRecall:
    """The mean of the expected recall of the cards there were on a day (from 0.0 to 1.0), and how many they were."""

    day: date
    recall: float
    cards: int


@dataclass(frozen=True, slots=True)
class WeekRecall:
    """The reviews of seven days from start on, first answers not among them, and how many were remembered."""

    start: date
    reviews: int
    remembered: int

    @property
    def share(self) -> float:
        """What was remembered, from 0.0 to 1.0."""
        return self.remembered / self.reviews


@dataclass(frozen=True, slots=True)
class Retention:
    """days has one entry for each day with at least one card, weeks one for each week with at least one review, in order.

    Where there is no day, example has what the span would look like for one question that is known at each review.
    """

    today: date
    days: tuple[DayRecall, ...] = ()
    weeks: tuple[WeekRecall, ...] = ()
    example: tuple[DayRecall, ...] = ()


def retention(
    log: Iterable[Review], today: date, known: Collection[tuple[str, str]], *, span: int = DAYS
) -> Job[Retention]:
    """What span days up to today look like for the cards in known; log has each card's reviews in order.

    A card's day is judged after that day's reviews. Yields Progress in cards.
    """
    yield Progress(0)
    histories: dict[tuple[str, str], list[Review]] = {}
    for review in log:
        histories.setdefault((review.lesson_id, review.question_id), []).append(review)
    first = today - timedelta(days=span - 1)
    schedule = Schedule()
    sums, counts = [0.0] * span, [0] * span
    shown = [key for key in histories if key in known]
    for done, key in enumerate(shown):
        yield Progress(done, len(shown))
        for number, recall in _curve(schedule, histories[key], first, span):
            sums[number] += recall
            counts[number] += 1
    days = tuple(
        DayRecall(first + timedelta(days=number), total / count, count)
        for number, (total, count) in enumerate(zip(sums, counts, strict=True))
        if count
    )
    weeks = _weeks([one for key in shown for one in histories[key]], first, today)
    return Retention(today, days, weeks, () if days else _example(schedule, first, span))


def _curve(schedule: Schedule, history: list[Review], first: date, span: int) -> Iterable[tuple[int, float]]:
    """The card's expected recall on each day of the span that it existed, with the day's number."""
    states = list(schedule.replay(history))
    for state, following in zip(states, [*states[1:], None], strict=True):
        start = max(0, (state.last_review - first).days)
        end = min(span, (following.last_review - first).days) if following else span
        for number in range(start, end):
            yield number, schedule.recall(state, first + timedelta(days=number))


def _example(schedule: Schedule, first: date, span: int) -> tuple[DayRecall, ...]:
    card = schedule.review(("", ""), None, GOOD, first)
    found = []
    for number in range(span):
        day = first + timedelta(days=number)
        found.append(DayRecall(day, schedule.recall(card, day), 1))  # in the morning, before that day's review
        if day == card.due:
            card = schedule.review(("", ""), card, GOOD, day)
    return tuple(found)


def _weeks(reviews: Iterable[Review], first: date, today: date) -> tuple[WeekRecall, ...]:
    """Weeks end today, so that the newest is as long as the others; the oldest may be shorter."""
    found: dict[date, list[bool]] = {}
    for review in reviews:
        day = day_of(review.at)
        if review.expected_recall is not None and first <= day <= today:
            start = today - timedelta(days=(today - day).days // 7 * 7 + 6)
            found.setdefault(start, []).append(review.rating >= REMEMBERED)
    return tuple(WeekRecall(start, len(kept), sum(kept)) for start, kept in sorted(found.items()))
