"""Above the list: what the chosen collection is called, and naming one, in place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.ui.pages.library.shelves import ShelvesModel, ShelvesState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, icon_button, label, row


class ShelfBar(QWidget):
    """Hidden while all prompts are listed and nothing is being named."""

    def __init__(self, theme: Theme, model: ShelvesModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self._naming: tuple[str, str] | None = None  # the collection that is renamed, or "", and the prompt to put in
        self._build()
        model.changed.connect(self._render)
        self._render(model.state)

    def _build(self) -> None:
        self._name = label("", "strong")
        self.rename = icon_button(self._theme, "pencil", "Rename the collection")
        self.remove = icon_button(self._theme, "trash-2", "Delete the collection, not its prompts")
        self.rename.clicked.connect(self._on_rename_clicked)
        self.remove.clicked.connect(lambda: self._model.remove(self._model.state.chosen))
        self._title = QWidget()
        self._title.setObjectName("clear")
        self._title.setLayout(row(self._name, self.rename, self.remove, 1))
        self.edit = QLineEdit()
        self.edit.setMaxLength(80)
        self.edit.setPlaceholderText("Name of the collection, such as Monday reports")
        self.edit.setAccessibleName("Name of the collection")
        self.edit.returnPressed.connect(self._on_named)
        keep = Button(self._theme, "Save", "check", tip="Save the name (Enter)")
        keep.clicked.connect(self._on_named)
        leave = Button(self._theme, "Cancel", kind="quiet", tip="Leave it (Esc)")
        leave.clicked.connect(self.leave_naming)
        naming = QWidget()
        naming.setObjectName("clear")
        line = row(self.edit, keep, leave)
        line.setStretch(0, 1)
        naming.setLayout(line)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._title)
        self._stack.addWidget(naming)
        self._removed = Banner(self._theme, action="Undo")
        self._removed.acted.connect(self._model.put_back)
        self._problem = Banner(self._theme)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for widget in (self._stack, self._removed, self._problem):
            box.addWidget(widget)

    def name_new(self, prompt_id: str = "") -> None:
        """Ask for a new collection's name; the prompt goes into it."""
        self._ask("", "", prompt_id)

    def leave_naming(self) -> None:
        """Make nothing."""
        self._naming = None
        self._render(self._model.state)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the name."""
        if event.key() == Qt.Key.Key_Escape and self._naming is not None:
            self.leave_naming()
            return
        super().keyPressEvent(event)

    def _ask(self, name: str, collection_id: str, prompt_id: str) -> None:
        self._naming = (collection_id, prompt_id)
        self.edit.setText(name)
        self._render(self._model.state)
        self.edit.setFocus()
        self.edit.selectAll()

    def _on_rename_clicked(self) -> None:
        if (chosen := self._model.state.collection) is not None:
            self._ask(chosen.name, chosen.id, "")

    def _on_named(self) -> None:
        if self._naming is None:
            return
        (collection_id, prompt_id), name = self._naming, self.edit.text()
        if collection_id:
            self._model.rename(collection_id, name)
        else:
            self._model.add(name, prompt_id)
        if not self._model.state.problem:
            self.leave_naming()

    def _render(self, state: ShelvesState) -> None:
        chosen = state.collection
        self._stack.setCurrentIndex(1 if self._naming is not None else 0)
        self._stack.setVisible(self._naming is not None or chosen is not None)
        if chosen is not None:
            self._name.setText(chosen.name)
        self._removed.say(f"{state.removed.name} is deleted; its prompts stay." if state.removed else "")
        self._problem.say(state.problem, "caution")
        self.setVisible(self._stack.isVisibleTo(self) or bool(state.removed) or bool(state.problem))
