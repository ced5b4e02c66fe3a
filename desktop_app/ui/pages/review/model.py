"""What Review shows: what is due, the session's present question with its rating, the end; and retention over time."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Event
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.lessons.lesson import Answer, QuestionId
from desktop_app.lessons.retention import Retention, retention
from desktop_app.lessons.review import SESSION_TIME, Rated, ReviewItem, ReviewStatus
from desktop_app.lessons.schedule import RATINGS, REMEMBERED, rating_of
from desktop_app.lessons.scoring import score
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.learn.model import QuestionState


class ReviewQuestion(QObject):
    """One question outside a lesson, with what a quiz card asks of its model. Signals: question_changed(QuestionState).

    Tries have no limit; only the first answer is anybody's business (answered). Nothing typed is stored.
    """

    question_changed = Signal(object)
    answered = Signal()  # the first time

    def __init__(self, state: QuestionState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.state = state

    def answer(self, question_id: QuestionId, answer: Answer) -> None:
        """Score an answer."""
        if not self.state.may_answer:
            return
        result, tries = score(self.state.quiz, answer), self.state.tries + 1
        best = max(result.value, self.state.best or 0.0)
        self._update(replace(self.state, answer=answer, score=result, draft=None, tries=tries, best=best))
        if tries == 1:
            self.answered.emit()

    def keep(self, question_id: QuestionId, draft: Answer) -> None:
        """Remember what is given but not checked, as long as the question is shown."""
        if self.state.may_answer:
            self.state = replace(self.state, draft=draft)

    def try_again(self, question_id: QuestionId) -> None:
        """Open the question for another answer, for practice; one made of parts stays, to be made better."""
        draft = None if self.state.quiz.kind in ("single", "multiple") else self.state.answer
        self._update(replace(self.state, score=None, answer=None, draft=draft, solution_shown=False))

    def hint(self, question_id: QuestionId) -> None:
        """Show one more hint."""
        self._update(replace(self.state, hints=min(self.state.hints + 1, len(self.state.quiz.hints))))

    def show_solution(self, question_id: QuestionId) -> None:
        """Show the worked solution; only after a try."""
        if self.state.tries:
            self._update(replace(self.state, solution_shown=True))

    def _update(self, state: QuestionState) -> None:
        self.state = state
        self.question_changed.emit(state)


@dataclass(frozen=True, slots=True)
class Done:
    """A question of the session that was reviewed: its rating and when it is seen next."""

    item: ReviewItem
    rating: int
    due: date

    @property
    def is_remembered(self) -> bool:
        """True from "hard" on."""
        return self.rating >= REMEMBERED


@dataclass(frozen=True, slots=True)
class ReviewState:
    """phase is "overview" before and between sessions. number counts the session's questions from 1.

    rating is 0 until the question is answered; intervals has the days after which it would come back, by rating.
    out_of_time tells an end by the clock from one by having asked everything.
    """

    phase: Literal["overview", "question", "end"] = "overview"
    today: date = date.min
    status: ReviewStatus = ReviewStatus()
    item: ReviewItem | None = None
    number: int = 0
    total: int = 0
    rating: int = 0
    intervals: tuple[int, ...] = ()
    done: tuple[Done, ...] = ()
    out_of_time: bool = False
    problem: str = ""

    @property
    def interval_days(self) -> int:
        """After how many days the present question comes back."""
        return self.intervals[self.rating - 1]


class ReviewModel(QObject):
    """Signals: changed(ReviewState), after every change. curves has what the plots show."""

    changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.curves = RetentionModel(services, jobs, self)
        self.state = ReviewState()
        self.question: ReviewQuestion | None = None
        self._left: list[ReviewItem] = []
        self._rated: Rated | None = None
        self._first_rating = 0
        self._started: datetime | None = None

    def reload(self) -> None:
        """Read what is due again; a session that is under way stays."""
        desk = self._services.reviews
        try:
            desk.enrol()
            self._show(status=desk.status(), today=desk.today(), problem="")
        except AppError as error:
            self._show(problem=str(error))

    def open(self) -> None:
        """Show the present session, or what is due and the curves; raises StoreError if the records cannot be read."""
        if self.state.phase == "end":
            self._show(phase="overview")
        self.reload()
        self.curves.reload()

    def forget(self) -> None:
        """Drop the session: the records were erased."""
        self._left, self._rated, self.question = [], None, None
        self._show(phase="overview", item=None, done=())
        self.reload()

    def close(self) -> None:
        """End what is computed in the background."""
        self.curves.close()

    def start(self) -> None:
        """Begin a session, or go on with the present one."""
        if self.state.phase == "question":
            return
        self.reload()
        desk = self._services.reviews
        self._left = list(desk.session())
        self._started = desk.now()
        self._show(number=0, total=len(self._left), done=(), out_of_time=False)
        if self._left:
            self._ask()

    def next(self) -> None:
        """Go to the next question once the present one is answered, or to the end."""
        if self.state.phase != "question" or self.question is None or not self.question.state.tries:
            return
        if not self.state.rating:
            self._store()  # which failed when the question was answered
            return
        late = bool(self._started) and self._services.reviews.now() - self._started >= SESSION_TIME
        if self._left and not late:
            self._ask()
        else:
            self._finish(out_of_time=bool(self._left))

    def leave(self) -> None:
        """End the session here; what was answered is stored already."""
        self._finish()
        self._show(phase="overview")

    def rate(self, rating: int) -> None:
        """Rate the answered question anew."""
        if self._rated is None or rating == self.state.rating or rating not in RATINGS:
            return
        try:
            self._rated = self._services.reviews.rate_anew(self._rated, rating)
        except AppError as error:
            self._show(problem=str(error))
            return
        self._show_rated(self.state.done[:-1])

    # -- inside ------------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        item = self._left.pop(0)
        self._rated = None
        if self.question is not None:
            self.question.deleteLater()
        self.question = ReviewQuestion(QuestionState(item.quiz), self)
        self.question.answered.connect(self._on_answered)
        self._first_rating = 0
        self._show(phase="question", item=item, number=self.state.number + 1, rating=0, intervals=(), problem="")

    def _on_answered(self) -> None:
        assert self.question is not None and self.question.state.score is not None
        self._first_rating = rating_of(self.question.state.score.value, self.question.state.hints)
        self._store()

    def _store(self) -> None:
        assert self.state.item is not None
        desk, item = self._services.reviews, self.state.item
        try:
            intervals = tuple(desk.intervals(item).values())
            self._rated = desk.rate(item, self._first_rating)
        except AppError as error:
            self._show(problem=str(error))
            return
        self._show(intervals=intervals)
        self._show_rated(self.state.done)

    def _show_rated(self, before: tuple[Done, ...]) -> None:
        assert self._rated is not None and self.state.item is not None
        done = Done(self.state.item, self._rated.review.rating, self._rated.after.due)
        self._show(rating=done.rating, done=(*before, done), problem="")
        with suppress(AppError):  # the review is stored; how many are left is told the next time
            self._show(status=self._services.reviews.status())

    def _finish(self, *, out_of_time: bool = False) -> None:
        self._left, self._rated = [], None
        self.reload()
        self._show(phase="end", item=None, out_of_time=out_of_time)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


@dataclass(frozen=True, slots=True)
class RetentionState:
    """What the plots draw; forecast has a day and a number of questions for today and each of the 13 days after it."""

    retention: Retention = Retention(date.min)
    forecast: tuple[tuple[date, int], ...] = ()


class RetentionModel(QObject):
    """Signals: changed(RetentionState), after every change."""

    changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = RetentionState()
        self._cancel = Event()

    def reload(self) -> None:
        """Compute the curves again, in the background; raises StoreError if the records cannot be read."""
        desk = self._services.reviews
        known, today = frozenset(desk.items()), desk.today()
        self.state = replace(self.state, forecast=desk.forecast())
        self._cancel.set()
        job = retention(self._services.learner.reviews.log(), today, known)
        self._cancel = self._jobs.start(job, self._on_computed, self._on_failed)

    def close(self) -> None:
        """End a computation that runs."""
        self._cancel.set()

    def _on_computed(self, found: Retention) -> None:
        self.state = replace(self.state, retention=found)
        self.changed.emit(self.state)

    def _on_failed(self, error: Exception) -> None:
        raise error
