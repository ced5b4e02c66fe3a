"""Everything a trainer should know about a lesson or path file before learners see it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from desktop_app.errors import AppError, ContentError
from desktop_app.lessons.company import parse_company
from desktop_app.lessons.documents import DOCUMENTS, parse_document
from desktop_app.lessons.glossary import is_glossary, lint_glossary
from desktop_app.lessons.known import COMPANY_FILE, Known
from desktop_app.lessons.lesson import Claims, Lesson, Practice, Prose, Redact
from desktop_app.lessons.links import check_links
from desktop_app.lessons.lint_data import check_data
from desktop_app.lessons.lint_words import TERMS_FILE, check_reading_level, check_terms, parse_terms
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.paths import parse_path
from desktop_app.lessons.problem import RULES, Problem, Problems
from desktop_app.lessons.scan import scan, split_lines
from desktop_app.lessons.translation import ORIGINAL, adopt, differences, language_of
from desktop_app.storage.yaml_text import read_utf8

__all__ = ["RULES", "Known", "Problem", "content_files", "expected_minutes", "lint", "lint_text"]

WORDS_A_MINUTE = 200
MINUTES_A_QUESTION = 40 / 60
MINUTES_AN_EXERCISE = 2.0
SHORTEST, LONGEST = 0.6, 1.5  # of the expected duration


def content_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """The files to check that paths name or that stand below them, each once, in order.

    Found are lesson.md and lesson.<language>.md, the .yml files of folders called paths, the .md files of folders called
    documents with company.yml, terms.yml and glossary.yml with its translations. Raises AppError if a folder holds none.
    """
    found: dict[Path, None] = {}
    for path in paths:
        files = [path] if not path.is_dir() else sorted(_below(path))
        if not files:
            raise AppError(f"{path} holds no lesson. A lesson is a file {ORIGINAL} in a folder of its own.")
        found.update(dict.fromkeys(files))
    return tuple(found)


def _below(folder: Path) -> set[Path]:
    found = {*folder.rglob(ORIGINAL), *folder.rglob("lesson.*.md"), *folder.rglob(TERMS_FILE)}
    found |= {file for file in folder.rglob("glossary*.yml") if is_glossary(file)}
    for name, pattern in (("paths", "*.yml"), (DOCUMENTS, "*.md"), (DOCUMENTS, COMPANY_FILE)):
        folders = [folder] if folder.name == name else []
        for inside in (*folders, *folder.rglob(name)):
            found |= set(inside.glob(pattern))
    return found


def lint(path: Path, known: Known, *, today: date | None = None) -> list[Problem]:
    """Every problem of a lesson, document (.md), learning path, glossary or list of terms (.yml), in file order.

    Never raises for what the file holds.
    """
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
    if path.name == TERMS_FILE:
        problems.found += parse_terms(text, path)[1]
    elif is_glossary(path):
        problems.found += lint_glossary(text, path, known.glossary)
    elif path.name == COMPANY_FILE:
        problems.found += parse_company(text, path)[1]
    elif path.suffix in (".yml", ".yaml"):
        _lint_path(text, known, problems)
    elif path.parent.name == DOCUMENTS:
        _lint_document(text, known, problems)
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
    for index, path_id in enumerate(learning_path.after):
        place = lines.get(("after", index), (1, 1))
        if known.paths is not None and (path_id not in known.paths or path_id == learning_path.id):
            problems.add("L505", f'There is no path "{path_id}" to come before this one. Correct the id.', *place)
        elif _comes_after(path_id, learning_path.id, known.before):
            message = f'The path "{path_id}" is to come after this one itself. Leave out one of them.'
            problems.add("L505", message, *place)
    _check_roles(learning_path.roles, known, problems, lines.get(("roles",), (1, 1))[0])


def _lint_document(text: str, known: Known, problems: Problems) -> None:
    problems.found += parse_document(text, problems.path)[1]
    if known.allows:  # what is planted stands in the body; the front matter only lists it
        lines = split_lines(text)
        body = _FieldLines(lines).end
        check_data(lines[body:], body + 1, known.allows, problems)


def _lint_lesson(text: str, known: Known, today: date, problems: Problems) -> None:
    lesson, found = parse_lesson(text, problems.path)
    problems.found += found
    if lesson is None:
        return
    if language_of(problems.path):
        lesson = _check_translation(lesson, problems)
    lines = split_lines(text)
    fields = _FieldLines(lines)
    _check_roles(lesson.roles, known, problems, fields["roles"])
    if known.lessons is not None:
        for lesson_id in lesson.prerequisites:
            if lesson_id not in known.lessons:
                message = f'There is no lesson "{lesson_id}" to come before this one. Correct the id.'
                problems.add("L108", message, fields["prerequisites"])
    _check_exercises(lesson, known, problems)
    _check_dates(lesson, today, problems, fields)
    _check_duration(lesson, problems, fields)
    check_reading_level(lesson, problems)
    body = scan(lines[fields.end :], fields.end + 1)[0]
    check_links(lesson, body, problems.path.parent, known, problems)
    check_terms(body, known.terms, problems)
    if known.allows:
        check_data(lines, 1, known.allows, problems)


def _check_translation(lesson: Lesson, problems: Problems) -> Lesson:
    """The lesson as the reader would show it; differences from the original are noted."""
    file = problems.path.with_name(ORIGINAL)
    try:
        original, _ = parse_lesson(read_utf8(file), file)
    except ContentError:
        original = None
    if original is None:
        message = f"There is no readable {ORIGINAL} beside this translation. Add it, or rename this file to {ORIGINAL}."
        problems.add("L704", message, 1)
        return lesson
    found = differences(original, lesson)
    for one in found:
        problems.add(one.code, one.message, one.line)
    return lesson if any(one.code == "L702" for one in found) else adopt(original, lesson)


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


def _comes_after(path_id: str, other: str, before: Mapping[str, Collection[str]]) -> bool:
    """True if other has to be taken before the path, directly or by way of others."""
    waiting, seen = [path_id], {path_id}
    while waiting:
        found = before.get(waiting.pop(), ())
        if other in found:
            return True
        waiting += [one for one in found if one not in seen]
        seen.update(found)
    return False


def _check_roles(roles: Iterable[str], known: Known, problems: Problems, line: int) -> None:
    for role in roles:
        if known.roles is not None and role not in known.roles:
            problems.add("L107", f'There is no role "{role}". Known are {", ".join(known.roles)}.', line)


def _check_exercises(lesson: Lesson, known: Known, problems: Problems) -> None:
    for exercise in lesson.exercises:
        if isinstance(exercise, (Practice, Claims)) and exercise.prompt and known.prompts is not None:
            _check_prompt(exercise.prompt, known.prompts, exercise.line, problems)
        document = exercise.document if isinstance(exercise, (Claims, Redact)) else ""
        if document and known.documents is not None and document not in known.documents:
            message = f'There is no document "{document}" in content/documents. Correct the id or add it.'
            problems.add("L601", message, exercise.line)


def _check_prompt(reference: str, prompts: Collection[str], line: int, problems: Problems) -> None:
    prompt_id, _, wanted = reference.partition("@")
    if prompt_id not in prompts:
        message = f'The prompt "{prompt_id}" is not in the library. Correct the id or add the prompt.'
        problems.add("L307", message, line)
    elif wanted and reference not in prompts:
        message = f'The prompt "{prompt_id}" has no version or label "{wanted}".'
        problems.add("L307", f"{message} `greenroom prompt show {prompt_id}` lists them.", line)


def _check_dates(lesson: Lesson, today: date, problems: Problems, fields: _FieldLines) -> None:
    if lesson.review_by and lesson.review_by < today:
        message = f"The lesson was to be reviewed by {lesson.review_by}. Check its facts and set a new date."
        problems.add("L109", message, fields["review_by"])
    if not lesson.sources:
        message = "The lesson names no sources. Add sources with a title, so that others can check the facts."
        problems.add("L110", message, fields["sources"])
    for source in lesson.sources:
        if source.checked is None:
            message = f'The source "{source.title[:60]}" has no date. Add checked: with the day you last looked.'
            problems.add("L113", message, fields["sources"])


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
