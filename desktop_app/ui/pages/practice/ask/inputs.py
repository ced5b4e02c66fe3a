"""What goes in: the form or the free prompt, documents, how to answer, how much fits."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.context_meter import ContextMeter
from desktop_app.ui.pages.practice.ask.examples import Examples
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.pages.practice.ask.parameters_panel import ParametersPanel
from desktop_app.ui.pages.practice.ask.state import AskState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Scroll, label, row, shortcut
from desktop_app.ui.widgets.prompt_form import FREE, PromptForm

_LOW_PX = 340
_WORDS_PX = 340


class InputsPane(Card):
    """Signals: asked(), when somebody asks from here; compare_asked(), to see several answers to it side by side."""

    asked = Signal()
    compare_asked = Signal()

    def __init__(self, theme: Theme, model: AskModel, jobs: Jobs, examples: Examples) -> None:
        super().__init__(margin=16, spacing=8)
        self._theme, self._model = theme, model
        self._shown: object = object()
        self.examples = examples
        self._build(jobs)
        self._connect()
        self._render(model.state)

    def _build(self, jobs: Jobs) -> None:
        self.form = PromptForm(self._theme, jobs)
        self._hint = label("", "small", wrap=True)
        self._problem = Banner(self._theme)
        self._sandbox = Banner(self._theme)
        self.ask_button = Button(self._theme, "Ask", "play", kind="primary", tip="Ask the model (Ctrl+Enter)")
        self.again_button = Button(
            self._theme,
            "Ask this again",
            "play",
            tip="Ask with what stands here now (Ctrl+Enter); what was asked stays",
        )
        self.stop_button = Button(self._theme, "Stop", "square", tip="Stop (Esc)")
        self.parameters = ParametersPanel(self._theme, self._model)
        self.meter = ContextMeter(self._theme)
        # Documents to answer from: a widget of its own goes in with add_documents.
        self._documents = QVBoxLayout()
        self._documents.setContentsMargins(0, 0, 0, 0)
        self.scroll = Scroll(margins=(0, 0, 6, 0), spacing=10)
        self.scroll.box.addWidget(self._hint)
        self.scroll.box.addWidget(self.form, 1)
        self.scroll.box.addWidget(self.examples)
        self.scroll.box.addLayout(self._documents)
        self.scroll.box.addWidget(self.parameters)
        self.box.addWidget(self.scroll, 1)
        self.box.addWidget(self._problem)
        self.box.addWidget(self._sandbox)
        self.compare_button = Button(
            self._theme,
            "Compare",
            "git-compare",
            kind="quiet",
            tip="Compare this side by side: other seeds, versions, models",
        )
        self.compare_button.setAccessibleName("Compare this side by side")
        self.compare_button.clicked.connect(self.compare_asked)
        self.box.addLayout(row(self.ask_button, self.again_button, self.stop_button, 1, self.compare_button))
        self.box.addWidget(self.meter)

    def _connect(self) -> None:
        model = self._model
        self.form.value_changed.connect(model.set_value)
        self.form.attention.connect(lambda banner: self.scroll.ensureWidgetVisible(banner, 0, 8))
        self.ask_button.clicked.connect(self.ask)
        self.again_button.clicked.connect(self.ask)
        self.stop_button.clicked.connect(model.stop)
        self._sandbox.acted.connect(model.start_sandbox)
        self.parameters.unfolded.connect(self._on_unfolded)
        model.changed.connect(self._render)
        shortcut(self, "Ctrl+Return", self.ask)
        shortcut(self, "Ctrl+Enter", self.ask)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The form keeps the room where height is scarce."""
        super().resizeEvent(event)
        self.meter.set_compact(self.height() < self._theme.px(_LOW_PX))
        self.compare_button.setText("Compare" if self.width() >= self._theme.px(_WORDS_PX) else "")
        self.compare_button.redraw()

    def _on_unfolded(self, shown: bool) -> None:
        if shown:  # once it is laid out
            QTimer.singleShot(0, self, lambda: self.scroll.ensureWidgetVisible(self.parameters, 0, 8))

    def add_documents(self, panel: QWidget) -> None:
        """Put the panel for documents between the form and how to answer."""
        self._documents.addWidget(panel)

    def ask(self) -> None:
        """Ask what stands here."""
        self._model.run()
        if self._model.state.phase == "running":
            self.asked.emit()

    def _render(self, state: AskState) -> None:
        shown = (state.prompt, id(self._model.values))
        if shown != self._shown:
            self._shown = shown
            self.form.show_inputs((FREE,) if state.prompt is None else state.prompt.inputs, self._model.values)
            self._hint.setText(state.prompt.description if state.prompt else "")
            self._hint.setVisible(bool(state.prompt))
        running, begun = state.phase == "running", bool(state.branch)
        self.ask_button.setVisible(not running and not begun)
        self.again_button.setVisible(not running and begun)
        self.stop_button.setVisible(running)
        over = state.meter.over if state.meter and not begun else 0
        for button in (self.ask_button, self.again_button):
            button.setEnabled(state.can_ask and not over)
        self.form.show_problems(state.field_problems)
        self._problem.say(state.problem if state.problem_at == "form" else "", "danger")
        self._show_sandbox(state)
        self.meter.show_meter(state.meter)
        is_fresh = state.prompt is None and not begun and not state.document_ids
        self.examples.setVisible(is_fresh and not any(self._model.values.values()))

    def _show_sandbox(self, state: AskState) -> None:
        sandbox = state.sandbox
        if sandbox.phase == "off":
            self._sandbox.say(f"Practice is off. {sandbox.problem}", "danger", action="Start again")
        elif sandbox.phase == "starting" and state.phase != "running":
            self._sandbox.say("The model is being loaded and tested; you can type meanwhile.", "plain", action="")
        else:
            self._sandbox.say("")
