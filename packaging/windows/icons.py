"""The app's picture as an icon file of Windows (.ico) and macOS (.icns), drawn from the one picture all systems share.

Both formats hold PNG images: .ico since Windows Vista, .icns since Mac OS X 10.7.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable, Mapping
from pathlib import Path

from names import ROOT

PICTURE = ROOT / "packaging" / "linux" / "share" / "app.greenroom.svg"
ICO_SIZES = (16, 24, 32, 48, 64, 256)
_ICNS_TYPES = {
    "icp4": 16,
    "icp5": 32,
    "ic11": 32,
    "icp6": 64,
    "ic12": 64,
    "ic07": 128,
    "ic08": 256,
    "ic13": 256,
    "ic09": 512,
    "ic14": 512,
    "ic10": 1024,
}


def write_ico(path: Path) -> None:
    """Write the picture as .ico."""
    path.write_bytes(ico(_drawn(ICO_SIZES)))


def icns_picture() -> bytes:
    """The picture as the content of an .icns file."""
    return icns(_drawn(sorted(set(_ICNS_TYPES.values()))))


def ico(images: Mapping[int, bytes]) -> bytes:
    """An icon file from PNG images by size."""
    head, body = [struct.pack("<HHH", 0, 1, len(images))], []
    at = 6 + 16 * len(images)
    for size, png in sorted(images.items()):
        head.append(struct.pack("<BBBBHHII", size % 256, size % 256, 0, 0, 1, 32, len(png), at))  # 0 means 256
        body.append(png)
        at += len(png)
    return b"".join(head + body)


def icns(images: Mapping[int, bytes]) -> bytes:
    """An icon file of macOS from PNG images by size; the types with the same size are the doubled ones of a sharp screen."""
    parts = [
        struct.pack(">4sI", kind.encode(), 8 + len(images[size])) + images[size] for kind, size in _ICNS_TYPES.items()
    ]
    body = b"".join(parts)
    return struct.pack(">4sI", b"icns", 8 + len(body)) + body


def _drawn(sizes: Iterable[int]) -> dict[int, bytes]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QGuiApplication, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    application = QGuiApplication.instance() or QGuiApplication([])
    renderer = QSvgRenderer(str(PICTURE))
    images = {}
    for size in sizes:
        image = QImage(size, size, QImage.Format.Format_ARGB32)
        image.fill(Qt.GlobalColor.transparent)
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        image.save(buffer, "PNG")
        images[size] = bytes(data.data())
    del application
    return images
