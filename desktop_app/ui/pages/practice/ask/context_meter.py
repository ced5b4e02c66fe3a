"""How much of what the model can read at once is used, and for what: a stacked bar with a legend in words and numbers."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from desktop_app.practice.context import Meter
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import label

_BAR_PX = 8
# What each part is called, in the legend for short, and the token of its colour, in the order they are read.
_PARTS = (
    ("instructions", "Instructions", "Instructions", "info"),
    ("documents", "Documents", "Documents", "caution"),
    ("history", "Earlier", "Earlier", "muted"),
    ("question", "Question", "Question", "accent"),
    ("answer", "Room for the answer", "Answer", "accent"),
)
_EMPTY = {"Answer", "Free"}  # kept free, so drawn as an outline


class ContextMeter(QWidget):
    """The bar with its legend."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme = theme
        self._meter: Meter | None = None
        self._is_compact = False
        self.bar = _Bar(theme)
        self.legend = label("", "small", wrap=True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addWidget(self.bar)
        box.addWidget(self.legend)
        Restyler(theme, self, self._restyle)

    def show_meter(self, meter: Meter | None) -> None:
        """Show what was counted; None before it was."""
        self._meter = meter
        self.bar.show_meter(meter)
        self._restyle()

    def set_compact(self, compact: bool) -> None:
        """Leave the legend to the tooltip where height is scarce; too long a text still says so."""
        if compact != self._is_compact:
            self._is_compact = compact
            self._restyle()

    @property
    def words(self) -> str:
        """The legend as plain text."""
        return ", ".join(f"{name} {tokens:,}" for name, _, tokens, _ in self._shown())

    def _shown(self) -> list[tuple[str, str, int, str]]:
        meter = self._meter
        if meter is None:
            return []
        parts = [(name, short, getattr(meter, part), color) for part, name, short, color in _PARTS]
        over = (
            ("Too long by", "Too long by", meter.over, "danger") if meter.over else ("Free", "Free", meter.free, "edge")
        )
        return [part for part in parts if part[2]] + [over]

    def _restyle(self) -> None:
        tokens = self._theme.tokens
        parts = [
            f'<span style="color: {getattr(tokens, color)}">{"□" if short in _EMPTY else "■"}</span>&nbsp;'
            f"{escape(short).replace(' ', '&nbsp;')}&nbsp;{count:,}"
            for _, short, count, color in self._shown()
        ]
        self.legend.setText("&nbsp; ".join(parts) + ("&nbsp;tokens" if parts else ""))
        self.legend.setVisible(bool(parts) and not self._is_compact)
        whole = f" of {self._meter.context:,} tokens" if self._meter else ""
        self.setToolTip(
            f"{self.words}.\nAll that the model can read at once is {self._meter.context:,} tokens; a token is about three quarters of a word. "
            "Instructions hold what the model's own format adds, too."
            if self._meter
            else ""
        )
        self.setAccessibleName(f"In use{whole}: {self.words}" if self.words else "Not counted yet")


class _Bar(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._meter: Meter | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        Restyler(theme, self, self.update)

    def sizeHint(self) -> QSize:
        """A thin line."""
        return QSize(120, _BAR_PX)

    def show_meter(self, meter: Meter | None) -> None:
        """Draw what was counted."""
        self._meter = meter
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The parts one after the other, on a track that stands for all there is."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QPainterPath()
        track.addRoundedRect(QRectF(self.rect()), _BAR_PX / 2, _BAR_PX / 2)
        painter.setClipPath(track)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), QColor(tokens.hairline))
        if self._meter is not None:
            whole, left = max(self._meter.context, self._meter.used, 1), 0.0
            for part, _, short, color in _PARTS:
                width = self.width() * getattr(self._meter, part) / whole
                token = "danger" if self._meter.over and part == "question" else color
                place = QRectF(left, 0, max(0.0, width - 1), self.height())
                painter.fillRect(place, QColor(getattr(tokens, token)))
                if short in _EMPTY:
                    painter.fillRect(place.adjusted(1.5, 1.5, -1.5, -1.5), QColor(tokens.surface))
                left += width
        painter.end()
