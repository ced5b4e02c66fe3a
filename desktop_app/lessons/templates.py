"""Complete examples to start from: a lesson, a path, a document, a question of each kind and each exercise.

The texts are files in resources/templates/. A lesson is put together from them, so that each example stands once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from desktop_app.errors import AppError, StoreError
from desktop_app.lessons.fields import ID, ID_SAYS
from desktop_app.lessons.parse import slug
from desktop_app.policy.vocabulary import ROLES
from desktop_app.storage.files import write_atomically

FEWEST_MINUTES, MOST_MINUTES = 3, 15
_SHORT_UNTIL, _ONE_PRACTICE_UNTIL = 5, 10
_PART = re.compile(r"^\{\{([a-z-]+)\}\}$", re.MULTILINE)
_OWN_ID = re.compile(r"(?m)^(<!-- id: |id: )([a-z0-9-]+)")
_IDS = re.compile(r"(?m)^\s*(?:<!--\s*)?id:\s*[\"']?([a-z0-9-]+)")


@dataclass(frozen=True, slots=True)
class Snippet:
    """Something to insert into a lesson: name is its file's in resources/templates, title what a menu says."""

    name: str
    title: str
    group: str  # "Question" or "Exercise"


SNIPPETS = (
    Snippet("quiz-single", "One right answer", "Question"),
    Snippet("quiz-multiple", "Several right answers", "Question"),
    Snippet("quiz-text", "Answer to type", "Question"),
    Snippet("quiz-gaps", "Gaps to fill", "Question"),
    Snippet("quiz-matrix", "Matrix", "Question"),
    Snippet("quiz-ordering", "Lines to put in order", "Question"),
    Snippet("practice-free", "Practice with a free prompt", "Exercise"),
    Snippet("practice-prompt", "Practice with a library prompt", "Exercise"),
    Snippet("claims", "Check the claims", "Exercise"),
    Snippet("redact", "Redact a document", "Exercise"),
    Snippet("decision", "Take a decision", "Exercise"),
)


@dataclass(frozen=True, slots=True)
class NewLesson:
    """What is asked before a lesson is made."""

    id: str
    title: str
    roles: tuple[str, ...] = ("everyone",)
    minutes: int = 5
    today: date = field(default_factory=date.today)

    def problems(self, taken: Collection[str] = ()) -> dict[str, str]:
        """What is wrong, by field, as sentences; taken are the ids that exist already."""
        found: dict[str, str] = {}
        if not self.title.strip():
            found["title"] = "Give the lesson a title."
        elif len(self.title) > 120:
            found["title"] = "A title has at most 120 characters."
        if said := id_problem(self.id, taken):
            found["id"] = said
        unknown = [role for role in self.roles if role not in ROLES]
        if unknown or not self.roles:
            found["roles"] = f"Choose at least one role of {', '.join(ROLES)}."
        if not FEWEST_MINUTES <= self.minutes <= MOST_MINUTES:
            found["minutes"] = f"A lesson takes {FEWEST_MINUTES} to {MOST_MINUTES} minutes; split a longer one."
        return found


def id_problem(wanted: str, taken: Collection[str] = ()) -> str:
    """Why wanted cannot be the id of something new, "" if it can."""
    if not ID.fullmatch(wanted):
        return f"An id has {ID_SAYS}."
    # a file system may not tell upper from lower case, but ids have lower case only
    return f'"{wanted}" exists already. Choose another id.' if wanted in taken else ""


def id_for(title: str, taken: Collection[str] = ()) -> str:
    """An id made from a title that is not taken; "" from a title without letters."""
    return free_id(slug(title), taken)


def free_id(wanted: str, taken: Collection[str]) -> str:
    """wanted, or wanted with the lowest number from 2 that makes it new."""
    number, candidate = 1, wanted
    while candidate and candidate in taken:
        number += 1
        candidate = f"{wanted[: 39 - len(str(number))].rstrip('-')}-{number}"
    return candidate


def new_lesson(resources: Path, facts: NewLesson) -> str:
    """The text of a complete lesson that lint finds nothing wrong with; raises AppError for facts that will not do."""
    if problems := facts.problems():
        raise AppError(" ".join(problems.values()))
    body = _read(resources, "lesson-short.md" if facts.minutes <= _SHORT_UNTIL else "lesson-long.md")
    if facts.minutes <= _ONE_PRACTICE_UNTIL:
        body = body.replace("{{practice-prompt}}\n\n", "")
    values = {
        "id": facts.id,
        "title": _quoted(facts.title.strip()),
        "roles": ", ".join(facts.roles),
        "minutes": str(facts.minutes),
        "today": facts.today.isoformat(),
    }
    front = _filled(_read(resources, "lesson-front.md"), values)
    return front + "\n" + _PART.sub(lambda part: _read(resources, f"{part[1]}.md").rstrip("\n"), body)


def new_path(resources: Path, path_id: str, title: str, lesson_id: str) -> str:
    """The text of a learning path that starts with one lesson."""
    return _filled(_read(resources, "path.yml"), {"id": path_id, "title": _quoted(title), "lesson": lesson_id})


def new_document(resources: Path, document_id: str, title: str) -> str:
    """The text of a document with something planted in it."""
    return _filled(_read(resources, "document.md"), {"id": document_id, "title": _quoted(title)})


def snippet(resources: Path, name: str, text: str, *, document: str = "") -> str:
    """A question or exercise whose id is new to text, the lesson it goes into; document is what redact works on."""
    found = _read(resources, f"{name}.md")
    taken = set(_IDS.findall(text))
    found = _OWN_ID.sub(lambda own: own[1] + free_id(own[2], taken), found, count=1)
    return found.replace("document: visitor-message", f"document: {document}") if document else found


def create_lesson(resources: Path, lessons: Path, facts: NewLesson) -> Path:
    """Write a new lesson into its folder below lessons and return its file; never overwrites, raises AppError."""
    file = lessons / facts.id / "lesson.md"
    text = new_lesson(resources, facts)
    if file.parent.exists():
        raise AppError(f"{file.parent} exists already. Choose another id.")
    create_file(file, text)
    return file


def create_file(file: Path, text: str) -> None:
    """Write a new content file and the folders above it; raises AppError if it exists or cannot be written."""
    if file.exists():
        raise AppError(f"{file} exists already. Choose another id.")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreError(
            f"The folder {file.parent} cannot be made ({exc.strerror}). Check your rights or choose another folder."
        ) from exc
    write_atomically(file, text.encode(), mode=0o644)


def _read(resources: Path, name: str) -> str:
    return (resources / "templates" / name).read_text("utf-8")


def _filled(text: str, values: dict[str, str]) -> str:
    """text with each {{name}} replaced once; a value that looks like one stays as it is."""
    return re.sub(r"\{\{([a-z]+)\}\}", lambda found: values[found[1]], text)


def _quoted(text: str) -> str:
    """text as a YAML scalar in double quotes, for which JSON's string is one (YAML 1.2, 1.3)."""
    return json.dumps(text, ensure_ascii=False)
