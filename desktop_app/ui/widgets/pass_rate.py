"""A pass rate as a small bar, green what passed and red what failed, with a whisker for what it says about other runs."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.prompts.evaluate.summary import PassRate
from desktop_app.ui.theme import Theme

_THICK, _CAP = 6, 10


def draw_share(
    painter: QPainter, theme: Theme, box: QRect, share: float, bounds: tuple[float, float] | None, color: str, rest: str
) -> None:
    """Draw a share in the token color across box, what is left in rest, and bounds as a whisker, if there are any."""
    t, thick, cap = theme.tokens, theme.px(_THICK), theme.px(_CAP)
    middle = box.center().y() + 1
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for part, token in ((1.0, rest), (share, color)):
        if part:
            painter.setBrush(QColor(getattr(t, token)))
            track = QRectF(box.left(), middle - thick / 2, box.width() * part, thick)
            painter.drawRoundedRect(track, thick / 2, thick / 2)
    if bounds is not None:
        low, high = (box.left() + part * (box.width() - 1) for part in bounds)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QPen(QColor(t.text), 1))
        for x in (low, high):
            painter.drawLine(round(x), middle - cap // 2, round(x), middle + cap // 2)
        painter.drawLine(round(low), middle, round(high), middle)
    painter.restore()


def draw_pass_rate(painter: QPainter, theme: Theme, box: QRect, rate: PassRate) -> None:
    """Draw the bar across box, in its middle; the words beside it say the figures."""
    draw_share(painter, theme, box, rate.rate, (rate.low, rate.high), "good", "danger")


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


class ShareBar(QWidget):
    """A share without right and wrong, in a colour of its own; for screen readers the words beside it say the same."""

    def __init__(self, theme: Theme, color: str = "accent") -> None:
        super().__init__()
        self._theme, self._color = theme, color
        self._share, self._bounds = 0.0, (0.0, 0.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float, low: float | None, high: float | None) -> None:
        """Show a share and where it lies with 95 % confidence."""
        self._share = share
        self._bounds = (share if low is None else low, share if high is None else high)
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        return QSize(self._theme.px(160), self._theme.px(16))

    def minimumSizeHint(self) -> QSize:
        """The least that shows a difference."""
        return QSize(self._theme.px(60), self._theme.px(16))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        draw_share(painter, self._theme, self.rect(), self._share, self._bounds, self._color, "hairline")
        painter.end()
