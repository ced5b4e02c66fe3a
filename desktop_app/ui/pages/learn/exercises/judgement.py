"""The learner judges one answer: a question about it, the rubric's criteria with yes or no, then the comparison."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from desktop_app.lessons.render import plain_text
from desktop_app.lessons.rubric import Compared
from desktop_app.records.learning import JUDGEMENTS
from desktop_app.ui.pages.learn.exercises.practice_model import PracticeModel, PracticeState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Icon, clear, column, label, row


class JudgementCard(Card):
    """Hidden while there is no whole answer to judge."""

    def __init__(self, theme: Theme, model: PracticeModel) -> None:
        super().__init__(spacing=12)
        self._theme, self._model = theme, model
        self._built_for: tuple[int, ...] = ()
        self.outputs = QButtonGroup(self)
        self.criteria: list[CriterionRow] = []
        self._build(theme)

    def _build(self, theme: Theme) -> None:
        practice = self._model.state.practice
        self.box.addWidget(label("Your judgement", "section"))
        self._hint = label("Which answer do you judge?", "muted", wrap=True)
        self._choose = row(spacing=8)
        self.box.addWidget(self._hint)
        self.box.addLayout(self._choose)
        self.judgements = QButtonGroup(self)
        self._judge = QWidget()
        self._judge.setObjectName("clear")
        buttons = row(spacing=8)
        for judgement in JUDGEMENTS:
            button = _toggle(theme, judgement.capitalize(), f"{practice.judge} {judgement}")
            button.clicked.connect(lambda _=False, text=judgement: self._model.judge(text))
            self.judgements.addButton(button)
            buttons.addWidget(button)
        buttons.addStretch(1)
        inside = QVBoxLayout(self._judge)
        inside.setContentsMargins(0, 4, 0, 0)
        inside.addWidget(label(practice.judge, "strong", wrap=True))
        inside.addLayout(buttons)
        self.box.addWidget(self._judge)
        for number, criterion in enumerate(practice.rubric):
            line = CriterionRow(theme, plain_text(criterion.ask))
            line.answered.connect(lambda answer, at=number: self._model.say(at, answer))
            self.criteria.append(line)
            self.box.addWidget(line)
        self.result = Banner(theme)
        self.compare = Button(theme, "Compare with the checks", "git-compare", kind="primary")
        self.again = Button(theme, "Judge again", "rotate-ccw")
        self.compare.clicked.connect(self._model.compare)
        self.again.clicked.connect(self._model.judge_again)
        self.box.addWidget(self.result)
        self.box.addLayout(row(self.compare, self.again, 1))

    def show_state(self, state: PracticeState) -> None:
        """Show the judgement of the chosen answer."""
        wanted = bool(state.practice.rubric or state.practice.judge) and state.judged is not None
        self.setVisible(wanted and state.phase == "done")
        output = state.judged_output
        if output is None:
            return
        self._show_choice(state)
        self._judge.setVisible(bool(state.practice.judge))
        self.judgements.setExclusive(False)
        for button in self.judgements.buttons():
            button.setChecked(button.text().lower() == output.judgement)
            button.setEnabled(bool(output.run_id))
        self.judgements.setExclusive(True)
        compared = state.comparison.compared if state.comparison else (None,) * len(self.criteria)
        for line, said, one in zip(self.criteria, state.said, compared, strict=True):
            line.show_answer(said, one)
        self._show_result(state)

    def _show_choice(self, state: PracticeState) -> None:
        seeds = tuple(output.seed for output in state.outputs if output.phase == "done")
        if seeds != self._built_for:
            self._built_for = seeds
            clear(self._choose)
            self.outputs = QButtonGroup(self)
            for at, output in enumerate(state.outputs):
                if output.phase != "done":
                    continue
                button = _toggle(self._theme, f"Seed {output.seed}", f"Judge the answer with seed {output.seed}")
                button.clicked.connect(lambda _=False, at=at: self._model.choose(at))
                self.outputs.addButton(button, at)
                self._choose.addWidget(button)
            self._choose.addStretch(1)
        self._hint.setVisible(len(seeds) > 1)
        for button in self.outputs.buttons():
            button.setVisible(len(seeds) > 1)
            button.setChecked(self.outputs.id(button) == state.judged)

    def _show_result(self, state: PracticeState) -> None:
        comparison = state.comparison
        self.compare.setVisible(bool(self.criteria) and comparison is None)
        self.compare.setEnabled(state.can_compare)
        self.compare.setToolTip("" if state.can_compare else "Answer every question first")
        self.again.setVisible(comparison is not None)
        if comparison is None:
            self.result.say("")
        elif not comparison.tested:
            self.result.say("Noted. No check can decide these questions: your judgement stands.", "plain")
        elif comparison.agreed == comparison.tested:
            self.result.say(f"You and the checks agree on all {comparison.tested}.", "good")
        else:
            self.result.say(
                f"You and the checks agree on {comparison.agreed} of {comparison.tested}. A check can be wrong too: "
                "look at the words it went by.",
                "caution",
            )


class CriterionRow(QWidget):
    """A question with Yes and No, and below it the comparison. Signals: answered(bool)."""

    answered = Signal(bool)

    def __init__(self, theme: Theme, ask: str) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.yes = _toggle(theme, "Yes", f"{ask} Yes")
        self.no = _toggle(theme, "No", f"{ask} No")
        self._group = QButtonGroup(self)
        for button, answer in ((self.yes, True), (self.no, False)):
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, answer=answer: self.answered.emit(answer))
        self._icon = Icon(theme, "info")
        self._says = label("", "muted", wrap=True)
        top = row(label(ask, wrap=True), self.yes, self.no, spacing=8)
        top.setStretch(0, 1)
        below = row(self._icon, self._says, spacing=8)
        below.setAlignment(self._icon, Qt.AlignmentFlag.AlignTop)
        box = column(top, below, spacing=4)
        self.setLayout(box)

    def show_answer(self, said: bool | None, compared: Compared | None) -> None:
        """Show what was said, and what the check says once there is a comparison."""
        self._group.setExclusive(False)
        self.yes.setChecked(said is True)
        self.no.setChecked(said is False)
        self._group.setExclusive(True)
        for button in (self.yes, self.no):
            button.setVisible(compared is None)  # afterwards the comparison says what was said
        for widget in (self._icon, self._says):
            widget.setVisible(compared is not None)
        if compared is not None:
            name, color = _ICONS[compared.agrees]
            self._icon.show_icon(name, color)
            self._says.setText(compared.says)


_ICONS = {True: ("circle-check", "good"), False: ("triangle-alert", "caution"), None: ("user", "muted")}


def _toggle(theme: Theme, text: str, name: str) -> Button:
    button = Button(theme, text)
    button.setCheckable(True)
    button.setAccessibleName(name)
    return button
