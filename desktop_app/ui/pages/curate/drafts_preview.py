"""What people will get from a draft: its form, the messages with the values typed into it, and an answer to try it."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QTextBrowser, QVBoxLayout, QWidget

from desktop_app.errors import AppError
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.render import find_problems
from desktop_app.prompts.run import from_prompt, run
from desktop_app.sandbox.client import Answer, Piece
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.curate.drafts_text import Checked
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.theme import Restyler, Theme, Tokens
from desktop_app.ui.widgets.basic import Banner, Button, Scroll, label, row
from desktop_app.ui.widgets.prompt_form import PromptForm


class Trial(QObject):
    """One answer to a draft, which nobody counts as a use. Signals: changed(); piece(str)."""

    changed = Signal()
    piece = Signal(str)

    def __init__(self, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sandbox, self._jobs = sandbox, jobs
        self.is_running, self.words, self.problem = False, "", ""
        sandbox.changed.connect(lambda _: self.changed.emit())

    @property
    def sandbox(self) -> SandboxState:
        """Whether the model can answer."""
        return self._sandbox.state

    def run(self, version: PromptVersion, values: dict[str, str]) -> None:
        """Ask the model; raises AppError for values that do not fit."""
        request = from_prompt(version, {name: value for name, value in values.items() if value})
        self._say(running=True, words=f"Seed {request.seed}")
        self._jobs.start(run(self._sandbox.client, request), self._on_answered, self._on_failed, self._on_piece)

    def stop(self) -> None:
        """Stop at the next token."""
        if self.is_running:
            self._sandbox.client.cancel()

    def _on_piece(self, piece: object) -> None:
        if isinstance(piece, Piece):
            self.piece.emit(piece.text)

    def _on_answered(self, answer: Answer) -> None:
        took = f"{answer.timings.completion_tokens} tokens, {answer.timings.tokens_per_second:.0f} a second"
        ended = {"cancelled": "Stopped. ", "length": "Reached its length limit. "}.get(answer.stop_reason, "")
        self._say(running=False, words=f"{ended}{self.words} · {took}", problem=answer.problem)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._say(running=False, words="", problem=str(error))

    def _say(self, *, running: bool, words: str, problem: str = "") -> None:
        self.is_running, self.words, self.problem = running, words, problem
        self.changed.emit()


class DraftPreview(QWidget):
    """Form, messages and trial of the last text that could be read."""

    def __init__(self, theme: Theme, sandbox: SandboxModel, jobs: Jobs) -> None:
        super().__init__()
        self._theme = theme
        self.trial = Trial(sandbox, jobs, self)
        self.values: dict[str, str] = {}
        self._version: PromptVersion | None = None
        self._build(jobs)
        self.form.value_changed.connect(self._on_value_changed)
        self.example.clicked.connect(self._fill_example)
        self.run_button.clicked.connect(self.run_or_stop)
        self.trial.changed.connect(self._render_trial)
        self.trial.piece.connect(self._append)
        Restyler(theme, self, self._draw_messages)
        self._render_trial()

    def _build(self, jobs: Jobs) -> None:
        self._stale = Banner(self._theme)
        self.form = PromptForm(self._theme, jobs)
        self.example = Button(self._theme, "Fill in the examples", "pencil", kind="quiet")
        self._about = label("", "muted", wrap=True)
        scroll = Scroll(margins=(0, 10, 6, 4), spacing=6)
        scroll.box.addWidget(self._about)
        scroll.box.addLayout(row(self.example, 1))
        scroll.box.addWidget(self.form, 1)
        self.messages = QTextBrowser()
        self.messages.setOpenLinks(False)
        self.messages.setAccessibleName("What the model gets")
        self.messages.setTabChangesFocus(True)
        self.answer = QPlainTextEdit()
        self.answer.setReadOnly(True)
        self.answer.setTabChangesFocus(True)
        self.answer.setAccessibleName("Answer")
        self.answer.setPlaceholderText(
            "The answer appears here. The model runs on this computer; it is small, so judge the prompt, not its wit."
        )
        self.run_button = Button(self._theme, "Try", "play", tip="Run it on this computer (Ctrl+Enter)")
        self._words = label("", "small", wrap=True)
        self._problem = Banner(self._theme)
        trial = QWidget()
        trial.setObjectName("clear")
        inner = QVBoxLayout(trial)
        inner.setContentsMargins(0, 10, 0, 0)
        inner.addLayout(row(self.run_button, self._words, 1))
        inner.addWidget(self._problem)
        inner.addWidget(self.answer, 1)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setAccessibleName("Preview")
        for widget, name in ((scroll, "Form"), (self.messages, "Messages"), (trial, "Try")):
            self.tabs.addTab(widget, name)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stale)
        box.addWidget(self.tabs, 1)

    def forget(self) -> None:
        """Another draft is shown: what was typed into the form of the one before goes."""
        self.trial.stop()
        self.values = {}
        self._version = None
        self.answer.clear()

    def show_checked(self, checked: Checked) -> None:
        """Show the draft as it is now; while it cannot be read, what it was last."""
        stale = checked.version is None and self._version is not None
        self._stale.say("As it was before the mistake." if stale else "", "caution")
        if checked.version is None:
            return
        self._version = checked.version
        self._about.setText(checked.version.description)
        self.example.setVisible(any(item.example for item in checked.version.inputs))
        self.values = {item.name: self.values.get(item.name, item.default) for item in checked.version.inputs}
        self.form.show_inputs(checked.version.inputs, self.values)
        self._draw_messages()
        self._render_trial()

    def run_or_stop(self) -> None:
        """Try the draft with what is in the form, or stop the answer."""
        if self.trial.is_running:
            self.trial.stop()
            return
        version = self._version
        if version is None or self.trial.sandbox.phase != "ready":
            return
        if problems := find_problems(version, self.values):
            self.tabs.setCurrentIndex(0)
            self.form.show_problems(problems)
            return
        self.tabs.setCurrentIndex(2)
        self.answer.clear()
        try:
            self.trial.run(version, self.values)
        except AppError as error:
            self._problem.say(str(error), "danger")

    def _fill_example(self) -> None:
        if self._version is not None:
            for item in self._version.inputs:
                self.values[item.name] = item.example or item.default
            self.form.show_inputs(self._version.inputs, self.values)
            self._draw_messages()

    def _on_value_changed(self, name: str, text: str) -> None:
        if self.values.get(name) != text:
            self.values[name] = text
            self._draw_messages()

    def _append(self, text: str) -> None:
        bar = self.answer.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 2
        cursor = self.answer.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        cursor.insertText(text)
        if at_end:
            bar.setValue(bar.maximum())

    def _render_trial(self) -> None:
        trial = self.trial
        self.run_button.setText("Stop" if trial.is_running else "Try")
        self.run_button.set_icon("square" if trial.is_running else "play")
        self.run_button.setEnabled(trial.is_running or (trial.sandbox.phase == "ready" and self._version is not None))
        waiting = {"starting": "The model is starting.", "off": trial.sandbox.problem}.get(trial.sandbox.phase, "")
        self._words.setText(waiting or trial.words)
        self._problem.say(trial.problem, "danger")

    def _draw_messages(self) -> None:
        if self._version is not None:
            self.messages.setHtml(messages_html(self._version, self.values, self._theme.tokens))


def messages_html(version: PromptVersion, values: dict[str, str], t: Tokens) -> str:
    """The messages with values in their places, marked; a place that is empty shows its name."""
    parts = []
    for message in version.messages:
        body, at = [], 0
        for found in PLACEHOLDER.finditer(message.content):
            body.append(escape(message.content[at : found.start()]))
            value = values.get(found[1], "")
            shown = escape(value) if value else escape(found[0])
            weight = "" if value else "; font-weight:600"
            body.append(f"<span style='background:{t.accent_soft}; color:{t.accent}{weight}'>{shown}</span>")
            at = found.end()
        body.append(escape(message.content[at:]))
        parts.append(
            f"<p style='color:{t.muted}; font-weight:600; margin-bottom:2px'>{message.role.capitalize()}</p>"
            f"<p style='white-space:pre-wrap; margin-top:0'>{''.join(body)}</p>"
        )
    return "".join(parts)
