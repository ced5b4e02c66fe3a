"""Files that are dropped anywhere on a widget, or pasted, become documents."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

_DROPS = (QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop)
_LONGEST_PATH = 4096


def files_in(data: QMimeData, *, texts: bool = False) -> tuple[Path, ...]:
    """The local files that were dropped or copied; with texts also lines that are whole paths of files that exist."""
    if data.hasUrls():
        return tuple(Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile())
    lines = [line.strip().strip('"') for line in data.text().splitlines() if line.strip()] if texts else []
    if not lines or any(len(line) > _LONGEST_PATH or "\0" in line for line in lines):
        return ()
    paths = tuple(Path(line) for line in lines if Path(line).is_absolute())
    return paths if len(paths) == len(lines) and all(map(_is_file, paths)) else ()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        return False


class FileDrops(QObject):
    """Watches a widget, and the text fields in it that would take the names of files as text."""

    def __init__(self, widget: QWidget, take: Callable[[tuple[Path, ...]], object]) -> None:
        super().__init__(widget)
        self._take = take
        widget.setAcceptDrops(True)
        widget.installEventFilter(self)
        self._whole = widget

    def watch(self, field: QWidget) -> None:
        """Also take files that are dropped on, or pasted into, a text field."""
        field.installEventFilter(self)
        for viewport in field.findChildren(QWidget, "qt_scrollarea_viewport"):
            viewport.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files; everything else goes its way."""
        if event.type() in _DROPS and isinstance(event, QDropEvent):
            files = files_in(event.mimeData(), texts=watched is self._whole)
            if not files:
                return False
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self._take(files)
            return True
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.matches(QKeySequence.StandardKey.Paste)
        ):
            return self.paste(texts=watched is self._whole)
        return False

    def paste(self, *, texts: bool = True) -> bool:
        """Take the files on the clipboard; True if there were any."""
        files = files_in(QGuiApplication.clipboard().mimeData(), texts=texts)
        if files:
            self._take(files)
        return bool(files)
