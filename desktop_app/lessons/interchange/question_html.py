"""Questions and exercises as HTML forms that player.js brings to life; without it they can still be read and printed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

from desktop_app.lessons.documents import Document
from desktop_app.lessons.interchange.answer_key import start_order, tokens
from desktop_app.lessons.lesson import GAP, Choice, Claims, Decision, Gap, Practice, Quiz, Redact
from desktop_app.lessons.render import plain_text

Words = Mapping[str, str]
Markdown = Callable[[str], str]  # Markdown as HTML whose images and links work in the export


class Blocks:
    """Makes the HTML of one lesson's questions and exercises; inline and block render its Markdown."""

    def __init__(self, prefix: str, words: Words, inline: Markdown, block: Markdown) -> None:
        self._prefix, self._words, self._inline, self._block = prefix, words, inline, block

    def quiz(self, quiz: Quiz) -> str:
        """A question of any kind."""
        name = f"{self._prefix}--{quiz.id}"
        body = {"gaps": self._gaps, "matrix": self._matrix, "ordering": self._ordering, "text": self._text}.get(
            quiz.kind, self._choices
        )
        stands_in_body = quiz.kind == "gaps" and quiz.question == quiz.body.replace(GAP, "___")
        asks = "" if stands_in_body else self._inline(quiz.question)
        legend = f"<legend>{_kind(self._words[quiz.kind])}<span class='ask'>{asks}</span></legend>"
        hints = "".join(f"<li hidden>{self._inline(hint)}</li>" for hint in quiz.hints)
        return self._form(quiz.id, quiz.kind, legend + body(quiz, name), hints, quiz.solution)

    def claims(self, claims: Claims, source: str) -> str:
        """An exercise in checking an answer against its source, claim by claim."""
        w = self._words
        name = f"{self._prefix}--{claims.id}"
        rows = "".join(
            f"<div class='claim' role='radiogroup' aria-label='{escape(w['claim'].format(n=number))}' data-part>"
            f"<p class='said'>{escape(claim.text)}</p>"
            f"<div class='pair'>{self._pick(name, number, 1, 'supported')}{self._pick(name, number, 0, 'unsupported')}{self._mark()}</div>"
            f"<div class='feedback' data-feedback='{number - 1}' hidden>{self._passage(claim.passage)}<p>{escape(claim.why)}</p></div>"
            "</div>"
            for number, claim in enumerate(claims.claims, 1)
        )
        texts = (
            f"<div class='pair texts'><section><h4>{escape(w['source'])}</h4><div class='sheet' tabindex='0' role='region' "
            f"aria-label='{escape(w['source'])}'>{_plain(source)}</div></section>"
            f"<section><h4>{escape(w['answer_to_check'])}</h4><div class='sheet'>{_plain(claims.output)}</div></section></div>"
        )
        legend = f"<legend>{_kind(w['claims'])}<span class='ask'>{escape(claims.title)}</span></legend>"
        return self._form(claims.id, "claims", f"{legend}{self._block(claims.task)}{texts}{rows}", "", "")

    def decision(self, decision: Decision) -> str:
        """A decision to take; the reason is written for oneself, and what a good one names is the solution."""
        w = self._words
        name = f"{self._prefix}--{decision.id}"
        legend = f"<legend>{_kind(w['decision'])}<span class='ask'>{escape(decision.title)}</span></legend>"
        reason = (
            f"<p><label for='{name}--reason'>{self._inline(decision.defend)}</label></p>"
            f"<textarea id='{name}--reason' class='reason' rows='4' autocomplete='off'></textarea>"
            f"<p class='how'>{escape(w['decision_how'])}</p>"
        )
        body = f"{legend}{self._block(decision.task)}{self._picks(decision.options, 'radio', name)}{reason}"
        points = "\n".join(f"- {' '.join(point.split())}" for point in decision.points)
        solution = f"**{w['good_reason']}**\n\n{points}\n\n**{w['colleague']}**\n\n{decision.example}"
        return self._form(decision.id, "decision", body, "", solution)

    def redact(self, redact: Redact, document: Document) -> str:
        """An exercise in hiding what must not leave the building, word by word."""
        w = self._words
        text, at, parts = document.text, 0, []
        for number, (start, end) in enumerate(tokens(document)):
            tab = "0" if number == 0 else "-1"
            parts.append(escape(text[at:start]))
            parts.append(
                f"<span role='checkbox' aria-checked='false' tabindex='{tab}' data-t='{number}'>{escape(text[start:end])}</span>"
            )
            at = end
        said = "".join(
            f"<li data-feedback='{number}' hidden><strong>{escape(text[start:end])}</strong> {escape(planted.why)}</li>"
            for number, (start, end, planted) in enumerate(document.spans())
        )
        legend = f"<legend>{_kind(w['redact'])}<span class='ask'>{escape(redact.title)}</span></legend>"
        body = (
            f"{legend}{self._block(redact.task)}<p class='how'>{escape(w['redact_how'])}</p>"
            f"<h4>{escape(document.title)}</h4><div class='sheet redact' role='group' aria-label='{escape(document.title)}'>{''.join(parts)}</div>"
            f"<div class='leaks' hidden><h4>{escape(w['leaked'])}</h4><ul>{said}</ul></div><p class='needless' hidden></p>"
        )
        return self._form(redact.id, "redact", body, "", "")

    def practice(self, practice: Practice, prompt: str) -> str:
        """An exercise on a model as a task with its prompt to copy."""
        w = self._words
        copy = (
            f"<h4>{escape(w['prompt'])}</h4><pre class='prompt' tabindex='0'>{escape(prompt)}</pre>"
            f"<div class='actions'><button type='button' data-do='copy'>{icon('copy')}{escape(w['copy'])}</button>"
            "<span class='status' role='status'></span></div>"
            if prompt
            else ""
        )
        checks = "".join(f"<li>{escape(expected.says)}</li>" for expected in practice.expect)
        checks += "".join(f"<li>{escape(criterion.ask)}</li>" for criterion in practice.rubric)
        checks += f"<li>{self._inline(practice.judge)}</li>" if practice.judge else ""
        after = f"<h4>{escape(w['practice_check'])}</h4><ul>{checks}</ul>" if checks else ""
        after += f"<h4>{escape(w['look_for'])}</h4>{self._block(practice.look_for)}" if practice.look_for else ""
        return (
            f"<section class='card practice'><h3>{_kind(w['practice'])}{escape(practice.title)}</h3>{self._block(practice.task)}"
            f"<p class='note'>{icon('info')}{escape(w['practice_where'])}</p>{copy}{after}</section>"
        )

    def only_in_greenroom(self, kind: str, title: str, task: str) -> str:
        """An exercise that the player cannot run."""
        w = self._words
        return (
            f"<section class='card practice'><h3>{_kind(w[kind])}{escape(title)}</h3>{self._block(task)}"
            f"<p class='note'>{icon('info')}{escape(w['only_in_greenroom'])}</p></section>"
        )

    # -- kinds -------------------------------------------------------------------------------------------------------

    def _choices(self, quiz: Quiz, name: str) -> str:
        return self._picks(quiz.choices, "radio" if quiz.kind == "single" else "checkbox", name)

    def _picks(self, choices: tuple[Choice, ...], box: str, name: str) -> str:
        return "".join(
            f"<div class='option' data-part><label><input type='{box}' name='{name}' value='{index}'>"
            f"<span>{self._inline(choice.text)}</span>{self._mark()}</label>{self._feedback(index, choice.feedback)}</div>"
            for index, choice in enumerate(choices)
        )

    def _text(self, quiz: Quiz, name: str) -> str:
        return f"<label class='typed' data-part>{escape(self._words['your_answer'])} {_field(name)}</label>"

    def _gaps(self, quiz: Quiz, name: str) -> str:
        pieces = self._inline(quiz.body).split(GAP)
        if len(pieces) != len(quiz.gaps) + 1:  # a gap inside something that is not shown, such as an odd tag
            pieces = escape(quiz.body).split(GAP)
        fields = (self._gap(gap, number, name) for number, gap in enumerate(quiz.gaps, 1))
        filled = "".join(piece + field for piece, field in zip(pieces, [*fields, ""], strict=True))
        return f"<p class='gaps'>{filled}</p>"

    def _gap(self, gap: Gap, number: int, name: str) -> str:
        label = escape(self._words["gap"].format(n=number))
        if gap.options:
            options = "".join(
                f"<option value='{index}'>{escape(option.text)}</option>" for index, option in enumerate(gap.options)
            )
            field = f"<select name='{name}--{number}' aria-label='{label}'><option value='-1'>{escape(self._words['choose'])}</option>{options}</select>"
        else:
            size = min(40, max(8, *(len(answer) + 2 for answer in gap.answers)))
            field = _field(f"{name}--{number}", label, size)
        return f"<span class='gap' data-part>{field}{self._mark()}</span>"

    def _matrix(self, quiz: Quiz, name: str) -> str:
        head = "".join(f"<th scope='col'>{self._inline(column)}</th>" for column in quiz.columns)
        titles = [plain_text(column) for column in quiz.columns]
        width, rows = len(quiz.columns), []
        for number, row in enumerate(quiz.rows):
            box = "radio" if row.one_only else "checkbox"
            asks = plain_text(row.text)
            cells = "".join(
                f"<td><label><input type='{box}' name='{name}--{number}' value='{number * width + column}' "
                f"aria-label='{escape(f'{asks}: {title}')}'><span class='column'>{escape(title)}</span></label></td>"
                for column, title in enumerate(titles)
            )
            said = self._feedback(number, row.feedback)
            rows.append(f"<tr data-part><th scope='row'>{self._inline(row.text)}{self._mark()}{said}</th>{cells}</tr>")
        return f"<div class='wide'><table class='matrix'><thead><tr><td></td>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"

    def _ordering(self, quiz: Quiz, name: str) -> str:
        w, items = self._words, []
        for index in start_order(quiz):
            text = quiz.choices[index].text
            asks = escape(plain_text(text))
            items.append(
                f"<li data-item='{index}' data-part><span class='grip' aria-hidden='true'></span><span class='words'>{self._inline(text)}"
                f"{self._mark()}{self._feedback(index, quiz.choices[index].feedback)}</span>"
                f"<button type='button' data-do='up' aria-label='{escape(w['up'])}: {asks}'>{icon('chevron-up')}</button>"
                f"<button type='button' data-do='down' aria-label='{escape(w['down'])}: {asks}'>{icon('chevron-down')}</button></li>"
            )
        return f"<ol class='order'>{''.join(items)}</ol>"

    # -- parts -------------------------------------------------------------------------------------------------------

    def _form(self, block_id: str, kind: str, inside: str, hints: str, solution: str) -> str:
        w = self._words
        more = (
            f"<button type='button' class='quiet' data-do='hint'>{icon('lightbulb')}{escape(w['hint'])}</button>"
            if hints
            else ""
        )
        solve = (
            f"<button type='button' class='quiet' data-do='solution' hidden>{icon('book-open')}{escape(w['solution'])}</button>"
            if solution
            else ""
        )
        shown = (
            f"<div class='solution' hidden><h4>{escape(w['solution_title'])}</h4>{self._block(solution)}</div>"
            if solution
            else ""
        )
        return (
            f"<form class='card question' data-kind='{kind}' data-question='{block_id}' novalidate autocomplete='off'>"
            f"<fieldset>{inside}</fieldset><div aria-live='polite'><ul class='hints'>{hints}</ul></div>"
            "<p class='verdict' role='status' tabindex='-1'></p>"
            f"<div class='actions'><button type='submit' class='primary' data-do='check'>{icon('check')}{escape(w['check'])}</button>"
            f"<button type='button' data-do='again' hidden>{icon('rotate-ccw')}{escape(w['again'])}</button>"
            f"{more}{solve}<span class='left'></span></div>{shown}</form>"
        )

    def _pick(self, name: str, number: int, value: int, word: str) -> str:
        return f"<label><input type='radio' name='{name}--{number}' value='{value}'><span>{escape(self._words[word])}</span></label>"

    def _passage(self, passage: str) -> str:
        return f"<blockquote>{_plain(passage)}</blockquote>" if passage else ""

    def _feedback(self, index: int, markdown: str) -> str:
        return (
            f"<div class='feedback' data-feedback='{index}' hidden>{self._inline(markdown)}</div>" if markdown else ""
        )

    def _mark(self) -> str:
        """Filled in by the player with an icon and a word, so that colour alone says nothing."""
        return "<span class='mark'></span>"


def icon(name: str) -> str:
    """A Lucide icon out of the page's set (page.py puts it there)."""
    return f"<svg class='icon' aria-hidden='true'><use href='#i-{name}'></use></svg>"


def _kind(word: str) -> str:
    return f"<span class='kind'>{escape(word)}</span>"


def _field(name: str, label: str = "", size: int = 0) -> str:
    said = f" aria-label='{label}'" if label else ""
    wide = f" size='{size}'" if size else ""
    return f"<input type='text' name='{name}'{said}{wide} maxlength='500' autocapitalize='off' spellcheck='false'>"


def _plain(text: str) -> str:
    paragraphs = (escape(part).replace("\n", "<br>") for part in text.strip().split("\n\n"))
    return "".join(f"<p>{part}</p>" for part in paragraphs)
