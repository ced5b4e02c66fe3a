"""Text, Markdown and CSV files as blocks. Every loop goes over lines once; no pattern can run away on foreign text."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from desktop_app.sandbox.reader.blocks import Block, ReadError

_BYTE_ORDER = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CONTROLS = dict.fromkeys([*range(9), 11, *range(14, 32), 127], " ")
_ITEM = re.compile(r"[ \t]{0,40}(?:[-*•–▪+]|\d{1,3}[.)]|[a-z][)])[ \t]+(?=\S)")
_NUMBERED = re.compile(r"(?:§ ?)?(\d{1,2}(?:\.\d{1,2}){0,4})\.?[ \t]+[^\W\d_]")
_UNDERLINE = re.compile(r"(?:={3,200}|-{3,200})[ \t]*$")
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}(?:[ \t]\"[^\"]{0,200}\")?\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)([^*_`]{1,300})\1")
_COMMENT = re.compile(r"<!--[^>]{0,2000}-->")
_LONG_LINE = 55  # a heading is shorter; what follows one is usually longer
_LONGEST_HEADING = 200
_WRAPPED = 60  # a line this long ends where the editor broke it
_CELLS = 200


def decoded(data: bytes) -> str:
    """The text of a file: by its byte order mark, else UTF-8, and line by line Windows-1252 where it is not.

    Raises ReadError for what is no text.
    """
    for mark, encoding in _BYTE_ORDER:
        if data.startswith(mark):
            return _plain(data[len(mark) :].decode(encoding, "replace"))
    if b"\0" in data[:65536] or data.count(b"\0") > len(data) // 1000:
        raise ReadError("binary")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = "".join(map(_line, data.splitlines(keepends=True)))
    return _plain(text)


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")


def _plain(text: str) -> str:
    strange = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32), 0xFFFD))
    if strange > max(3, len(text) // 200):
        raise ReadError("binary")
    return text.translate(_CONTROLS).replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n\n")


def text_blocks(content: str) -> Iterator[Block]:
    """Paragraphs, items and what looks like a heading: a short line by itself, numbered, underlined or before a text."""
    return paragraphs(content.split("\n"), headings=True)


def paragraphs(lines: Sequence[str], *, headings: bool, page: int = 0) -> Iterator[Block]:
    """The blocks of some lines; wrapped lines become one."""
    held: list[str] = []
    kind = "text"

    def flush() -> Iterator[Block]:
        if any(line.strip() for line in held):
            yield Block(kind, _unwrapped(held, kind == "item"), 0, page)  # type: ignore[arg-type]
        held.clear()

    skip = False
    for at, line in enumerate(lines):
        if skip:
            skip = False
            continue
        if not line.strip():
            yield from flush()
            kind = "text"
            continue
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if headings and not held and (level := _heading_level(lines, at)):
            yield Block("heading", line.strip(), level, page)
            skip = bool(_UNDERLINE.match(following))
        elif _ITEM.match(line):
            yield from flush()
            kind, held = "item", [line]
        else:
            held.append(line)
    yield from flush()


def _unwrapped(lines: Sequence[str], is_item: bool) -> str:
    """Lines as one where an editor has wrapped them; short ones, such as those of an address, stay lines."""
    text, last = "", ""
    for line in map(str.strip, lines):
        goes_on = is_item or len(last) >= _WRAPPED or line[:1].islower()
        text = f"{text}{' ' if goes_on else chr(10)}{line}" if text else line
        last = line
    return text


def _heading_level(lines: Sequence[str], at: int) -> int:
    """The level of a line that looks like a heading, 0 for one that does not. The line before it is empty."""
    line = lines[at].strip()
    following = lines[at + 1] if at + 1 < len(lines) else ""
    if _UNDERLINE.match(following):
        return 1 if following.startswith("=") else 2
    depth = numbered_depth(line)
    if not is_short(line) or (_ITEM.match(lines[at]) and not depth):
        return 0
    after = following.strip() or next((text.strip() for text in lines[at + 2 : at + 4] if text.strip()), "")
    if depth and after and not _NUMBERED.match(after):
        return depth
    if line.isupper() and len(line) > 3 and after:
        return 1
    return 2 if line[:1].isupper() and len(after) >= _LONG_LINE and len(after) > len(line) else 0


def numbered_depth(line: str) -> int:
    """How deep a numbered heading is: 2 for "3.1 Hotels", 0 for a line without a number."""
    numbered = _NUMBERED.match(line)
    return numbered[1].count(".") + 1 if numbered else 0


def is_item(line: str) -> bool:
    """True if a line begins with a bullet, a number or a letter of a list."""
    return _ITEM.match(line) is not None


def is_short(line: str) -> bool:
    """True if a line may be a heading: a few words that end no sentence."""
    return len(line) <= 80 and len(line.split()) <= 9 and line[-1:] not in ".!?,;:" and any(map(str.isalpha, line))


# -- Markdown ------------------------------------------------------------------------------------------------------------


def markdown_blocks(content: str) -> Iterator[Block]:
    """Headings, paragraphs, items and the rows of tables, without marks for bold and links; code is kept as it is."""
    lines = _without_front_matter(content.split("\n"))
    held: list[str] = []
    fenced, table = "", list[str]()

    def flush() -> Iterator[Block]:
        yield from _rows_of(table)
        table.clear()
        yield from paragraphs([_inline(line) for line in held], headings=True)
        held.clear()

    for at, line in enumerate(lines):
        bare = line.strip()
        marks = len(bare) - len(bare.lstrip("#"))
        if fenced:
            fenced = "" if bare.startswith(fenced) else fenced
            held += [] if bare.startswith("```") or bare.startswith("~~~") else [line]
        elif bare.startswith(("```", "~~~")):
            fenced = bare[:3]
        elif 0 < marks <= 6 and bare[marks : marks + 1] in (" ", "\t") and len(bare) <= _LONGEST_HEADING:
            yield from flush()
            yield Block("heading", _inline(bare.strip("#").strip()), marks)
        elif _UNDERLINE.match(bare) and held and held[-1].strip() and (at < 2 or not lines[at - 2].strip()):
            title = held.pop().strip()
            yield from flush()
            yield Block("heading", _inline(title), 1 if bare.startswith("=") else 2)
        elif bare.startswith("|") and bare.endswith("|") and len(bare) > 1:
            if not table:
                yield from flush()
            table.append(bare)
        else:
            if table:
                yield from flush()
            held.append(line.removeprefix("> ") if line.startswith(">") else line)
    yield from flush()


def _without_front_matter(lines: list[str]) -> list[str]:
    if lines[:1] == ["---"] and "---" in lines[1:400]:
        return lines[lines.index("---", 1) + 1 :]
    return lines


def _rows_of(table: Sequence[str]) -> Iterator[Block]:
    rows = [[_inline(cell.strip()) for cell in line.strip("|").split("|")[:_CELLS]] for line in table]
    return table_blocks(row for row in rows if not all(set(cell) <= set("-: ") for cell in row))


def _inline(text: str) -> str:
    return _EMPHASIS.sub(r"\2", _LINK.sub(r"\1", _COMMENT.sub("", text)))


# -- tables --------------------------------------------------------------------------------------------------------------


def csv_blocks(content: str) -> Iterator[Block]:
    """Each row with the names of its columns, which stand in the first one."""
    lines = content.split("\n", 20)[:20]
    delimiter = max(",;\t|", key=lambda mark: (min(map(len, _split(lines, mark)), default=0), lines[0].count(mark)))
    csv.field_size_limit(10_000_000)
    try:
        yield from table_blocks(csv.reader(io.StringIO(content), delimiter=delimiter), always=True)
    except csv.Error as problem:
        raise ReadError("damaged", str(problem)) from None


def _split(lines: Iterable[str], mark: str) -> Iterator[list[str]]:
    return (line.split(mark) for line in lines if line.strip())


def table_blocks(rows: Iterable[Sequence[str]], *, page: int = 0, always: bool = False) -> Iterator[Block]:
    """A block for each row that names its columns as in the first; a table of two columns pairs them, unless always."""
    header: list[str] = []
    alone = False
    for row in rows:
        cells = [" ".join(cell.split()) for cell in row[:_CELLS]]
        if not any(cells):
            continue
        if len(cells) == 1 or (len(cells) == 2 and not always):
            yield Block("row", ": ".join(cell for cell in cells if cell), 0, page)
        elif not header:
            header, alone = cells, True
        else:
            alone = False
            yield Block("row", "; ".join(_cells(header, cells)), 0, page)
    if alone:
        yield Block("row", "; ".join(cell for cell in header if cell), 0, page)


def _cells(header: Sequence[str], cells: Sequence[str]) -> Iterator[str]:
    for at, cell in enumerate(cells):
        if cell:
            name = header[at] if at < len(header) else ""
            yield f"{name}: {cell}" if name else cell
