"""A prompt that works: offered after the first run, shown when asked for, put into the form on request. Nothing runs by itself."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from desktop_app.lessons.lesson import Practice, Sample
from desktop_app.ui.run_model import RunModel
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Button, Card, column, label, row

_SHOW, _HIDE = "Show a prompt that works", "Hide the prompt that works"
_ABOUT = (
    "When its author tried it on the model that comes with Greenroom, every answer met every check. Read what it says that "
    "yours does not; yours may be just as good."
)
_USED = "It stands in the form above. Run it when you like."


class SampleCard(QWidget):
    """The first good sample of an exercise, hidden until offer(True). Signals: filled(), when the form got other values."""

    filled = Signal()

    def __init__(self, theme: Theme, practice: Practice, inputs: RunModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._practice, self._inputs = theme, practice, inputs
        self._sample = next((sample for sample in practice.samples if sample.passes), None)
        self._mine: Mapping[str, str] | None = None
        self._build()
        self.hide()

    def _build(self) -> None:
        theme = self._theme
        self.toggle = Button(theme, _SHOW, "lightbulb", kind="quiet")
        self.toggle.setCheckable(True)
        self.use = Button(theme, "Use it", "replace", tip="Put it into the form above; nothing runs by itself")
        self.back = Button(theme, "Back to mine", "undo-2", tip="Put back what you had typed")
        self._note = label("", "small", wrap=True)
        self._card = Card(spacing=10)
        self._card.box.addWidget(label("A prompt that works", "section"))
        self._card.box.addWidget(label(_ABOUT, "muted", wrap=True))
        for name, text in self._parts():
            self._card.box.addWidget(self._part(name, text))
        foot = row(self.use, self.back, self._note, spacing=12)
        foot.setStretch(2, 1)
        self._card.box.addLayout(foot)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(row(self.toggle, 1))
        box.addWidget(self._card)
        self.toggle.toggled.connect(self._on_toggled)
        self.use.clicked.connect(self._use)
        self.back.clicked.connect(self._go_back)
        self._on_toggled(False)
        self._show_use()

    def _parts(self) -> tuple[tuple[str, str], ...]:
        """What the sample fills in, by the labels of the form, in the form's order."""
        if self._sample is None:
            return ()
        prompt = self._inputs.state.prompt
        if prompt is None:
            return (("Prompt", self._sample.values["prompt"]),)
        given = self._sample.values
        return tuple((item.label, given[item.name]) for item in prompt.inputs if given.get(item.name, "").strip())

    def _part(self, name: str, text: str) -> QWidget:
        words = label(text, wrap=True, selectable=True)
        words.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        words.setAccessibleName(f"{name}: {text}")
        paper = QFrame()
        paper.setObjectName("paper")
        Restyler(
            self._theme, paper,
            lambda: paper.setStyleSheet(
                f"QFrame#paper {{ border: 1px solid {self._theme.tokens.hairline}; border-radius: 8px; }}"
                f"QLabel:focus {{ border: 2px solid {self._theme.tokens.accent}; border-radius: 4px; }}"
            ),
        )  # fmt: skip
        inside = QVBoxLayout(paper)
        inside.setContentsMargins(12, 8, 12, 8)
        inside.addWidget(words)
        part = QWidget()
        part.setObjectName("clear")
        part.setLayout(column(label(name, "strong", wrap=True), paper, spacing=4))
        return part

    # -- showing -----------------------------------------------------------------------------------------------------

    def offer(self, has_run: bool) -> None:
        """Offer it once something has run; it stays offered."""
        if has_run and self._sample is not None:
            self.show()

    def _on_toggled(self, shown: bool) -> None:
        self.toggle.setText(_HIDE if shown else _SHOW)
        self._card.setVisible(shown)

    def _show_use(self) -> None:
        self.use.setVisible(self._mine is None)
        self.back.setVisible(self._mine is not None)
        self._note.setText("" if self._mine is None else _USED)

    # -- what is done ------------------------------------------------------------------------------------------------

    def _use(self) -> None:
        if self._sample is not None:
            self._mine = dict(self._inputs.values)
            self._fill(_whole(self._practice, self._sample, self._mine))
            self.back.setFocus(Qt.FocusReason.TabFocusReason)

    def _go_back(self) -> None:
        mine, self._mine = self._mine, None
        if mine is not None:
            self._fill(mine)
            self.use.setFocus(Qt.FocusReason.TabFocusReason)

    def _fill(self, values: Mapping[str, str]) -> None:
        self._inputs.fill(values)
        self._show_use()
        self.filled.emit()


def _whole(practice: Practice, sample: Sample, names: Mapping[str, str]) -> dict[str, str]:
    """The whole form as `greenroom lesson try` fills it: the starting values stand where the sample gives none."""
    return {**dict.fromkeys(names, ""), **practice.values, **sample.values}
