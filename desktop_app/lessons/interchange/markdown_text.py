"""Foreign texts as Markdown that our lessons can hold: nothing in them is taken for a question, a step or an exercise."""

from __future__ import annotations

import re

from desktop_app.lessons.lesson import GAP
from desktop_app.lessons.quiz_syntax import foreign_syntax, is_hint, quiz_kind
from desktop_app.lessons.scan import Line, heading, scan, split_lines, without_code
from desktop_app.notes import Notes
from desktop_app.storage.yaml_text import UNPRINTABLE

_ACTIVE = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|<(?=[a-zA-Z/!?])|&(?=#?\w+;)")
_ENTITIES = {"<": "&lt;", "&": "&amp;"}
_LINE_START = re.compile(r"^(#{1,6}(?=[\s#]|$)|[>+-](?=\s|$)|[|=]|~(?=~~)|-+\s*$|[0-9]{1,9}(?=[.)](?:\s|$)))")
_START_ENTITIES = {"|": "&#124;", "=": "&#61;", "~": "&#126;"}
_OPENS = re.compile(r"(?<!\\)\[(?=\s*[\[(]|->\[)")
_NO_PARAGRAPH = re.compile(r"\s*(?:[>|<#]|[-*+][ \t]|[0-9]+[.)][ \t]|`{3}|~{3})|\s{4}|\t")
_STARS = re.compile(r"\s*\*{4,}\s*")
_NO_SPACE = re.compile(r"#{2,6}[^#\s].*")
_EXERCISES = frozenset({"practice", "claims", "redact", "decision"})


def clean(text: str) -> str:
    """text without characters that no lesson may hold."""
    return UNPRINTABLE.sub("", text).replace(GAP, " ")


def literal(text: str) -> str:
    """Plain text as Markdown that shows just that; lines stay lines of their paragraph."""
    escaped = _ACTIVE.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), clean(text))
    return "\n".join(_LINE_START.sub(_harmless, line.strip()) for line in escaped.split("\n"))


def _harmless(found: re.Match[str]) -> str:
    first, rest = found[1][0], found[1][1:]
    if first.isdecimal():
        return f"{found[1]}\\"
    return f"{_START_ENTITIES.get(first, chr(92) + first)}{rest}"


def one_line(markdown: str) -> str:
    """Markdown of one or more paragraphs as the one line that options, hints and feedback may have."""
    return " ".join(markdown.split())


def column_title(markdown: str) -> str:
    """Markdown as a matrix column may have it: without square brackets of its own."""
    return re.sub(r"\\?([\[\]])", lambda found: f"&#{ord(found[1])};", one_line(markdown))


def own_markdown(markdown: str, notes: Notes, first_line: int) -> str:
    """Markdown somebody wrote for another tool, with what our lessons read as something else written differently."""
    lines, unclosed = scan(split_lines(clean(markdown)), first_line)
    found = [new for at, line in enumerate(lines) if (new := _own_line(lines, at, notes)) is not None]
    if unclosed is not None and found:
        notes.changed(unclosed, "A code fence or comment was never closed. It is closed at the end of its text.")
        last = next(line for line in lines if line.number == unclosed)
        found.append(closing_marks(last) if last.kind == "open" else "")
    return "\n".join(found).strip("\n").rstrip()


def closing_marks(opening: Line) -> str:
    """What closes a code fence."""
    text = opening.text.strip()
    return text[: len(text) - len(text.lstrip(text[0]))]


def _own_line(lines: list[Line], at: int, notes: Notes) -> str | None:
    line = lines[at]
    if line.kind == "comment":
        notes.left_out(line.number, "A comment is not shown and was left out.")
        return None
    if line.kind != "text":
        if line.kind == "open" and line.info in _EXERCISES:
            return line.text.replace(line.info, "text", 1)
        return line.text
    if found := heading(line.text):
        if not found[1]:
            return None
        return f"{'#' * max(3, found[0])} {found[1]}"
    if _NO_SPACE.fullmatch(line.text):
        return f"\\{line.text}"
    if _STARS.fullmatch(line.text):
        return "***"
    if quiz_kind(lines, at) is not None or is_hint(line) or foreign_syntax(line):
        return no_quiz(line.text)
    return line.text


def no_quiz(text: str) -> str:
    """One line in which brackets that would make a question are shown as they are."""
    plain = without_code(text)
    for found in reversed(list(_OPENS.finditer(plain))):
        text = f"{text[: found.start()]}\\{text[found.start() :]}"
    line = Line(1, text, "text")
    return text.replace("[", "\\[") if quiz_kind([line], 0) or foreign_syntax(line) else text


def paragraphs(markdown: str) -> list[str]:
    """Blocks between blank lines, with code fences kept whole."""
    found: list[list[str]] = [[]]
    for line in scan(markdown.split("\n"), 1)[0]:
        if line.is_blank:
            found.append([])
        else:
            found[-1].append(line.text)
    return ["\n".join(lines) for lines in found if lines]


def split_question(markdown: str) -> tuple[str, str]:
    """What stands before, and the last paragraph, which becomes a question; "" where the text ends in something else."""
    *before, last = paragraphs(markdown) or [""]
    lines = last.split("\n")
    start = max(
        (at + 1 for at, line in enumerate(lines) if line.startswith("#")), default=0
    )  # a heading ends in its line
    question = "\n".join(line.strip() for line in lines[start:])
    if not question or _NO_PARAGRAPH.match(lines[start]):
        return markdown, ""
    return "\n\n".join([*before, *["\n".join(lines[:start])][: start > 0]]), question
