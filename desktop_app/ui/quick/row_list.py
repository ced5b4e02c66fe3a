"""The quick window's list: a name, what put it first, one line."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.ui.quick.model import QuickRow
from desktop_app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole


class RowModel(QAbstractListModel):
    """Rows in rank order."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[QuickRow, ...] = ()

    def show_rows(self, rows: tuple[QuickRow, ...]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per prompt."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name, the sentence for screen readers, the row itself."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{row.name}. {row.description} {row.why or row.status.capitalize()}."
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.description
        return row if role == _ROW else None


class RowList(QListView):
    """Prompts to pick from; the cursor stays in the search field above."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._rows = RowModel()
        self.setModel(self._rows)
        self.setItemDelegate(_Delegate(theme, self))
        self.setAccessibleName("Found prompts")
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.changed.connect(self.doItemsLayout)

    def show_rows(self, rows: tuple[QuickRow, ...]) -> None:
        """Show rows and stand on the first one."""
        if rows != self._rows.rows:
            self._rows.show_rows(rows)
        if rows and not self.currentIndex().isValid():
            self.setCurrentIndex(self._rows.index(0))

    def step(self, by: int) -> None:
        """Go up or down by some rows."""
        last = self._rows.rowCount() - 1
        if last >= 0:
            self.setCurrentIndex(self._rows.index(max(0, min(last, self.currentIndex().row() + by))))

    @property
    def current(self) -> QuickRow | None:
        """The row that Enter picks."""
        index = self.currentIndex()
        return index.data(_ROW) if index.isValid() else None


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Two lines and air."""
        lines = sum(QFontMetrics(self._theme.font(role)).height() for role in ("body", "small"))
        return QSize(200, lines + 20)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Name and why at its right, then one line."""
        theme, t = self._theme, self._theme.tokens
        row: QuickRow = index.data(_ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if selected else t.sunken if hover else t.surface))
        painter.drawRoundedRect(option.rect.adjusted(3, 1, -3, -1), 8, 8)
        inner = option.rect.adjusted(14, 8, -14, -8)
        why, tone = row.why or row.status.capitalize(), t.accent if row.status == "approved" else t.caution
        small = QFontMetrics(theme.font("small", 500)).horizontalAdvance(why)
        right = QRect(inner.right() - small, inner.top(), small + 1, inner.height())
        height = QFontMetrics(theme.font("body", 600)).height()
        _draw(painter, theme, right, why, "small", 500, t.muted if row.why else tone)
        _draw(painter, theme, inner.adjusted(0, 0, -small - 12, 0), row.name, "body", 600, t.text)
        _draw(painter, theme, inner.adjusted(0, height + 2, 0, 0), row.description, "small", 400, t.muted)
        painter.restore()


def _draw(painter: QPainter, theme: Theme, box: QRect, text: str, role: str, weight: int, color: str) -> None:
    """One line at the box's top, in both directions of writing."""
    font = theme.font(role, weight)
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(QColor(color))
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(QRect(box.left(), box.top(), box.width(), metrics.height()), Qt.AlignmentFlag.AlignLeft, shown)
