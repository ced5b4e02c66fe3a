"""A lesson or a path as one HTML file: no network, images inside, scripts and styles allowed by their hashes only."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from desktop_app import __version__
from desktop_app.lessons.glossary import Entry
from desktop_app.lessons.interchange.answer_key import counts_in, fold_table, lesson_key
from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.markup import image_type, open_tag, read_image, rewrite
from desktop_app.lessons.interchange.question_html import Blocks, icon
from desktop_app.lessons.lesson import Block, Claims, Decision, Lesson, Practice, Prose, Quiz, Redact, Source, Step
from desktop_app.lessons.render import render_html, render_inline
from desktop_app.notes import Notes, Package

ICONS = (
    "arrow-left", "arrow-right", "book-open", "check", "chevron-down", "chevron-up", "circle", "circle-dot",
    "circle-check", "circle-x", "clock", "copy", "eye-off", "info", "lightbulb", "list-checks", "rotate-ccw", "trophy",
)  # fmt: skip
_PLAYER = ("scoring.js", "inputs.js", "player.js")
_SCRIPTS = {
    "local": (*_PLAYER, "local.js"),
    "scorm": (*_PLAYER, "reporting.js", "scorm.js"),
    "cmi5": (*_PLAYER, "reporting.js", "cmi5.js"),
}
_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)


def write_html(course: Course) -> Package:
    """One HTML file, named after the course; answers are scored in it and kept by the browser."""
    notes = Notes()
    data = page(course, course.lessons, "local", notes)
    return Package({f"{course.id}.html": data}, notes.sorted())


def page(
    course: Course, lessons: tuple[Lesson, ...], host: str, notes: Notes, options: Mapping[str, Any] | None = None
) -> bytes:
    """The page for some of the course's lessons; host is local, scorm or cmi5 and reads options."""
    words = words_for(course.resources, lessons[0].language)
    scripts = [_asset(course.resources, name) for name in _SCRIPTS[host]]
    style = _asset(course.resources, "player.css")
    data = {
        "id": course.id,
        "path": len(lessons) > 1,
        "words": {name: text for name, text in words.items() if not name.startswith("paper_")},
        "fold": fold_table(),
        "lessons": [lesson_key(course, lesson) for lesson in lessons],
        "host": dict(options or {}),
    }
    title = course.title if len(lessons) > 1 else lessons[0].title
    body = _contents(course, words) if len(lessons) > 1 else ""
    body += "".join(_LessonPage(course, lesson, lessons, words, notes).html() for lesson in lessons)
    policy = _policy(style, scripts, "https: http:" if host == "cmi5" else "'none'")
    return (
        f'<!doctype html>\n<html lang="{escape(lessons[0].language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="referrer" content="no-referrer">\n'
        f'<meta name="color-scheme" content="light dark">\n<meta name="generator" content="Greenroom {__version__}">\n'
        f"<title>{escape(title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#main">{escape(words["skip"])}</a>\n{_sprite(course.resources)}\n'
        f"<noscript><p class='note'>{escape(words['no_script'])}</p></noscript>\n"
        f'<p class="note" id="notice" role="status" hidden></p>\n<main id="main" tabindex="-1">{body}</main>\n'
        f'<script type="application/json" id="greenroom-data">{_json(data)}</script>\n'
        f"{''.join(f'<script>{script}</script>' for script in scripts)}\n</body>\n</html>\n"
    ).encode()


def words_for(resources: Path, language: str) -> dict[str, str]:
    """The player's own words in a language (de for de-AT too), English where there are none."""
    known = _words(resources)
    return known.get(language) or known.get(language.split("-")[0]) or known["en"]


@cache
def _words(resources: Path) -> dict[str, dict[str, str]]:
    return json.loads((resources / "export" / "words.json").read_text("utf-8"))


@cache
def _asset(resources: Path, name: str) -> str:
    return "\n" + (resources / "export" / name).read_text("utf-8")


@cache
def _sprite(resources: Path) -> str:
    symbols = []
    for name in ICONS:
        found = _SVG.search((resources / "icons" / f"{name}.svg").read_text("utf-8"))
        inside = " ".join(found[1].split()) if found else ""
        symbols.append(f'<symbol id="i-{name}" viewBox="0 0 24 24">{inside}</symbol>')
    return f"<svg hidden>{''.join(symbols)}</svg>"


def _policy(style: str, scripts: Iterable[str], connect: str) -> str:
    """Nothing may be loaded, sent or framed but what is in the file itself; hashes name it."""
    allowed = " ".join(_hash(script) for script in scripts)
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {allowed}; connect-src {connect}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _json(data: object) -> str:
    """JSON that cannot end the script element it stands in."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _contents(course: Course, words: Mapping[str, str]) -> str:
    rows = "".join(
        f"<li data-lesson-row='{lesson.id}'><a href='#{lesson.id}'>{escape(lesson.title)}</a><p>{render_inline(lesson.summary)}</p>"
        f"<p class='about'>{icon('clock')}{escape(words['minutes'].format(n=lesson.duration_minutes))}<span class='state'></span></p></li>"
        for lesson in course.lessons
    )
    return (
        f"<section class='view contents' id='contents'><h1 tabindex='-1'>{escape(course.title)}</h1>"
        f"<p class='lead'>{render_inline(course.description)}</p><ol>{rows}</ol></section>"
    )


class _LessonPage:
    """The HTML of one lesson; what cannot come along is noted."""

    def __init__(
        self, course: Course, lesson: Lesson, lessons: tuple[Lesson, ...], words: Mapping[str, str], notes: Notes
    ) -> None:
        self._course, self._lesson, self._words, self._notes = course, lesson, words, notes
        self._ids = {other.id for other in lessons}
        self._has_contents = len(lessons) > 1
        self._line = 1
        self._met, self._met_in = dict[str, Entry](), ""  # words of the glossary in a step, and its address
        self._blocks = Blocks(lesson.id, words, self._inline, self._block)

    def html(self) -> str:
        lesson = self._lesson
        if lesson.is_draft:
            self._notes.changed(1, f"{lesson.id}: version {lesson.version} is a draft, but its answers count here")
        steps = "".join(self._step(number, step) for number, step in enumerate(lesson.steps))
        items = "".join(f"<li><a href='#{lesson.id}/{step.key}'>{escape(step.title)}</a></li>" for step in lesson.steps)
        home = (
            f"<a href='#contents' class='home'>{icon('arrow-left')}{escape(self._course.title)}</a>"
            if self._has_contents
            else ""
        )
        return (
            f"<article class='lesson' id='{lesson.id}' data-lesson='{lesson.id}'><header class='top'>{home}"
            f"<p class='title'>{escape(lesson.title)}</p><p class='about'><span class='count' role='status'></span></p>"
            f"<button type='button' class='quiet' data-do='exit' hidden>{escape(self._words['exit'])}</button>"
            "<div class='track' aria-hidden='true'><span></span></div></header>"
            f"<nav aria-label='{escape(self._words['steps'])}'><ol>{items}</ol></nav><div class='column'>{steps}{self._result()}</div></article>"
        )

    def _step(self, number: int, step: Step) -> str:
        lesson, w = self._lesson, self._words
        first, last = number == 0, number == len(lesson.steps) - 1
        before = "" if first else f"#{lesson.id}/{lesson.steps[number - 1].key}"
        after = f"#{lesson.id}/{'result' if last else lesson.steps[number + 1].key}"
        if first and self._has_contents:
            before = "#contents"
        back = (
            f"<a class='button' href='{before}'>{icon('arrow-left')}{escape(w['back'])}</a>"
            if before
            else "<span></span>"
        )
        word = escape(w["finish" if last else "next"])
        self._met, self._met_in = {}, f"{lesson.id}/{step.key}"
        intro = self._intro() if first else ""
        inside = "".join(self._of(block) for block in step.blocks)
        return (
            f"<section class='view step' id='{lesson.id}/{step.key}' data-step='{step.key}'>{intro}"
            f"<h2 tabindex='-1'>{escape(step.title)}</h2>{inside}{self._words_met()}<div class='actions move'>{back}"
            f"<a class='button primary' href='{after}' data-done='{step.key}'>{word}{icon('arrow-right')}</a></div></section>"
        )

    def _words_met(self) -> str:
        """The words of the glossary that the step links to."""
        if not self._met:
            return ""
        said = "".join(
            f"<dt id='{self._met_in}/{entry.id}' tabindex='-1'>{escape(entry.term)}</dt><dd>{render_inline(entry.text)}</dd>"
            for entry in self._met.values()
        )
        return f"<aside class='words' aria-label='{escape(self._words['words'])}'><h3>{escape(self._words['words'])}</h3><dl>{said}</dl></aside>"

    def _intro(self) -> str:
        lesson, w = self._lesson, self._words
        goals = "".join(f"<li>{self._inline(objective)}</li>" for objective in lesson.objectives)
        minutes = w["minutes"].format(n=lesson.duration_minutes)
        return (
            f"<h1>{escape(lesson.title)}</h1><p class='lead'>{self._inline(lesson.summary)}</p>"
            f"<p class='about'>{icon('clock')}{escape(minutes)}</p>"
            f"<div class='goals'><p>{escape(w['objectives'])}</p><ul>{goals}</ul></div>"
        )

    def _result(self) -> str:
        lesson, w = self._lesson, self._words
        sources = "".join(f"<li>{self._source(source)}</li>" for source in lesson.sources)
        about = " · ".join(
            filter(None, [w["version"].format(n=lesson.version), ", ".join(lesson.authors), lesson.license])
        )
        listed = f"<h3>{escape(w['sources'])}</h3><ul>{sources}</ul>" if sources else ""
        return (
            f"<section class='view result' id='{lesson.id}/result'><h2 tabindex='-1'>{escape(w['result'])}</h2>"
            f"<div class='outcome' aria-live='polite'></div><footer class='sources'>{listed}<p>{escape(about)}</p></footer></section>"
        )

    def _source(self, source: Source) -> str:
        said = self._words["checked"].format(day=source.checked.isoformat()) if source.checked else ""
        title = escape(source.title)
        if source.url.startswith("https://"):
            title = f'<a href="{escape(source.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
        return f"{title} ({escape(said)})" if said else title

    # -- blocks ------------------------------------------------------------------------------------------------------

    def _of(self, block: Block) -> str:
        self._line = block.line
        match block:
            case Prose():
                return f"<div class='prose'>{self._block(block.markdown)}</div>"
            case Quiz():
                return self._blocks.quiz(block)
            case Practice():
                return self._practice(block)
            case Decision():
                return self._decision(block)
            case Claims() if counts_in(self._course, block):
                return self._blocks.claims(block, self._course.source_text(block))
            case Redact() if counts_in(self._course, block):
                return self._blocks.redact(block, self._course.documents[block.document])
        kind = "claims" if isinstance(block, Claims) else "redact"
        self._note_uncounted(block)
        return self._blocks.only_in_greenroom(kind, block.title, block.task)

    def _practice(self, practice: Practice) -> str:
        text = self._course.prompt_text(practice)
        said = "comes as a task with the prompt to copy, because it needs a model, and is not checked"
        if not text:
            said = f'comes as a task only, because the prompt "{practice.prompt}" cannot be read'
        self._notes.changed(practice.line, f'{self._named(practice.id)} "{practice.title}" {said}')
        return self._blocks.practice(practice, text)

    def _decision(self, decision: Decision) -> str:
        said = "asks for a reason, which the page neither checks nor stores"
        self._notes.changed(decision.line, f'{self._named(decision.id)} "{decision.title}" {said}')
        return self._blocks.decision(decision)

    def _note_uncounted(self, block: Claims | Redact) -> None:
        why = "its claims come from a live answer"
        if isinstance(block, Redact) or block.output:
            why = f'the document "{block.document}" cannot be read'
        self._notes.left_out(
            block.line, f'{self._named(block.id)} "{block.title}" is shown as a task and not scored: {why}'
        )

    def _named(self, block_id: str) -> str:
        return f"{self._lesson.id}/{block_id}"

    # -- Markdown ----------------------------------------------------------------------------------------------------

    def _inline(self, markdown: str) -> str:
        return rewrite(render_inline(markdown), self._tag)

    def _block(self, markdown: str) -> str:
        html = rewrite(render_html(markdown), self._tag)
        return html.replace("<table>", "<div class='wide'><table>").replace("</table>", "</table></div>")

    def _tag(self, tag: str, attributes: dict[str, str]) -> str:
        if tag == "img":
            return self._image(attributes)
        asked = attributes.pop("href", "")
        address = self._address(asked)
        if address and asked.startswith("glossary:"):
            attributes["class"] = "word"
        more = {"target": "_blank", "rel": "noopener noreferrer"} if address.startswith("https:") else {}
        return open_tag("a", {**({"href": address} if address else {}), **attributes, **more})

    def _address(self, address: str) -> str:
        """Where a link leads in the page, "" for nowhere."""
        kind, _, rest = address.partition(":")
        if address.startswith("#"):
            return f"#{self._lesson.id}/{address[1:]}"
        if kind == "lesson":
            lesson_id, _, step = rest.partition("#")
            if lesson_id in self._ids:
                return f"#{lesson_id}/{step}" if step else f"#{lesson_id}"
        if kind == "glossary" and (entry := self._course.glossary.find(rest)):
            self._met[rest] = entry
            return f"#{self._met_in}/{rest}"
        if kind in ("lesson", "prompt", "glossary"):
            self._notes.changed(
                self._line, f"{self._lesson.id}: the link to {address} is plain text, because it is not in the export"
            )
            return ""
        return address

    def _image(self, attributes: dict[str, str]) -> str:
        name = attributes.get("src", "")
        data = read_image(self._lesson, name)
        if data is None:
            self._notes.left_out(
                self._line, f'{self._lesson.id}: the image "{name}" cannot be read; its description stands there'
            )
            return f"<em>{escape(attributes.get('alt', ''))}</em>"
        return open_tag(
            "img", {**attributes, "src": f"data:{image_type(name)};base64,{base64.b64encode(data).decode()}"}
        )
