"""Options of which one or several are picked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QRadioButton, QWidget

from desktop_app.lessons.lesson import Answer, Quiz
from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.pages.learn.questions.inputs import QuestionInput
from desktop_app.ui.pages.learn.questions.marks import Mark
from desktop_app.ui.pages.learn.questions.rich import inline_html, rich_label
from desktop_app.ui.pages.learn.questions.words import worth
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, column, row, set_tone

_ARROWS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Left: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Right: 1}


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
            button.installEventFilter(self)
            if self._group:
                self._group.addButton(button, index)
            mark, feedback = Mark(theme), Banner(theme)
            self.buttons.append(button)
            self._marks.append(mark)
            self._feedback.append(feedback)
            self.box.addWidget(OptionRow(button, choice.text, folder, mark))
            self.box.addWidget(feedback)

    # -- keyboard ----------------------------------------------------------------------------------------------------

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys pick the option before or after where one is right; Enter picks, and checks what is picked."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _ARROWS.get(Qt.Key(event.key()))
            at = next((at for at, button in enumerate(self.buttons) if button is watched), None)
            if at is not None and step and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
                self._step(at, step)
                return True
            if at is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if not event.isAutoRepeat():
                    self._enter(self.buttons[at])
                return True
        return super().eventFilter(watched, event)

    def _step(self, at: int, step: int) -> None:
        button = self.buttons[(at + step) % len(self.buttons)]
        button.setFocus(Qt.FocusReason.TabFocusReason)
        if self._group:
            button.click()

    def _enter(self, button: QAbstractButton) -> None:
        if not self.is_ready() or (self._group and not button.isChecked()):
            button.click()
        else:
            self.submitted.emit()

    # -- answer ------------------------------------------------------------------------------------------------------

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


class OptionRow(QWidget):
    """A button with text that wraps, which its own text cannot; a click on the text picks it."""

    def __init__(self, button: QAbstractButton, markdown: str, folder: Path | None, mark: Mark) -> None:
        super().__init__()
        self.setObjectName("option")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._button = button
        button.installEventFilter(self)
        words = rich_label(markdown, folder)
        words.setBuddy(button)
        box = row(spacing=0)
        box.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        holder = column(words, spacing=0)
        holder.setContentsMargins(0, 8, 8, 6)
        box.addLayout(holder, 1)
        box.addWidget(mark, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setLayout(box)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The ring of the keyboard goes around button and text."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            set_tone(self, "yes" if event.type() == QEvent.Type.FocusIn else "", "ringed")
        return super().eventFilter(watched, event)

    def mouseReleaseEvent(self, event: object) -> None:
        """Pick the option."""
        if self._button.isEnabled():
            self._button.click()
            self._button.setFocus()
