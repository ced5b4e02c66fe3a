"""A document beside what it was opened from, or over it where there is no room for both."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QSplitter, QWidget
from shiboken6 import isValid

from desktop_app.ui.pages.practice.documents.reader import DocumentView
from desktop_app.ui.theme import Theme

_ROOM_PX = 760  # for both, at text of 100 %


class Beside(QSplitter):
    """Holds a widget and, while one is open, a document. Closing it gives the keyboard back to where it was."""

    def __init__(self, theme: Theme, view: DocumentView, tell: Callable[[bool], object] = lambda _: None) -> None:
        """tell is called with whether a document is open, so that what is held can make room."""
        super().__init__(Qt.Orientation.Horizontal)
        self._theme, self.view, self._tell = theme, view, tell
        self._content: QWidget | None = None
        self._before: QWidget | None = None
        self._sizes: list[int] = []
        self.setAccessibleName("Answer and document")
        self.setHandleWidth(16)
        self.addWidget(view)
        view.hide()
        view.closed.connect(self.close_view)

    def hold(self, content: QWidget) -> None:
        """Take the widget that the document opens beside."""
        self._content = content
        self.insertWidget(0, content)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 1)

    def open(self) -> None:
        """Show the document and give it the keyboard."""
        if not self.view.isVisibleTo(self):
            self._before = QApplication.focusWidget()
            self.view.show()
            self._tell(True)
            self._fit()
            self.setSizes(self._sizes or [1000, 1000])
        self.view.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other while both have room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_open = self.view.isVisibleTo(self)
        if self._content is not None:
            self._content.setVisible(not is_open or self.width() >= self._theme.px(_ROOM_PX))

    def close_view(self) -> None:
        """Hide the document and give the keyboard back."""
        if not self.view.isVisibleTo(self):
            return
        if self._content is not None and self._content.isVisibleTo(self):
            self._sizes = self.sizes()
        self.view.hide()
        self._tell(False)
        self._fit()
        if self._before is not None and isValid(self._before) and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None
