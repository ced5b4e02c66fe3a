"""Links, images and raw HTML in a lesson's text: what the reader would drop or could not open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from desktop_app.lessons.known import Known
from desktop_app.lessons.lesson import Decision, Exercise, Lesson, Practice
from desktop_app.lessons.lint_images import check_image
from desktop_app.lessons.problem import Problems
from desktop_app.lessons.render import ATTRIBUTES, TAGS, is_link, is_pack_path
from desktop_app.lessons.scan import Line, chunks, without_code

# The alternatives start with different characters, so there is one way only to match and no backtracking to fear.
_INLINE = re.compile(r"(?<!\\)(!?)\[((?:[^\[\]\\]|\\.|\[[^\[\]]{0,500}\]){0,1000})\]\(\s*([^()]{0,2000})\)")
_REFERENCE_IMAGE = re.compile(r"(?<!\\)!\[([^\[\]]{0,500})\]\[([^\[\]]{0,200})\]")
_DEFINITION = re.compile(r"^[ ]{0,3}\[([^\[\]]{1,200})\]:[ \t]*<?([^\s>]+)", re.MULTILINE)
_AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]{1,31}:[^\s<>]{0,2000})>")
_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9-]*)(?=[\s/>])([^<>]{0,2000})>")
_ATTRIBUTE = re.compile(r"([a-zA-Z_:][\w:.-]*)(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?")


def check_links(lesson: Lesson, lines: Iterable[Line], folder: Path, known: Known, problems: Problems) -> None:
    """Note every link, image and tag of the lesson that will not do; folder holds its images."""
    checker = _Checker(lesson, folder, known, problems)
    for number, text in [*chunks(list(lines)), *_exercise_texts(lesson)]:
        checker.check(number, text)


def _exercise_texts(lesson: Lesson) -> Iterator[tuple[int, str]]:
    for exercise in lesson.exercises:
        for markdown in (exercise.task, *_more_texts(exercise)):
            yield exercise.line, without_code(" ".join(markdown.split()))


def _more_texts(exercise: Exercise) -> tuple[str, ...]:
    if isinstance(exercise, Practice):
        return (exercise.look_for, exercise.judge)
    if isinstance(exercise, Decision):
        options = [text for option in exercise.options for text in (option.text, option.feedback)]
        return (*options, exercise.defend, *exercise.points, exercise.example)
    return ()


class _Checker:
    def __init__(self, lesson: Lesson, folder: Path, known: Known, problems: Problems) -> None:
        self._steps = {step.key for step in lesson.steps}
        self._folder, self._known, self._problems = folder, known, problems
        self._text, self._first = "", 1

    def check(self, first_line: int, text: str) -> None:
        """Check one paragraph that starts in first_line; code in it is blanked already."""
        self._first, self._text = first_line, text
        if "[" in text:
            self._check_markdown(text, 0)
            for match in _REFERENCE_IMAGE.finditer(text):
                self._check_alt(match[1], match.start())
            for match in _DEFINITION.finditer(text):
                self._check_definition(match[2], match.start(2))
        if "<" in text:
            for match in _AUTOLINK.finditer(text):
                self._check_link(match[1], match.start())
            for match in _TAG.finditer(text):
                self._check_tag(match)

    def _check_markdown(self, text: str, offset: int) -> None:
        for match in _INLINE.finditer(text):
            address = match[3].split('"')[0].split(" '")[0].strip().strip("<>")
            at = offset + match.start()
            if match[1]:
                self._check_alt(match[2], at)
                self._check_image(address, at)
            else:
                if not match[2].strip():
                    self._add("L404", "This link has no text. Write it between the brackets.", at)
                self._check_link(address, at)
                self._check_markdown(match[2], offset + match.start(2))  # an image inside a link

    def _check_tag(self, match: re.Match[str]) -> None:
        name = match[1].lower()
        if name not in TAGS:
            message = f"{match[0][:40]} will be removed. Use Markdown, or put it in backticks to show it."
            self._add("L405", message, match.start())
            return
        allowed = ATTRIBUTES.get(name, set())
        gone = [found for found in _ATTRIBUTE.findall(match[2]) if found.lower() not in allowed]
        if gone:
            self._add("L405", f"{gone[0]} will be removed from <{name}>. Leave it out.", match.start())

    def _check_alt(self, alt: str, at: int) -> None:
        if not alt.strip():
            self._add("L403", "The image has no alternative text. Say between the brackets what it shows.", at)

    def _check_definition(self, address: str, at: int) -> None:
        if is_pack_path(address):
            self._check_image(address, at)
        else:
            self._check_link(address, at)

    def _check_image(self, address: str, at: int) -> None:
        if not is_pack_path(address):
            message = f'The image "{address[:60]}" is not a file in the lesson\'s folder. Put it there, named simply.'
            self._add("L402", message, at)
        elif not (file := self._folder / address).is_file():
            self._add("L402", f'There is no image "{address}". Add the file or correct the name.', at)
        else:
            check_image(file, address, self._problems, *self._place(at))

    def _check_link(self, address: str, at: int) -> None:
        if not is_link(address):
            message = (
                f'The reader does not open "{address[:60]}". Use https, #step, lesson:id, prompt:id or glossary:id.'
            )
            self._add("L401", message, at)
            return
        kind, _, rest = address.partition(":")
        if address.startswith("#") and address[1:] not in self._steps:
            known = ", ".join(f"#{key}" for key in sorted(self._steps))
            self._add("L404", f'There is no step "{address}". Steps are {known}.', at)
        elif kind == "lesson" and self._known.lessons is not None and rest.split("#")[0] not in self._known.lessons:
            self._add("L404", f'There is no lesson "{rest}". Correct the id.', at)
        elif kind == "prompt" and self._known.prompts is not None and rest not in self._known.prompts:
            self._add("L404", f'There is no prompt "{rest}". Correct the id, version or label.', at)
        elif kind == "glossary" and self._known.glossary is not None and rest not in self._known.glossary:
            self._add("L404", f'There is no "{rest}" in the glossary. Correct the id or add the entry.', at)

    def _add(self, code: str, message: str, at: int) -> None:
        self._problems.add(code, message, *self._place(at))

    def _place(self, at: int) -> tuple[int, int]:
        return self._first + self._text.count("\n", 0, at), at - self._text.rfind("\n", 0, at)
