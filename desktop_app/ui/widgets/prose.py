"""Rich text that sits in a page: as tall as its text, deny by default for everything it could load or open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFragment,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextBrowser

from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.pictures import picture

_SCROLLING = {
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Space,
}  # fmt: skip
_SHIFT_OR_PAD = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier


class Prose(QTextBrowser):
    """HTML from lessons.render. Signals: link_opened(str), for lesson:, prompt:, glossary: and https links; nothing opens by itself."""

    link_opened = Signal(str)

    def __init__(self, theme: Theme, *, folder: Path | None = None, role: str = "reading") -> None:
        super().__init__()
        self._theme, self._folder, self._html = theme, folder, ""
        self._picture_room = 0  # the width its pictures were made for; 0 if it has none
        self._pressed: QPoint | None = None  # where the mouse opened a link; None if the keyboard did
        self.setProperty("role", role)  # the style sheet's font size; one set here would be overruled by it
        self.setOpenLinks(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(2)
        self.anchorClicked.connect(self._on_anchor_clicked)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        Restyler(theme, self, self._restyle)

    def show_html(self, html: str, name: str) -> None:
        """Show sanitised HTML; name is what screen readers say first."""
        self._html = html
        self.setAccessibleName(name)
        self._restyle()

    def loadResource(self, kind: int, url: QUrl) -> object:
        """Only images that lie inside the lesson's folder; everything else is refused, file: and http: alike."""
        if self._folder is None or not url.isRelative() or kind != 2:  # QTextDocument.ImageResource
            return None
        path = (self._folder / url.path()).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            return None
        self._picture_room = self.viewport().width()
        room = self._picture_room - 2 * round(self.document().documentMargin())
        return picture(path, room, scale=self._theme.px(100) / 100, ratio=self.devicePixelRatioF())

    def link_place(self) -> QRect:
        """Where the link stands that was opened last, in global coordinates."""
        cursor = self.textCursor() if self._pressed is None else self.cursorForPosition(self._pressed)
        at = min(cursor.selectionStart(), cursor.selectionEnd())
        place = self.cursorRect(cursor)
        for fragment in self._links():
            if fragment.position() <= at <= fragment.position() + fragment.length():
                first, last = QTextCursor(self.document()), QTextCursor(self.document())
                first.setPosition(fragment.position())
                last.setPosition(fragment.position() + fragment.length())
                start, end = self.cursorRect(first), self.cursorRect(last)
                place = start.united(end) if start.top() == end.top() else place
        return QRect(self.viewport().mapToGlobal(place.topLeft()), place.size())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Remember where, for link_place."""
        self._pressed = event.position().toPoint()
        super().mouseReleaseEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls, not the text."""
        event.ignore()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The page scrolls by key too; what has all its lines on the page has nothing to scroll itself."""
        self._pressed = None
        if event.key() in _SCROLLING and not event.modifiers() & ~_SHIFT_OR_PAD:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """As tall as the text at the present width."""
        return QSize(400, self.height())

    def resizeEvent(self, event: QEvent) -> None:
        """Fit the height, and the pictures, to the new width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        if self._picture_room not in (0, self.viewport().width()):
            self._restyle()
        self._fit()

    def _restyle(self) -> None:
        self.document().setDefaultStyleSheet(self._theme.prose_css())
        self.setHtml(self._theme.framed(self._html))
        self._open_up_lines()
        self._mark_words()
        self._fit()

    def _links(self) -> Iterator[QTextFragment]:
        block = self.document().begin()
        while block.isValid():
            pieces = block.begin()
            while not pieces.atEnd():
                if pieces.fragment().charFormat().anchorHref():
                    yield pieces.fragment()
                pieces += 1
            block = block.next()

    def _mark_words(self) -> None:
        """Links to the glossary leave neither lesson nor page: they look like text with dots below, not like other links."""
        form = QTextCharFormat()
        form.setForeground(QColor(self._theme.tokens.text))
        form.setUnderlineStyle(QTextCharFormat.UnderlineStyle.DotLine)
        form.setUnderlineColor(QColor(self._theme.tokens.accent))
        cursor = QTextCursor(self.document())
        for fragment in [one for one in self._links() if one.charFormat().anchorHref().startswith("glossary:")]:
            cursor.setPosition(fragment.position())
            cursor.setPosition(fragment.position() + fragment.length(), QTextCursor.MoveMode.KeepAnchor)
            cursor.mergeCharFormat(form)

    def _open_up_lines(self) -> None:
        """Lines at 150 % for reading; QTextDocument's CSS has no line height that reaches list items and cells."""
        cursor = QTextCursor(self.document())
        block = self.document().begin()
        while block.isValid():
            is_code = block.charFormat().fontFixedPitch()
            if not is_code and "\ufffc" not in block.text():  # a picture's line would get half its height as a gap
                form = QTextBlockFormat()
                form.setLineHeight(145.0, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
                cursor.setPosition(block.position())
                cursor.mergeBlockFormat(form)
            block = block.next()

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 2 * self.frameWidth() + 6
        if height != self.height():
            self.setFixedHeight(height)

    def _on_anchor_clicked(self, url: QUrl) -> None:
        self.link_opened.emit(url.toString())
