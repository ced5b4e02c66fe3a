"""A question as native widgets: options or a field, hints, feedback beside each picked option, solution, another try."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QCheckBox, QLineEdit, QRadioButton, QWidget

from desktop_app.lessons.lesson import Answer
from desktop_app.lessons.render import plain_text, render_html, render_inline
from desktop_app.ui.pages.learn.model import LearnModel, QuestionState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, chip, column, label, row

_KINDS = {"single": "One answer", "multiple": "More than one may be right", "text": "Type your answer"}


class QuizCard(Card):
    """One question of the reader."""

    def __init__(self, theme: Theme, model: LearnModel, state: QuestionState) -> None:
        super().__init__(spacing=10)
        self._theme, self._model, self._quiz = theme, model, state.quiz
        self._options: list[QAbstractButton] = []
        self._feedback: list[Banner] = []
        self._build(theme, state)
        model.question_changed.connect(self._on_question_changed)
        self._render(state)

    @property
    def question_id(self) -> str:
        """Which question it shows."""
        return self._quiz.id

    def _build(self, theme: Theme, state: QuestionState) -> None:
        quiz = self._quiz
        question = plain_text(quiz.question)
        self.setAccessibleName(f"Question: {question}")
        words = label("", "strong", wrap=True)
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setText(render_inline(quiz.question))
        self.box.addLayout(row(chip(_KINDS[quiz.kind]), 1))
        self.box.addWidget(words)
        self._field = QLineEdit()
        self._field.setAccessibleName(f"Answer to: {question}")
        self._field.setMaxLength(500)
        self._field.textChanged.connect(self._on_changed)
        self._field.returnPressed.connect(self._on_check_clicked)
        self._field.setVisible(quiz.kind == "text")
        self._group = QButtonGroup(self)
        self._group.setExclusive(quiz.kind == "single")
        for index, choice in enumerate(quiz.choices):
            option = QRadioButton() if quiz.kind == "single" else QCheckBox()
            option.setAccessibleName(plain_text(choice.text))
            self._group.addButton(option, index)
            option.toggled.connect(self._on_changed)
            feedback = Banner(theme)
            self._options.append(option)
            self._feedback.append(feedback)
            self.box.addWidget(_Option(option, render_inline(choice.text)))
            self.box.addWidget(feedback)
        self.box.addWidget(self._field)
        self._result, self._hint, self._solution = (
            Banner(theme),
            Banner(theme, icon="lightbulb"),
            Banner(theme, icon="book-open"),
        )
        for banner in (self._hint, self._result, self._solution):
            self.box.addWidget(banner)
        self._check = Button(theme, "Check", "check", tip="Check the answer")
        self._again = Button(theme, "Try again", "rotate-ccw")
        self._more = Button(theme, "Hint", "lightbulb", kind="quiet")
        self._show = Button(theme, "Show solution", "book-open", kind="quiet")
        for button in (self._check, self._again, self._more, self._show):
            button.setAccessibleName(f"{button.text()}: {question}")
        self._check.clicked.connect(self._on_check_clicked)
        self._again.clicked.connect(lambda: self._model.try_again(quiz.id))
        self._more.clicked.connect(lambda: self._model.hint(quiz.id))
        self._show.clicked.connect(lambda: self._model.show_solution(quiz.id))
        self._left = label("", "small")
        self.box.addLayout(row(self._check, self._again, self._more, self._show, 1, self._left))

    def _on_question_changed(self, state: QuestionState) -> None:
        if state.quiz.id == self._quiz.id:
            self._render(state)

    def _on_changed(self) -> None:
        self._check.setEnabled(bool(self._answer()))

    def _answer(self) -> Answer | None:
        if self._quiz.kind == "text":
            typed = self._field.text().strip()
            return Answer(typed=(typed,)) if typed else None
        chosen = tuple(index for index, option in enumerate(self._options) if option.isChecked())
        return Answer(chosen) if chosen else None

    def _on_check_clicked(self) -> None:
        if answer := self._answer():
            self._model.answer(self._quiz.id, answer)

    def _render(self, state: QuestionState) -> None:
        answered = state.score is not None
        self._group.setExclusive(False)
        for index, option in enumerate(self._options):
            if answered or not state.may_answer:
                option.setChecked(state.answer is not None and index in state.answer.chosen)
            elif state.tries:
                option.setChecked(False)
            option.setEnabled(state.may_answer)
        self._group.setExclusive(self._quiz.kind == "single")
        if self._quiz.kind == "text":
            if answered or state.tries:
                self._field.setText(state.answer.typed[0] if state.answer else "")
            self._field.setReadOnly(not state.may_answer)
        self._show_feedback(state)
        self._check.setVisible(not answered)
        self._check.setEnabled(bool(self._answer()) and state.may_answer)
        right = state.score is not None and state.score.right
        self._again.setVisible(answered and not right and state.tries_left != 0)
        self._more.setVisible(state.may_answer and state.hints < len(self._quiz.hints))
        self._show.setVisible(bool(self._quiz.solution) and state.tries > 0 and not state.solution_shown)
        self._solution.say(_inline(self._quiz.solution) if state.solution_shown else "", "plain", rich=True)
        hints = [render_inline(hint) for hint in self._quiz.hints[: state.hints]]
        self._hint.say("<br>".join(hints), "plain", rich=True)
        left = state.tries_left
        self._left.setText(
            "" if left is None else "No tries left" if left == 0 else f"{left} {'try' if left == 1 else 'tries'} left"
        )

    def _show_feedback(self, state: QuestionState) -> None:
        result = state.score
        said = {one.index: one for one in result.feedback} if result else {}
        for index, banner in enumerate(self._feedback):
            one = said.get(index)
            banner.say(render_inline(one.text) if one else "", "good" if one and one.right else "caution", rich=True)
        if result is None:
            self._result.say("")
        elif result.right:
            self._result.say("" if any(one.right for one in said.values()) else "Right.", "good")
        elif 0 < result.value < 1:
            self._result.say(f"Partly right: {result.value:.0%}. Something is missing or one too many.", "caution")
        else:
            self._result.say("" if said else "Not this one. Try again, or look at the hint.", "caution")


def _inline(markdown: str) -> str:
    return render_html(markdown).replace("<p>", "").replace("</p>", "<br>").removesuffix("<br>").strip()


class _Option(QWidget):
    """An option with text that wraps, which a radio button's own text cannot; a click on the text picks it."""

    def __init__(self, button: QAbstractButton, html: str) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._button = button
        words = label("", wrap=True)
        words.setTextFormat(Qt.TextFormat.RichText)
        words.setText(html)
        words.setBuddy(button)
        box = row(spacing=0)
        box.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        holder = column(words, spacing=0)
        holder.setContentsMargins(0, 7, 0, 5)
        box.addLayout(holder, 1)
        self.setLayout(box)

    def mouseReleaseEvent(self, event: object) -> None:
        """Pick the option."""
        if self._button.isEnabled():
            self._button.click()
            self._button.setFocus()
