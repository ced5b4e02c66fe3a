"""Items to put in order: by dragging them, with Alt and the arrow keys, or with the two buttons."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from desktop_app.lessons.lesson import Answer, Quiz
from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.pages.learn.questions.inputs import QuestionInput
from desktop_app.ui.pages.learn.questions.marks import announce, look
from desktop_app.ui.pages.learn.questions.rich import inline_html
from desktop_app.ui.pages.learn.questions.words import RIGHT, first_order
from desktop_app.ui.theme import ICON_PX, Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, Button, label, row

_ITEM = Qt.ItemDataRole.UserRole
_MARK = Qt.ItemDataRole.UserRole + 1
_IN_PLACE, _ELSEWHERE = "Right place", "Belongs elsewhere"
_PAD_PX, _BETWEEN_PX = 12, 4  # inside an item, and between two
_WRAP = Qt.TextFlag.TextWordWrap | Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Index = QModelIndex | QPersistentModelIndex


class OrderingInput(QuestionInput):
    """A list whose items move, and the buttons that move them."""

    def __init__(self, theme: Theme, quiz: Quiz, folder: Path | None) -> None:
        super().__init__(theme, quiz, folder)
        self.list = OrderList(theme, [plain_text(choice.text) for choice in quiz.choices])
        self.list.setAccessibleName(f"Items to order: {plain_text(quiz.question)}")
        self.list.setAccessibleDescription("Alt+Up and Alt+Down move the item")
        self.list.moved.connect(self._on_moved)
        self.list.currentRowChanged.connect(self._show_buttons)
        self.up = Button(theme, "Move up", "chevron-up", kind="quiet", tip="Move the item up (Alt+Up)")
        self.down = Button(theme, "Move down", "chevron-down", kind="quiet", tip="Move the item down (Alt+Down)")
        self.up.clicked.connect(lambda: self.list.move(-1))
        self.down.clicked.connect(lambda: self.list.move(1))
        self._feedback = [Banner(theme) for _ in quiz.choices]
        self.box.addWidget(self.list)
        self._how = label("Drag an item, or choose one and move it.", "small", wrap=True)
        line = row(self.up, self.down, self._how, spacing=4)
        line.setStretch(2, 1)
        self.box.addLayout(line)
        for banner in self._feedback:
            self.box.addWidget(banner)

    def answer(self) -> Answer:
        """The items in the learner's order."""
        return Answer(self.list.order())

    def is_ready(self) -> bool:
        """Any order can be checked."""
        return True

    def first(self) -> QWidget:
        """The list."""
        return self.list

    def put(self, answer: Answer | None, state: QuestionState) -> None:
        """Show an order, the shuffled one before anything is moved."""
        self.list.set_order(answer.chosen if answer else first_order(self.quiz, state.tries))
        self.list.may_move = state.may_answer
        self._show_buttons()

    def mark(self, state: QuestionState) -> None:
        """Say for each item whether it is in its place, with its feedback below the list."""
        parts = state.score.parts if state.score else ()
        self.list.show_marks([value == 1.0 for value in parts])
        said = {one.index: one for one in state.score.feedback} if state.score else {}
        for index, banner in enumerate(self._feedback):
            one = said.get(index)
            html = inline_html(one.text, self.folder) if one else ""
            item = inline_html(self.quiz.choices[index].text, self.folder)
            banner.say(f"<b>{item}</b>: {html}" if html else "", "good" if one and one.right else "caution", rich=True)

    def _on_moved(self, said: str) -> None:
        self._show_buttons()
        announce(self.list, said)
        self.on_changed()

    def _show_buttons(self) -> None:
        at = self.list.currentRow()
        self._how.setVisible(self.list.may_move)
        for button, step in ((self.up, -1), (self.down, 1)):
            button.setVisible(self.list.may_move)
            button.setEnabled(at >= 0 and 0 <= at + step < self.list.count())


class OrderList(QListWidget):
    """A list as tall as its items. An item follows the mouse while it is dragged; Ctrl+Z takes a move back.

    Signals: moved(str), after every move, with its new place in words.
    """

    moved = Signal(str)

    def __init__(self, theme: Theme, texts: list[str]) -> None:
        super().__init__()
        self._theme, self._texts = theme, texts
        self.setItemDelegate(_ItemDelegate(theme, self))
        self._marks: list[bool] = []
        self._before: list[tuple[int, ...]] = []  # for Ctrl+Z
        self._dragged: int | None = None
        self.may_move = True
        self.setWordWrap(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setDragEnabled(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for _ in texts:
            self.addItem(QListWidgetItem())
        Restyler(theme, self, self._restyle)

    # -- order -------------------------------------------------------------------------------------------------------

    def order(self) -> tuple[int, ...]:
        """The items' numbers from top to bottom."""
        return tuple(self.item(at).data(_ITEM) for at in range(self.count()))

    def set_order(self, order: tuple[int, ...]) -> None:
        """Show the items in an order; the chosen item stays chosen."""
        if order == self.order():
            return
        chosen = self.currentItem().data(_ITEM) if self.currentItem() else None
        for at, item in enumerate(order):
            self.item(at).setData(_ITEM, item)
        self.setCurrentRow(order.index(chosen) if chosen is not None else -1)
        self._before = []
        self._show_texts()

    def move(self, step: int) -> None:
        """Move the chosen item up (-1) or down (1)."""
        self._move(self.currentRow(), self.currentRow() + step)

    def undo(self) -> None:
        """Take the last move back."""
        if self.may_move and self._before:
            before, rest = self._before[-1], self._before[:-1]
            self.set_order(before)
            self._before = rest
            self.moved.emit("Moved back")

    def _move(self, start: int, to: int) -> None:
        if not self.may_move or start == to or min(start, to) < 0 or max(start, to) >= self.count():
            return
        order = list(self.order())
        self._before.append(tuple(order))
        order.insert(to, order.pop(start))
        for at, item in enumerate(order):
            self.item(at).setData(_ITEM, item)
        self.setCurrentRow(to)
        self._show_texts()
        self.moved.emit(f"{self._texts[order[to]]}: place {to + 1} of {self.count()}")

    # -- looks -------------------------------------------------------------------------------------------------------

    def show_marks(self, marks: list[bool]) -> None:
        """Say for each place whether its item belongs there; an empty list takes the marks away."""
        self._marks = marks
        self._show_texts()

    def _show_texts(self) -> None:
        for at in range(self.count()):
            item = self.item(at)
            if item.data(_ITEM) is None:
                return
            mark = (_IN_PLACE if self._marks[at] else _ELSEWHERE) if self._marks else ""
            item.setData(_MARK, mark)
            item.setText(f"{at + 1}.  {self._texts[item.data(_ITEM)]}")
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{item.text()}. {mark}".rstrip(". "))
        self._fit()

    def _restyle(self) -> None:
        # the list is part of the card, so it has no frame of its own until it takes the keyboard
        accent = self._theme.tokens.accent
        self.setStyleSheet(
            "QListWidget { background: transparent; border: 2px solid transparent; padding: 2px; }"
            f"QListWidget:focus {{ border-color: {accent}; }}"
        )
        self._show_texts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the items at the new width."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.doItemsLayout()
        rows = sum(self.visualItemRect(self.item(at)).height() for at in range(self.count()))
        height = rows + self.height() - self.viewport().height()
        if height != self.height():
            self.setFixedHeight(height)

    # -- keyboard and mouse ------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Alt with an arrow moves the item, Ctrl+Z takes it back."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.move(-1 if event.key() == Qt.Key.Key_Up else 1)
        elif event.key() == Qt.Key.Key_Z and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.undo()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of an item."""
        super().mousePressEvent(event)
        at = self.indexAt(event.position().toPoint()).row()
        if self.may_move and at >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._dragged = at
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the held item as soon as the mouse is past the middle of another one."""
        if self._dragged is None:
            return
        y = event.position().y()
        at = self._dragged
        while at + 1 < self.count() and y > self.visualItemRect(self.item(at + 1)).center().y():
            at += 1
        while at > 0 and y < self.visualItemRect(self.item(at - 1)).center().y():
            at -= 1
        if at != self._dragged:
            self._move(self._dragged, at)
            self._dragged = at

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        super().mouseReleaseEvent(event)
        self._dragged = None
        self.viewport().unsetCursor()


class _ItemDelegate(QStyledItemDelegate):
    """Draws an item as a small card: a grip while it can be moved, its text on as many lines as it needs, its mark."""

    def __init__(self, theme: Theme, parent: OrderList) -> None:
        super().__init__(parent)
        self._theme, self._list = theme, parent

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As tall as the text is at the list's width."""
        width = self._list.viewport().width()
        inside = self._text_rect(QRect(0, 0, width, 0), index)
        bounds = self._metrics().boundingRect(QRect(0, 0, inside.width(), 100_000), int(_WRAP), index.data())
        return QSize(width, bounds.height() + 2 * self._theme.px(_PAD_PX - 2) + _BETWEEN_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one item."""
        tokens, state = self._theme.tokens, option.state  # type: ignore[attr-defined]
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        hovered = bool(state & QStyle.StateFlag.State_MouseOver) and self._list.may_move
        area: QRect = option.rect.adjusted(1, 1, -1, -1 - _BETWEEN_PX)  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(tokens.accent if chosen else tokens.hairline))
        painter.setBrush(QColor(tokens.accent_soft if chosen else tokens.sunken if hovered else tokens.surface))
        painter.drawRoundedRect(area, 8, 8)
        painter.setPen(QColor(tokens.text))
        painter.setFont(self._theme.font("body"))
        painter.drawText(self._text_rect(area, index), int(_WRAP), index.data())
        self._draw_sides(painter, area, index.data(_MARK) or "")
        painter.restore()

    def _draw_sides(self, painter: QPainter, area: QRect, mark: str) -> None:
        size, pad = self._theme.px(ICON_PX), self._theme.px(_PAD_PX)
        top = area.center().y() - size // 2
        if self._list.may_move:
            painter.drawPixmap(area.left() + pad - 2, top, self._theme.pixmap("grip-vertical", "muted"))
        if mark:
            left = area.right() - pad - self._mark_width(mark)
            painter.drawPixmap(left, top, self._theme.pixmap(*look(RIGHT if mark == _IN_PLACE else "")))
            painter.setPen(QColor(self._theme.tokens.muted))
            painter.setFont(self._theme.font("small", 500))
            painter.drawText(QRect(left + size + 6, area.top(), area.right() - left, area.height()), int(_WRAP), mark)

    def _text_rect(self, area: QRect, index: _Index) -> QRect:
        size, pad = self._theme.px(ICON_PX), self._theme.px(_PAD_PX)
        left = pad + (size + 6 if self._list.may_move else 0)
        mark = index.data(_MARK) or ""
        right = pad + (self._mark_width(mark) + 12 if mark else 0)
        return area.adjusted(left, 0, -right, 0)

    def _mark_width(self, mark: str) -> int:
        metrics = QFontMetrics(self._theme.font("small", 500))
        return self._theme.px(ICON_PX) + 6 + metrics.horizontalAdvance(mark) + 2

    def _metrics(self) -> QFontMetrics:
        return QFontMetrics(self._theme.font("body"))
