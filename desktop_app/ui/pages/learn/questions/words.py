"""What a question says in words, and the order its items start in; nothing here draws."""

from __future__ import annotations

import random

from desktop_app.lessons.lesson import GAP, Answer, Gap, Quiz
from desktop_app.lessons.render import plain_text
from desktop_app.lessons.scoring import Score

RIGHT, WRONG, PARTLY = "Right", "Not this one", "Partly right"


def task(quiz: Quiz) -> str:
    """What to do, in a few words."""
    if quiz.kind == "matrix":
        return "One answer in each row" if all(row.one_only for row in quiz.rows) else "Tick what fits in each row"
    return {
        "single": "One answer",
        "multiple": "More than one may be right",
        "text": "Type your answer",
        "gaps": "Fill the gap" if len(quiz.gaps) == 1 else "Fill the gaps",
        "ordering": "Put in the right order",
    }[quiz.kind]


def is_inline(quiz: Quiz) -> bool:
    """True if the sentence with the gaps is the question itself, which then is not shown twice."""
    return quiz.kind == "gaps" and quiz.body.replace(GAP, "___") == quiz.question


def spoken_gap(quiz: Quiz, number: int) -> str:
    """What a screen reader says on a gap; number counts from 0."""
    sentence = plain_text(quiz.body.replace(GAP, "blank"))
    text = sentence if is_inline(quiz) else plain_text(quiz.question)
    return f"Gap {number + 1} of {len(quiz.gaps)}: {text}"


def first_order(quiz: Quiz, tries: int) -> tuple[int, ...]:
    """The order in which the items are shown: the same for the same question and try, and never the right one."""
    order = list(range(len(quiz.choices)))
    random.Random(f"{quiz.id}:{tries}").shuffle(order)
    if order == sorted(order):
        order = order[1:] + order[:1]
    return tuple(order)


def given_text(gap: Gap, chosen: int, typed: str) -> str:
    """What stands in a gap, "" if nothing does."""
    return plain_text(gap.options[chosen].text) if gap.options and chosen >= 0 else typed.strip()


def worth(value: float) -> str:
    """The word for what one part is worth."""
    return RIGHT if value == 1.0 else PARTLY if value > 0 else WRONG


def result_words(quiz: Quiz, answer: Answer, score: Score) -> str:
    """The result in one sentence, with the partial credit in words."""
    if has_one_part(quiz):
        return f"{RIGHT}." if score.right else f"{WRONG}."
    if score.right:
        return {"gaps": "Right: every gap.", "matrix": "Right: every row.", "ordering": "Right: the whole order."}.get(
            quiz.kind, "Right: these and no others."
        )
    return f"{_partly(quiz, answer, score)}: {percent(score.value)}."


def has_one_part(quiz: Quiz) -> bool:
    """True if the mark beside the only part of the answer says all there is to say."""
    return quiz.kind in ("single", "text") or len(quiz.gaps) == 1


def percent(value: float) -> str:
    """A score as a percentage that says 0 and 100 for nothing and everything only."""
    return f"{min(99, max(1, round(value * 100))) if 0.0 < value < 1.0 else round(value * 100)}%"


def _partly(quiz: Quiz, answer: Answer, score: Score) -> str:
    match quiz.kind:
        case "multiple":
            right = sum(quiz.choices[index].right for index in answer.chosen)
            extra = len(answer.chosen) - right
            words = f"{right} of {sum(choice.right for choice in quiz.choices)} right"
            return words + (f", {extra} too many" if extra else "")
        case "ordering":
            pairs = len(quiz.choices) - 1
            followed = round(score.value * pairs)
            return f"{followed} of {pairs} pair{'s' if pairs > 1 else ''} of neighbours right"
    full, some = score.parts.count(1.0), sum(0.0 < value < 1.0 for value in score.parts)
    unit = "gap" if quiz.kind == "gaps" else "row"
    words = f"{full} of {len(score.parts)} {unit}{'s' if len(score.parts) > 1 else ''} right"
    return words + (f", {some} partly" if some else "")
