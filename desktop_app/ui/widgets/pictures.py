"""Pictures of a lesson as they stand in its text: sharp at any size, as wide as there is room."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

_MOST_PX = 4000  # of either side; nobody's screen is larger
# QtSvg takes a whole list of families for the name of one, finds none and draws in another font.
_FAMILIES = re.compile(rb"""(font-family\s*[=:]\s*["']?\s*)([^,;"'>]+?)\s*,[^;"'>]*""")


def picture(path: Path, room_px: int, *, scale: float = 1.0, ratio: float = 1.0) -> QImage:
    """The image at path, at most room_px wide; a null image if it is none.

    A drawing (SVG) grows with the text by scale; ratio is how many pixels of the screen make one of the page.
    """
    if path.suffix.lower() == ".svg":
        return _drawing(path, room_px, scale, ratio)
    image = QImage(str(path))
    if image.width() <= room_px:
        return image
    image = image.scaledToWidth(round(room_px * ratio), Qt.TransformationMode.SmoothTransformation)
    image.setDevicePixelRatio(ratio)
    return image


def drawing(data: bytes) -> QSvgRenderer:
    """The drawing (SVG) in data, in the first font of each list it names; not valid if it is none."""
    return QSvgRenderer(QByteArray(_FAMILIES.sub(rb"\1\2", data)))


def _drawing(path: Path, room_px: int, scale: float, ratio: float) -> QImage:
    try:
        renderer = drawing(path.read_bytes())
    except OSError:
        return QImage()
    size = renderer.defaultSize()
    if not renderer.isValid() or size.isEmpty():
        return QImage()
    width = min(size.width() * scale, max(room_px, 1), _MOST_PX / ratio)
    height = min(width * size.height() / size.width(), _MOST_PX / ratio)
    image = QImage(
        QSize(round(width * ratio), max(1, round(height * ratio))), QImage.Format.Format_ARGB32_Premultiplied
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    image.setDevicePixelRatio(ratio)
    return image
