"""The questions and texts of lessons in the GIFT format; docs/formats/interchange.md says what it cannot carry."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.gift import GRADES, escaped
from desktop_app.lessons.lesson import GAP, Choice, Exercise, Gap, Lesson, Prose, Quiz, Row
from desktop_app.notes import Notes, Package

_FORMAT = re.compile(r"\s*\[(?:html|moodle|plain|markdown)\]", re.IGNORECASE)
_IMAGE = re.compile(r"(?<!\\)!\[([^\[\]]{0,500})\]\(([^()]{0,500})\)")
_EXERCISES = {"Practice": "practice", "Claims": "source-checking", "Redact": "redaction", "Decision": "decision"}


def write_gift(course: Course) -> Package:
    """One file <id>.gift with a category for each lesson and step."""
    notes = Notes()
    lines = [f"// {course.title}".replace("\n", " "), ""]
    for lesson in course.lessons:
        lines += _Writer(lesson, notes).lines()
    return Package({f"{course.id}.gift": "\n".join(lines).encode()}, notes.sorted())


class _Writer:
    def __init__(self, lesson: Lesson, notes: Notes) -> None:
        self._lesson, self._notes = lesson, notes

    def lines(self) -> Iterator[str]:
        """The lesson's part of the file; each question on one line, which no blank line can cut."""
        for step in self._lesson.steps:
            yield f"$CATEGORY: {_category(self._lesson.title)}/{_category(step.title)}"
            yield ""
            for block in step.blocks:
                if isinstance(block, Prose):
                    yield f"[markdown]{self._text(block.markdown, block.line)}"
                    yield ""
                elif isinstance(block, Quiz):
                    yield from (part for line in self._quiz(block) for part in (line, ""))
                else:
                    self._exercise(block)

    def _exercise(self, exercise: Exercise) -> None:
        kind = _EXERCISES[type(exercise).__name__]
        self._notes.left_out(
            exercise.line, f'The {kind} exercise "{exercise.title}" was left out: GIFT has questions only.'
        )

    def _text(self, markdown: str, line: int) -> str:
        """Markdown with images as their descriptions: a GIFT file carries no files."""

        def described(found: re.Match[str]) -> str:
            self._notes.left_out(line, f'The image "{found[2]}" was left out: a GIFT file carries no files.')
            return f"({found[1]})"

        return escaped(_IMAGE.sub(described, markdown))

    def _quiz(self, quiz: Quiz) -> Iterator[str]:
        if quiz.hints:
            self._notes.left_out(quiz.line, f"{_counted(len(quiz.hints), 'hint')} left out: GIFT has none.")
        match quiz.kind:
            case "single" | "multiple":
                yield self._one(quiz, quiz.question, self._options(quiz.choices, quiz, several=quiz.kind == "multiple"))
            case "text":
                if accepted := self._accepted(quiz.answers, quiz):
                    yield self._one(quiz, quiz.question, accepted)
            case "gaps":
                yield from self._gaps(quiz)
            case "matrix":
                yield from self._matrix(quiz)
            case "ordering":
                self._notes.changed(quiz.line, "An order became a matching question of places: GIFT has no ordering.")
                self._no_feedback((choice.feedback for choice in quiz.choices), quiz, "an item")
                pairs = [(choice.text, str(place)) for place, choice in enumerate(quiz.choices, 1)]
                yield self._one(quiz, quiz.question, self._pairs(pairs, quiz))

    def _one(self, quiz: Quiz, stem: str, inside: str, behind: str = "", number: int = 0) -> str:
        title = f"{quiz.id}-{number}" if number else quiz.id
        said = f" ####{self._text(quiz.solution, quiz.line)}" if quiz.solution else ""
        return f"::{title}::[markdown]{self._text(stem, quiz.line)}{{{inside}{said}}}{self._text(behind, quiz.line)}"

    def _answer(self, markdown: str, line: int) -> str:
        text = self._text(markdown, line)
        return f"[markdown]{text}" if _FORMAT.match(text) else text

    def _options(self, choices: Iterable[Choice], quiz: Quiz, *, several: bool) -> str:
        right = sum(choice.right for choice in choices)
        share = 100 / max(1, right)
        if several and not any(abs(share - grade) < 0.001 for grade in GRADES):
            self._notes.changed(
                quiz.line, f"{right} right answers are worth {share:.5g} % each, a weight Moodle rounds."
            )
        found = []
        for choice in choices:
            mark = "=" if choice.right else "~"
            if several:
                mark = f"~%{'' if choice.right else '-'}{_percent(share)}%"
            said = f"#{self._answer(choice.feedback, quiz.line)}" if choice.feedback else ""
            found.append(f"{mark}{self._answer(choice.text, quiz.line)}{said}")
        return " ".join(found)

    def _accepted(self, answers: Iterable[str], quiz: Quiz) -> str:
        found = []
        for answer in answers:
            if "->" in answer:
                self._notes.left_out(
                    quiz.line, f'The accepted answer "{answer}" was left out: GIFT takes -> for a pair.'
                )
            else:
                found.append(f"={escaped(answer.replace('*', chr(92) + '*'))}")
        if not found:
            self._notes.left_out(
                quiz.line, f'The question "{quiz.id}" was left out: no answer is left that GIFT can hold.'
            )
        return " ".join(found)

    def _no_feedback(self, texts: Iterable[str], quiz: Quiz, what: str) -> None:
        if any(texts):
            self._notes.left_out(quiz.line, f"The feedback to {what} was left out: GIFT has none there.")

    # -- gaps and tables ---------------------------------------------------------------------------------------------

    def _gaps(self, quiz: Quiz) -> Iterator[str]:
        """A missing word for each gap; the other gaps of the text are shown open."""
        if len(quiz.gaps) > 1:
            message = f"The text with {len(quiz.gaps)} gaps became as many questions, one for each: GIFT has one gap in a text."
            self._notes.changed(quiz.line, message)
        pieces = quiz.body.split(GAP)
        for number, gap in enumerate(quiz.gaps):
            before, behind = "____".join(pieces[: number + 1]), "____".join(pieces[number + 1 :])
            inside = self._gap(gap, quiz)
            if not inside:
                continue
            if quiz.body == GAP:
                self._notes.changed(
                    quiz.line, "A gap on a line of its own became a question with options or a typed answer."
                )
                before = f"{quiz.question} "
            yield self._one(quiz, before, inside, behind, number + 1 if len(quiz.gaps) > 1 else 0)

    def _gap(self, gap: Gap, quiz: Quiz) -> str:
        if not gap.options:
            return self._accepted(gap.answers, quiz)
        return " ".join(f"{'=' if option.right else '~'}{escaped(_literal(option.text))}" for option in gap.options)

    def _matrix(self, quiz: Quiz) -> Iterator[str]:
        if len(quiz.rows) > 1 and all(row.one_only and sum(row.right) == 1 for row in quiz.rows):
            self._no_feedback((row.feedback for row in quiz.rows), quiz, "a row")
            pairs = [(row.text, quiz.columns[row.right.index(True)]) for row in quiz.rows]
            used = {column for _, column in pairs}
            yield self._one(
                quiz, quiz.question, self._pairs([*pairs, *(("", c) for c in quiz.columns if c not in used)], quiz)
            )
            return
        self._notes.changed(
            quiz.line, "Each row of the table became a question: GIFT has one right column in a row only."
        )
        for number, row in enumerate(quiz.rows, 1):
            yield from self._row(quiz, row, number)

    def _row(self, quiz: Quiz, row: Row, number: int) -> Iterator[str]:
        if not any(row.right):
            self._notes.left_out(quiz.line, f'The row "{row.text}" was left out: nothing in it is right.')
            return
        self._no_feedback([row.feedback], quiz, "a row")
        choices = [Choice(column, right) for column, right in zip(quiz.columns, row.right, strict=True)]
        yield self._one(
            quiz, f"{quiz.question} {row.text}", self._options(choices, quiz, several=not row.one_only), number=number
        )

    def _pairs(self, pairs: Iterable[tuple[str, str]], quiz: Quiz) -> str:
        found = []
        for left, right in pairs:
            if "->" in left:
                self._notes.changed(quiz.line, "An arrow in a row was written as →: GIFT takes -> for a pair.")
            found.append(f"={self._answer(left.replace('->', '→'), quiz.line)} -> {self._answer(right, quiz.line)}")
        return " ".join(found)


def _literal(text: str) -> str:
    from desktop_app.lessons.interchange.markdown_text import literal

    return literal(text)


def _category(title: str) -> str:
    return title.replace("/", "//").replace("\n", " ")


def _percent(share: float) -> str:
    return f"{share:.5f}".rstrip("0").rstrip(".")


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun} was" if count == 1 else f"{count} {noun}s were"
