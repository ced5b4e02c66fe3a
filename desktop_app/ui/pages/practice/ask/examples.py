"""Two prompts of the person's role to begin with, where nothing was asked yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Clickable, clear, label

Example = tuple[str, str, str]  # a prompt's id, name and description


class Examples(QWidget):
    """Signals: chosen(str), a prompt's id."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, find: Callable[[], Sequence[Example]]) -> None:
        """find is asked when the examples are first seen: the library may not have been read before."""
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._find = theme, find
        self.shown: tuple[Example, ...] = ()
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)

    def showEvent(self, event: object) -> None:
        """Look for examples each time this comes into view: the role may have changed."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.reload()

    def reload(self) -> None:
        """Show the examples of now."""
        found = tuple(self._find())
        if found == self.shown:
            return
        self.shown = found
        clear(self._box)
        if found:
            self._box.addWidget(label("Or begin with a prompt that is ready", "small"))
        for prompt_id, name, description in found:
            card = Clickable(self._theme, f"{name}. {description}", margin=12)
            card.box.setSpacing(2)
            card.box.addWidget(label(name, "strong", wrap=True))
            card.box.addWidget(label(description, "small", wrap=True))
            card.clicked.connect(lambda prompt_id=prompt_id: self.chosen.emit(prompt_id))
            self._box.addWidget(card)
