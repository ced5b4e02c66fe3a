"""What the editor does to text when a key is pressed, as functions on lines. No Qt."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ITEM = re.compile(r"(\s*)([-*+]|[0-9]{1,3}[.)])([ \t]+)(.*)")
_OPTION = re.compile(r"(\s*(?:-[ \t]?)?)(\[\([xX ]\)\]|\[\[[xX ]\]\])([ \t]*)(.*)")
_HINT = re.compile(r"(\s*(?:-[ \t]?)?)(\[\[\?\]\])([ \t]*)(.*)")
_ORDER = re.compile(r"(\s*(?:-[ \t]?)?)\[\[([0-9]{1,2})\]\]([ \t]+)(.*)")
_ROW = re.compile(r"(\s*(?:-[ \t]?)?)(\[(?:\s*(?:\([xX ]?\)|\[[xX ]?\])){2,}\s*\])([ \t]*)(.*)")
_FEEDBACK = re.compile(r"(\s+)>[ \t]?(.*)")
_QUOTE = re.compile(r"(>[ \t]?)(.*)")
_INDENT = re.compile(r"[ \t]*")
_MARK = re.compile(r"[xX]")


def next_line(line: str, above: Sequence[str] = (), *, yaml: bool = False) -> tuple[str, bool]:
    """What stands on the line that Enter makes after line, and whether line is an empty item to be cleared instead.

    above are the lines before it, nearest last. In YAML only the indentation goes on, one level deeper below a "name:".
    """
    indent = _indent(line)
    if yaml:
        bare = line.strip()
        inner = indent + "  " if bare.startswith("- ") and ":" in bare else indent
        return (inner + "  " if bare.endswith((":", ": |", ": >", ": |-", ": >-")) else inner), False
    for pattern, again in (
        (_HINT, lambda m: m[2]),
        (_OPTION, lambda m: _unmarked(m[2])),
        (_ROW, lambda m: _unmarked(m[2])),
    ):
        if match := pattern.fullmatch(line):
            return _go_on(match, f"{again(match)} ")
    if match := _ORDER.fullmatch(line):
        return _go_on(match, f"[[{int(match[2]) + 1}]] ")
    if match := _FEEDBACK.fullmatch(line):
        option = _option_above(above)
        return (option or f"{indent}> ", False) if match[2].strip() else ("", True)
    if match := _QUOTE.fullmatch(line):
        return ("> ", False) if match[2].strip() else ("", True)
    if match := _ITEM.fullmatch(line):
        mark = match[2]
        following = f"{int(mark[:-1]) + 1}{mark[-1]}" if mark[:-1].isdigit() else mark
        return _go_on(match, f"{following}{match[3]}")
    return indent, False


def _go_on(match: re.Match[str], mark: str) -> tuple[str, bool]:
    text = match.groups()[-1]
    return (match[1] + mark, False) if text.strip() else ("", True)


def _option_above(above: Sequence[str]) -> str:
    """A fresh option like the last one above, "" if none stands directly above the feedback."""
    for line in reversed(above):
        for pattern in (_OPTION, _ROW):
            if match := pattern.fullmatch(line):
                return f"{match[1]}{_unmarked(match[2])} "
        if match := _ORDER.fullmatch(line):
            return f"{match[1]}[[{int(match[2]) + 1}]] "
        if not _FEEDBACK.fullmatch(line):
            return ""
    return ""


def _unmarked(brackets: str) -> str:
    return _MARK.sub(" ", brackets)


def _indent(line: str) -> str:
    match = _INDENT.match(line)
    return match[0] if match else ""


def toggle_right(lines: Sequence[str], index: int) -> dict[int, str]:
    """The lines that change when the option at index is marked as right or wrong; nothing where there is no option.

    Marking one of several ( ) options takes the mark from the others of its question.
    """
    match = _OPTION.fullmatch(lines[index])
    if match is None:
        return {}
    single = match[2].startswith("[(")
    right = _MARK.search(match[2]) is None
    changed = {index: _marked(lines[index], match, right)}
    if single and right:
        for other in _siblings(lines, index):
            found = _OPTION.fullmatch(lines[other])
            if found and found[2].startswith("[(") and _MARK.search(found[2]):
                changed[other] = _marked(lines[other], found, False)
    return changed


def _marked(line: str, match: re.Match[str], right: bool) -> str:
    start, end = match.span(2)
    mark = match[2]
    return f"{line[:start]}{mark[:2]}{'X' if right else ' '}{mark[3:]}{line[end:]}"


def _siblings(lines: Sequence[str], index: int) -> list[int]:
    """The other lines of the same question: options, their feedback and hints without a blank line between."""
    found: list[int] = []
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(lines) and (_OPTION.fullmatch(lines[at]) or _FEEDBACK.fullmatch(lines[at])):
            found.append(at)
            at += step
    return found


def wrap(text: str, start: int, end: int, mark: str) -> tuple[str, int, int]:
    """The text with a selection put between marks, or freed of them; and where the selection is then."""
    size = len(mark)
    # of three stars two are bold and one is italic, so a mark's own kind must stand directly at the selection
    outside = text[:start].endswith(mark) and text[end:].startswith(mark)
    if outside and (mark != "*" or not _is_bold(text, start, end)):
        return text[: start - size] + text[start:end] + text[end + size :], start - size, end - size
    chosen = text[start:end]
    if (
        len(chosen) > 2 * size
        and chosen.startswith(mark)
        and chosen.endswith(mark)
        and (mark != "*" or chosen[1] != "*")
    ):
        return text[:start] + chosen[size:-size] + text[end:], start, end - 2 * size
    return text[:start] + mark + chosen + mark + text[end:], start + size, end + size


def _is_bold(text: str, start: int, end: int) -> bool:
    before = len(text[:start]) - len(text[:start].rstrip("*"))
    return before == 2


def link(text: str, start: int, end: int) -> tuple[str, int, int]:
    """The text with the selection made a link; what remains to be typed is selected."""
    chosen = text[start:end]
    if chosen.startswith("https://"):
        return f"{text[:start]}[link text]({chosen}){text[end:]}", start + 1, start + 10
    address = "https://"
    made = f"[{chosen or 'link text'}]({address})"
    at = start + len(made) - 1
    return text[:start] + made + text[end:], (at if chosen else start + 1), (at if chosen else start + 10)


def indented(line: str, *, back: bool, width: int = 4) -> str:
    """The line one level further in, or out."""
    if not back:
        return " " * width + line if line.strip() else line
    have = len(line) - len(line.lstrip(" "))
    return line[1:] if line.startswith("\t") else line[min(have, width) :]


def image_link(name: str) -> str:
    """What shows an image of the lesson's folder; its alternative text is still to be written."""
    return f"![what the image shows](<{name}>)" if " " in name else f"![what the image shows]({name})"


def insertion_line(lines: Sequence[str], starts: Sequence[int], cursor: int) -> int:
    """The number of lines above the place where a block goes that is inserted at line cursor (from 0).

    starts are the lines (from 1) where blocks of the lesson start. The block goes between two of them, never into one;
    comments directly above a question belong to it.
    """
    if cursor < len(lines) and not "".join(lines[max(0, cursor - 1) : cursor + 2]).strip():
        return cursor  # an empty line among empty lines
    for start in sorted(starts):
        if start - 1 > cursor:
            at = start - 1
            while at > 0 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("<!--")):
                at -= 1
            if at > cursor:
                return at
    return len(lines)
