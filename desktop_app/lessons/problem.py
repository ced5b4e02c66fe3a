"""What can be wrong with a lesson, practice exercise or path; docs/formats/lesson.md explains each code."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from desktop_app.errors import ContentError

Severity = Literal["error", "warning"]


class Rule(NamedTuple):
    """What a code stands for; an error keeps the lesson from opening if the parser finds it."""

    severity: Severity
    title: str


# Codes are stable: scripts filter by them. A retired code is never used again.
RULES: dict[str, Rule] = {
    "L100": Rule("error", "The file cannot be read"),
    "L101": Rule("error", "Front matter is missing or not closed"),
    "L102": Rule("error", "Front matter is not valid YAML"),
    "L103": Rule("error", "A required field is missing"),
    "L104": Rule("error", "A field has a wrong value"),
    "L105": Rule("error", "Unknown field"),
    "L106": Rule("error", "The id differs from the folder's name"),
    "L107": Rule("error", "Unknown role"),
    "L108": Rule("error", "A prerequisite does not exist"),
    "L109": Rule("warning", "The review date has passed"),
    "L110": Rule("warning", "No sources"),
    "L111": Rule("warning", "The duration does not fit the length"),
    "L112": Rule("warning", "The text is hard to read"),
    "L113": Rule("warning", "A source without the day it was checked"),
    "L120": Rule("error", "Text before the first step"),
    "L121": Rule("error", "The lesson has no step"),
    "L122": Rule("error", "A title heading in the wrong place"),
    "L123": Rule("warning", "A heading level is skipped"),
    "L124": Rule("error", "A heading is empty"),
    "L125": Rule("warning", "Two steps have the same title"),
    "L126": Rule("error", "A step is empty"),
    "L127": Rule("error", "A code fence or comment is never closed"),
    "L128": Rule("warning", "A heading underlined with = or -"),
    "L130": Rule("error", "A character that cannot be shown"),
    "L201": Rule("error", "A question without a right answer"),
    "L202": Rule("error", "A single-choice question with several right answers"),
    "L203": Rule("error", "A question with only one option"),
    "L204": Rule("error", "An empty option, answer, hint, feedback or solution"),
    "L205": Rule("error", "Two options are the same"),
    "L206": Rule("error", "A quiz without a question"),
    "L207": Rule("error", "Feedback that belongs to no option"),
    "L208": Rule("error", "A hint that belongs to no question"),
    "L209": Rule("error", "A solution is never closed"),
    "L210": Rule("warning", "A question without an id"),
    "L211": Rule("error", "An id or also comment is malformed or belongs to no question"),
    "L212": Rule("error", "An id is used twice"),
    "L213": Rule("error", "Single-choice and multiple-choice options are mixed"),
    "L214": Rule("error", "A blank line inside a question"),
    "L215": Rule("error", "An option, hint or feedback runs over its line"),
    "L216": Rule("warning", "Alternatives separated by | inside the brackets"),
    "L217": Rule("error", "A kind of question this version cannot show"),
    "L218": Rule("error", "A matrix or an order that does not add up"),
    "L301": Rule("error", "An exercise block is not valid YAML"),
    "L302": Rule("error", "An exercise field is missing"),
    "L303": Rule("error", "An exercise field has a wrong value"),
    "L304": Rule("error", "Unknown exercise field"),
    "L305": Rule("error", "A practice block needs either prompt or start"),
    "L306": Rule("error", "A regular expression is not valid"),
    "L307": Rule("error", "The prompt is not in the library"),
    "L308": Rule("error", "A claims block does not add up"),
    "L309": Rule("error", "A decision block does not add up"),
    "L401": Rule("error", "A link that the reader will not open"),
    "L402": Rule("error", "An image is missing or outside the lesson's folder"),
    "L403": Rule("error", "An image without alternative text"),
    "L404": Rule("error", "A link leads nowhere"),
    "L405": Rule("warning", "HTML that will be removed"),
    "L406": Rule("warning", "An image is too large"),
    "L407": Rule("error", "A file that is no image the reader shows"),
    "L501": Rule("error", "A path file is not valid YAML"),
    "L502": Rule("error", "A path field is missing"),
    "L503": Rule("error", "A path field has a wrong value"),
    "L504": Rule("error", "Unknown path field"),
    "L505": Rule("error", "A lesson of the path, or a path before it, does not exist, or paths come before each other"),
    "L601": Rule("error", "The document does not exist"),
    "L602": Rule("error", "A document's front matter is wrong"),
    "L603": Rule("warning", "Sensitive data that is not the fictional company's"),
    "L604": Rule("warning", "A term to avoid"),
    "L605": Rule("error", "The list of terms is wrong"),
    "L701": Rule("error", "A translation's language differs from its file name"),
    "L702": Rule("error", "A translation differs in structure from its original"),
    "L703": Rule("warning", "A translation is of another version"),
    "L704": Rule("error", "A translation without an original"),
    "L801": Rule("error", "The glossary is wrong"),
    "L802": Rule("error", "Two entries of the glossary have the same id"),
    "L803": Rule("error", "See names an entry that is not there"),
    "L804": Rule("error", "A glossary's translation does not match its original"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to fix and where: line and column count from 1, columns in characters."""

    code: str
    severity: Severity
    message: str
    path: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.severity} {self.code}: {self.message}"

    def as_error(self) -> ContentError:
        """The same as something to raise."""
        return ContentError(self.message, self.path, self.line, self.column)


class Problems:
    """Collects the problems of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.found: list[Problem] = []

    def add(self, code: str, message: str, line: int, column: int = 1) -> None:
        """Note one problem; its severity is the rule's."""
        self.found.append(Problem(code, RULES[code].severity, message, self.path, line, column))

    def add_error(self, code: str, error: ContentError) -> None:
        """Note what a reader of files raised."""
        self.add(code, error.message, error.line or 1, error.column or 1)

    def sorted(self) -> tuple[Problem, ...]:
        """Every problem in file order."""
        return tuple(sorted(self.found, key=lambda problem: (problem.line, problem.column, problem.code)))
