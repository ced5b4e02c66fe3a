"""Options of which one or several are picked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QRadioButton, QWidget

from desktop_app.lessons.lesson import Answer, Quiz
from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.pages.learn.questions.inputs import QuestionInput
from desktop_app.ui.pages.learn.questions.marks import Mark
from desktop_app.ui.pages.learn.questions.rich import inline_html, rich_label
from desktop_app.ui.pages.learn.questions.words import worth
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, column, row


class ChoicesInput(QuestionInput):
    """Radio buttons or check boxes with text that wraps, and feedback below each picked one."""

    def __init__(self, theme: Theme, quiz: Quiz, folder: Path | None) -> None:
        super().__init__(theme, quiz, folder)
        self.buttons: list[QAbstractButton] = []
        self._marks: list[Mark] = []
        self._feedback: list[Banner] = []
        # check boxes in a group, exclusive or not, would be one Tab stop
        self._group = QButtonGroup(self) if quiz.kind == "single" else None
        for index, choice in enumerate(quiz.choices):
            button = QRadioButton() if quiz.kind == "single" else QCheckBox()
            button.setAccessibleName(plain_text(choice.text))
            button.toggled.connect(self.on_changed)
            if self._group:
                self._group.addButton(button, index)
            mark, feedback = Mark(theme), Banner(theme)
            self.buttons.append(button)
            self._marks.append(mark)
            self._feedback.append(feedback)
            self.box.addWidget(_Option(button, choice.text, folder, mark))
            self.box.addWidget(feedback)

    def answer(self) -> Answer:
        """The picked options."""
        return Answer(tuple(index for index, button in enumerate(self.buttons) if button.isChecked()))

    def is_ready(self) -> bool:
        """True if anything is picked."""
        return any(button.isChecked() for button in self.buttons)

    def first(self) -> QWidget:
        """The picked option, or the first one."""
        return next((button for button in self.buttons if button.isChecked()), self.buttons[0])

    def put(self, answer: Answer | None, state: QuestionState) -> None:
        """Pick what the answer picks."""
        picked = answer.chosen if answer else ()
        if self._group:
            self._group.setExclusive(False)  # an exclusive group cannot be emptied
        for index, button in enumerate(self.buttons):
            button.setChecked(index in picked)
            button.setEnabled(state.may_answer)
        if self._group:
            self._group.setExclusive(True)

    def mark(self, state: QuestionState) -> None:
        """Mark the picked options, each with its own feedback below."""
        said = {one.index: one.text for one in state.score.feedback} if state.score else {}
        picked = state.answer.chosen if state.score and state.answer else ()
        for index, choice in enumerate(self.quiz.choices):
            word = worth(float(choice.right)) if index in picked else ""
            self._marks[index].say(word)
            self.buttons[index].setAccessibleDescription(word)
            html = inline_html(said[index], self.folder) if index in said else ""
            self._feedback[index].say(html, "good" if choice.right else "caution", rich=True)


class _Option(QWidget):
    """A button with text that wraps, which its own text cannot; a click on the text picks it."""

    def __init__(self, button: QAbstractButton, markdown: str, folder: Path | None, mark: Mark) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._button = button
        words = rich_label(markdown, folder)
        words.setBuddy(button)
        box = row(spacing=0)
        box.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        holder = column(words, spacing=0)
        holder.setContentsMargins(0, 7, 8, 5)
        box.addLayout(holder, 1)
        box.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(box)

    def mouseReleaseEvent(self, event: object) -> None:
        """Pick the option."""
        if self._button.isEnabled():
            self._button.click()
            self._button.setFocus()
