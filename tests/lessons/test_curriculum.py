"""What every lesson and path that ships must have; the words themselves are for people to judge."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from desktop_app.lessons.lesson import Claims, Decision, LearningPath, Lesson, Practice, Prose, Quiz, Redact
from desktop_app.lessons.library import LessonLibrary
from desktop_app.policy.vocabulary import ROLES

CONTENT = Path(__file__).parents[2] / "content"
LIBRARY = LessonLibrary([CONTENT / "lessons"], [CONTENT / "paths"])
LESSONS, PATHS = LIBRARY.in_path_order(), LIBRARY.paths()
CAPSTONES = [lesson for lesson in LESSONS if "capstone" in lesson.topics]
each_lesson = pytest.mark.parametrize("lesson", LESSONS, ids=[lesson.id for lesson in LESSONS])
each_capstone = pytest.mark.parametrize("lesson", CAPSTONES, ids=[lesson.id for lesson in CAPSTONES])


def test_there_is_a_path_for_everyone_and_one_for_every_role() -> None:
    assert not LIBRARY.problems
    assert {role for path in PATHS for role in path.roles} == set(ROLES)
    assert PATHS[0].id == "foundations"
    assert len(PATHS[0].lessons) >= 8


@pytest.mark.parametrize("path", PATHS[1:], ids=[path.id for path in PATHS[1:]])
def test_a_role_path_builds_on_foundations_and_ends_in_its_capstone(path: LearningPath) -> None:
    assert path.after == ("foundations",)
    assert len(path.lessons) >= 4
    on_it = [LIBRARY.get(lesson_id) for lesson_id in path.lessons]
    assert ["capstone" in lesson.topics for lesson in on_it] == [False] * (len(on_it) - 1) + [True]
    assert all(lesson.roles == path.roles for lesson in on_it)
    assert len(re.findall(r"[.!?](?:\s|$)", path.description)) == 1, "the promise is one sentence"


def test_every_lesson_is_on_one_path_and_comes_after_its_prerequisites() -> None:
    order = [lesson_id for path in PATHS for lesson_id in path.lessons]
    assert sorted(order) == sorted(lesson.id for lesson in LESSONS)
    for lesson in LESSONS:
        for before in lesson.prerequisites:
            assert order.index(before) < order.index(lesson.id), f"{before} comes after {lesson.id}"


@each_lesson
def test_a_lesson_takes_eight_to_fifteen_minutes_and_says_where_its_facts_are_from(lesson: Lesson) -> None:
    assert 8 <= lesson.duration_minutes <= 15
    assert lesson.sources and all(source.checked for source in lesson.sources)
    assert lesson.review_by is not None and lesson.review_by > date(2026, 11, 22)
    assert not lesson.is_draft


@each_lesson
def test_a_lesson_asks_at_least_five_questions_of_three_kinds_and_every_option_teaches(lesson: Lesson) -> None:
    assert len(lesson.questions) >= 5
    assert len({quiz.kind for quiz in lesson.questions}) >= 3
    for quiz in lesson.questions:
        if quiz.kind in ("single", "multiple"):
            assert all(choice.feedback for choice in quiz.choices), f"{lesson.id}/{quiz.id}"


@each_lesson
def test_a_lesson_has_an_exercise_with_a_good_and_a_careless_sample(lesson: Lesson) -> None:
    with_both = [p for p in lesson.practices if {sample.passes for sample in p.samples} == {True, False}]
    assert with_both
    assert all(practice.samples for practice in lesson.practices), "lesson try has something to try in each exercise"
    assert any(len(practice.seeds) >= 3 for practice in with_both)


@each_lesson
def test_a_lesson_ends_with_something_to_take_away(lesson: Lesson) -> None:
    words = "\n".join(block.markdown for block in lesson.steps[-1].blocks if isinstance(block, Prose))
    assert "](prompt:" in words or len(re.findall(r"(?m)^(?:[-*]|\d+\.) ", words)) >= 3


@each_lesson
def test_the_right_option_cannot_be_told_by_its_place(lesson: Lesson) -> None:
    singles = [quiz for quiz in lesson.questions if quiz.kind == "single"]
    places = {next(at for at, choice in enumerate(quiz.choices) if choice.right) for quiz in singles}
    assert len(singles) < 3 or len(places) > 1


@each_capstone
def test_a_capstone_has_everything_an_hour_of_the_job_asks_for(lesson: Lesson) -> None:
    kinds = {type(exercise) for exercise in lesson.exercises}
    assert kinds == {Practice, Claims, Redact, Decision}
    practice = next(one for one in lesson.practices if one.prompt)
    assert len(practice.seeds) >= 3 and practice.prompt_checks and practice.expect and practice.rubric
    documents = {one.document for one in lesson.exercises if isinstance(one, (Claims, Redact)) and one.document}
    assert documents


def test_no_two_questions_of_the_curriculum_ask_the_same() -> None:
    asked: dict[str, str] = {}
    for lesson in LESSONS:
        for quiz in lesson.questions:
            words = " ".join(re.findall(r"\w+", _whole(quiz).lower()))
            assert words not in asked, f"{lesson.id}/{quiz.id} asks what {asked[words]} asks"
            asked[words] = f"{lesson.id}/{quiz.id}"


def _whole(quiz: Quiz) -> str:
    return " ".join(
        [quiz.question, quiz.body, *(choice.text for choice in quiz.choices), *(row.text for row in quiz.rows)]
    )


def test_foundations_can_be_read_in_german() -> None:
    for lesson_id in PATHS[0].lessons:
        assert LIBRARY.languages(lesson_id) == ("en", "de")
        assert LIBRARY.get(lesson_id, "de").language == "de", f"{lesson_id}: the translation does not match"
