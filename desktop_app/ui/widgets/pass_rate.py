"""A pass rate as a small bar, green what passed and red what failed, with a whisker for what it says about other runs."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.prompts.evaluate.summary import PassRate
from desktop_app.ui.theme import Theme

_THICK, _CAP = 6, 10


def draw_pass_rate(painter: QPainter, theme: Theme, box: QRect, rate: PassRate) -> None:
    """Draw the bar across box, in its middle; the words beside it say the figures."""
    t, thick, cap = theme.tokens, theme.px(_THICK), theme.px(_CAP)
    middle = box.center().y() + 1
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for share, color in ((1.0, t.danger), (rate.rate, t.good)):
        if share:
            painter.setBrush(QColor(color))
            track = QRectF(box.left(), middle - thick / 2, box.width() * share, thick)
            painter.drawRoundedRect(track, thick / 2, thick / 2)
    low, high = (box.left() + share * (box.width() - 1) for share in (rate.low, rate.high))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(QPen(QColor(t.text), 1))
    for x in (low, high):
        painter.drawLine(round(x), middle - cap // 2, round(x), middle + cap // 2)
    painter.drawLine(round(low), middle, round(high), middle)
    painter.restore()


class PassRateBar(QWidget):
    """The bar by itself; for screen readers the words beside it say the same."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._rate: PassRate | None = None
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_rate(self, rate: PassRate | None) -> None:
        """Show a rate, or nothing."""
        self._rate = rate
        self.setVisible(rate is not None)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as a few words."""
        return QSize(self._theme.px(120), self._theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        if self._rate is not None:
            painter = QPainter(self)
            draw_pass_rate(painter, self._theme, self.rect(), self._rate)
            painter.end()
