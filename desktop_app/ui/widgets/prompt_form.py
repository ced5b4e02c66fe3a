"""A form for a prompt's inputs, or one field for a free prompt."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.prompts.prompt import Input
from desktop_app.prompts.render import check_value
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, clear, label, row, tab_as_read
from desktop_app.ui.widgets.input_fields import FREE, InputField, make_field

__all__ = ["FREE", "PromptForm"]
_GROW = ("long_text", "file", "clipboard")


class PromptForm(QWidget):
    """One field per input. Signals: value_changed(str, str), with the input's name and its text; attention(widget), when
    something is said that should be in view.
    """

    value_changed = Signal(str, str)
    attention = Signal(object)

    def __init__(self, theme: Theme, jobs: Jobs) -> None:
        super().__init__()
        self._theme, self._jobs = theme, jobs
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(6)
        self._fields: dict[str, InputField] = {}
        self._problems: dict[str, Banner] = {}
        self._given: Mapping[str, str] = {}
        self._inputs: tuple[Input, ...] | None = None

    @property
    def has_fields(self) -> bool:
        """False for a prompt without inputs."""
        return bool(self._fields)

    def show_inputs(self, inputs: tuple[Input, ...], values: Mapping[str, str]) -> None:
        """Show fields for inputs with values; an empty tuple gives a prompt without inputs."""
        if inputs != self._inputs:
            self._build(inputs)
        for name, field in self._fields.items():
            field.set_value(values.get(name, ""))

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """Show what does not fit beside its field and go to the first one; the same mapping again changes nothing."""
        if problems is self._given or not (problems or self._given):
            return
        self._given = problems
        for name, banner in self._problems.items():
            banner.say(problems.get(name, ""), "danger")
        for name, field in self._fields.items():
            if name in problems:
                field.target.setFocus()
                self.attention.emit(self._problems[name])
                return

    def focus_first(self) -> None:
        """Put the cursor into the first field."""
        for field in self._fields.values():
            field.target.setFocus()
            return

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Say what does not fit once its field is left; an empty one may still be filled."""
        if event.type() == QEvent.Type.FocusOut:
            for name, field in self._fields.items():
                if field.target is watched:
                    self._check(name, field)
        return super().eventFilter(watched, event)

    def _check(self, name: str, field: InputField) -> None:
        if field.item is not FREE and field.value.strip():
            self._problems[name].say(check_value(field.item, field.value), "danger")

    def _build(self, inputs: tuple[Input, ...]) -> None:
        clear(self._box)
        self._inputs, self._fields, self._problems, self._given = inputs, {}, {}, {}
        for item in inputs:
            self._add(item)
        if not inputs:
            self._box.addWidget(label("Nothing to fill in: this prompt is ready as it is.", "muted", wrap=True))
        if not any(item.type in _GROW for item in inputs):
            self._box.addStretch(1)
        tab_as_read(self)

    def _add(self, item: Input) -> None:
        title = label(item.label, "strong", wrap=True)
        need = label("" if item is FREE else "required" if item.required else "optional", "small")
        head = row(title, need)
        head.setStretch(0, 1)
        self._box.addLayout(head)
        hint = _hint(item)
        if hint:
            self._box.addWidget(label(hint, "small", wrap=True))
        field = make_field(self._theme, item, self._jobs)
        field.describe(" ".join(filter(None, (f"{need.text().capitalize()}." if need.text() else "", hint))))
        title.setBuddy(field.target)
        problem = Banner(self._theme)
        self._box.addWidget(field, 1 if item.type in _GROW else 0)
        self._box.addWidget(problem)
        self._box.addSpacing(6)
        self._fields[item.name], self._problems[item.name] = field, problem
        field.changed.connect(lambda text: self._on_changed(item.name, text))
        field.attention.connect(self.attention)
        field.target.installEventFilter(self)

    def _on_changed(self, name: str, text: str) -> None:
        field, problem = self._fields[name], self._problems[name]
        if problem.text and not check_value(field.item, text):
            problem.say("")
        self.value_changed.emit(name, text)


def _hint(item: Input) -> str:
    """What to know before typing, in short sentences."""
    limits = ""
    if item.minimum is not None and item.maximum is not None:
        limits = f"From {item.minimum:g} to {item.maximum:g}."
    elif item.minimum is not None or item.maximum is not None:
        limits = f"At least {item.minimum:g}." if item.minimum is not None else f"At most {item.maximum:g}."
    file = "Text files and PDF; the guard reads the text first." if item.type == "file" else ""
    return " ".join(filter(None, (item.help, limits, file, "Not remembered." if item.sensitive else "")))
