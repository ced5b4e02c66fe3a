"""The matrix: a row per version, grouped by prompt, and a column per model with rate, change, time and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop_app.prompts.evaluate.overview import Overview
from desktop_app.ui.pages.curate.tests_model import Key, TestsState
from desktop_app.ui.prompt_tests import Subject, interval_words, rate_words, seconds_words
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.pass_rate import draw_pass_rate

_Index = QModelIndex | QPersistentModelIndex
_CELL = Qt.ItemDataRole.UserRole
_PAD, _BAR_PX, _FIGURE_PX, _MODEL_PX, _NAME_PX = 10, 84, 66, 282, 190


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows: first line, second line, and in a model's column the overview and how it changed (word, icon, colour)."""

    first: str
    second: str = ""
    spoken: str = ""
    known: Overview | None = None
    change: tuple[str, str, str] = ("", "", "")
    tone: str = "muted"
    is_head: bool = True


class Matrix(QTableView):
    """Signals: chosen(list of keys, model id), the current version first, when the selection changes; again_asked(), on Enter."""

    chosen = Signal(object, str)
    again_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.cells = MatrixCells()
        self.setModel(self.cells)
        self.setItemDelegate(_Delegate(theme, self))
        self.setObjectName("rows")
        self.setAccessibleName("Versions and models")
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.verticalHeader().setVisible(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setMinimumSectionSize(theme.px(80))
        self.selectionModel().selectionChanged.connect(self._on_selection_changed)
        self.activated.connect(lambda _: self.again_asked.emit())
        Restyler(theme, self, self._fit)

    def show_state(self, state: TestsState) -> None:
        """Show what the filters leave, with the chosen version marked."""
        shown = state.shown
        self.selectionModel().blockSignals(True)
        is_new = self.cells.show(state, shown)
        now = self.currentIndex().row()
        if is_new or not 0 <= now < len(shown) or shown[now].key != (state.chosen or (None,))[0]:
            self._mark(state, shown)
        self.selectionModel().blockSignals(False)
        if is_new:
            rows = QTableView.SelectionBehavior.SelectRows
            self.setSelectionBehavior(rows if len(state.models) < 2 else QTableView.SelectionBehavior.SelectItems)
            self._fit()
        self.viewport().update()

    def next_failure(self) -> bool:
        """Go to the next row below the present one that fails; False if there is none."""
        rows, now = self.cells.rowCount(), self.currentIndex().row()
        for step in range(1, rows + 1):
            row = (now + step) % rows
            if any(_fails(self.cells.cell(row, column).known) for column in range(1, self.cells.columnCount())):
                self.setCurrentIndex(self.cells.index(row, max(1, self.currentIndex().column())))
                return True
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names take what the models leave."""
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._fit()
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def _fit(self) -> None:
        body, small = QFontMetrics(self._theme.font("body", 600)), QFontMetrics(self._theme.font("small"))
        self.verticalHeader().setDefaultSectionSize(body.height() + small.height() + self._theme.px(20))
        models, room = max(1, self.cells.columnCount() - 1), self.viewport().width()
        least = self._theme.px(_NAME_PX)
        width = self._theme.px(_MODEL_PX)
        if models == 1:
            width = min(width, max(room - least, self._theme.px(_BAR_PX + _FIGURE_PX + 40)))
        for column in range(1, self.cells.columnCount()):
            self.setColumnWidth(column, width)
        self.setColumnWidth(0, max(least, room - (self.cells.columnCount() - 1) * width))

    def _mark(self, state: TestsState, shown: tuple[Subject, ...]) -> None:
        keys = [subject.key for subject in shown]
        models = list(state.models)
        column = models.index(state.model_id) + 1 if state.model_id in models else 1
        wanted = [keys.index(key) for key in state.chosen if key in keys]
        if not wanted:
            self.selectionModel().clear()
        else:
            self.setCurrentIndex(self.cells.index(wanted[0], min(column, self.cells.columnCount() - 1)))

    def _on_selection_changed(self) -> None:
        current = self.currentIndex()
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        if not rows or not current.isValid():
            return
        first = current.row() if current.row() in rows else rows[0]
        keys: list[Key] = [self.cells.subjects[row].key for row in (first, *(row for row in rows if row != first))]
        self.chosen.emit(keys, self.cells.model_of(current.column()))


class MatrixCells(QAbstractTableModel):
    """The rows that are shown, and a cell for each of their models."""

    def __init__(self) -> None:
        super().__init__()
        self._state = TestsState()
        self.subjects: tuple[Subject, ...] = ()

    def show(self, state: TestsState, shown: tuple[Subject, ...]) -> bool:
        """Show other rows, or the same with other figures; True if the rows or columns are others."""
        same = shown == self.subjects and list(state.models) == list(self._state.models)
        if same and state.overviews is self._state.overviews:
            self._state = state
            return False
        if same:
            self._state = state
            if shown:
                self.dataChanged.emit(self.index(0, 0), self.index(len(shown) - 1, self.columnCount() - 1))
            return False
        self.beginResetModel()
        self._state, self.subjects = state, shown
        self.endResetModel()
        return True

    def model_of(self, column: int) -> str:
        """The model of a column; the first for the column of names."""
        models = list(self._state.models)
        return models[max(0, column - 1)] if models else ""

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per version."""
        return 0 if parent.isValid() else len(self.subjects)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """The version, then the models."""
        return 0 if parent.isValid() else 1 + len(self._state.models)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The models' names."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return "Prompt and version" if not section else list(self._state.models.values())[section - 1]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The first line, a sentence for screen readers, the cell itself."""
        if index.row() >= len(self.subjects):
            return None
        if role not in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
            _CELL,
        ):
            return None
        cell = self.cell(index.row(), index.column())
        if role == _CELL:
            return cell
        return cell.first if role == Qt.ItemDataRole.DisplayRole else cell.spoken

    def cell(self, row: int, column: int) -> Cell:
        """What stands there."""
        subject = self.subjects[row]
        return self._name(row, subject) if not column else self._figures(subject, self.model_of(column))

    def _name(self, row: int, subject: Subject) -> Cell:
        version = subject.version
        is_head = not row or self.subjects[row - 1].key[0] != version.id
        many = version.larger_model
        second = f"Version {version.version} · {subject.status}" + (" · for a larger model" if many else "")
        return Cell(version.name if is_head else "", second, f"{version.name}, {second}", is_head=is_head)

    def _figures(self, subject: Subject, model_id: str) -> Cell:
        if subject.problem:
            short = subject.problem.removeprefix(f"{subject.version.path.parent}/")
            return Cell("Its tests cannot be read", short, subject.problem, tone="danger")
        known = self._state.overview(subject, model_id)
        if known is None or known.rate is None:
            tests = len(subject.tested.suite.cases)
            words = f"{tests} {'test' if tests == 1 else 'tests'}"
            return Cell("", f"Not tested yet · {words}", f"Not tested yet, {words}", known)
        worse, number = self._state.worse_than_older(subject, model_id)
        change = _change(known, worse, number)
        second, tone = _second(known)
        spoken = f"{rate_words(known.rate)} runs passed. {interval_words(known.rate)} {change[0]}. {second}"
        return Cell(rate_words(known.rate), second, spoken, known, change, tone)


def _change(known: Overview, worse: int, number: int) -> tuple[str, str, str]:
    summary = known.summary
    if summary is None:
        return "", "", ""
    if summary.regressed:
        return f"{len(summary.regressed)} worse", "triangle-alert", "danger"
    if worse:
        return f"{worse} worse than v{number}", "triangle-alert", "danger"
    if summary.improved:
        return f"{len(summary.improved)} better", "chevron-up", "good"
    if all(result.before is not None for result in summary.results):
        return "As before", "", "muted"
    return "", "", ""


def _second(known: Overview) -> tuple[str, str]:
    if known.stale:
        return f"Out of date: {known.stale.partition('.')[0][:1].lower()}{known.stale.partition('.')[0][1:]}", "caution"
    parts = []
    if known.summary is not None and known.summary.total_ms:
        parts += [seconds_words(known.summary.total_ms), f"{known.summary.tokens:.0f} tokens"]
    elif known.shipped is not None and known.source == "library":
        parts += [seconds_words(known.shipped.total_ms), f"{known.shipped.tokens:.0f} tokens", "by the library"]
    if known.source == "own" and known.missing:
        parts.append(f"{known.missing} not run")
    elif known.results and all(result.from_store for result in known.results):
        parts.append("from an earlier run")
    return " · ".join(parts), "muted"


def _fails(known: Overview | None) -> bool:
    return known is not None and known.rate is not None and known.rate.passed < known.rate.total


class _Delegate(QStyledItemDelegate):
    def __init__(self, theme: Theme, view: Matrix) -> None:
        super().__init__(view)
        self._theme, self._view = theme, view

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        """The view sets all heights and widths."""
        return QSize(self._theme.px(_NAME_PX), self._view.verticalHeader().defaultSectionSize())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Ground and hairline, then the two lines."""
        t, cell, box = self._theme.tokens, index.data(_CELL), option.rect
        if cell is None:
            return
        painter.save()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        if selected:
            painter.fillRect(box, QColor(t.accent_soft))
        head = self._view.cells.cell(index.row(), 0).is_head
        if index.row() and head:
            painter.setPen(QColor(t.hairline))
            painter.drawLine(box.topLeft(), box.topRight())
        if focused:
            painter.setPen(QColor(t.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(1, 1, -2, -2))
        pad = self._theme.px(_PAD)
        inner = box.adjusted(pad, self._theme.px(8), -pad, -self._theme.px(8))
        if index.column():
            self._draw_figures(painter, inner, cell, selected)
        else:
            self._draw_name(painter, inner, cell, selected)
        painter.restore()

    def _draw_name(self, painter: QPainter, inner: QRect, cell: Cell, selected: bool) -> None:
        t = self._theme.tokens
        if cell.is_head:
            y = self._draw(painter, inner, inner.top(), cell.first, "body", 600, t.text)
        else:
            y = inner.top() + QFontMetrics(self._theme.font("small")).height() // 2
        self._draw(painter, inner, y + self._theme.px(3), cell.second, "small", 400, t.text if selected else t.muted)

    def _draw_figures(self, painter: QPainter, inner: QRect, cell: Cell, selected: bool) -> None:
        t, px = self._theme.tokens, self._theme.px
        quiet = t.text if selected else t.muted
        height = QFontMetrics(self._theme.font("body", 600)).height()
        y = inner.top()
        if cell.known is not None and cell.known.rate is not None:
            draw_pass_rate(painter, self._theme, QRect(inner.left(), y, px(_BAR_PX), height), cell.known.rate)
            left = inner.left() + px(_BAR_PX) + px(12)
            self._draw(painter, QRect(left, y, px(_FIGURE_PX), height), y, cell.first, "body", 600, t.text)
            self._draw_change(
                painter,
                QRect(left + px(_FIGURE_PX), y, inner.right() - left - px(_FIGURE_PX), height),
                cell.change,
                quiet,
            )
        elif cell.first:
            self._draw(painter, inner, y, cell.first, "body", 600, getattr(t, cell.tone))
        color = quiet if cell.tone == "muted" else getattr(t, cell.tone)
        below, left = y + height + px(3), 0
        if cell.tone != "muted":
            size = px(14)
            painter.drawPixmap(
                inner.left(),
                below + 1,
                self._theme.pixmap("clock" if cell.tone == "caution" else "circle-x", cell.tone, 14),
            )
            left = size + px(5)
        self._draw(painter, inner.adjusted(left, 0, 0, 0), below, cell.second, "small", 400, color)

    def _draw_change(self, painter: QPainter, box: QRect, change: tuple[str, str, str], quiet: str) -> None:
        words, icon, color = change
        left = 0
        if icon:
            painter.drawPixmap(box.left(), box.top() + 1, self._theme.pixmap(icon, color, 15))
            left = self._theme.px(19)
        ink = quiet if color == "muted" else getattr(self._theme.tokens, color or "muted")
        self._draw(painter, box.adjusted(left, 0, 0, 0), box.top() + 1, words, "small", 600 if icon else 400, ink)

    def _draw(self, painter: QPainter, box: QRect, y: int, text: str, role: str, weight: int, color: str) -> int:
        font = self._theme.font(role, weight)
        metrics = QFontMetrics(font)
        painter.setFont(font)
        painter.setPen(QColor(color))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, box.width()))
        painter.drawText(box.left(), y + metrics.ascent(), shown)
        return y + metrics.height()


def groups(subjects: tuple[Subject, ...]) -> int:
    """How many prompts the rows belong to, where the rows of one stand together."""
    return bool(subjects) + sum(one.key[0] != other.key[0] for one, other in pairwise(subjects))
