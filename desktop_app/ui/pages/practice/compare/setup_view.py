"""Setting a comparison up: columns, input, Run; beside it what was compared before."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from desktop_app.practice.compare.presets import PRESETS
from desktop_app.records.comparisons import StoredComparison
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.compare.columns_view import ColumnsView
from desktop_app.ui.pages.practice.compare.input_panel import InputPanel
from desktop_app.ui.pages.practice.compare.model import CompareModel
from desktop_app.ui.pages.practice.compare.state import CompareState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Scroll, ago, icon_button, label, row, tab_as_read
from desktop_app.ui.widgets.entries import Entry, EntryList

_BESIDE_PX = 880
_HISTORY_PX = 260
_TIGHT_PX = 420
TEACHES = (
    "Ask the same thing three times with three seeds, and a model gives three answers. That is its first lesson: one good "
    "answer is no proof, one bad answer no verdict. Then compare two wordings, two versions or two models, on a table of "
    "real cases, and vote without knowing which is which."
)


class SetupView(QWidget):
    """What goes in."""

    def __init__(self, theme: Theme, model: CompareModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self._build(jobs)
        self._connect()

    def _build(self, jobs: Jobs) -> None:
        theme = self._theme
        self.columns = ColumnsView(theme, self._model, jobs)
        self.input = InputPanel(theme, self._model, jobs)
        self._presets = {name: Button(theme, title, kind="quiet", tip=tip) for name, (title, tip) in PRESETS.items()}
        self._teach = label(TEACHES, "muted", wrap=True)
        self._problem = Banner(theme)
        self._sandbox = Banner(theme)
        self.running = Banner(theme, action="Show it", icon="clock")
        self.run = Button(
            theme, "Compare", "play", kind="primary", tip="Run the columns one after another (Ctrl+Enter)"
        )
        self.blind = QCheckBox("Blind: names hidden until I voted")
        self.blind.setToolTip(
            "The sides are shuffled for each input. Nothing shows which column is which, not even how long it took"
        )
        left = Card(margin=16)
        self._scroll = scroll = Scroll(margins=(0, 0, 6, 0), spacing=12)
        self._preset_line = QWidget()
        self._preset_line.setObjectName("clear")
        self._preset_line.setLayout(row(label("Begin with", "small"), *self._presets.values(), 1, spacing=2))
        for part in (self._teach, self.columns, self.input):
            scroll.box.addWidget(part)
        scroll.box.insertWidget(1, self._preset_line)
        scroll.box.addStretch(1)
        scroll.setMinimumHeight(self._theme.px(90))
        left.box.addWidget(scroll, 1)
        for banner in (self._problem, self._sandbox, self.running):
            left.box.addWidget(banner)
        self._run_line = row(self.run, self.blind, 1, spacing=12)
        left.box.addLayout(self._run_line)
        self._left = left
        self._history = self._build_history()
        line = row(left, self._history, spacing=16)
        line.setStretch(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._build_top())
        box.addLayout(line, 1)
        scroll.viewport().installEventFilter(self)
        self._preset_line.hide()  # until it is known that there is room

    def _build_top(self) -> QHBoxLayout:
        """What stands elsewhere in a wide window."""
        self.begin = Button(
            self._theme, "Begin with", "sparkles", kind="quiet", tip="Columns that teach something at once"
        )
        menu = QMenu(self.begin)
        for name, (title, _) in PRESETS.items():
            menu.addAction(title, partial(self._model.use_preset, name))
        self.begin.setMenu(menu)
        self.earlier = Button(
            self._theme, "Earlier comparisons", "history", kind="quiet", tip="What was compared before"
        )
        self.earlier.setCheckable(True)
        self.earlier.toggled.connect(lambda _: self._lay_out())
        return row(self.begin, 1, self.earlier)

    def _build_history(self) -> Card:
        card = Card(margin=12)
        self.history = EntryList(self._theme, "Earlier comparisons", lines=1)
        self._none = label("What you compare is kept here, sealed, and opens again as it was.", "muted", wrap=True)
        self.delete = icon_button(self._theme, "trash-2", "Delete the selected comparison (Del)")
        self.undo = Banner(self._theme, action="Undo")
        card.box.addLayout(row(label("Earlier comparisons", "strong"), 1, self.delete))
        card.box.addWidget(self.undo)
        card.box.addWidget(self._none)
        card.box.addWidget(self.history, 1)
        card.box.addStretch(0)
        return card

    def _connect(self) -> None:
        model = self._model
        for name, button in self._presets.items():
            button.clicked.connect(partial(model.use_preset, name))
        self.run.clicked.connect(model.run)
        self.blind.toggled.connect(model.set_blind)
        self.running.acted.connect(model.show_results)
        self._sandbox.acted.connect(lambda: model._sandbox.start())
        self.history.activated_key.connect(model.open)
        self.history.clicked.connect(lambda index: model.open(self.history.entries[index.row()].key))
        self.delete.clicked.connect(self._delete)
        self.undo.acted.connect(model.restore)
        self.input.attention.connect(lambda widget: self._scroll.ensureWidgetVisible(widget, 0, 8))

    def _delete(self) -> None:
        at = self.history.currentIndex().row()
        if 0 <= at < len(self.history.entries):
            self._model.delete(self.history.entries[at].key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Del deletes the selected comparison."""
        if event.key() == Qt.Key.Key_Delete and self.history.hasFocus():
            self._delete()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What was compared before stands beside, or behind a button where there is no room."""
        super().resizeEvent(event)
        self._lay_out()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The columns follow the room that is in view: by themselves they would never get narrower than they are."""
        if event.type() == QEvent.Type.Resize:
            room = self._scroll.viewport().width() - 6
            self.columns.lay_out(room)
            self.input.lay_out(room)
            tight = room < self._theme.px(_TIGHT_PX)
            self._run_line.setDirection(QBoxLayout.Direction.TopToBottom if tight else QBoxLayout.Direction.LeftToRight)
        return super().eventFilter(watched, event)

    def _lay_out(self) -> None:
        beside = self.width() >= self._theme.px(_BESIDE_PX)
        shows_earlier = self.earlier.isChecked() and not beside
        self.begin.setVisible(not beside and not shows_earlier)
        self.earlier.setVisible(not beside)
        self._preset_line.setVisible(beside)
        self._left.setVisible(not shows_earlier)
        self._history.setVisible(beside or shows_earlier)
        self._history.setMinimumWidth(self._theme.px(_HISTORY_PX))
        self._history.setMaximumWidth(self._theme.px(_HISTORY_PX) if beside else 16_777_215)

    def show_state(self, state: CompareState) -> None:
        """Show what is set up."""
        self._teach.setVisible(not state.history)
        self.columns.show_state(state)
        self.input.show_state(state)
        self.blind.blockSignals(True)
        self.blind.setChecked(state.blind)
        self.blind.blockSignals(False)
        checking = state.progress is not None and state.progress.total == 0
        count = len(state.table.rows) if state.as_table and state.table and not state.table.problems else 1
        answers = count * len(state.columns)
        self.run.setText("Checking the input…" if checking else f"Compare ({answers:,} answers)")
        self.run.setEnabled(state.can_run)
        self._problem.say(state.problem, "danger")
        self._show_sandbox(state)
        runs = state.progress is not None and not checking
        self.running.say("A comparison is running." if runs else "", "plain", action="Show it")
        self._show_history(state)

    def _show_sandbox(self, state: CompareState) -> None:
        off = state.sandbox.phase == "off"
        self._sandbox.say(
            f"Practice is off. {state.sandbox.problem}" if off else "", "danger", action="Start again",
        )  # fmt: skip

    def _show_history(self, state: CompareState) -> None:
        self.undo.say(state.said if state.undo else "", "plain", action="Undo")
        self._none.setVisible(not state.history)
        self.history.setVisible(bool(state.history))
        self.delete.setVisible(bool(state.history))
        self.history.show_entries(
            [_entry(one) for one in state.history], state.comparison.id if state.comparison else None
        )
        self.earlier.setText(f"Earlier comparisons ({len(state.history)})" if state.history else "Earlier comparisons")
        self._lay_out()

    def order_tabs(self) -> None:
        """Tab goes as one reads."""
        tab_as_read(self)


def _entry(one: StoredComparison) -> Entry:
    rows = f"{one.rows:,} rows" if one.rows > 1 else f"{one.columns} columns"
    missing = one.rows * one.columns - one.cells
    title, _, names = (one.title or "").partition("\n")
    state, tone = ("unfinished", "caution") if missing > 0 else ("blind", "plain") if one.blind else ("", "plain")
    voted = f"{one.votes} of {one.rows} voted" if one.blind else ""
    return Entry(
        one.id, title or "Not kept: no keyring", state, tone, " · ".join(filter(None, (rows, ago(one.at)))),
        " · ".join(filter(None, (voted, names))),
        f"{one.at.astimezone():%A, %d %B %Y, %H:%M}",
    )  # fmt: skip


__all__ = ["TEACHES", "SetupView"]
