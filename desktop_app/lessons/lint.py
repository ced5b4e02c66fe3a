"""Everything a trainer should know about a lesson or path file before learners see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path

from desktop_app.errors import AppError, ContentError
from desktop_app.lessons.lesson import Lesson, Prose, Redact
from desktop_app.lessons.links import Known, check_links
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.paths import parse_path
from desktop_app.lessons.problem import RULES, Problem, Problems
from desktop_app.lessons.scan import scan, split_lines
from desktop_app.policy.vocabulary import ROLES
from desktop_app.storage.yaml_text import read_utf8

__all__ = ["RULES", "Known", "Problem", "content_files", "expected_minutes", "lint", "lint_text"]

WORDS_A_MINUTE = 200
MINUTES_A_QUESTION = 40 / 60
MINUTES_AN_EXERCISE = 2.0
SHORTEST, LONGEST = 0.6, 1.5  # of the expected duration


def content_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The lesson and path files named by paths or found below them, each once, in order.

    Found are lesson.md, lesson.<language>.md and the .yml files of folders called paths. Raises AppError if a folder
    holds none.
    """
    found: dict[Path, None] = {}
    for path in paths:
        files = (
            [path] if not path.is_dir() else sorted({*path.rglob("lesson.md"), *path.rglob("lesson.*.md"), *_yml(path)})
        )
        if not files:
            raise AppError(f"{path} holds no lesson. A lesson is a file lesson.md in a folder of its own.")
        found.update(dict.fromkeys(files))
    return tuple(found)


def _yml(folder: Path) -> Iterator[Path]:
    inside = folder.glob("*.yml") if folder.name == "paths" else ()
    yield from inside
    for below in folder.rglob("paths"):
        yield from below.glob("*.yml")


def lint(
    path: Path,
    *,
    lessons: Collection[str] | None = None,
    prompts: Collection[str] | None = None,
    roles: Collection[str] | None = None,
    today: date | None = None,
) -> list[Problem]:
    """Every problem of a lesson (.md) or learning path (.yml), in file order; never raises for what the file holds.

    lessons are the known ids, prompts the known references (id, id@version, id@label); what is None is not checked. roles are the built-in ones if not given.
    """
    known = Known(lessons, prompts, ROLES if roles is None else roles)
    try:
        text = read_utf8(path)
    except ContentError as error:
        problems = Problems(path)
        problems.add_error("L100", error)
        return problems.found
    return lint_text(text, path, known, today or date.today())


def lint_text(text: str, path: Path, known: Known, today: date) -> list[Problem]:
    """The same for a text not saved yet; path names the file and its folder the images."""
    problems = Problems(path)
    if path.suffix in (".yml", ".yaml"):
        _lint_path(text, known, problems)
    else:
        _lint_lesson(text, known, today, problems)
    return list(problems.sorted())


def _lint_path(text: str, known: Known, problems: Problems) -> None:
    learning_path, found, lines = parse_path(text, problems.path)
    problems.found += found
    if learning_path is None:
        return
    for index, lesson_id in enumerate(learning_path.lessons):
        if known.lessons is not None and lesson_id not in known.lessons:
            place = lines.get(("lessons", index), (1, 1))
            problems.add("L505", f'There is no lesson "{lesson_id}". Correct the id or add the lesson.', *place)
    _check_roles(learning_path.roles, known, problems, lines.get(("roles",), (1, 1))[0])


def _lint_lesson(text: str, known: Known, today: date, problems: Problems) -> None:
    lesson, found = parse_lesson(text, problems.path)
    problems.found += found
    if lesson is None:
        return
    lines = split_lines(text)
    fields = _FieldLines(lines)
    _check_roles(lesson.roles, known, problems, fields["roles"])
    if known.lessons is not None:
        for lesson_id in lesson.prerequisites:
            if lesson_id not in known.lessons:
                message = f'There is no lesson "{lesson_id}" to come before this one. Correct the id.'
                problems.add("L108", message, fields["prerequisites"])
    _check_practices(lesson, known, problems)
    _check_dates(lesson, today, problems, fields)
    _check_duration(lesson, problems, fields)
    body = fields.end
    check_links(lesson, scan(lines[body:], body + 1)[0], problems.path.parent, known, problems)


class _FieldLines:
    """On which line each top-level field of the front matter stands; 1 for one that does not."""

    def __init__(self, lines: list[str]) -> None:
        self._lines: dict[str, int] = {}
        self.end = 0
        for number, line in enumerate(lines[1:], 2):
            if line.rstrip() == "---":
                self.end = number
                break
            name, colon, _ = line.partition(":")
            if colon and name[:1].isalpha():
                self._lines.setdefault(name, number)

    def __getitem__(self, name: str) -> int:
        return self._lines.get(name, 1)


def _check_roles(roles: Iterable[str], known: Known, problems: Problems, line: int) -> None:
    for role in roles:
        if known.roles is not None and role not in known.roles:
            problems.add("L107", f'There is no role "{role}". Known are {", ".join(known.roles)}.', line)


def _check_practices(lesson: Lesson, known: Known, problems: Problems) -> None:
    for practice in lesson.exercises:
        if isinstance(practice, Redact):
            continue
        prompt_id = practice.prompt.partition("@")[0]
        if prompt_id and known.prompts is not None and prompt_id not in known.prompts:
            message = f'The prompt "{prompt_id}" is not in the library. Correct the id or add the prompt.'
            problems.add("L307", message, practice.line)
        elif prompt_id != practice.prompt and known.prompts is not None and practice.prompt not in known.prompts:
            wanted = practice.prompt.partition("@")[2]
            message = f'The prompt "{prompt_id}" has no version or label "{wanted}". `greenroom prompt show {prompt_id}` lists them.'
            problems.add("L307", message, practice.line)


def _check_dates(lesson: Lesson, today: date, problems: Problems, fields: _FieldLines) -> None:
    if lesson.review_by and lesson.review_by < today:
        message = f"The lesson was to be reviewed by {lesson.review_by}. Check its facts and set a new date."
        problems.add("L109", message, fields["review_by"])
    if not lesson.sources:
        message = "The lesson names no sources. Add sources with a title, so that others can check the facts."
        problems.add("L110", message, fields["sources"])


def _check_duration(lesson: Lesson, problems: Problems, fields: _FieldLines) -> None:
    expected, stated = expected_minutes(lesson), lesson.duration_minutes
    rounded = max(1, round(expected))  # nobody can state less than a minute
    if stated and stated != rounded and not SHORTEST * expected <= stated <= LONGEST * expected:
        message = f"The duration says {stated} minutes, but reading and exercises take about {rounded}."
        problems.add("L111", f"{message} Change one of them.", fields["duration"])


def expected_minutes(lesson: Lesson) -> float:
    """How long a lesson takes: 200 words a minute, 40 seconds a question, 2 minutes an exercise."""
    words = sum(len(text.split()) for text in _readable(lesson))
    exercises = len(lesson.questions) * MINUTES_A_QUESTION + len(lesson.exercises) * MINUTES_AN_EXERCISE
    return words / WORDS_A_MINUTE + exercises


def _readable(lesson: Lesson) -> Iterator[str]:
    """What everybody reads; questions and tasks have their own time."""
    for step in lesson.steps:
        yield step.title
        for block in step.blocks:
            if isinstance(block, Prose):
                yield block.markdown
