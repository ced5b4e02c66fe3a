"""What an export is made of: the lessons in order, and what they refer to, all read before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from desktop_app.errors import AppError
from desktop_app.lessons.documents import Document, DocumentLibrary
from desktop_app.lessons.glossary import Glossary, GlossaryLibrary
from desktop_app.lessons.lesson import Claims, LearningPath, Lesson, Practice, Redact
from desktop_app.lessons.library import LessonLibrary
from desktop_app.prompts.library import PromptLibrary
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.render import render

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Course:
    """One lesson, or all lessons of a path in its order.

    documents (by id) and prompts (by reference) hold what the exercises name and could be read; whatever is not in them
    is reported where it is missing. glossary explains the words that lessons link to, in the course's language. resources is the
    folder with the player, the icons and the fonts.
    """

    id: str
    title: str
    description: str
    lessons: tuple[Lesson, ...]
    resources: Path
    is_path: bool = False
    documents: Mapping[str, Document] = field(default_factory=dict)
    prompts: Mapping[str, PromptVersion] = field(default_factory=dict)
    glossary: Glossary = field(default_factory=Glossary)

    @property
    def language(self) -> str:
        """The language of the first lesson."""
        return self.lessons[0].language

    def prompt_text(self, practice: Practice) -> str:
        """The words to send to a model, "" if the prompt cannot be read or filled."""
        if not practice.prompt:
            return practice.start
        version = self.prompts.get(practice.prompt)
        if version is None:
            return ""
        known = {item.name for item in version.inputs}
        try:
            messages = render(version, {name: value for name, value in practice.values.items() if name in known})
        except AppError:  # a value that the learner is to fill in: the template shows where
            messages = version.messages
        return "\n\n".join(message.content.strip() for message in messages if message.role != "assistant")

    def source_text(self, claims: Claims) -> str:
        """The source that claims are checked against, "" if its document cannot be read."""
        document = self.documents.get(claims.document)
        return claims.source or (document.text if document else "")


def course_of(
    wanted: str,
    lessons: LessonLibrary,
    documents: DocumentLibrary,
    prompts: PromptLibrary,
    resources: Path,
    glossary: GlossaryLibrary | None = None,
) -> Course:
    """The course for a lesson's id, or for a path's if no lesson has it.

    Raises AppError if there is neither, ContentError if one of the lessons cannot be read.
    """
    path = next((path for path in lessons.paths() if path.id == wanted), None)
    if path is not None and wanted not in lessons.ids():
        return course_of_path(path, lessons, documents, prompts, resources, glossary)
    lesson = lessons.get(wanted)
    return course_of_lessons((lesson,), documents, prompts, resources, glossary=glossary)


def course_of_path(
    path: LearningPath,
    lessons: LessonLibrary,
    documents: DocumentLibrary,
    prompts: PromptLibrary,
    resources: Path,
    glossary: GlossaryLibrary | None = None,
) -> Course:
    """All lessons of a path; raises as LessonLibrary.get does for one that cannot be read."""
    members = tuple(lessons.get(lesson_id) for lesson_id in path.lessons)
    return course_of_lessons(members, documents, prompts, resources, path, glossary)


def course_of_lessons(
    members: tuple[Lesson, ...],
    documents: DocumentLibrary,
    prompts: PromptLibrary,
    resources: Path,
    path: LearningPath | None = None,
    glossary: GlossaryLibrary | None = None,
) -> Course:
    """These lessons as they are, such as one that is being written; a path gives them a common title."""
    exercises = [exercise for lesson in members for exercise in lesson.exercises]
    named = [e.document for e in exercises if isinstance(e, Claims | Redact) and e.document]
    wanted = [e.prompt for e in exercises if isinstance(e, Practice) and e.prompt]
    first = members[0]
    return Course(
        id=path.id if path else first.id,
        title=path.title if path else first.title,
        description=path.description if path else first.summary,
        lessons=members,
        resources=resources,
        is_path=path is not None,
        documents=_readable(named, documents.get),
        prompts=_readable(wanted, prompts.resolve),
        glossary=glossary.in_language(first.language) if glossary else Glossary(),
    )


def _readable(names: Iterable[str], get: Callable[[str], T]) -> dict[str, T]:
    found = {}
    for name in dict.fromkeys(names):
        try:
            found[name] = get(name)
        except AppError:  # the export says so where the exercise stands
            continue
    return found
