"""The drawer with what was asked before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QWidget

from desktop_app.practice.export import FORMS, ExportForm
from desktop_app.practice.finding import Found
from desktop_app.ui.pages.practice.ask.history_model import WHEN, HistoryModel, HistoryState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Choice, ago, column, icon_button, label, row, shortcut
from desktop_app.ui.widgets.entries import Entry, EntryList


class HistoryDrawer(Card):
    """Signals: closed(), when somebody is done with it."""

    closed = Signal()

    def __init__(self, theme: Theme, model: HistoryModel) -> None:
        super().__init__(margin=16, spacing=8)
        self._theme, self._model = theme, model
        self._filling = False
        self._build()
        self._connect()
        self._render(model.state)

    def _build(self) -> None:
        theme = self._theme
        close = icon_button(theme, "x", "Close the history (Esc)")
        close.clicked.connect(self.closed)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search what you asked and got")
        self.field.setAccessibleName("Search the history")
        self.field.setClearButtonEnabled(True)
        self.when, self.prompt, self.model = Choice(), Choice(), Choice()
        for box, name in ((self.when, "When"), (self.prompt, "Prompt"), (self.model, "Model")):
            box.setAccessibleName(name)
            box.setMinimumContentsLength(8)
            box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        for key, (name, _) in WHEN.items():
            self.when.addItem(name, key)
        self.list = EntryList(theme, "Conversations", lines=2)
        self._empty = label("", "muted", wrap=True)
        self._count = label("", "small", wrap=True)
        self.open_button = Button(theme, "Open", "arrow-right", tip="Open it as it was left (Enter)")
        self.rename_button = icon_button(theme, "pencil", "Rename (F2)")
        self.save_button = icon_button(theme, "download", "Save as a file")
        self.delete_button = icon_button(theme, "trash-2", "Delete (Delete); it can be undone")
        self._menu = QMenu(self.save_button)
        for form, name in FORMS.items():
            action = QAction(f"Save as {name}", self._menu)
            action.triggered.connect(lambda _=False, form=form: self._export(form))
            self._menu.addAction(action)
        self._name = QLineEdit()
        self._name.setAccessibleName("New name")
        self._name_row = QWidget()
        self._name_row.setObjectName("clear")
        self._name_done = Button(theme, "Rename", tip="Give it this name (Enter)")
        line = row(self._name, self._name_done)
        line.setStretch(0, 1)
        self._name_row.setLayout(line)
        self._name_row.hide()
        self._said = Banner(theme, action="Undo")
        self._problem = Banner(theme)
        self._asks = Banner(theme)
        self._answers = QWidget()
        self._answers.setObjectName("clear")
        self._placeholders = Button(
            theme, "Save with placeholders", tip="Put placeholders such as [EMAIL-1] in their place"
        )
        self._as_it_is = Button(theme, "Save as it is")
        self._not = Button(theme, "Do not save", kind="quiet")
        self._answers.setLayout(column(self._placeholders, row(self._as_it_is, self._not, 1), spacing=6))
        self.box.addLayout(row(label("History", "section"), 1, close))
        self.box.addWidget(self.field)
        filters = row(self.when, self.prompt, self.model, spacing=6)
        for at in range(3):
            filters.setStretch(at, 1)
        self.box.addLayout(filters)
        self.box.addWidget(self._empty)
        self.box.addWidget(self.list, 1)
        self.box.addWidget(self._count)
        for widget in (self._name_row, self._asks, self._answers, self._said, self._problem):
            self.box.addWidget(widget)
        self.box.addLayout(
            row(self.open_button, 1, self.rename_button, self.save_button, self.delete_button, spacing=4)
        )

    def _connect(self) -> None:
        model = self._model
        model.choose_file = self._choose_file
        self.field.textChanged.connect(model.search)
        self.field.installEventFilter(self)
        self.when.activated.connect(lambda _: model.choose(when=self.when.currentData()))
        self.prompt.activated.connect(lambda _: model.choose(prompt_id=self.prompt.currentData()))
        self.model.activated.connect(lambda _: model.choose(model_id=self.model.currentData()))
        self.list.activated_key.connect(lambda _: self._open())
        self.list.chosen.connect(lambda _: self._show_buttons())
        self.list.doubleClicked.connect(lambda _: self._open())
        self.open_button.clicked.connect(self._open)
        self.rename_button.clicked.connect(self._start_rename)
        self.delete_button.clicked.connect(self._delete)
        self.save_button.clicked.connect(
            lambda: self._menu.popup(self.save_button.mapToGlobal(self.save_button.rect().topLeft()))
        )
        self._name.returnPressed.connect(self._rename)
        self._name_done.clicked.connect(self._rename)
        self._said.acted.connect(model.undo)
        self._placeholders.clicked.connect(model.save_with_placeholders)
        self._as_it_is.clicked.connect(model.save_as_it_is)
        self._not.clicked.connect(model.do_not_save)
        shortcut(self.list, "F2", self._start_rename)
        shortcut(self.list, "Delete", self._delete)
        model.changed.connect(self._render)

    def begin(self) -> None:
        """Search anew, with the cursor in the field."""
        self._model.reload()
        self.field.setFocus()
        self.field.selectAll()

    @property
    def chosen(self) -> Found | None:
        """The entry that is current."""
        key = self.list.currentIndex().data(Qt.ItemDataRole.UserRole)
        return next((one for one in self._model.state.found if key is not None and one.id == key.key), None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down goes from the field into the list, Enter opens the first."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Down and self.list.entries:
                self.list.setFocus()
                if not self.list.currentIndex().isValid():
                    self.list.setCurrentIndex(self.list.model().index(0, 0))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._model.state.found:
                self._model.open(self.chosen or self._model.state.found[0])
                return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends renaming, then closes the drawer."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self._name_row.isVisible():
            self._name_row.hide()
            self.list.setFocus()
        else:
            self.closed.emit()

    def event(self, event: QEvent) -> bool:
        """Esc reaches the drawer before a shortcut of the window takes it."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def _open(self) -> None:
        if self.chosen is not None:
            self._model.open(self.chosen)

    def _start_rename(self) -> None:
        if self.chosen is not None and self.chosen.kind == "conversation":
            self._name.setText(self.chosen.title)
            self._name_row.show()
            self._name.setFocus()
            self._name.selectAll()

    def _rename(self) -> None:
        if self.chosen is not None:
            self._model.rename(self.chosen, self._name.text())
            self._name_row.hide()
            self.list.setFocus()

    def _delete(self) -> None:
        if self.chosen is not None and self.chosen.kind == "conversation":
            at = self.list.currentIndex().row()
            self._model.delete(self.chosen)
            if self.list.entries:
                self.list.setCurrentIndex(self.list.model().index(min(at, len(self.list.entries) - 1), 0))

    def _export(self, form: ExportForm) -> None:
        if self.chosen is not None:
            self._model.export(self.chosen.id, form)

    def _choose_file(self, name: str) -> Path | None:
        kind = "Markdown (*.md)" if name.endswith(".md") else "Text (*.txt)"
        chosen, _ = QFileDialog.getSaveFileName(self, "Save conversation", str(Path.home() / name), kind)
        return Path(chosen) if chosen else None

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _render(self, state: HistoryState) -> None:
        current = self.chosen
        self.list.show_entries([self._entry(one, state) for one in state.found], current.id if current else None)
        if self.list.entries and not self.list.currentIndex().isValid():
            self.list.setCurrentIndex(self.list.model().index(0, 0))
        self._fill(self.prompt, "All prompts", state.prompts, state.prompt_id)
        self._fill(self.model, "All models", {one: one for one in state.models}, state.model_id)
        if self.field.text() != state.text:
            self.field.setText(state.text)
        nothing = not state.found and not state.busy
        self._empty.setVisible(nothing)
        self.list.setVisible(not nothing)
        searching = bool(state.text or state.when or state.prompt_id is not None or state.model_id is not None)
        self._empty.setText(
            "Nothing you asked holds these words. Try fewer, or the beginning of a word."
            if searching
            else "Here stands everything you ask, to open, search and go on with. It is encrypted and stays on this computer."
        )
        self._count.setText(_counted(state))
        self._count.setVisible(bool(self._count.text()))
        self._said.say(state.said, "good", action="Undo" if state.undoes else "")
        self._problem.say(state.problem, "danger")
        self._asks.say(state.asks, "caution")
        self._answers.setVisible(bool(state.asks))
        self._placeholders.setVisible(state.can_hide)
        self._show_buttons()

    def _fill(self, box: Choice, all_of_them: str, names: dict[str, str], chosen: str | None) -> None:
        wanted = [(all_of_them, None), *((name, key) for key, name in names.items())]
        if [(box.itemText(at), box.itemData(at)) for at in range(box.count())] != wanted:
            box.clear()
            for name, key in wanted:
                box.addItem(name, key)
        box.setCurrentIndex(next((at for at, (_, key) in enumerate(wanted) if key == chosen), 0))

    def _entry(self, one: Found, state: HistoryState) -> Entry:
        prompt = state.prompts.get(one.prompt_id, one.prompt_id) if one.prompt_id else ""
        where = "Lesson" if one.lesson_id else "Single run" if one.kind == "run" else ""
        meta = " · ".join(filter(None, (ago(one.at), prompt)))
        return Entry(
            one.id, one.title, where, "plain", meta, one.snippet, f"{one.at.astimezone():%d %B %Y, %H:%M}", one.marked
        )

    def _show_buttons(self) -> None:
        one = self.chosen
        self.open_button.setEnabled(one is not None)
        self.open_button.setText("Open" if one is None or one.kind == "conversation" else "Use again")
        for button in (self.rename_button, self.save_button, self.delete_button):
            button.setEnabled(one is not None and one.kind == "conversation")


def _counted(state: HistoryState) -> str:
    if state.busy:
        return f"Looked through {state.done:,} of {state.total:,}" if state.total else ""
    said = [f"The newest {len(state.found):,} are shown; search for older ones."] if state.has_more else []
    if state.unopened:
        said.append(f"{state.unopened:,} cannot be read now: their texts were not kept.")
    return " ".join(said)
