"""What a lesson is, as frozen data. Files are read in parse.py, answers scored in scoring.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, NewType

LessonId = NewType("LessonId", str)
QuestionId = NewType("QuestionId", str)  # unique within its lesson
QuizKind = Literal["single", "multiple", "text", "gaps", "matrix", "ordering"]
PromptCheck = Literal["task", "context", "format", "material", "sensitive", "length"]
GAP = "\ufffc"  # stands in Quiz.body where a gap is
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
class Gap:
    """One gap of a text: either typed, with the accepted answers, or picked from options (plain text, in file order)."""

    answers: tuple[str, ...] = ()
    options: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a matrix: right has one flag per column; with one_only a single cell can be picked."""

    text: str
    right: tuple[bool, ...]
    one_only: bool
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class Quiz:
    """A question; which fields it fills beside the first and last ones depends on kind.

    single, multiple: choices in file order. ordering: choices in the right order, right is True for all.
    text: answers, all accepted. gaps: body (inline Markdown with GAP once for each gap) and gaps.
    matrix: columns (inline Markdown) and rows.
    """

    id: QuestionId
    kind: QuizKind
    question: str
    choices: tuple[Choice, ...]
    answers: tuple[str, ...]
    hints: tuple[str, ...]
    solution: str
    line: int
    body: str = ""
    gaps: tuple[Gap, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a learner gives.

    chosen: picked options (single, multiple); one option per gap, -1 for a typed or open one (gaps); picked cells as
    row * columns + column (matrix); the choices in the learner's order (ordering). typed: the text (text), or one text
    per gap, "" for a picked one (gaps).
    """

    chosen: tuple[int, ...] = ()
    typed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Expectation:
    """One test of an answer: kind is contains, not_contains, icontains, max_words, min_words or regex (RE2)."""

    kind: str
    value: str
    says: str  # what it checks, in the learner's words


@dataclass(frozen=True, slots=True)
class Criterion:
    """A yes-or-no question of a rubric; expect is the test the learner's judgement is compared with, None if none can."""

    ask: str
    expect: Expectation | None
    why: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A filled-in exercise and what comes of it: values by input name ("prompt" for a free text).

    passes is True for a good one (every check of the prompt and of each answer is met), False for a careless one.
    """

    values: Mapping[str, str]
    passes: bool


@dataclass(frozen=True, slots=True)
class Practice:
    """An exercise on the local model: either a library prompt with starting values, or a free prompt to finish.

    prompt is "id", "id@version" or "id@label" ("" for a free prompt); start is the free prompt's first text.
    seeds has the seeds to run side by side, the first one first; prompt_checks names what is looked for in the prompt.
    samples are tried by `greenroom lesson try`; the first good one is shown to a learner who asks for it.
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
    seeds: tuple[int, ...] = ()
    prompt_checks: tuple[PromptCheck, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer, word for word; passage is the place of the source that settles it ("" if none does)."""

    text: str
    supported: bool
    passage: str
    why: str


@dataclass(frozen=True, slots=True)
class ClaimRule:
    """The key for claims of a live run: a claim that meets expect is supported or not; the first rule that fits counts."""

    expect: Expectation
    supported: bool
    passage: str
    why: str


@dataclass(frozen=True, slots=True)
class Claims:
    """An answer to be checked against its source, claim by claim (L4).

    source is the text itself, or "" with document naming one of content/documents. output is the shipped answer with
    its claims in order; prompt and values, if given, make live answers whose claims rules judge.
    """

    id: str
    title: str
    task: str
    source: str
    document: str
    output: str
    claims: tuple[Claim, ...]
    prompt: str
    values: Mapping[str, str]
    rules: tuple[ClaimRule, ...]
    max_tokens: int
    seed: int
    line: int


@dataclass(frozen=True, slots=True)
class Redact:
    """A document of content/documents from which the learner takes out what must not leave the building (L5)."""

    id: str
    title: str
    task: str
    document: str
    line: int


@dataclass(frozen=True, slots=True)
class Decision:
    """A judgement to take and to defend in the learner's own words.

    options are in file order; at least one is right and one is not. defend says what to write, points what a good reason
    names (the learner ticks which theirs did), example how a colleague put it (Markdown, like task).
    """

    id: str
    title: str
    task: str
    options: tuple[Choice, ...]
    defend: str
    points: tuple[str, ...]
    example: str
    line: int


Exercise = Practice | Claims | Redact | Decision
Block = Prose | Quiz | Exercise
Graded = Quiz | Claims | Redact | Decision  # what counts towards a lesson's score


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

    @property
    def graded(self) -> tuple[Graded, ...]:
        """What counts towards the score, in order: not practice, whose outcome depends on the model."""
        return tuple(block for block in self.blocks if isinstance(block, Graded))


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
    def exercises(self) -> tuple[Exercise, ...]:
        """All practice, claims, redact and decision exercises in lesson order."""
        return tuple(block for step in self.steps for block in step.blocks if isinstance(block, Exercise))

    @property
    def practices(self) -> tuple[Practice, ...]:
        """All practice exercises in lesson order."""
        return tuple(block for step in self.steps for block in step.blocks if isinstance(block, Practice))

    @property
    def graded(self) -> tuple[Graded, ...]:
        """What counts towards the score, in lesson order."""
        return tuple(block for step in self.steps for block in step.graded)

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
    within_days: int | None = None  # from the day its first lesson was opened; None where nothing is due
    after: tuple[str, ...] = ()  # ids of the paths to take before it
