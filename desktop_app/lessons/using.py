"""Which lessons use which prompts: in their exercises and in the links of their text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.lessons.lesson import Claims, Lesson, Practice, Prose

_LINK = re.compile(r"\]\(prompt:([a-z][a-z0-9-]{1,59})(?:@[a-z0-9_.-]+)?\)")


@dataclass(frozen=True, slots=True)
class LessonUse:
    """A step of a lesson that uses a prompt."""

    lesson_id: str
    title: str
    step_key: str


def lessons_by_prompt(lessons: Iterable[Lesson]) -> dict[str, tuple[LessonUse, ...]]:
    """The lessons that use each prompt, by prompt id, each lesson once at its first step that does."""
    found: dict[str, dict[str, LessonUse]] = {}
    for lesson in lessons:
        for step in lesson.steps:
            for block in step.blocks:
                for prompt_id in _prompts_in(block):
                    use = LessonUse(lesson.id, lesson.title, step.key)
                    found.setdefault(prompt_id, {}).setdefault(lesson.id, use)
    return {prompt_id: tuple(uses.values()) for prompt_id, uses in found.items()}


def _prompts_in(block: object) -> Iterable[str]:
    if isinstance(block, (Practice, Claims)) and block.prompt:
        return [block.prompt.partition("@")[0]]
    return _LINK.findall(block.markdown) if isinstance(block, Prose) else ()
