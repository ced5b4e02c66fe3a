"""Which lessons use a prompt: exercises and links count, each lesson once."""

from __future__ import annotations

from pathlib import Path

from desktop_app.lessons.parse import read_lesson
from desktop_app.lessons.using import LessonUse, lessons_by_prompt
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.lessons.builders import lesson_text, write_lesson


def test_the_shipped_lessons_name_their_prompts() -> None:
    services = Services(Locations.find())
    used = lessons_by_prompt(services.lessons.lessons())
    assert set(used) <= set(services.prompts.ids())
    assert "message-facts" in used and [use.lesson_id for use in used["shorten-notice"]] == ["what-generative-ai-is"]


def test_a_link_and_an_exercise_are_one_use_at_the_first_step(tmp_path: Path) -> None:
    text = lesson_text(
        "## One\n\nSee [this](prompt:shorten-notice@approved).\n\n"
        "## Two\n\n```practice\nid: p\ntitle: T\ntask: Do it.\nprompt: shorten-notice\n```\n"
    )
    lesson = read_lesson(write_lesson(tmp_path, text))
    assert lessons_by_prompt([lesson]) == {"shorten-notice": (LessonUse(lesson.id, lesson.title, "one"),)}
