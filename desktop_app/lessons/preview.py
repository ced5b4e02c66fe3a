"""A lesson as its author sees it: right answers marked, hints, feedback and solutions shown, in pieces small enough to update.

Each piece is HTML without colours; its classes are those of CLASSES, which the window and the printed page style each
in their own way. What was made of a block is kept as long as the block stays the same, so a keystroke costs one block.
"""

from __future__ import annotations

import base64
import html
import mimetypes
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Literal

from desktop_app.lessons.documents import Document
from desktop_app.lessons.glossary import NO_WORDS, Glossary, explained
from desktop_app.lessons.lesson import (
    GAP,
    Block,
    Claims,
    Decision,
    Expectation,
    Gap,
    LearningPath,
    Lesson,
    Practice,
    Prose,
    Quiz,
    Step,
)
from desktop_app.lessons.render import MAX_LENGTH, is_pack_path, render_html, render_inline
from desktop_app.lessons.scan import Line, heading, scan
from desktop_app.policy.vocabulary import ROLES

PieceKind = Literal["head", "step", "prose", "question", "exercise"]
CLASSES = ("good", "muted", "small", "eyebrow", "title", "strong")
_KINDS = {
    "single": "One answer",
    "multiple": "Several answers",
    "text": "Typed answer",
    "gaps": "Gaps",
    "matrix": "Matrix",
    "ordering": "Put in order",
}
_EXPECT = {
    "contains": "has “{}”",
    "icontains": "has “{}” in any spelling of capitals",
    "not_contains": "does not have “{}”",
    "max_words": "at most {} words",
    "min_words": "at least {} words",
    "regex": "matches {}",
}
# What starts a paragraph and nothing else: no list, quote, table, indented line, HTML, definition, rule or underline.
_PARAGRAPH = re.compile(r"[^\W\d_]|[“”‘’„«(\"'*`!](?![ \t*])")
_WHOLE = re.compile(r"^[ ]{0,3}(?:\[[^\[\]]+\]:|<)|^(?:=+|-+)[ \t]*$|^\*\[", re.MULTILINE)
_IMAGE = re.compile(r'(<img\b[^<>]*\bsrc=")([^"]*)(")')
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>{title}</title><style>
body {{ max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif; }}
.question, .exercise {{ border: 1px solid #7c857a; border-radius: 12px; padding: 1rem 1.25rem; margin: 1rem 0; }}
.muted, .small {{ color: #57605a; }} .small {{ font-size: .85rem; }} .good {{ color: #0e6b52; font-weight: 600; }}
.eyebrow {{ color: #0e6b52; font-size: .85rem; font-weight: 600; }} .title {{ font-size: 1.25rem; font-weight: 600; }}
.strong {{ font-weight: 600; }} blockquote {{ background: #ddf0e7; margin: 1rem 0; padding: .5rem 1rem; }}
pre {{ white-space: pre-wrap; background: #edefea; padding: .75rem; }} td, th {{ padding: .2rem .8rem .2rem 0; text-align: left;
vertical-align: top; }} img {{ max-width: 100%; }}
</style></head><body>
{body}
</body></html>
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the lesson that is drawn as one; line is where it starts in the file, from 1."""

    kind: PieceKind
    html: str
    line: int


class Preview:
    """Makes the pieces of a lesson, again and again while it is written. Belongs to one thread at a time."""

    def __init__(self) -> None:
        self._made: dict[object, tuple[tuple[PieceKind, str, int], ...]] = {}

    def pieces(self, lesson: Lesson, glossary: Glossary = NO_WORDS) -> tuple[Piece, ...]:
        """The lesson's pieces in file order; blocks that were there the last time are not rendered again.

        What a word of the glossary means stands in the title of the link, which shows it where the mouse rests.
        """
        made: dict[object, tuple[tuple[PieceKind, str, int], ...]] = {}
        found = [Piece("head", _head(lesson), 1)]
        for number, step in enumerate(lesson.steps, 1):
            found.append(Piece("step", _step(number, step), step.line))
            for block in step.blocks:
                key = _key(block)
                if key not in made:
                    made[key] = self._made.get(key) or tuple(_block(block))
                found += [Piece(kind, text, block.line + offset) for kind, text, offset in made[key]]
        self._made = made
        return tuple(replace(piece, html=explained(piece.html, glossary)) for piece in found)


def preview_page(lesson: Lesson, glossary: Glossary = NO_WORDS) -> str:
    """The whole preview as one HTML page that loads nothing: images of the lesson's folder are part of it."""
    parts = [f'<div class="{piece.kind}">{piece.html}</div>' for piece in Preview().pieces(lesson, glossary)]
    body = _IMAGE.sub(lambda found: _embedded(found, lesson.path.parent), "\n".join(parts))
    return _PAGE.format(language=html.escape(lesson.language), title=html.escape(lesson.title), body=body)


def split_prose(markdown: str) -> tuple[tuple[str, int], ...]:
    """The Markdown in stretches that can be rendered one by one, each with the number of lines before it.

    Rendered one after the other they give what the whole gives. Text with reference definitions or HTML stays whole, and so does
    what is so long that the reader shows it as typed.
    """
    if len(markdown) > MAX_LENGTH or _WHOLE.search(markdown) or "\t" in markdown:
        return ((markdown, 0),)
    lines, unclosed = scan(markdown.split("\n"), 0)
    if unclosed is not None:
        return ((markdown, 0),)
    starts = [0, *(line.number for before, line in pairwise(lines) if _starts(before, line))]
    ends = [*starts[1:], len(lines)]
    parts = [("\n".join(line.text for line in lines[a:b]), a) for a, b in zip(starts, ends, strict=True)]
    return tuple((text.strip("\n"), at) for text, at in parts)


def _starts(before: Line, line: Line) -> bool:
    is_text = line.kind == "text" and (heading(line.text) is not None or _PARAGRAPH.match(line.text) is not None)
    return before.is_blank and is_text


def _key(block: Block) -> object:
    # an exercise has mappings, which no dictionary takes as a key
    return replace(block, line=0) if isinstance(block, Prose | Quiz) else repr(replace(block, line=0))


def _block(block: Block) -> Iterator[tuple[PieceKind, str, int]]:
    if isinstance(block, Prose):
        for text, offset in split_prose(block.markdown):
            yield "prose", render_html(text), offset
    elif isinstance(block, Quiz):
        yield "question", _quiz(block), 0
    elif isinstance(block, Practice):
        yield "exercise", _practice(block), 0
    elif isinstance(block, Claims):
        yield "exercise", _claims(block), 0
    elif isinstance(block, Decision):
        yield "exercise", _decision(block), 0
    else:
        text = _headed("REDACT A DOCUMENT", block.title, block.task)
        yield "exercise", text + _p(f"Document: {_code(block.document)}"), 0


# -- head and steps ------------------------------------------------------------------------------------------------------


def _head(lesson: Lesson) -> str:
    roles = ", ".join(ROLES.get(role, role) for role in lesson.roles)
    state = "draft" if lesson.is_draft else f"version {lesson.version}"
    facts = [lesson.level, f"{lesson.duration_minutes} minutes", state, roles]
    objectives = "".join(f"<li>{render_inline(one)}</li>" for one in lesson.objectives)
    return (
        f"<h1>{_text(lesson.title) or 'Untitled'}</h1>{_p(_text(' · '.join(filter(None, facts))), 'muted')}"
        f"{_p(render_inline(lesson.summary))}"
        + (f"{_p('You will be able to:', 'strong')}<ul>{objectives}</ul>" if objectives else "")
    )


def _step(number: int, step: Step) -> str:
    return f"{_p(f'STEP {number}', 'eyebrow')}<h2>{_text(step.title) or 'Untitled step'}</h2>"


# -- questions -----------------------------------------------------------------------------------------------------------


def _quiz(quiz: Quiz) -> str:
    parts = [_p(f"QUESTION · {_KINDS[quiz.kind]} · {_text(quiz.id)}", "eyebrow")]
    if quiz.question and not (quiz.kind == "gaps" and "___" in quiz.question):
        parts.append(_p(render_inline(quiz.question), "strong"))
    parts.append(_BODIES[quiz.kind](quiz))
    parts += [
        _p(f'<span class="strong">Hint {n}.</span> {render_inline(hint)}', "muted")
        for n, hint in enumerate(quiz.hints, 1)
    ]
    if quiz.solution:
        parts.append(f"{_p('Solution', 'strong')}{render_html(quiz.solution)}")
    return "".join(parts)


def _options(quiz: Quiz) -> str:
    return _table(
        (_mark(choice.right), render_inline(choice.text) + _feedback(choice.feedback)) for choice in quiz.choices
    )


def _typed(quiz: Quiz) -> str:
    answers = " or ".join(f'<span class="good">{_text(answer)}</span>' for answer in quiz.answers)
    return _p(f"Accepted: {answers or 'nothing yet'}")


def _gaps(quiz: Quiz) -> str:
    rest = iter(quiz.gaps)
    body = render_inline(quiz.body)
    return _p("".join(_gap(next(rest, Gap())) if part == GAP else part for part in re.split(f"({GAP})", body)))


def _gap(gap: Gap) -> str:
    if gap.options:
        words = [f'<span class="good">✓ {_text(o.text)}</span>' if o.right else _text(o.text) for o in gap.options]
        return f"[ {' | '.join(words)} ]"
    return f'[ <span class="good">{_text(" or ".join(gap.answers)) or "?"}</span> ]'


def _matrix(quiz: Quiz) -> str:
    head = "".join(f"<th>{render_inline(column)}</th>" for column in quiz.columns)
    rows = (
        (
            render_inline(row.text) + _feedback(row.feedback),
            *('<span class="good">✓ right</span>' if right else "–" for right in row.right),
        )
        for row in quiz.rows
    )
    return _table(rows, f"<tr><th></th>{head}</tr>")


def _ordering(quiz: Quiz) -> str:
    items = "".join(f"<li>{render_inline(choice.text)}{_feedback(choice.feedback)}</li>" for choice in quiz.choices)
    return f"<ol>{items}</ol>{_p('In this order. Learners see the lines mixed.', 'small')}"


_BODIES: dict[str, Callable[[Quiz], str]] = {
    "single": _options,
    "multiple": _options,
    "text": _typed,
    "gaps": _gaps,
    "matrix": _matrix,
    "ordering": _ordering,
}


# -- exercises -----------------------------------------------------------------------------------------------------------


def _headed(kind: str, title: str, task: str) -> str:
    return f"{_p(kind, 'eyebrow')}{_p(_text(title), 'title')}{render_html(task)}"


def _practice(practice: Practice) -> str:
    parts = [_headed("PRACTICE ON THE LOCAL MODEL", practice.title, practice.task)]
    parts += _prompt(practice.prompt, practice.values) if practice.prompt else [f"<pre>{_text(practice.start)}</pre>"]
    parts.append(_tests("Checked in the answer", practice.expect))
    if practice.prompt_checks:
        parts.append(_p(f"Looked for in the prompt: {_text(', '.join(practice.prompt_checks))}"))
    if practice.rubric:
        asked = "".join(f"<li>{_text(one.ask)}{_feedback(one.why)}</li>" for one in practice.rubric)
        parts.append(f"{_p('Rubric', 'strong')}<ul>{asked}</ul>")
    if practice.look_for:
        parts.append(f"{_p('What to look for (after a run)', 'strong')}{render_html(practice.look_for)}")
    if practice.judge:
        parts.append(_p(f'<span class="strong">Judge:</span> {render_inline(practice.judge)}'))
    seeds = ", ".join(map(str, practice.seeds)) or str(practice.seed)
    parts.append(_p(f"At most {practice.max_tokens} tokens · seed {seeds}", "small"))
    return "".join(parts)


def _decision(decision: Decision) -> str:
    options = _table(
        (_mark(option.right), render_inline(option.text) + _feedback(option.feedback)) for option in decision.options
    )
    points = "".join(f"<li>{render_inline(point)}</li>" for point in decision.points)
    return (
        f"{_headed('DECIDE', decision.title, decision.task)}{options}{_p(render_inline(decision.defend), 'strong')}"
        f"{_p('A good reason says', 'strong')}<ul>{points}</ul>"
        f"{_p('How a colleague put it', 'strong')}{render_html(decision.example)}"
    )


def _claims(claims: Claims) -> str:
    parts = [_headed("CHECK THE CLAIMS", claims.title, claims.task)]
    source = f"<pre>{_text(claims.source)}</pre>" if claims.source else _p(f"Document {_code(claims.document)}")
    parts.append(f"{_p('Source', 'strong')}{source}")
    if claims.output:
        parts.append(f"{_p('Answer to check', 'strong')}<pre>{_text(claims.output)}</pre>")
        parts.append(
            _table(
                (
                    '<span class="good">✓ supported</span>' if claim.supported else "✗ not supported",
                    _text(claim.text) + _feedback(claim.why),
                )
                for claim in claims.claims
            )
        )
    if claims.prompt:
        parts += _prompt(claims.prompt, claims.values)
    return "".join(parts)


def _prompt(prompt: str, values: Mapping[str, str]) -> list[str]:
    rows = [(_p(_text(name), "muted"), _text(str(value))) for name, value in values.items()]
    return [_p(f"Prompt {_code(prompt)}"), *([_table(rows)] if rows else [])]


def _tests(title: str, tests: Sequence[Expectation]) -> str:
    if not tests:
        return ""
    lines = "".join(
        f"<li>{_text(test.says)}{_feedback(_EXPECT[test.kind].format(test.value), is_plain=True)}</li>"
        for test in tests
    )
    return f"{_p(title, 'strong')}<ul>{lines}</ul>"


# -- small parts ---------------------------------------------------------------------------------------------------------


def _text(text: str) -> str:
    return html.escape(text).replace("\n", "<br>") if "\n" in text else html.escape(text)


def _code(text: str) -> str:
    return f"<code>{_text(text)}</code>"


def _p(inside: str, name: str = "") -> str:
    return f'<p class="{name}">{inside}</p>' if name else f"<p>{inside}</p>"


def _mark(right: bool) -> str:
    return '<span class="good">✓ right</span>' if right else '<span class="muted">✗ wrong</span>'


def _feedback(text: str, *, is_plain: bool = False) -> str:
    shown = _text(text) if is_plain else render_inline(text)
    return f'<br><span class="muted">{shown}</span>' if text else ""


def _table(rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]], head: str = "") -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table>{head}{lines}</table>" if lines or head else ""


def _embedded(found: re.Match[str], folder: Path) -> str:
    """The image tag with the file's bytes in it; without an address where there is no such file."""
    address = html.unescape(found[2])
    kind = mimetypes.guess_type(address)[0] or ""
    file = folder / address
    try:
        inside = file.resolve().is_relative_to(folder.resolve())
        if not (inside and file.is_file() and is_pack_path(address) and kind.startswith("image/")):
            return f"{found[1]}{found[3]}"
        data = base64.b64encode(file.read_bytes()).decode()
    except OSError:
        return f"{found[1]}{found[3]}"
    return f"{found[1]}data:{kind};base64,{data}{found[3]}"


# -- other files ---------------------------------------------------------------------------------------------------------


def document_pieces(document: Document) -> tuple[Piece, ...]:
    """A document with what is planted in it marked, and why it must not leave the building."""
    parts, done = [], 0
    for start, end, _ in document.spans():
        parts += [_text(document.text[done:start]), f'<span class="good">▸{_text(document.text[start:end])}◂</span>']
        done = end
    body = "".join([*parts, _text(document.text[done:])])
    planted = _table([(_text(one.text), _text(one.kind), _text(one.why)) for one in document.planted])
    head = f"{_p('DOCUMENT · ' + _text(document.kind), 'eyebrow')}<h1>{_text(document.title)}</h1>"
    return (
        Piece("head", head, 1),
        Piece("prose", f"<p>{body}</p>", 1),
        Piece("exercise", f"{_p('Planted: what learners take out', 'strong')}{planted}", 1),
    )


def path_pieces(path: LearningPath, titles: Mapping[str, str]) -> tuple[Piece, ...]:
    """A learning path with its lessons in order; titles are those of the lessons that are known."""
    items = "".join(f"<li>{_text(titles.get(one, f'{one} (not found)'))}</li>" for one in path.lessons)
    roles = ", ".join(ROLES.get(role, role) for role in path.roles)
    due = f" · due {path.within_days} days after its start" if path.within_days else ""
    head = f"<h1>{_text(path.title)}</h1>{_p(_text(roles + due), 'muted')}{_p(_text(path.description))}"
    return (Piece("head", head, 1), Piece("prose", f"<ol>{items}</ol>", 1))
