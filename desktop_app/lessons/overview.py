"""How far a person is: every path and lesson in figures, and when a path is due. The window and the command line show the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Literal

from desktop_app.lessons.lesson import LearningPath, Lesson, LessonId
from desktop_app.records.credentials import Award, PassedLesson, percent
from desktop_app.records.learning import LessonProgress, Pass

LessonState = Literal["new", "started", "completed", "passed"]
STATE_WORDS: Mapping[LessonState, str] = {
    "new": "not started", "started": "started", "completed": "not passed yet", "passed": "passed",
}  # fmt: skip
_SOON_DAYS = 3
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class LessonOverview:
    """One lesson. step is where it was left, from 1; score is from 0.0 to 1.0, None before the first answer."""

    lesson: Lesson
    state: LessonState
    step: int
    steps_done: int
    score: float | None
    minutes_left: int

    @property
    def done(self) -> float:
        """The share of its steps that are done, from 0.0 to 1.0."""
        return self.steps_done / len(self.lesson.steps)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day in time, and how many days are left to it; negative once it is over."""

    day: date
    days_left: int

    @property
    def is_overdue(self) -> bool:
        """True from the day after."""
        return self.days_left < 0

    @property
    def is_soon(self) -> bool:
        """True if it is overdue or nearly."""
        return self.days_left <= _SOON_DAYS

    @property
    def words(self) -> str:
        """ "Due in 5 days", "Due tomorrow", "Due today", "Overdue by 1 day"."""
        if self.is_overdue:
            return f"Overdue by {_count(-self.days_left, 'day')}"
        if self.days_left == 0:
            return "Due today"
        return "Due tomorrow" if self.days_left == 1 else f"Due in {self.days_left} days"


@dataclass(frozen=True, slots=True)
class PathOverview:
    """One path. missing names lessons that cannot be read; due is None if nothing is, not yet, or no longer."""

    path: LearningPath
    lessons: tuple[LessonOverview, ...]
    missing: tuple[LessonId, ...]
    due: Due | None

    @property
    def passed(self) -> int:
        """How many of its lessons are passed."""
        return sum(one.state == "passed" for one in self.lessons)

    @property
    def is_passed(self) -> bool:
        """True if every lesson of the path is there and passed."""
        return bool(self.lessons) and not self.missing and self.passed == len(self.lessons)

    @property
    def is_begun(self) -> bool:
        """True if one of its lessons was opened."""
        return any(one.state != "new" for one in self.lessons)

    @property
    def minutes_left(self) -> int:
        """What is left of the lessons not passed yet."""
        return sum(one.minutes_left for one in self.lessons)

    @property
    def starts_clock(self) -> bool:
        """True if the path will be due once its first lesson is opened."""
        return self.path.within_days is not None and all(one.state == "new" for one in self.lessons)


@dataclass(frozen=True, slots=True)
class Overview:
    """Every path in its order, and the lessons that are on none."""

    paths: tuple[PathOverview, ...]
    others: tuple[LessonOverview, ...]

    @property
    def lessons(self) -> tuple[LessonOverview, ...]:
        """Every lesson once: those of the paths in their order, then the others."""
        found = {one.lesson.id: one for path in self.paths for one in path.lessons}
        return (*found.values(), *self.others)

    def of(self, path: LearningPath | None) -> PathOverview | None:
        """One path's part."""
        return next((one for one in self.paths if path is not None and one.path.id == path.id), None)


def overview(
    paths: Sequence[LearningPath],
    lessons: Sequence[Lesson],
    progress: Mapping[str, LessonProgress],
    now: datetime,
    zone: tzinfo | None = None,
) -> Overview:
    """The figures of all paths and lessons at an aware time; zone is where the person is, None for this computer's."""
    by_id = {lesson.id: lesson_overview(lesson, progress.get(lesson.id)) for lesson in lessons}
    on_paths = {lesson_id for path in paths for lesson_id in path.lessons}
    return Overview(
        tuple(_path(path, by_id, progress, now, zone) for path in paths),
        tuple(one for lesson_id, one in by_id.items() if lesson_id not in on_paths),
    )


def lesson_overview(lesson: Lesson, at: LessonProgress | None) -> LessonOverview:
    """One lesson's figures; steps that its present version no longer has do not count."""
    keys = [step.key for step in lesson.steps]
    if at is None:
        return LessonOverview(lesson, "new", 1, 0, None, lesson.duration_minutes)
    state: LessonState = "passed" if at.passed_at else "completed" if at.completed_at else "started"
    done = len(set(at.steps_done) & set(keys))
    missing = 1 - (at.score or 0.0) if state == "completed" else 1 - done / len(keys)  # what was missed is done again
    left = 0 if state == "passed" else max(1, round(lesson.duration_minutes * missing))
    step = keys.index(at.step_key) + 1 if at.step_key in keys else 1
    return LessonOverview(lesson, state, step, done, at.score, left)


def _path(
    path: LearningPath,
    by_id: Mapping[LessonId, LessonOverview],
    progress: Mapping[str, LessonProgress],
    now: datetime,
    zone: tzinfo | None,
) -> PathOverview:
    found = tuple(by_id[lesson_id] for lesson_id in path.lessons if lesson_id in by_id)
    missing = tuple(lesson_id for lesson_id in path.lessons if lesson_id not in by_id)
    made = PathOverview(path, found, missing, None)
    opened = [progress[lesson_id].started_at for lesson_id in path.lessons if lesson_id in progress]
    if path.within_days is None or not opened or made.is_passed:
        return made
    return PathOverview(path, found, missing, due_at(min(opened), path.within_days, now, zone))


def due_at(opened: datetime, within_days: int, now: datetime, zone: tzinfo | None = None) -> Due:
    """When something opened at a time is due, counted in the days of the person's calendar."""
    day = opened.astimezone(zone).date() + timedelta(days=within_days)
    return Due(day, (day - now.astimezone(zone).date()).days)


def left_words(one: LessonOverview) -> str:
    """Where a lesson was left, as people say it: "Step 2 of 5 · 6 minutes left"."""
    steps = len(one.lesson.steps)
    if one.state == "passed":
        return f"Passed with {percent(one.score or 0.0)}%"
    if one.state == "completed":
        return f"{percent(one.score or 0.0)}% right, {percent(one.lesson.pass_mark)}% needed"
    if one.state == "new":
        return _count(one.lesson.duration_minutes, "minute")
    return f"Step {one.step} of {steps} · {_count(one.minutes_left, 'minute')} left"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


# -- what can be certified -------------------------------------------------------------------------------------------------


def path_award(one: PathOverview, passes: Mapping[str, Pass], learner: str) -> Award | None:
    """What a certificate for a path would say, None before every lesson is passed."""
    if not one.is_passed:
        return None
    lessons = tuple(_passed(part, passes.get(part.lesson.id)) for part in one.lessons)
    path, language = one.path, one.lessons[0].lesson.language
    return Award(f"path/{path.id}", _line(path.title), _line(path.description), _name(learner), language, lessons)


def lesson_award(one: LessonOverview, passes: Mapping[str, Pass], learner: str) -> Award | None:
    """What a certificate for one lesson would say, None before it is passed."""
    if one.state != "passed":
        return None
    lesson = one.lesson
    passed = (_passed(one, passes.get(lesson.id)),)
    title = _line(lesson.title)
    return Award(f"lesson/{lesson.id}", title, _line(lesson.summary) or title, _name(learner), lesson.language, passed)


def _passed(one: LessonOverview, best: Pass | None) -> PassedLesson:
    lesson = one.lesson
    return PassedLesson(
        lesson.id, _line(lesson.title), best.version if best else lesson.version,
        percent(best.score if best else one.score or 0.0), percent(lesson.pass_mark),
        best.at.astimezone().date() if best else None, tuple(map(_line, lesson.objectives)),
    )  # fmt: skip


def _name(learner: str) -> str:
    return _line(learner)[:_LONGEST_NAME]


def _line(text: str) -> str:
    """On one line, and without half a character (a lone surrogate), which a paste can bring along and nothing can sign."""
    return " ".join(text.encode("utf-8", "replace").decode().split())
