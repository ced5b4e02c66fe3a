"""Room for a widget that is built when somebody first looks at it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_app.ui.widgets.basic import fill


class Later(QWidget):
    """Its content is None until it is first shown."""

    def __init__(self, make: Callable[[], QWidget]) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._make = make
        self.content: QWidget | None = None

    def showEvent(self, event: QShowEvent) -> None:
        """Build it now, the first time."""
        super().showEvent(event)
        if self.content is None:
            self.content = self._make()
            fill(self, self.content)
