"""A document on which passages are selected and blacked out, and on which the result is shown in place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextLine,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QTextEdit, QToolTip, QWidget

from desktop_app.lessons.documents import is_aligned
from desktop_app.lessons.redaction import Mark, from_units, to_units
from desktop_app.ui.theme import FIXED, SIZES, Restyler, Theme
from desktop_app.ui.widgets.basic import Button

_GUTTER_PX = 40  # room for the signs in the margin
_MARGIN_PX = 24
_LINE_HEIGHT = 155.0  # per cent; a bar needs air above and below
_EMPTY_LINE_HEIGHT = 80.0
_BAR_ROUND_PX = 4
_BAR_ROOM_PX = 2
_SIGN_PX = 16

# style: fill, edge, text (tokens), the edge's line, and the sign in the margin ("" for none)
_STYLES: dict[str, tuple[str, str, str, Qt.PenStyle, tuple[str, str]]] = {
    "bar": ("text", "", "surface", Qt.PenStyle.NoPen, ("", "")),
    "found": ("accent", "", "on_accent", Qt.PenStyle.NoPen, ("circle-check", "accent")),
    "leaked": ("danger_soft", "danger", "danger", Qt.PenStyle.SolidLine, ("circle-x", "danger")),
    "needless": ("caution_soft", "caution", "caution", Qt.PenStyle.DashLine, ("triangle-alert", "caution")),
    "free": ("sunken", "edge", "muted", Qt.PenStyle.DotLine, ("", "")),
}


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage to draw: style is bar, found, leaked, needless or free; says is its tooltip."""

    start: int
    end: int
    style: str
    says: str = ""


class DocumentView(QTextEdit):
    """A read-only text with a caret. Places count characters.

    Signals: mark_wanted(start, end) and unmark_wanted(start, end); undo_wanted(), redo_wanted(); check_wanted().
    """

    mark_wanted = Signal(int, int)
    unmark_wanted = Signal(int, int)
    undo_wanted = Signal()
    redo_wanted = Signal()
    check_wanted = Signal()

    def __init__(self, theme: Theme, text: str, name: str) -> None:
        super().__init__()
        self._theme, self._text = theme, text.rstrip("\n")
        self._passages: tuple[Passage, ...] = ()
        self._editable = True
        self._pressed: QPoint | None = None
        self._shown: Mark | None = None
        self.setAccessibleName(name)
        self.setPlainText(self._text)
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursorWidth(2)
        self.viewport().setMouseTracking(True)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.cursorPositionChanged.connect(self._on_cursor_moved)
        self.selectionChanged.connect(self._on_selection_changed)
        self._offer = Button(theme, "Black out", "eye-off", tip="Black out what is selected (R)")
        self._offer.setParent(self.viewport())
        self._offer.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # for the mouse; the keyboard has R and Delete
        self._offer.clicked.connect(self._on_offer_clicked)
        self._offer.hide()
        Restyler(theme, self, self._restyle)

    # -- what is shown -----------------------------------------------------------------------------------------------

    def show_passages(self, passages: tuple[Passage, ...], *, editable: bool) -> None:
        """Draw these passages; bars can be set and removed if editable."""
        if editable != self._editable:
            self._drop_selection()
        self._passages, self._editable, self._shown = passages, editable, None
        self._offer.hide()
        self._color_text()
        self.viewport().update()

    def jump(self, start: int, end: int) -> None:
        """Put a ring around a passage, bring it into view and give the text the keyboard, with the caret before it."""
        cursor = self.textCursor()
        cursor.setPosition(to_units(self._text, start))
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.setTextCursor(cursor)
        self._offer.hide()
        self._shown = start, end  # a ring, not a selection, which would hide what became of the passage
        self.viewport().update()
        rects = list(self._rects(start, end))
        if rects:
            self._bring_into_view(rects[0].united(rects[-1]))

    @property
    def selection(self) -> Mark:
        """What is selected; start and end are the same without a selection."""
        cursor = self.textCursor()
        return self._place(cursor.selectionStart()), self._place(cursor.selectionEnd())

    def mark_selection(self) -> None:
        """Ask for a bar over the selection, or over the word at the caret."""
        start, end = self.selection
        if start == end:
            cursor = self.textCursor()
            cursor.select(QTextCursor.SelectionType.WordUnderCursor)
            start, end = self._place(cursor.selectionStart()), self._place(cursor.selectionEnd())
        if self._editable and start < end:
            self.mark_wanted.emit(start, end)
            self._drop_selection()

    def unmark_selection(self) -> None:
        """Ask for the bars to go which the selection touches, or the one at the caret."""
        start, end = self.selection
        if start == end and not self._bar_at(start):
            start, end = start - 1, start  # the caret behind a bar, where Backspace would take it
        if self._editable:
            self.unmark_wanted.emit(max(0, start), max(0, end))
            self._drop_selection()

    # -- keyboard and mouse ------------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """Take undo, redo, and Esc while something is selected, before the window's shortcuts get them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            escape = event.key() == Qt.Key.Key_Escape and self.textCursor().hasSelection()
            if escape or _is_undo(event) or _is_redo(event):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """R blacks out, Backspace and Delete bring back, Ctrl+Z and Ctrl+Y, Ctrl+Return checks; else move and select."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if plain and event.key() == Qt.Key.Key_R:
            self.mark_selection()
        elif plain and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.unmark_selection()
        elif plain and event.key() == Qt.Key.Key_Escape and self.textCursor().hasSelection():
            self._drop_selection()
        elif _is_redo(event):
            self.redo_wanted.emit()
        elif _is_undo(event):
            self.undo_wanted.emit()
        elif control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.check_wanted.emit()
        else:
            super().keyPressEvent(event)
            self._offer.hide()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to select."""
        self._pressed = event.position().toPoint()
        self._offer.hide()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Offer to black out what was selected; a click on a bar takes it away."""
        super().mouseReleaseEvent(event)
        moved = self._pressed is None or (event.position().toPoint() - self._pressed).manhattanLength() > 4
        self._pressed = None
        if not self._editable or event.button() != Qt.MouseButton.LeftButton:
            return
        passage = self._passage_under(event.position())
        if not self.textCursor().hasSelection():
            if passage is not None and not moved:
                self.unmark_wanted.emit(passage.start, passage.end)
        else:
            self._show_offer()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select a word and offer to black it out."""
        super().mouseDoubleClickEvent(event)
        self._pressed = None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say what a passage is; a hand over what can be clicked."""
        super().mouseMoveEvent(event)
        passage = self._passage_under(event.position())
        hand = passage is not None and self._editable
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.IBeamCursor)
        QToolTip.showText(
            event.globalPosition().toPoint(),
            ("Click to bring it back" if self._editable else passage.says) if passage else "",
            self,
        )

    def wheelEvent(self, event: QWheelEvent) -> None:
        """The page scrolls, not the text."""
        event.ignore()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The offer goes with the keyboard."""
        super().focusOutEvent(event)
        self._offer.hide()

    # -- drawing -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Bars below the text, signs in the margin beside the lines."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        signs: dict[int, list[str]] = {}
        for passage in self._passages:
            for rect in self._rects(passage.start, passage.end):
                self._draw(painter, rect, passage.style)
                signs.setdefault(round(rect.center().y()), []).append(passage.style)
        if self._shown is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.tokens.text), 2))
            for rect in self._rects(*self._shown):
                painter.drawRoundedRect(rect.adjusted(-3, -2, 3, 2), _BAR_ROUND_PX, _BAR_ROUND_PX)
        for middle, styles in signs.items():
            self._draw_signs(painter, middle, styles)
        painter.end()
        super().paintEvent(event)

    def _draw(self, painter: QPainter, rect: QRectF, style: str) -> None:
        fill, edge, _, line, _ = _STYLES[style]
        painter.setBrush(QColor(getattr(self._theme.tokens, fill)))
        painter.setPen(QPen(QColor(getattr(self._theme.tokens, edge)), 1.5, line) if edge else Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, _BAR_ROUND_PX, _BAR_ROUND_PX)

    def _draw_signs(self, painter: QPainter, middle: int, styles: list[str]) -> None:
        """One sign for each kind of thing on the line, the worst next to the text."""
        shown = [style for style in ("found", "needless", "leaked") if style in styles]
        size = self._theme.px(_SIGN_PX)
        right = self._theme.px(_GUTTER_PX) + self._theme.px(_MARGIN_PX) - self._theme.px(12)
        for number, style in enumerate(reversed(shown)):
            icon, token = _STYLES[style][4]
            painter.drawPixmap(
                QPoint(right - (number + 1) * size - number * 2, middle - size // 2),
                self._theme.pixmap(icon, token, _SIGN_PX),
            )

    def _color_text(self) -> None:
        """Words on a bar in the bar's colour; as formats of the layout, so that the document itself stays as it is."""
        block = self.document().begin()
        while block.isValid():
            ranges = [self._format(block, passage) for passage in self._passages if self._touches(block, passage)]
            if ranges or block.layout().formats():
                block.layout().setFormats(ranges)
                self.document().markContentsDirty(block.position(), block.length())
            block = block.next()

    def _touches(self, block: QTextBlock, passage: Passage) -> bool:
        first, last = to_units(self._text, passage.start), to_units(self._text, passage.end)
        return first < block.position() + block.length() and last > block.position()

    def _format(self, block: QTextBlock, passage: Passage) -> QTextLayout.FormatRange:
        made = QTextLayout.FormatRange()
        first, last = to_units(self._text, passage.start), to_units(self._text, passage.end)
        start = max(first, block.position())
        form = QTextCharFormat()
        form.setForeground(QColor(getattr(self._theme.tokens, _STYLES[passage.style][2])))
        made.start, made.length, made.format = (  # type: ignore[misc]
            start - block.position(), min(last, block.position() + block.length()) - start, form,
        )  # fmt: skip
        return made

    def _restyle(self) -> None:
        t = self._theme.tokens
        fixed = is_aligned(self._text)  # the wider letters stand a size smaller, so that as many fit on a line
        size = SIZES["body" if fixed else "reading"]
        family = f" font-family: {FIXED};" if fixed else ""
        self.setStyleSheet(
            f"DocumentView {{ background: transparent; border: 2px solid transparent; border-radius: 0; padding: 0;"
            f" font-size: {self._theme.px(size)}px;{family} }} DocumentView:focus {{ border-color: {t.accent}; }}"
        )
        self._open_up_lines()
        root = self.document().rootFrame().frameFormat()
        root.setMargin(self._theme.px(_MARGIN_PX))
        root.setLeftMargin(self._theme.px(_MARGIN_PX + _GUTTER_PX))
        self.document().rootFrame().setFrameFormat(root)
        self._offer.adjustSize()
        self._color_text()
        self._fit()

    def _open_up_lines(self) -> None:
        cursor = QTextCursor(self.document())
        block = self.document().begin()
        while block.isValid():
            form = QTextBlockFormat()
            height = _LINE_HEIGHT if block.text() else _EMPTY_LINE_HEIGHT
            form.setLineHeight(height, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            cursor.setPosition(block.position())
            cursor.setBlockFormat(form)
            block = block.next()

    def _fit(self) -> None:
        height = round(self.document().size().height()) + 4
        if height != self.height():
            self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        """As tall as the text at the present width."""
        return QSize(400, self.height())

    def resizeEvent(self, event: QEvent) -> None:
        """Fit the height to the new width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._offer.hide()
        self._fit()

    # -- places ------------------------------------------------------------------------------------------------------

    def _place(self, units: int) -> int:
        return from_units(self._text, units)

    def _rects(self, start: int, end: int) -> Iterator[QRectF]:
        """Where a passage stands, one rectangle for each line of it, in the viewport."""
        first, last = to_units(self._text, start), to_units(self._text, end)
        block = self.document().findBlock(first)
        while block.isValid() and block.position() < last:
            corner = self.document().documentLayout().blockBoundingRect(block).topLeft()
            layout = block.layout()
            for number in range(layout.lineCount()):
                line = layout.lineAt(number)
                begin = max(first - block.position(), line.textStart())
                until = min(last - block.position(), line.textStart() + line.textLength())
                if begin < until:
                    yield self._line_rect(corner, line, begin, until, block.text())
            block = block.next()

    def _line_rect(self, corner: QPointF, line: QTextLine, begin: int, until: int, text: str) -> QRectF:
        while until > begin + 1 and text[until - 1 : until].isspace():
            until -= 1  # the space at which a line was broken
        left, right = float(line.cursorToX(begin)[0]), float(line.cursorToX(until)[0])  # type: ignore[index]
        height = line.ascent() + line.descent()
        top = corner.y() + line.y() + (line.height() - height)
        rect = QRectF(corner.x() + min(left, right), top, abs(right - left), height)
        return rect.adjusted(-1, -_BAR_ROOM_PX, 1, _BAR_ROOM_PX)

    def _passage_under(self, point: QPointF) -> Passage | None:
        return next(
            (one for one in self._passages for rect in self._rects(one.start, one.end) if rect.contains(point)), None
        )

    def _bar_at(self, place: int) -> bool:
        return any(passage.start <= place < passage.end for passage in self._passages)

    # -- the offer beside the selection ------------------------------------------------------------------------------

    def _show_offer(self) -> None:
        rects = list(self._rects(*self.selection))
        if not rects:
            return
        self._offer.adjustSize()
        room = self.viewport().rect()
        left = min(max(8, round(rects[-1].right()) - self._offer.width() // 2), room.width() - self._offer.width() - 8)
        below = round(rects[-1].bottom()) + 6
        above = round(rects[0].top()) - self._offer.height() - 6
        self._offer.move(left, below if below + self._offer.height() < room.height() else max(0, above))
        self._offer.show()
        self._offer.raise_()

    def _on_offer_clicked(self) -> None:
        self.mark_selection()

    def _on_selection_changed(self) -> None:
        if not self.textCursor().hasSelection():
            self._offer.hide()

    def _drop_selection(self) -> None:
        cursor = self.textCursor()
        cursor.setPosition(cursor.selectionEnd())
        self.setTextCursor(cursor)

    def _on_cursor_moved(self) -> None:
        self._shown = None
        if self.hasFocus() and self._pressed is None:
            self._bring_into_view(QRectF(self.cursorRect()))

    def _bring_into_view(self, rect: QRectF) -> None:
        """Scroll the page around this view, as its own scroll bars are off."""
        area: QWidget | None = self.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if isinstance(area, QScrollArea) and area.widget() is not None:
            middle = self.viewport().mapTo(area.widget(), rect.center().toPoint())
            area.ensureVisible(middle.x(), middle.y(), 0, self._theme.px(80))


def _is_undo(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Undo)


def _is_redo(event: QKeyEvent) -> bool:
    """Ctrl+Y and Ctrl+Shift+Z everywhere, whichever the system prefers."""
    keys = QKeySequence(event.keyCombination()).toString(QKeySequence.SequenceFormat.PortableText)
    return event.matches(QKeySequence.StandardKey.Redo) or keys in ("Ctrl+Y", "Ctrl+Shift+Z")
