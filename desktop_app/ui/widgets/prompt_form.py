"""A form for a prompt's inputs (or one field for a free prompt); every text field is watched by the guard."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from desktop_app.prompts.prompt import Input
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Choice, clear, label
from desktop_app.ui.widgets.guarded_edit import GuardedEdit

FREE = Input(
    "prompt",
    "Your prompt",
    "long_text",
    example="Say the task, give the context, paste the material, name the form of the answer.",
)
_LINES = {"text": 1, "number": 1, "date": 1, "long_text": 5}


class PromptForm(QWidget):
    """One field per input. Signals: value_changed(str, str), with the input's name and its text; attention(widget), when the
    guard has something to say and it should be in view.
    """

    value_changed = Signal(str, str)
    attention = Signal(object)

    def __init__(self, theme: Theme, jobs: Jobs) -> None:
        super().__init__()
        self._theme, self._jobs = theme, jobs
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._fields: dict[str, GuardedEdit | QComboBox] = {}
        self._problems: dict[str, Banner] = {}
        self._inputs: tuple[Input, ...] | None = None

    def show_inputs(self, inputs: tuple[Input, ...], values: Mapping[str, str]) -> None:
        """Show fields for inputs with values; an empty tuple gives a prompt without inputs."""
        if inputs != self._inputs:
            self._build(inputs)
        for name, field in self._fields.items():
            if isinstance(field, QComboBox):
                field.setCurrentText(values.get(name, ""))
            else:
                field.set_text(values.get(name, ""))

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what does not fit beside its field and go to the first one."""
        for name, banner in self._problems.items():
            banner.say(problems.get(name, ""), "danger")
        for name in problems:
            if name in self._fields:
                field = self._fields[name]
                (field.edit if isinstance(field, GuardedEdit) else field).setFocus()
                return

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        for field in self._fields.values():
            (field.edit if isinstance(field, GuardedEdit) else field).setFocus()
            return

    def _build(self, inputs: tuple[Input, ...]) -> None:
        clear(self._box)
        self._inputs, self._fields, self._problems = inputs, {}, {}
        for item in inputs:
            title = label(item.label if item.required else f"{item.label} (optional)", "strong")
            self._box.addWidget(title)
            if item.help:
                self._box.addWidget(label(item.help, "small", wrap=True))
            field = self._choice(item) if item.type == "choice" else self._text(item)
            title.setBuddy(field.edit if isinstance(field, GuardedEdit) else field)
            self._box.addWidget(field, 1 if item.type == "long_text" else 0)
            problem = Banner(self._theme)
            self._box.addWidget(problem)
            self._box.addSpacing(6)
            self._fields[item.name], self._problems[item.name] = field, problem
        if not any(item.type == "long_text" for item in inputs):
            self._box.addStretch(1)

    def _text(self, item: Input) -> GuardedEdit:
        example = f"For example: {item.example}" if item.example and item is not FREE else item.example
        field = GuardedEdit(self._theme, self._jobs, item.label, lines=_LINES[item.type], placeholder=example)
        field.edit.single_line = _LINES[item.type] == 1
        field.findings_changed.connect(lambda: self.attention.emit(field.banner) if field.findings else None)
        field.text_changed.connect(lambda text, name=item.name: self.value_changed.emit(name, text))
        return field

    def _choice(self, item: Input) -> QComboBox:
        field = Choice()
        field.setAccessibleName(item.label)
        field.addItems(item.choices if item.required and item.default else ("", *item.choices))
        field.currentTextChanged.connect(lambda text, name=item.name: self.value_changed.emit(name, text))
        return field
