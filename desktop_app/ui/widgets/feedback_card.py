"""Did it meet the goal? Three buttons, and a few more questions for those who want to say why."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.records.usage import GOAL_MET, REASONS, Feedback
from desktop_app.ui.feedback_model import FeedbackModel, FeedbackState
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Choice, Number, ago, column, label, row
from desktop_app.ui.widgets.guarded_edit import GuardedEdit

_WORDS = {"yes": "Yes", "partly": "Partly", "no": "No"}
_NOT_SAID = -601  # the spin box's lowest value stands for "not said"


class FeedbackCard(QWidget):
    """Hidden while nothing is asked. asks_goal is False where the goal is asked by something else on the page."""

    def __init__(self, theme: Theme, model: FeedbackModel, jobs: Jobs, *, asks_goal: bool = True) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self._build(jobs, asks_goal=asks_goal)
        self._connect()
        self._render(model.state)

    def _build(self, jobs: Jobs, *, asks_goal: bool) -> None:
        self._asks_goal = asks_goal
        self._question = label("", "strong", wrap=True)
        self.goals = {goal: self._toggle(_WORDS[goal], f"Goal met: {_WORDS[goal]}") for goal in GOAL_MET}
        self.stars = [self._toggle(str(n), f"Rating {n} of 5") for n in range(1, 6)]
        self.reason = Choice()
        self.reason.setAccessibleName("What was off")
        self.reason.addItem("What was off?", "")
        for reason, words in REASONS.items():
            self.reason.addItem(words, reason)
        self.minutes = Number()
        self.minutes.setRange(_NOT_SAID, 600)
        self.minutes.setSpecialValueText("not sure")
        self.minutes.setSuffix(" min")
        self.minutes.setAccessibleName("Minutes saved")
        self.minutes.setToolTip("Your own estimate; less than 0 if it cost you time")
        self.comment = GuardedEdit(
            self._theme, jobs, "Comment for the curators", lines=1, placeholder="Anything to add?"
        )
        self.save = Button(self._theme, "Save feedback", "check", tip="Keep it on this computer for your curators")
        self.skip = Button(self._theme, "Not now", kind="quiet")
        self._later = Button(self._theme, "Not now", kind="quiet", tip="Do not ask about this use again")
        self._done = Banner(self._theme, action="Undo")
        self._problem = Banner(self._theme)
        self._details = QWidget()
        self._details.setObjectName("clear")
        inner = QVBoxLayout(self._details)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(row(label("Rating", "small"), *self.stars, 1, spacing=4))
        inner.addLayout(row(label("Minutes saved", "small"), self.minutes, self.reason, 1))
        inner.addWidget(self.comment)
        inner.addLayout(row(self.save, self.skip, 1))
        self._ask = QWidget()
        self._ask.setObjectName("clear")
        self._ask.setLayout(column(self._question, row(*self.goals.values(), self._later, 1), spacing=6))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for widget in (self._ask, self._details, self._done, self._problem):
            box.addWidget(widget)

    def _toggle(self, text: str, name: str) -> QPushButton:
        made = Button(self._theme, text, tip=name)
        made.setAccessibleName(name)
        made.setCheckable(True)
        return made

    def _connect(self) -> None:
        model = self._model
        for goal, button in self.goals.items():
            button.clicked.connect(lambda _=False, goal=goal: model.say(goal_met=goal))
        for number, button in enumerate(self.stars, 1):
            button.clicked.connect(lambda _=False, number=number: model.say(rating=number))
        self.reason.activated.connect(lambda _: model.say(reason=self.reason.currentData()))
        self.minutes.valueChanged.connect(
            lambda minutes: model.say(minutes_saved=None if minutes == _NOT_SAID else float(minutes))
        )
        self.comment.text_changed.connect(lambda text: model.say(comment=text.strip()))
        self.save.clicked.connect(model.save)
        self.skip.clicked.connect(model.decline)
        self._later.clicked.connect(model.decline)
        self._done.acted.connect(model.take_back)
        model.changed.connect(self._render)

    def _render(self, state: FeedbackState) -> None:
        self.setVisible(state.asks)
        given = state.given
        when = f"You copied it {ago(state.used_at)}. " if state.used_at is not None else ""
        self._question.setText(f"{when}Did it meet your goal?")
        self._later.setVisible(given is None)
        self._ask.setVisible(self._asks_goal and state.saved is None)
        self._details.setVisible(given is not None and state.saved is None)
        for goal, button in self.goals.items():
            button.setChecked(given is not None and given.goal_met == goal)
        for number, button in enumerate(self.stars, 1):
            button.setChecked(given is not None and given.rating is not None and number <= given.rating)
        self._show_details(given)
        self._done.say("Thank you. It is kept on this computer." if state.saved else "", "good")
        self._problem.say(state.problem, "danger", action="")

    def _show_details(self, given: Feedback | None) -> None:
        self.reason.setVisible(given is not None and given.goal_met != "yes")
        self.reason.setCurrentIndex(max(0, self.reason.findData(given.reason)) if given else 0)
        self.minutes.blockSignals(True)
        said = given.minutes_saved if given else None
        self.minutes.setValue(_NOT_SAID if said is None else round(said))
        self.minutes.blockSignals(False)
        if given is None:
            self.comment.set_text("")
