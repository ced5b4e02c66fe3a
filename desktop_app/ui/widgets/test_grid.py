"""The tests of a version as a grid, a row per test and a column per seed; the arrow keys go from run to run."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from desktop_app.prompts.evaluate.matrix import Result
from desktop_app.prompts.evaluate.overview import Overview
from desktop_app.ui.theme import Restyler, Theme

_Index = QModelIndex | QPersistentModelIndex
_MOST_ROWS = 7
_ROW_PX, _WORD_PX, _ICON_PX, _TITLE_PX = 34, 104, 44, 96
Older = Mapping[tuple[str, int], Result]

# word, icon and colour of how a run went; the words say all that the colours do
STATES = {
    "passed": ("Passed", "circle-check", "good"),
    "failed": ("Failed", "circle-x", "danger"),
    "worse": ("Worse", "triangle-alert", "danger"),
    "better": ("Better", "circle-check", "good"),
    "problem": ("No answer", "circle-alert", "caution"),
    "not run": ("Not run", "circle", "edge"),
}
LONG = {"worse": "Worse: it passed before", "better": "Better: it failed before"}


def state_of(known: Overview, case_key: str, seed: int) -> str:
    """How a run went, a key of STATES."""
    result = known.result(case_key, seed)
    if result is not None and result.output.problem:
        return "problem"
    if result is not None and result.change in ("regressed", "improved"):
        return "worse" if result.change == "regressed" else "better"
    return {True: "passed", False: "failed", None: "not run"}[known.passed(case_key, seed)]


class TestGrid(QTableView):
    """Signals: run_chosen(str, int), the case's key and the seed, when one becomes current."""

    __test__ = False  # pytest: this tests nothing
    run_chosen = Signal(str, int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._cells = _Cells(theme)
        self.setModel(self._cells)
        self.setObjectName("rows")
        self.setAccessibleName("Tests by seed")
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().setVisible(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(theme.px(30))
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        Restyler(theme, self, self._fit)

    def show_overview(self, known: Overview | None, current: tuple[str, int] | None) -> None:
        """Show a version's tests, with the current run marked."""
        same = self._cells.known
        fits = same is not None and known is not None and (same.seeds, same.tested) == (known.seeds, known.tested)
        self.selectionModel().blockSignals(True)
        self._cells.show(known, keep=fits)
        if known is not None and current is not None:
            keys = [case.key for case in known.tested.suite.cases]
            if current[0] in keys and current[1] in known.seeds:
                self.setCurrentIndex(self._cells.index(keys.index(current[0]), known.seeds.index(current[1]) + 1))
        self.selectionModel().blockSignals(False)
        self.viewport().update()
        if not fits:
            self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside the icons where there is room."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()

    def _fit(self) -> None:
        px, seeds = self._theme.px, self._cells.columnCount() - 1
        rows = max(1, min(_MOST_ROWS, self._cells.rowCount()))
        self.verticalHeader().setDefaultSectionSize(px(_ROW_PX))
        bar = self.horizontalScrollBar().sizeHint().height() if self._needed(_ICON_PX) > self.viewport().width() else 0
        self.setFixedHeight(px(_ROW_PX) * rows + self.horizontalHeader().sizeHint().height() + 12 + bar)
        self._cells.with_words = self._needed(_WORD_PX) <= self.viewport().width()
        width = px(_WORD_PX if self._cells.with_words else _ICON_PX)
        for seed in range(seeds):
            self.setColumnWidth(seed + 1, width)
        self.setColumnWidth(0, max(px(_TITLE_PX), self.viewport().width() - seeds * width))

    def _needed(self, each: int) -> int:
        return self._theme.px(_TITLE_PX) + (self._cells.columnCount() - 1) * self._theme.px(each)

    def _on_current_changed(self, current: QModelIndex, _: QModelIndex) -> None:
        known = self._cells.known
        if current.isValid() and known is not None:
            case = known.tested.suite.cases[current.row()]
            self.run_chosen.emit(case.key, known.seeds[max(0, current.column() - 1)])


class _Cells(QAbstractTableModel):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.known: Overview | None = None
        self.with_words = True

    def show(self, known: Overview | None, *, keep: bool) -> None:
        """Replace what is shown; keep is True if only results came."""
        if keep:
            self.known = known
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
            return
        self.beginResetModel()
        self.known = known
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per test."""
        return 0 if parent.isValid() or self.known is None else len(self.known.tested.suite.cases)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The test's name, then the seeds."""
        return 0 if parent.isValid() or self.known is None else 1 + len(self.known.seeds)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Test, then the seeds."""
        if orientation != Qt.Orientation.Horizontal or self.known is None:
            return None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if not section:
            return "Test" if self.with_words else "Test, by seed"
        seed = self.known.seeds[section - 1]
        return f"Seed {seed}" if self.with_words or role == Qt.ItemDataRole.ToolTipRole else str(seed)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The test's name, and how it went with a seed as icon and word."""
        assert self.known is not None
        case = self.known.tested.suite.cases[index.row()]
        if not index.column():
            wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
            return case.title if role in wanted else None
        seed = self.known.seeds[index.column() - 1]
        state = state_of(self.known, case.key, seed)
        word, icon, color = STATES[state]
        match Qt.ItemDataRole(role):
            case Qt.ItemDataRole.DisplayRole:
                return word if self.with_words else ""
            case Qt.ItemDataRole.DecorationRole:
                return self._theme.pixmap(icon, color)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(getattr(self._theme.tokens, "muted" if state == "not run" else color))
            case Qt.ItemDataRole.ToolTipRole:
                return LONG.get(state, word)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{case.title}, seed {seed}: {LONG.get(state, word)}"
        return None
