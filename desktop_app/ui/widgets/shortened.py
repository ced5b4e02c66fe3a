"""A button that shortens its words where there is no room for all of them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QResizeEvent

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button

_LEAST_CHARACTERS = 12
_SLACK_PX = 4  # widths of letters are rounded


class Shortened(Button):
    """As wide as its words where that can be, else shortened with "…"; all of them are its tooltip and accessible name."""

    def __init__(self, theme: Theme, text: str, icon: str = "", *, kind: str = "") -> None:
        super().__init__(theme, text, icon, kind=kind, tip=text)
        self._whole = text
        self.setAccessibleName(text)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Preferred)
        self.setSizePolicy(policy)

    def sizeHint(self) -> QSize:
        """The size with all its words."""
        hint = super().sizeHint()
        hint.setWidth(hint.width() + self._advance(self._whole) - self._advance(self.text()) + _SLACK_PX)
        return hint

    def minimumSizeHint(self) -> QSize:
        """Enough for the first words."""
        hint = self.sizeHint()
        least = self._advance(self._whole[:_LEAST_CHARACTERS] + "…")
        hint.setWidth(hint.width() - max(0, self._advance(self._whole) - least))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten to the new width."""
        super().resizeEvent(event)
        self._shorten()

    def changeEvent(self, event: QEvent) -> None:
        """Shorten anew when letters have another size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._shorten()

    def _shorten(self) -> None:
        room = self.width() - (self.sizeHint().width() - self._advance(self._whole)) + _SLACK_PX
        shown = self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        if shown != self.text():
            self.setText(shown)

    def _advance(self, text: str) -> int:
        return self.fontMetrics().horizontalAdvance(text)
