"""Writing the open lesson in the formats of lessons/interchange, and as a PDF."""

from __future__ import annotations

from pathlib import Path

from desktop_app.jobs import Job, Progress
from desktop_app.lessons.documents import DocumentLibrary
from desktop_app.lessons.glossary import GlossaryLibrary
from desktop_app.lessons.interchange.course import course_of_lessons
from desktop_app.lessons.interchange.export import packed
from desktop_app.lessons.lesson import Lesson
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically
from desktop_app.ui.printing.lesson_pdf import ALL_FORMATS


def formats() -> tuple[tuple[str, str, str, str], ...]:
    """Id, name, file name's end and explanation of each format."""
    return tuple((one.id, one.name, one.suffix, one.says) for one in ALL_FORMATS.values())


def export_lesson(services: Services, lesson: Lesson, root: Path, form: str, target: Path) -> Job[tuple[str, ...]]:
    """Write a lesson to target; return what the format could not carry, as lines. Raises AppError."""
    yield Progress(0, 2, "Reading what the lesson refers to")
    folders = (root, *services.locations.content)
    documents = DocumentLibrary([folder / "documents" for folder in folders])
    resources, glossary = services.locations.resources, GlossaryLibrary(folders)
    course = course_of_lessons((lesson,), documents, services.prompts, resources, glossary=glossary)
    yield Progress(1, 2, f"Writing {target.name}")
    package = ALL_FORMATS[form].write(course)
    write_atomically(target, packed(ALL_FORMATS[form], package), mode=0o644)
    return tuple(str(note) for note in package.notes)
