"""What makes the app a citizen of a Linux desktop: menu entry, icons, AppStream data, manual page, completions."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from pathlib import Path

from names import HOMEPAGE, MAINTAINER, MODEL_PACKAGE, MODEL_VERSION, ROOT

from linux.manual import completions, manual_page
from linux.tools import Problem

SHARE = Path(__file__).parent / "share"
ICON_SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
_COMPLETIONS = {
    "bash": "bash-completion/completions/greenroom",
    "zsh": "zsh/vendor-completions/_greenroom",
    "fish": "fish/vendor_completions.d/greenroom.fish",
}


def shared_files(version: str, epoch: int) -> dict[str, bytes]:
    """Path below /usr/share → content, of everything but the app's own folder and /usr/share/doc."""
    day = datetime.fromtimestamp(epoch, UTC).date().isoformat()
    metainfo = (SHARE / "app.greenroom.desktop.metainfo.xml").read_text("utf-8")
    for mark, value in {"@VERSION@": version, "@DATE@": day, "@HOMEPAGE@": HOMEPAGE}.items():
        metainfo = metainfo.replace(mark, value)
    files = {
        "applications/app.greenroom.desktop": (SHARE / "app.greenroom.desktop").read_bytes(),
        # the name that `greenroom link register` writes for one person, so that theirs comes before this one
        "applications/greenroom-links.desktop": (SHARE / "greenroom-links.desktop").read_bytes(),
        "metainfo/app.greenroom.desktop.metainfo.xml": metainfo.encode(),
        "mime/packages/greenroom.xml": (SHARE / "greenroom.xml").read_bytes(),
        "icons/hicolor/scalable/apps/app.greenroom.svg": (SHARE / "app.greenroom.svg").read_bytes(),
        "man/man1/greenroom.1.gz": packed(manual_page(version, epoch).encode()),
    }
    files |= {f"icons/hicolor/{size}x{size}/apps/app.greenroom.png": icon(size) for size in ICON_SIZES}
    return files | {_COMPLETIONS[shell]: script.encode() for shell, script in completions().items()}


def app_documents(package: str, version: str, epoch: int, *, debian: bool) -> dict[str, bytes]:
    """File name → content below /usr/share/doc/<package>."""
    files = {"copyright": (SHARE / "copyright").read_bytes()} if debian else {}
    changelog = debian_changelog(package, version, epoch) if debian else (ROOT / "CHANGELOG.md").read_text("utf-8")
    files["changelog.gz"] = packed(changelog.encode())
    if debian:
        files["NEWS.md.gz"] = packed((ROOT / "CHANGELOG.md").read_bytes())
    return files | {"NOTICE": (ROOT / "NOTICE").read_bytes()}


def model_documents(licence: Path, epoch: int, *, debian: bool) -> dict[str, bytes]:
    """File name → content below /usr/share/doc of the model's package."""
    if not debian:
        return {"LICENSE": licence.read_bytes()}
    changelog = debian_changelog(MODEL_PACKAGE, MODEL_VERSION, epoch)
    return {"copyright": (SHARE / "copyright-model").read_bytes(), "changelog.gz": packed(changelog.encode())}


def debian_changelog(package: str, version: str, epoch: int) -> str:
    """The one entry of this build."""
    at = datetime.fromtimestamp(epoch, UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    change = "What changed stands in NEWS.md.gz." if package == "greenroom" else "The model as its publisher has it."
    return f"{package} ({version}) stable; urgency=medium\n\n  * {change}\n\n -- {MAINTAINER}  {at}\n"


def packed(data: bytes) -> bytes:
    """data as gzip, without a time in it."""
    return gzip.compress(data, 9, mtime=0)


def icon(size: int) -> bytes:
    """The app's icon as a PNG of size by size pixels."""
    try:
        from PySide6.QtCore import QBuffer, QIODevice, Qt
        from PySide6.QtGui import QImage, QPainter
        from PySide6.QtSvg import QSvgRenderer
    except ImportError as exc:
        raise Problem(f"The icons need PySide6 ({exc}). Run `make setup`, then use .venv/bin/python.") from exc
    image = QImage(size, size, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(str(SHARE / "app.greenroom.svg")).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())
