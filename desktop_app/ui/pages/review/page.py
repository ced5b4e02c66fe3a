"""Review: what is due today and how to begin, retention over time; the session takes the page while it lasts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from desktop_app.ui.pages.review.model import ReviewModel, ReviewState
from desktop_app.ui.pages.review.retention_plot import RetentionPlot
from desktop_app.ui.pages.review.session import ReviewSession, coming
from desktop_app.ui.pages.review.words import counted
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Scroll, label, row

_HOW = (
    "Questions you answered in lessons come back shortly before you would forget them: first after a day or two, "
    "then later and later. The rules of using AI at work come by themselves, a few each day."
)


class ReviewPage(QStackedWidget):
    """Signals: step_chosen(lesson id, step key), page_chosen(name), word_asked(glossary id)."""

    step_chosen = Signal(str, str)
    word_asked = Signal(str)
    page_chosen = Signal(str)

    def __init__(self, theme: Theme, model: ReviewModel) -> None:
        super().__init__()
        self._theme, self._model = theme, model
        self._build()
        model.changed.connect(self._render)
        self._render(model.state)

    def _build(self) -> None:
        self._overview = Scroll(max_width=1000)
        self._overview.setObjectName("page")
        self.session = ReviewSession(self._theme, self._model)
        self.session.step_chosen.connect(self.step_chosen)
        self.session.word_asked.connect(self.word_asked)
        self._problem = Banner(self._theme)
        self._eyebrow, self._title = label("", "eyebrow"), label("", "section", wrap=True)
        self._detail, self._how = label("", "muted", wrap=True), label(_HOW, "muted", wrap=True)
        self.start_button = Button(self._theme, "Start", "play", kind="primary")
        self.start_button.clicked.connect(self._on_start_clicked)
        card = Card(margin=24)
        for widget in (self._eyebrow, self._title, self._detail, self._how):
            card.box.addWidget(widget)
        card.box.addSpacing(8)
        card.box.addLayout(row(self.start_button, 1))
        self.plot = RetentionPlot(self._theme, self._model.curves)
        for widget in (label("Review", "page"), self._problem, card, self.plot):
            self._overview.box.addWidget(widget)
        self._overview.box.addStretch(1)
        self.addWidget(self._overview)
        self.addWidget(self.session)

    @property
    def is_reviewing(self) -> bool:
        """True while a session is under way."""
        return self.currentWidget() is self.session

    def _render(self, state: ReviewState) -> None:
        overview = state.phase == "overview"
        if overview and self.is_reviewing:
            self._model.curves.reload()
        self.setCurrentWidget(self._overview if overview else self.session)
        if overview:
            self._show_overview(state)

    def _show_overview(self, state: ReviewState) -> None:
        status = state.status
        self._problem.say(state.problem, "danger")
        self._how.setVisible(not status.waiting)
        if status.waiting:
            self._eyebrow.setText("DUE TODAY")
            self._title.setText(f"{counted(status.waiting, 'question')} {'is' if status.waiting == 1 else 'are'} due")
            self._detail.setText(_due_words(state))
            self.start_button.setText("Start review")
            self.start_button.set_icon("play")
            return
        self.start_button.setText("Open Learn")
        self.start_button.set_icon("graduation-cap")
        if status.cards or status.next_day:
            self._eyebrow.setText("ALL DONE")
            self._title.setText("Nothing is due")
            self._detail.setText(coming(state))
        else:
            self._eyebrow.setText("REVIEW")
            self._title.setText("Nothing to review yet")
            self._detail.setText("Take a lesson first: each question you answer there becomes one to remember.")

    def _on_start_clicked(self) -> None:
        if self._model.state.status.waiting:
            self._model.start()
        else:
            self.page_chosen.emit("learn")


def _due_words(state: ReviewState) -> str:
    status = state.status
    parts = [f"{status.due} to remember"] if status.due else []
    parts += [f"{status.new} new from the rules"] if status.new else []
    minutes = counted(status.minutes, "minute")
    return f"{', '.join(parts)} · a session takes about {minutes}"
