"""How answers become scores. Formulas are explained to trainers in docs/formats/quiz.md and practice.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.lessons.lesson import Answer, Expectation, Gap, Lesson, Quiz, Row

_SEPARATOR = "\x1f"
_PLAIN = str.maketrans({**dict.fromkeys("‘’‚‛", "'"), **dict.fromkeys("“”„«»", '"'), **dict.fromkeys("‐‑‒–—−", "-")})


@dataclass(frozen=True, slots=True)
class OptionFeedback:
    """What to say about one option, row or item: its index from 0, if it is right, and its feedback as inline Markdown."""

    index: int
    right: bool
    text: str


@dataclass(frozen=True, slots=True)
class Score:
    """The result of one attempt: value from 0.0 to 1.0, right only if all of it is; feedback in option order.

    parts has what each gap (in order), row (in order) or place (ordering) is worth, from 0.0 to 1.0; else nothing.
    """

    value: float
    right: bool
    feedback: tuple[OptionFeedback, ...] = ()
    parts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """Whether a text meets one expectation of a practice exercise."""

    expectation: Expectation
    met: bool


def score(quiz: Quiz, answer: Answer) -> Score:
    """What an answer is worth; docs/formats/quiz.md states the formula of each kind.

    Raises ValueError if the answer does not fit the quiz (a bug, or a quiz that changed since): see fits.
    """
    if not fits(quiz, answer):
        raise ValueError(f"{quiz.id} cannot have this answer")
    match quiz.kind:
        case "single" | "multiple":
            return _score_choices(quiz, set(answer.chosen))
        case "text":
            right = _is_accepted(answer.typed[0], quiz.answers)
            return Score(float(right), right)
        case "gaps":
            return _of_parts([_gap_value(gap, *given) for gap, *given in _by_gap(quiz, answer)])
        case "matrix":
            return _score_matrix(quiz, set(answer.chosen))
    return _score_order(quiz, answer.chosen)


def typed_as_text(answer: Answer) -> str:
    """The typed texts as one, for storing; nobody can type the separator (U+001F)."""
    return _SEPARATOR.join(text.replace(_SEPARATOR, " ") for text in answer.typed)


def stored_answer(quiz: Quiz, chosen: tuple[int, ...], typed: str) -> Answer | None:
    """The answer stored earlier; None if the quiz changed since, or what was typed could not be kept."""
    has_typed = quiz.kind == "text" or any(not gap.options for gap in quiz.gaps)
    if has_typed and not typed:
        return None
    parts = tuple(typed.split(_SEPARATOR)) if has_typed else ("",) * len(quiz.gaps)
    answer = Answer(chosen, parts)
    return answer if fits(quiz, answer) else None


def fits(quiz: Quiz, answer: Answer) -> bool:
    """True if the answer can be one to this quiz; False for one given before the quiz was changed."""
    chosen, typed = answer.chosen, answer.typed
    match quiz.kind:
        case "single":
            return len(chosen) == 1 and 0 <= chosen[0] < len(quiz.choices) and not typed
        case "multiple":
            return _is_set(chosen, len(quiz.choices)) and not typed
        case "text":
            return len(typed) == 1 and not chosen
        case "gaps":
            if not len(chosen) == len(typed) == len(quiz.gaps):
                return False
            return all((-1 <= at < len(gap.options)) for gap, at, _ in _by_gap(quiz, answer))
        case "matrix":
            return _is_set(chosen, len(quiz.rows) * len(quiz.columns)) and not typed
    return sorted(chosen) == list(range(len(quiz.choices))) and not typed


def _is_set(chosen: tuple[int, ...], size: int) -> bool:
    return len(set(chosen)) == len(chosen) and all(0 <= index < size for index in chosen)


def _by_gap(quiz: Quiz, answer: Answer) -> list[tuple[Gap, int, str]]:
    return list(zip(quiz.gaps, answer.chosen, answer.typed, strict=True))


def _score_choices(quiz: Quiz, picked: set[int]) -> Score:
    solution = {index for index, choice in enumerate(quiz.choices) if choice.right}
    right = picked == solution
    value = float(right) if quiz.kind == "single" else _set_value(picked, solution)
    chosen = [(index, quiz.choices[index]) for index in sorted(picked)]
    said = (OptionFeedback(index, choice.right, choice.feedback) for index, choice in chosen if choice.feedback)
    return Score(value, right, tuple(said))


def _set_value(picked: set[int], solution: set[int]) -> float:
    """(right picked - wrong picked) / right ones, at least 0; where nothing is right, 1 for picking nothing."""
    if not solution:
        return float(not picked)
    return max(0.0, (len(picked & solution) - len(picked - solution)) / len(solution))


def _gap_value(gap: Gap, chosen: int, typed: str) -> float:
    if gap.options:
        return float(chosen >= 0 and gap.options[chosen].right)
    return float(_is_accepted(typed, gap.answers))


def _score_matrix(quiz: Quiz, picked: set[int]) -> Score:
    width = len(quiz.columns)
    values = [
        _row_value(row, {cell - number * width for cell in picked if number * width <= cell < (number + 1) * width})
        for number, row in enumerate(quiz.rows)
    ]
    said = (
        OptionFeedback(number, value == 1.0, row.feedback)
        for number, (row, value) in enumerate(zip(quiz.rows, values, strict=True))
        if row.feedback
    )
    return _of_parts(values, tuple(said))


def _row_value(row: Row, picked: set[int]) -> float:
    solution = {index for index, right in enumerate(row.right) if right}
    return float(picked == solution) if row.one_only else _set_value(picked, solution)


def _score_order(quiz: Quiz, order: tuple[int, ...]) -> Score:
    """The share of items that stand directly before the one that should follow them (Moodle: relative to next item)."""
    last = len(order) - 1
    followed = [order[at] + 1 == order[at + 1] for at in range(last)]
    value = sum(followed) / last if last else 1.0
    said = (
        OptionFeedback(item, place == item, quiz.choices[item].feedback)
        for place, item in enumerate(order)
        if quiz.choices[item].feedback
    )
    return Score(value, value == 1.0, tuple(said), tuple(float(place == item) for place, item in enumerate(order)))


def _of_parts(values: list[float], feedback: tuple[OptionFeedback, ...] = ()) -> Score:
    value = sum(values) / len(values) if values else 0.0
    return Score(value, bool(values) and all(one == 1.0 for one in values), feedback, tuple(values))


def _is_accepted(typed: str, answers: Collection[str]) -> bool:
    given = fold_answer(typed)
    return bool(given) and given in {fold_answer(accepted) for accepted in answers}


def fold_answer(text: str) -> str:
    """text folded, with straight quotes and hyphens for typographic ones and no full stop or quotes around it.

    What has nothing else, such as "...", stays, so that it can be an answer too.
    """
    folded = fold(text).translate(_PLAIN)
    return folded.rstrip(".!\"' ").lstrip("\"' ") or folded


def fold(text: str) -> str:
    """text as compared: NFKC, case folded, runs of white space as one space, none at the ends.

    The form is normalised again after folding, since case folding can undo it (Unicode 3.13, D146).
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split())


def lesson_score(lesson: Lesson, best: Mapping[str, float]) -> float:
    """The mean of the best value per question, claims and redact exercise, by id; 0.0 for one not done.

    1.0 for a lesson that has none of them.
    """
    if not lesson.graded:
        return 1.0
    return sum(best.get(block.id, 0.0) for block in lesson.graded) / len(lesson.graded)


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
