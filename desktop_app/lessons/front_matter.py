"""The YAML between the two --- lines at the top of a lesson (schema: resources/schemas/lesson.schema.json)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import cast

from desktop_app.errors import ContentError
from desktop_app.lessons.fields import ID, ID_SAYS, Codes, Fields
from desktop_app.lessons.lesson import LessonId, Level, Source
from desktop_app.lessons.problem import Problems
from desktop_app.storage.yaml_text import load_yaml_with_lines

LEVELS = ("beginner", "intermediate", "advanced")
DEFAULT_PASS_MARK = 0.8
_CODES = Codes("L103", "L104", "L105")
_VERSION = re.compile(r"(?:0|[1-9][0-9]{0,5})(?:\.(?:0|[1-9][0-9]{0,5})){1,2}")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_DURATION = re.compile(r"PT(?=[0-9])(?:([0-9]{1,2})H)?(?:([0-9]{1,3})M)?")
_URL = re.compile(r"https://[^\s<>\"\\]{1,2000}")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The fields of a lesson that do not come from its body; named as in Lesson."""

    id: LessonId
    title: str
    version: str
    language: str
    roles: tuple[str, ...]
    level: Level
    duration_minutes: int
    summary: str
    objectives: tuple[str, ...]
    prerequisites: tuple[LessonId, ...]
    topics: tuple[str, ...]
    pass_mark: float
    attempts: int
    authors: tuple[str, ...]
    license: str
    sources: tuple[Source, ...]
    review_by: date | None


def split_front_matter(lines: list[str], problems: Problems) -> tuple[str, int] | None:
    """The front matter's text and the index of the body's first line; None and a problem if it is not there."""
    if not lines or lines[0].rstrip() != "---":
        problems.add("L101", "The file must start with a line --- and the front matter. Add it at the very top.", 1)
        return None
    for index in range(1, len(lines)):
        if lines[index].rstrip() == "---":
            return "\n".join(lines[1:index]), index + 1
    problems.add("L101", "The front matter is never closed. Add a line --- after its last field.", 1)
    return None


def read_front_matter(text: str, problems: Problems) -> FrontMatter | None:
    """The checked fields; None only if text is not a YAML mapping at all. What is wrong is noted and has a default."""
    try:
        value, lines = load_yaml_with_lines(text, problems.path, first_line=2)
    except ContentError as error:
        problems.add_error("L102", error)
        return None
    if not isinstance(value, dict):
        problems.add("L102", "The front matter has no fields. Write each as name: value.", 2)
        return None
    fields = Fields(value, lines, problems, _CODES)
    front = FrontMatter(
        id=LessonId(fields.text("id", required=True, pattern=ID, says=ID_SAYS)),
        title=fields.text("title", required=True, longest=120),
        version=fields.text("version", required=True, pattern=_VERSION, says="a version such as 1.0 or 1.2.3"),
        language=fields.text("language", required=True, pattern=_LANGUAGE, says="a language tag such as en or pt-BR"),
        roles=fields.texts("roles", required=True, pattern=ID, says=ID_SAYS),
        level=cast(Level, fields.one_of("level", LEVELS, required=True, default="beginner")),
        duration_minutes=_minutes(fields),
        summary=fields.text("summary", required=True),
        objectives=fields.texts("objectives", required=True),
        prerequisites=tuple(map(LessonId, fields.texts("prerequisites", pattern=ID, says=ID_SAYS))),
        topics=fields.texts("topics", longest=60),
        pass_mark=fields.number("pass_mark", 0, 1, DEFAULT_PASS_MARK),
        attempts=fields.integer("attempts", 0, 100, 0),
        authors=fields.texts("authors", longest=120),
        license=fields.text("license", longest=120),
        sources=tuple(map(_source, fields.mappings("sources"))),
        review_by=fields.day("review_by"),
    )
    fields.finish()
    return front


def _minutes(fields: Fields) -> int:
    text = fields.text("duration", required=True, pattern=_DURATION, says="hours and minutes such as PT10M or PT1H30M")
    if not (match := _DURATION.fullmatch(text)):
        return 0
    minutes = int(match[1] or 0) * 60 + int(match[2] or 0)
    if not minutes:
        fields.wrong("duration must be longer than no time at all.", "duration")
    return minutes


def _source(fields: Fields) -> Source:
    source = Source(
        title=fields.text("title", required=True),
        url=fields.text("url", pattern=_URL, says="an address that starts with https://", longest=2000),
        checked=fields.day("checked"),
    )
    fields.finish()
    return source
