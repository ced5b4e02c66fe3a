"""Lesson text in labels: Markdown as rich text, with images from the lesson's own folder only."""

from __future__ import annotations

import html
import re
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtWidgets import QLabel

from desktop_app.lessons.render import render_html, render_inline
from desktop_app.ui.widgets.basic import label
from desktop_app.ui.widgets.pictures import picture

_WIDEST_PX, _TALLEST_PX = 460, 260
_PARAGRAPH = '<p style="margin: 0 0 6px 0">'
_LIST = 'style="margin: 0 0 4px -18px"'  # Qt indents by 40 px, too far for a small box
_IMAGE = re.compile(r'<img\b(?:[^>"]|"[^"]*")*>')
_ATTRIBUTE = re.compile(r'\b(src|alt)="([^"]*)"')


def rich_label(markdown: str, folder: Path | None, role: str = "") -> QLabel:
    """One line of Markdown in a label that wraps."""
    made = label("", role, wrap=True)
    made.setTextFormat(Qt.TextFormat.RichText)
    made.setText(inline_html(markdown, folder))
    return made


def inline_html(markdown: str, folder: Path | None) -> str:
    """One line of Markdown as HTML that needs no file any more."""
    return with_images(render_inline(markdown), folder)


def block_html(markdown: str, folder: Path | None) -> str:
    """Markdown with paragraphs as HTML that needs no file any more and ends without a gap."""
    made = render_html(markdown).strip()
    made = made.replace("<p>", _PARAGRAPH).replace("<ul>", f"<ul {_LIST}>").replace("<ol>", f"<ol {_LIST}>")
    start = made.rfind(_PARAGRAPH)
    if made.endswith("</p>"):
        made = f'{made[:start]}<p style="margin: 0">{made[start + len(_PARAGRAPH) :]}'
    return with_images(made, folder)


def with_images(made: str, folder: Path | None) -> str:
    """HTML with each image inside it: a label would look for the file in whatever folder the app was started from."""
    return _IMAGE.sub(lambda found: _embedded(found[0], folder), made)


def _embedded(tag: str, folder: Path | None) -> str:
    attributes = {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}
    data = _data(folder, attributes.get("src", ""))
    if data is None:
        return f"[{html.escape(attributes.get('alt') or 'image')}]"
    return f'<img src="{data}">'


def _data(folder: Path | None, source: str) -> str | None:
    if folder is None or not source:
        return None
    path = (folder / source).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        return None
    image = picture(path, _WIDEST_PX)
    if image.isNull():
        return None
    if image.height() > _TALLEST_PX:
        image = image.scaledToHeight(_TALLEST_PX, Qt.TransformationMode.SmoothTransformation)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # the stubs know bytes only, PySide takes str
    return f"data:image/png;base64,{bytes(buffer.data().toBase64()).decode()}"
