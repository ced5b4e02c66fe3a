"""What every kind of input has in common: it gives an answer, shows one, and says when it changed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.lessons.lesson import Answer, Quiz
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.theme import Theme


class QuestionInput(QWidget):
    """The part of a question's card that takes the answer.

    Signals: changed(), after every change by the learner; submitted(), for Enter where it means "check".
    """

    changed = Signal()
    submitted = Signal()

    def __init__(self, theme: Theme, quiz: Quiz, folder: Path | None) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.theme, self.quiz, self.folder = theme, quiz, folder
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(6)
        self._shows = False

    def answer(self) -> Answer:
        """What is given now, complete or not."""
        raise NotImplementedError

    def is_ready(self) -> bool:
        """True if what is given can be checked."""
        raise NotImplementedError

    def first(self) -> QWidget:
        """Where the keyboard goes first."""
        raise NotImplementedError

    def show_state(self, state: QuestionState) -> None:
        """Show the answer checked or half given, with what each part of it is worth once it is checked."""
        self._shows = True  # what the app sets is no change by the learner
        try:
            self.put(state.answer if state.score else state.draft, state)
        finally:
            self._shows = False
        self.mark(state)

    def put(self, answer: Answer | None, state: QuestionState) -> None:
        """Show an answer, None for none yet; open for another only if the state says so."""
        raise NotImplementedError

    def mark(self, state: QuestionState) -> None:
        """Show what each part is worth, or take the marks away."""
        raise NotImplementedError

    def on_changed(self) -> None:
        """Tell the card, unless the app itself made the change."""
        if not self._shows:
            self.changed.emit()
