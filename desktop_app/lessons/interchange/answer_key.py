"""What the player knows of each question: how an answer is scored, and what a learning management system is told of it.

Right answers stand in it, so whoever reads a page's source finds them. player.js scores as lessons/scoring.py does.
"""

from __future__ import annotations

import hashlib
import re
import sys
import unicodedata
from functools import cache
from typing import Any

from desktop_app.lessons.documents import Document
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.lesson import GAP, Claims, Decision, Graded, Lesson, Quiz, Redact
from desktop_app.lessons.redaction import COST_OF_NEEDLESS, CREDIT_FOR_PARTLY, WORDS_A_PIECE, spare_words
from desktop_app.lessons.render import plain_text
from desktop_app.lessons.scoring import fold_answer

_TOKEN = re.compile(r"\S+")


def counts_in(course: Course, block: Graded) -> bool:
    """True if the player can score the block; a live answer's claims and a document that is gone stay in Greenroom."""
    if isinstance(block, Claims):
        return bool(block.output and course.source_text(block))
    return not isinstance(block, Redact) or block.document in course.documents


def counted(course: Course, lesson: Lesson) -> tuple[Graded, ...]:
    """What makes up the lesson's score in the player, in lesson order."""
    return tuple(block for block in lesson.graded if counts_in(course, block))


def lesson_key(course: Course, lesson: Lesson) -> dict[str, Any]:
    """Everything the player knows of a lesson, ready for JSON."""
    questions = [_key(course, lesson, block) for block in counted(course, lesson)]
    return {
        "id": lesson.id,
        "title": lesson.title,
        "print": fingerprint(lesson, questions),
        "language": lesson.language,
        "pass": lesson.pass_mark,
        "attempts": lesson.attempts,
        "steps": [step.key for step in lesson.steps],
        "questions": questions,
    }


def fingerprint(lesson: Lesson, questions: list[dict[str, Any]]) -> str:
    """Eight letters that change when stored answers would no longer fit."""
    shape = [lesson.version, [(q["id"], q["kind"], q.get("count"), q.get("width")) for q in questions]]
    return hashlib.sha256(repr(shape).encode()).hexdigest()[:8]


def start_order(block: Quiz) -> tuple[int, ...]:
    """The items of an ordering question as first shown: the same each time, and never already right."""
    places = range(len(block.choices))
    order = sorted(places, key=lambda place: hashlib.sha256(f"{block.id}/{place}".encode()).digest())
    if order == list(places) and len(order) > 1:
        order = [*order[1:], order[0]]
    return tuple(order)


def _key(course: Course, lesson: Lesson, block: Graded) -> dict[str, Any]:
    step = next(step.key for step in lesson.steps if block in step.blocks)
    if isinstance(block, Claims):
        return {
            "id": block.id, "kind": "claims", "step": step, "ask": block.title, "count": len(block.claims),
            "right": [claim.supported for claim in block.claims], "texts": [claim.text for claim in block.claims],
        }  # fmt: skip
    if isinstance(block, Redact):
        document = course.documents[block.document]
        return {"id": block.id, "kind": "redact", "step": step, "ask": block.title, **redact_key(document)}
    if isinstance(block, Decision):
        texts = [plain_text(option.text) for option in block.options]
        right = [option.right for option in block.options]
        return {
            "id": block.id, "kind": "decision", "step": step, "ask": block.title, "hints": 0,
            "count": len(texts), "right": right, "texts": texts,
        }  # fmt: skip
    ask = plain_text(block.question or block.body.replace(GAP, "___"))
    common = {"id": block.id, "kind": block.kind, "step": step, "ask": ask, "hints": len(block.hints)}
    return {**common, **_QUIZ_KEYS[block.kind](block)}


def _choices(quiz: Quiz) -> dict[str, Any]:
    texts = [plain_text(choice.text) for choice in quiz.choices]
    return {"count": len(texts), "right": [choice.right for choice in quiz.choices], "texts": texts}


def _text(quiz: Quiz) -> dict[str, Any]:
    return {"count": 1, "answers": list(quiz.answers), "folded": _folded(quiz.answers)}


def _gaps(quiz: Quiz) -> dict[str, Any]:
    gaps = [
        {"right": [option.right for option in gap.options], "texts": [option.text for option in gap.options]}
        if gap.options
        else {"answers": list(gap.answers), "folded": _folded(gap.answers)}
        for gap in quiz.gaps
    ]
    return {"count": len(gaps), "gaps": gaps}


def _matrix(quiz: Quiz) -> dict[str, Any]:
    rows = [{"right": list(row.right), "one": row.one_only} for row in quiz.rows]
    return {
        "count": len(rows), "width": len(quiz.columns), "rows": rows,
        "texts": [plain_text(row.text) for row in quiz.rows], "columns": list(map(plain_text, quiz.columns)),
    }  # fmt: skip


def _ordering(quiz: Quiz) -> dict[str, Any]:
    return {**_choices(quiz), "start": list(start_order(quiz))}


_QUIZ_KEYS = {
    "single": _choices,
    "multiple": _choices,
    "text": _text,
    "gaps": _gaps,
    "matrix": _matrix,
    "ordering": _ordering,
}


def _folded(answers: tuple[str, ...]) -> list[str]:
    return sorted({fold_answer(answer) for answer in answers})


def tokens(document: Document) -> list[tuple[int, int]]:
    """The pieces between white space, which the player hides or shows as a whole: start and end in characters."""
    return [match.span() for match in _TOKEN.finditer(document.text)]


def redact_key(document: Document) -> dict[str, Any]:
    """The parts of redaction.judge that are known before anybody marks a word, in pieces of the document.

    spans has, for each planted occurrence, its letters per piece; words has the pieces of the words that could stay, a
    negative number (-1 - piece) where a passage goes on from the word before.
    """
    pieces = tokens(document)
    piece_at = [number for number, (start, end) in enumerate(pieces) for _ in range(start, end)]
    places = [at for start, end in pieces for at in range(start, end)]
    where = dict(zip(places, piece_at, strict=True))
    return {
        "count": len(pieces),
        "spans": [_letters(document.text, start, end, where) for start, end, _ in document.spans()],
        "words": [-1 - where[start] if goes_on else where[start] for (start, _), goes_on in spare_words(document)],
        "costs": [COST_OF_NEEDLESS, WORDS_A_PIECE, CREDIT_FOR_PARTLY],
    }


def _letters(text: str, start: int, end: int, where: dict[int, int]) -> list[tuple[int, int]]:
    """Piece and number of letters or digits in it; of signs where there are none, as redaction.judge counts them."""
    places = [at for at in range(start, end) if text[at].isalnum()] or [at for at in range(start, end) if at in where]
    counts: dict[int, int] = {}
    for at in places:
        counts[where[at]] = counts.get(where[at], 0) + 1
    return sorted(counts.items())


@cache
def fold_table() -> dict[str, Any]:
    """str.casefold as data: runs of (first, count, step, difference), and characters that become several.

    JavaScript knows lower case only; with this table it folds exactly as Python does.
    """
    runs: list[list[int]] = []
    many: dict[str, str] = {}
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        folded = char.casefold()
        if folded == char or 0xD800 <= code < 0xE000:
            continue
        if len(folded) > 1:
            many[char] = folded
        else:
            _add_run(runs, code, ord(folded) - code)
    return {"runs": [number for run in runs for number in run], "many": many, "unicode": unicodedata.unidata_version}


def _add_run(runs: list[list[int]], code: int, difference: int) -> None:
    if runs and runs[-1][3] == difference:
        first, count, step, _ = runs[-1]
        last = first + (count - 1) * step
        if count == 1 and code - last <= 2:
            runs[-1][1:3] = [2, code - last]
            return
        if count > 1 and code - last == step:
            runs[-1][1] += 1
            return
    runs.append([code, 1, 1, difference])
