"""The practice exercise with several seeds: the prompt with its checks, the answers side by side, the judgement."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from desktop_app.lessons.lesson import Practice
from desktop_app.lessons.prompt_checks import NAMES, PromptCheckResult
from desktop_app.lessons.render import render_html
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.learn.exercises.judgement import JudgementCard
from desktop_app.ui.pages.learn.exercises.outputs import OutputColumns
from desktop_app.ui.pages.learn.exercises.practice_model import PracticeModel, PracticeState
from desktop_app.ui.pages.learn.exercises.sample import SampleCard
from desktop_app.ui.run_model import RunModel, RunState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Icon, clear, column, label, meter, row, shortcut
from desktop_app.ui.widgets.prompt_form import FREE, PromptForm

_STACKED_PX = 720
_CHECKS_PX = 300
_MOST_SHOWN = 3  # of the words that met a check


class PracticePane(QWidget):
    """Prompt, answers and judgement of one PracticeModel, one card below the other."""

    def __init__(self, theme: Theme, model: PracticeModel, jobs: Jobs) -> None:
        super().__init__()
        self._theme, self._model = theme, model
        self._shown_values: object = None
        self._build(jobs)
        self._connect()
        self._render(model.state)

    def _build(self, jobs: Jobs) -> None:
        theme, count = self._theme, len(self._model.state.seeds)
        self.form = PromptForm(theme, jobs)
        self.checks = PromptChecks(theme)
        self.problem, self.sandbox = Banner(theme), Banner(theme)
        self.run_button = Button(
            theme, "Run" if count == 1 else f"Run with {count} seeds", "play", kind="primary", tip="Run (Ctrl+Enter)"
        )
        self.stop_button = Button(theme, "Stop", "square", tip="Stop (Esc); what is there stays")
        self._bar = meter(name="Answers that are there")
        self._bar.setFixedWidth(theme.px(160))
        self._note = label("", "small")
        self._used = label("", "small")
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._sides.setSpacing(24)
        self._sides.addWidget(self.form, 1)
        self._sides.addWidget(self.checks)
        card = Card(spacing=10)
        card.box.addLayout(self._sides)
        card.box.addWidget(self.problem)
        card.box.addWidget(self.sandbox)
        foot = row(self.run_button, self.stop_button, self._bar, self._note, self._used, spacing=12)
        foot.addStretch(1)
        card.box.addLayout(foot)
        self.outputs = OutputColumns(theme)
        self.look_for = Banner(theme, icon="eye")
        self.judgement = JudgementCard(theme, self._model)
        self.sample = SampleCard(theme, self._model.state.practice, self._model.inputs)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        for widget in (card, self.outputs, self.look_for, self.judgement, self.sample):
            box.addWidget(widget)
        self.setAccessibleName("Prompt and answers")

    def _connect(self) -> None:
        model = self._model
        self.form.value_changed.connect(model.set_value)
        self.sample.filled.connect(self._on_filled)
        self.run_button.clicked.connect(model.run)
        self.stop_button.clicked.connect(model.stop)
        self.sandbox.acted.connect(model.start_sandbox)
        model.changed.connect(self._render)
        model.piece.connect(self.outputs.append)
        shortcut(self, "Ctrl+Return", model.run)
        shortcut(self, "Ctrl+Enter", model.run)

    # -- showing -----------------------------------------------------------------------------------------------------

    def _render(self, state: PracticeState) -> None:
        values = self._model.inputs.values
        if self._shown_values is not values:  # a reloaded draft is a new mapping
            self._shown_values = values
            prompt = state.inputs.prompt
            self.form.show_inputs((FREE,) if prompt is None else prompt.inputs, values)
        self.form.show_problems(state.field_problems or {})
        self.checks.show_results(state.prompt_results)
        self.checks.setVisible(bool(state.practice.prompt_checks))
        running = state.phase == "running"
        self.run_button.setVisible(not running)
        self.run_button.setEnabled(state.can_run)
        self.stop_button.setVisible(running)
        self._show_progress(state)
        self.problem.say(state.problem, "danger")
        self._show_sandbox(state)
        self.outputs.setVisible(bool(state.outputs))
        self.outputs.show_state(state)
        whole = state.phase == "done" and any(output.phase == "done" for output in state.outputs)
        self.look_for.say(look_for_html(state.practice) if whole else "", "plain", rich=True)
        self.judgement.show_state(state)
        self.sample.offer(state.phase == "done")

    def _on_filled(self) -> None:
        self._model.check_prompt_now()
        self._render(self._model.state)

    def _show_progress(self, state: PracticeState) -> None:
        running, total = state.phase == "running", len(state.seeds)
        self._bar.setVisible(running)
        self._note.setVisible(running)
        self._bar.setValue(round(1000 * state.progress / total))
        self._bar.setAccessibleDescription(f"{state.progress} of {total}")
        self._note.setText(state.note)
        inputs = state.inputs
        over = inputs.over_tokens
        self._used.setVisible(not running and (inputs.used_tokens is not None))
        self._used.setText(
            f"Too long by {over:,} tokens: shorten it" if over > 0
            else f"{inputs.used_tokens or 0:,} of {inputs.context_tokens - inputs.max_tokens:,} tokens"
        )  # fmt: skip

    def _show_sandbox(self, state: PracticeState) -> None:
        sandbox = state.inputs.sandbox
        if sandbox.phase == "off":
            self.sandbox.say(f"Practice is off. {sandbox.problem}", "danger", action="Start again")
        elif sandbox.phase == "starting" and state.phase != "running":
            self.sandbox.say("The model is being loaded and tested; you can type meanwhile.", "plain", action="")
        else:
            self.sandbox.say("")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The checks stand beside the prompt, or below it where it is narrow."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED_PX)
        self._sides.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        wide = 16_777_215 if narrow else self._theme.px(_CHECKS_PX)
        self.checks.setMinimumWidth(0 if narrow else wide)
        self.checks.setMaximumWidth(wide)


class AfterRun(QWidget):
    """What follows an exercise of one run: what to look for in the answer, and a prompt that works."""

    def __init__(self, theme: Theme, practice: Practice, run: RunModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._html = look_for_html(practice)
        self.look_for, self.sample = Banner(theme, icon="eye"), SampleCard(theme, practice, run)
        self.setLayout(column(self.look_for, self.sample, spacing=16))
        self.sample.offer(run.state.phase == "done")
        run.changed.connect(self._render)

    def _render(self, state: RunState) -> None:
        whole = state.phase == "done" and "not complete" not in state.problem
        self.look_for.say(self._html if whole else "", "plain", rich=True)
        self.sample.offer(state.phase == "done")


class PromptChecks(QWidget):
    """What a prompt has and what it lacks, one line each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme = theme
        self._shown: tuple[PromptCheckResult, ...] = ()
        self._title = label("Your prompt so far", "strong")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(10)
        hint = label("Found by looking for words, so take it as a hint.", "small", wrap=True)
        box = column(self._title, self._lines, hint, 1, spacing=10)
        self.setLayout(box)

    def show_results(self, results: tuple[PromptCheckResult, ...]) -> None:
        """Show these; nothing is drawn anew while they are the same."""
        if results == self._shown:
            return
        self._shown = results
        clear(self._lines)
        met = sum(result.met for result in results)
        self._title.setText(f"Your prompt so far: {met} of {len(results)}")
        for result in results:
            self._lines.addLayout(self._line(result))

    def _line(self, result: PromptCheckResult) -> QBoxLayout:
        icon = Icon(self._theme, "circle-check" if result.met else "circle", "good" if result.met else "muted")
        quoted = result.found if result.check == "material" else [f"“{words}”" for words in result.found]
        found = ", ".join(quoted[:_MOST_SHOWN]) if result.check != "task" else ""
        title = label(f"{NAMES[result.check]}: {'there' if result.met else 'not found'}", "strong", wrap=True)
        if result.check in ("sensitive", "length"):
            title.setText(f"{NAMES[result.check]}: {'good' if result.met else 'look again'}")
        says = label(found if result.met and found else result.says, "small", wrap=True)
        if result.met and result.check == "material":
            says.setText(f"Set apart by {found}")
        if result.met and found:
            says.setToolTip(result.says)
        line = row(icon, column(title, says, spacing=1), spacing=8)
        line.setAlignment(icon, Qt.AlignmentFlag.AlignTop)
        line.setStretch(1, 1)
        return line


def look_for_html(practice: Practice) -> str:
    """What people tend to miss in an answer, as the one paragraph of a banner; empty if the exercise says nothing."""
    if not practice.look_for:
        return ""
    html = render_html(practice.look_for).replace("<p>", "").replace("</p>", " ")
    return f"<b>What to look for.</b> {html}"
