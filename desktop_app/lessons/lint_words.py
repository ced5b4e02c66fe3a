"""How easily a lesson reads, and which of its words the organisation avoids."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import ContentError
from desktop_app.lessons.fields import Codes, Fields
from desktop_app.lessons.lesson import Lesson, Prose, Step
from desktop_app.lessons.problem import Problem, Problems
from desktop_app.lessons.scan import Line, chunks
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8

TERMS_FILE = "terms.yml"
HARDEST = 50.0  # LIX; 40 to 50 is what newspapers write, above 50 is technical prose
_FEWEST_WORDS = 60  # fewer say little about a step
_LONG_LETTERS = 6
_CODES = Codes("L605", "L605", "L605")
_NOT_READ = re.compile(
    # The lengths are bounded, so that thousands of openings without an end take no quadratic time.
    r"```.*?(?:```|\Z)|~~~.*?(?:~~~|\Z)|^[ \t]*\|[^\n]*$|<!--.{0,2000}?-->|\]\([^()\s]{0,2000}\)",
    re.DOTALL | re.MULTILINE,
)
_WRONG_OPTION = re.compile(r"\s*(?:-[ \t]?)?\[[\[(] [\])]\]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:](?=[\s\"'”*_)]|$)|\n[ \t]*(?:\n|[-*+][ \t])")


@dataclass(frozen=True, slots=True)
class Term:
    """Words an organisation does not want in lessons, what to write instead ("" for nothing in particular), and why."""

    avoid: str
    use: str
    why: str


def readability(markdown: str) -> tuple[float, int]:
    """LIX and the number of words it rests on: words a sentence plus the percentage of words of more than 6 letters.

    Björnsson, Läsbarhet (1968). It needs no syllables, so it works for any language written with spaces. 0.0 without
    words.
    """
    text = _NOT_READ.sub(" ", markdown)
    words = _WORD.findall(text)
    if not words:
        return 0.0, 0
    sentences = sum(_WORD.search(part) is not None for part in _SENTENCE_END.split(text))
    long_words = sum(len(word) > _LONG_LETTERS for word in words)
    return len(words) / sentences + 100 * long_words / len(words), len(words)


def check_reading_level(lesson: Lesson, problems: Problems) -> None:
    """Note each step whose text is harder to read than HARDEST."""
    for step in lesson.steps:
        value, words = readability(_prose(step))
        if words >= _FEWEST_WORDS and value > HARDEST:
            message = f"This step is hard to read (LIX {value:.0f}; aim below {HARDEST:.0f}). Write shorter sentences and words."
            problems.add("L112", message, step.line)


def _prose(step: Step) -> str:
    return "\n\n".join(block.markdown for block in step.blocks if isinstance(block, Prose))


def check_terms(lines: Sequence[Line], terms: Sequence[Term], problems: Problems) -> None:
    """Note every term to avoid in the body; code, comments and wrong options aside."""
    whole = "\n".join(line.text for line in lines).casefold()
    folded = {" ".join(term.avoid.casefold().split()): term for term in terms}
    by_word = {word: term for word, term in folded.items() if word.split()[0] in whole}
    if not by_word:
        return
    # Longest first, so that "machine brain" is found before "machine"; each is a literal, so there is no backtracking.
    either = "|".join(r"\s+".join(map(re.escape, word.split())) for word in sorted(by_word, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
    for first, text in chunks([_without_wrong_option(line) for line in lines]):
        for match in pattern.finditer(text):
            term = by_word.get(" ".join(match[0].casefold().split()))
            if term is None:  # a letter that folds to two, such as ß
                continue
            instead = f'Write "{term.use}".' if term.use else "Leave it out or say it differently."
            line = first + text.count("\n", 0, match.start())
            column = match.start() - text.rfind("\n", 0, match.start())
            problems.add("L604", f'"{match[0]}" is a term to avoid: {term.why} {instead}', line, column)


def _without_wrong_option(line: Line) -> Line:
    """line, blank if it is a wrong option: those say what people wrongly believe, in their words."""
    return line._replace(text="") if line.kind == "text" and _WRONG_OPTION.match(line.text) else line


def read_terms(folders: Sequence[Path]) -> tuple[Term, ...]:
    """The terms of every terms.yml in folders, in order; what is wrong with one, lint of that file says."""
    found: list[Term] = []
    for file in (folder / TERMS_FILE for folder in folders):
        if file.is_file():
            with contextlib.suppress(ContentError):
                found += parse_terms(read_utf8(file), file)[0]
    return tuple(found)


def parse_terms(text: str, path: Path) -> tuple[tuple[Term, ...], tuple[Problem, ...]]:
    """The terms in text and everything wrong with it; path is only named. Format: docs/formats/terms.md."""
    problems = Problems(path)
    try:
        value, lines = load_yaml_with_lines(text, path)
    except ContentError as error:
        problems.add_error("L605", error)
        return (), problems.sorted()
    fields = Fields(value, lines, problems, _CODES)
    terms = tuple(_terms(fields))
    fields.finish()
    return terms, problems.sorted()


def _terms(fields: Fields) -> Iterator[Term]:
    for item in fields.mappings("terms"):
        avoid = item.text("avoid", required=True, longest=80)
        term = Term(avoid, item.text("use", longest=120), item.text("why", required=True, longest=200))
        item.finish()
        if avoid:
            yield term
