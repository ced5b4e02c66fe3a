"""A lesson as Markdown in our own format, the reverse of parse.py: reading it gives the same lesson, line numbers aside.

What no file could hold (an option of two lines, a title in bold) is not written differently here: whoever makes a lesson
from another format keeps to what a file can hold (interchange/draft.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from desktop_app.lessons.lesson import (
    GAP,
    Block,
    Choice,
    Claims,
    Decision,
    Gap,
    Lesson,
    Practice,
    Prose,
    Quiz,
    Redact,
    Step,
)
from desktop_app.lessons.quiz_parts import gap_text, read_gap, split_answers
from desktop_app.lessons.scan import heading
from desktop_app.lessons.write_fields import (
    claims_fields,
    decision_fields,
    front_matter,
    practice_fields,
    redact_fields,
)

_INDENT = "    "
_ESCAPE = r"\\\g<0>"
_SPECIAL = re.compile(r"[|()\[\]@]")
_TICKS = re.compile(r"`{3,}")
_NOWHERE = frozenset({"x", "X", "?", "!"})  # between double brackets they mean something else
OPEN_GAP = "____"  # a gap whose answers all stand in the comment also


def write_lesson(lesson: Lesson) -> str:
    """The text of lesson.md."""
    title = f"# {' '.join(lesson.title.split())}"
    parts = [f"---\n{front_matter(lesson)}---"]
    if (found := heading(title)) and found[1]:
        parts.append(title)
    return "\n\n".join([*parts, *map(write_step, lesson.steps)]).replace("---\n\n#", "---\n#", 1) + "\n"


def write_step(step: Step) -> str:
    """One step with its heading, without a line end behind it."""
    line = f"## {step.title}".rstrip()
    if heading(line) != (2, step.title):
        line += " ##"  # the title itself ends in a #
    return "\n\n".join([line, *map(write_block, step.blocks)])


def write_block(block: Block) -> str:
    """One block, without a line end behind it."""
    match block:
        case Prose():
            return block.markdown
        case Quiz():
            return write_quiz(block)
        case Practice():
            return _fence("practice", practice_fields(block))
        case Claims():
            return _fence("claims", claims_fields(block))
        case Redact():
            return _fence("redact", redact_fields(block))
        case Decision():
            return _fence("decision", decision_fields(block))


def write_quiz(quiz: Quiz) -> str:
    """One question with its comments, options, hints and solution."""
    inline = quiz.kind == "gaps" and quiz.body != GAP
    lines = [f"<!-- id: {quiz.id} -->"]
    body = list(_body(quiz, inline=inline))
    also = [line for line in body if line.startswith("<!-- also")]
    body = [line for line in body if not line.startswith("<!-- also")]
    if inline:
        lines += [*also, *body]
    else:
        lines += [_paragraph_line(line) for line in quiz.question.split("\n")]
        lines += ["", *also, *(f"{_INDENT}{line}" for line in body)]
    lines += [f"{_INDENT}[[?]] {hint}" for hint in quiz.hints]
    if quiz.solution:
        inside = (f"{_INDENT}{line}" if line else "" for line in quiz.solution.split("\n"))
        lines += [f"{_INDENT}****", *inside, f"{_INDENT}****"]
    return "\n".join(lines)


def _body(quiz: Quiz, *, inline: bool) -> Iterator[str]:
    """The lines that make the kind of the question, and its comments also."""
    match quiz.kind:
        case "single" | "multiple":
            for choice in quiz.choices:
                mark = "X" if choice.right else " "
                yield f"[({mark})] {choice.text}" if quiz.kind == "single" else f"[[{mark}]] {choice.text}"
                yield from _feedback(choice.feedback)
        case "text":
            yield from _typed(Gap(quiz.answers), "also", drop=False)
        case "gaps":
            yield from _gaps(quiz, inline=inline)
        case "matrix":
            yield f"[{' '.join(map(_cell, quiz.columns))}]"
            for row in quiz.rows:
                marks = (("({})" if row.one_only else "[{}]").format("X" if right else " ") for right in row.right)
                yield f"[ {' '.join(marks)} ] {row.text}"
                yield from _feedback(row.feedback)
        case "ordering":
            yield from _items(quiz.choices)


def _items(choices: tuple[Choice, ...]) -> Iterator[str]:
    for place, choice in enumerate(choices, 1):
        yield f"[[{place}]] {choice.text}"
        yield from _feedback(choice.feedback)


def _cell(title: str) -> str:
    return f"({title})" if "[" in title or "]" in title else f"[{title}]"


def _feedback(text: str) -> Iterator[str]:
    if text:
        yield f"{_INDENT}> {text}"


def _gaps(quiz: Quiz, *, inline: bool) -> Iterator[str]:
    pieces = quiz.body.split(GAP)
    parts = [pieces[0]]
    for number, gap in enumerate(quiz.gaps, 1):
        after = pieces[number] or "["[number == len(quiz.gaps) :]  # a gap directly behind this one starts with [
        *also, written = _gap(gap, number, drop=after.startswith(("(", "[")), alone=not inline)
        yield from also
        parts += [written, pieces[number]]
    yield _paragraph_line("".join(parts))


def _gap(gap: Gap, number: int, *, drop: bool, alone: bool) -> Iterator[str]:
    """A comment also if there must be one, and last what stands in the text; [->[ ]] where [[ ]] would mean another thing."""
    if gap.options:
        inside = "|".join(map(_option, gap.options))
        yield f"[->[{inside}]]" if drop else f"[[{inside}]]"
    else:
        yield from _typed(gap, f"also {number}", drop=drop or alone)


def _option(choice: Choice) -> str:
    escaped = _SPECIAL.sub(_ESCAPE, choice.text)
    padded = f"{escaped} " if escaped.endswith("\\") else escaped
    return f"({padded})" if choice.right else padded


def _typed(gap: Gap, name: str, *, drop: bool) -> Iterator[str]:
    """The first answer between the brackets if it can stand there, the others in a comment before it."""
    first = _SPECIAL.sub(_ESCAPE, gap.answers[0]) if gap.answers else ""
    inside = first if gap.answers and _reads_back(first, gap.answers[0]) else OPEN_GAP
    others = gap.answers if inside == OPEN_GAP else gap.answers[1:]
    if others:
        yield f"<!-- {name}: {' | '.join(_SPECIAL.sub(_ESCAPE, answer) for answer in others)} -->"
    yield f"[->[{inside}]]" if drop else f"[[{inside}]]"


def _reads_back(inside: str, answer: str) -> bool:
    """True if the text between double brackets is read as this one answer, wherever it stands."""
    if inside in _NOWHERE or "`" in inside or "<!--" in inside:
        return False
    found = gap_text(f"a [[{inside}]] b")
    return found.gaps == (Gap((answer,)),) and split_answers(inside) == [answer] and not read_gap(inside)[1]


def _paragraph_line(line: str) -> str:
    """line so that it is no heading: the reader of lessons takes the space away again."""
    return f" {line}" if line.startswith("#") else line


def _fence(kind: str, fields: str) -> str:
    marks = max((len(run) for run in _TICKS.findall(fields)), default=2) + 1
    return f"{'`' * marks}{kind}\n{fields}{'`' * marks}"
