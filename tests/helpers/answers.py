"""What a learner who knows everything would answer."""

from __future__ import annotations

from desktop_app.lessons.lesson import Answer, Quiz


def right_answer(quiz: Quiz) -> Answer:
    """The answer that is worth 1.0."""
    match quiz.kind:
        case "text":
            return Answer(typed=(quiz.answers[0],))
        case "gaps":
            chosen = (next((n for n, o in enumerate(gap.options) if o.right), -1) for gap in quiz.gaps)
            return Answer(tuple(chosen), tuple("" if gap.options else gap.answers[0] for gap in quiz.gaps))
        case "matrix":
            width = len(quiz.columns)
            return Answer(tuple(r * width + c for r, row in enumerate(quiz.rows) for c in range(width) if row.right[c]))
        case "ordering":
            return Answer(tuple(range(len(quiz.choices))))
    return Answer(tuple(number for number, choice in enumerate(quiz.choices) if choice.right))
