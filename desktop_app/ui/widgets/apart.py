"""Two things at the ends of one line, or one below the other where the line is too short for both."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QBoxLayout, QLabel, QWidget


class Apart(QWidget):
    """first at the left, taking what room there is, and second at the right; a hidden second takes no place."""

    def __init__(self, first: QWidget, second: QWidget, *, spacing: int = 12) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._first, self._second = first, second
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(spacing)
        self._box.addWidget(first, 1, _start(first))
        self._box.addWidget(second)

    @property
    def is_stacked(self) -> bool:
        """True while second stands below first."""
        return self._box.direction() == QBoxLayout.Direction.TopToBottom

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stack them where first would have to wrap for second's sake."""
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Look again whether both have room, after one of them got other words."""
        needed = _natural_width(self._first) + self._box.spacing() + self._second.sizeHint().width()
        stacked = not self._second.isHidden() and self.width() < needed
        if stacked == self.is_stacked:
            return
        self._box.setDirection(QBoxLayout.Direction.TopToBottom if stacked else QBoxLayout.Direction.LeftToRight)
        self._box.setAlignment(self._second, Qt.AlignmentFlag.AlignLeft if stacked else Qt.AlignmentFlag(0))


def _start(widget: QWidget) -> Qt.AlignmentFlag:
    """A button keeps its own width at the start of the room it is given."""
    return Qt.AlignmentFlag.AlignLeft if isinstance(widget, QAbstractButton) else Qt.AlignmentFlag(0)


def _natural_width(widget: QWidget) -> int:
    """The width of all its words on one line; the hint of a label that may wrap is less."""
    if isinstance(widget, QLabel):
        return widget.fontMetrics().horizontalAdvance(widget.text()) + 2
    return widget.sizeHint().width()
