"""Lesson files for tests: a front matter with everything in order, and a body of the test's own."""

from __future__ import annotations

from pathlib import Path

FRONT = {
    "id": "sample",
    "title": "A sample",
    "version": '"1.0"',
    "language": "en",
    "roles": "[everyone]",
    "level": "beginner",
    "duration": "PT1M",
    "summary": "A lesson for tests.",
    "objectives": "[Know it.]",
    "sources": "[{title: Ourselves, checked: 2026-05-01}]",
}
QUIZ = "<!-- id: q -->\nWhich?\n\n[(X)] this\n[( )] that\n"
# Long enough that one minute fits: 100 words and a question.
WORDS = ("word " * 7 + "word. ") * 10
BODY = f"## Start\n\n{WORDS}\n\n{QUIZ}"


def lesson_text(body: str = BODY, **fields: str | None) -> str:
    """A lesson; a field given as None is left out."""
    front = {**FRONT, **fields}
    lines = "".join(f"{name}: {value}\n" for name, value in front.items() if value is not None)
    return f"---\n{lines}---\n{body}"


def body_line(text: str) -> int:
    """The number of the body's first line."""
    return text.split("\n").index("---", 1) + 2


def write_lesson(folder: Path, text: str, lesson_id: str = "sample") -> Path:
    """Put a lesson into its own folder below folder."""
    file = folder / lesson_id / "lesson.md"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file
