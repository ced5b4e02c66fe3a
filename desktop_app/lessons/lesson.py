"""What a lesson is, as frozen data. Files are read in parse.py, answers scored in scoring.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NewType

LessonId = NewType("LessonId", str)
QuestionId = NewType("QuestionId", str)  # unique within its lesson
QuizKind = Literal["single", "multiple", "text"]
Level = Literal["beginner", "intermediate", "advanced"]


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown between the exercises. line is where it starts in the file, from 1."""

    markdown: str
    line: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a quiz; text and feedback are inline Markdown, feedback may be empty."""

    text: str
    right: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question. A text quiz has accepted answers and no choices, the others have choices in file order."""

    id: QuestionId
    kind: QuizKind
    question: str
    choices: tuple[Choice, ...]
    answers: tuple[str, ...]
    hints: tuple[str, ...]
    solution: str
    line: int


@dataclass(frozen=True, slots=True)
class Expectation:
    """One test of an answer: kind is contains, not_contains, icontains, max_words, min_words or regex (RE2)."""

    kind: str
    value: str
    says: str  # what it checks, in the learner's words


@dataclass(frozen=True, slots=True)
class Practice:
    """An exercise on the local model: either a library prompt with starting values, or a free prompt to finish.

    prompt is "id", "id@version" or "id@label" ("" for a free prompt); start is the free prompt's first text.
    """

    id: str
    title: str
    task: str
    prompt: str
    values: Mapping[str, str]
    start: str
    expect: tuple[Expectation, ...]
    look_for: str
    judge: str
    max_tokens: int
    seed: int
    line: int


Block = Prose | Quiz | Practice


@dataclass(frozen=True, slots=True)
class Step:
    """One screen of the reader; key is the heading's slug, unique within the lesson."""

    key: str
    title: str
    blocks: tuple[Block, ...]
    line: int

    @property
    def questions(self) -> tuple[Quiz, ...]:
        """The step's quizzes in order."""
        return tuple(block for block in self.blocks if isinstance(block, Quiz))


@dataclass(frozen=True, slots=True)
class Source:
    """Where a lesson's facts come from; checked is the day somebody last looked."""

    title: str
    url: str = ""
    checked: date | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """A lesson. pass_mark is a score from 0.0 to 1.0, attempts 0 means no limit."""

    id: LessonId
    title: str
    version: str
    language: str
    roles: tuple[str, ...]
    level: Level
    duration_minutes: int
    objectives: tuple[str, ...]
    prerequisites: tuple[LessonId, ...]
    topics: tuple[str, ...]
    pass_mark: float
    attempts: int
    authors: tuple[str, ...]
    license: str
    sources: tuple[Source, ...]
    review_by: date | None
    summary: str
    steps: tuple[Step, ...]
    path: Path

    @property
    def questions(self) -> tuple[Quiz, ...]:
        """All quizzes in lesson order."""
        return tuple(quiz for step in self.steps for quiz in step.questions)

    @property
    def practices(self) -> tuple[Practice, ...]:
        """All practice exercises in lesson order."""
        return tuple(block for step in self.steps for block in step.blocks if isinstance(block, Practice))

    @property
    def is_draft(self) -> bool:
        """True for version 0.x, which stores no progress."""
        return self.version.split(".")[0] == "0"


@dataclass(frozen=True, slots=True)
class LearningPath:
    """An ordered list of lessons for some roles (content/paths/<id>.yml)."""

    id: str
    title: str
    description: str
    roles: tuple[str, ...]
    lessons: tuple[LessonId, ...]
