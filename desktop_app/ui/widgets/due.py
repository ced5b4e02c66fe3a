"""When something is due, as a chip with an icon: never colour alone."""

from __future__ import annotations

from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_app.lessons.overview import Due
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Icon, chip, row, set_tone


class DueChip(QWidget):
    """ "Due in 5 days" or "Overdue by 2 days"; hidden while there is nothing due."""

    def __init__(self, theme: Theme, due: Due | None = None) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._icon, self._words = Icon(theme, "clock", "muted", 16), chip("")
        self.setLayout(row(self._icon, self._words, spacing=4))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Maximum)
        self.show_due(due)

    def show_due(self, due: Due | None) -> None:
        """Show another day, or nothing."""
        if due is None:
            self.hide()
            return
        if self.isHidden() and self.parentWidget() is not None:  # shown without a parent it would be a window
            self.show()
        tone, icon, color = ("danger", "triangle-alert", "danger") if due.is_overdue else (
            ("caution", "clock", "caution") if due.is_soon else ("plain", "clock", "muted")
        )  # fmt: skip
        self._icon.show_icon(icon, color)
        self._words.setText(due.words)
        set_tone(self._words, tone)
        day = f"{due.day:%A}, {due.day.day} {due.day:%B %Y}"
        self.setToolTip(f"Until the end of {day}")
        self._words.setAccessibleDescription(f"Until the end of {day}")

    @property
    def text(self) -> str:
        """What it says, "" while hidden."""
        return "" if self.isHidden() else self._words.text()
