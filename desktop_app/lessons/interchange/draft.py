"""A lesson put together from a foreign file: steps, ids, front matter, and several lessons where one would be too large."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from desktop_app.lessons.fields import ID
from desktop_app.lessons.front_matter import DEFAULT_PASS_MARK
from desktop_app.lessons.interchange.markdown_text import clean, one_line, paragraphs, split_question
from desktop_app.lessons.lesson import Block, Lesson, LessonId, Prose, QuestionId, Quiz, QuizKind, Step
from desktop_app.lessons.lint import expected_minutes
from desktop_app.lessons.parse import StepKeys, plain_heading, slug
from desktop_app.lessons.write import write_block, write_lesson
from desktop_app.notes import Note, Notes
from desktop_app.storage.yaml_text import MAX_BYTES

QUESTIONS_A_STEP = 10
_LARGEST = MAX_BYTES - 20_000  # bytes of a file's steps: front matter and what is added by hand need room too
_MARKS = re.compile(r"[*`_\[\]<>#\\]+")
PLACEHOLDERS = (
    "Objectives, level, roles and duration are placeholders, and sources are missing: fill them in before the lesson leaves"
    " version 0.1."
)


@dataclass(frozen=True, slots=True)
class Imported:
    """What was made of a file: lessons with their texts in order, images by their name there, and the report."""

    lessons: tuple[Lesson, ...]
    texts: tuple[str, ...]
    images: Mapping[str, Path]
    notes: tuple[Note, ...]


@dataclass(slots=True)
class Front:
    """What a source says about the whole lesson; the rest of the front matter is a placeholder."""

    id: str
    title: str
    language: str = "en"
    summary: str = ""
    authors: tuple[str, ...] = ()


@dataclass(slots=True)
class _DraftStep:
    title: str
    blocks: list[Block] = field(default_factory=list)

    @property
    def questions(self) -> int:
        return sum(isinstance(block, Quiz) for block in self.blocks)


class Draft:
    """Collects steps in order. Texts given to it are Markdown that a lesson can hold (see markdown_text)."""

    def __init__(self, front: Front, notes: Notes) -> None:
        self.front, self._notes = front, notes
        self._steps: list[_DraftStep] = []
        self._ids = Ids()

    def step(self, title: str) -> None:
        """Start a step; a title that was used before gets a number."""
        self._steps.append(_DraftStep(title_text(title) or "Questions"))

    def prose(self, markdown: str) -> None:
        """Add text to the step at hand."""
        if not markdown.strip():
            return
        blocks = self._step().blocks
        if blocks and isinstance(blocks[-1], Prose):
            blocks[-1] = Prose(f"{blocks[-1].markdown}\n\n{markdown}", blocks[-1].line)
        else:
            blocks.append(Prose(markdown, 0))

    def question(self, kind: QuizKind, stem: str, name: str, line: int, **fields: Any) -> None:
        """Add a question. stem is Markdown: its last paragraph becomes the question, what is before it stands before it."""
        before, question = split_question(stem)
        if not question:
            question = "What is right?" if kind in ("single", "multiple") else "Your answer:"
            reason = (
                "The question ends in something else than a paragraph" if stem.strip() else "The question has no text"
            )
            self._notes.changed(line, f'{reason}, so "{question}" was put before the answers.')
        self.prose(before)
        plain: dict[str, Any] = {"choices": (), "answers": (), "hints": (), "solution": ""}
        quiz = Quiz(self._id(name or question), kind, question, **{**plain, **fields}, line=line)
        step = self._step()
        if step.questions >= QUESTIONS_A_STEP:
            self._steps.append(step := _DraftStep(step.title))
        step.blocks.append(quiz)

    def block(self, block: Block) -> None:
        """Add a block that was read as ours; a question gets another id if its own is taken."""
        if isinstance(block, Prose):
            self.prose(block.markdown)
        elif isinstance(block, Quiz):
            self._step().blocks.append(replace(block, id=self._id(block.id)))

    def gap_question(self, body: str, name: str, line: int, **fields: Any) -> None:
        """Add a question with gaps in the line body."""
        plain: dict[str, Any] = {"choices": (), "answers": (), "hints": (), "solution": ""}
        question = body.replace("\ufffc", "___")
        quiz = Quiz(self._id(name or question), "gaps", question, **{**plain, **fields}, line=line, body=body)
        step = self._step()
        if step.questions >= QUESTIONS_A_STEP:
            self._steps.append(step := _DraftStep(step.title))
        step.blocks.append(quiz)

    def finish(self, images: Mapping[str, Path]) -> Imported:
        """The lessons: one, or several where the file would be larger than a lesson may be. None without a block."""
        steps = [part for step in self._steps if step.blocks for part in self._fitting(step)]
        if not steps:
            return Imported((), (), {}, self._notes.sorted())
        self._notes.changed(1, PLACEHOLDERS)
        parts = list(_in_files(steps))
        if len(parts) > 1:
            self._notes.changed(1, f"A lesson holds at most 1 MB, so this became {len(parts)} lessons.")
        lessons = tuple(self._lesson(part, number, len(parts)) for number, part in enumerate(parts, 1))
        return Imported(lessons, tuple(map(write_lesson, lessons)), images, self._notes.sorted())

    def _fitting(self, step: _DraftStep) -> Iterable[_DraftStep]:
        """The step, or several of its title where it is larger than a file may be."""
        part, size = _DraftStep(step.title), 0
        for block in self._small(step.blocks):
            needed = len(write_block(block).encode()) + 2
            if part.blocks and size + needed > _LARGEST:
                yield part
                part, size = _DraftStep(step.title), 0
            part.blocks.append(block)
            size += needed
        if part.blocks:
            yield part

    def _small(self, blocks: Sequence[Block]) -> Iterable[Block]:
        """The blocks, long texts cut between paragraphs."""
        for block in blocks:
            if not isinstance(block, Prose) or len(block.markdown) < _LARGEST // 4:
                yield block
                continue
            for part in paragraphs(block.markdown):
                if len(part.encode()) < _LARGEST:
                    yield Prose(part, block.line)
                else:
                    self._notes.left_out(1, f'A paragraph of {len(part):,} characters was left out: "{part[:40]}…".')

    def _step(self) -> _DraftStep:
        if not self._steps:
            self.step(self.front.title)
        return self._steps[-1]

    def _id(self, name: str) -> QuestionId:
        return QuestionId(self._ids.free(name, "question"))

    def _lesson(self, steps: Sequence[_DraftStep], number: int, count: int) -> Lesson:
        front = self.front
        suffix = f"-{number}" if number > 1 else ""
        lesson = Lesson(
            id=LessonId(front.id[: 40 - len(suffix)].rstrip("-") + suffix),
            title=front.title[:110] + (f" ({number} of {count})" if count > 1 else ""),
            version="0.1",
            language=front.language,
            roles=("everyone",),
            level="beginner",
            duration_minutes=1,
            objectives=(f"Answer the questions on {front.title[:110]}.",),
            prerequisites=(),
            topics=(),
            pass_mark=DEFAULT_PASS_MARK,
            attempts=0,
            authors=front.authors,
            license="",
            sources=(),
            review_by=None,
            summary=front.summary or f"Imported: {front.title}.",
            steps=tuple(_titled(steps)),
            path=Path(front.id) / "lesson.md",
        )
        return replace(lesson, duration_minutes=max(1, round(expected_minutes(lesson))))


class Ids:
    """Gives out ids, each once."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: dict[str, int] = {}  # the last number given to a name

    def free(self, name: str, otherwise: str) -> str:
        """An id made from a name, or from otherwise where the name has nothing an id could be made of."""
        wanted = name if ID.fullmatch(name) else slug(_MARKS.sub(" ", name)) or otherwise
        found = wanted
        while found in self._taken:
            count = self._last[wanted] = self._last.get(wanted, 1) + 1
            found = f"{wanted[: 39 - len(str(count))].rstrip('-')}-{count}"
        self._taken.add(found)
        return found


def title_text(text: str) -> str:
    """A foreign title as a heading holds it: one line without marks, at most 110 characters."""
    return plain_heading(one_line(_MARKS.sub(" ", clean(text))))[:110].rstrip("# ").strip()


def _in_files(steps: Iterable[_DraftStep]) -> Iterable[list[_DraftStep]]:
    part: list[_DraftStep] = []
    size = 0
    for step in steps:
        needed = 200 + sum(len(write_block(block).encode()) + 2 for block in step.blocks)
        if part and size + needed > _LARGEST:
            yield part
            part, size = [], 0
        part.append(step)
        size += needed
    yield part


def _titled(steps: Iterable[_DraftStep]) -> Iterable[Step]:
    """Steps with a title and a key of their own each: a title that reads like one before gets a number."""
    keys = StepKeys()
    seen: dict[str, int] = {}
    for number, step in enumerate(steps, 1):
        alike = slug(step.title) or step.title  # titles that differ in marks alone have the same key
        seen[alike] = seen.get(alike, 0) + 1
        title = step.title if seen[alike] == 1 else f"{step.title} ({seen[alike]})"
        yield Step(keys.take(slug(title) or f"step-{number}"), title, tuple(step.blocks), 0)
