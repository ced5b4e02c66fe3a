"""Copying part of an answer by key, by menu, by dragging or by the middle button: it goes as the Copy button has it go, or not at all."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QClipboard, QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit


class CopyGuard(QObject):
    """Hands every copy of a read-only text's selection to ask, so that it is looked through and asked about like any other."""

    def __init__(self, text: QPlainTextEdit | QTextEdit, ask: Callable[[], None]) -> None:
        """ask copies what is selected, or all of it; text owns the guard."""
        super().__init__(text)
        self._text, self._ask = text, ask
        text.installEventFilter(self)
        text.viewport().installEventFilter(self)
        QGuiApplication.clipboard().selectionChanged.connect(self._take_back_selection)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys and the menu's Copy; the keys also from a shortcut of the window."""
        if isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Copy):
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self._ask()
                return True
        if isinstance(event, QContextMenuEvent):
            self._show_menu(event)
            return True
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            self._let_go_of_selection(event)
        return super().eventFilter(watched, event)

    def _show_menu(self, event: QContextMenuEvent) -> None:
        menu = self._text.createStandardContextMenu()
        for action in menu.actions():
            if action.objectName() == "edit-copy":
                action.triggered.disconnect()
                action.triggered.connect(self._ask)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(event.globalPos())

    def _take_back_selection(self) -> None:
        """X11 and Wayland paste with the middle button whatever is selected."""
        clipboard, mode = QGuiApplication.clipboard(), QClipboard.Mode.Selection
        if clipboard.ownsSelection() and self._text.hasFocus() and clipboard.text(mode):
            clipboard.clear(mode)

    def _let_go_of_selection(self, event: QMouseEvent) -> None:
        """A press on the selection would begin a drag, which carries it into any other window."""
        cursor = self._text.textCursor()
        at = self._text.cursorForPosition(event.position().toPoint()).position()
        if event.button() == Qt.MouseButton.LeftButton and cursor.selectionStart() <= at <= cursor.selectionEnd():
            cursor.clearSelection()
            self._text.setTextCursor(cursor)
