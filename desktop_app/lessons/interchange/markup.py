"""Changing links and images in the sanitised HTML that render.py makes, and reading a lesson's images."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from pathlib import Path

from desktop_app.lessons.lesson import Lesson

IMAGE_TYPES = {
    ".gif": "image/gif", ".jpeg": "image/jpeg", ".jpg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml",
    ".webp": "image/webp",
}  # fmt: skip
# What nh3 writes: each attribute in double quotes, and no bare "<" in text, so a tag can only be a tag.
_TAG = re.compile(r'<(img|a)((?: [\w-]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([\w-]+)="([^"]*)"')


def rewrite(rendered: str, change: Callable[[str, dict[str, str]], str]) -> str:
    """render.py's HTML with each opening img and a tag as change makes it of its name and attributes."""
    return _TAG.sub(lambda match: change(match[1], _attributes(match[2])), rendered)


def _attributes(written: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in _ATTRIBUTE.findall(written)}


def open_tag(tag: str, attributes: Mapping[str, str]) -> str:
    """An opening tag."""
    said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{said}>"


def read_image(lesson: Lesson, name: str) -> bytes | None:
    """An image of the lesson's folder, None if it is missing, outside or of a kind that browsers do not show."""
    folder = lesson.path.parent
    file = folder / name
    if not name or file.suffix.lower() not in IMAGE_TYPES:
        return None
    try:
        return file.read_bytes() if file.resolve().is_relative_to(folder.resolve()) else None
    except OSError:
        return None


def image_type(name: str) -> str:
    """The media type of an image that read_image gave."""
    return IMAGE_TYPES[Path(name).suffix.lower()]
