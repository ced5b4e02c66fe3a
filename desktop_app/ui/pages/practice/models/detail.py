"""The right side of the Models tab: one model, what can be done with it, and its scorecard."""

from __future__ import annotations

import importlib.util
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from desktop_app.sandbox.models.adapters import STRENGTHS
from desktop_app.sandbox.models.catalogue import in_bytes
from desktop_app.ui.pages.practice.models.facts import Facts, facts_of
from desktop_app.ui.pages.practice.models.state import FIT_MARKS, ModelRow, ModelsState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import (
    Button,
    Choice,
    Icon,
    Scroll,
    chip,
    clear,
    column,
    icon_button,
    label,
    row,
    set_tone,
)

if TYPE_CHECKING:
    from desktop_app.services import Services
    from desktop_app.ui.jobs import Jobs
    from desktop_app.ui.sandbox_model import SandboxModel

SCORECARD = "desktop_app.ui.pages.practice.models.scorecard_view"


class ModelDetail(QWidget):
    """Signals: used(), unloaded(), verified(), removed(), about the model that is shown; strength_set(adapter, float);
    adapter_removed(adapter).
    """

    used = Signal()
    unloaded = Signal()
    verified = Signal()
    removed = Signal()
    strength_set = Signal(object, float)
    adapter_removed = Signal(object)

    def __init__(self, theme: Theme, services: Services, sandbox: SandboxModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._parts = theme, (theme, services, sandbox, jobs)
        self._shown: ModelRow | None = None
        self._adapters: tuple[Any, ...] | None = None
        self.scorecard: Any = None
        self._build()
        self.tabs.currentChanged.connect(self._on_tab_changed)
        for button, signal in (
            (self.use, self.used), (self.unload, self.unloaded), (self.verify, self.verified), (self.remove, self.removed),
        ):  # fmt: skip
            button.clicked.connect(signal)

    def _build(self) -> None:
        self._name = label("", "section", wrap=True)
        self._state = chip("In use", "good")
        self.use = Button(self._theme, "Use this model", "play", kind="primary", shortcut="Ctrl+U")
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setAccessibleName("About this model")
        self.tabs.addTab(self._build_about(), "About")
        self._slot = QWidget()
        self._slot.setObjectName("clear")
        QVBoxLayout(self._slot).setContentsMargins(0, 8, 0, 0)
        if importlib.util.find_spec(SCORECARD) is not None:
            self.tabs.addTab(self._slot, "Scorecard")
        self.tabs.tabBar().setVisible(self.tabs.count() > 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        top = row(self._name, self._state, self.use)
        top.setStretch(0, 1)
        box.addLayout(top)
        box.addWidget(self.tabs, 1)

    def _build_about(self) -> Scroll:
        """All there is to know and to do, in one scroll area: so the scorecard has the height for itself."""
        about = Scroll(margins=(0, 12, 8, 0), spacing=12)
        self._fit_icon, self._fit = Icon(self._theme, "info"), label("", "muted", wrap=True)
        self.unload = Button(
            self._theme, "Unload", "square", tip="Give its memory back; the next question loads it again"
        )
        self.verify = Button(
            self._theme,
            "Verify",
            "shield-check",
            kind="quiet",
            tip="Compare every byte of its file with the catalogue's SHA-256",
        )
        self.remove = Button(self._theme, "Remove", "trash-2", kind="quiet")
        self._memory = label("", "muted", wrap=True)
        self._problem = label("", "strong", wrap=True)
        self._facts = Facts(self._theme)
        self.show_template = Button(self._theme, "Show the template", "eye", kind="quiet")
        self.template = QPlainTextEdit()
        self.template.setReadOnly(True)
        self.template.setTabChangesFocus(True)
        self.template.setAccessibleName("Chat template of the model")
        self.template.setMinimumHeight(140)
        self.template.setVisible(False)
        self.show_template.clicked.connect(self._on_show_template)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        fit = row(self._fit_icon, self._fit)
        fit.setStretch(1, 1)
        about.box.addWidget(self._problem)
        about.box.addLayout(fit)
        about.box.addWidget(self._memory)
        about.box.addLayout(row(self.unload, self.verify, self.remove, 1))
        about.box.addLayout(self._rows)
        about.box.addWidget(self._facts)
        about.box.addLayout(row(self.show_template, 1))
        about.box.addWidget(self.template)
        about.box.addStretch(1)
        return about

    def show_state(self, state: ModelsState) -> None:
        """Show the selected model."""
        shown = state.row
        if shown is None:
            return
        in_use = shown.model.id == state.in_use
        if shown != self._shown:
            if self._shown is None or shown.model != self._shown.model:
                self.template.setVisible(False)
                self.show_template.setText("Show the template")
            self._shown = shown
            self._render(shown)
            self._show_scorecard()
        self._state.setVisible(in_use or bool(shown.problem))
        self._state.setText("In use" if in_use else "Cannot be used")
        set_tone(self._state, "danger" if shown.problem else "good")
        self._enable(state, shown, in_use=in_use)
        self._memory.setVisible(in_use)
        self._memory.setText(_memory_line(state))
        if state.adapters != self._adapters:
            self._adapters = state.adapters
            self._render_adapters(state)

    def _render(self, shown: ModelRow) -> None:
        self._name.setText(shown.model.name)
        self._fit_icon.show_icon(*FIT_MARKS[shown.fit.verdict])
        self._fit.setText(f"{shown.fit.words.capitalize()}: {shown.fit.numbers}")
        self._problem.setText(shown.problem)
        self._problem.setVisible(bool(shown.problem))
        self._facts.show_facts(facts_of(shown))

    def _enable(self, state: ModelsState, shown: ModelRow, *, in_use: bool) -> None:
        self.use.setVisible(not in_use)
        self.use.setEnabled(not state.is_busy and not shown.problem)
        self.unload.setVisible(in_use)
        self.unload.setEnabled(state.loaded and not state.is_busy)
        self.verify.setEnabled(not state.is_busy)
        self.remove.setVisible(shown.model.origin == "yours")
        self.remove.setEnabled(not in_use and not state.is_busy)
        self.remove.setToolTip(
            "Use another model first" if in_use else "Take it off your models; can be undone until the window closes"
        )

    def _render_adapters(self, state: ModelsState) -> None:
        clear(self._rows)
        if not state.adapters:
            return
        self._rows.addWidget(label("Adapters", "eyebrow"))
        hint = "An adapter was trained on examples and changes how this model answers. Its strength says how much."
        self._rows.addWidget(label(hint, "muted", wrap=True))
        for adapter, scale in state.adapters:
            strength = Choice()
            strength.setAccessibleName(f"Strength of {adapter.name}")
            strength.setToolTip("How strongly it changes the answers; a change loads the model again")
            for value, words in STRENGTHS.items():
                strength.addItem(words.capitalize(), value)
            strength.setCurrentIndex(max(0, strength.findData(scale)))
            strength.activated.connect(
                lambda _, box=strength, file=adapter: self.strength_set.emit(file, box.currentData())
            )
            drop = icon_button(self._theme, "trash-2", f"Remove {adapter.name}")
            drop.setEnabled(scale == 0.0)
            drop.clicked.connect(partial(self.adapter_removed.emit, adapter))
            words: QLabel = label(f"{adapter.note} {adapter.size}, licence {adapter.license}.", "small", wrap=True)
            self._rows.addLayout(row(column(label(adapter.name, "strong"), words, spacing=2), strength, drop))
            drop.setVisible(adapter.origin == "yours")  # not before it has a parent: it would be a window
        self._rows.addSpacing(8)

    def _on_show_template(self) -> None:
        show = self.template.isHidden()
        if show and self._shown is not None:
            self.template.setPlainText(_template(self._shown))
        self.template.setVisible(show)
        self.show_template.setText("Hide the template" if show else "Show the template")

    def _on_tab_changed(self, index: int) -> None:
        if index == 1 and self.scorecard is None:
            module = importlib.import_module(SCORECARD)
            self.scorecard = module.ScorecardView(*self._parts)
            layout = self._slot.layout()
            assert layout is not None
            layout.addWidget(self.scorecard)
        self._show_scorecard()

    def _show_scorecard(self) -> None:
        if self.scorecard is not None and self._shown is not None and self.tabs.currentIndex() == 1:
            self.scorecard.show_model(self._shown.model)


def _memory_line(state: ModelsState) -> str:
    if not state.loaded:
        return "Not loaded now: it holds no memory. The next question loads it."
    return f"Memory now: {in_bytes(state.memory_bytes)}" if state.memory_bytes else "Loaded now."


def _template(shown: ModelRow) -> str:
    """The template as text: the catalogue's, or the one in the file, of which only the header is read."""
    from desktop_app.errors import AppError
    from desktop_app.sandbox.models.gguf import read_header

    if shown.model.template:
        return shown.model.template
    try:
        return read_header(shown.model.path).text("tokenizer.chat_template") or "The file holds no chat template."
    except AppError as error:
        return str(error)
