"""A text as high as it is: it can be selected while it grows, and the page it stands on scrolls, not the text."""

from __future__ import annotations

import math
import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QResizeEvent, QTextCursor, QWheelEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser

_SENTENCE = re.compile(r"[.!?\n]\s*$")
_FRAME_PX = 4  # the focus ring; there all the time, so that nothing moves when it shows


class GrowingText(QTextBrowser):
    """Plain text that is only read. What append adds is announced to screen readers sentence by sentence."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName("growing")
        self.setProperty("role", "reading")
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(2)
        self._unsaid = ""
        self.document().documentLayout().documentSizeChanged.connect(lambda _: self._fit())

    @property
    def text(self) -> str:
        """What stands there."""
        return self.toPlainText()

    @property
    def chosen(self) -> str:
        """What is selected, or all of it."""
        return self.textCursor().selectedText().replace("\u2029", "\n").replace("\u2028", "\n") or self.text

    def set_text(self, text: str) -> None:
        """Show this text; nothing happens if it stands there already."""
        if text != self.text:
            self.setPlainText(text)
            self._unsaid = ""

    def append_text(self, piece: str) -> None:
        """Add to the end; a selection stays."""
        cursor = QTextCursor(self.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(piece)
        self._unsaid += piece
        if _SENTENCE.search(self._unsaid[-3:]):
            self.say_rest()

    def say_rest(self) -> None:
        """Announce what was not announced yet."""
        text, self._unsaid = self._unsaid.strip(), ""
        if text and QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))

    def sizeHint(self) -> QSize:
        """As high as the text."""
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        """As narrow as one likes: the text breaks."""
        return QSize(80, self._height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width breaks the lines anew."""
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls."""
        event.ignore()

    def loadResource(self, _: int, __: object) -> None:  # type: ignore[override]
        """Nothing is ever loaded for a text."""

    def _height(self) -> int:
        return math.ceil(self.document().size().height()) + _FRAME_PX

    def _fit(self) -> None:
        if self.height() != self._height() or self.minimumHeight() != self._height():
            self.setFixedHeight(self._height())
