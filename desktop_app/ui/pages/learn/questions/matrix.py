"""A grid: a row for each statement, a column for each answer; on narrow cards the columns stand below each row."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QFrame, QGridLayout, QRadioButton, QWidget

from desktop_app.lessons.lesson import Answer, Quiz
from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.pages.learn.questions.inputs import QuestionInput
from desktop_app.ui.pages.learn.questions.marks import Mark
from desktop_app.ui.pages.learn.questions.rich import inline_html, rich_label
from desktop_app.ui.pages.learn.questions.words import worth
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Banner, row

_TEXT_PX, _CELL_PX, _MARK_PX = 150, 84, 116  # what a row's text, a cell and a mark need at least
_ARROWS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class MatrixInput(QuestionInput):
    """Radio buttons in rows with one answer, check boxes in the others; the arrow keys go from cell to cell."""

    def __init__(self, theme: Theme, quiz: Quiz, folder: Path | None) -> None:
        super().__init__(theme, quiz, folder)
        self.cells: list[list[QAbstractButton]] = []
        self._groups: list[QButtonGroup | None] = []
        self._heads = [rich_label(title, folder, "small") for title in quiz.columns]
        self._texts = [rich_label(line.text, folder) for line in quiz.rows]
        self._titles = [[rich_label(title, folder) for title in quiz.columns] for _ in quiz.rows]
        self._marks = [Mark(theme) for _ in quiz.rows]
        self._feedback = [Banner(theme) for _ in quiz.rows]
        self._rules = [_rule(theme) for _ in quiz.rows]
        for number in range(len(quiz.rows)):
            self._add_cells(number)
        self._narrow: bool | None = None
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self.box.addLayout(self._grid)
        self._arrange(narrow=False)

    def _add_cells(self, number: int) -> None:
        line = self.quiz.rows[number]
        group = QButtonGroup(self) if line.one_only else None
        cells: list[QAbstractButton] = []
        for column, title in enumerate(self.quiz.columns):
            cell = QRadioButton() if line.one_only else QCheckBox()
            cell.setAccessibleName(f"{plain_text(line.text)}: {plain_text(title)}")
            cell.setToolTip(plain_text(title))
            cell.toggled.connect(self.on_changed)
            cell.installEventFilter(self)
            self._titles[number][column].setBuddy(cell)
            if group:
                group.addButton(cell, column)
            cells.append(cell)
        self.cells.append(cells)
        self._groups.append(group)

    # -- answer ------------------------------------------------------------------------------------------------------

    def answer(self) -> Answer:
        """The picked cells as row * columns + column."""
        width = len(self.quiz.columns)
        return Answer(
            tuple(
                number * width + column
                for number, cells in enumerate(self.cells)
                for column, cell in enumerate(cells)
                if cell.isChecked()
            )
        )

    def is_ready(self) -> bool:
        """True if any cell is picked."""
        return bool(self.answer().chosen)

    def first(self) -> QWidget:
        """A cell of the first row without an answer, or of the first row."""
        open_rows = [cells for cells in self.cells if not any(cell.isChecked() for cell in cells)]
        cells = (open_rows or self.cells or [[]])[0]
        return next((cell for cell in cells if cell.isChecked()), cells[0] if cells else self)

    def put(self, answer: Answer | None, state: QuestionState) -> None:
        """Pick the answer's cells."""
        picked = answer.chosen if answer else ()
        width = len(self.quiz.columns)
        for number, (cells, group) in enumerate(zip(self.cells, self._groups, strict=True)):
            if group:
                group.setExclusive(False)  # an exclusive group cannot be emptied
            for column, cell in enumerate(cells):
                cell.setChecked(number * width + column in picked)
                cell.setEnabled(state.may_answer)
            if group:
                group.setExclusive(True)

    def mark(self, state: QuestionState) -> None:
        """Mark each row, with its feedback below."""
        parts = state.score.parts if state.score else ()
        said = {one.index: one.text for one in state.score.feedback} if state.score else {}
        for number, cells in enumerate(self.cells):
            word = worth(parts[number]) if parts else ""
            self._marks[number].say(word)
            for cell in cells:
                cell.setAccessibleDescription(word)
            html = inline_html(said[number], self.folder) if number in said else ""
            right = bool(parts) and parts[number] == 1.0
            self._feedback[number].say(html, "good" if right else "caution", rich=True)
        self._fit()

    # -- keyboard ----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys go from cell to cell; in a row with one answer left and right pick it, as radio buttons do."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            key = Qt.Key(event.key())
            if key in _ARROWS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self._step(watched, *_ARROWS[key])
                return True
        return super().eventFilter(watched, event)

    def _step(self, watched: QObject, down: int, right: int) -> None:
        number, column = next(
            (number, column)
            for number, cells in enumerate(self.cells)
            for column, cell in enumerate(cells)
            if cell is watched
        )
        number, column = number + down, column + right
        if not (0 <= number < len(self.cells) and 0 <= column < len(self.quiz.columns)):
            return
        cell = self.cells[number][column]
        cell.setFocus(Qt.FocusReason.TabFocusReason)
        if right and isinstance(cell, QRadioButton):
            cell.click()

    # -- layout ------------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn to one column where the grid would not fit."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        marked = self.theme.px(_MARK_PX) if any(mark.text for mark in self._marks) else 0
        needed = self.theme.px(_TEXT_PX + _CELL_PX * len(self.quiz.columns)) + marked
        if (self.width() < needed) != self._narrow:
            self._arrange(narrow=self.width() < needed)

    def _arrange(self, *, narrow: bool) -> None:
        self._narrow = narrow
        while self._grid.count():
            self._grid.takeAt(0)
        for column in range(len(self.quiz.columns) + 2):
            self._grid.setColumnStretch(column, 0)
        self._grid.setColumnStretch(0, 0 if narrow else 3)
        at = 0 if narrow else self._add_heads()
        for head in self._heads:
            head.setVisible(not narrow)
        for number in range(len(self.quiz.rows)):
            at = self._add_stacked(number, at) if narrow else self._add_row(number, at)

    def _add_heads(self) -> int:
        for column, head in enumerate(self._heads, 1):
            head.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom)
            self._grid.addWidget(head, 0, column)
            self._grid.setColumnStretch(column, 1)
        return 1

    def _add_row(self, number: int, at: int) -> int:
        """The row in the grid; returns the next free grid row."""
        width = len(self.quiz.columns)
        self._grid.addWidget(self._rules[number], at, 0, 1, width + 2)
        self._grid.addWidget(self._texts[number], at + 1, 0)
        for column, cell in enumerate(self.cells[number]):
            self._titles[number][column].hide()
            self._grid.addWidget(cell, at + 1, column + 1, Qt.AlignmentFlag.AlignCenter)
        self._grid.addWidget(self._marks[number], at + 1, width + 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(self._feedback[number], at + 2, 0, 1, width + 2)
        return at + 3

    def _add_stacked(self, number: int, at: int) -> int:
        """The row's text with its cells below; returns the next free grid row."""
        self._grid.addWidget(self._rules[number], at, 0, 1, 2)
        head = row(self._texts[number], self._marks[number])
        head.setStretch(0, 1)
        self._grid.addLayout(head, at + 1, 0, 1, 2)
        at += 2
        for column, cell in enumerate(self.cells[number]):
            title = self._titles[number][column]
            self._grid.addWidget(cell, at + column, 0)
            self._grid.addWidget(title, at + column, 1)
            title.show()  # not before it has a parent, or it would be a window of its own
        self._grid.setColumnStretch(1, 1)
        at += len(self.quiz.columns)
        self._grid.addWidget(self._feedback[number], at, 0, 1, 2)
        return at + 1


def _rule(theme: Theme) -> QFrame:
    """A hairline."""
    made = QFrame()
    made.setFixedHeight(1)
    Restyler(theme, made, lambda: made.setStyleSheet(f"background: {theme.tokens.hairline}; border: 0"))
    return made
