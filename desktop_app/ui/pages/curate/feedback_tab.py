"""The feedback page for curators: a table of versions, the most worth mending first, and what people said of one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QHeaderView,
    QSplitter,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from desktop_app.records.usage import REASONS
from desktop_app.ui.pages.curate.feedback_model import FeedbackPageModel, FeedbackPageState, FeedbackRow
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Scroll, ago, clear, label, meter, row

_Index = QModelIndex | QPersistentModelIndex
_SORT = Qt.ItemDataRole.UserRole
_COLUMNS = ("Prompt", "Uses", "Goal met", "Rating", "Minutes", "Tests", "Missed")
_TIPS = (
    "Name and version", "How often it was run or copied", "The share of feedback that says yes, and how many said something",
    "The mean of 1 to 5", "Minutes saved: the sum of what people estimated", "Test runs that passed; ? where the prompt changed since",
    "Uses that probably missed their goal: what there is to gain by mending it",
)  # fmt: skip
_LESS_NEEDED = (3, 4)  # said beside the table too
_STACKED_PX, _WIDE_TABLE_PX = 760, 700


class FeedbackTab(QWidget):
    """Signals: prompt_chosen(id, version), to read it; new_version_asked(id, version), to mend it."""

    prompt_chosen = Signal(str, int)
    new_version_asked = Signal(str, int)

    def __init__(self, theme: Theme, model: FeedbackPageModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self.setAcceptDrops(True)
        self._build()
        self._connect()
        self._render(model.state)

    def _build(self) -> None:
        self._summary = label("", "muted", wrap=True)
        self.add = Button(
            self._theme,
            "Add feedback files",
            "plus",
            tip="Count files or a folder of them; you can also drop them here",
        )
        self.only_mine = Button(
            self._theme, "Only mine", "x", kind="quiet", tip="Stop counting the files that were added"
        )
        self.hand_on = Button(
            self._theme,
            "Save mine as a file",
            "save",
            kind="quiet",
            tip="Write your own feedback to a file for the curators",
        )
        self.with_comments = QCheckBox("Include comments")
        self.with_comments.setToolTip("Your comments go into the file in clear, for everybody who gets it")
        self._banner = Banner(self._theme)
        self.rows = _Rows(self._theme)
        self._sorted = QSortFilterProxyModel()
        self._sorted.setSourceModel(self.rows)
        self._sorted.setSortRole(_SORT)
        self.table = self._build_table()
        self._detail = Scroll(margins=(4, 0, 4, 0), spacing=10)
        side = Card(margin=16)
        side.box.addWidget(self._detail)
        side.setMinimumWidth(260)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(16)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.table)
        self.splitter.addWidget(side)
        self.splitter.setSizes([640, 340])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self._build_empty())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(12)
        box.addLayout(row(self.add, self.only_mine, 1, self.hand_on, self.with_comments))
        box.addWidget(self._summary)
        box.addWidget(self._banner)
        box.addWidget(self._stack, 1)

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self._sorted)
        table.setObjectName("rows")
        table.setAccessibleName("How the prompts do")
        table.setWordWrap(False)
        table.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        table.setShowGrid(False)
        table.setTabKeyNavigation(False)
        table.verticalHeader().setVisible(False)
        table.setSortingEnabled(True)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(self._theme.px(40))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSortIndicator(len(_COLUMNS) - 1, Qt.SortOrder.DescendingOrder)
        Restyler(self._theme, table, lambda: table.verticalHeader().setDefaultSectionSize(self._theme.px(34)))
        return table

    def _build_empty(self) -> Card:
        card = Card(margin=24)
        card.box.addWidget(label("Nobody used a prompt yet", "section"))
        card.box.addWidget(
            label(
                "Run or copy a prompt, and its uses are counted here. People's own figures stay on their computers until they "
                "hand on a file; add those files, or drop a folder of them here.",
                "muted", wrap=True,
            )
        )  # fmt: skip
        card.box.addStretch(1)
        return card

    def _connect(self) -> None:
        self.add.clicked.connect(self._on_add_clicked)
        self.only_mine.clicked.connect(self._model.forget_files)
        self.hand_on.clicked.connect(self._on_hand_on_clicked)
        self.table.selectionModel().currentRowChanged.connect(self._on_row_changed)
        self.table.activated.connect(lambda _: self._open())
        self._model.changed.connect(self._render)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files can be dropped."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Count what was dropped."""
        self._model.add([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One above the other where there is no room for both side by side."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED_PX)
        orientation = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if orientation != self.splitter.orientation():
            self.splitter.setOrientation(orientation)
            self.splitter.setSizes([500, 400])
        room = self.width() if narrow else self.splitter.sizes()[0]
        for column in _LESS_NEEDED:
            self.table.setColumnHidden(column, room < self._theme.px(_WIDE_TABLE_PX))

    def _on_add_clicked(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(self, "Add feedback files", "", "Feedback (*.json)")
        if files:
            self._model.add([Path(file) for file in files])

    def _on_hand_on_clicked(self) -> None:
        file, _ = QFileDialog.getSaveFileName(self, "Hand on your feedback", "my-feedback.json", "Feedback (*.json)")
        if file:
            self._model.hand_on(Path(file), comments=self.with_comments.isChecked())

    def _on_row_changed(self, current: QModelIndex) -> None:
        if current.isValid():
            self._model.choose(self.rows.rows[self._sorted.mapToSource(current).row()].key)

    def _open(self) -> None:
        if (chosen := self._model.state.row) is not None and chosen.is_known:
            self.prompt_chosen.emit(*chosen.key)

    def _render(self, state: FeedbackPageState) -> None:
        self._stack.setCurrentIndex(1 if state.is_loaded and not state.rows else 0)
        self.only_mine.setVisible(bool(state.paths))
        self._summary.setText(_summary(state))
        self._summary.setVisible(bool(state.rows))
        self._banner.say(state.problem or state.said, "caution" if state.problem else "good")
        if self.rows.rows != state.rows:
            self.table.selectionModel().blockSignals(True)
            self.rows.show_rows(state.rows)
            self.table.selectionModel().blockSignals(False)
        self._mark(state)
        self._show_detail(state.row)

    def _mark(self, state: FeedbackPageState) -> None:
        for number, one in enumerate(state.rows):
            index = self._sorted.mapFromSource(self.rows.index(number, 0))
            if one.key == state.chosen and self.table.currentIndex().row() != index.row():
                self.table.selectionModel().blockSignals(True)
                self.table.selectRow(index.row())
                self.table.selectionModel().blockSignals(False)
                self.table.viewport().update()

    def _show_detail(self, chosen: FeedbackRow | None) -> None:
        clear(self._detail.box)
        if chosen is None:
            return
        one, box = chosen.figures, self._detail.box
        box.addWidget(label(chosen.name, "section", wrap=True))
        box.addWidget(label(f"Version {one.version}" if chosen.is_known else "Not in the library now", "small"))
        box.addWidget(label(_why(chosen), "muted", wrap=True))
        if chosen.is_known:
            open_it = Button(self._theme, "Open", "book-open", tip="Open it in the library (Enter)")
            mend = Button(self._theme, "New version", "pencil", tip="Write a version that does better")
            open_it.clicked.connect(self._open)
            mend.clicked.connect(lambda: self.new_version_asked.emit(*chosen.key))
            box.addLayout(row(open_it, mend, 1))
        if one.reasons:
            box.addWidget(label("What was off", "eyebrow"))
        for reason, many in one.reasons.items():
            words = REASONS.get(reason, reason)
            bar = meter(many / max(one.reasons.values()), name=f"{words}: {many}")
            box.addLayout(row(label(words), 1, label(str(many), "small")))
            box.addWidget(bar)
        if one.comments:
            box.addWidget(label("Comments", "eyebrow"))
        for said in one.comments[:50]:
            box.addWidget(label(f"“{said.comment}”", wrap=True, selectable=True))
            when = f" · {ago(said.at)}" if said.at is not None and said.at.tzinfo else ""
            box.addWidget(label(f"Goal met: {said.goal_met}{when}", "small"))
        box.addStretch(1)


def _summary(state: FeedbackPageState) -> str:
    uses = sum(one.figures.uses for one in state.rows)
    said = sum(one.figures.answers for one in state.rows)
    met = sum(one.figures.met.get("yes", 0) for one in state.rows)
    minutes = sum(one.figures.minutes_saved or 0 for one in state.rows)
    parts = [
        f"{uses:,} {'use' if uses == 1 else 'uses'} by {state.people} {'person' if state.people == 1 else 'people'}"
    ]
    if said:
        parts += [f"goal met in {met} of {said}", f"{minutes:+,.0f} minutes by their own estimate"]
    return " · ".join(parts)


def _why(chosen: FeedbackRow) -> str:
    one = chosen.figures
    if not one.answers:
        return "Nobody said how it went yet."
    more = "" if one.rating is None else f" Rating {one.rating:.1f} of 5."
    more += "" if one.minutes_saved is None else f" Minutes saved: {one.minutes_saved:+,.0f}."
    counts = ", ".join(
        f"{words} {one.met.get(goal, 0)}" for goal, words in (("yes", "yes"), ("partly", "partly"), ("no", "no"))
    )
    if not one.need:
        return f"Goal met: {counts}.{more} Nothing to mend by what people say."
    return f"Goal met: {counts}. By that, about {one.need:.0f} of {one.uses} uses missed their goal.{more}"


class _Rows(QAbstractTableModel):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.rows: tuple[FeedbackRow, ...] = ()

    def show_rows(self, rows: tuple[FeedbackRow, ...]) -> None:
        """Replace the rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """One row per version."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """As _COLUMNS."""
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The column's name, and what it means."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return {Qt.ItemDataRole.DisplayRole: _COLUMNS, Qt.ItemDataRole.ToolTipRole: _TIPS}.get(
            Qt.ItemDataRole(role), (None,) * len(_COLUMNS)
        )[section]

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows, and what it is sorted by."""
        shown = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return _texts(shown)[index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column():
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and not index.column():
            return shown.name
        if role == _SORT:
            return _values(shown)[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_COLUMNS[index.column()]}: {_texts(shown)[index.column()]}"
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == len(_COLUMNS) - 1 and shown.figures.need:
            return QColor(self._theme.tokens.caution)
        return None


def _texts(shown: FeedbackRow) -> tuple[str, ...]:
    one = shown.figures
    return (
        f"{shown.name} · v{one.version}", f"{one.uses:,}",
        "–" if one.success is None else f"{one.met.get('yes', 0)} of {one.answers}",
        "–" if one.rating is None else f"{one.rating:.1f}",
        "–" if one.minutes_saved is None else f"{one.minutes_saved:+,.0f}",
        shown.tests or "–", f"{one.need:.0f}" if one.need else "–",
    )  # fmt: skip


def _values(shown: FeedbackRow) -> tuple[str | float, ...]:
    one = shown.figures
    absent = -1e9
    return (
        shown.name.casefold(), one.uses, absent if one.success is None else one.success,
        absent if one.rating is None else one.rating, absent if one.minutes_saved is None else one.minutes_saved,
        absent if shown.tests_share is None else shown.tests_share, one.need,
    )  # fmt: skip
