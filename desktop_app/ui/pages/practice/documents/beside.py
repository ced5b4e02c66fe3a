"""A document beside what it was opened from, or over it where there is no room for both."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from shiboken6 import isValid

from desktop_app.ui.pages.practice.documents.reader import DocumentView
from desktop_app.ui.theme import Theme

_ROOM_PX = 760  # for both, at text of 100 %


class Beside(QSplitter):
    """Holds a widget and, while one is open, a document. Closing it gives the keyboard back to where it was."""

    def __init__(self, theme: Theme, content: QWidget, view: DocumentView) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme, self._content, self.view = theme, content, view
        self._before: QWidget | None = None
        self.setAccessibleName("Answer and document")
        self.setChildrenCollapsible(False)
        self.setHandleWidth(16)
        self.addWidget(content)
        self.addWidget(view)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 1)
        view.hide()
        view.closed.connect(self._on_closed)

    def open(self) -> None:
        """Show the document and give it the keyboard."""
        if not self.view.isVisibleTo(self):
            self._before = QApplication.focusWidget()
            self.view.show()
            self._fit()
        self.view.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other while both have room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_open = self.view.isVisibleTo(self)
        self._content.setVisible(not is_open or self.width() >= self._theme.px(_ROOM_PX))

    def _on_closed(self) -> None:
        self.view.hide()
        self._fit()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
