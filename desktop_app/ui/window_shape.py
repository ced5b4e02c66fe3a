"""How the window stood when it was closed: size, place, splitters, and where the person was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QSplitter

if TYPE_CHECKING:
    from desktop_app.ui.main_window import MainWindow


def restore(window: MainWindow) -> None:
    """Give the window the size and place it had."""
    window.resize(1240, 800)
    if isinstance(geometry := window.services.settings.value.window.get("geometry"), str):
        window.restoreGeometry(QByteArray.fromBase64(geometry.encode()))


def restore_splitter(window: MainWindow, name: str, splitter: QSplitter) -> None:
    """Give a page's splitter the sizes it had."""
    sizes = window.services.settings.value.window.get(name)
    if isinstance(sizes, list) and all(isinstance(size, int) for size in sizes):
        splitter.setSizes(sizes)


def keep(window: MainWindow) -> None:
    """Store it for the next start; raises StoreError."""
    built = window.__dict__
    lesson = window.learn_model.reader.lesson if "learn" in built and window.learn.is_reading else None
    shape = {
        "geometry": bytes(window.saveGeometry().toBase64().data()).decode(),
        "page": window.page,
        "lesson": lesson.id if lesson else "",
    }
    shape |= {"library": window.library.splitter.sizes()} if "library" in built else {}
    ask = window.practice.built("ask") if "practice" in built else None
    shape |= {"practice": ask.splitter.sizes()} if ask is not None and not ask.is_narrow else {}  # type: ignore[attr-defined]
    models = window.practice.built("models") if "practice" in built else None
    shape |= {"models": models.splitter.sizes()} if models is not None and not models.is_narrow else {}  # type: ignore[attr-defined]
    window.services.settings.change(window=dict(window.services.settings.value.window) | shape)
