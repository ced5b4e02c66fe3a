"""How the model is to answer: plain words first, every number in the expert view, one in step with the other."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDoubleSpinBox, QGridLayout, QLineEdit, QVBoxLayout, QWidget

from desktop_app.practice.parameters import LENGTHS, LONGEST_TOKENS, STYLES, length_of, style_of, words_of
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.pages.practice.ask.state import AskState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button, Number, icon_button, label, row

_SEED_MAX = 999_999


class ParametersPanel(QWidget):
    """Folded away until somebody asks for it. Signals: unfolded(bool)."""

    unfolded = Signal(bool)

    def __init__(self, theme: Theme, model: AskModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self._filling = False
        self._build()
        self._connect()
        self._render(model.state)

    def _build(self) -> None:
        self.fold = Button(self._theme, "", "chevron-right", kind="row", tip="How the model is to answer")
        self.fold.setCheckable(True)
        self.styles = self._choices({i: one.name for i, one in STYLES.items()}, "Answer")
        self.lengths = self._choices({i: name for i, (name, _) in LENGTHS.items()}, "Length")
        self._says = label("", "small", wrap=True)
        self.same = Button(self._theme, "Same answer again", "lock", tip="Use one seed for every answer: the same prompt with the same seed gives the same answer")  # fmt: skip
        self.same.setCheckable(True)
        self.seed = Number()
        self.seed.setRange(1, _SEED_MAX)
        self.seed.setAccessibleName("Seed")
        self.seed.setToolTip("The seed fixes the draw: same prompt, same settings, same seed, same answer")
        self._copy_seed = icon_button(self._theme, "copy", "Copy the seed")
        self.expert = Button(self._theme, "All settings", kind="quiet", tip="Every number, for those who want it")
        self.expert.setCheckable(True)
        self._numbers = self._build_numbers()
        self._numbers.hide()
        self._body = QWidget()
        self._body.setObjectName("clear")
        box = QVBoxLayout(self._body)
        box.setContentsMargins(4, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row(*self.styles.values(), 1, spacing=6))
        box.addWidget(self._says)
        box.addLayout(row(*self.lengths.values(), 1, spacing=6))
        self._about = label("", "small", wrap=True)
        box.addWidget(self._about)
        box.addLayout(row(self.same, self.seed, self._copy_seed, 1, spacing=6))
        box.addLayout(row(self.expert, 1))
        box.addWidget(self._numbers)
        self._body.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(6)
        outer.addWidget(self.fold)
        outer.addWidget(self._body)

    def _choices(self, names: dict[str, str], what: str) -> dict[str, Button]:
        """A button for each, by id; which one is pressed follows the parameters."""
        made = {choice: Button(self._theme, name) for choice, name in names.items()}
        for button in made.values():
            button.setCheckable(True)
            button.setAccessibleName(f"{what}: {button.text()}")
        return made

    def _build_numbers(self) -> QWidget:
        holder = QWidget()
        holder.setObjectName("clear")
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.temperature = _decimal(0.0, 2.0, "0 always takes the likeliest word; higher takes more chances")
        self.top_p = _decimal(0.05, 1.0, "Only the likeliest words that together have this share are drawn from")
        self.penalty = _decimal(0.5, 2.0, "Above 1 words that stood there already become less likely")
        self.longest = Number()
        self.longest.setRange(1, LONGEST_TOKENS)
        self.longest.setSingleStep(16)
        self.longest.setToolTip(
            "The answer ends after so many tokens at the latest; one is about three quarters of a word"
        )
        self.stop = QLineEdit()
        self.stop.setPlaceholderText("none")
        self.stop.setToolTip(
            "The answer ends before the first of these texts; write | between several, \\n for a new line"
        )
        fields = {
            "Temperature": self.temperature, "Top p": self.top_p, "Repeat penalty": self.penalty,
            "Longest answer, tokens": self.longest, "Stop at": self.stop,
        }  # fmt: skip
        for at, (name, field) in enumerate(fields.items()):
            words = label(name, "small")
            words.setBuddy(field)
            field.setAccessibleName(name)
            grid.addWidget(words, at, 0)
            grid.addWidget(field, at, 1, Qt.AlignmentFlag.AlignLeft)
        return holder

    def _connect(self) -> None:
        model = self._model
        self.fold.toggled.connect(self._on_folded)
        self.expert.toggled.connect(self._numbers.setVisible)
        for buttons, slot in ((self.styles, model.set_style), (self.lengths, model.set_length)):
            for choice, button in buttons.items():
                button.clicked.connect(lambda _=False, slot=slot, choice=choice: self._choose(slot, choice))
        self.same.toggled.connect(self._on_pinned)
        self.seed.valueChanged.connect(
            lambda seed: self._change(lambda: model.set_seed(seed)) if self.same.isChecked() else None
        )
        self._copy_seed.clicked.connect(lambda: QGuiApplication.clipboard().setText(str(self.seed.value())))
        for name, field in (
            ("temperature", self.temperature), ("top_p", self.top_p), ("repeat_penalty", self.penalty),
            ("max_tokens", self.longest),
        ):  # fmt: skip
            field.valueChanged.connect(
                lambda value, name=name: self._change(lambda: model.set_parameters(**{name: value}))
            )
        self.stop.editingFinished.connect(
            lambda: self._change(lambda: model.set_parameters(stop=_stops(self.stop.text())))
        )
        model.changed.connect(self._render)

    def _choose(self, slot: Callable[[str], None], choice: str) -> None:
        slot(choice)
        self._render(self._model.state)  # pressing the one that holds already leaves it pressed

    def _change(self, act: object) -> None:
        if not self._filling:
            act()  # type: ignore[operator]

    def _on_folded(self, shown: bool) -> None:
        self._body.setVisible(shown)
        self.fold.set_icon("chevron-down" if shown else "chevron-right")
        self.unfolded.emit(shown)

    def _on_pinned(self, pinned: bool) -> None:
        self._change(lambda: self._model.set_seed(self.seed.value() if pinned else None))

    def _render(self, state: AskState) -> None:
        self._filling = True
        chosen = state.parameters
        style, length = style_of(chosen), length_of(chosen)
        for buttons, chosen_one in ((self.styles, style), (self.lengths, length)):
            for choice, button in buttons.items():
                button.setChecked(choice == chosen_one)
        name = STYLES[style].name if style else "As the prompt says" if state.prompt else "Own settings"
        words = f"up to {words_of(chosen.max_tokens):,} words"
        seed = f", seed {state.fixed_seed}" if state.fixed_seed is not None else ""
        self.fold.setText(f"{name}, {words}{seed}")
        self.fold.setAccessibleName(f"How the model is to answer: {self.fold.text()}")
        self._says.setText(
            STYLES[style].says if style else f"Temperature {chosen.temperature:g}, top p {chosen.top_p:g}."
        )
        self._about.setText(
            f"The answer has at most {chosen.max_tokens:,} tokens, about {words_of(chosen.max_tokens):,} words."
        )
        self.same.setChecked(state.fixed_seed is not None)
        self.seed.setValue(state.fixed_seed if state.fixed_seed is not None else state.seed or self.seed.value())
        self.seed.setEnabled(state.fixed_seed is not None)
        for field, value in ((self.temperature, chosen.temperature), (self.top_p, chosen.top_p), (self.penalty, chosen.repeat_penalty)):  # fmt: skip
            field.setValue(value)
        self.longest.setValue(chosen.max_tokens)
        if not self.stop.hasFocus():
            self.stop.setText("|".join(chosen.stop).replace("\n", "\\n"))
        self._filling = False


def _decimal(low: float, high: float, tip: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setRange(low, high)
    box.setSingleStep(0.05)
    box.setDecimals(2)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.lineEdit().setTextMargins(9, 0, 0, 0)
    box.setToolTip(tip)
    return box


def _stops(text: str) -> tuple[str, ...]:
    return tuple(one.replace("\\n", "\n")[:200] for one in text.split("|") if one)[:8]
