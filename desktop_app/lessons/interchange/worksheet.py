"""Lessons for paper, as HTML that QTextDocument lays out: prose, questions to answer with a pen, answers at the end.

ui/printing/lesson_pdf.py gives it pages. An anchor "keep" starts what should stand on one page, "free" ends it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from desktop_app.lessons.glossary import Entry
from desktop_app.lessons.interchange import paper
from desktop_app.lessons.interchange.answer_key import start_order
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.markup import open_tag, read_image, rewrite
from desktop_app.lessons.interchange.page import words_for
from desktop_app.lessons.lesson import (
    GAP,
    Block,
    Choice,
    Claims,
    Decision,
    Graded,
    Lesson,
    Practice,
    Prose,
    Quiz,
    Redact,
    Step,
)
from desktop_app.lessons.render import render_html, render_inline
from desktop_app.notes import Notes

ANSWERS = "/answers"  # no lesson can be called so
PAGE_OF = re.compile(r"\{page:([a-z0-9-]+)\}")  # where the contents name a lesson's page
_LINES_FOR_A_REASON = 4
_FREE = "<p class='gap'><a name='free'></a>&nbsp;</p>"
_QUOTE = re.compile(r"<blockquote>(.*?)</blockquote>", re.DOTALL)
_CODE = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The document: html, and the bytes of each image by the name in its src.

    title and parts (by the name behind "part-" of their anchors) are for the heads of pages: the lessons, the answers.
    """

    html: str
    images: Mapping[str, bytes]
    title: str
    parts: Mapping[str, str]
    words: Mapping[str, str]


def worksheet(course: Course, notes: Notes, *, answers: bool = True) -> Worksheet:
    """All lessons of the course; without answers the last part has the hints only."""
    words = words_for(course.resources, course.language)
    images: dict[str, bytes] = {}
    lessons = [_LessonSheet(course, lesson, words, images, notes) for lesson in course.lessons]
    parts = [_contents(course, words)] if course.is_path else []
    parts += [sheet.lesson(new_page=course.is_path or bool(number)) for number, sheet in enumerate(lessons)]
    if answers:
        parts += [sheet.answers(new_page=number == 0) for number, sheet in enumerate(lessons)]
    titles = {str(lesson.id): lesson.title for lesson in course.lessons} if course.is_path else {}
    return Worksheet("".join(parts), images, course.title, titles | {ANSWERS: words["paper_answers"]}, words)


def _contents(course: Course, words: Mapping[str, str]) -> str:
    rows = "".join(
        f"<tr><td>{number}</td><td><b>{escape(lesson.title)}</b><br><span class='muted'>{render_inline(lesson.summary)}</span></td>"
        f"<td align='right'>{{page:{lesson.id}}}</td></tr>"
        for number, lesson in enumerate(course.lessons, 1)
    )
    return (
        f"<p class='title'>{escape(course.title)}</p><p class='lead'>{render_inline(course.description)}</p>"
        f"<h2>{escape(words['paper_contents'])}</h2><table width='100%' class='rows'>{rows}</table>"
    )


class _LessonSheet:
    """The parts of one lesson; questions and exercises that can be answered are numbered through it."""

    def __init__(
        self, course: Course, lesson: Lesson, words: Mapping[str, str], images: dict[str, bytes], notes: Notes
    ) -> None:
        self._course, self._lesson, self._words, self._images, self._notes = course, lesson, words, images, notes
        self._numbers = {block.id: number for number, block in enumerate(lesson.graded, 1)}
        self._line = 1
        self._met: dict[str, Entry] = {}  # the words of the glossary that it links to

    # -- the lesson --------------------------------------------------------------------------------------------------

    def lesson(self, *, new_page: bool) -> str:
        """Title, goals, every step, sources."""
        lesson, w = self._lesson, self._words
        goals = "".join(f"<li>{self._inline(objective)}</li>" for objective in lesson.objectives)
        facts = [w["minutes"].format(n=lesson.duration_minutes), w["version"].format(n=lesson.version)]
        facts += filter(None, [", ".join(lesson.authors), lesson.license])
        style = " style='page-break-before:always'" if new_page else ""
        steps = "".join(self._step(number, step) for number, step in enumerate(lesson.steps, 1))
        return (
            f"<p class='title'{style}><a name='part-{lesson.id}'></a>{escape(lesson.title)}</p>"
            f"<p class='lead'>{self._inline(lesson.summary)}</p><p class='muted'>{escape(' · '.join(facts))}</p>"
            f"{paper.box(paper.label(w['objectives']) + f'<ul>{goals}</ul>')}{steps}{self._hints()}{self._words_met()}{self._sources()}"
        )

    def _step(self, number: int, step: Step) -> str:
        inside = "".join(self._block(block) for block in step.blocks)
        return f"<h2>{number}&nbsp;&nbsp;{escape(step.title)}</h2>{inside}"

    def _hints(self) -> str:
        found = {quiz.id: quiz.hints for quiz in self._lesson.questions if quiz.hints}
        if not found:
            return ""
        rows = [(f"{self._numbers[of]}.", "<br>".join(map(self._inline, hints))) for of, hints in found.items()]
        return f"<h3><a name='keep'></a>{escape(self._words['paper_hints'])}</h3>{paper.options(rows)}{_FREE}"

    def _words_met(self) -> str:
        if not self._met:
            return ""
        rows = (f"<li><b>{escape(one.term)}</b>: {render_inline(one.text)}</li>" for one in self._met.values())
        head = f"<h3><a name='keep'></a>{escape(self._words['words'])}</h3>"
        return f"{head}<ul class='small'>{''.join(rows)}</ul>{_FREE}"

    def _sources(self) -> str:
        if not self._lesson.sources:
            return ""
        rows = []
        for source in self._lesson.sources:
            said = self._words["checked"].format(day=source.checked.isoformat()) if source.checked else ""
            parts = [source.title, source.url, f"({said})" if said else ""]
            rows.append(f"<li>{escape(' '.join(filter(None, parts)))}</li>")
        head = f"<h3><a name='keep'></a>{escape(self._words['sources'])}</h3>"
        return f"{head}<ul class='small'>{''.join(rows)}</ul>{_FREE}"

    def _block(self, block: Block) -> str:
        self._line = block.line
        match block:
            case Prose():
                return self._markdown(block.markdown)
            case Quiz():
                return self._asked(block.id, block.kind, self._ask(block), self._quiz(block))
            case Claims():
                return self._claims(block)
            case Redact():
                return self._redact(block)
            case Decision():
                return self._decision(block)
        return self._practice(block)

    def _asked(self, block_id: str, kind: str, ask: str, body: str) -> str:
        number = self._words["paper_question"].format(n=self._numbers[block_id])
        head = f"<p class='kind'><a name='keep'></a>{escape(number)} · {escape(self._words[kind])}</p>"
        said = f"<p class='ask'>{ask}</p>" if ask else ""
        return f"{head}{said}{body}{_FREE}"

    def _ask(self, quiz: Quiz) -> str:
        stands_in_body = quiz.kind == "gaps" and quiz.question == quiz.body.replace(GAP, "___")
        return "" if stands_in_body else self._inline(quiz.question)

    # -- questions ---------------------------------------------------------------------------------------------------

    def _quiz(self, quiz: Quiz) -> str:
        match quiz.kind:
            case "text":
                return paper.lines(1)
            case "gaps":
                return f"<p class='open'>{self._filled(quiz, [paper.blank(gap) for gap in quiz.gaps])}</p>"
            case "matrix":
                return self._matrix(quiz, [[paper.mark(row) for _ in quiz.columns] for row in quiz.rows])
            case "ordering":
                items = [quiz.choices[at] for at in start_order(quiz)]
                return paper.options([("____", self._inline(item.text)) for item in items])
        box = paper.CIRCLE if quiz.kind == "single" else paper.SQUARE
        return paper.options(
            [(f"{box} {paper.letter(at)}", self._inline(one.text)) for at, one in enumerate(quiz.choices)]
        )

    def _filled(self, quiz: Quiz, parts: Sequence[str]) -> str:
        pieces = self._inline(quiz.body).split(GAP)
        if len(pieces) != len(parts) + 1:  # a gap inside something that is not shown, such as an odd tag
            pieces = escape(quiz.body).split(GAP)
        return "".join(piece + part for piece, part in zip(pieces, [*parts, ""], strict=True))

    def _matrix(self, quiz: Quiz, cells: Sequence[Sequence[str]]) -> str:
        head = "".join(f"<th align='center'>{self._inline(column)}</th>" for column in quiz.columns)
        rows = "".join(
            f"<tr><td>{self._inline(row.text)}</td>{''.join(f'<td align=center>{cell}</td>' for cell in of_row)}</tr>"
            for row, of_row in zip(quiz.rows, cells, strict=True)
        )
        return f"<table width='100%' class='rows'><tr><th></th>{head}</tr>{rows}</table>"

    def _claims(self, claims: Claims) -> str:
        w, source = self._words, self._course.source_text(claims)
        task = self._markdown(claims.task)
        if not claims.output or not source:
            why = (
                "it needs an answer of the local model"
                if not claims.output
                else f'the document "{claims.document}" cannot be read'
            )
            self._left_out(claims, why)
            return self._asked(claims.id, "claims", escape(claims.title), task)
        rows = "".join(
            f"<tr><td>{paper.letter(number)}</td><td>{escape(claim.text)}</td><td>{paper.SQUARE} {escape(w['supported'])}</td>"
            f"<td>{paper.SQUARE} {escape(w['unsupported'])}</td></tr>"
            for number, claim in enumerate(claims.claims)
        )
        body = (
            f"{task}{paper.label(w['source'])}{paper.box(paper.paragraphs(source))}{paper.label(w['answer_to_check'])}"
            f"{paper.box(paper.paragraphs(claims.output))}<table width='100%' class='rows'>{rows}</table>"
        )
        return self._asked(claims.id, "claims", escape(claims.title), body)

    def _redact(self, redact: Redact) -> str:
        document = self._course.documents.get(redact.document)
        task = self._markdown(redact.task)
        if document is None:
            self._left_out(redact, f'the document "{redact.document}" cannot be read')
            return self._asked(redact.id, "redact", escape(redact.title), task)
        body = f"{task}<p>{escape(self._words['paper_strike'])}</p>{paper.label(document.title)}{paper.box(paper.as_typed(document.text))}"
        return self._asked(redact.id, "redact", escape(redact.title), body)

    def _decision(self, decision: Decision) -> str:
        options = [
            (f"{paper.CIRCLE} {paper.letter(at)}", self._inline(one.text)) for at, one in enumerate(decision.options)
        ]
        body = (
            f"{self._markdown(decision.task)}{paper.options(options)}"
            f"<p class='ask'>{self._inline(decision.defend)}</p>{paper.lines(_LINES_FOR_A_REASON)}"
        )
        return self._asked(decision.id, "decision", escape(decision.title), body)

    def _practice(self, practice: Practice) -> str:
        w = self._words
        prompt = self._course.prompt_text(practice)
        said = (
            "is printed as a task with its prompt, because it needs a model"
            if prompt
            else f'is printed as a task only, because the prompt "{practice.prompt}" cannot be read'
        )
        self._notes.changed(practice.line, f'{self._lesson.id}/{practice.id} "{practice.title}" {said}')
        checks = [escape(expected.says) for expected in practice.expect]
        checks += [escape(criterion.ask) for criterion in practice.rubric]
        checks += [self._inline(practice.judge)] if practice.judge else []
        asked = (
            paper.label(w["practice_check"]) + paper.options([(paper.SQUARE, check) for check in checks])
            if checks
            else ""
        )
        look = paper.label(w["look_for"]) + self._markdown(practice.look_for) if practice.look_for else ""
        text = paper.label(w["prompt"]) + paper.box(paper.as_typed(prompt)) if prompt else ""
        return (
            f"<p class='kind'><a name='keep'></a>{escape(w['practice'])}</p><p class='ask'>{escape(practice.title)}</p>"
            f"{self._markdown(practice.task)}<p class='small'>{escape(w['practice_where'])}</p>{text}{asked}{look}"
            f"{_FREE}"
        )

    def _left_out(self, block: Claims | Redact, why: str) -> None:
        self._notes.left_out(
            block.line, f'{self._lesson.id}/{block.id} "{block.title}" is printed as a task only: {why}'
        )

    # -- what stands at the end --------------------------------------------------------------------------------------

    def answers(self, *, new_page: bool) -> str:
        """The right answer to every question and exercise, with what explains it."""
        rows = [(f"{self._numbers[block.id]}.", "".join(self._answer(block))) for block in self._answered()]
        style = " style='page-break-before:always'" if new_page else ""
        head = f"{escape(self._words['paper_answers'])}: {escape(self._lesson.title)}"
        anchor = f"<a name='part-{ANSWERS}'></a>"
        return f"<h2{style}>{anchor}{head}</h2>{paper.options(rows)}" if rows else ""

    def _answered(self) -> Iterator[Graded]:
        for step in self._lesson.steps:
            for block in step.blocks:
                if (
                    isinstance(block, Quiz | Decision)
                    or (isinstance(block, Claims) and block.output)
                    or (isinstance(block, Redact) and block.document in self._course.documents)
                ):
                    yield block

    def _answer(self, block: Graded) -> Iterator[str]:
        w = self._words
        self._line = block.line
        if isinstance(block, Claims):
            for number, claim in enumerate(block.claims):
                word = w["supported" if claim.supported else "unsupported"]
                yield f"<p class='answer'>{paper.letter(number)} <b>{escape(word)}.</b> {escape(claim.why)}</p>"
        elif isinstance(block, Redact):
            yield f"<p class='answer'><b>{escape(w['paper_must_go'])}</b></p>"
            for planted in self._course.documents[block.document].planted:
                yield f"<p class='answer'><b>{escape(planted.text)}</b>: {escape(planted.why)}</p>"
        elif isinstance(block, Decision):
            yield self._right_ones(block.options)
            points = "".join(f"<li>{self._inline(point)}</li>" for point in block.points)
            yield f"<p class='answer'><b>{escape(w['good_reason'])}</b></p><ul>{points}</ul>"
            yield f"<p class='answer'><b>{escape(w['colleague'])}</b></p>{self._markdown(block.example)}"
        else:
            yield self._right(block)
            yield self._markdown(block.solution) if block.solution else ""

    def _right(self, quiz: Quiz) -> str:
        match quiz.kind:
            case "text":
                return paper.accepted(quiz.answers, self._words)
            case "gaps":
                return f"<p class='answer'>{self._filled(quiz, [paper.solved(gap) for gap in quiz.gaps])}</p>"
            case "matrix":
                marks = [["✓" if right else "" for right in row.right] for row in quiz.rows]
                said = [row.feedback for row in quiz.rows if row.feedback]
                return self._matrix(quiz, marks) + "".join(
                    f"<p class='answer'>{self._inline(text)}</p>" for text in said
                )
            case "ordering":
                items = "".join(f"<li>{self._with_feedback(item)}</li>" for item in quiz.choices)
                return f"<ol>{items}</ol>"
        return self._right_ones(quiz.choices)

    def _right_ones(self, choices: Sequence[Choice]) -> str:
        right = [(at, choice) for at, choice in enumerate(choices) if choice.right]
        if not right:
            return f"<p class='answer'><b>{escape(self._words['paper_none'])}</b></p>"
        return "".join(
            f"<p class='answer'><b>{paper.letter(at)}</b> {self._with_feedback(one)}</p>" for at, one in right
        )

    def _with_feedback(self, choice: Choice) -> str:
        said = f" <span class='muted'>{self._inline(choice.feedback)}</span>" if choice.feedback else ""
        return f"{self._inline(choice.text)}{said}"

    # -- Markdown ----------------------------------------------------------------------------------------------------

    def _inline(self, markdown: str) -> str:
        return rewrite(render_inline(markdown), self._tag)

    def _markdown(self, markdown: str) -> str:
        html = rewrite(render_html(markdown), self._tag)
        html = _CODE.sub(lambda match: paper.box(paper.code(match[1])), html)
        html = _QUOTE.sub(lambda match: paper.box(match[1]), html)
        return html.replace("<table>", "<table width='100%' class='rows'>")

    def _tag(self, tag: str, attributes: dict[str, str]) -> str:
        kind, _, rest = attributes.get("href", "").partition(":")
        if kind == "glossary" and (entry := self._course.glossary.find(rest)):
            self._met[rest] = entry
        if tag == "a":  # addresses are of no use on paper unless they are written out, which the sources do
            return "<a class='link'>"
        name = attributes.get("src", "")
        data = read_image(self._lesson, name)
        if data is None:
            self._notes.left_out(
                self._line, f'{self._lesson.id}: the image "{name}" cannot be read; its description stands there'
            )
            return f"<i>{escape(attributes.get('alt', ''))}</i>"
        key = f"{self._lesson.id}/{name}"
        self._images[key] = data
        return open_tag("img", {"src": key})
