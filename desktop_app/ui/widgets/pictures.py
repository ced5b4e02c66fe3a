"""Pictures of a lesson as they stand in its text: sharp at any size, as wide as there is room.

Lessons may come from anywhere, so a drawing that loads files or costs too much (lessons/drawings.py) is none, and neither
is a file that is something else than its name says.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QPainter
from PySide6.QtSvg import QSvgRenderer, QtSvg

from desktop_app.errors import ContentError
from desktop_app.lessons.drawings import why_refused
from desktop_app.storage.yaml_text import read_bytes

MOST_PX = 4000  # of either side; nobody's screen is larger
_MOST_BYTES = 20_000_000
_PHOTOS = frozenset({b"png", b"jpeg", b"gif", b"webp"})
# QtSvg takes a whole list of families for the name of one, finds none and draws in another font.
_FAMILIES = rb"""(font-family\s*[=:]\s*["']?\s*)([^,;"'>]+?)\s*,[^;"'>]*"""


def picture(path: Path, room_px: int, *, scale: float = 1.0, ratio: float = 1.0) -> QImage:
    """The image at path, at most room_px wide; a null image if it is none.

    A drawing (SVG) grows with the text by scale; ratio is how many pixels of the screen make one of the page.
    """
    try:
        data = read_bytes(path, _MOST_BYTES)
    except ContentError:
        return QImage()
    if path.suffix.lower() == ".svg":
        image, _ = drawing(data, scale * ratio, max(room_px, 1) * ratio)
        image.setDevicePixelRatio(ratio)
        return image
    image = photo(data)
    if image.width() <= room_px:
        return image
    image = image.scaledToWidth(round(room_px * ratio), Qt.TransformationMode.SmoothTransformation)
    image.setDevicePixelRatio(ratio)
    return image


def photo(data: bytes) -> QImage:
    """The PNG, JPEG, GIF or WebP image in data; a null image if it is none of them."""
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)  # which would read SVG too, with all that it loads
    return reader.read() if reader.format().data() in _PHOTOS else QImage()


def drawing(data: bytes, scale: float, widest: float = MOST_PX) -> tuple[QImage, QSize]:
    """The drawing (SVG) in data at scale, if that is not too wide, and its own size; null and empty if it is none.

    Its texts are in the first font of each list it names.
    """
    renderer = QSvgRenderer()
    renderer.setOptions(QtSvg.Option.Tiny12FeaturesOnly)  # masks, patterns and filters can be made to take minutes
    if why_refused(data) or not renderer.load(QByteArray(_families().sub(rb"\1\2", data))):
        return QImage(), QSize()
    size = renderer.defaultSize()
    if size.isEmpty():
        return QImage(), QSize()
    scale = min(scale, widest / size.width(), MOST_PX / size.width(), MOST_PX / size.height())
    pixels = QSize(max(1, round(size.width() * scale)), max(1, round(size.height() * scale)))
    image = QImage(pixels, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    return image, size


@cache
def _families() -> Any:
    import re2  # one pass whatever the file holds; the re module takes minutes for a few thousand spaces

    return re2.compile(_FAMILIES)
