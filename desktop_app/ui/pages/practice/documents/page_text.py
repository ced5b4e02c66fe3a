"""The text of a document of any length: only what is near the place one looks at is laid out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPoint, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QResizeEvent, QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextEdit

from desktop_app.ui.pages.practice.documents.source import Line, Source
from desktop_app.ui.theme import SIZES, Restyler, Theme

_LINE_HEIGHT = 145.0
_PROPORTIONAL = QTextBlockFormat.LineHeightTypes.ProportionalHeight.value
_ABOVE = 0.18  # of the height is left above a passage that is scrolled to
_Property = QTextCharFormat.Property


class PageText(QTextEdit):
    """Read-only, with a caret. Places count characters of the document. Signals: place_changed(int), the one in view."""

    place_changed = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._source: Source | None = None
        self._marks: tuple[tuple[int, int, str], ...] = ()
        self._found: tuple[tuple[int, int], ...] = ()
        self._current: tuple[int, int] = (0, 0)
        self._start = self._end = 0
        self._starts: list[int] = []  # where each drawn line of the text starts in the document
        self._spots: list[tuple[int, int, int]] = []  # and its end there, its position here, its start
        self._is_filling = False
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setCursorWidth(2)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(12)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        Restyler(theme, self, self._restyle)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def show_source(self, source: Source | None, marks: Sequence[tuple[int, int, str]]) -> None:
        """Show a document with its cited passages (start, end, what they are called)."""
        if (source, tuple(marks)) == (self._source, self._marks):
            return
        keep = self.first_place if source is self._source else 0
        self._source, self._marks = source, tuple(marks)
        self._found, self._current = (), (0, 0)
        self._fill(keep)

    def show_found(self, found: Sequence[tuple[int, int]]) -> None:
        """Mark places that were found."""
        self._found = tuple(found)
        self._color()

    def go_to(self, start: int, end: int) -> None:
        """Scroll to a part, mark it as the one that is meant and put the caret before it."""
        self._current = start, end
        inside = self._start <= start and (
            end <= self._end or self._end == len(self._source.text if self._source else "")
        )
        if not inside or not self._spots:
            self._fill(start)
        self._color()
        cursor = self.textCursor()
        cursor.setPosition(self._position(start))
        with QSignalBlocker(self.verticalScrollBar()):
            self.setTextCursor(cursor)
        self._bring_up(start)
        self.place_changed.emit(self.place_in_view)

    @property
    def first_place(self) -> int:
        """The first character in view."""
        return self._place(self.cursorForPosition(QPoint(4, 4)).position())

    @property
    def place_in_view(self) -> int:
        """The character one looks at: what go_to brought up while it is in view, else where that would be."""
        start = self._current[0]
        is_laid_out = self._current != (0, 0) and self._start <= start < self._end
        if is_laid_out and 0 <= self._top(start) < self.viewport().height():
            return start
        return self._place(self.cursorForPosition(QPoint(4, round(_ABOVE * self.viewport().height()) + 8)).position())

    @property
    def laid_out(self) -> int:
        """How many characters of the document are laid out now."""
        return self._end - self._start

    # -- keys and scrolling ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Home and Ctrl+End mean the document's, not those of what is laid out; Esc is the page's."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif control and event.key() in (Qt.Key.Key_Home, Qt.Key.Key_End) and self._source is not None:
            at = 0 if event.key() == Qt.Key.Key_Home else len(self._source.text)
            self._fill(at)
            cursor = self.textCursor()
            cursor.setPosition(self._position(at))
            self.setTextCursor(cursor)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The part that is meant stays in view when lines break anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width() and self._current != (0, 0):
            self._bring_up(self._current[0])
        self.place_changed.emit(self.place_in_view)

    def _on_scrolled(self, value: int) -> None:
        if self._is_filling or self._source is None:
            return
        bar, near = self.verticalScrollBar(), self.viewport().height()
        at_start = self._start > 0 and value < near
        at_end = self._end < len(self._source.text) and value > bar.maximum() - near
        if at_start or at_end:
            at = self.first_place
            self._fill(at, self._top(at))
        self.place_changed.emit(self.place_in_view)

    # -- laying out --------------------------------------------------------------------------------------------------

    def _fill(self, at: int, top: int = 4) -> None:
        """Lay out what is around a place, with that place so far down; what was selected stays selected."""
        self._is_filling = True
        selected = self._place(self.textCursor().anchor()), self._place(self.textCursor().position())
        self._starts, self._spots = [], []  # first: clearing may hide the scroll bar, and that asks where things are
        self.clear()
        if self._source is not None:
            self._start, self._end = self._source.window(at)
            cursor = QTextCursor(self.document())
            cursor.beginEditBlock()
            cited = [(start, says) for start, _, says in self._marks]
            for number, line in enumerate(self._source.lines(self._start, self._end, cited)):
                self._insert(cursor, line, is_first=number == 0)
            cursor.endEditBlock()
            self._color()
            again = self.textCursor()
            again.setPosition(self._position(selected[0]))
            again.setPosition(self._position(selected[1]), QTextCursor.MoveMode.KeepAnchor)
            self.setTextCursor(again)
            self._scroll_to(at, top)
        self._is_filling = False

    def _insert(self, cursor: QTextCursor, line: Line, *, is_first: bool) -> None:
        block, form = self._formats(line.kind)
        if is_first:
            cursor.setBlockFormat(block)
            cursor.setCharFormat(form)
        else:
            cursor.insertBlock(block, form)
        if line.kind in ("text", "heading"):
            self._starts.append(line.start)
            self._spots.append((line.end, cursor.position(), line.start))
        cursor.insertText(line.text, form)

    def _formats(self, kind: str) -> tuple[QTextBlockFormat, QTextCharFormat]:
        tokens, px = self._theme.tokens, self._theme.px
        block, form = QTextBlockFormat(), QTextCharFormat()
        block.setLineHeight(_LINE_HEIGHT, _PROPORTIONAL)
        form.setForeground(QColor(tokens.text))
        if kind == "heading":
            form.setFontWeight(600)
            block.setTopMargin(px(6))
        elif kind in ("page", "cited"):
            form.setForeground(QColor(tokens.muted if kind == "page" else tokens.accent))
            form.setProperty(_Property.FontPixelSize, px(SIZES["small"]))
            form.setFontWeight(600)
            block.setTopMargin(px(10))
            block.setAlignment(Qt.AlignmentFlag.AlignRight if kind == "page" else Qt.AlignmentFlag.AlignLeft)
        return block, form

    def _bring_up(self, at: int) -> None:
        """Scroll so that the line of a place has some room above it."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(at))
        self._scroll_to(self._place(cursor.block().position()), round(_ABOVE * self.viewport().height()))

    def _scroll_to(self, at: int, top: int) -> None:
        was, self._is_filling = self._is_filling, True
        self.document().size()  # lays out all of it, which is little
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + self._top(at) - top)
        self._is_filling = was

    def _top(self, at: int) -> int:
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._position(at))
        return self.cursorRect(cursor).top()

    # -- places ------------------------------------------------------------------------------------------------------

    def _position(self, place: int) -> int:
        """Where a character of the document is here; the nearest one that is laid out."""
        if not self._spots or self._source is None:
            return 0
        end, position, start = self._spots[max(0, bisect_right(self._starts, place) - 1)]
        part = self._source.text[start : max(start, min(place, end))]
        return position + len(part.encode("utf-16-le", "surrogatepass")) // 2

    def _place(self, position: int) -> int:
        """The character of the document that is at a position here."""
        if not self._spots or self._source is None:
            return 0
        at = bisect_right([spot[1] for spot in self._spots], position) - 1
        if at < 0:
            return self._spots[0][2]
        end, first, start = self._spots[at]
        units = self._source.text[start:end].encode("utf-16-le", "surrogatepass")[: 2 * (position - first)]
        return start + len(units.decode("utf-16-le", "ignore"))

    # -- colours -----------------------------------------------------------------------------------------------------

    def _color(self) -> None:
        t = self._theme.tokens
        spans = [(start, end, t.accent_soft, "") for start, end, _ in self._marks]
        spans += [
            (start, end, t.caution_soft, t.caution)
            for start, end in self._found
            if end > self._start and start < self._end
        ]
        if self._current != (0, 0) and not any(self._current == mark[:2] for mark in self._marks):
            spans.append((*self._current, t.accent, t.on_accent))
        selections = []
        for start, end, ground, ink in spans:
            if end <= self._start or start >= self._end:
                continue
            form = QTextCharFormat()
            form.setBackground(QColor(ground))
            if ink:
                form.setForeground(QColor(ink))
                form.setFontUnderline(True)
            for first, last in self._lines(start, end):
                one = QTextEdit.ExtraSelection()
                cursor = QTextCursor(self.document())
                cursor.setPosition(first)
                cursor.setPosition(last, QTextCursor.MoveMode.KeepAnchor)
                one.cursor, one.format = cursor, form  # type: ignore[misc]
                selections.append(one)
        self.setExtraSelections(selections)

    def _lines(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """A part of the document as positions here, line by line, so that what stands between lines is not coloured."""
        for at in range(max(0, bisect_right(self._starts, start) - 1), len(self._spots)):
            line_end, _, line_start = self._spots[at]
            if line_start >= end:
                return
            first, last = self._position(max(start, line_start)), self._position(min(end, line_end))
            if first < last:
                yield first, last

    def _restyle(self) -> None:
        self._fill(self.first_place if self._spots else 0)
        if self._current != (0, 0):
            self._bring_up(self._current[0])
