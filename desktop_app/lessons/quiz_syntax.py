"""Questions in LiaScript's syntax (https://liascript.github.io/course/?https://github.com/LiaScript/docs, "Quizzes").

docs/formats/quiz.md has the grammar. Ours on top of LiaScript's: feedback (an indented > line after an option) and the
comments id and also, which LiaScript ignores.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_app.lessons.fields import ID, ID_SAYS
from desktop_app.lessons.lesson import Choice, QuestionId, Quiz, QuizKind
from desktop_app.lessons.problem import Problems
from desktop_app.lessons.scan import Line, without_code

_SINGLE = re.compile(r"\s*(?:-[ \t]?)?\[\(([xX ])\)\](?!\()\s*(.*)")
_MULTIPLE = re.compile(r"\s*(?:-[ \t]?)?\[\[([xX ])\]\](?!\()\s*(.*)")
_HINT = re.compile(r"\s*(?:-[ \t]?)?\[\[\?\]\](?!\()\s*(.*)")
_TEXT = re.compile(r"\s*(?:-[ \t]?)?\[\[((?:\\.|[^\[\]\\])+)\]\]\s*")
_SOLUTION = re.compile(r"\s*\*{4,}\s*")
_FEEDBACK = re.compile(r"(\s*)>[ \t]?(.*)")
_COMMENT = re.compile(r"\s*<!--\s*(id|also):(.*?)-->\s*")
# What LiaScript has and we cannot show: gaps in a sentence, matrices, selections, drag and drop, [[!]].
_FOREIGN = re.compile(
    r"(?<![\\!])(?:\[\[[^\[\]]+\]\](?![(\[:])|\[->\[|\[\([xX ]?\)\](?!\()"
    r"|\[\[[^\[\]]*\](?:\s+\[[^\[\]]*\])+\]|\[\([^()\[\]]*\)(?:\s+\([^()\[\]]*\))+\](?!\())"
)
_NOT_PARAGRAPH = re.compile(r"\s*(?:[>|<]|[-*+][ \t]|[0-9]+[.)][ \t])")
_PIPE = re.compile(r"(?<!\\)\|")
_ESCAPED = re.compile(r"\\([|()\[\]@])")


@dataclass(slots=True)
class Question:
    """What stands above a quiz: its question and the comments that go with it."""

    text: str
    line: int
    id: str = ""
    also: tuple[str, ...] = ()


@dataclass(slots=True)
class _Option:
    text: str
    right: bool
    line: int
    feedback: list[str] = field(default_factory=list)


def quiz_kind(line: Line) -> QuizKind | None:
    """Which kind of quiz line starts, None if it starts none."""
    if line.kind != "text" or "[" not in line.text:
        return None
    if _SINGLE.fullmatch(line.text):
        return "single"
    if _MULTIPLE.fullmatch(line.text):
        return "multiple"
    match = _TEXT.fullmatch(line.text)
    return "text" if match and match[1].strip() not in ("?", "!") and not _is_selection(match[1]) else None


def is_hint(line: Line) -> bool:
    """True for [[?]] lines."""
    return line.kind == "text" and _HINT.fullmatch(line.text) is not None


def is_indented_quote(line: Line) -> bool:
    """True for a line that would be feedback after an option."""
    return line.kind == "text" and (match := _FEEDBACK.fullmatch(line.text)) is not None and match[1] != ""


def foreign_syntax(line: Line) -> int | None:
    """The column at which quiz syntax starts that is not read, None if there is none."""
    match = _FOREIGN.search(without_code(line.text)) if "[" in line.text else None
    return match.start() + 1 if match else None


def comment(line: Line) -> tuple[str, str] | None:
    """Name and value of an id or also comment."""
    match = _COMMENT.fullmatch(line.text) if line.kind == "comment" else None
    return (match[1], match[2].strip()) if match else None


def take_question(prose: list[Line], first_option: Line, problems: Problems) -> Question:
    """Remove the paragraph before a quiz, and its comments, from the end of prose; an empty text if there is none."""
    comments: list[Line] = []
    _take_comments(prose, comments)
    paragraph: list[Line] = []
    while prose and prose[-1].kind == "text" and not prose[-1].is_blank and not prose[-1].text.startswith("#"):
        paragraph.insert(0, prose.pop())
    if paragraph and _NOT_PARAGRAPH.match(paragraph[0].text):
        prose.extend(paragraph)
        paragraph = []
    _take_comments(prose, comments)
    text = "\n".join(line.text.strip() for line in paragraph)
    question = Question(text, paragraph[0].number if paragraph else first_option.number)
    if not text:
        message = "This quiz has no question. Write a paragraph directly above its first line."
        problems.add("L206", message, first_option.number)
    for line in reversed(comments):
        _read_comment(line, question, problems)
    return question


def _take_comments(prose: list[Line], comments: list[Line]) -> None:
    index = len(prose)
    while index and (prose[index - 1].is_blank or comment(prose[index - 1])):
        index -= 1
    comments += [line for line in reversed(prose[index:]) if not line.is_blank]
    del prose[index:]


def _read_comment(line: Line, question: Question, problems: Problems) -> None:
    name, value = comment(line) or ("", "")
    if name == "also":
        question.also += tuple(part.strip() for part in value.split("|"))
    elif question.id:
        problems.add("L211", "The question has two ids. Keep one comment.", line.number)
    elif not ID.fullmatch(value):
        problems.add("L211", f'The id "{value}" is not valid: use {ID_SAYS}.', line.number)
    else:
        question.id = value


class QuizReader:
    """Reads one quiz from its first line on."""

    def __init__(self, lines: Sequence[Line], start: int, kind: QuizKind, problems: Problems) -> None:
        self._lines, self._start, self._kind, self._problems = lines, start, kind, problems
        self._options: list[_Option] = []
        self._answers: list[str] = []
        self._hints: list[str] = []
        self._solution = ""
        self._closed = False  # nothing follows a solution
        self._last: _Option | None = None  # the option that a feedback line would belong to

    def read(self, question: Question, default_id: str) -> tuple[Quiz, int]:
        """The quiz and the index of the line behind it; what is wrong with it is noted."""
        index = self._start
        while index < len(self._lines) and not self._closed:
            after = self._step(index)
            if after is None:
                break
            index = after
        first = self._lines[self._start].number
        if self._kind == "text":
            self._answers += [answer for answer in question.also if answer]
            self._check_answers(question, first)
        else:
            self._check_options(question, first)
        if not question.id:
            message = "The question has no id, so its results are lost when steps change."
            self._problems.add("L210", f"{message} Add <!-- id: {default_id} --> above it.", question.line)
        choices = tuple(Choice(option.text, option.right, " ".join(option.feedback)) for option in self._options)
        quiz = Quiz(
            QuestionId(question.id or default_id), self._kind, question.text, choices, tuple(self._answers),
            tuple(self._hints), self._solution, question.line,
        )  # fmt: skip
        return quiz, index

    def _step(self, index: int) -> int | None:
        """Read the line at index; the index to go on from, None where the quiz ends."""
        line = self._lines[index]
        if line.is_blank:
            return self._over_blank_lines(index)
        if line.kind != "text" or line.text.startswith("#"):
            return None
        if (kind := quiz_kind(line)) is not None and not (kind == "text" and index != self._start):
            self._add_option(line, kind)
        elif kind == "text":
            return None  # a second text quiz; its missing question is reported there
        elif match := _HINT.fullmatch(line.text):
            self._add_hint(match[1].strip(), line)
        elif _SOLUTION.fullmatch(line.text):
            return self._read_solution(index)
        elif match := _FEEDBACK.fullmatch(line.text):
            self._add_feedback(match[2].strip(), line, indented=bool(match[1]))
        elif foreign_syntax(line):
            return None
        else:
            message = "This text belongs to the line above: put both on one line, or leave a blank line between them."
            self._problems.add("L215", message, line.number)
        return index + 1

    def _over_blank_lines(self, index: int) -> int | None:
        after = index
        while after < len(self._lines) and self._lines[after].is_blank:
            after += 1
        if after == len(self._lines):
            return None
        line = self._lines[after]
        goes_on = (
            (self._kind != "text" and quiz_kind(line) == self._kind)
            or is_hint(line)
            or is_indented_quote(line)
            or (line.kind == "text" and _SOLUTION.fullmatch(line.text) is not None)
        )
        if not goes_on:
            return None
        self._problems.add("L214", "A blank line stands inside this question. Remove it.", self._lines[index].number)
        return after

    def _add_option(self, line: Line, kind: QuizKind) -> None:
        if kind == "text":
            match = _TEXT.fullmatch(line.text)
            self._answers += _alternatives(match[1] if match else "", line, self._problems)
            return
        if kind != self._kind:
            self._problems.add("L213", "Options in ( ) and in [ ] are mixed. Use one kind in a question.", line.number)
        if self._hints:
            self._problems.add("L208", "Hints stand behind the last option. Move this option above them.", line.number)
        match = (_SINGLE if kind == "single" else _MULTIPLE).fullmatch(line.text)
        mark, text = (match[1], match[2].strip()) if match else (" ", "")
        if not text:
            self._problems.add("L204", "This option has no text. Write it behind the brackets.", line.number)
        self._last = _Option(text, mark != " ", line.number)
        self._options.append(self._last)

    def _add_hint(self, text: str, line: Line) -> None:
        if not text:
            self._problems.add("L204", "This hint has no text. Write it behind [[?]], or remove the line.", line.number)
        self._last = None
        self._hints.append(text)

    def _add_feedback(self, text: str, line: Line, *, indented: bool) -> None:
        if self._last is None:
            self._problems.add("L207", "This feedback belongs to no option. Move it below an option.", line.number)
            return
        if not indented:
            self._problems.add("L207", "Feedback must be indented. Put four spaces before the >.", line.number)
        if not text:
            self._problems.add(
                "L204", "This feedback is empty. Write it behind the >, or remove the line.", line.number
            )
        self._last.feedback.append(text)

    def _read_solution(self, index: int) -> int | None:
        opening = self._lines[index].number
        for end in range(index + 1, len(self._lines)):
            line = self._lines[end]
            if line.kind == "text" and line.text.startswith(("## ", "# ")):
                break
            if line.kind == "text" and _SOLUTION.fullmatch(line.text):
                inside = [line.text for line in self._lines[index + 1 : end]]
                self._solution = _dedent(inside)
                if not self._solution:
                    self._problems.add("L204", "The solution is empty. Write it between the **** lines.", opening)
                self._closed = True
                return end + 1
        self._problems.add("L209", "The solution is never closed. Add a second line of **** behind it.", opening)
        return index + 1

    def _check_options(self, question: Question, first: int) -> None:
        right = sum(option.right for option in self._options)
        mark = "(X)" if self._kind == "single" else "[X]"
        if not right:
            self._problems.add("L201", f"No option is marked as right. Write [{mark}] before the right one.", first)
        if self._kind == "single" and right > 1:
            message = f"{right} options are marked as right, but ( ) means one. Use [[X]] and [[ ]] for several."
            self._problems.add("L202", message, first)
        if len(self._options) == 1:
            self._problems.add("L203", "There is only one option. Add at least a second one.", first)
        seen: dict[str, int] = {}
        for option in self._options:
            before = seen.setdefault(" ".join(option.text.casefold().split()), option.line)
            if option.text and before != option.line:
                self._problems.add(
                    "L205", f"This option is the same as the one in line {before}. Change one.", option.line
                )
        if question.also:
            self._problems.add("L211", "The comment also is for text answers. Remove it from this question.", first)

    def _check_answers(self, question: Question, first: int) -> None:
        if not self._answers:
            self._problems.add("L201", "There is no accepted answer. Write it between the double brackets.", first)
        if "" in question.also:
            self._problems.add("L204", "The comment also has an empty answer. Write one, or remove the |.", first)


def _alternatives(inside: str, line: Line, problems: Problems) -> list[str]:
    parts = [_ESCAPED.sub(r"\1", part).strip() for part in _PIPE.split(inside)]
    if len(parts) > 1:
        also = f"<!-- also: {' | '.join(parts[1:])} -->"
        message = f"LiaScript shows | as a drop-down list. Write [[{parts[0]}]] and, in the line above it, {also}."
        problems.add("L216", message, line.number)
        if not all(parts):
            problems.add("L204", "One of the answers is empty. Write it, or remove the |.", line.number)
    return [part for part in parts if part.strip("_ ")]


def _is_selection(inside: str) -> bool:
    parts = [part.strip() for part in _PIPE.split(inside)]
    return len(parts) > 1 and any(part.startswith("(") and part.endswith(")") for part in parts)


def _dedent(lines: Sequence[str]) -> str:
    """The lines without their common indentation, as in textwrap.dedent but for tabs too."""
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    cut = min(indents, default=0)
    return "\n".join(line[cut:].rstrip() for line in lines).strip("\n")
