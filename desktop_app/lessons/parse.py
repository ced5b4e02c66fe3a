"""Reading a lesson file: front matter, steps, and in each step prose, quizzes and practice exercises in file order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.lessons.exercise_blocks import read_claims, read_decision, read_redact
from desktop_app.lessons.front_matter import FrontMatter, read_front_matter, split_front_matter
from desktop_app.lessons.lesson import Block, Exercise, Lesson, Prose, Quiz, Step
from desktop_app.lessons.practice_block import read_practice
from desktop_app.lessons.problem import Problem, Problems
from desktop_app.lessons.quiz_syntax import (
    QuizReader,
    comment,
    foreign_syntax,
    is_hint,
    is_indented_quote,
    is_inline,
    quiz_kind,
    take_question,
)
from desktop_app.lessons.scan import Line, heading, scan, split_lines
from desktop_app.lessons.translation import ORIGINAL, language_of
from desktop_app.storage.yaml_text import UNPRINTABLE, read_utf8

_EXERCISES: dict[str, Callable[[str, int, Problems], Exercise | None]] = {
    "practice": read_practice,
    "claims": read_claims,
    "redact": read_redact,
    "decision": read_decision,
}
_LONGEST_KEY = 36  # leaves room for "-99" within a question id's 40 characters
_NO_SPACE = re.compile(r"#{2,6}[^#\s].*")
_UNDERLINE = re.compile(r"(?:=+|-+)\s*")
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(r"(?<!\\)(?:\*{1,3}|`+|(?<!\w)_{1,3}|_{1,3}(?!\w))")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


def read_lesson(path: Path) -> Lesson:
    """The lesson in a UTF-8 file.

    Raises ContentError for the first thing in the file that keeps it from being shown or scored; warnings do not count.
    """
    lesson, problems = parse_lesson(read_utf8(path), path)
    for problem in problems:
        if problem.severity == "error":
            raise problem.as_error()
    if lesson is None:
        raise ContentError("The file holds no lesson. Start it with front matter between --- lines.", path, 1)
    return lesson


def parse_lesson(text: str, path: Path) -> tuple[Lesson | None, tuple[Problem, ...]]:
    """The lesson in text and everything wrong with it, in file order; path is only named.

    With errors the lesson is what could be made of the text, good for a preview; None without front matter.
    """
    problems = Problems(path)
    lines = split_lines(text)
    split = split_front_matter(lines, problems)
    if split is None:
        return None, problems.sorted()
    front = read_front_matter(split[0], problems)
    _check_characters(lines, problems)
    steps = read_steps(lines[split[1] :], split[1] + 1, problems)
    if front is None:
        return None, problems.sorted()
    _check_folder(front, problems)
    return _lesson(front, steps, path), problems.sorted()


def read_steps(lines: list[str], first_line: int, problems: Problems) -> tuple[Step, ...]:
    """The steps in the lines of a body, which starts in first_line; what is wrong with them is noted."""
    return _Body(lines, first_line, problems).read()


def _check_characters(lines: list[str], problems: Problems) -> None:
    """Control characters could steer a terminal, and Python-Markdown uses two of them for itself."""
    for number, line in enumerate(lines, 1):
        if bad := UNPRINTABLE.search(line):
            message = f"The character U+{ord(bad[0]):04X} cannot be shown and is not allowed. Delete it."
            problems.add("L130", message, number, bad.start() + 1)
            return


def _check_folder(front: FrontMatter, problems: Problems) -> None:
    folder = problems.path.parent.name
    is_lesson = problems.path.name == ORIGINAL or language_of(problems.path)
    if is_lesson and front.id and folder and folder != front.id:
        message = f'The id is "{front.id}" but the folder is "{folder}". Give both the same name.'
        problems.add("L106", message, 2)


def _lesson(front: FrontMatter, steps: tuple[Step, ...], path: Path) -> Lesson:
    fields = {name: getattr(front, name) for name in FrontMatter.__slots__}
    return Lesson(**fields, steps=steps, path=path)


def slug(title: str) -> str:
    """A heading's key: ASCII letters and digits joined by hyphens; empty if it has none of them."""
    ascii_text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return _NOT_SLUG.sub("-", ascii_text.lower()).strip("-")[:_LONGEST_KEY].rstrip("-")


class StepKeys:
    """The keys of one lesson's steps: a key that is taken gets a number."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._same: dict[str, int] = {}  # how often a key was wanted

    def take(self, wanted: str) -> str:
        """The key for a step that wants this one."""
        key, count = wanted, self._same.get(wanted, 1)
        while key in self._taken:
            count += 1
            key = f"{wanted[: _LONGEST_KEY - len(str(count)) - 1]}-{count}"
        self._same[wanted] = count
        self._taken.add(key)
        return key


def plain_heading(markdown: str) -> str:
    """A heading without its emphasis, code and link marks."""
    return _MARKS.sub("", _LINK.sub(r"\1", markdown)).strip()


class _Body:
    """Reads everything below the front matter."""

    def __init__(self, lines: list[str], first_line: int, problems: Problems) -> None:
        self._first_line, self._problems = first_line, problems
        self._lines, self._unclosed = scan(lines, first_line)
        self._steps: list[Step] = []
        self._keys = StepKeys()
        self._ids: dict[str, int] = {}
        self._title_seen = self._early_seen = False
        self._heading: tuple[str, str, int] | None = None  # key, title, line of the current step
        self._level = 2
        self._blocks: list[Block] = []
        self._quizzes = 0  # in the current step
        self._prose: list[Line] = []

    def read(self) -> tuple[Step, ...]:
        if self._unclosed is not None:
            message = "This fence or comment is never closed. Add its closing line (``` or -->)."
            self._problems.add("L127", message, self._unclosed)
        index = 0
        while index < len(self._lines):
            index = self._read_line(index)
        self._end_step()
        if not self._steps:
            message = "The lesson has no step. Start one with a line such as ## What you will learn."
            self._problems.add("L121", message, self._first_line)
        return tuple(self._steps)

    def _read_line(self, index: int) -> int:
        """Read what starts at index and return the index behind it."""
        line = self._lines[index]
        if line.kind == "text" and (found := heading(line.text)):
            self._on_heading(*found, line)
            return index + 1
        if self._heading is None:
            self._before_first_step(line)
            return index + 1
        if line.kind == "open" and line.info in _EXERCISES:
            return self._on_fence(index, line)
        if (kind := quiz_kind(self._lines, index)) is not None:
            inline = kind == "gaps" and is_inline(line)
            question = take_question(self._prose, line, self._problems, inline=inline)
            self._end_prose()
            self._quizzes += 1
            reader = QuizReader(self._lines, index, kind, self._problems)
            quiz, after = reader.read(question, f"{self._heading[0]}-{self._quizzes}")
            self._add(quiz)
            return after
        self._on_prose(line)
        return index + 1

    def _on_heading(self, level: int, title: str, line: Line) -> None:
        if not title:
            self._problems.add("L124", "This heading is empty. Write its text behind the #.", line.number)
        if level == 1:
            if self._title_seen or self._heading:
                message = "A heading with one # is the lesson's title and stands once, before the first step. Use ##."
                self._problems.add("L122", message, line.number)
            self._title_seen = True
        elif level == 2:
            self._end_step()
            self._heading = (self._key(plain_heading(title), line), plain_heading(title), line.number)
            self._level = 2
        elif self._heading is None:
            self._before_first_step(line)
        else:
            if level > self._level + 1:
                message = f"This heading has {level} # but the one above it {self._level}. Use {self._level + 1}."
                self._problems.add("L123", message, line.number)
            self._level = level
            self._prose.append(line)

    def _key(self, title: str, line: Line) -> str:
        wanted = slug(title) or f"step-{len(self._steps) + 1}"
        key = self._keys.take(wanted)
        if key != wanted and title:
            self._problems.add(
                "L125", f'A step "{title}" stands above already. Give this one another title.', line.number
            )
        return key

    def _before_first_step(self, line: Line) -> None:
        if line.is_blank or line.kind == "comment" or self._early_seen:
            return
        self._early_seen = True
        message = "This stands before the first step and would not be shown. Move it below a ## heading."
        self._problems.add("L120", message, line.number)

    def _on_fence(self, index: int, line: Line) -> int:
        end = index + 1
        while end < len(self._lines) and self._lines[end].kind == "code":
            end += 1
        self._end_prose()
        text = "\n".join(inside.text for inside in self._lines[index + 1 : end])
        if exercise := _EXERCISES[line.info](text, line.number, self._problems):
            self._add(exercise)
        return end + 1

    def _on_prose(self, line: Line) -> None:
        if line.is_blank and not self._prose:
            return  # so that a million blank lines cost no more than a million looks
        after_quiz = bool(self._blocks) and isinstance(self._blocks[-1], Quiz) and not self._prose
        if is_hint(line):
            self._problems.add("L208", "This hint belongs to no question. Move it below the quiz.", line.number)
            return
        if after_quiz and is_indented_quote(line):
            self._problems.add("L207", "This feedback belongs to no option. Move it below an option.", line.number)
            return
        if line.kind == "text":
            self._check_text(line)
        self._prose.append(line)

    def _check_text(self, line: Line) -> None:
        if column := foreign_syntax(line):
            message = "This kind of question is not supported here. docs/formats/quiz.md shows those that are."
            self._problems.add("L217", message, line.number, column)
        if _NO_SPACE.fullmatch(line.text):
            self._problems.add("L124", "A heading needs a space after its #. Add it.", line.number)
        above = self._prose[-1] if self._prose else None
        if above and above.kind == "text" and _UNDERLINE.fullmatch(line.text) and above.text.strip()[:1].isalnum():
            message = "This underlines the text above as a heading. Write ### before it, or leave a blank line between."
            self._problems.add("L128", message, line.number)

    def _add(self, block: Quiz | Exercise) -> None:
        if before := self._ids.get(block.id):
            message = f'The id "{block.id}" is used in line {before} already. Choose another one.'
            self._problems.add("L212", message, block.line)
        else:
            self._ids[block.id] = block.line
        self._blocks.append(block)

    def _end_prose(self) -> None:
        for line in self._prose:
            if found := comment(line):
                message = f"The comment {found[0]} belongs to no question. Move it directly above one."
                self._problems.add("L211", message, line.number)
        if any(not line.is_blank and line.kind != "comment" for line in self._prose):
            markdown = "\n".join(line.text for line in self._prose).rstrip()
            self._blocks.append(Prose(markdown, self._prose[0].number))
        self._prose = []

    def _end_step(self) -> None:
        self._end_prose()
        if self._heading is None:
            return
        key, title, line = self._heading
        if not self._blocks:
            self._problems.add("L126", "This step is empty. Write something below its heading.", line)
        self._steps.append(Step(key, title, tuple(self._blocks), line))
        self._blocks, self._quizzes = [], 0
