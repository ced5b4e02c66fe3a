"""HTML of other tools as Markdown: text, emphasis, lists, tables, code, links and local images; nothing that runs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from desktop_app.lessons.interchange.addresses import Images, image_markdown, link_markdown
from desktop_app.lessons.interchange.markdown_text import clean, literal, one_line
from desktop_app.lessons.scan import without_code
from desktop_app.notes import Notes

_INLINE = {"b": "**", "strong": "**", "i": "*", "em": "*", "cite": "*", "dfn": "*", "var": "*"}
_KEPT = frozenset({"sub", "sup", "u", "s", "del", "kbd"})  # tags our reader shows as they are
_HEADINGS = {f"h{level}": max(3, level) for level in range(1, 7)}
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "figure",
        "figcaption",
        "center",
        "fieldset",
        "address",
        "dl",
        "dt",
        "dd",
        "ul",
        "ol",
        "li",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "td",
        "th",
        "caption",
        "pre",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
    ]
)
_VOID = frozenset(
    {"br", "hr", "img", "input", "wbr", "source", "track", "embed", "link", "meta", "col", "base", "area"}
)
_DROPPED = frozenset(
    {"script", "style", "iframe", "object", "svg", "math", "video", "audio", "canvas", "template", "head"}
)
_SAID = {
    "script": "A script is not run and",
    "style": "A style sheet",
    "iframe": "An embedded page",
    "embed": "An embedded object",
}
_ENDS = {"<": "&lt;", "&": "&amp;", "_": "\\_"}
_DEEPEST = 60  # deeper tags are taken as if they were not there
_OPEN_TAG = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_RUNS = re.compile(
    rf"</?({'|'.join(sorted(_DROPPED | {'embed', 'link', 'meta', 'base', 'form', 'input', 'button'}))})\b[^<>]*>"
)
MAX_OPEN_TAGS = 500  # Python's HTML parser takes quadratic time over tags that never end
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,2000}>|&(?:[a-zA-Z]{2,12}|#[0-9]{1,6}|#x[0-9a-fA-F]{1,6});")


def has_html(text: str) -> bool:
    """True for text with tags or entities in it."""
    return _TAG.search(text) is not None


def html_markdown(html: str, images: Images, notes: Notes, line: int) -> str:
    """Markdown for HTML, blocks separated by blank lines; what could not come over is noted for that line."""
    open_comments = html.count("<!--") - html.count("-->")
    if open_comments + sum(1 for _ in _OPEN_TAG.finditer(html)) > MAX_OPEN_TAGS:
        notes.changed(line, "The HTML has hundreds of tags that never end, so it is shown as it was typed.")
        return literal(html)
    reader = _Reader(images, notes, line)
    reader.feed(clean(html))
    reader.close()
    return reader.markdown()


def drop_elements(markdown: str, notes: Notes, first_line: int) -> str:
    """Markdown without elements that run, load or hide something; code stays as it is."""
    if "<" not in markdown:
        return markdown
    plain = without_code(markdown).lower()
    parts, done = [], 0
    ended: set[str] = set()  # tags of which no end follows any more
    for found in _RUNS.finditer(plain):
        tag, start = found[1], found.start()
        if start < done:
            continue
        line = first_line + markdown.count("\n", 0, start)
        notes.left_out(line, f"{_SAID.get(tag, f'<{tag}>')} was left out.")
        end = -1 if tag in _VOID or tag in ended else plain.find(f"</{tag}", found.end())
        if end < 0:
            ended.add(tag)
        close = plain.find(">", end) if end >= 0 else -1
        parts.append(markdown[done:start])
        done = close + 1 if close >= 0 else found.end()
        parts.append("\n" * markdown.count("\n", start, done))  # every line keeps its number
    return "".join([*parts, markdown[done:]])


@dataclass(slots=True)
class _Open:
    """An open tag: blocks are the finished ones inside it, parts the text of the paragraph at hand."""

    tag: str
    href: str = ""
    blocks: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)

    def end_paragraph(self) -> None:
        text = "".join(self.parts)
        text = text.strip("\n") if self.tag == "pre" else _tidy(text)
        if text:
            self.blocks.append(text)
        self.parts = []


class _Reader(HTMLParser):
    def __init__(self, images: Images, notes: Notes, line: int) -> None:
        super().__init__(convert_charrefs=True)
        self._images, self._notes, self._line = images, notes, line
        self._open = [_Open("")]
        self._dropped: list[str] = []  # tags whose content is left out, innermost last

    def markdown(self) -> str:
        while len(self._open) > 1:
            self._close()
        self._open[0].end_paragraph()
        return "\n\n".join(self._open[0].blocks)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if self._dropped:
            if tag == self._dropped[-1]:
                self._dropped.append(tag)
            return
        if tag in _DROPPED or tag == "embed":
            self._drop(tag)
        elif tag == "br":
            self._top.parts.append("\n" if self._top.tag == "pre" else "<br>")
        elif tag == "hr":
            self._top.end_paragraph()
            self._top.blocks.append("***")
        elif tag == "img":
            self._top.parts.append(
                image_markdown(values.get("alt", ""), values.get("src", ""), self._images, self._notes, self._line)
            )
        elif tag in ("input", "button", "select", "textarea", "form"):
            self._notes.left_out(self._line, f"A form's <{tag}> was left out.")
        elif tag not in _VOID and len(self._open) < _DEEPEST:
            self._start(tag, values.get("href", ""))

    def _drop(self, tag: str) -> None:
        if tag != "head":
            self._notes.left_out(self._line, f"{_SAID.get(tag, f'<{tag}>')} was left out.")
        if tag not in _VOID:
            self._dropped.append(tag)

    def _start(self, tag: str, href: str) -> None:
        if tag in ("li", "tr", "td", "th", "dt", "dd", "p"):
            self._end_open(tag)
        if tag in _BLOCKS:
            self._top.end_paragraph()
        if tag in _BLOCKS or tag in _INLINE or tag in _KEPT or tag in ("a", "code", "samp", "tt"):
            self._open.append(_Open(tag, href))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropped:
            if tag == self._dropped[-1]:
                self._dropped.pop()
        elif any(one.tag == tag for one in self._open):
            while self._open[-1].tag != tag:
                self._close()
            self._close()

    def _end_open(self, tag: str) -> None:
        """Close what HTML closes by itself: an <li> ends where the next one starts."""
        same = {"td": ("td", "th"), "th": ("td", "th"), "dt": ("dt", "dd"), "dd": ("dt", "dd"), "tr": ("tr",)}
        inside = {"li": ("ul", "ol"), "tr": ("table",), "td": ("tr", "table"), "th": ("tr", "table")}
        for index in range(len(self._open) - 1, 0, -1):
            if self._open[index].tag in inside.get(tag, ("div", "td", "th", "li", "blockquote")):
                return
            if self._open[index].tag in same.get(tag, (tag,)):
                while len(self._open) > index:
                    self._close()
                return

    def handle_data(self, data: str) -> None:
        if self._dropped:
            return
        if any(one.tag in ("pre", "code", "samp", "tt") for one in self._open):
            self._top.parts.append(data)
        else:
            self._top.parts.append(literal_inline(data))

    @property
    def _top(self) -> _Open:
        return self._open[-1]

    # -- closing -----------------------------------------------------------------------------------------------------

    def _close(self) -> None:
        closed = self._open.pop()
        if closed.tag in _BLOCKS:
            closed.end_paragraph()
            self._close_block(closed)
        else:
            self._close_inline(closed)

    def _close_inline(self, closed: _Open) -> None:
        top = self._top
        text = "".join(closed.parts)
        if closed.blocks:  # a block inside <b> or <a>: the mark is dropped, the blocks stay
            top.end_paragraph()
            top.blocks += closed.blocks
        if top.tag == "pre" or not text.strip():
            top.parts.append(text)
            return
        inside = text.strip()
        before, after = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
        top.parts += [
            before[:1],
            self._marked(closed, inside, next((part[-1] for part in reversed(top.parts) if part), "")),
            after[:1],
        ]

    def _marked(self, closed: _Open, text: str, last: str) -> str:
        tag = closed.tag
        if tag == "a":
            return link_markdown(one_line(text), closed.href, self._notes, self._line) if closed.href else text
        if tag in ("code", "samp", "tt"):
            return code_span(text)
        if tag in _KEPT:
            return f"<{tag}>{text}</{tag}>"
        mark = _INLINE[tag]
        if last == "*" or "*" in text:  # stars next to stars would be read as other marks
            html = "strong" if mark == "**" else "em"
            return f"<{html}>{text}</{html}>"
        return f"{mark}{text}{mark}"

    def _close_block(self, closed: _Open) -> None:
        tag, top, blocks = closed.tag, self._top, closed.blocks
        if tag in ("td", "th"):
            top.parts = []
            top.rows.append([" <br> ".join(map(one_line, blocks))])
        elif tag == "tr":
            cells = [row[0] for row in closed.rows]
            top.rows.append(cells or [" ".join(map(one_line, blocks))])
        elif tag in ("thead", "tbody", "tfoot"):
            top.rows += closed.rows
        elif tag == "table":
            top.blocks += blocks + _table(closed.rows)
        elif tag in ("ul", "ol"):
            top.blocks += _list(blocks, ordered=tag == "ol")
        elif tag == "li":
            # The list gets one text per item; items of lists inside are its own blocks, indented.
            top.blocks.append("\n\n".join(blocks) if blocks else "")
        elif tag == "pre":
            top.blocks += [_fence("\n".join(blocks))] if blocks else []
        elif tag == "blockquote":
            top.blocks += (
                ["\n".join(f"> {line}".rstrip() for line in "\n\n".join(blocks).split("\n"))] if blocks else []
            )
        elif tag in _HEADINGS:
            top.blocks += [f"{'#' * _HEADINGS[tag]} {one_line(' '.join(blocks))}"] if blocks else []
        else:
            top.blocks += blocks


def literal_inline(text: str) -> str:
    """Text between tags: white space as one space each, which the marks around it may need."""
    joined = re.sub(r"\s+", " ", text)
    inside = joined.strip()
    if not inside:
        return joined
    shown = literal(f"x{inside}")[1:]  # not at a line's start: what a paragraph begins with is looked at when it ends
    if shown[-1] in _ENDS:  # the parser may give "<" and "!--" one after the other
        shown = shown[:-1] + _ENDS[shown[-1]]
    return f"{joined[: joined.startswith(' ')]}{shown}{' ' if joined.endswith(' ') else ''}"


def _tidy(text: str) -> str:
    tidy = re.sub(r"\s+", " ", text).strip()
    while tidy.endswith("<br>") or tidy.startswith("<br>"):
        tidy = tidy.removesuffix("<br>").removeprefix("<br>").strip()
    return _line_start(tidy)


def _line_start(text: str) -> str:
    """text whose first characters do not make it a list, heading or quote; its own marks are in place already."""
    found = re.match(r"[#>+-](?=\s|#|$)|[0-9]{1,9}(?=[.)](?:\s|$))|[|=~]", text)
    if not found:
        return text
    return (
        f"{literal(found[0] + '. x')[: -len('. x')]}{text[found.end() :]}"
        if found[0][0].isdecimal()
        else (f"{literal(found[0] + (' x' if found[0] != '~' else '~~'))[:-2]}{text[found.end() :]}")
    )


def code_span(text: str) -> str:
    """Text as inline code, with as many backticks as it needs."""
    plain = " ".join(text.split())
    runs = [len(run) for run in re.findall(r"`+", plain)]
    marks = "`" * next(size for size in range(1, len(runs) + 2) if size not in runs)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{marks}{pad}{plain}{pad}{marks}"


def _fence(text: str) -> str:
    marks = "`" * (max((len(run) for run in re.findall(r"`{3,}", text)), default=2) + 1)
    return f"{marks}\n{text}\n{marks}"


def _list(items: list[str], *, ordered: bool) -> list[str]:
    found = []
    for number, item in enumerate((item for item in items if item), 1):
        mark = f"{number}. " if ordered else "- "
        first, *others = item.split("\n")
        rest = (f"    {line}" if line else "" for line in others)
        found.append("\n".join([f"{mark}{first}", *rest]))
    if not found:
        return []
    return [("\n\n" if any("\n\n" in item for item in found) else "\n").join(found)]


def _table(rows: list[list[str]]) -> list[str]:
    width = max((len(row) for row in rows), default=0)
    if not width:
        return []
    if width == 1:
        return [row[0] for row in rows if row[0]]
    lines = [[cell.replace("|", "&#124;") for cell in [*row, *[""] * (width - len(row))]] for row in rows]
    lines.insert(1, ["---"] * width)
    return ["\n".join(f"| {' | '.join(line)} |" for line in lines)]
