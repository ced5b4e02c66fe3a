"""A ring that shows "so many of so many" at a glance."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.ui.theme import Theme

_SIDE = 96
_STROKE = 9


class Ring(QWidget):
    """done of total; its accessible description says the same in words."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._done, self._total = theme, 0, 0
        self.setAccessibleName(name)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_share(self, done: int, total: int) -> None:
        """Show done of total."""
        self._done, self._total = done, total
        self.setAccessibleDescription(f"{done} of {total}")
        self.update()

    def sizeHint(self) -> QSize:
        """A square that grows with the text."""
        return QSize(self._theme.px(_SIDE), self._theme.px(_SIDE))

    def _restyle(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track, arc and figures."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stroke = self._theme.px(_STROKE)
        box = QRectF(self.rect()).adjusted(stroke / 2, stroke / 2, -stroke / 2, -stroke / 2)
        pen = QPen(QColor(self._theme.tokens.sunken), stroke, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawEllipse(box)
        if self._done and self._total:
            pen.setColor(QColor(self._theme.tokens.accent))
            painter.setPen(pen)
            painter.drawArc(box, 90 * 16, -round(360 * 16 * self._done / self._total))
        painter.setPen(QColor(self._theme.tokens.text))
        painter.setFont(self._theme.font("section", 600))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, f"{self._done} of {self._total}")
        painter.end()
