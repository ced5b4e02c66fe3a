"""A path's heading, and a path on one card, which opens to its lessons: another role's, or one's own once it is passed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.pages.learn.model import LessonRow, PathRows
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.apart import Apart
from desktop_app.ui.widgets.basic import Clickable, Icon, chip, label, row
from desktop_app.ui.widgets.due import DueChip

_ICON_PX = 20
_GAP = 12


class PathHead(QWidget):
    """A path's title, when it is due, how far it is, and what it promises."""

    def __init__(self, theme: Theme, path: PathRows) -> None:
        super().__init__()
        self.setObjectName("clear")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addWidget(Apart(label(path.title, "section", wrap=True), _facts(theme, path)))
        box.addWidget(label(path.description, "muted", wrap=True))


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
        self._open = Icon(theme, "chevron-down", "muted", _ICON_PX)
        self._shut = Icon(theme, "chevron-right", "muted", _ICON_PX)
        line = row(
            self._open, self._shut, Apart(label(path.title, "strong", wrap=True), _facts(theme, path)), spacing=_GAP
        )
        for icon in (self._open, self._shut):
            line.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        self.card.box.addLayout(line)
        words = row(label(path.description, "muted", wrap=True))
        words.setContentsMargins(below_icon(theme), 0, 0, 0)
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
            box.setContentsMargins(below_icon(self._theme), 0, 0, 8)
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


def below_icon(theme: Theme) -> int:
    """How far text is set in to stand below the words beside an icon, in pixels."""
    return theme.px(_ICON_PX) + _GAP


def figures(path: PathRows) -> str:
    """ "4 lessons · 57 minutes", and once one of them was opened "2 of 4 passed · 23 minutes left"."""
    passed = sum(one.state == "passed" for one in path.rows)
    minutes = sum(one.minutes for one in path.rows if one.state != "passed")
    words = f"{minutes} minute{'' if minutes == 1 else 's'}"
    if all(one.state == "new" for one in path.rows):
        return f"{len(path.rows)} lesson{'' if len(path.rows) == 1 else 's'} · {words}"
    return f"{passed} of {len(path.rows)} passed" + (f" · {words} left" if minutes else "")


def _facts(theme: Theme, path: PathRows) -> QWidget:
    facts = QWidget()
    facts.setObjectName("clear")
    facts.setLayout(row(1, DueChip(theme, path.due), spacing=_GAP))
    if path.is_passed:
        facts.layout().addWidget(chip("Passed", "good"))
    facts.layout().addWidget(label(figures(path), "small"))
    return facts
