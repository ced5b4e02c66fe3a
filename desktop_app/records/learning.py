"""What is recorded about learning and practising, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

JUDGEMENTS = ("yes", "after a fix", "no")


@dataclass(frozen=True, slots=True)
class Profile:
    """Who learns here. name is "" when it was not given or cannot be kept without a keyring."""

    name: str
    role: str
    language: str


NOBODY = Profile("", "everyone", "en")


@dataclass(frozen=True, slots=True)
class LessonProgress:
    """How far a lesson is. score is the mean of the best score per question, None before the first answer."""

    lesson_id: str
    lesson_version: str
    step_key: str
    steps_done: tuple[str, ...]
    started_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    passed_at: datetime | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Pass:
    """A lesson passed: which version, when, and with what score from 0.0 to 1.0."""

    lesson_id: str
    version: str
    at: datetime
    score: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer to one question. chosen holds choice positions from 0; typed a typed answer ("" if not kept)."""

    lesson_id: str
    lesson_version: str
    question_id: str
    number: int
    score: float
    chosen: tuple[int, ...]
    typed: str
    at: datetime


@dataclass(frozen=True, slots=True)
class RunText:
    """What went in and came out of a run; values are the form's, by input name."""

    values: Mapping[str, str]
    messages: tuple[tuple[str, str], ...]
    answer: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run on the local model. findings counts guard findings by kind; checks maps what was expected to held or not.

    text is None when it could not be kept (no keyring) and the app was restarted since.
    """

    id: str
    at: datetime
    lesson_id: str
    practice_id: str
    prompt_id: str
    prompt_version: int
    content_hash: str
    model_id: str
    seed: int
    stop_reason: str
    prompt_tokens: int
    completion_tokens: int
    first_token_ms: float
    tokens_per_second: float
    findings: Mapping[str, int]
    checks: Mapping[str, bool]
    judgement: str
    text: RunText | None


@dataclass(frozen=True, slots=True)
class Spent:
    """What runs took together: tokens read and written, and seconds of the model's time."""

    runs: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float


@dataclass(frozen=True, slots=True)
class ReviewCard:
    """How well one question is remembered, in the terms of FSRS: stability in days, difficulty from 1 to 10.

    lesson_id is "rules/<id>" for a rule set. Days are the person's own: midnight where they are ends one.
    """

    lesson_id: str
    question_id: str
    state: int
    step: int | None
    stability: float
    difficulty: float
    due: date
    last_review: date


@dataclass(frozen=True, slots=True)
class Review:
    """One answer that counted for spaced review: rating is 1 (again), 2 (hard), 3 (good) or 4 (easy).

    expected_recall is from 0.0 to 1.0, None for a question's first review. id is 0 before it is stored.
    """

    id: int
    lesson_id: str
    question_id: str
    at: datetime
    rating: int
    expected_recall: float | None
    interval_days: int
