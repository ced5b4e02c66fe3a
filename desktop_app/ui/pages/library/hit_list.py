"""The list of hits: title, one line, status and role, drawn by a delegate so that a hundred thousand rows stay quick."""

from __future__ import annotations

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from desktop_app.policy.vocabulary import ROLES
from desktop_app.prompts.search import Hit
from desktop_app.ui.theme import Theme

_Index = QModelIndex | QPersistentModelIndex
_HIT = Qt.ItemDataRole.UserRole


class HitModel(QAbstractListModel):
    """Hits in rank order."""

    def __init__(self) -> None:
        super().__init__()
        self.hits: tuple[Hit, ...] = ()
        self.favourites: frozenset[str] = frozenset()

    def show_hits(self, hits: tuple[Hit, ...], favourites: frozenset[str]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.hits, self.favourites = hits, favourites
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per hit."""
        return 0 if parent.isValid() else len(self.hits)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name, the sentence for screen readers, the hit itself."""
        hit = self.hits[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return hit.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            star = " Favourite." if hit.id in self.favourites else ""
            return f"{hit.name}. {hit.description} {hit.status.capitalize()}, version {hit.version}, {role_names(hit)}.{star}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return hit.description
        return hit if role == _HIT else None


class HitList(QListView):
    """Signals: chosen(str), the id, when a row becomes current; tried(str), on Enter or double click."""

    chosen = Signal(str)
    tried = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._hits = HitModel()
        self.setModel(self._hits)
        self.setItemDelegate(_Delegate(theme, self))
        self.setAccessibleName("Prompts")
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.activated.connect(lambda index: self.tried.emit(index.data(_HIT).id))

    def show_hits(self, hits: tuple[Hit, ...], favourites: frozenset[str], selected: str) -> None:
        """Show hits and keep the selected prompt current if it is among them."""
        if (hits, favourites) != (self._hits.hits, self._hits.favourites):
            self.selectionModel().blockSignals(True)
            self._hits.show_hits(hits, favourites)
            self.selectionModel().blockSignals(False)
        self.mark(selected)

    def mark(self, prompt_id: str) -> None:
        """Make a prompt's row current without choosing it again."""
        for number, hit in enumerate(self._hits.hits):
            if hit.id == prompt_id and self.currentIndex().row() != number:
                self.selectionModel().blockSignals(True)
                self.setCurrentIndex(self._hits.index(number))
                self.selectionModel().blockSignals(False)
                self.scrollTo(self._hits.index(number))
                self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Qt would make the first row current; a prompt that was opened from elsewhere stays until somebody chooses."""
        if self.currentIndex().isValid():
            super().focusInEvent(event)
            return
        self.selectionModel().blockSignals(True)
        super().focusInEvent(event)
        self.selectionModel().clear()
        self.selectionModel().blockSignals(False)

    def _on_current_changed(self, current: QModelIndex, previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(current.data(_HIT).id)


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QListView) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """Three lines and air."""
        body, small = QFontMetrics(self._theme.font("body", 600)), QFontMetrics(self._theme.font("small"))
        return QSize(200, body.height() + 2 * small.height() + 6 + 17 + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Title and star, one line, then status and role."""
        theme, t = self._theme, self._theme.tokens
        hit: Hit = index.data(_HIT)
        box = option.rect.adjusted(3, 2, -3, -2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = selected and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.setPen(QColor(t.accent) if focused else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_soft if selected else t.sunken if hover else t.surface))
        painter.drawRoundedRect(box, 8, 8)
        inner = box.adjusted(12, 9, -12, -8)
        model = index.model()
        is_favourite = isinstance(model, HitModel) and hit.id in model.favourites
        room = inner.width() - (theme.px(22) if is_favourite else 0)
        y = _line(painter, theme, inner, inner.top(), hit.name, "body", 600, t.text, room)
        if is_favourite:
            painter.drawPixmap(inner.right() - theme.px(14), inner.top() + 2, theme.pixmap("star", "accent", 14))
        y = _line(painter, theme, inner, y + 2, hit.description, "small", 400, t.muted, inner.width())
        tone = t.accent if hit.status == "approved" else t.caution
        _line(
            painter,
            theme,
            inner,
            y + 4,
            f"{hit.status.capitalize()} · v{hit.version}",
            "small",
            600,
            tone,
            inner.width(),
        )
        left = (
            QFontMetrics(theme.font("small", 600)).horizontalAdvance(f"{hit.status.capitalize()} · v{hit.version}") + 12
        )
        _line(
            painter,
            theme,
            inner.adjusted(left, 0, 0, 0),
            y + 4,
            role_names(hit),
            "small",
            400,
            t.muted,
            inner.width() - left,
        )
        painter.restore()


def role_names(hit: Hit) -> str:
    """The roles of a hit, readable."""
    return ", ".join(ROLES.get(role, role) for role in hit.roles)


def _line(
    painter: QPainter, theme: Theme, box: QRect, y: int, text: str, role: str, weight: int, color: str, room: int
) -> int:
    font = theme.font(role, weight)
    metrics = QFontMetrics(font)
    painter.setFont(font)
    painter.setPen(QColor(color))
    painter.drawText(box.left(), y + metrics.ascent(), metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))
    return y + metrics.height()
