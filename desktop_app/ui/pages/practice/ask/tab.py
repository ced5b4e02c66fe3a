"""Ask: a free prompt or one from the library, the local model, its answers, and what was asked before."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QSplitter, QVBoxLayout, QWidget

from desktop_app.services import Services
from desktop_app.ui.feedback_model import FROM_JUDGEMENT, FeedbackModel
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.examples import Examples
from desktop_app.ui.pages.practice.ask.extras import AnswerExtras
from desktop_app.ui.pages.practice.ask.history import HistoryDrawer
from desktop_app.ui.pages.practice.ask.history_model import HistoryModel
from desktop_app.ui.pages.practice.ask.inputs import InputsPane
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.pages.practice.ask.state import AskState
from desktop_app.ui.pages.practice.ask.thread import Thread
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, chip, row, set_tone, shortcut
from desktop_app.ui.widgets.feedback_card import FeedbackCard

_NARROW_PX = 820
_TIGHT_PX = 480


class AskTab(QWidget):
    """Signals: library_asked(); card_ready(AnswerCard), once for each answer that is complete, to add what belongs to it."""

    library_asked = Signal()
    card_ready = Signal(object)

    def __init__(
        self, theme: Theme, services: Services, model: AskModel, feedback: FeedbackModel, jobs: Jobs, examples: Examples
    ) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self.model, self._feedback = theme, model, feedback
        self._asked: object = None
        self._shows_inputs = True  # what is in view where there is no room for both
        self._is_reading = False
        self.extras = AnswerExtras(theme, services, model)
        self.history_model = HistoryModel(services, jobs, model, self)
        self._build(jobs, examples)
        self._connect()
        self._render(model.state)

    def _build(self, jobs: Jobs, examples: Examples) -> None:
        theme = self._theme
        self._title, self._status = _Title(), chip("", "good")
        self.history_button = Button(
            theme, "History", "history", kind="quiet", tip="What you asked before", shortcut="Ctrl+H"
        )
        self.history_button.setCheckable(True)
        self.new_button = Button(theme, "New", "plus", kind="quiet", tip="New conversation", shortcut="Ctrl+N")
        self.free_button = Button(theme, "Free prompt", "pencil", kind="quiet", tip="Write a prompt of your own")
        self.choose_button = Button(theme, "Choose a prompt", "library", tip="Choose a prompt from the library")
        self.flip_button = Button(theme, "", kind="quiet", tip="What goes in, or the answers")
        for button in (self.history_button, self.new_button, self.choose_button):
            button.setAccessibleName(button.text())
        self.inputs = InputsPane(theme, self.model, jobs, examples)
        self.thread = Thread(theme, self.model, jobs)
        # the goal is asked by the judgement above it
        self.feedback = FeedbackCard(theme, self._feedback, jobs, asks_goal=False)
        self.thread.add_below_answers(self.feedback)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.history = HistoryDrawer(theme, self.history_model)
        self.history.hide()
        for pane in (self.history, self.inputs, self.thread):
            pane.setMinimumWidth(300)
            pane.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self.splitter.addWidget(pane)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(16)
        self.splitter.setSizes([440, 440, 560])
        self.splitter.setAccessibleName("Prompt and answers")
        header = row(
            self._title, self._status, self.flip_button, self.history_button, self.new_button, self.free_button,
            self.choose_button, spacing=6,
        )  # fmt: skip
        header.setStretch(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addLayout(header)
        box.addWidget(self.splitter, 1)

    def _connect(self) -> None:
        model = self.model
        self.new_button.clicked.connect(self.begin_new)
        self.free_button.clicked.connect(lambda: model.use_free())
        self.choose_button.clicked.connect(self.library_asked)
        self.flip_button.clicked.connect(lambda: self._flip(not self._shows_inputs))
        self.history_button.toggled.connect(self._on_history_toggled)
        self.history.closed.connect(self._close_history)
        self.history_model.opened.connect(self._on_opened)
        self.inputs.asked.connect(self._on_asked)
        self.thread.rewrite_asked.connect(self._rewrite_in_form)
        self.thread.card_ready.connect(self.extras.show)
        self.thread.card_ready.connect(self.card_ready)
        self.thread.copy_asked.connect(self.extras.copy)
        self.thread.details_asked.connect(self.extras.show_details)
        model.changed.connect(self._render)
        shortcut(self, "Ctrl+R", lambda: model.regenerate())
        shortcut(self, "Ctrl+Shift+C", self._copy_last)

    def focus_first(self) -> None:
        """Put the cursor where the next question goes."""
        if self.thread.follow_up.isVisible():
            self.thread.follow_up.edit.setFocus()
        elif self.inputs.isVisible():
            self.inputs.form.focus_first()

    def _on_asked(self) -> None:
        """The answers come into view; the cursor stays in a form that somebody works on, the button that was pressed is gone."""
        self._flip(False)
        focused = QApplication.focusWidget()
        if focused is None or not (self.inputs.form.isVisible() and self.inputs.form.isAncestorOf(focused)):
            self.thread.follow_up.edit.setFocus()

    def _on_history_toggled(self, shown: bool) -> None:
        self._fit()
        if shown:
            self.history.begin()

    def _close_history(self) -> None:
        self.history_button.setChecked(False)
        self.history_button.setFocus()

    def _on_opened(self) -> None:
        self.history_button.setChecked(False)
        self._flip(not self.model.state.branch)
        (self.thread.follow_up.edit if self.model.state.branch else self.history_button).setFocus()

    def finish(self) -> None:
        """The window goes: keep what is half-typed and end what runs."""
        self.history_model.close()
        self.model.close()

    def begin_new(self) -> None:
        """A new conversation; the cursor stands where its question goes."""
        self.history_button.setChecked(False)
        self.model.new()
        self._flip(True)
        self.inputs.form.focus_first()

    def _rewrite_in_form(self) -> None:
        self._flip(True)
        self.inputs.form.focus_first()

    def _flip(self, to_inputs: bool) -> None:
        self._shows_inputs = to_inputs
        self._fit()

    # -- copying -----------------------------------------------------------------------------------------------------

    def _copy_last(self) -> None:
        card = self.thread.last_answer
        if card is not None and card.turn.text:
            self.extras.copy(card, card.copied_text)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops an answer."""
        if event.key() == Qt.Key.Key_Escape and self.model.state.phase == "running":
            self.model.stop()
            return
        super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """While an answer is written, Esc reaches this tab before a shortcut of the window takes it."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self.model.state.phase == "running"
        ):
            event.accept()
            return True
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One at a time where there is no room for both side by side."""
        super().resizeEvent(event)
        self._fit()

    @property
    def is_narrow(self) -> bool:
        """True where only one of both panes has room, as beside an open document."""
        return self._is_reading or self.width() < self._theme.px(_NARROW_PX)

    def show_answers(self) -> None:
        """Have the answers in view where there is no room for both."""
        self._flip(False)

    def set_reading(self, is_reading: bool) -> None:
        """Make room for a document that is read beside both panes, or take it back."""
        self._is_reading = is_reading
        self._fit()

    def _fit(self) -> None:
        narrow, begun = self.is_narrow, bool(self.model.state.branch)
        inputs = not narrow or not begun or self._shows_inputs
        finding = self.history_button.isChecked()
        self.history.setVisible(finding)
        self.inputs.setVisible(inputs and not finding)
        self.thread.setVisible(not narrow or not (inputs or finding))
        self.flip_button.setVisible(narrow and begun)
        tight = self.width() < self._theme.px(_TIGHT_PX)
        self.flip_button.setText("Answers" if inputs else "Inputs" if tight else "What goes in")
        for button, words in (
            (self.history_button, "History"),
            (self.new_button, "New"),
            (self.choose_button, "Choose a prompt"),
        ):
            _say(button, "" if tight else words)
        self._status.setVisible(self.model.state.prompt is not None and not tight)
        for button in (self.free_button, self.choose_button):
            button.setVisible(
                not (narrow and begun) and (button is not self.free_button or self.model.state.prompt is not None)
            )

    def _render(self, state: AskState) -> None:
        prompt = state.prompt
        asked = (prompt, state.seed, state.judgement) if prompt is not None and state.judgement else None
        if asked != self._asked:
            self._asked = asked
            self._feedback.ask(prompt if asked else None, FROM_JUDGEMENT.get(state.judgement))
        title = prompt.name if prompt else state.conversation.title if state.conversation else "Free prompt"
        self._title.setText(title)
        self._title.setToolTip(title)
        if prompt is not None:
            self._status.setText(f"{state.status.capitalize()} · v{prompt.version}")
            set_tone(self._status, "good" if state.status == "approved" else "caution")
        if state.phase == "empty":
            self._shows_inputs = True
        self._fit()


class _Title(QLabel):
    """One line that ends in … where there is no room."""

    def __init__(self) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("role", "section")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:
        """As much of the text as fits."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()


def _say(button: Button, words: str) -> None:
    """Give a button these words, or only its icon; Qt takes the shortcut away with the words."""
    if button.text() != words:
        keys = button.shortcut()
        button.setText(words)
        button.setShortcut(keys)
        button.redraw()
