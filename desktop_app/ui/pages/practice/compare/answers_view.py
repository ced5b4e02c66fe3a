"""The answers of one row side by side, or one at a time where there is no room; scrolled together if wanted, or as differences."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.practice.compare.comparison import LETTERS
from desktop_app.prompts.diff import PartDiff, word_diff
from desktop_app.ui.pages.practice.compare.answer_column import AnswerColumn
from desktop_app.ui.pages.practice.compare.state import CompareState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Choice, clear, label, row, shortcut
from desktop_app.ui.widgets.comparison import INLINE, Comparison

_COLUMN_PX = 215


class AnswersView(QWidget):
    """Signals: asked(int), drafted(int), with the column to go on with; copy_asked(str)."""

    asked = Signal(int)
    drafted = Signal(int)
    copy_asked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme = theme
        self._state = CompareState()
        self.columns: list[AnswerColumn] = []
        self._front, self._is_narrow, self._scrolling = 0, False, False
        self._build()
        for place in range(4):
            shortcut(self, f"Alt+{place + 1}", partial(self.go, place))

    def _build(self) -> None:
        theme = self._theme
        self._switch = QHBoxLayout()
        self._switch.setSpacing(4)
        self.switches: list[Button] = []
        self._in_view = label("In view", "small")  # or its letters look like those one votes with
        self.together = Button(theme, "Scroll together", "repeat", tip="Scrolling one answer scrolls all")
        self.together.setCheckable(True)
        self.differ = Button(
            theme, "Differences", "git-compare", tip="Show two answers as what differs between them (D)"
        )
        self.differ.setCheckable(True)
        self.differ.toggled.connect(self._on_differ)
        self.first, self.second = Choice(), Choice()
        self.first.setAccessibleName("Compare this answer")
        self.second.setAccessibleName("With this answer")
        self._picks = QWidget()
        self._picks.setObjectName("clear")
        self._picks.setLayout(row(self.first, label("against", "small"), self.second))
        for box in (self.first, self.second):
            box.setMinimumContentsLength(5)
            box.activated.connect(lambda _: self._show_differences())
        self._picks.hide()
        self.text = Comparison(theme, INLINE)
        self.text.text.setAccessibleName("What differs between two answers")
        self._line = QHBoxLayout()
        self._line.setSpacing(8)
        side = QWidget()
        side.setObjectName("clear")
        side.setLayout(self._line)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(side)
        card = Card(margin=12)
        card.box.addWidget(self.text)
        self._stack.addWidget(card)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        tools = row(self._in_view, spacing=4)
        tools.addLayout(self._switch)
        tools.addStretch(1)
        for widget in (self._picks, self.together, self.differ):
            tools.addWidget(widget)
        box.addLayout(tools)
        box.addWidget(self._stack, 1)
        shortcut(self, "D", self.differ.toggle)

    def show_state(self, state: CompareState) -> None:
        """Show the row's answers in their order."""
        before, shown = self._state.comparison, state.comparison
        self._state = state
        if shown is None:
            return
        if before is None or before.id != shown.id:
            self.differ.setChecked(False)
        if len(self.columns) != len(state.order):
            self._build_columns(len(state.order))
        named, hidden, vote = state.is_named(state.row), state.is_row_hidden, shown.votes.get(state.row)
        for place, (answer, at) in enumerate(zip(self.columns, state.order, strict=True)):
            answer.show_cell(
                shown.cells.get((state.row, at)), state.name(at), named=named, hidden=hidden,
                writing=state.writing == (state.row, at), can_draft=bool(shown.plan.columns[at].prompt_id),
                voted=vote is not None and vote.choice == at,
            )  # fmt: skip
            words = state.name(at)
            self.switches[place].setText(LETTERS[place] if len(state.order) > 2 else words)
            self.switches[place].setToolTip(f"{words} (Alt+{place + 1})")
        self._show_picks()
        if self.differ.isChecked():
            self._show_differences()
        whole = shown.is_row_whole(state.row)
        self.differ.setEnabled(whole or self.differ.isChecked())

    def append(self, row_: int, column: int, text: str, is_start: bool) -> None:
        """Add streamed text to the answer of a column, if its row is shown."""
        if row_ == self._state.row and column in self._state.order:
            place = self._state.order.index(column)
            if place < len(self.columns):
                self.columns[place].append(text, is_start=is_start)

    def go(self, place: int) -> None:
        """Bring an answer to the front, and the keyboard to it."""
        if place < len(self.columns):
            self.differ.setChecked(False)
            self._front = place
            self._lay_out()
            self.columns[place].text.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Side by side where each has room."""
        super().resizeEvent(event)
        self._lay_out()

    def _build_columns(self, count: int) -> None:
        clear(self._line)
        clear(self._switch)
        self.columns, self.switches = [], []
        for place in range(count):
            answer = AnswerColumn(self._theme, place)
            answer.asked.connect(partial(self._emit, self.asked, place))
            answer.drafted.connect(partial(self._emit, self.drafted, place))
            answer.copy_asked.connect(self.copy_asked)
            answer.text.verticalScrollBar().valueChanged.connect(partial(self._on_scrolled, place))
            self.columns.append(answer)
            self._line.addWidget(answer, 1)
            button = Button(self._theme, LETTERS[place])
            button.setCheckable(True)
            button.clicked.connect(partial(self.go, place))
            self.switches.append(button)
            self._switch.addWidget(button)
        self._front = 0
        self._lay_out()

    def _emit(self, signal: object, place: int) -> None:
        signal.emit(self._state.order[place])  # type: ignore[attr-defined]

    def _lay_out(self) -> None:
        count = len(self.columns)
        self._is_narrow = count > 0 and self.width() < count * self._theme.px(_COLUMN_PX)
        for place, (answer, button) in enumerate(zip(self.columns, self.switches, strict=True)):
            answer.setVisible(not self._is_narrow or place == self._front)
            button.setVisible(self._is_narrow and not self.differ.isChecked())
            button.setChecked(place == self._front)
        self._in_view.setVisible(self._is_narrow and not self.differ.isChecked())
        self.together.setVisible(not self._is_narrow and not self.differ.isChecked())

    def _on_scrolled(self, place: int, value: int) -> None:
        if not self.together.isChecked() or self._scrolling:
            return
        self._scrolling = True
        bar = self.columns[place].text.verticalScrollBar()
        share = value / bar.maximum() if bar.maximum() else 0.0
        for other, answer in enumerate(self.columns):
            if other != place:
                own = answer.text.verticalScrollBar()
                own.setValue(round(share * own.maximum()))
        self._scrolling = False

    def _on_differ(self, on: bool) -> None:
        self._stack.setCurrentIndex(1 if on else 0)
        self._picks.setVisible(on)
        self._lay_out()
        if on:
            self._show_differences()

    def _show_picks(self) -> None:
        names = [self._state.name(at) for at in self._state.order]
        for box, start in ((self.first, 0), (self.second, 1)):
            if [box.itemText(at) for at in range(box.count())] != names:
                kept = box.currentIndex() if box.count() == len(names) else start
                box.clear()
                box.addItems(names)
                box.setCurrentIndex(max(0, kept))

    def _show_differences(self) -> None:
        shown, state = self._state.comparison, self._state
        if shown is None or state.is_row_hidden:
            return
        names, texts = [], []
        for box in (self.first, self.second):
            at = state.order[max(0, box.currentIndex())]
            cell = shown.cells.get((state.row, at))
            names.append(state.name(at))
            texts.append((cell.text or "") if cell else "")
        self.text.show_parts((PartDiff("Both answers", word_diff(*texts)),), *names)
