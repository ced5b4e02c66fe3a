"""The meter below an answer: one quiet line, and on demand what it would have cost on public services."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop_app.practice.meter import Figures, money
from desktop_app.records.learning import Spent
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import clear, icon_button, label, row

_STACKED_PX = 540
_OPEN, _SHUT = "What this would cost elsewhere", "Hide what this would cost elsewhere"


class MeterLine(QWidget):
    """Shows Figures; hidden until there are some."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._figures: Figures | None = None
        self._stacked = False
        self._headline = label("", "small", wrap=True)
        self.toggle = icon_button(theme, "chevron-down", _OPEN)
        self.toggle.setCheckable(True)
        self.toggle.toggled.connect(self._on_toggled)
        self.details = QWidget()
        self.details.setObjectName("clear")
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._notes = QVBoxLayout()
        self._notes.setSpacing(2)
        inside = QVBoxLayout(self.details)
        inside.setContentsMargins(0, 0, 0, 4)
        inside.setSpacing(8)
        inside.addLayout(self._grid)
        inside.addLayout(self._notes)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        line = row(self._headline, self.toggle, spacing=4)
        line.setStretch(0, 1)
        box.addLayout(line)
        box.addWidget(self.details)
        self.details.hide()
        self.hide()

    def show_figures(self, figures: Figures | None) -> None:
        """Show the figures of an answer, or nothing."""
        self._figures = figures
        self.setVisible(figures is not None)
        if figures is None:
            return
        self._headline.setText(figures.headline)
        if self.toggle.isChecked():
            self._fill(figures)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A name stands above its figures where there is no room beside them."""
        super().resizeEvent(event)
        stacked = self.width() < self._theme.px(_STACKED_PX)
        if stacked != self._stacked:
            self._stacked = stacked
            if self.toggle.isChecked() and self._figures is not None:
                self._fill(self._figures)

    def _on_toggled(self, opened: bool) -> None:
        self.toggle.setToolTip(_SHUT if opened else _OPEN)
        self.toggle.setAccessibleName(_SHUT if opened else _OPEN)
        if opened and self._figures is not None:
            self._fill(self._figures)
        self.details.setVisible(opened)

    def _fill(self, figures: Figures) -> None:
        clear(self._grid)
        clear(self._notes)
        columns = (("This answer", figures.run), ("Last 7 days", figures.week), (figures.case_name, figures.case))
        for at, (name, _) in enumerate(columns, 1):
            self._cell(0, at, name, "eyebrow")
        self._line(1, "Answers", columns, lambda spent: f"{spent.runs:,}")
        self._line(
            2, "Tokens in and out", columns, lambda spent: f"{spent.prompt_tokens:,} + {spent.completion_tokens:,}"
        )
        self._line(3, "Time of the model", columns, lambda spent: _duration(spent.seconds))
        sheet = figures.sheet
        for at, one in enumerate(sheet.services if sheet else (), 4):
            assert sheet is not None
            self._line(at, one.name, columns, lambda spent, one=one: money(one.cost(spent), sheet.currency))
        for note in figures.notes:
            self._notes.addWidget(label(note, "small", wrap=True, selectable=True))

    def _line(self, at: int, name: str, columns: tuple[tuple[str, Spent], ...], words: object) -> None:
        if self._stacked:
            self._grid.addWidget(label(name, "small"), 2 * at, 0, 1, 4)
        else:
            self._grid.addWidget(label(name, "small"), 2 * at + 1, 0)
        for column, (title, spent) in enumerate(columns, 1):
            self._cell(2 * at + 1, column, words(spent), "small", f"{name}, {title}: {words(spent)}")  # type: ignore[operator]

    def _cell(self, at: int, column: int, text: str, role: str, name: str = "") -> None:
        cell = label(text, role)
        cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if name:
            cell.setAccessibleName(name)
        self._grid.addWidget(cell, at, column)


def _duration(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
