"""PDF files as blocks, page by page, with pypdf; headings by size, weight, number or the outline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.sandbox.reader.blocks import TEXT_CHARS, Block, ReadError
from desktop_app.sandbox.reader.text import is_item, is_short, numbered_depth, paragraphs

_LARGER = 1.12  # times the size of most of the text
_SIZES_SEEN = 40  # pages that say what most of the text looks like
_OUTLINE = 2000
_MARGIN_PAGES = 3  # a first or last line on more pages than this is a running head, not text


@dataclass(slots=True)
class _Line:
    text: str
    size: float
    bold: bool


def pdf_blocks(path: Path, most_pages: int, told: Callable[[int, int], None]) -> Iterator[Block]:
    """The blocks of a PDF; a page without text gives one empty block."""
    from pypdf import PdfReader
    from pypdf.errors import PdfReadError, PyPdfError

    try:
        with path.open("rb") as file:
            reader = PdfReader(file, strict=False)
            if reader.is_encrypted and not _opens(reader):
                raise ReadError("encrypted")
            count = len(reader.pages)
            if count > most_pages:
                raise ReadError("too-many-pages", str(count))
            if count == 0:
                raise ReadError("no-text", "0")
            yield from _pages(reader, count, told)
    except (PdfReadError, PyPdfError, RecursionError) as problem:
        raise ReadError("damaged", type(problem).__name__) from None


def _opens(reader: Any) -> bool:
    try:
        return bool(reader.decrypt(""))  # many files only forbid printing, and open without a password
    except Exception:  # a cipher that is not known here, damaged keys
        return False


def _pages(reader: Any, count: int, told: Callable[[int, int], None]) -> Iterator[Block]:
    outline = _outline(reader)
    pages: list[list[_Line]] = []
    chars = 0
    for number in range(count):
        told(number, count)
        pages.append(_lines(reader.pages[number]))
        chars += sum(len(line.text) for line in pages[-1])
        if chars > TEXT_CHARS:
            raise ReadError("too-long")
    repeated = _running(pages)
    sizes = Counter[float]()
    for page in pages[:_SIZES_SEEN]:
        for line in page:
            sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0] if sizes else 0.0
    larger = sorted(
        {line.size for page in pages for line in page if body and line.size >= body * _LARGER}, reverse=True
    )
    for number, page in enumerate(pages, 1):
        kept = _without_running(page, repeated, body)
        if not any(line.text.strip() for line in kept):
            yield Block("text", "", 0, number)
            continue
        yield from _blocks(kept, number, outline, body, larger)


def _blocks(
    lines: list[_Line], page: int, outline: dict[str, int], body: float, larger: list[float]
) -> Iterator[Block]:
    held: list[_Line] = []

    def flush() -> Iterator[Block]:
        yield from paragraphs(_unwrapped([line.text for line in held]), headings=False, page=page)
        held.clear()

    for at, line in enumerate(lines):
        text = line.text.strip()
        level = _level(text, line, outline, body, larger) if text and is_short(text) else 0
        before = lines[at - 1].text.strip() if at else ""
        if level and not (before and not _ends(before) and text[:1].islower()):
            yield from flush()
            yield Block("heading", text, level, page)
        else:
            held.append(line)
    yield from flush()


def _level(text: str, line: _Line, outline: dict[str, int], body: float, larger: list[float]) -> int:
    if level := outline.get(_bare(text), 0):
        return level
    stands_out = line.size in larger or (line.bold and line.size >= body)
    if not stands_out:
        return 0
    return numbered_depth(text) or (min(larger.index(line.size) + 1, 6) if line.size in larger else len(larger[:5]) + 1)


def _lines(page: Any) -> list[_Line]:
    """The lines of a page with the size and weight of most of their letters."""
    pieces: list[tuple[str, float, bool]] = []

    def visit(text: str, matrix: list[float], text_matrix: list[float], font: Any, size: float) -> None:
        scale = abs(text_matrix[3] or text_matrix[1]) * abs(matrix[3] or matrix[1])
        name = str(font.get("/BaseFont", "")).casefold() if hasattr(font, "get") else ""
        pieces.append((text, round(abs(size) * scale, 1), "bold" in name or "black" in name or "heavy" in name))

    page.extract_text(visitor_text=visit)
    lines, current = list[_Line](), [("", 0.0, False)]
    for text, size, bold in pieces:
        first, *others = text.split("\n")
        current.append((first, size, bold))
        for other in others:
            lines.append(_joined(current))
            current = [(other, size, bold)]
    lines.append(_joined(current))
    return lines


def _joined(pieces: list[tuple[str, float, bool]]) -> _Line:
    text = "".join(piece[0] for piece in pieces)
    sizes, weights = Counter[float](), Counter[bool]()
    for piece, size, bold in pieces:
        sizes[size] += len(piece.strip())
        weights[bold] += len(piece.strip())
    return _Line(text, sizes.most_common(1)[0][0], weights.most_common(1)[0][0])


def _running(pages: list[list[_Line]]) -> frozenset[str]:
    """Heads and feet: what stands in the first and last lines of most pages, but for the numbers."""
    seen = Counter[str]()
    for page in pages:
        texts = [_bare(line.text) for line in page if line.text.strip()]
        seen.update({*texts[:2], *texts[-2:]})
    return frozenset(text for text, times in seen.items() if times >= _MARGIN_PAGES and times > len(pages) // 2)


def _without_running(page: list[_Line], repeated: frozenset[str], body: float) -> list[_Line]:
    filled = [at for at, line in enumerate(page) if line.text.strip()]
    edge = {*filled[:2], *filled[-2:]}
    return [
        line for at, line in enumerate(page)
        if at not in edge or line.size >= body * _LARGER or _bare(line.text) not in repeated
    ]  # fmt: skip


def _bare(text: str) -> str:
    return "".join(mark for mark in text.casefold() if mark.isalpha())


def _unwrapped(lines: list[str]) -> list[str]:
    """Lines as they were before the page broke them: words put together, an empty line where a paragraph ends."""
    widest = max((len(line) for line in lines), default=0)
    result: list[str] = []
    last = ""
    for line in map(str.strip, lines):
        before = result[-1] if result else ""
        if not before or not line or is_item(line):
            result.append(line)
        elif before.endswith("-") and before[-2:-1].isalpha() and line[:1].islower():
            result[-1] = before[:-1] + line
        elif len(last) >= widest * 0.6 or not _ends(before):
            result[-1] = f"{before} {line}"
        else:
            result += ["", line]
        last = line
    return result


def _ends(text: str) -> bool:
    return text.rstrip("\"'”“’»)")[-1:] in ".!?:;"


def _outline(reader: Any) -> dict[str, int]:
    """The titles of the outline, which names the headings, with their level; {} if it is damaged."""
    found: dict[str, int] = {}

    def walk(entries: list[Any], level: int) -> None:
        for entry in entries:
            if len(found) >= _OUTLINE or level > 9:
                return
            if isinstance(entry, list):
                walk(entry, level + 1)
            elif title := _bare(str(entry.title or "")):
                found.setdefault(title, level)

    try:
        walk(reader.outline, 1)
    except Exception:  # pypdf stumbles over damaged outlines in many ways; the pages may still be fine
        return found
    return found
