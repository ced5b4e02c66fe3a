"""What stands beside a part of an answer after checking: an icon and a word, never a colour alone."""

from __future__ import annotations

from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.ui.pages.learn.questions.words import PARTLY, RIGHT
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Icon, label, row

_LOOKS = {RIGHT: ("circle-check", "accent"), PARTLY: ("circle-alert", "caution")}
_WRONG = ("circle-x", "caution")


def look(word: str) -> tuple[str, str]:
    """Icon and colour token for a word."""
    return _LOOKS.get(word, _WRONG)


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say text, if one is running."""
    if text and QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Mark(QWidget):
    """Icon and word; takes no room while it has nothing to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._icon, self._words = Icon(theme, "circle-check"), label("", "small")
        self._words.setStyleSheet("font-weight: 500")
        self.setLayout(row(self._icon, self._words, spacing=6))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.hide()

    def say(self, word: str, more: str = "") -> None:
        """Show a word of words.py, and what it is about behind it; "" hides it."""
        self.setVisible(bool(word))
        if word:
            self._icon.show_icon(*look(word))
            self._words.setText(f"{word}{more}")

    @property
    def text(self) -> str:
        """What it says, "" while hidden."""
        return self._words.text() if not self.isHidden() else ""
