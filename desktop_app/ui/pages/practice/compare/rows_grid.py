"""The rows of a table that was compared: what goes in, how it went, the vote; the arrow keys go from row to row."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableView

from desktop_app.practice.compare.comparison import ALL_BAD, LETTERS, NO_DIFFERENCE, Comparison
from desktop_app.practice.compare.votes import letter
from desktop_app.ui.pages.practice.compare.state import CompareState
from desktop_app.ui.theme import Restyler, Theme

_Index = QModelIndex | QPersistentModelIndex
_HEADS = ("Row", "Input", "Answers", "Vote")
# icon and colour of how a row went; the words say all that the colours do
_LOOKS = {
    "failed": ("circle-x", "danger"), "differ": ("git-compare", "info"), "the same": ("circle-check", "muted"),
    "not run": ("circle", "edge"), "running": ("circle-dot", "accent"),
}  # fmt: skip


def standing(comparison: Comparison, row: int) -> str:
    """How a row went, a key of _LOOKS."""
    cells = comparison.row_cells(row)
    if any(cell and cell.problem for cell in cells):
        return "failed"
    if any(cell is None for cell in cells):
        return "not run" if not any(cells) else "running"
    return "differ" if comparison.differs(row) else "the same"


def vote_words(state: CompareState, row: int) -> str:
    """The vote of a row: its letter there, and the name once it may be seen."""
    shown = state.comparison
    vote = shown.votes.get(row) if shown else None
    if shown is None or vote is None:
        return ""
    if vote.choice < 0:
        return {NO_DIFFERENCE: "no difference", ALL_BAD: "all bad"}[vote.choice]
    if state.is_named(row):
        return state.titles[vote.choice] if shown.plan.blind else LETTERS[vote.choice]
    return letter(shown.plan, row, vote.choice)


class RowsGrid(QTableView):
    """Signals: row_chosen(int), when a row becomes current."""

    row_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rows = _Rows(theme)
        self.setModel(self._rows)
        self.setObjectName("rows")
        self.setAccessibleName("Rows of the table")
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.verticalHeader().setVisible(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.selectionModel().currentRowChanged.connect(self._on_current_changed)
        Restyler(theme, self, self._fit)

    def show_state(self, state: CompareState) -> None:
        """Show the rows the filter leaves, the one whose answers are shown marked."""
        self.selectionModel().blockSignals(True)
        self._rows.show(state)
        if state.row in self._rows.shown:
            at = self._rows.shown.index(state.row)
            if self.currentIndex().row() != at:
                self.setCurrentIndex(self._rows.index(at, 0))
        self.selectionModel().blockSignals(False)
        self.viewport().update()

    def _fit(self) -> None:
        px = self._theme.px
        self.verticalHeader().setDefaultSectionSize(px(32))
        for at, width in ((0, 54), (2, 114), (3, 92)):
            self.setColumnWidth(at, px(width))

    def _on_current_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        if current.isValid():
            self.row_chosen.emit(self._rows.shown[current.row()])


class _Rows(QAbstractTableModel):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.shown: tuple[int, ...] = ()
        self._state = CompareState()

    def show(self, state: CompareState) -> None:
        """Replace what is shown; the same rows are only drawn anew."""
        rows = state.rows_shown
        if rows != self.shown:
            self.beginResetModel()
            self.shown, self._state = rows, state
            self.endResetModel()
        else:
            self._state = state
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(_HEADS) - 1))

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per input."""
        return 0 if parent.isValid() else len(self.shown)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Number, input, how it went, vote."""
        return 0 if parent.isValid() else len(_HEADS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The heads."""
        is_head = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return _HEADS[section] if is_head else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Words, icon and colour of a cell."""
        comparison = self._state.comparison
        if comparison is None or not index.isValid() or index.row() >= len(self.shown):
            return None
        row = self.shown[index.row()]
        how = standing(comparison, row)
        icon, color = _LOOKS[how]
        text = " · ".join(" ".join(value.split()) for value in comparison.plan.rows[row].values() if value.strip())
        words = (f"{row + 1:,}", text[:300], how, vote_words(self._state, row))[index.column()]
        match Qt.ItemDataRole(role):
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.ToolTipRole:
                return words
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{_HEADS[index.column()]}: {words or 'none'}"
            case Qt.ItemDataRole.DecorationRole if index.column() == 2:
                return self._theme.pixmap(icon, color)
            case Qt.ItemDataRole.ForegroundRole if index.column() == 2:
                return QColor(getattr(self._theme.tokens, "muted" if color == "edge" else color))
        return None
