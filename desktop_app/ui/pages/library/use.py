"""The Use tab: whether the prompt may be used, its form, and the ways out to Practice and the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.policy.vocabulary import ROLES
from desktop_app.prompts.copying import where_it_may_go
from desktop_app.ui.feedback_model import FeedbackModel
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.use_model import UseModel, UseState
from desktop_app.ui.widgets.basic import Banner, Button, Scroll, label, row, tab_as_read
from desktop_app.ui.widgets.copy_pane import CopyPane, copy_menu_button
from desktop_app.ui.widgets.feedback_card import FeedbackCard
from desktop_app.ui.widgets.prompt_form import PromptForm


class UseForm(QWidget):
    """Standing above; below it scrolls: what the prompt is for, where its values come from, the form, what becomes of a copy."""

    def __init__(self, theme: Theme, model: UseModel, jobs: Jobs) -> None:
        super().__init__()
        self._model, self._shown = model, ""
        self._build(theme, jobs)
        self.form.value_changed.connect(model.set_value)
        self.form.attention.connect(self._show)
        self.note_button.clicked.connect(model.act_on_note)
        self.example.clicked.connect(model.use_example)
        model.filled.connect(self._fill)
        model.changed.connect(self._render)
        self._render(model.state)

    def _build(self, theme: Theme, jobs: Jobs) -> None:
        self.standing = Banner(theme)
        self.about, self.roles = label("", "muted", wrap=True), label("", "small", wrap=True)
        self.note = label("", "small", wrap=True)
        self.note_button = Button(theme, "", kind="quiet")
        self.example = Button(theme, "Example", "pencil", kind="quiet", tip="Fill in the example; it can be undone")
        self.form = PromptForm(theme, jobs)
        self.copied = CopyPane(theme, self._model)
        self.rule = label("", "small", wrap=True)
        self.scroll = Scroll(margins=(0, 4, 6, 4), spacing=6)
        inside = self.scroll.box
        inside.addWidget(self.about)
        for words, button in ((self.roles, self.example), (self.note, self.note_button)):
            line = row(words, button)
            line.setStretch(0, 1)
            inside.addLayout(line)
        inside.addWidget(self.form, 1)
        inside.addWidget(self.rule)
        inside.addWidget(self.copied)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.standing)
        box.addWidget(self.scroll, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What the guard asks stays in view."""
        super().resizeEvent(event)
        if self._model.state.phase == "asks":
            self._show(self.copied)

    def _fill(self, values: dict[str, str]) -> None:
        version = self._model.state.version
        if version is None:
            return
        if version.id != self._shown:
            self._shown = version.id
            self.scroll.verticalScrollBar().setValue(0)
        self.form.show_inputs(version.inputs, values)
        self.about.setText(version.description)
        self.roles.setText(f"For {', '.join(ROLES.get(role, role) for role in version.roles)}")
        self.rule.setText(where_it_may_go(version.data_class))
        self.example.setVisible(any(item.example for item in version.inputs))
        tab_as_read(self.parentWidget() or self)  # the fields are newer than what stands below them

    def _render(self, state: UseState) -> None:
        standing = state.standing
        if not standing.usable:
            self.standing.say(f"This version is not to be used. {standing.reason}", "danger")
        else:
            due = standing.state == "due for review"
            self.standing.say(standing.reason or "This prompt is due for review." if due else "", "caution")
        self.note.setText(state.note)
        self.note.setVisible(bool(state.note))
        self.note_button.setText(state.note_action)
        self.note_button.setVisible(bool(state.note_action))
        self.form.show_problems(state.problems)
        if state.words:
            self._show(self.copied)

    def _show(self, widget: QWidget) -> None:
        # only once what was said has its place in the layout
        QTimer.singleShot(0, widget, lambda: self.scroll.ensureWidgetVisible(widget, 0, 8))


class UsePane(QWidget):
    """The tab. Signals: tried(), when the prompt is filled and should run in Practice; export_asked()."""

    tried = Signal()
    export_asked = Signal()

    def __init__(self, theme: Theme, model: UseModel, feedback: FeedbackModel, jobs: Jobs) -> None:
        super().__init__()
        self._model = model
        self.use = UseForm(theme, model, jobs)
        self.feedback = FeedbackCard(theme, feedback, jobs)
        self.use.scroll.box.insertWidget(0, self.feedback)
        self.try_button = Button(
            theme, "Try it", "play", kind="primary", tip="Run it on this computer", shortcut="Ctrl+Return"
        )
        self.copy_button = Button(
            theme, "Copy", "copy", tip="Copy the filled prompt, in the form used last", shortcut="Ctrl+Shift+C"
        )
        self.menu_button = copy_menu_button(theme, model, self.export_asked.emit)
        self.try_button.clicked.connect(self.try_it)
        self.copy_button.clicked.connect(lambda: model.copy())
        self.use.copied.answered.connect(self.copy_button.setFocus)
        copying = row(self.copy_button, self.menu_button, spacing=2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.use, 1)
        box.addLayout(row(self.try_button, copying, 1))
        model.changed.connect(self._render)
        self._render(model.state)

    def try_it(self) -> None:
        """Run the prompt in Practice, if it may be used and is filled."""
        if self._model.check():
            self.tried.emit()

    def _render(self, state: UseState) -> None:
        for button in (self.try_button, self.copy_button):
            button.setEnabled(state.can_use)
