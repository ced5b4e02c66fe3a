"""The live preview: one frame of a document for each piece, so that a keystroke redraws one frame and not the lesson."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QMouseEvent,
    QResizeEvent,
    QTextBlockFormat,
    QTextCursor,
    QTextFrame,
    QTextFrameFormat,
)
from PySide6.QtWidgets import QTextBrowser

from desktop_app.lessons.preview import Piece, PieceKind
from desktop_app.ui.pages.studio.state import PreviewState
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.pictures import picture

_FEWER_THAN_ALL = 0.5  # above this share of changed pieces a fresh document is quicker
_GAPS = {"head": 18, "step": 8, "prose": 12, "question": 14, "exercise": 14}
_TOP_PX = 4
_AT_ONCE, _IN_A_TURN = 150, 15  # pieces; a lesson of 20 KB has about 75
_CARDS: tuple[PieceKind, ...] = ("question", "exercise")
_IMAGE = 2  # QTextDocument.ResourceType.ImageResource, as loadResource gets it


class LessonPreview(QTextBrowser):
    """Shows PreviewState.

    Signals: line_chosen(int), a click at what that line of the file says; scrolled(float), the line at the top, when a
    person scrolled here.
    """

    line_chosen = Signal(int)
    scrolled = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._pieces: tuple[Piece, ...] = ()
        self._frames: list[QTextFrame] = []
        self._wanted: tuple[Piece, ...] = ()  # all of the lesson; _pieces is what has a frame already
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._draw_more)
        self._folder: Path | None = None
        self._follows = 0  # above 0 while the view moves without a person scrolling it
        self._pressed = QPoint()
        self._line = 1.0  # what was last brought to the top
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName("Preview")
        self.setTabChangesFocus(True)
        self.setVerticalScrollBarPolicy(
            Qt.ScrollBarPolicy.ScrollBarAlwaysOn
        )  # so that the text never wraps anew for it
        self.document().setDocumentMargin(16)
        self.verticalScrollBar().valueChanged.connect(self._on_scrolled)
        Restyler(theme, self, self._restyle)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def show_state(self, state: PreviewState) -> None:
        """Draw what changed; the place stays."""
        at = self.verticalScrollBar().value()
        with self._quiet():
            self._show(state)
            self.verticalScrollBar().setValue(at)

    def _show(self, state: PreviewState) -> None:
        if state.folder != self._folder:
            self._folder = state.folder
            self._clear()
        pieces = state.pieces
        if not pieces:
            self._clear()
            self.setHtml(f'<p class="muted">{state.words}</p>')
            return
        now = pieces[: max(_AT_ONCE, len(self._frames))]
        start, old_end, new_end = _changed(self._pieces, now)
        if not self._frames or old_end - start > _FEWER_THAN_ALL * len(self._frames) + 8:
            now = pieces[:_AT_ONCE]
            self._draw_all(now)
        elif old_end > start or new_end > start:
            self._draw(now, start, old_end, new_end)
        self._go_on_with(now, pieces)

    def _go_on_with(self, now: tuple[Piece, ...], pieces: tuple[Piece, ...]) -> None:
        """Remember what is drawn, and draw the rest of a long lesson in the following turns of the event loop."""
        self._pieces, self._wanted = now, pieces
        if len(now) < len(pieces):
            self._more.start(0)

    def _draw_more(self) -> None:
        have = len(self._frames)
        now = self._wanted[: have + _IN_A_TURN]
        if len(now) > have:
            with self._quiet():
                self._draw(now, have, have, len(now))
                self._go_on_with(now, self._wanted)
                if have and self._line > now[have - 1].line:
                    self.follow(self._line)  # where the editor stands was not drawn before

    def _draw_all(self, pieces: tuple[Piece, ...]) -> None:
        self._clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.setBlockFormat(_gap(_TOP_PX))
        self._frames = [self._insert(cursor, piece) for piece in pieces]
        cursor.endEditBlock()
        self._end_layout()

    def _draw(self, pieces: tuple[Piece, ...], start: int, old_end: int, new_end: int) -> None:
        """Put the pieces from start to new_end in place of the frames from start to old_end."""
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        if old_end - start == new_end - start == 1 and pieces[start].kind == self._pieces[start].kind:
            frame = self._frames[start]
            cursor.setPosition(frame.firstPosition())
            cursor.setPosition(frame.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
            cursor.setBlockFormat(QTextBlockFormat())
            cursor.insertHtml(self._html(pieces[start]))
        else:
            cursor.setPosition(self._frames[start - 1].lastPosition() + 1 if start else 0)
            if old_end > start:
                cursor.setPosition(self._frames[old_end - 1].lastPosition() + 1, QTextCursor.MoveMode.KeepAnchor)
                cursor.removeSelectedText()
            cursor.setBlockFormat(_gap(self._theme.px(_GAPS[pieces[start - 1].kind]) if start else _TOP_PX))
            self._frames[start:old_end] = [self._insert(cursor, piece) for piece in pieces[start:new_end]]
        cursor.endEditBlock()
        self._end_layout()

    def _end_layout(self) -> None:
        """Lay out to the end now: where Qt (6.11) goes on with it later, the air between frames is lost."""
        self.document().size()

    def _insert(self, cursor: QTextCursor, piece: Piece) -> QTextFrame:
        """Insert a frame behind the cursor, and leave the cursor in the line of air behind the frame."""
        frame = cursor.insertFrame(self._frame_format(piece.kind))
        cursor.insertHtml(self._html(piece))
        cursor.setPosition(frame.lastPosition() + 1)
        cursor.setBlockFormat(_gap(self._theme.px(_GAPS[piece.kind])))
        return frame

    def _html(self, piece: Piece) -> str:
        return self._theme.framed(piece.html) if piece.kind == "prose" else piece.html

    def _frame_format(self, kind: PieceKind) -> QTextFrameFormat:
        form = QTextFrameFormat()
        if kind in _CARDS:
            form.setBorder(1)
            form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
            form.setBorderBrush(QBrush(QColor(self._theme.tokens.hairline)))
            form.setBackground(QColor(self._theme.tokens.surface))
            form.setPadding(self._theme.px(12))
        return form

    def _clear(self) -> None:
        self._frames, self._pieces, self._wanted = [], (), ()
        self._more.stop()
        self.document().clear()

    def _restyle(self) -> None:
        t, px = self._theme.tokens, self._theme.px
        self.document().setDefaultStyleSheet(
            self._theme.prose_css()
            + f".muted {{ color: {t.muted}; }} .small {{ color: {t.muted}; font-size: {px(12)}px; }}"
            + f".good {{ color: {t.good}; font-weight: 600; }} .strong {{ font-weight: 600; }}"
            + f".eyebrow {{ color: {t.accent}; font-size: {px(12)}px; font-weight: 600; }}"
            + f".title {{ font-size: {px(18)}px; font-weight: 600; }} td {{ vertical-align: top; }} pre {{ white-space: pre-wrap; }}"
            + f"h1 {{ font-size: {px(24)}px; font-weight: 600; margin: 0 0 {px(6)}px 0; }}"
            + f"h2 {{ font-size: {px(20)}px; font-weight: 600; margin: 0 0 {px(4)}px 0; }}"
        )
        pieces = self._wanted
        if pieces:
            if self._frames:
                self._line = self._line_at(self.verticalScrollBar().value() + 1)
            with self._quiet():
                self._draw_all(pieces[:_AT_ONCE])
                self._go_on_with(pieces[:_AT_ONCE], pieces)
            self.follow(self._line)  # other colours or sizes, the same place

    def loadResource(self, kind: int, url: QUrl) -> object:
        """Only images inside the lesson's folder; everything else is refused, file: and http: alike."""
        if self._folder is None or not url.isRelative() or kind != _IMAGE:
            return None
        path = (self._folder / url.path()).resolve()
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            return None
        room = self.viewport().width() - 2 * round(self.document().documentMargin()) - self._theme.px(24)
        return picture(path, max(1, room))

    # -- where one is ------------------------------------------------------------------------------------------------

    def follow(self, line: float) -> None:
        """Bring what a line of the file says to the same height as the editor has it at its top."""
        self._line = line
        if not self._frames:
            return
        index = max(0, bisect_right([piece.line for piece in self._pieces], line) - 1)
        box = self.document().documentLayout().frameBoundingRect(self._frames[index])
        start = self._pieces[index].line
        end = self._pieces[index + 1].line if index + 1 < len(self._pieces) else start + 10
        share = min(1.0, max(0.0, (line - start) / max(1, end - start)))
        self._move(round(box.top() + share * box.height()) - (0 if index else 16))

    def reveal(self, line: int) -> None:
        """Scroll as little as is needed to have what a line of the file says in view."""
        if not self._frames:
            return
        index = max(0, bisect_right([piece.line for piece in self._pieces], line) - 1)
        box = self.document().documentLayout().frameBoundingRect(self._frames[index])
        top, height = self.verticalScrollBar().value(), self.viewport().height()
        if box.top() < top:
            self._move(round(box.top()) - 16)
        elif box.bottom() > top + height:
            self._move(round(min(box.top() - 16, box.bottom() - height + 16)))

    def _move(self, value: int) -> None:
        with self._quiet():
            self.verticalScrollBar().setValue(value)

    def _on_scrolled(self, value: int) -> None:
        if not self._follows and self._frames:
            self._line = self._line_at(value + 1)
            self.scrolled.emit(self._line)

    def _line_at(self, y: float) -> float:
        layout = self.document().documentLayout()
        low, high = 0, len(self._frames) - 1
        while low < high:  # the last frame that starts above y
            middle = (low + high + 1) // 2
            low, high = (
                (middle, high) if layout.frameBoundingRect(self._frames[middle]).top() <= y else (low, middle - 1)
            )
        box, start = layout.frameBoundingRect(self._frames[low]), self._pieces[low].line
        end = self._pieces[low + 1].line if low + 1 < len(self._pieces) else start + 10
        share = (y - box.top()) / box.height() if box.height() else 0.0
        return start + min(1.0, max(0.0, share)) * (end - start)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where, to tell a click from a selection."""
        self._pressed = event.position().toPoint()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click shows the place in the text; a drag selects, as in any text."""
        super().mouseReleaseEvent(event)
        event.accept()
        moved = (event.position().toPoint() - self._pressed).manhattanLength()
        if event.button() == Qt.MouseButton.LeftButton and moved < 4 and self._frames:
            self.line_chosen.emit(int(self._line_at(event.position().y() + self.verticalScrollBar().value())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The text wraps anew; the place stays."""
        is_drawing = self._follows > 0  # a scroll bar came or went while Qt lays out, which must not be entered again
        with self._quiet():
            super().resizeEvent(event)
            if not is_drawing:
                self._end_layout()
        if not is_drawing:
            self.follow(self._line)

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """Scrolling inside is not the person's."""
        self._follows += 1
        try:
            yield
        finally:
            self._follows -= 1


def _changed(old: tuple[Piece, ...], new: tuple[Piece, ...]) -> tuple[int, int, int]:
    """Where two lists of pieces begin to look different, and where in each they are the same again; lines do not matter."""
    start, most = 0, min(len(old), len(new))
    while start < most and (old[start].html, old[start].kind) == (new[start].html, new[start].kind):
        start += 1
    tail = 0
    while tail < most - start and (old[-1 - tail].html, old[-1 - tail].kind) == (
        new[-1 - tail].html,
        new[-1 - tail].kind,
    ):
        tail += 1
    return start, len(old) - tail, len(new) - tail


def _gap(px: int) -> QTextBlockFormat:
    form = QTextBlockFormat()
    form.setLineHeight(px, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
    return form
