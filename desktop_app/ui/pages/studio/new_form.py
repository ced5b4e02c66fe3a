"""The small form that a new lesson, path or document, or a new id starts with."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout

from desktop_app.lessons.templates import FEWEST_MINUTES, MOST_MINUTES, NewLesson, id_for, id_problem
from desktop_app.policy.vocabulary import ROLES
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Card, Choice, Number, label, row, set_tone

_TITLES = {
    "lesson": ("New lesson", "Make the lesson", "A complete example to change. It starts as a draft."),
    "path": ("New path", "Make the path", "A path puts lessons in order for some roles."),
    "document": ("New document", "Make the document", "Documents are sources of claims and texts to redact."),
    "rename": ("Change the lesson's id", "Change the id", "Paths follow. Results of learners hang on the old id."),
}


class NewForm(Card):
    """Signals: asked(), when it wants to be seen; closed(); lesson_asked(NewLesson); named(str, str), what is made ("path", "document", "rename") and its title or id."""

    lesson_asked = Signal(object)
    named = Signal(str, str)
    asked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(margin=16, spacing=6)
        self._what, self._taken = "lesson", frozenset[str]()
        self._own_id = False  # the person wrote the id, so the title does not change it any more
        self._heading, self._says = label("", "section"), label("", "small", wrap=True)
        self.title, self.id = QLineEdit(), QLineEdit()
        self.role, self.minutes = Choice(), Number()
        self._problem = label("", "small", wrap=True)
        self._make, cancel = Button(theme, "", "plus", kind="primary"), Button(theme, "Cancel")
        self._title_label, self._id_label = label("Title", "small"), label("Id (the folder's name)", "small")
        self._role_label, self._minutes_label = label("For", "small"), label("Minutes", "small")
        for words, field, name in (
            (self._title_label, self.title, "Title"),
            (self._id_label, self.id, "Id"),
            (self._role_label, self.role, "For which role"),
            (self._minutes_label, self.minutes, "Minutes it takes"),
        ):
            words.setBuddy(field)
            field.setAccessibleName(name)
        for role, name in ROLES.items():
            self.role.addItem(name, role)
        self.minutes.setRange(FEWEST_MINUTES, MOST_MINUTES)
        self.minutes.setValue(5)
        self._lay_out(row(self._make, cancel, 1))
        self.title.textEdited.connect(self._on_title_edited)
        self.id.textEdited.connect(self._on_id_edited)
        for field in (self.title, self.id):
            field.returnPressed.connect(self._submit)
        self._make.clicked.connect(self._submit)
        cancel.clicked.connect(self.close_form)
        self.hide()

    def _lay_out(self, buttons: object) -> None:
        box = self.box
        for widget in (self._heading, self._says, self._title_label, self.title, self._id_label, self.id):
            box.addWidget(widget)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, widgets in ((left, (self._role_label, self.role)), (right, (self._minutes_label, self.minutes))):
            column.setSpacing(2)
            for widget in widgets:
                column.addWidget(widget)
        line = row(left, right, spacing=12)
        line.setStretch(0, 1)
        box.addLayout(line)
        box.addWidget(self._problem)
        box.addLayout(buttons)  # type: ignore[arg-type]

    def ask(self, what: str, taken: Collection[str], *, current: str = "") -> None:
        """Show the form for "lesson", "path", "document" or "rename"; taken are the ids there are."""
        self._what, self._taken, self._own_id = what, frozenset(taken), False
        heading, make, says = _TITLES[what]
        self._heading.setText(heading)
        self._make.setText(make)
        self._says.setText(says)
        self.setAccessibleName(heading)
        is_lesson, is_rename = what == "lesson", what == "rename"
        for widget in (self._title_label, self.title):
            widget.setVisible(not is_rename)
        for widget in (self._id_label, self.id):
            widget.setVisible(is_lesson or is_rename)
        for widget in (self._role_label, self.role, self._minutes_label, self.minutes):
            widget.setVisible(is_lesson)
        self.title.clear()
        self.id.setText(current)
        self._show_problems({})
        self.show()
        self.asked.emit()
        (self.id if is_rename else self.title).setFocus()
        self.id.selectAll()

    def close_form(self) -> None:
        """Hide it without making anything."""
        self.hide()
        self.closed.emit()

    def show_problem(self, text: str) -> None:
        """Say why nothing was made."""
        self._problem.setText(text)
        self._problem.setVisible(bool(text))

    @property
    def facts(self) -> NewLesson:
        """What is filled in."""
        return NewLesson(self.id.text().strip(), self.title.text(), (self.role.currentData(),), self.minutes.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_form()
        else:
            super().keyPressEvent(event)

    def _submit(self) -> None:
        found = self._problems()
        self._show_problems(found)
        if found:
            (self.title if "title" in found else self.id).setFocus()
        elif self._what == "lesson":
            self.lesson_asked.emit(self.facts)
        else:
            self.named.emit(self._what, (self.id if self._what == "rename" else self.title).text().strip())

    def _problems(self) -> dict[str, str]:
        if self._what == "lesson":
            return self.facts.problems(self._taken)
        if self._what == "rename":
            said = id_problem(self.id.text().strip(), self._taken)
            return {"id": said} if said else {}
        return {} if self.title.text().strip() else {"title": "Give it a title."}

    def _show_problems(self, found: dict[str, str]) -> None:
        for name, field in (("title", self.title), ("id", self.id)):
            set_tone(field, "true" if name in found else "false", "invalid")
        self.show_problem(" ".join(found.values()))

    def _on_title_edited(self, title: str) -> None:
        if not self._own_id and self._what == "lesson":
            self.id.setText(id_for(title, self._taken))
        self._show_problems({})

    def _on_id_edited(self, text: str) -> None:
        self._own_id = bool(text)
        problem = id_problem(text.strip(), self._taken) if text else ""
        self._show_problems({"id": problem} if problem else {})
