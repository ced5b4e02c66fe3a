"""Markdown as HTML that QTextDocument draws: Python-Markdown, then nh3 keeping only what the reader may show.

Allowed addresses: images by relative path inside the lesson's folder, and links to https, #step, lesson:id, prompt:id,
glossary:id.
nh3's url_schemes alone let `\\\\host\\share\\x.png` pass (seen with nh3 0.3), hence the attribute filter.
"""

from __future__ import annotations

import html
import re
import threading
from html.parser import HTMLParser
from typing import Any

INLINE_TAGS = frozenset({"a", "b", "br", "code", "del", "em", "i", "img", "kbd", "s", "strong", "sub", "sup", "u"})
TAGS = INLINE_TAGS | {
    "blockquote", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tbody",
    "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"align"},
    "th": {"align"},
}
_LINK = re.compile(
    r"https://[^\s\\]+|#[\w.:-]*|lesson:[a-z0-9-]+(?:#[\w-]+)?|prompt:[a-z0-9-]+(?:@[a-z0-9_.-]+)?|glossary:[a-z0-9-]+"
)
_PACK_PATH = re.compile(r"[\w-][\w .()-]*(?:/[\w-][\w .()-]*)*")
# CommonMark's rule: "#1 of our rules" is no heading. Python-Markdown's own pattern needs no space.
_HEADING = re.compile(r"(?:^|\n)(?P<level>#{1,6})(?=[ \t]|\n|$)(?P<header>(?:\\.|[^\\\n])*?)#*[ \t]*(?:\n|$)")
_BLOCK_TAGS = frozenset(
    {"p", "li", "tr", "pre", "blockquote", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "br", "hr"}
)
# Python-Markdown takes quadratic time over square brackets (0.3 s for 1,000 of them, 8 s for 8,000), headings and rules, and
# Python's HTML parser over tags that never end (34 s for 20,000 of `<a `). No prose has so many.
MAX_BRACKETS = 1000
MAX_LENGTH = 100_000  # characters; 15,000 words on one screen
_OPEN_TAG = re.compile(r"<(?=[^<>]*(?:<|\Z))")
_HEADING_LINE = re.compile(r"^[ ]{0,3}(?:#|=+[ \t]*$|-+[ \t]*$|(?:[-*_][ \t]*){3,}$)", re.MULTILINE)
_local = threading.local()  # a Markdown instance is not safe to share between threads


def is_link(address: str) -> bool:
    """True for an address that a lesson's link may lead to."""
    return _LINK.fullmatch(address) is not None


def is_pack_path(address: str) -> bool:
    """True for a relative path below the lesson's folder: no scheme, host, backslash, hidden or parent folder."""
    return _PACK_PATH.fullmatch(address) is not None


def render_html(markdown: str) -> str:
    """Sanitised HTML of Markdown blocks (tables, fenced code, lists, quotes); no colours, ids, classes or scripts.

    What is nested too deeply, longer than MAX_LENGTH or has more than MAX_BRACKETS opening brackets, headings, rules or tags that
    never end comes back as it was typed.
    """
    return _clean(_convert(markdown, "block"), TAGS)


def render_inline(markdown: str) -> str:
    """Sanitised HTML of one line of Markdown, without a paragraph around it: "1. x" stays text, not a list."""
    rendered = _clean(_convert(" ".join(markdown.split()), "inline"), INLINE_TAGS)
    return rendered.strip()


def plain_text(markdown: str) -> str:
    """What a screen reader should say: the text with images as their alternative text, a line for each block."""
    reader = _Text()
    reader.feed(render_html(markdown))
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _convert(markdown: str, kind: str) -> str:
    if _takes_too_long(markdown):
        return _as_typed(markdown)
    converter = getattr(_local, kind, None)
    if converter is None:
        converter = _block_converter() if kind == "block" else _inline_converter()
        setattr(_local, kind, converter)
    try:
        return str(converter.reset().convert(markdown))
    except RecursionError:  # some hundred nested quotes or lists; shown as they were typed
        delattr(_local, kind)  # its parser keeps the state it was in, and would render nothing any more
        return _as_typed(markdown)


def _takes_too_long(markdown: str) -> bool:
    if len(markdown) <= MAX_BRACKETS:
        return False
    if len(markdown) > MAX_LENGTH or markdown.count("[") > MAX_BRACKETS:
        return True
    return any(sum(1 for _ in found.finditer(markdown)) > MAX_BRACKETS for found in (_OPEN_TAG, _HEADING_LINE))


def _as_typed(markdown: str) -> str:
    return f"<pre>{html.escape(markdown)}</pre>"


def _block_converter() -> Any:
    from markdown import Markdown
    from markdown.extensions.fenced_code import FencedCodeExtension
    from markdown.extensions.sane_lists import SaneListExtension
    from markdown.extensions.tables import TableExtension

    # By class, not by name: a frozen app has no entry points to look names up in.
    extensions = [FencedCodeExtension(), SaneListExtension(), TableExtension(use_align_attribute=True)]
    converter = Markdown(extensions=extensions, output_format="html")
    converter.parser.blockprocessors["hashheader"].RE = _HEADING
    return converter


def _inline_converter() -> Any:
    from markdown import Markdown

    converter = Markdown(output_format="html")
    converter.preprocessors.deregister("html_block")
    for name in ("empty", "indent", "code", "hashheader", "setextheader", "hr", "olist", "ulist", "quote", "reference"):
        converter.parser.blockprocessors.deregister(name)
    return converter


def _clean(rendered: str, tags: frozenset[str]) -> str:
    import nh3

    return nh3.clean(
        rendered,
        tags=set(tags),
        clean_content_tags={"script", "style"},
        attributes=ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"https", "lesson", "prompt", "glossary"},
        link_rel=None,
    )


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """The attribute's value, None to drop it."""
    if attribute == "href":
        return value if is_link(value) else None
    if attribute == "src":
        return value if is_pack_path(value) else None
    if attribute == "align":
        return value if value in ("left", "center", "right") else None
    if attribute == "start":
        return value if value.isdecimal() and len(value) < 6 else None
    return value


class _Text(HTMLParser):
    """Collects text, alternative texts and a line break per block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._in_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            self.parts.append(dict(attrs).get("alt") or "")
        elif tag in ("td", "th"):
            self.parts.append(" ")
        elif tag in _BLOCK_TAGS:
            self.parts.append("\n")
        self._in_code = self._in_code or tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        self._in_code = self._in_code and tag != "pre"
        if tag in _BLOCK_TAGS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data if self._in_code else data.replace("\n", " "))
