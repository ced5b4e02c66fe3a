"""A message with several ways out."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Icon, clear, label, row, set_tone

_ICONS = {
    "good": ("history", "accent"),
    "plain": ("info", "muted"),
    "caution": ("triangle-alert", "caution"),
    "danger": ("circle-x", "danger"),
}


class NoticeBar(QFrame):
    """Icon, words and a button for each action; hidden while it has nothing to say. Signals: acted(str), the action's name."""

    acted = Signal(str)

    def __init__(self, theme: Theme, *, after: QWidget) -> None:
        """after is the widget behind which Tab reaches the buttons: new ones would come last otherwise."""
        super().__init__()
        self._theme, self._after = theme, after
        self._icon = Icon(theme, "info")
        self._words = label("", wrap=True)
        self._actions = row(spacing=6)
        self._shown: tuple[object, ...] = ()
        box = QHBoxLayout(self)
        box.setContentsMargins(12, 6, 8, 6)
        box.setSpacing(10)
        box.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        box.addWidget(self._words, 1)
        box.addLayout(self._actions)
        self.hide()

    @property
    def text(self) -> str:
        """What it says, "" while hidden."""
        return self._words.text() if not self.isHidden() else ""

    def say(self, text: str, tone: str = "plain", actions: tuple[tuple[str, str], ...] = ()) -> None:
        """Show words and buttons; an empty text hides the bar."""
        if (text, tone, actions) == self._shown:
            return
        self._shown = (text, tone, actions)
        self.setVisible(bool(text))
        clear(self._actions)
        if not text:
            return
        self._words.setText(text)
        self.setAccessibleName(text)
        self._icon.show_icon(*_ICONS[tone])
        set_tone(self, tone, "banner")
        before = self._after
        for name, words in actions:
            button = Button(self._theme, words)
            button.clicked.connect(lambda _=False, name=name: self.acted.emit(name))
            self._actions.addWidget(button)
            QWidget.setTabOrder(before, button)
            before = button
