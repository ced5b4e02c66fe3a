"""Questions in LiaScript's syntax (https://liascript.github.io/course/?https://github.com/LiaScript/docs, "Quizzes").

docs/formats/quiz.md has the grammar. Ours on top of LiaScript's: feedback (an indented > line after an option) and the
comments id and also, which LiaScript ignores.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from desktop_app.lessons.fields import ID, ID_SAYS
from desktop_app.lessons.lesson import GAP, Choice, Gap, QuestionId, Quiz, QuizKind, Row
from desktop_app.lessons.problem import Problems
from desktop_app.lessons.quiz_parts import (
    gap_text,
    has_gap,
    is_selection,
    matrix_head,
    matrix_row,
    order_line,
    split_answers,
)
from desktop_app.lessons.scan import Line, without_code

_SINGLE = re.compile(r"\s*(?:-[ \t]?)?\[\(([xX ])\)\](?!\()\s*(.*)")
_MULTIPLE = re.compile(r"\s*(?:-[ \t]?)?\[\[([xX ])\]\](?!\()\s*(.*)")
_HINT = re.compile(r"\s*(?:-[ \t]?)?\[\[\?\]\](?!\()\s*(.*)")
_TEXT = re.compile(r"\s*(?:-[ \t]?)?(?:\[\[|\[->\[)((?:\\.|[^\[\]\\])+)\]\]\s*")
_SOLUTION = re.compile(r"\s*\*{4,}\s*")
_FEEDBACK = re.compile(r"(\s*)>[ \t]?(.*)")
_COMMENT = re.compile(r"\s*<!--\s*(id|also)(?:[ \t]+([0-9]{1,2}))?:(.*?)-->\s*")
# What LiaScript has and we cannot show: the button [[!]], surveys, and options or matrix rows in the wrong place.
_FOREIGN = re.compile(
    r"(?<![\\!])(?:\[\[!\]\](?![(\[:])|\[\([xX ]?\)\](?!\()|\[\([^()\[\]]*\)(?:\s+\([^()\[\]]*\))+\](?!\())"
)
_NO_GAPS_HERE = "Gaps work in a paragraph, not in a list, table or quote. Write the sentence without its mark."
_NOT_PARAGRAPH = re.compile(r"\s*(?:[>|<]|[-*+][ \t]|[0-9]+[.)][ \t])")


@dataclass(slots=True)
class Question:
    """What stands above a quiz: its question and the comments that go with it."""

    text: str
    line: int
    id: str = ""
    also: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)  # number of the gap from 1, its answers


@dataclass(slots=True)
class _Option:
    """An option, a row of a matrix or an item to order."""

    text: str
    line: int
    right: tuple[bool, ...] = (True,)
    one_only: bool = True
    place: int = 0
    feedback: list[str] = field(default_factory=list)


def quiz_kind(lines: Sequence[Line], index: int) -> QuizKind | None:
    """Which kind of quiz the line at index starts, None if it starts none."""
    line = lines[index]
    if line.kind != "text" or "[" not in line.text or line.text.startswith("#"):
        return None
    if _SINGLE.fullmatch(line.text):
        return "single"
    if _MULTIPLE.fullmatch(line.text):
        return "multiple"
    if is_hint(line):
        return None
    if order_line(line.text) and _another_item_follows(lines, index + 1):
        return "ordering"
    if match := _TEXT.fullmatch(line.text):
        if match[1].strip() in ("?", "!"):
            return None
        return "gaps" if is_selection(match[1]) or "[->[" in line.text else "text"
    if matrix_head(line.text):
        return "matrix"
    return "gaps" if has_gap(line.text) else None


def _another_item_follows(lines: Sequence[Line], index: int) -> bool:
    """True if the next line that is no feedback is one more item to order."""
    while index < len(lines) and is_indented_quote(lines[index]):
        index += 1
    return index < len(lines) and lines[index].kind == "text" and order_line(lines[index].text) is not None


def is_inline(line: Line) -> bool:
    """True where a gap stands in a sentence, which then is the question itself; False for one on a line of its own."""
    return _TEXT.fullmatch(line.text) is None


def is_hint(line: Line) -> bool:
    """True for [[?]] lines."""
    return line.kind == "text" and _HINT.fullmatch(line.text) is not None


def is_indented_quote(line: Line) -> bool:
    """True for a line that would be feedback after an option."""
    return line.kind == "text" and (match := _FEEDBACK.fullmatch(line.text)) is not None and match[1] != ""


def foreign_syntax(line: Line) -> int | None:
    """The column at which quiz syntax starts that is not read, None if there is none."""
    if "[" not in line.text:
        return None
    if matrix_row(line.text):
        return line.text.index("[") + 1
    match = _FOREIGN.search(without_code(line.text))
    return match.start() + 1 if match else None


def comment(line: Line) -> tuple[str, int, str] | None:
    """Name, gap number (from 1) and value of an id or also comment."""
    match = _COMMENT.fullmatch(line.text) if line.kind == "comment" else None
    return (match[1], int(match[2] or 1), match[3].strip()) if match else None


def take_question(prose: list[Line], first_option: Line, problems: Problems, *, inline: bool = False) -> Question:
    """Remove the paragraph before a quiz, and its comments, from the end of prose; an empty text if there is none.

    With inline the quiz is part of that paragraph, so a blank line between them ends it.
    """
    comments: list[Line] = []
    if not inline:
        _take_comments(prose, comments)
    start = len(prose)
    while start and prose[start - 1].kind == "text" and not _ends_paragraph(prose[start - 1]):
        start -= 1
    paragraph = prose[start:]
    if paragraph and _NOT_PARAGRAPH.match(paragraph[0].text):
        paragraph = []
        if inline and not _NOT_PARAGRAPH.match(first_option.text):  # else it is told where the gaps are read
            problems.add("L217", _NO_GAPS_HERE, first_option.number)
    else:
        del prose[start:]
    _take_comments(prose, comments)
    text = "\n".join(line.text.strip() for line in paragraph)
    question = Question(text, paragraph[0].number if paragraph else first_option.number)
    if not text and not inline:
        message = "This quiz has no question. Write a paragraph directly above its first line."
        problems.add("L206", message, first_option.number)
    for line in reversed(comments):
        _read_comment(line, question, problems)
    return question


def _ends_paragraph(line: Line) -> bool:
    return line.is_blank or line.text.startswith("#")


def _take_comments(prose: list[Line], comments: list[Line]) -> None:
    index = len(prose)
    while index and (prose[index - 1].is_blank or comment(prose[index - 1])):
        index -= 1
    comments += [line for line in reversed(prose[index:]) if not line.is_blank]
    del prose[index:]


def _read_comment(line: Line, question: Question, problems: Problems) -> None:
    name, number, value = comment(line) or ("", 1, "")
    if name == "also":
        question.also.append((number, tuple(split_answers(value))))
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
        self._columns: tuple[str, ...] = ()
        self._hints: list[str] = []
        self._solution = ""
        self._closed = False  # nothing follows a solution
        self._last: _Option | None = None  # the option that a feedback line would belong to

    def read(self, question: Question, default_id: str) -> tuple[Quiz, int]:
        """The quiz and the index of the line behind it; what is wrong with it is noted."""
        index = self._start
        body, gaps = "", ()
        if self._kind == "gaps":
            body, gaps, index = self._read_gaps(question)
        while index < len(self._lines) and not self._closed:
            after = self._step(index)
            if after is None:
                break
            index = after
        self._check(question, len(gaps))
        if not question.id:
            message = "The question has no id, so its results are lost when steps change."
            self._problems.add("L210", f"{message} Add <!-- id: {default_id} --> above it.", question.line)
        options = sorted(self._options, key=lambda option: option.place) if self._kind == "ordering" else self._options
        is_matrix = self._kind == "matrix"
        quiz = Quiz(
            id=QuestionId(question.id or default_id),
            kind=self._kind,
            question=question.text,
            choices=() if is_matrix else tuple(Choice(o.text, o.right[0], " ".join(o.feedback)) for o in options),
            answers=tuple(self._answers),
            hints=tuple(self._hints),
            solution=self._solution,
            line=question.line,
            body=body,
            gaps=gaps,
            columns=self._columns,
            rows=tuple(Row(o.text, o.right, o.one_only, " ".join(o.feedback)) for o in options) if is_matrix else (),
        )
        return quiz, index

    # -- lines -------------------------------------------------------------------------------------------------------

    def _step(self, index: int) -> int | None:
        """Read the line at index; the index to go on from, None where the quiz ends."""
        line = self._lines[index]
        if line.is_blank:
            return self._over_blank_lines(index)
        if line.kind != "text" or line.text.startswith("#"):
            return None
        if self._takes_option(index):
            self._add_option(line, index)
        elif match := _HINT.fullmatch(line.text):
            self._add_hint(match[1].strip(), line)
        elif _SOLUTION.fullmatch(line.text):
            return self._read_solution(index)
        elif match := _FEEDBACK.fullmatch(line.text):
            self._add_feedback(match[2].strip(), line, indented=bool(match[1]))
        elif quiz_kind(self._lines, index) is not None or foreign_syntax(line):
            return None  # another quiz; its missing question is reported there
        else:
            message = "This text belongs to the line above: put both on one line, or leave a blank line between them."
            self._problems.add("L215", message, line.number)
        return index + 1

    def _takes_option(self, index: int) -> bool:
        line = self._lines[index]
        match self._kind:
            case "gaps":
                return False
            case "matrix":
                return index == self._start or matrix_row(line.text) is not None
            case "ordering":
                return order_line(line.text) is not None
            case "text":
                return index == self._start or quiz_kind(self._lines, index) in ("single", "multiple")
        return quiz_kind(self._lines, index) in ("single", "multiple")

    def _over_blank_lines(self, index: int) -> int | None:
        after = index
        while after < len(self._lines) and self._lines[after].is_blank:
            after += 1
        if after == len(self._lines):
            return None
        line = self._lines[after]
        goes_on = (
            (self._kind not in ("text", "gaps") and line.kind == "text" and self._takes_option(after))
            or is_hint(line)
            or is_indented_quote(line)
            or (line.kind == "text" and _SOLUTION.fullmatch(line.text) is not None)
        )
        if not goes_on or (
            self._kind in ("single", "multiple") and quiz_kind(self._lines, after) not in (self._kind, None)
        ):
            return None
        self._problems.add("L214", "A blank line stands inside this question. Remove it.", self._lines[index].number)
        return after

    def _read_gaps(self, question: Question) -> tuple[str, tuple[Gap, ...], int]:
        """Body and gaps of the paragraph around the first line, and the index behind it; sets the question's text."""
        first = self._lines[self._start]
        inline, index = is_inline(first), self._start + 1
        text = [question.text] if inline and question.text else []
        text.append(first.text.strip())
        while inline and index < len(self._lines) and self._goes_on(self._lines[index]):
            text.append(self._lines[index].text.strip())
            index += 1
        if any(_NOT_PARAGRAPH.match(line) or _is_rule(line) for line in "\n".join(text).split("\n")):
            self._problems.add("L217", _NO_GAPS_HERE, first.number)
        body, gaps, listed = gap_text("\n".join(text))
        if not gaps:
            message = "These brackets stand in code that runs over several lines. Keep the code on one line."
            self._problems.add("L217", message, first.number)
        for number, answers in question.also:
            if not 1 <= number <= len(gaps) or gaps[number - 1].options:
                message = f"The comment also is for gap {number}, which is no gap to type in. Correct its number."
                self._problems.add("L211", message, question.line)
            else:
                gap = gaps[number - 1]
                gaps = (*gaps[: number - 1], Gap((*gap.answers, *filter(None, answers))), *gaps[number:])
        for number in listed:
            self._warn_alternatives(gaps[number].answers, first, f"also {number + 1}")
        for number, gap in enumerate(gaps, 1):
            self._check_gap(number, gap, first.number)
        if inline:
            question.text = body.replace(GAP, "___")
        return body, gaps, index

    def _goes_on(self, line: Line) -> bool:
        """True for the next line of a paragraph with gaps."""
        stops = line.kind != "text" or line.is_blank or line.text.startswith("#")
        return not (stops or is_hint(line) or _SOLUTION.fullmatch(line.text) or is_indented_quote(line))

    def _add_option(self, line: Line, index: int) -> None:
        if self._hints:
            self._problems.add("L208", "Hints stand behind the last option. Move this option above them.", line.number)
        match self._kind:
            case "matrix":
                self._add_row(line)
            case "ordering":
                place, text = order_line(line.text) or (0, "")
                self._add(_Option(text, line.number, place=place))
            case "text" if index == self._start:
                found = _TEXT.fullmatch(line.text)
                answers = split_answers(found[1] if found else "")
                if len(answers) > 1:
                    self._warn_alternatives(answers, line, "also")
                self._answers += [answer for answer in answers if answer.strip("_ ")]
            case _:
                self._add_choice(line, index)

    def _add_choice(self, line: Line, index: int) -> None:
        kind = quiz_kind(self._lines, index)
        if kind != self._kind:
            self._problems.add("L213", "Options in ( ) and in [ ] are mixed. Use one kind in a question.", line.number)
        found = (_SINGLE if kind == "single" else _MULTIPLE).fullmatch(line.text)
        mark, text = (found[1], found[2].strip()) if found else (" ", "")
        if not text:
            self._problems.add("L204", "This option has no text. Write it behind the brackets.", line.number)
        self._add(_Option(text, line.number, (mark != " ",)))

    def _add_row(self, line: Line) -> None:
        if head := matrix_head(line.text) if not self._columns else None:
            self._columns = head
            return
        row = matrix_row(line.text)
        if row is None:
            return
        if len(row.marks) != len(self._columns):
            message = (
                f"This row has {len(row.marks)} cells, but there are {len(self._columns)} columns. Make them match."
            )
            self._problems.add("L218", message, line.number)
        if row.mixed:
            self._problems.add("L213", "Cells in ( ) and in [ ] are mixed. Use one kind in a row.", line.number)
        if not row.text:
            self._problems.add("L204", "This row has no text. Write it behind the brackets.", line.number)
        self._add(_Option(row.text, line.number, row.marks, row.one_only))

    def _add(self, option: _Option) -> None:
        self._last = option
        self._options.append(option)

    def _warn_alternatives(self, answers: Sequence[str], line: Line, name: str) -> None:
        also = f"<!-- {name}: {' | '.join(answers[1:])} -->"
        message = f"LiaScript shows | as a drop-down list. Write [[{answers[0]}]] and, in the line above it, {also}."
        self._problems.add("L216", message, line.number)
        if not all(answers):
            self._problems.add("L204", "One of the answers is empty. Write it, or remove the |.", line.number)

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
        self._closed = True  # what follows may be meant as the solution, so nothing else is said of it
        return index + 1

    # -- checks ------------------------------------------------------------------------------------------------------

    def _check(self, question: Question, gaps: int) -> None:
        first = self._lines[self._start].number
        match self._kind:
            case "text":
                self._check_answers(question, first)
                return
            case "gaps":
                return
            case "matrix":
                self._check_rows(first)
            case "ordering":
                self._check_order(first)
            case _:
                self._check_options(first)
        self._check_same()
        if question.also:
            self._problems.add("L211", "The comment also is for text answers. Remove it from this question.", first)

    def _check_options(self, first: int) -> None:
        right = sum(option.right[0] for option in self._options)
        mark = "(X)" if self._kind == "single" else "[X]"
        if not right:
            self._problems.add("L201", f"No option is marked as right. Write [{mark}] before the right one.", first)
        if self._kind == "single" and right > 1:
            message = f"{right} options are marked as right, but ( ) means one. Use [[X]] and [[ ]] for several."
            self._problems.add("L202", message, first)
        if len(self._options) == 1:
            self._problems.add("L203", "There is only one option. Add at least a second one.", first)

    def _check_gap(self, number: int, gap: Gap, first: int) -> None:
        if not gap.options and not gap.answers:
            message = f"Gap {number} has no accepted answer. Write it between the double brackets."
            self._problems.add("L201", message, first)
        texts = [" ".join(option.text.casefold().split()) for option in gap.options]
        if "" in texts:
            self._problems.add("L204", f"An option of gap {number} is empty. Write it, or remove the |.", first)
        if len(set(texts)) < len(texts):
            self._problems.add("L205", f"Two options of gap {number} are the same. Change one.", first)

    def _check_rows(self, first: int) -> None:
        if not self._options:
            self._problems.add("L218", "This matrix has no rows. Write them below, such as [ (X) ( ) ] text.", first)
        for option in self._options:
            right = sum(option.right)
            if not right and option.one_only:
                self._problems.add("L201", "No cell of this row is marked as right. Write (X) in one.", option.line)
            if right > 1 and option.one_only:
                message = f"{right} cells are marked as right, but ( ) means one. Use [X] and [ ] in this row."
                self._problems.add("L202", message, option.line)

    def _check_order(self, first: int) -> None:
        places = [option.place for option in self._options]
        if sorted(places) != list(range(1, len(places) + 1)):
            message = f"The places must be 1 to {len(places)}, each once, but they are {', '.join(map(str, places))}."
            self._problems.add("L218", message, first)

    def _check_same(self) -> None:
        seen: dict[str, int] = {}
        for option in self._options:
            before = seen.setdefault(" ".join(option.text.casefold().split()), option.line)
            if option.text and before != option.line:
                message = f"This option is the same as the one in line {before}. Change one."
                self._problems.add("L205", message, option.line)

    def _check_answers(self, question: Question, first: int) -> None:
        for number, answers in question.also:
            if number != 1:
                self._problems.add("L211", "A text answer has no gaps to number. Write also: without one.", first)
            if "" in answers:
                self._problems.add("L204", "The comment also has an empty answer. Write one, or remove the |.", first)
            self._answers += [answer for answer in answers if answer]
        if not self._answers:
            self._problems.add("L201", "There is no accepted answer. Write it between the double brackets.", first)


def _is_rule(line: str) -> bool:
    """True for what makes the line above a heading or a table head."""
    marks = set(line.strip())
    return marks == {"="} or ("-" in marks and marks <= set("-:| \t"))


def _dedent(lines: Sequence[str]) -> str:
    """The lines without their common indentation, as in textwrap.dedent but for tabs too."""
    indents = [len(line) - len(line.lstrip()) for line in lines if line.strip()]
    cut = min(indents, default=0)
    return "\n".join(line[cut:].rstrip() for line in lines).strip("\n")
