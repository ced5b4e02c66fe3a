"""A list of things that happened or wait: a title with a state, who and when, and a few lines of why.

One Tab stop; arrow keys go through it. With `rail` the entries hang on a line, as a history does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_ENTRY = Qt.ItemDataRole.UserRole
_TONES = {
    "good": ("accent", "accent_soft"),
    "caution": ("caution", "caution_soft"),
    "danger": ("danger", "danger_soft"),
    "plain": ("muted", "sunken"),
}
_PAD, _GAP, _RAIL = 10, 4, 24


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. chip is the state in a word, tone its colour; meta is who and when; tip has the full date.

    marked are pieces of text that were searched for; they stand out where they are shown.
    """

    key: Any
    title: str
    chip: str = ""
    tone: str = "plain"
    meta: str = ""
    text: str = ""
    tip: str = ""
    marked: tuple[str, ...] = ()

    @property
    def spoken(self) -> str:
        """The entry as one sentence for screen readers."""
        return ". ".join(filter(None, (self.title, self.chip, self.meta, self.text)))


class EntryList(QListView):
    """Signals: chosen(object), an entry's key, when a person makes it current; activated_key(object), on Enter."""

    chosen = Signal(object)
    activated_key = Signal(object)

    def __init__(self, theme: Theme, name: str, *, rail: bool = False, lines: int = 2) -> None:
        super().__init__()
        self._theme = theme
        self._entries = _Entries()
        self.setModel(self._entries)
        self.setItemDelegate(_Delegate(theme, self, rail, lines))
        self.setAccessibleName(name)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.activated.connect(lambda index: self.activated_key.emit(index.data(_ENTRY).key))
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is shown."""
        return self._entries.entries

    def show_entries(self, entries: Sequence[Entry], current: object = None) -> None:
        """Show these, the one with the key current without choosing it."""
        self.selectionModel().blockSignals(True)
        if tuple(entries) != self._entries.entries:
            self._entries.show(tuple(entries))
        at = next((n for n, one in enumerate(entries) if one.key == current), -1)
        if at != self.currentIndex().row():
            self.setCurrentIndex(self._entries.index(at) if at >= 0 else QModelIndex())
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    def height_of(self, entries: float) -> int:
        """How high it is with so many entries in view, or with all if there are fewer."""
        heights = [self.sizeHintForRow(row) for row in range(min(len(self.entries), int(entries) + 1))]
        whole = sum(heights[: int(entries)])
        part = heights[-1] * (entries % 1) if len(heights) > entries else 0
        return round(whole + part) + 12

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lines break anew."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.scheduleDelayedItemsLayout()

    def _on_current_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.data(_ENTRY).key)


class _Entries(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()

    def show(self, entries: tuple[Entry, ...]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per entry."""
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The title, the sentence for screen readers, the tip, the entry itself."""
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        return {
            Qt.ItemDataRole.DisplayRole: entry.title,
            Qt.ItemDataRole.AccessibleTextRole: entry.spoken,
            Qt.ItemDataRole.ToolTipRole: "\n".join(filter(None, (entry.tip, entry.text))) or None,
            _ENTRY: entry,
        }.get(Qt.ItemDataRole(role))


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: EntryList, rail: bool, lines: int) -> None:
        super().__init__(view)
        self._theme, self._view, self._rail, self._lines = theme, view, rail, lines

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """As high as its lines at the width of the list."""
        width = self._view.viewport().width()
        entry: Entry = index.data(_ENTRY)
        body, small = QFontMetrics(self._theme.font("body", 600)), QFontMetrics(self._theme.font("small"))
        room = width - 6 - 2 * _PAD - (self._theme.px(_RAIL) if self._rail else 0)
        height = 2 * _PAD + body.height() + 4
        if entry.chip or entry.meta:
            height += small.height() + 2 * _GAP
        if entry.text:
            lines = wrapped(entry.text, self._theme.font("small"), room, self._lines)
            height += len(lines) * small.height() + _GAP
        return QSize(width, height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Ground, rail, title, then state with who and when, then why."""
        t, entry = self._theme.tokens, index.data(_ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(3, 2, -3, -2)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = selected and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(t.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if selected else t.sunken if hover else t.surface))
        painter.drawRoundedRect(box, 8, 8)
        inner = box.adjusted(_PAD, _PAD - 2, -_PAD, -_PAD + 2)
        if self._rail:
            self._draw_rail(painter, option.rect, inner, index, entry)
            inner.setLeft(inner.left() + self._theme.px(_RAIL))
        y = self._draw(painter, inner, inner.top(), entry.title, "body", 600, t.text)
        if entry.chip or entry.meta:
            y = self._draw_state(painter, inner, y + _GAP, entry, selected) + _GAP
        for line in wrapped(entry.text, self._theme.font("small"), inner.width(), self._lines):
            self._draw_marks(painter, inner, y, line, entry.marked)
            y = self._draw(painter, inner, y, line, "small", 400, t.text if selected else t.muted)
        painter.restore()

    def _draw_marks(self, painter: QPainter, box: QRect, y: int, line: str, marked: tuple[str, ...]) -> None:
        """The ground of what was searched for."""
        metrics = QFontMetrics(self._theme.font("small"))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.caution_soft))
        for piece in marked:
            at = line.find(piece)
            while at >= 0:
                left = box.left() + metrics.horizontalAdvance(line[:at])
                painter.drawRoundedRect(left - 1, y, metrics.horizontalAdvance(piece) + 2, metrics.height(), 3, 3)
                at = line.find(piece, at + len(piece))

    def _draw_rail(self, painter: QPainter, whole: QRect, inner: QRect, index: _Index, entry: Entry) -> None:
        t, x = self._theme.tokens, inner.left() + self._theme.px(5)
        middle = inner.top() + QFontMetrics(self._theme.font("body", 600)).height() // 2
        is_first, is_last = index.row() == 0, index.row() == index.model().rowCount() - 1
        painter.setPen(QColor(t.edge))
        painter.drawLine(x, middle if is_first else whole.top(), x, middle if is_last else whole.bottom() + 1)
        painter.setPen(QColor(getattr(t, _TONES[entry.tone][0])))
        painter.setBrush(QColor(getattr(t, _TONES[entry.tone][0] if entry.tone != "plain" else "surface")))
        radius = self._theme.px(5)
        painter.drawEllipse(x - radius, middle - radius, 2 * radius, 2 * radius)

    def _draw_state(self, painter: QPainter, inner: QRect, y: int, entry: Entry, selected: bool) -> int:
        t = self._theme.tokens
        ink, ground = _TONES[entry.tone]
        font = self._theme.font("small", 600)
        metrics = QFontMetrics(font)
        left = inner.left()
        if entry.chip:
            words = metrics.elidedText(entry.chip, Qt.TextElideMode.ElideRight, inner.width() - 12)
            box = QRect(left, y - 1, metrics.horizontalAdvance(words) + 12, metrics.height() + 2)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.surface if selected else getattr(t, ground)))
            painter.drawRoundedRect(box, 6, 6)
            painter.setFont(font)
            painter.setPen(QColor(getattr(t, ink)))
            painter.drawText(left + 6, y + metrics.ascent(), words)
            left += box.width() + 8
        rest = QRect(left, y, inner.right() - left, metrics.height())
        return self._draw(painter, rest, y, entry.meta, "small", 400, t.text if selected else t.muted)

    def _draw(self, painter: QPainter, box: QRect, y: int, text: str, role: str, weight: int, color: str) -> int:
        font = self._theme.font(role, weight)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(color))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, box.width()))
        painter.drawText(box.left(), y + metrics.ascent(), shown)
        return y + metrics.height()


def wrapped(text: str, font: QFont, width: int, most: int) -> list[str]:
    """The first lines of text at a width; the last says with … that there is more."""
    flat = " ".join(text[:2000].split())
    if not flat or width < 20:
        return [flat] if flat else []
    layout = QTextLayout(flat, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    lines: list[str] = []
    layout.beginLayout()
    while len(lines) < most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        start = line.textStart()
        rest = flat[start:] if len(lines) == most - 1 else flat[start : start + line.textLength()]
        lines.append(rest)
    layout.endLayout()
    if len(lines) == most:
        lines[-1] = QFontMetrics(font).elidedText(lines[-1], Qt.TextElideMode.ElideRight, width)
    return [line.strip() for line in lines]
