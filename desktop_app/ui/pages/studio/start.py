"""What Studio shows before a folder or a file is open."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Icon, Scroll, clear, fill, label, row


class Start(QWidget):
    """Signals: open_asked(); recent_chosen(Path); new_asked()."""

    open_asked = Signal()
    recent_chosen = Signal(object)
    new_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        card = Card(margin=32, spacing=12)
        head = row(Icon(theme, "pencil", "accent", 28), 1)
        self._title, self._words = label("", "page", wrap=True), label("", "muted", wrap=True)
        self._open = Button(theme, "Open a folder…", "folder-open", kind="primary", shortcut="")
        self._new = Button(theme, "New lesson", "plus", kind="primary")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        card.box.addLayout(head)
        for widget in (self._title, self._words):
            card.box.addWidget(widget)
        card.box.addLayout(row(self._new, self._open, 1))
        card.box.addLayout(self._recent)
        scroll = Scroll(max_width=theme.px(560), margins=(24, 24, 24, 24))
        scroll.box.addStretch(1)
        scroll.box.addWidget(card)
        scroll.box.addStretch(2)
        fill(self, scroll)
        self._open.clicked.connect(self.open_asked)
        self._new.clicked.connect(self.new_asked)

    def show_no_folder(self, recent: tuple[Path, ...], problem: str = "") -> None:
        """Nothing is open."""
        self._title.setText("Write lessons here")
        said = "Open the folder that holds your lessons, or an empty one to begin with. You can also drag it here."
        self._words.setText(f"{problem}\n{said}" if problem else said)
        self._new.hide()
        self._open.show()
        clear(self._recent)
        if recent:
            self._recent.addWidget(label("Opened before", "small"))
        for folder in recent[:5]:
            button = Button(self._theme, f"{folder.name}  ·  {folder.parent}", "folder-open", kind="row")
            button.setAccessibleName(f"Open {folder}")
            button.clicked.connect(lambda _=False, folder=folder: self.recent_chosen.emit(folder))
            self._recent.addWidget(button)

    def show_no_file(self, lessons: int, name: str) -> None:
        """A folder is open, but no file of it."""
        clear(self._recent)
        self._open.hide()
        self._new.show()
        if lessons:
            self._title.setText("Choose a lesson")
            count = f"{lessons} lesson{'s' if lessons > 1 else ''}"
            self._words.setText(f"{name} has {count}. Open one on the left, or make a new one from a complete example.")
        else:
            self._title.setText("No lessons yet")
            self._words.setText(
                f"{name} holds no lesson. Make the first one: it starts as a complete, working example that you change."
            )
