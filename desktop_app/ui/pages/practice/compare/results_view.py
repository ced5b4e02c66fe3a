"""What came out: one line of progress, the rows of a table, the answers side by side, and voting by keyboard."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QMenu,
    QPlainTextEdit,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop_app.practice.compare.comparison import ALL_BAD, LETTERS, NO_DIFFERENCE
from desktop_app.practice.compare.export import FORMATS
from desktop_app.practice.compare.votes import tally
from desktop_app.ui.pages.practice.compare.answers_view import AnswersView
from desktop_app.ui.pages.practice.compare.model import CompareModel
from desktop_app.ui.pages.practice.compare.rows_grid import RowsGrid
from desktop_app.ui.pages.practice.compare.state import FILTERS, CompareState
from desktop_app.ui.prompt_tests import left_words
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Choice, Scroll, icon_button, label, meter, row, shortcut
from desktop_app.ui.widgets.copy_check import CopyCheck

_BESIDE_PX = 900
_NARROW_PX, _ONE_LINE_PX, _TIGHT_PX = 760, 560, 480


class ResultsView(QWidget):
    """Signals: asked(int), drafted(int), with the column to go on with."""

    asked = Signal(int)
    drafted = Signal(int)

    def __init__(self, theme: Theme, model: CompareModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self._build()
        self._connect()
        self._fit(0)  # until it is known how much room there is

    def _build(self) -> None:
        theme = self._theme
        self.back = Button(theme, "Columns and input", "arrow-left", kind="quiet", tip="Back to what goes in (Esc)")
        self.change = Button(
            theme, "Change and run again", "pencil", kind="quiet", tip="Set these columns and this input up again"
        )
        self.export = Button(
            theme, "Export", "download", kind="quiet", tip="Write the comparison to a file; the guard reads it first"
        )
        menu = QMenu(self.export)
        for ending, name in FORMATS.items():
            menu.addAction(name.partition(" (")[0], partial(self._on_export, ending))
        self.export.setMenu(menu)
        self.title = label("", "small", wrap=True)
        self.stop = Button(theme, "Stop", "square", kind="danger", tip="Stop; what was done is kept (Esc)")
        self.go_on = Button(
            theme, "Go on", "play", kind="primary", tip="Make what is missing and what failed (Ctrl+Enter)"
        )
        self._bar = meter(name="How many answers are there")
        self._progress = label("", "small")
        self.banner, self._asks = Banner(theme), Banner(theme, icon="shield-alert", action="Write it anyway")
        self.grid = RowsGrid(theme)
        self.which = Choice()
        self.which.setAccessibleName("Which rows")
        for which, name in FILTERS.items():
            self.which.addItem(name, which)
        self._count = label("", "small")
        rows = self._rows = QWidget()
        rows.setObjectName("clear")
        rows_box = QVBoxLayout(rows)
        rows_box.setContentsMargins(0, 0, 0, 0)
        rows_box.setSpacing(6)
        rows_box.addLayout(row(self.which, self._count, 1))
        rows_box.addWidget(self.grid, 1)
        self.answers = AnswersView(theme)
        self.input = QPlainTextEdit()
        self.input.setReadOnly(True)
        self.input.setTabChangesFocus(True)
        self.input.setAccessibleName("What went in")
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(rows)
        right = self._right = QWidget()
        right.setObjectName("clear")
        right_box = QVBoxLayout(right)
        right_box.setContentsMargins(0, 0, 0, 0)
        right_box.setSpacing(4)
        right_box.addWidget(self.input)
        right_box.addWidget(self.answers, 1)
        self.splitter.addWidget(right)
        self.splitter.setSizes([400, 600])
        self._build_votes()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self.all_rows = Button(theme, "Rows", "table", kind="quiet", tip="All rows of the table (R)")
        self.all_rows.setCheckable(True)
        self.all_rows.toggled.connect(lambda _: self._lay_out())
        self.before = icon_button(theme, "chevron-left", "The row before", shortcut="Ctrl+PgUp")
        self.after = icon_button(theme, "chevron-right", "The next row", shortcut="Ctrl+PgDown")
        self.place = label("", "small")
        self._walk = QWidget()
        self._walk.setObjectName("clear")
        self._walk.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._walk.setLayout(row(self.all_rows, self.before, self.place, self.after, spacing=2))
        box.addLayout(row(self.back, 1, self._walk, self.change, self.export, spacing=4))
        self._line = row(self.stop, self.go_on, self._bar, self._progress)
        self._line.setStretch(2, 1)
        scroll = Scroll(margins=(0, 0, 0, 0), spacing=8)  # nothing is out of reach at large text in a small window
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.box.addLayout(self._line)
        self.check = CopyCheck(theme, self._model.copying)
        for widget in (self.title, self.banner, self._asks, self.check):
            scroll.box.addWidget(widget)
        scroll.box.addWidget(self.splitter, 1)
        box.addWidget(scroll, 1)
        box.addWidget(self._votes)

    def _build_votes(self) -> None:
        theme = self._theme
        self._votes = QWidget()
        self._votes.setObjectName("clear")
        self.question = label("Which is best?", "strong")
        self.vote_buttons = [
            Button(theme, letter, tip=f"{letter} is best ({at + 1})") for at, letter in enumerate(LETTERS)
        ]
        self.same = Button(theme, "No difference", tip="No difference (0)")
        self.bad = Button(theme, "All are bad", tip="All are bad (9)")
        for button in (*self.vote_buttons, self.same, self.bad):
            button.setCheckable(True)
        self.reveal = Button(
            theme,
            "Show the names",
            "eye",
            kind="quiet",
            tip="Show which column is which; later votes count as not blind",
        )
        self.tally = label("", "small", wrap=True)
        best = row(self.question, *self.vote_buttons, spacing=6)
        self._others = row(self.same, self.bad, 1, self.reveal, spacing=6)
        line = self._vote_line = row(best, self._others, spacing=6)
        line.setStretch(1, 1)
        box = QVBoxLayout(self._votes)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(line)
        box.addWidget(self.tally)

    def _connect(self) -> None:
        model = self._model
        self.back.clicked.connect(model.back)
        self.change.clicked.connect(model.take_up)
        self.stop.clicked.connect(model.stop)
        self.go_on.clicked.connect(model.go_on)
        self._asks.acted.connect(model.export_anyway)
        self.grid.row_chosen.connect(model.show_row)
        self.which.activated.connect(lambda _: model.set_filter(self.which.currentData()))
        self.reveal.clicked.connect(model.reveal)
        self.answers.asked.connect(self.asked)
        self.answers.drafted.connect(self.drafted)
        self.answers.copy_asked.connect(model.copy)
        model.wrote.connect(self.answers.append)
        for place, button in enumerate(self.vote_buttons):
            button.clicked.connect(partial(model.vote, place))
            shortcut(self, str(place + 1), partial(self._vote, place))
        self.same.clicked.connect(partial(model.vote, NO_DIFFERENCE))
        self.bad.clicked.connect(partial(model.vote, ALL_BAD))
        shortcut(self, "0", partial(self._vote, NO_DIFFERENCE))
        shortcut(self, "9", partial(self._vote, ALL_BAD))
        self.before.clicked.connect(partial(self._step, -1))
        self.after.clicked.connect(partial(self._step, 1))
        self.grid.clicked.connect(lambda _: self.all_rows.setChecked(False))
        self.grid.activated.connect(lambda _: self.all_rows.setChecked(False))
        shortcut(self, "R", self._on_rows)

    def _vote(self, place: int) -> None:
        if self._votes.isVisible():
            self._model.vote(place)

    def _on_rows(self) -> None:
        self.all_rows.toggle()
        if self.grid.isVisible():
            self.grid.setFocus()

    def _step(self, by: int, *_: object) -> None:
        rows = self._model.state.rows_shown
        if self._model.state.row in rows:
            at = rows.index(self._model.state.row) + by
            if 0 <= at < len(rows):
                self._model.show_row(rows[at])

    def _on_export(self, ending: str) -> None:
        file, _ = QFileDialog.getSaveFileName(self, "Export the comparison", f"comparison{ending}", FORMATS[ending])
        if file:
            path = Path(file)
            self._model.export(path if path.suffix.lower() in FORMATS else path.with_name(path.name + ending))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows beside the answers where there is room, else one or the other; words on buttons where they fit."""
        super().resizeEvent(event)
        self._fit(self.width())
        self._lay_out()

    def _fit(self, width: int) -> None:
        narrow, tight = width < self._theme.px(_NARROW_PX), width < self._theme.px(_TIGHT_PX)
        for button, words, is_short in (
            (self.change, "Change and run again", narrow), (self.export, "Export", narrow),
            (self.reveal, "Show the names", narrow), (self.back, "Columns and input", tight),
            (self.all_rows, "Rows", tight),
        ):  # fmt: skip
            button.setText("" if is_short else words)
            button.setAccessibleName(words)
            button.redraw()
        two_lines = width < self._theme.px(_ONE_LINE_PX)
        self.question.setText("Best?" if two_lines else "Which is best?")
        direction = QBoxLayout.Direction.TopToBottom if two_lines else QBoxLayout.Direction.LeftToRight
        self._vote_line.setDirection(direction)

    def _lay_out(self) -> None:
        shown = self._model.state.comparison
        is_table = shown is not None and len(shown.plan.rows) > 1
        beside = self.width() >= self._theme.px(_BESIDE_PX)
        self.all_rows.setVisible(is_table and not beside)
        self._walk.setVisible(is_table)
        self._rows.setVisible(is_table and (beside or self.all_rows.isChecked()))
        self._right.setVisible(beside or not is_table or not self.all_rows.isChecked())

    def show_state(self, state: CompareState) -> None:
        """Show the comparison."""
        shown = state.comparison
        if shown is None:
            return
        is_table = len(shown.plan.rows) > 1
        self._lay_out()
        if is_table:
            rows = state.rows_shown
            at = rows.index(state.row) + 1 if state.row in rows else 0
            self.place.setText(f"{at:,} of {len(rows):,}")
            self.before.setEnabled(at > 1)
            self.after.setEnabled(0 < at < len(rows))
            self.grid.show_state(state)
            self.which.setCurrentIndex(self.which.findData(state.which))
            count = len(state.rows_shown)
            self._count.setText(
                f"{count:,} of {len(shown.plan.rows):,} rows" if state.which != "all" else f"{count:,} rows"
            )
        self._show_title(state)
        self._show_progress(state)
        self._show_banners(state)
        self._show_input(state)
        self.answers.show_state(state)
        self._show_votes(state)

    def _show_input(self, state: CompareState) -> None:
        """Two or three lines of what went in; the rest can be scrolled to."""
        assert state.comparison is not None
        values = state.comparison.plan.rows[state.row]
        filled = {name: text.strip() for name, text in values.items() if text.strip()}
        named = len(filled) > 1
        text = "\n".join(
            f"{name.replace('_', ' ').capitalize()}: {text}" if named else text for name, text in filled.items()
        )
        self.input.setVisible(bool(text))
        if self.input.toPlainText() != text:
            self.input.setPlainText(text)
        lines = min(3, max(1 + text.count("\n"), 1 + len(text) // 90))
        self.input.setFixedHeight(self.input.fontMetrics().lineSpacing() * lines + 22)

    def _show_title(self, state: CompareState) -> None:
        shown = state.comparison
        assert shown is not None
        shared = ", ".join(state.shared)
        what = f"{shown.plan.source}. " if shown.plan.source else ""
        self.title.setText(f"{what}The same in all: {shared}." if shared else what)
        self.title.setVisible(bool(self.title.text()))

    def _show_progress(self, state: CompareState) -> None:
        shown, progress = state.comparison, state.progress
        assert shown is not None
        running, whole = progress is not None, shown.is_whole and not shown.failed
        self.stop.setVisible(running)
        self.go_on.setVisible(not running and not whole)
        self.go_on.setEnabled(state.sandbox.phase != "off")
        self._bar.setVisible(running)
        self._bar.setValue(round(1000 * len(shown.cells) / shown.plan.places))
        self.change.setEnabled(not running)
        self.export.setEnabled(bool(shown.cells))
        if progress is not None:
            left = left_words(progress.left_s) if progress.left_s is not None else ""
            self._progress.setText(" · ".join(filter(None, (progress.note, left))))
        else:
            self._progress.setText(
                "" if whole else f"{len(shown.cells) - shown.failed:,} of {shown.plan.places:,} answers are there."
            )
        self._progress.setVisible(bool(self._progress.text()))

    def _show_banners(self, state: CompareState) -> None:
        tone = "danger" if state.failed else "plain"
        self.banner.say(state.failed or (state.said if not state.undo else ""), tone)
        self._asks.say(state.asks, "caution", action="Write it anyway")

    def _show_votes(self, state: CompareState) -> None:
        shown = state.comparison
        assert shown is not None
        whole, vote = shown.is_row_whole(state.row), shown.votes.get(state.row)
        self._votes.setVisible(bool(shown.cells))
        for place, button in enumerate(self.vote_buttons):
            button.setVisible(place < len(state.order))
            chosen = vote is not None and place < len(state.order) and vote.choice == state.order[place]
            button.setChecked(chosen)
            button.setAccessibleName(f"{LETTERS[place]} is best")
            button.setEnabled(whole)
        for button, choice in ((self.same, NO_DIFFERENCE), (self.bad, ALL_BAD)):
            button.setChecked(vote is not None and vote.choice == choice)
            button.setEnabled(whole)
        named = state.is_named(state.row)
        self.reveal.setVisible(not named)
        self.tally.setText(self._said(state, named=named))
        self.tally.setVisible(bool(self.tally.text()))

    def _said(self, state: CompareState, *, named: bool) -> str:
        shown = state.comparison
        assert shown is not None
        if named and len(shown.plan.rows) > 1:
            return tally(shown.votes, state.titles)
        if not named:
            return f"{len(shown.votes):,} of {len(shown.plan.rows):,} rows voted. The names come with the last vote."
        same = not shown.differs(state.row) and shown.is_row_whole(state.row)
        return "All answers are the same." if same and len(shown.plan.rows) == 1 else ""
