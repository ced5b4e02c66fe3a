"""What all columns get: one input in a form, or a table of inputs that is dropped or chosen and shown as it was understood."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from desktop_app.practice.compare.table import MOST_ROWS
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.compare.model import CompareModel
from desktop_app.ui.pages.practice.compare.state import CompareState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, label, row
from desktop_app.ui.widgets.prompt_form import PromptForm

_FIRST_ROWS = 4
_TIGHT_PX = 420


class InputPanel(QWidget):
    """Signals: attention(QWidget), which should be in view."""

    attention = Signal(object)

    def __init__(self, theme: Theme, model: CompareModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self.one = Button(theme, "One input", "pencil", tip="Fill in a form")
        self.many = Button(theme, "A table of inputs", "table", tip="A CSV file: each line is an input")
        for button, as_table in ((self.one, False), (self.many, True)):
            button.setCheckable(True)
            button.clicked.connect(lambda _=False, wanted=as_table: model.set_as_table(wanted))
        self.form = PromptForm(theme, jobs)
        self.form.value_changed.connect(model.set_value)
        self.form.attention.connect(self.attention)
        self._shown: object = None
        self._table = self._build_table()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        modes = row(self.one, self.many, 1, spacing=4)
        self._head = row(label("What goes in", "section"), modes, spacing=4)
        self._head.setStretch(0, 1)
        box.addLayout(self._head)
        box.addWidget(self.form)
        box.addWidget(self._table)
        self.setAcceptDrops(True)

    def _build_table(self) -> QWidget:
        self.choose = Button(
            self._theme, "Choose a CSV file", "folder-open", tip="Choose a table of inputs, or drop one here"
        )
        self.choose.clicked.connect(self._on_choose)
        self._says = label("", wrap=True)
        self._problems = Banner(self._theme)
        self._guard = Banner(self._theme, icon="shield-alert")
        self.preview = QTableWidget()
        self.preview.setObjectName("rows")
        self.preview.setAccessibleName("The first rows as they were understood")
        self.preview.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.preview.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.preview.setTabKeyNavigation(False)
        self.preview.verticalHeader().hide()
        self.preview.setShowGrid(False)
        self.preview.setWordWrap(False)
        self.preview.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        holder = QWidget()
        holder.setObjectName("clear")
        box = QVBoxLayout(holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        line = self._file_line = row(self._says, self.choose)
        line.setStretch(0, 1)
        box.addLayout(line)
        for widget in (self._problems, self._guard, self.preview):
            box.addWidget(widget)
        return holder

    def lay_out(self, room: int) -> None:
        """What stands side by side in room (in pixels) stands below each other in less."""
        tight = room < self._theme.px(_TIGHT_PX)
        direction = QBoxLayout.Direction.TopToBottom if tight else QBoxLayout.Direction.LeftToRight
        for line in (self._head, self._file_line):
            line.setDirection(direction)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file can be dropped."""
        urls = event.mimeData().urls()
        if len(urls) == 1 and urls[0].isLocalFile():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the dropped file as a table."""
        event.acceptProposedAction()
        self._model.open_table(Path(event.mimeData().urls()[0].toLocalFile()))

    def _on_choose(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Choose a table of inputs", "", "Tables (*.csv *.tsv *.txt)")
        if file:
            self._model.open_table(Path(file))

    def show_state(self, state: CompareState) -> None:
        """Show the form or the table."""
        self.one.setChecked(not state.as_table)
        self.many.setChecked(state.as_table)
        self.form.setVisible(not state.as_table)
        self._table.setVisible(state.as_table)
        if state.as_table:
            self._show_table(state)
            return
        shown = (state.inputs, id(self._model.values))
        if shown != self._shown:
            self._shown = shown
            self.form.show_inputs(state.inputs, self._model.values)
        self.form.show_problems(state.field_problems or {})

    def _show_table(self, state: CompareState) -> None:
        table, names = state.table, ", ".join(item.name for item in state.inputs)
        self._guard.say(f"The guard found in the table: {state.table_found}" if state.table_found else "", "caution")
        if table is None:
            reading = state.table_file is not None
            self._says.setText(
                f"Reading {state.table_file.name}…" if reading and state.table_file else
                f"Drop a CSV file here. Its first line names columns like the inputs: {names}. At most {MOST_ROWS:,} rows."
            )  # fmt: skip
            self._problems.say("")
            self.preview.hide()
            return
        problems = [f"Line {one.line}: {one.message}" for one in table.problems[:6]]
        more = len(table.problems) - len(problems)
        if table.problems:
            self._says.setText(f"{table.name} does not fit, so nothing would be run.")
            self._problems.say("\n".join([*problems, *([f"… and {more} more."] if more else [])]), "danger")
        else:
            rows = f"{len(table.rows):,} {'row' if len(table.rows) == 1 else 'rows'}"
            answers = len(table.rows) * len(state.columns)
            self._says.setText(f"{table.name}: {rows}, so {answers:,} answers.")
            self._problems.say(f"Not used: {', '.join(table.ignored)}." if table.ignored else "", "plain")
        self.preview.setVisible(bool(table.rows))
        self._show_rows(state)

    def _show_rows(self, state: CompareState) -> None:
        assert state.table is not None
        names = [item.name for item in state.inputs]
        first = state.table.rows[:_FIRST_ROWS]
        self.preview.setColumnCount(len(names))
        self.preview.setRowCount(len(first))
        self.preview.setHorizontalHeaderLabels([item.label for item in state.inputs])
        for at, values in enumerate(first):
            for number, name in enumerate(names):
                text = values.get(name, "")
                item = QTableWidgetItem(" ".join(text.split())[:200])
                item.setToolTip(text[:1000])
                item.setFlags(Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled)
                self.preview.setItem(at, number, item)
        each = self._theme.px(34)
        self.preview.verticalHeader().setDefaultSectionSize(each)
        self.preview.setFixedHeight(each * len(first) + self.preview.horizontalHeader().sizeHint().height() + 16)
