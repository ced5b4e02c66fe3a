"""An answer that is typed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QLineEdit, QWidget

from desktop_app.lessons.lesson import Answer, Quiz
from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.pages.learn.questions.inputs import QuestionInput
from desktop_app.ui.pages.learn.questions.marks import Mark
from desktop_app.ui.pages.learn.questions.words import worth
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import row

LONGEST_ANSWER = 500


class TextInput(QuestionInput):
    """One field; Enter checks."""

    def __init__(self, theme: Theme, quiz: Quiz, folder: Path | None) -> None:
        super().__init__(theme, quiz, folder)
        self.field = QLineEdit()
        self.field.setAccessibleName(f"Answer to: {plain_text(quiz.question)}")
        self.field.setMaxLength(LONGEST_ANSWER)
        self.field.textChanged.connect(self.on_changed)
        self.field.returnPressed.connect(self.submitted)
        self._mark = Mark(theme)
        self.box.addLayout(row(self.field, self._mark, spacing=12))

    def answer(self) -> Answer:
        """What is typed."""
        return Answer(typed=(self.field.text().strip(),))

    def is_ready(self) -> bool:
        """True if anything is typed."""
        return bool(self.field.text().strip())

    def first(self) -> QWidget:
        """The field."""
        return self.field

    def put(self, answer: Answer | None, state: QuestionState) -> None:
        """Show a typed text; while it is being typed the field keeps its cursor."""
        text = answer.typed[0] if answer else ""
        if text != self.field.text().strip():
            self.field.setText(text)
        self.field.setReadOnly(not state.may_answer)

    def mark(self, state: QuestionState) -> None:
        """Mark the field."""
        word = worth(state.score.value) if state.score else ""
        self._mark.say(word)
        self.field.setAccessibleDescription(word)
