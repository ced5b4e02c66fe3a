"""Images that are dropped on the editor or pasted into it, as the bytes of a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt
from PySide6.QtGui import QImage

from desktop_app.lessons.lint_images import MOST_BYTES, SUFFIXES

_PASTED_PX = 1600  # a pasted screenshot is scaled down to what a lesson shows at most


def image_files(source: QMimeData) -> list[Path]:
    """The image files among what is dragged or pasted; none if anything else is among them."""
    files = [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
    return files if files and all(file.suffix.lower() in SUFFIXES for file in files) else []


def read_image(file: Path) -> bytes:
    """The bytes of an image file, so many at most that its size can be named; nothing if it cannot be read."""
    try:
        with file.open("rb") as stream:
            return stream.read(MOST_BYTES * 40)  # enough to say how large it is, and no more
    except OSError:
        return b""


def encoded(image: QImage) -> bytes:
    """A pasted picture as a PNG file, or as a JPEG file where that would be too large."""
    if image.width() > _PASTED_PX:
        image = image.scaledToWidth(_PASTED_PX, Qt.TransformationMode.SmoothTransformation)
    data = _saved(image, "PNG")
    return data if len(data) <= MOST_BYTES else _saved(image, "JPEG")


def _saved(image: QImage, form: str) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, form, 85 if form == "JPEG" else -1)  # type: ignore[call-overload]
    return bytes(data.data())
