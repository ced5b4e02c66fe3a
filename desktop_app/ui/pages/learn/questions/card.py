"""A question's card: what is asked, the input of its kind, hints, the result in words, solution, another try."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QApplication

from desktop_app.lessons.lesson import Answer, QuestionId
from desktop_app.lessons.render import plain_text
from desktop_app.ui.pages.learn.model import QuestionState
from desktop_app.ui.pages.learn.questions.choices import ChoicesInput
from desktop_app.ui.pages.learn.questions.gaps import GapsInput
from desktop_app.ui.pages.learn.questions.inputs import QuestionInput
from desktop_app.ui.pages.learn.questions.marks import announce
from desktop_app.ui.pages.learn.questions.matrix import MatrixInput
from desktop_app.ui.pages.learn.questions.ordering import OrderingInput
from desktop_app.ui.pages.learn.questions.rich import block_html, inline_html, rich_label
from desktop_app.ui.pages.learn.questions.text import TextInput
from desktop_app.ui.pages.learn.questions.words import has_one_part, is_inline, result_words, task
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, chip, label, row

_INPUTS: dict[str, type[QuestionInput]] = {
    "single": ChoicesInput,
    "multiple": ChoicesInput,
    "text": TextInput,
    "gaps": GapsInput,
    "matrix": MatrixInput,
    "ordering": OrderingInput,
}


class QuestionModel(Protocol):
    """What a card needs of a model: LearnModel has it."""

    question_changed: SignalInstance  # carries the QuestionState

    def answer(self, question_id: QuestionId, answer: Answer) -> None:
        """Score an answer."""

    def keep(self, question_id: QuestionId, draft: Answer) -> None:
        """Remember what is given but not checked."""

    def try_again(self, question_id: QuestionId) -> None:
        """Open the question for another answer."""

    def hint(self, question_id: QuestionId) -> None:
        """Show one more hint."""

    def show_solution(self, question_id: QuestionId) -> None:
        """Show the worked solution."""


class QuizCard(Card):
    """One question. folder is where its images lie. Signals: solved(), after an answer that is all right."""

    solved = Signal()

    def __init__(self, theme: Theme, model: QuestionModel, state: QuestionState, folder: Path | None = None) -> None:
        super().__init__(spacing=10)
        self._theme, self._model, self._folder = theme, model, folder
        self.quiz = state.quiz
        self._state = state
        self._build()
        self._connect()
        self._render(state)

    @property
    def question_id(self) -> QuestionId:
        """Which question it shows."""
        return self.quiz.id

    @property
    def is_open(self) -> bool:
        """True while it takes an answer."""
        return self._state.may_answer

    def focus(self) -> None:
        """Take the keyboard to where the answer is given."""
        self.input.first().setFocus(Qt.FocusReason.TabFocusReason)

    def _build(self) -> None:
        self.setAccessibleName(f"Question: {self._spoken()}")
        self.box.addLayout(row(chip(task(self.quiz)), 1))
        if not is_inline(self.quiz):
            self.box.addWidget(rich_label(self.quiz.question, self._folder, "strong"))
        self.input = _INPUTS[self.quiz.kind](self._theme, self.quiz, self._folder)
        self.box.addWidget(self.input)
        self._result = Banner(self._theme)
        self._hint = Banner(self._theme, icon="lightbulb")
        self._solution = Banner(self._theme, icon="book-open")
        for banner in (self._hint, self._result, self._solution):
            self.box.addWidget(banner)
        self.check = Button(self._theme, "Check", "check", tip="Check the answer")
        self.again = Button(self._theme, "Try again", "rotate-ccw")
        self.more = Button(self._theme, "Hint", "lightbulb", kind="quiet")
        self.show_solution = Button(self._theme, "Show solution", "book-open", kind="quiet")
        self._left = label("", "small")
        self.box.addLayout(row(self.check, self.again, self.more, self.show_solution, 1, self._left))

    def _connect(self) -> None:
        self._model.question_changed.connect(self._on_question_changed)
        self.input.changed.connect(self._on_input_changed)
        self.input.submitted.connect(self._on_check_clicked)
        self.check.clicked.connect(self._on_check_clicked)
        self.again.clicked.connect(lambda: self._model.try_again(self.quiz.id))
        self.more.clicked.connect(lambda: self._model.hint(self.quiz.id))
        self.show_solution.clicked.connect(lambda: self._model.show_solution(self.quiz.id))

    def _spoken(self) -> str:
        return plain_text(self.quiz.question).replace("___", "blank")

    def _on_input_changed(self) -> None:
        self.check.setEnabled(self.input.is_ready())
        self._model.keep(self.quiz.id, self.input.answer())

    def _on_check_clicked(self) -> None:
        if self._state.may_answer and self.input.is_ready():
            self._model.answer(self.quiz.id, self.input.answer())

    def _on_question_changed(self, state: QuestionState) -> None:
        if state.quiz.id != self.quiz.id:
            return
        before, focused = self._state, QApplication.focusWidget()
        has_focus = focused is not None and self.isAncestorOf(focused)
        self._render(state)
        announce(self, self._news(before, state))
        if has_focus or (before.score and not state.score):  # another try was asked for, by mouse perhaps
            self._lead(before, state)

    def _news(self, before: QuestionState, state: QuestionState) -> str:
        """What a screen reader should say now."""
        if state.score and state.answer and not before.score:
            said = [plain_text(one.text) for one in state.score.feedback]
            return " ".join([result_words(self.quiz, state.answer, state.score), *said, self._left.text()]).strip()
        if state.hints > before.hints:
            return f"Hint {state.hints}: {plain_text(self.quiz.hints[state.hints - 1])}"
        if state.solution_shown and not before.solution_shown:
            return f"Solution: {plain_text(self.quiz.solution)}"
        return "Open for another try" if before.score and not state.score else ""

    def _lead(self, before: QuestionState, state: QuestionState) -> None:
        """Take the keyboard to what is done next; the buttons it was on may be gone."""
        if state.score and not before.score:
            if state.score.right:
                self.solved.emit()
                return
            for button in (self.again, self.show_solution):
                if not button.isHidden():
                    button.setFocus(Qt.FocusReason.TabFocusReason)
                    return
            self.solved.emit()
        elif (before.score and not state.score) or (state.hints > before.hints and self.more.isHidden()):
            self.focus()
        elif state.solution_shown and not before.solution_shown:
            if self.again.isHidden():
                self.solved.emit()
            else:
                self.again.setFocus(Qt.FocusReason.TabFocusReason)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _render(self, state: QuestionState) -> None:
        self._state = state
        self.input.show_state(state)
        answered = state.score is not None
        right = state.score is not None and state.score.right
        self._show_result(state)
        self.check.setVisible(not answered)
        self.check.setEnabled(self.input.is_ready() and state.may_answer)
        self.again.setVisible(answered and not right and state.tries_left != 0)
        hints_left = len(self.quiz.hints) - state.hints
        self.more.setVisible(state.may_answer and hints_left > 0)
        self.more.setText(f"Hint ({hints_left} left)" if len(self.quiz.hints) > 1 else "Hint")
        self.show_solution.setVisible(bool(self.quiz.solution) and state.tries > 0 and not state.solution_shown)
        self._show_help(state)
        left = state.tries_left
        words = "" if left is None or right else f"{left or 'No'} {'try' if left == 1 else 'tries'} left"
        self._left.setText(words)
        self._left.setVisible(bool(words))
        for button in (self.check, self.again, self.more, self.show_solution):
            button.setAccessibleName(f"{button.text()}: {self._spoken()}")

    def _show_result(self, state: QuestionState) -> None:
        if state.score is None or state.answer is None:
            self._result.say("")
            return
        words = result_words(self.quiz, state.answer, state.score)
        self._result.say("" if has_one_part(self.quiz) else words, "good" if state.score.right else "caution")

    def _show_help(self, state: QuestionState) -> None:
        solution = block_html(self.quiz.solution, self._folder) if state.solution_shown else ""
        self._solution.say(solution, "plain", rich=True)
        hints = [inline_html(hint, self._folder) for hint in self.quiz.hints[: state.hints]]
        numbered = [f"Hint {number}: {hint}" for number, hint in enumerate(hints, 1)] if len(hints) > 1 else hints
        self._hint.say("<br>".join(numbered), "plain", rich=True)
