"""Ask: a free prompt or one from the library, the local model, its answer. The model is ui/run_model.py."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.feedback_model import FROM_JUDGEMENT, FeedbackModel
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.run_model import RunModel, RunState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, chip, column, label, row, set_tone
from desktop_app.ui.widgets.feedback_card import FeedbackCard
from desktop_app.ui.widgets.run_pane import RunPane


class AskTab(QWidget):
    """Signals: library_asked()."""

    library_asked = Signal()

    def __init__(self, theme: Theme, model: RunModel, feedback: FeedbackModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model, self._feedback = theme, model, feedback
        self._asked: object = None
        self._build(jobs)
        model.changed.connect(self._render)
        self._render(model.state)

    def _build(self, jobs: Jobs) -> None:
        choose = Button(self._theme, "Choose a prompt", "library", tip="Choose a prompt from the library")
        choose.clicked.connect(self.library_asked)
        self._free = Button(
            self._theme, "Free prompt", "pencil", kind="quiet", tip="Write a prompt of your own", shortcut="Ctrl+N"
        )
        self._free.clicked.connect(lambda: self._model.use_free())
        self._title, self._status = label("", "section", wrap=True), chip("", "good")
        header = QWidget()
        header.setObjectName("clear")
        header.setLayout(column(self._title, row(self._status, 1, self._free, choose), spacing=4))
        self.pane = RunPane(self._theme, self._model, jobs, header=header)
        # the goal is asked by the judgement above it
        self.feedback = FeedbackCard(self._theme, self._feedback, jobs, asks_goal=False)
        self.pane.add_below_answer(self.feedback)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.pane, 1)

    def _render(self, state: RunState) -> None:
        prompt = state.prompt
        asked = (prompt, state.seed, state.judgement) if prompt is not None and state.judgement else None
        if asked != self._asked:
            self._asked = asked
            self._feedback.ask(prompt if asked else None, FROM_JUDGEMENT.get(state.judgement))
        self._title.setText(prompt.name if prompt else "Free prompt")
        self._status.setVisible(prompt is not None)
        self._free.setVisible(prompt is not None)
        if prompt is not None:
            self._status.setText(f"{state.status.capitalize()} · v{prompt.version}")
            set_tone(self._status, "good" if state.status == "approved" else "caution")
