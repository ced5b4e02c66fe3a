"""What goes in on the left, what comes out on the right: the practice page's and every exercise's work place."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QSpinBox, QSplitter, QVBoxLayout, QWidget

from desktop_app.ui.jobs import Jobs
from desktop_app.ui.run_model import RunModel, RunState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.answer_view import AnswerView
from desktop_app.ui.widgets.basic import Banner, Button, Card, Number, Scroll, label, meter, row, shortcut
from desktop_app.ui.widgets.prompt_form import FREE, PromptForm

_STACKED_PX = 600


class RunPane(QSplitter):
    """Form and answer of one RunModel."""

    def __init__(self, theme: Theme, model: RunModel, jobs: Jobs, *, header: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme, self._model = theme, model
        self._shown_prompt: object = object()
        self._described = True
        self._build(jobs, header)
        self._connect()
        self._render(model.state)

    def _build(self, jobs: Jobs, header: QWidget | None) -> None:
        self.form = PromptForm(self._theme, jobs)
        self._hint = label("", "small", wrap=True)
        self._problem = Banner(self._theme, action="")
        self.run_button = Button(self._theme, "Run", "play", kind="primary", tip="Run (Ctrl+Enter)")
        self.stop_button = Button(self._theme, "Stop", "square", tip="Stop (Esc)")
        self._again = Button(
            self._theme,
            "New seed",
            "dices",
            kind="quiet",
            tip="Run again with another seed: the same prompt, another draw",
        )
        self._seed = _spin(
            "Seed, 0 for a new one each time",
            0,
            999_999,
            "The seed fixes the draw: same prompt, same seed, same answer. 0 draws a new one each time.",
        )
        self._seed.setSpecialValueText("a new one")
        self._longest = _spin("Longest answer in tokens", 16, 1024, "A token is about three quarters of a word.")
        self._longest.setSingleStep(16)
        self._longest.setSuffix(" tokens")
        self._used = label("", "small")
        self._meter = meter(name="Context window in use")
        self._sandbox = Banner(self._theme)
        left = Card(spacing=8)
        if header is not None:
            left.box.addWidget(header)
        self._scroll = scroll = Scroll(margins=(0, 0, 4, 0), spacing=8)
        scroll.box.addWidget(self._hint)
        scroll.box.addWidget(self.form, 1)
        left.box.addWidget(scroll, 1)
        left.box.addWidget(self._problem)
        left.box.addWidget(self._sandbox)
        left.box.addLayout(
            row(_labelled("Seed", self._seed), _labelled("Longest answer", self._longest), 1, spacing=16)
        )
        left.box.addSpacing(4)
        left.box.addLayout(row(self.run_button, self.stop_button, self._again, 1))
        meter_line = row(self._meter, self._used)
        meter_line.setStretch(0, 1)
        left.box.addLayout(meter_line)
        self.answer = AnswerView(self._theme, self._model.copying, lambda: "\n".join(self._model.values.values()))
        self._right = right = Card()
        right.box.addWidget(self.answer, 1)
        for card in (left, right):
            card.setMinimumWidth(300)
            card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
            self.addWidget(card)
        self.setChildrenCollapsible(False)
        self.setHandleWidth(16)
        self.setSizes([480, 520])
        self.setAccessibleName("Prompt and answer")

    def _connect(self) -> None:
        model = self._model
        self.form.value_changed.connect(model.set_value)
        self.form.attention.connect(lambda banner: self._scroll.ensureWidgetVisible(banner, 0, 8))
        self.run_button.clicked.connect(model.run)
        self.stop_button.clicked.connect(model.stop)
        self._again.clicked.connect(self._on_again_clicked)
        self._seed.valueChanged.connect(lambda seed: model.set_seed(seed or None))
        self._longest.valueChanged.connect(model.set_max_tokens)
        self.answer.judged.connect(model.judge)
        self._sandbox.acted.connect(model.start_sandbox)
        model.changed.connect(self._render)
        model.piece.connect(self.answer.append)
        shortcut(self, "Ctrl+Return", model.run)
        shortcut(self, "Ctrl+Enter", model.run)

    def add_below_answer(self, widget: QWidget) -> None:
        """Put a widget of the page's own below the answer and its judgement."""
        self._right.box.addWidget(widget)

    def show_description(self, shown: bool) -> None:
        """Show or hide what the prompt says of itself; an exercise has its own words."""
        self._described = shown
        self._hint.setVisible(shown and bool(self._hint.text()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One above the other where there is no room for both side by side."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED_PX)
        orientation = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if orientation != self.orientation():
            self.setOrientation(orientation)
            self.setSizes([500, 500])

    def keyPressEvent(self, event: object) -> None:
        """Esc stops a run."""
        if event.key() == Qt.Key.Key_Escape and self._model.state.phase == "running":  # type: ignore[attr-defined]
            self._model.stop()
            return
        super().keyPressEvent(event)  # type: ignore[arg-type]

    def _on_again_clicked(self) -> None:
        self._seed.setValue(0)
        self._model.set_seed(None)
        self._model.run()

    def _render(self, state: RunState) -> None:
        shown = (state.prompt, id(self._model.values))
        if shown != self._shown_prompt:
            self._shown_prompt = shown
            self.form.show_inputs((FREE,) if state.prompt is None else state.prompt.inputs, self._model.values)
            self._hint.setText(state.prompt.description if state.prompt else "")
            self._hint.setVisible(bool(state.prompt) and self._described)
            for box, value in ((self._seed, state.fixed_seed or 0), (self._longest, state.max_tokens)):
                box.blockSignals(True)
                box.setValue(value)
                box.blockSignals(False)
        running = state.phase == "running"
        self.run_button.setVisible(not running)
        self.run_button.setEnabled(state.can_run)
        self.stop_button.setVisible(running)
        self._again.setEnabled(state.phase == "done" and state.can_run)
        self.form.show_problems(state.field_problems or {})
        before_run = state.phase == "empty" and bool(state.problem)
        self._problem.say(state.problem if before_run else "", "danger", action="")
        self._show_sandbox(state)
        self._show_meter(state)
        self.answer.show_state(state if not before_run else RunState(sandbox=state.sandbox))

    def _show_sandbox(self, state: RunState) -> None:
        sandbox = state.sandbox
        if sandbox.phase == "off":
            self._sandbox.say(f"Practice is off. {sandbox.problem}", "danger", action="Start again")
        elif sandbox.phase == "starting" and state.phase != "running":
            self._sandbox.say("The model is being loaded and tested; you can type meanwhile.", "plain", action="")
        else:
            self._sandbox.say("")

    def _show_meter(self, state: RunState) -> None:
        if state.used_tokens is None:
            self._used.setText("")
            self._meter.setValue(0)
            return
        room = state.context_tokens - state.max_tokens
        over = state.over_tokens
        self._used.setText(
            f"Too long by {over:,} tokens: shorten it" if over > 0 else f"{state.used_tokens:,} of {room:,} tokens"
        )
        self._used.setToolTip(
            f"The model reads at most {state.context_tokens:,} tokens, {state.max_tokens:,} of them are kept for the answer."
        )
        self._meter.setValue(min(1000, round(1000 * state.used_tokens / max(1, room))))
        self._meter.setProperty("tone", "danger" if state.used_tokens > room else "")
        self._meter.style().polish(self._meter)


def _spin(name: str, low: int, high: int, tip: str) -> QSpinBox:
    box = Number()
    box.setRange(low, high)
    box.setAccessibleName(name)
    box.setToolTip(tip)
    return box


def _labelled(text: str, widget: QWidget) -> QWidget:
    holder = QWidget()
    holder.setObjectName("clear")
    box = QVBoxLayout(holder)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(2)
    words: QLabel = label(text, "small")
    words.setBuddy(widget)
    box.addWidget(words)
    box.addWidget(widget)
    return holder
