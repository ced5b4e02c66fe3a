"""How far a person is, when a path is due, and what can be certified."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.lesson import LearningPath, Lesson, LessonId, Step
from desktop_app.lessons.overview import (
    Due,
    LessonOverview,
    PathOverview,
    due_at,
    left_words,
    lesson_award,
    lesson_overview,
    overview,
    path_award,
)
from desktop_app.records.learning import LessonProgress, Pass

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago"]
zones = st.sampled_from(ZONES).map(ZoneInfo)
times = st.datetimes(datetime(2024, 1, 2), datetime(2034, 1, 1), timezones=st.just(UTC))


def a_lesson(lesson_id: str, **fields: object) -> Lesson:
    steps = tuple(Step(f"step-{n}", f"Step {n}", (), n) for n in range(1, 6))
    values: dict[str, object] = {
        "id": LessonId(lesson_id), "title": f"The {lesson_id}", "version": "1.0", "language": "en", "roles": ("everyone",),
        "level": "beginner", "duration_minutes": 10, "objectives": ("You can  do\nit",), "prerequisites": (), "topics": (),
        "pass_mark": 0.8, "attempts": 0, "authors": (), "license": "CC0-1.0", "sources": (), "review_by": None,
        "summary": "About it.", "steps": steps, "path": Path("lesson.md"),
    }  # fmt: skip
    return Lesson(**(values | fields))  # type: ignore[arg-type]


def progress(lesson_id: str, *, at: datetime = NOON, done: int = 0, **fields: object) -> LessonProgress:
    keys = tuple(f"step-{n}" for n in range(1, done + 1))
    known = LessonProgress(lesson_id, "1.0", f"step-{min(done + 1, 5)}", keys, at, at, None, None, None)
    return replace(known, **fields)  # type: ignore[arg-type]


def passed(lesson_id: str, *, at: datetime = NOON, score: float = 0.9) -> LessonProgress:
    return progress(lesson_id, at=at, done=5, completed_at=at, passed_at=at, score=score)


LESSONS = [a_lesson("a"), a_lesson("b"), a_lesson("c"), a_lesson("elsewhere")]
PATH = LearningPath("p", "P", "D", ("everyone",), tuple(map(LessonId, "abc")), within_days=14)


def one_path(*known: LessonProgress, path: LearningPath = PATH, now: datetime = NOON) -> PathOverview:
    [shown] = overview([path], LESSONS, {one.lesson_id: one for one in known}, now, UTC).paths
    return shown


# -- lessons ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "state", "step", "minutes", "words"),
    [
        (None, "new", 1, 10, "10 minutes"),
        (progress("a"), "started", 1, 10, "Step 1 of 5 · 10 minutes left"),
        (progress("a", done=2), "started", 3, 6, "Step 3 of 5 · 6 minutes left"),
        (progress("a", done=5), "started", 5, 1, "Step 5 of 5 · 1 minute left"),
        (progress("a", done=5, completed_at=NOON, score=0.5), "completed", 5, 5, "50% right, 80% needed"),
        (passed("a", score=0.996), "passed", 5, 0, "Passed with 99%"),
    ],
)
def test_a_lesson_says_where_it_was_left(
    at: LessonProgress | None, state: str, step: int, minutes: int, words: str
) -> None:
    shown = lesson_overview(LESSONS[0], at)
    assert (shown.state, shown.step, shown.minutes_left, left_words(shown)) == (state, step, minutes, words)


def test_steps_a_newer_version_no_longer_has_do_not_count() -> None:
    at = progress("a", done=1, steps_done=("gone", "step-1", "away"), step_key="gone")
    shown = lesson_overview(LESSONS[0], at)
    assert (shown.step, shown.steps_done, shown.done) == (1, 1, 0.2)


def test_a_path_counts_its_lessons_and_the_rest_stands_apart() -> None:
    known = {one.lesson_id: one for one in (passed("a"), progress("b", done=2))}
    shown = overview([PATH], LESSONS, known, NOON, UTC)
    [path] = shown.paths
    assert (path.passed, path.minutes_left, path.is_passed) == (1, 16, False)
    assert [one.lesson.id for one in shown.others] == ["elsewhere"]
    assert [one.lesson.id for one in shown.lessons] == ["a", "b", "c", "elsewhere"]
    assert shown.of(PATH) is path and shown.of(None) is None


def test_a_path_with_a_lesson_that_cannot_be_read_is_not_passed() -> None:
    path = replace(PATH, lessons=(LessonId("a"), LessonId("gone")))
    shown = one_path(passed("a"), path=path)
    assert (shown.missing, shown.is_passed, shown.due is not None) == (("gone",), False, True)


# -- due -------------------------------------------------------------------------------------------------------------------


def test_a_path_is_due_from_the_day_its_first_lesson_was_opened() -> None:
    shown = one_path(progress("b", at=NOON - timedelta(days=3)), progress("a", at=NOON))
    assert shown.due == Due((NOON + timedelta(days=11)).date(), 11)
    assert not shown.starts_clock


def test_a_path_is_not_due_before_it_is_begun_after_it_is_passed_or_without_a_limit() -> None:
    begun = progress("a", at=NOON - timedelta(days=400))
    assert one_path().due is None and one_path().starts_clock
    assert one_path(*map(passed, "abc"), now=NOON + timedelta(days=99)).due is None
    assert one_path(begun, path=replace(PATH, within_days=None)).due is None
    assert one_path(begun).due is not None


@pytest.mark.parametrize(
    ("days", "words", "soon", "over"),
    [
        (14, "Due in 14 days", False, False), (3, "Due in 3 days", True, False), (1, "Due tomorrow", True, False),
        (0, "Due today", True, False), (-1, "Overdue by 1 day", True, True), (-30, "Overdue by 30 days", True, True),
    ],
)  # fmt: skip
def test_due_in_words(days: int, words: str, soon: bool, over: bool) -> None:
    due = Due(NOON.date(), days)
    assert (due.words, due.is_soon, due.is_overdue) == (words, soon, over)


def test_the_last_day_counts_to_its_end_and_also_where_clocks_are_changed() -> None:
    berlin = ZoneInfo("Europe/Berlin")  # summer time begins on 29 March 2026
    opened = datetime(2026, 3, 15, 23, 30, tzinfo=berlin)
    assert due_at(opened, 14, datetime(2026, 3, 29, 23, 59, tzinfo=berlin), berlin).words == "Due today"
    assert due_at(opened, 14, datetime(2026, 3, 30, 0, 0, tzinfo=berlin), berlin).words == "Overdue by 1 day"


@given(times, st.integers(1, 3650), times, zones)
def test_overdue_means_that_the_persons_calendar_is_past_the_day(
    opened: datetime, within: int, now: datetime, zone: ZoneInfo
) -> None:
    due = due_at(opened, within, now, zone)
    assert due.is_overdue == (now.astimezone(zone).date() > due.day)
    assert due.day - opened.astimezone(zone).date() == timedelta(days=within)
    assert abs((due_at(opened, within, now, UTC).day - due.day).days) <= 1


@given(times, st.integers(1, 60), zones, st.timedeltas(timedelta(), timedelta(days=90)))
def test_time_only_brings_it_nearer_and_the_zone_of_now_does_not_matter(
    opened: datetime, within: int, zone: ZoneInfo, later: timedelta
) -> None:
    first, second = due_at(opened, within, opened, zone), due_at(opened, within, opened + later, zone)
    assert first.days_left == within and second.days_left <= within
    assert due_at(opened.astimezone(zone), within, (opened + later).astimezone(zone), zone) == second


# -- what can be certified -------------------------------------------------------------------------------------------------


def test_a_passed_path_certifies_what_was_passed_in_which_version() -> None:
    passes = {"a": Pass("a", "0.9", NOON, 0.996), "b": Pass("b", "1.0", NOON, 1.0)}
    award = path_award(one_path(*map(passed, "abc")), passes, "  Mara\n Lind ")
    assert award is not None
    assert (award.subject, award.title, award.learner, award.language) == ("path/p", "P", "Mara Lind", "en")
    facts = [(one.id, one.version, one.percent, one.needed) for one in award.lessons]
    assert facts == [("a", "0.9", 99, 80), ("b", "1.0", 100, 80), ("c", "1.0", 90, 80)]
    assert award.lessons[0].objectives == ("You can do it",)
    assert award.lessons[0].passed_on == NOON.astimezone().date()


def test_a_lesson_certifies_itself() -> None:
    award = lesson_award(lesson_overview(LESSONS[1], passed("b")), {}, "Mara")
    assert award is not None
    assert (award.subject, award.title, award.description) == ("lesson/b", "The b", "About it.")
    assert len(award.lessons) == 1


@pytest.mark.parametrize(
    "known", [[], [passed("a")], [passed("a"), passed("b"), progress("c", done=5, completed_at=NOON)]]
)
def test_nothing_is_certified_before_every_lesson_is_passed(known: list[LessonProgress]) -> None:
    assert path_award(one_path(*known), {}, "Mara") is None


def test_a_lesson_that_is_not_passed_certifies_nothing() -> None:
    shown: LessonOverview = lesson_overview(LESSONS[0], progress("a", done=5, completed_at=NOON, score=0.5))
    assert lesson_award(shown, {}, "Mara") is None
