"""Markdown as the XHTML that QTI 3 allows in its items (QTI 3.0 ASI, "HTML5 elements"), with images beside them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

from desktop_app.lessons.lesson import GAP
from desktop_app.lessons.render import is_pack_path, render_html, render_inline
from desktop_app.notes import Notes
from desktop_app.storage.yaml_text import UNPRINTABLE

_ALLOWED = frozenset(
    [
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "dd",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_VOID = frozenset({"br", "hr", "img"})
_BLOCKS = frozenset(["blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"])
_SPACE_ONLY = frozenset({"ul", "ol", "dl", "table", "thead", "tbody", "tr", "blockquote"})  # no text directly inside


class Html:
    """Makes content for the items of one lesson. files: name in the package → content of every image used."""

    def __init__(self, folder: Path, place: str, notes: Notes) -> None:
        self._folder, self._place, self._notes = folder, place, notes
        self.files: dict[str, bytes] = {}

    def inline(self, parent: ET.Element, markdown: str, line: int, gaps: list[ET.Element] | None = None) -> None:
        """Append Markdown's inline content to parent; each GAP in it becomes the next of gaps."""
        self._append(parent, render_inline(markdown), line, gaps or [])

    def blocks(self, parent: ET.Element, markdown: str, line: int) -> None:
        """Append Markdown's blocks to parent; text outside of any gets a paragraph."""
        scratch = ET.Element("div")
        self._append(scratch, render_html(markdown), line, [])
        if (scratch.text or "").strip():
            ET.SubElement(parent, "p").text = scratch.text
        for child in scratch:
            tail, child.tail = child.tail, None
            if child.tag in _BLOCKS:
                parent.append(child)
            else:
                ET.SubElement(parent, "p").append(child)
            if (tail or "").strip():
                ET.SubElement(parent, "p").text = tail

    def _append(self, parent: ET.Element, html: str, line: int, gaps: list[ET.Element]) -> None:
        reader = _Reader(parent, self, line, gaps)
        reader.feed(html)
        reader.close()

    def image(self, name: str, alt: str, line: int) -> ET.Element | None:
        """An img element for an image of the lesson's folder, which is taken along; None if it cannot be read."""
        try:
            data = (self._folder / name).read_bytes() if is_pack_path(name) else None
        except OSError:
            data = None
        if data is None:
            self._notes.left_out(line, f'The image "{name}" cannot be read and was left out.')
            return None
        self.files[f"images/{self._place}/{name}"] = data
        return ET.Element("img", {"src": quote(f"../images/{self._place}/{name}"), "alt": alt})

    def no_link(self, address: str, line: int) -> None:
        """Note a link that leads nowhere outside of Greenroom."""
        self._notes.changed(line, f'The link to "{address}" is text now: it leads to a place in Greenroom only.')

    def no_start(self, line: int) -> None:
        """Note a list whose first number QTI cannot say."""
        self._notes.changed(line, "A list that starts with another number starts with 1 now.")


class _Reader(HTMLParser):
    """Builds elements from what render.py gives, which is well formed."""

    def __init__(self, parent: ET.Element, html: Html, line: int, gaps: list[ET.Element]) -> None:
        super().__init__(convert_charrefs=True)
        self._html, self._line = html, line
        self._open = [parent]
        self._gaps = list(gaps)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "img":
            found = self._html.image(values.get("src", ""), values.get("alt", ""), self._line)
            if found is None:
                self.handle_data(f"({values.get('alt', '')})")
            else:
                self._open[-1].append(found)
            return
        element = ET.Element(tag if tag in _ALLOWED else "span", self._attributes(tag, values))
        self._open[-1].append(element)
        if tag not in _VOID:
            self._open.append(element)

    def _attributes(self, tag: str, values: Mapping[str, str]) -> dict[str, str]:
        if tag == "ol" and values.get("start", "1") != "1":
            self._html.no_start(self._line)
        if tag != "a":
            return {}
        address = values.get("href", "")
        if address.startswith("https:"):
            return {"href": address}
        if address and not address.startswith("glossary:"):  # the word says enough
            self._html.no_link(address, self._line)
        return {"href": "#"} if not address else {}

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or len(self._open) < 2:
            return
        closed = self._open.pop()
        if closed.tag == "a" and not closed.get("href"):
            closed.tag = "span"

    def handle_data(self, data: str) -> None:
        parent = self._open[-1]
        if parent.tag in _SPACE_ONLY and not data.strip():
            return
        first, *others = clean_xml(data).split(GAP) if self._gaps else [clean_xml(data)]
        _add_text(parent, first)
        for text in others:
            if self._gaps:
                parent.append(self._gaps.pop(0))
            _add_text(parent, text)


def _add_text(parent: ET.Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def clean_xml(text: str) -> str:
    """text without characters that XML 1.0 cannot hold."""
    return UNPRINTABLE.sub("", text)


def name_token(text: str) -> str:
    """text as an NCName."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", text) if re.match(r"[A-Za-z_]", text) else f"_{text}"
