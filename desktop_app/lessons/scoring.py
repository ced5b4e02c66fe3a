"""How answers become scores. Formulas are explained to trainers in docs/formats/quiz.md and practice.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.lessons.lesson import Expectation, Lesson, QuestionId, Quiz

# What a learner gives: the index of the option (single), the picked indices (multiple), or the text (text).
Answer = int | Collection[int] | str


@dataclass(frozen=True, slots=True)
class OptionFeedback:
    """What to say about one picked option: its index from 0, if it is right, and its feedback as inline Markdown."""

    index: int
    right: bool
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one attempt: value from 0.0 to 1.0, right only if all of it is; feedback in option order."""

    value: float
    right: bool
    feedback: tuple[OptionFeedback, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """Whether a text meets one expectation of a practice exercise."""

    expectation: Expectation
    met: bool


def score(quiz: Quiz, answer: Answer) -> Score:
    """What an answer is worth.

    Single: 1 for the right option, else 0. Multiple: (right picked - wrong picked) / right options, at least 0.
    Text: 1 if it equals an accepted answer after folding. Feedback holds the picked options that have any.
    Raises TypeError if the answer is not of the quiz's kind, IndexError if there is no such option (both are bugs).
    """
    if quiz.kind == "text":
        if not isinstance(answer, str):
            raise TypeError("a text question takes a text")
        right = bool(fold(answer)) and fold(answer) in {fold(accepted) for accepted in quiz.answers}
        return Score(float(right), right)
    if isinstance(answer, str):
        raise TypeError("a question with choices takes the numbers of its options")
    picked = {answer} if isinstance(answer, int) else set(answer)
    if any(not 0 <= index < len(quiz.choices) for index in picked):
        raise IndexError(f"{quiz.id} has {len(quiz.choices)} options")
    solution = {index for index, choice in enumerate(quiz.choices) if choice.right}
    right = picked == solution
    if quiz.kind == "single":
        value = float(right)
    else:
        value = max(0.0, (len(picked & solution) - len(picked - solution)) / max(1, len(solution)))
    return Score(value, right, _feedback(quiz, picked))


def _feedback(quiz: Quiz, picked: Collection[int]) -> tuple[OptionFeedback, ...]:
    choices = [(index, quiz.choices[index]) for index in sorted(picked)]
    return tuple(OptionFeedback(index, choice.right, choice.feedback) for index, choice in choices if choice.feedback)


def fold(text: str) -> str:
    """text as compared: NFKC, case folded, runs of white space as one space, none at the ends.

    The form is normalised again after folding, since case folding can undo it (Unicode 3.13, D146).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def lesson_score(lesson: Lesson, best: Mapping[QuestionId, float]) -> float:
    """The mean of the best value per question, 0.0 for one not answered; 1.0 for a lesson without questions."""
    if not lesson.questions:
        return 1.0
    return sum(best.get(quiz.id, 0.0) for quiz in lesson.questions) / len(lesson.questions)


def is_passed(lesson: Lesson, value: float) -> bool:
    """True if a lesson score reaches the pass mark; the tolerance absorbs rounding in the mean."""
    return value >= lesson.pass_mark - 1e-9


def check_answer(expectations: Collection[Expectation], text: str) -> tuple[ExpectationResult, ...]:
    """One result per expectation, in order; words are what white space separates, a regex (RE2) may match anywhere."""
    return tuple(ExpectationResult(expectation, _meets(expectation, text)) for expectation in expectations)


def _meets(expectation: Expectation, text: str) -> bool:
    value = expectation.value
    match expectation.kind:
        case "contains":
            return value in text
        case "not_contains":
            return value not in text
        case "icontains":
            return fold(value) in fold(text)
        case "max_words":
            return len(text.split()) <= int(value)
        case "min_words":
            return len(text.split()) >= int(value)
        case "regex":
            return _found(value, text)
    raise ValueError(f"unknown expectation {expectation.kind}")


def _found(pattern: str, text: str) -> bool:
    import re2  # loaded only for an exercise that has a pattern

    from desktop_app.lessons.practice_block import re2_options

    options: Any = re2_options()
    return re2.search(pattern, text, options=options) is not None
