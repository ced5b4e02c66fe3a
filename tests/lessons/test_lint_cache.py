"""A result is kept as long as nothing it rests on has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop_app.jobs import finish
from desktop_app.lessons.known import Known, known_in
from desktop_app.lessons.lint_cache import LintCache
from desktop_app.lessons.problem import Problem

from .builders import BODY, lesson_text, write_lesson

TODAY = date(2026, 6, 1)
KNOWN = Known(lessons={"sample"}, roles={"everyone": ""}, stamp="1")


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    file = write_lesson(tmp_path / "lessons", lesson_text(f"{BODY}\n![a](a.png)\n"))
    (file.parent / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return file


def checked(lesson: Path, known: Known = KNOWN, today: date = TODAY) -> tuple[list[Problem], int]:
    """The problems and how many files came from the cache."""
    cache = LintCache(lesson.parents[2] / "cache" / "lint.json", known, today)
    return finish(cache.lint_all([lesson])), cache.hits


def test_the_second_time_it_comes_from_the_cache_and_is_the_same(lesson: Path) -> None:
    lesson.write_text(lesson.read_text() + "\n[x](nowhere)\n")
    first, hits = checked(lesson)
    assert ([problem.code for problem in first], hits) == (["L401"], 0)
    assert checked(lesson) == (first, 1)


@pytest.mark.parametrize(
    "change",
    [
        lambda lesson: lesson.write_text(lesson.read_text() + "more"),
        lambda lesson: (lesson.parent / "a.png").unlink(),
        lambda lesson: (lesson.parent / "a.png").write_bytes(b"text"),
        lambda lesson: (lesson.parent / "lesson.de.md").write_text("new"),
    ],
    ids=["the file", "an image goes", "an image changes", "a translation comes"],
)
def test_a_change_beside_it_is_seen(lesson: Path, change: Callable[[Path], object]) -> None:
    checked(lesson)
    change(lesson)
    assert checked(lesson)[1] == 0


def test_another_day_or_other_lessons_are_seen(lesson: Path) -> None:
    checked(lesson)
    assert checked(lesson, today=date(2026, 6, 2))[1] == 0
    assert checked(lesson, replace(KNOWN, stamp="2"))[1] == 0
    assert checked(lesson, replace(KNOWN, stamp="2"))[1] == 1


def test_a_review_date_that_passes_is_reported_from_that_day_on(lesson: Path) -> None:
    lesson.write_text(lesson_text(review_by="2026-06-01"))
    assert checked(lesson)[0] == []
    assert [problem.code for problem in checked(lesson, today=date(2026, 6, 2))[0]] == ["L109"]


@pytest.mark.parametrize(
    "damage", [b"", b"{", b"[]", b'{"a": 1}', b"\xff\xfe", b'{"x": {"stamp": "", "problems": [1]}}']
)
def test_a_damaged_cache_is_made_anew(lesson: Path, damage: bytes) -> None:
    first = checked(lesson)[0]
    file = lesson.parents[2] / "cache" / "lint.json"
    file.write_bytes(damage)
    assert checked(lesson) == (first, 0)
    assert checked(lesson)[1] == 1


def test_a_cache_that_cannot_be_written_changes_nothing(lesson: Path) -> None:
    (lesson.parents[2] / "cache").write_text("a file in the way")
    assert checked(lesson) == ([], 0)


def test_a_job_closed_early_keeps_what_it_has(lesson: Path) -> None:
    file = lesson.parents[2] / "cache" / "lint.json"
    others = [write_lesson(lesson.parents[1], lesson_text(id=f"l{n}"), f"l{n}") for n in range(30)]
    job = LintCache(file, KNOWN, TODAY).lint_all(others)
    next(job), next(job)
    job.close()
    again = LintCache(file, KNOWN, TODAY)
    finish(again.lint_all(others))
    assert again.hits == 20


def test_known_changes_with_what_it_is_made_of(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    stamps = {known_in([tmp_path], (), (), ()).stamp, known_in([tmp_path], ("a",), (), ()).stamp}
    (tmp_path / "terms.yml").write_text("terms: []")
    stamps.add(known_in([tmp_path], (), (), ()).stamp)
    (tmp_path / "documents" / "a.md").write_text("")
    stamps.add(known_in([tmp_path], (), (), ()).stamp)
    assert len(stamps) == 4
