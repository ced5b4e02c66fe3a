"""The text editor: line numbers, marks at problems, keys that know Markdown and questions, images by drop and paste.

It is a plain QPlainTextEdit, so input methods and the platform's own text services work on it. Nothing is corrected,
capitalised or completed by itself: what happens on Enter is said below and can be undone with one Ctrl+Z.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QFocusEvent,
    QFontDatabase,
    QFontMetrics,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from desktop_app.lessons.problem import Problem
from desktop_app.ui.pages.studio import editing
from desktop_app.ui.pages.studio.highlighter import FRONT, YAML, LessonHighlighter
from desktop_app.ui.pages.studio.pictures import encoded, image_files, read_image
from desktop_app.ui.theme import Restyler, Theme

_MOST_MARKS = 300
_ZOOMS = (70, 80, 90, 100, 110, 125, 150, 175, 200, 250)
_LOOK_BACK = 40  # how many lines above the cursor Enter looks at
_LINK = "link"


class LessonEditor(QPlainTextEdit):
    """Signals: left(), when the keyboard goes elsewhere; image_given(bytes, str), an image dropped or pasted and its name."""

    left = Signal()
    image_given = Signal(bytes, str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme, self.zoom = theme, 100
        self._problems: Sequence[Problem] = ()
        self._found: list[QTextCursor] = []
        self._by_line: dict[int, str] = {}
        self.highlighter = LessonHighlighter(theme, self.document())
        self._gutter = _Gutter(self)
        self.setAccessibleName("Text of the file")
        self.setAccessibleDescription("Tab indents. Press Esc to leave the text, F6 to go to the next part.")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.blockCountChanged.connect(lambda _: self._make_room())
        self.updateRequest.connect(self._on_update_request)
        self.cursorPositionChanged.connect(self._mark)
        Restyler(theme, self, self._restyle)

    # -- text --------------------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        """Exactly what was typed: toPlainText would turn no-break spaces into plain ones."""
        return self.document().toRawText().replace("\u2029", "\n")

    def show_text(self, text: str, *, only_yaml: bool) -> None:
        """Show another file's text; there is nothing to undo then."""
        self._problems, self._found = (), []
        self.highlighter.use_yaml(only_yaml)
        self.setPlainText(text)
        self._mark()

    def replace_text(self, text: str) -> None:
        """Put in another text as one change that can be undone; what both begin and end with is left alone."""
        old = self.text
        start = _common(old, text)
        most = min(len(old), len(text)) - start
        tail = _common(old[len(old) - most :][::-1], text[len(text) - most :][::-1]) if most else 0
        cursor = QTextCursor(self.document())
        cursor.setPosition(_units(old[:start]))
        cursor.setPosition(_units(old[: len(old) - tail]), QTextCursor.MoveMode.KeepAnchor)
        cursor.insertText(text[start : len(text) - tail])

    def insert_block(self, text: str, starts: Sequence[int]) -> None:
        """Insert a block of its own near the cursor, blank lines around it, and select its first words."""
        lines = self.text.split("\n")
        at = editing.insertion_line(lines, starts, self.textCursor().blockNumber())
        before = "\n" if at and lines[at - 1].strip() else ""
        after = "\n" if at < len(lines) and lines[at].strip() else ""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        if at >= self.blockCount():
            cursor.movePosition(QTextCursor.MoveOperation.End)
            before = "\n" + before if lines[-1].strip() else "\n" * (len(lines) > 1 and bool(lines[-2].strip()))
        else:
            cursor.setPosition(self.document().findBlockByNumber(at).position())
        first = cursor.blockNumber() + before.count("\n")
        cursor.insertText(before + text.rstrip("\n") + "\n" + after)
        cursor.endEditBlock()
        words = next((n for n, line in enumerate(text.split("\n")) if not line.startswith(("<!--", "```"))), 0)
        self.go_to(first + words + 1, 1, select=True)

    def insert_image(self, name: str) -> None:
        """Insert what shows an image, its alternative text selected so that it is written next."""
        cursor = self.textCursor()
        start = cursor.selectionStart()
        shown = editing.image_link(name)
        cursor.insertText(shown)
        cursor.setPosition(start + 2)
        cursor.setPosition(start + shown.index("]"), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.setFocus()

    def go_to(self, line: int, column: int = 1, *, select: bool = False) -> None:
        """Put the cursor at line and column (both from 1), in the middle of the view; select the rest of the line."""
        block = self.document().findBlockByNumber(max(0, min(line, self.blockCount()) - 1))
        cursor = QTextCursor(block)
        text = block.text()
        start = _units(text[: max(0, column - 1)])
        if select and column == 1:
            start = len(text) - len(text.lstrip())
        cursor.setPosition(block.position() + min(start, block.length() - 1))
        if select:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.centerCursor()

    @property
    def line(self) -> int:
        """The cursor's line, from 1."""
        return self.textCursor().blockNumber() + 1

    @property
    def top(self) -> float:
        """The line at the top of the view, from 1, with the share of it that is scrolled away."""
        block = self.firstVisibleBlock()
        box = self.blockBoundingGeometry(block).translated(self.contentOffset())
        return block.blockNumber() + 1 + max(0.0, -box.top() / box.height() if box.height() else 0.0)

    def scroll_to(self, line: float) -> None:
        """Bring a line to the top of the view."""
        block = self.document().findBlockByNumber(max(0, int(line) - 1))
        self.verticalScrollBar().setValue(block.firstLineNumber())

    # -- formatting --------------------------------------------------------------------------------------------------

    def format_selection(self, how: str) -> None:
        """Make the selection bold ("**"), italic ("*") or a link, or take that away again."""
        cursor = self.textCursor()
        text, start, end = self.text, cursor.selectionStart(), cursor.selectionEnd()
        a, b = _index(text, start), _index(text, end)
        made, first, last = editing.link(text, a, b) if how == _LINK else editing.wrap(text, a, b, how)
        self.replace_text(made)
        cursor.setPosition(_units(made[:first]))
        cursor.setPosition(_units(made[:last]), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def toggle_right(self) -> None:
        """Mark the option under the cursor as right, or as wrong."""
        block = self.textCursor().block()
        first = block
        while first.previous().isValid() and first.previous().text().strip():
            first = first.previous()
        lines, at = [first.text()], first
        while at.next().isValid() and (at.next().text().strip() or at.blockNumber() < block.blockNumber()):
            at = at.next()
            lines.append(at.text())
        changed = editing.toggle_right(lines, block.blockNumber() - first.blockNumber())
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for index, line in changed.items():
            _set_line(cursor, self.document().findBlockByNumber(first.blockNumber() + index), line)
        cursor.endEditBlock()

    # -- problems and finds ------------------------------------------------------------------------------------------

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Underline the places of problems and mark their lines beside the numbers."""
        self._problems = problems
        self._by_line = {}
        for problem in problems:
            if self._by_line.get(problem.line) != "error":
                self._by_line[problem.line] = problem.severity
        self._mark()
        self._gutter.update()

    def show_found(self, found: list[QTextCursor]) -> None:
        """Mark every place that a search found."""
        self._found = found
        self._mark()

    def _mark(self) -> None:
        t = self._theme.tokens
        marks = [self._line_mark(t.sunken)]
        for problem in self._problems[:_MOST_MARKS]:
            block = self.document().findBlockByNumber(problem.line - 1)
            if block.isValid() and block.text().strip():
                marks.append(_underline(block, problem, QColor(t.danger if problem.severity == "error" else t.caution)))
        for cursor in self._found:
            found = QTextEdit.ExtraSelection()
            found.cursor = cursor
            found.format.setBackground(QColor(t.caution_soft))
            marks.append(found)
        self.setExtraSelections(marks)

    def _line_mark(self, color: str) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        mark.format.setBackground(QColor(color))
        mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        mark.cursor = self.textCursor()
        mark.cursor.clearSelection()
        return mark

    # -- keys --------------------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Ctrl+K makes a selection a link; without one it is the window's, though Qt would delete to the line's end."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _is_link_key(event):
            event.setAccepted(self.textCursor().hasSelection())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on with lists and questions, Tab indents; everything else is as in any editor."""
        key, with_ = event.key(), event.modifiers()
        plain = with_ in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain:
            self._on_enter()
        elif key == Qt.Key.Key_Tab and plain:
            self._on_tab(back=False)
        elif key == Qt.Key.Key_Backtab:
            self._on_tab(back=True)
        elif event.matches(QKeySequence.StandardKey.ZoomIn) or (key == Qt.Key.Key_Equal and with_ == _CONTROL):
            self.zoom_by(1)
        elif event.matches(QKeySequence.StandardKey.ZoomOut):
            self.zoom_by(-1)
        elif key == Qt.Key.Key_0 and with_ == _CONTROL:
            self.set_zoom(100)
        elif _is_link_key(event):
            if self.textCursor().hasSelection():
                self.format_selection(_LINK)
            else:
                event.ignore()
        else:
            super().keyPressEvent(event)

    def _on_enter(self) -> None:
        cursor = self.textCursor()
        block = cursor.block()
        line = block.text()
        at_end = not cursor.hasSelection() and not line[_index(line, cursor.positionInBlock()) :].strip()
        if not at_end:
            indent = line[: len(line) - len(line.lstrip())][: cursor.positionInBlock()]
            cursor.insertText("\n" + ("" if cursor.hasSelection() else indent))
            self._show_cursor(cursor)
            return
        text, empty = editing.next_line(line, _above(block), yaml=self._in_yaml(block))
        cursor.beginEditBlock()
        if empty:
            _set_line(cursor, block, "")
        else:
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            cursor.insertText("\n" + text)
        cursor.endEditBlock()
        self._show_cursor(cursor)

    def _show_cursor(self, cursor: QTextCursor) -> None:
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _on_tab(self, *, back: bool) -> None:
        cursor = self.textCursor()
        width = 2 if self._in_yaml(cursor.block()) else 4
        if not cursor.hasSelection() and not back:
            cursor.insertText(" " * (width - cursor.positionInBlock() % width))
            return
        first = self.document().findBlock(cursor.selectionStart())
        last = self.document().findBlock(max(cursor.selectionStart(), cursor.selectionEnd() - 1))
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        for number in range(first.blockNumber(), last.blockNumber() + 1):
            block = self.document().findBlockByNumber(number)
            have = block.text()
            wanted = editing.indented(have, back=back, width=width)
            # only the indentation changes, so that the selection stays
            edit.setPosition(block.position())
            if len(wanted) < len(have):
                edit.setPosition(block.position() + len(have) - len(wanted), QTextCursor.MoveMode.KeepAnchor)
                edit.removeSelectedText()
            else:
                edit.insertText(" " * (len(wanted) - len(have)))
        edit.endEditBlock()

    def _in_yaml(self, block: QTextBlock) -> bool:
        return block.userState() >= 0 and block.userState() % 8 in (FRONT, YAML)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Say so, for text that is not saved yet."""
        super().focusOutEvent(event)
        self.left.emit()

    # -- zoom and look -----------------------------------------------------------------------------------------------

    def zoom_by(self, steps: int) -> None:
        """Make the text larger or smaller."""
        at = min(range(len(_ZOOMS)), key=lambda index: abs(_ZOOMS[index] - self.zoom))
        self.set_zoom(_ZOOMS[max(0, min(len(_ZOOMS) - 1, at + steps))])

    def set_zoom(self, percent: int) -> None:
        """Show the text at percent of its size."""
        self.zoom = percent
        self._restyle()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Ctrl the wheel zooms."""
        if event.modifiers() == _CONTROL and event.angleDelta().y():
            self.zoom_by(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def _restyle(self) -> None:
        family = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
        size = round(self._theme.px(14) * self.zoom / 100)
        # a font set in code would be overruled by the application's style sheet
        self.setStyleSheet(f'LessonEditor {{ font-family: "{family}"; font-size: {size}px; padding: 0; }}')
        self.ensurePolished()
        self.setTabStopDistance(4 * QFontMetrics(self.font()).horizontalAdvance(" "))
        self._make_room()
        self._mark()

    # -- images ------------------------------------------------------------------------------------------------------

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, and images from a file or the clipboard."""
        return (
            bool(image_files(source))
            or (source.hasImage() and not source.hasText())
            or super().canInsertFromMimeData(source)
        )

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Hand images on to be copied into the lesson's folder; paste everything else as plain text."""
        files = image_files(source)
        for file in files:
            self.image_given.emit(read_image(file), file.name)
        if files:
            return
        if source.hasImage() and not source.hasText():
            image = QImage(source.imageData())
            if not image.isNull():
                self.image_given.emit(encoded(image), "picture.png")
            return
        super().insertFromMimeData(source)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take images; folders and other files are the page's business."""
        _sort(event, super().dragEnterEvent)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take images; folders and other files are the page's business."""
        _sort(event, super().dragMoveEvent)

    # -- line numbers ------------------------------------------------------------------------------------------------

    def gutter_width(self) -> int:
        """As wide as the largest line number, with room for a mark."""
        digits = max(3, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * (digits + 2) + 14

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The gutter is as high as the text."""
        super().resizeEvent(event)
        self._place_gutter()

    def _make_room(self) -> None:
        self.setViewportMargins(self.gutter_width(), 0, 0, 0)
        self._place_gutter()

    def _place_gutter(self) -> None:
        inner = self.contentsRect()
        self._gutter.setGeometry(QRect(inner.left(), inner.top(), self.gutter_width(), inner.height()))

    def _on_update_request(self, rect: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, rect.y(), self._gutter.width(), rect.height())

    def paint_gutter(self, event: QPaintEvent) -> None:
        """Draw the numbers of the visible lines, and a sign at those with a problem."""
        t = self._theme.tokens
        painter = QPainter(self._gutter)
        painter.setFont(self.font())
        painter.fillRect(event.rect(), QColor(t.surface))
        block, height = self.firstVisibleBlock(), self.fontMetrics().height()
        top = round(self.blockBoundingGeometry(block).translated(self.contentOffset()).top())
        current = self.textCursor().blockNumber()
        while block.isValid() and top <= event.rect().bottom():
            bottom = top + round(self.blockBoundingRect(block).height())
            if block.isVisible() and bottom >= event.rect().top():
                number = block.blockNumber()
                painter.setPen(QColor(t.text if number == current else t.muted))
                painter.drawText(
                    0, top, self._gutter.width() - 10, height, Qt.AlignmentFlag.AlignRight, str(number + 1)
                )
                if severity := self._by_line.get(number + 1):
                    name, color = ("circle-x", "danger") if severity == "error" else ("triangle-alert", "caution")
                    painter.drawPixmap(QPoint(3, top + (height - 12) // 2), self._theme.pixmap(name, color, 12))
            block, top = block.next(), bottom
        painter.end()


_CONTROL = Qt.KeyboardModifier.ControlModifier


def _is_link_key(event: QKeyEvent) -> bool:
    return event.key() == Qt.Key.Key_K and event.modifiers() == _CONTROL


class _Gutter(QWidget):
    def __init__(self, editor: LessonEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        """As wide as the numbers."""
        return QSize(self._editor.gutter_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the numbers."""
        self._editor.paint_gutter(event)


def _underline(block: QTextBlock, problem: Problem, color: QColor) -> QTextEdit.ExtraSelection:
    """A wavy line below the place, or the whole line if the problem is about it."""
    text = block.text()
    start = problem.column - 1 if problem.column > 1 else len(text) - len(text.lstrip())
    end = len(text.rstrip())
    if problem.column > 1:
        rest = text[start:]
        end = start + max(1, len(rest.split()[0]) if rest.split() else 1)
    mark = QTextEdit.ExtraSelection()
    mark.cursor = QTextCursor(block)
    mark.cursor.setPosition(block.position() + min(_units(text[:start]), block.length() - 1))
    mark.cursor.setPosition(
        block.position() + min(_units(text[:end]), block.length() - 1), QTextCursor.MoveMode.KeepAnchor
    )
    mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
    mark.format.setUnderlineColor(color)
    return mark


def _set_line(cursor: QTextCursor, block: QTextBlock, line: str) -> None:
    cursor.setPosition(block.position())
    cursor.setPosition(block.position() + block.length() - 1, QTextCursor.MoveMode.KeepAnchor)
    cursor.insertText(line)


def _above(block: QTextBlock) -> list[str]:
    lines: list[str] = []
    while len(lines) < _LOOK_BACK and (block := block.previous()).isValid() and block.text().strip():
        lines.insert(0, block.text())
    return lines


def _units(text: str) -> int:
    """The length of text as Qt counts it: in UTF-16 units, of which an emoji has two."""
    return len(text) + sum(char > "\uffff" for char in text)


def _index(text: str, units: int) -> int:
    """Where in text the place is that Qt counts in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * units].decode("utf-16-le", "surrogatepass"))


def _common(a: str, b: str) -> int:
    """How many characters two texts begin with in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:  # the slices are compared in C; a loop over a megabyte would not be
        middle = (low + high + 1) // 2
        low, high = (middle, high) if a[:middle] == b[:middle] else (low, middle - 1)
    return low


def _sort(event: QDragEnterEvent | QDragMoveEvent, take: object) -> None:
    source = event.mimeData()
    if source.hasUrls() and not image_files(source):
        event.ignore()  # so that it reaches the page
        return
    assert callable(take)
    take(event)
