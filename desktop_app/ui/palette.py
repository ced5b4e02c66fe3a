"""The command palette (Ctrl+K): every lesson, prompt, page and action by typing a few letters of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QStringListModel, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListView, QVBoxLayout, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import label

_MOST = 60


@dataclass(frozen=True, slots=True)
class Command:
    """Something the palette offers: kind is shown before the name ("Lesson", "Prompt", "Go to", "Do")."""

    kind: str
    name: str
    run: Callable[[], object]

    @property
    def title(self) -> str:
        """The line in the list."""
        return f"{self.name}  ·  {self.kind}"


def matching(commands: Sequence[Command], text: str) -> list[Command]:
    """Commands whose title has every typed word, those where a word of the name starts with the text first."""
    words = text.casefold().split()

    def rank(command: Command) -> tuple[int, int]:
        name = command.name.casefold()
        starts = any(part.startswith(words[0]) for part in name.split()) if words else True
        return (0 if name.startswith(text.casefold().strip()) else 1 if starts else 2, len(name))

    found = [command for command in commands if all(word in command.title.casefold() for word in words)]
    if not words:
        found.sort(key=lambda command: command.kind not in ("Go to", "Do"))  # what is not listed elsewhere first
    return sorted(found, key=rank)[:_MOST] if words else found[:_MOST]


class Palette(QDialog):
    """Type, pick with the arrow keys, Enter runs it, Esc closes."""

    def __init__(
        self, theme: Theme, commands: Sequence[Command], find: Callable[[str], Sequence[Command]], parent: QWidget
    ) -> None:
        """find gives what there is too much of to list beforehand, such as prompts, for a text."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)  # its edge; the page below has the same ground
        self.setAccessibleName("Command palette")
        self._commands, self._more = commands, find
        self._shown: list[Command] = []
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search lessons, prompts and actions")
        self.field.setAccessibleName("Search lessons, prompts and actions")
        self.list = QListView()
        self.list.setAccessibleName("Found")
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self._titles = QStringListModel(self)
        self._nothing = label("", "muted")
        self.list.setModel(self._titles)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 12)
        box.setSpacing(8)
        box.addWidget(self.field)
        box.addWidget(self.list)
        box.addWidget(self._nothing)
        box.addWidget(label("↑↓ choose · Enter open · Esc close", "small"))
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.field.returnPressed.connect(self._run)
        self.list.activated.connect(lambda _: self._run())
        self.list.clicked.connect(lambda _: self._run())
        width = min(theme.px(600), parent.width() - 80)
        self.resize(width, theme.px(420))
        self.move(
            parent.mapToGlobal(parent.rect().center()).x() - width // 2,
            parent.mapToGlobal(parent.rect().topLeft()).y() + 80,
        )
        self._find("")
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move in the list while the cursor stays in the field."""
        if event.type() == QEvent.Type.KeyPress:
            assert isinstance(event, QKeyEvent)
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
                Qt.Key(event.key())
            )
            if step and self._shown:
                row = max(0, min(len(self._shown) - 1, self.list.currentIndex().row() + step))
                self.list.setCurrentIndex(self._titles.index(row))
                return True
        return super().eventFilter(watched, event)

    def _find(self, text: str) -> None:
        self._shown = [*matching(self._commands, text), *self._more(text)][:_MOST]
        self._titles.setStringList([command.title for command in self._shown])
        self._nothing.setText("" if self._shown else f"Nothing found for “{text.strip()}”. Try another word.")
        self._nothing.setVisible(not self._shown)
        if self._shown:
            self.list.setCurrentIndex(self._titles.index(0))

    def _run(self) -> None:
        row = self.list.currentIndex().row()
        if 0 <= row < len(self._shown):
            command = self._shown[row]
            self.close()
            command.run()
