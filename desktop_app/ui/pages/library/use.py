"""The Use tab: whether the prompt may be used, its form, and the ways out to Practice and the clipboard."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.prompts.copying import where_it_may_go
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.use_model import UseModel, UseState
from desktop_app.ui.widgets.basic import Banner, Button, Scroll, label, row
from desktop_app.ui.widgets.copy_pane import CopyPane, copy_menu_button
from desktop_app.ui.widgets.prompt_form import PromptForm


class UseForm(QWidget):
    """Standing, note, form, what becomes of a copy, and the data class's rule: everything but the buttons."""

    def __init__(self, theme: Theme, model: UseModel, jobs: Jobs) -> None:
        super().__init__()
        self._model = model
        self.standing = Banner(theme)
        self.note = label("", "small", wrap=True)
        self.note_button = Button(theme, "", kind="quiet")
        self.note_button.clicked.connect(model.act_on_note)
        self._note_line = QWidget()
        self._note_line.setObjectName("clear")
        self._note_line.setLayout(row(self.note, self.note_button))
        self.form = PromptForm(theme, jobs)
        self.form.value_changed.connect(model.set_value)
        self.scroll = scroll = Scroll(margins=(0, 8, 6, 8), spacing=8)
        scroll.box.addWidget(self.form, 1)
        self.form.attention.connect(lambda widget: scroll.ensureWidgetVisible(widget, 0, 8))
        self.copied = CopyPane(theme, model)
        self.rule = label("", "small", wrap=True)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(8)
        for widget in (self.standing, self._note_line, scroll, self.copied, self.rule):
            box.addWidget(widget, 1 if widget is scroll else 0)
        model.filled.connect(self._fill)
        model.changed.connect(self._render)
        self._render(model.state)

    def _fill(self, values: dict[str, str]) -> None:
        version = self._model.state.version
        if version is not None:
            self.form.show_inputs(version.inputs, values)
            self.rule.setText(where_it_may_go(version.data_class))

    def _render(self, state: UseState) -> None:
        standing = state.standing
        if not standing.usable:
            self.standing.say(f"This version is not to be used. {standing.reason}", "danger")
        else:
            due = standing.state == "due for review"
            self.standing.say(standing.reason or "This prompt is due for review." if due else "", "caution")
        self._note_line.setVisible(bool(state.note))
        self.note.setText(state.note)
        self.note_button.setText(state.note_action)
        self.note_button.setVisible(bool(state.note_action))
        self.form.show_problems(state.problems)


class UsePane(QWidget):
    """The tab. Signals: tried(), when the prompt is filled and should run in Practice."""

    tried = Signal()

    def __init__(self, theme: Theme, model: UseModel, jobs: Jobs) -> None:
        super().__init__()
        self._model = model
        self.use = UseForm(theme, model, jobs)
        self.try_button = Button(
            theme, "Try it", "play", kind="primary", tip="Run it on this computer", shortcut="Ctrl+Return"
        )
        self.copy_button = Button(
            theme, "Copy", "copy", tip="Copy the filled prompt, in the form used last", shortcut="Ctrl+Shift+C"
        )
        self.menu_button = copy_menu_button(theme, model)
        self.example = Button(theme, "Example", "pencil", kind="quiet", tip="Fill in the example")
        self.try_button.clicked.connect(self.try_it)
        self.copy_button.clicked.connect(lambda: model.copy())
        self.example.clicked.connect(model.use_example)
        self.use.copied.answered.connect(self.copy_button.setFocus)
        copying = row(self.copy_button, self.menu_button, spacing=2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(self.use, 1)
        box.addLayout(row(self.try_button, copying, 1, self.example))
        model.changed.connect(self._render)
        self._render(model.state)

    def try_it(self) -> None:
        """Run the prompt in Practice, if it may be used and is filled."""
        if self._model.check():
            self.tried.emit()

    def _render(self, state: UseState) -> None:
        for button in (self.try_button, self.copy_button):
            button.setEnabled(state.can_use)
        has_example = state.version is not None and any(item.example for item in state.version.inputs)
        self.example.setVisible(has_example)
