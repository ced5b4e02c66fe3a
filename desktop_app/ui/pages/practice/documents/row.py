"""One document of the list, and one file that is being read."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QLabel, QMenu, QSizePolicy, QVBoxLayout

from desktop_app.policy.vocabulary import DATA_CLASSES
from desktop_app.ui.pages.practice.documents.state import STAYS, Item, Reading
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Icon, icon_button, label, meter, row

_INDENT_PX = 36  # below the name, beside the box


class NameBox(QCheckBox):
    """A box whose name is shortened to the room there is; its tooltip and accessible name have all of it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setAccessibleName(f"Use {name} for this conversation")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(120)
        self.setText(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the name in its middle, where names of files differ least."""
        super().resizeEvent(event)
        room = self.width() - self.iconSize().width() - 40
        self.setText(
            self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, max(40, room)).replace("&", "&&")
        )


class NameLabel(QLabel):
    """A name that is shortened to the room there is; its tooltip has all of it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._name = name
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the name in its middle."""
        super().resizeEvent(event)
        self.setText(self.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, self.width()))


class DocumentRow(QFrame):
    """Signals: chosen(bool), opened(), removed(), class_chosen(str)."""

    chosen = Signal(bool)
    opened = Signal()
    removed = Signal()
    class_chosen = Signal(str)

    def __init__(self, theme: Theme, item: Item) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self.item = theme, item
        self.box = NameBox(item.row.name)
        self.box.setToolTip(f"{item.row.name}: draw answers from it. Delete removes it, Enter opens it.")
        self._open = icon_button(theme, "panel-right-open", f"Open {item.row.name}")
        self._more = icon_button(theme, "ellipsis", f"More about {item.row.name}")
        self._facts = label("", "small", wrap=True)
        self._facts.setIndent(0)
        self._warning = label("", "small", wrap=True)
        self._problem = label("", "small", wrap=True)
        line = row(self.box, self._open, self._more, spacing=0)
        line.setStretch(0, 1)
        below = QVBoxLayout()
        below.setContentsMargins(theme.px(_INDENT_PX), 0, 8, 6)
        below.setSpacing(2)
        self._signs: list[Icon] = []
        below.addWidget(self._facts)
        for words, icon in ((self._warning, "shield-alert"), (self._problem, "triangle-alert")):
            sign = Icon(theme, icon, "caution", 14)
            self._signs.append(sign)
            beside = row(sign, words, spacing=6)
            beside.setStretch(1, 1)
            beside.setAlignment(sign, Qt.AlignmentFlag.AlignTop)
            below.addLayout(beside)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(line)
        box.addLayout(below)
        self.box.toggled.connect(self.chosen)
        self._open.clicked.connect(self.opened)
        self._more.clicked.connect(self._show_menu)
        self.show_item(item)

    def show_item(self, item: Item) -> None:
        """Show what changed."""
        self.item = item
        self.box.blockSignals(True)
        self.box.setChecked(item.chosen)
        self.box.blockSignals(False)
        self._facts.setText(item.facts)
        self._warning.setToolTip(f"{item.holds}: {STAYS}." if item.holds else "")
        says = (item.holds or "", item.row.problem)
        for sign, words, text in zip(self._signs, (self._warning, self._problem), says, strict=True):
            words.setText(text)
            sign.setVisible(bool(text))
            words.setVisible(bool(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete removes, Enter opens."""
        if event.key() == Qt.Key.Key_Delete:
            self.removed.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    def menu(self) -> QMenu:
        """What else can be done with the document."""
        menu = QMenu(self)
        menu.addAction("Open", self.opened.emit)
        classes = menu.addMenu("Data class")
        group = QActionGroup(menu)
        for key, name in {"": "Not tagged", **DATA_CLASSES}.items():
            action = QAction(name, group)
            action.setCheckable(True)
            action.setChecked(self.item.data_class == key)
            action.triggered.connect(lambda _=False, key=key: self.class_chosen.emit(key))
            classes.addAction(action)
        menu.addAction("Copy where the file is", lambda: QGuiApplication.clipboard().setText(str(self.item.row.path)))
        menu.addSeparator()
        menu.addAction("Remove", self.removed.emit)
        return menu

    def _show_menu(self) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._more.mapToGlobal(QPoint(0, self._more.height())))


class ReadingRow(QFrame):
    """A file on its way in. Signals: cancelled(), again()."""

    cancelled = Signal()
    again = Signal()

    def __init__(self, theme: Theme, reading: Reading) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.path: Path = reading.path
        self._sign = Icon(theme, "file-text", "muted")
        name = NameLabel(reading.path.name)
        self._note = label("", "small")
        self._meter = meter(name=f"How much of {reading.path.name} was read")
        self._problem = label("", "small", wrap=True, selectable=True)
        self._again = icon_button(theme, "refresh-cw", f"Read {reading.path.name} again")
        self._cancel = icon_button(theme, "x", f"Stop reading {reading.path.name}")
        line = row(self._sign, name, self._note, self._again, self._cancel, spacing=8)
        line.setStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 2, 0, 6)
        box.setSpacing(2)
        box.addLayout(line)
        box.addWidget(self._meter)
        box.addWidget(self._problem)
        self._cancel.clicked.connect(self.cancelled)
        self._again.clicked.connect(self.again)
        self.show_reading(reading)

    def show_reading(self, reading: Reading) -> None:
        """Show how far it is, or why it could not be read."""
        failed = bool(reading.problem)
        self._sign.show_icon("circle-x" if failed else "file-text", "danger" if failed else "muted")
        self._note.setText("" if failed else reading.note)
        self._note.setVisible(not failed)
        self._meter.setVisible(not failed)
        if reading.share is None:
            self._meter.setRange(0, 0 if reading.done else 1000)
        else:
            self._meter.setRange(0, 1000)
            self._meter.setValue(round(1000 * reading.share))
        self._problem.setText(reading.problem)
        self._problem.setVisible(failed)
        self._again.setVisible(failed)
        if failed:
            self._cancel.setAccessibleName(f"Take {reading.path.name} off the list")
            self._cancel.setToolTip(self._cancel.accessibleName())
