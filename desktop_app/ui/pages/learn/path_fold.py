"""Another role's path on one card, which opens to its lessons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.pages.learn.model import LessonRow, PathRows
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Clickable, Icon, label, row
from desktop_app.ui.widgets.due import DueChip


class PathFold(QWidget):
    """The card, and below it the lessons once it was pressed. Signals: toggled(id of the path)."""

    toggled = Signal(str)

    def __init__(self, theme: Theme, path: PathRows, make_card: Callable[[LessonRow], QWidget]) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._path, self._make_card = theme, path, make_card
        self._lessons: QWidget | None = None  # built when they are first looked at
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(12)
        self.card = Clickable(theme, "", margin=16)
        self._open = Icon(theme, "chevron-down", "muted", 20)
        self._shut = Icon(theme, "chevron-right", "muted", 20)
        line = row(self._open, self._shut, label(path.title, "strong", wrap=True), DueChip(theme, path.due), spacing=12)
        line.setStretch(2, 1)
        line.addWidget(label(figures(path), "small"))
        self.card.box.addLayout(line)
        words = row(label(path.description, "muted", wrap=True))
        words.setContentsMargins(theme.px(32), 0, 0, 0)
        self.card.box.addLayout(words)
        self._box.addWidget(self.card)
        self.card.clicked.connect(self._toggle)
        self._show(path.is_open)

    @property
    def is_open(self) -> bool:
        """True while the lessons are shown."""
        return self._lessons is not None and not self._lessons.isHidden()

    def _toggle(self) -> None:
        self._show(not self.is_open)
        self.toggled.emit(self._path.id)

    def _show(self, is_open: bool) -> None:
        if is_open and self._lessons is None:
            self._lessons = QWidget()
            self._lessons.setObjectName("clear")
            box = QVBoxLayout(self._lessons)
            box.setContentsMargins(self._theme.px(32), 0, 0, 8)
            box.setSpacing(12)
            for lesson in self._path.rows:
                box.addWidget(self._make_card(lesson))
            self._box.addWidget(self._lessons)
        if self._lessons is not None:
            self._lessons.setVisible(is_open)
        self._open.setVisible(is_open)
        self._shut.setVisible(not is_open)
        doing = "Hide" if is_open else "Show"
        said = f"{self._path.title}. {self._path.description} {figures(self._path)}. {doing} its lessons"
        self.card.setAccessibleName(said)


def figures(path: PathRows) -> str:
    """ "2 of 4 passed · 23 minutes left"."""
    passed = sum(one.state == "passed" for one in path.rows)
    minutes = sum(one.minutes for one in path.rows if one.state != "passed")
    left = f"{minutes} minute{'' if minutes == 1 else 's'} left" if minutes else "all done"
    return f"{passed} of {len(path.rows)} passed · {left}"
