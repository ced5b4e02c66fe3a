"""The columns as compact cards, what differs in full and what is equal said once, and the fields of the chosen one below."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QCompleter, QGridLayout, QVBoxLayout, QWidget

from desktop_app.practice.compare.comparison import LETTERS, Column
from desktop_app.practice.compare.presets import style_changes
from desktop_app.practice.parameters import STYLES
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.compare.model import CompareModel
from desktop_app.ui.pages.practice.compare.state import CompareState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import (
    Button,
    Card,
    Choice,
    Number,
    clear,
    column,
    icon_button,
    label,
    row,
    set_tone,
)
from desktop_app.ui.widgets.guarded_edit import GuardedEdit

_CARD_PX, _FIELD_PX, _TIGHT_PX = 200, 196, 420
FREE, OWN = "", "\0own"  # what the list of prompts holds beside ids
_OWN_STYLE = "own"


class ColumnCard(Card):
    """One column. Signals: chosen(), duplicated(), removed(), swapped()."""

    chosen = Signal()
    duplicated = Signal()
    removed = Signal()
    swapped = Signal()

    def __init__(self, theme: Theme, at: int) -> None:
        super().__init__(margin=12, spacing=6)
        letter = LETTERS[at]
        self.edit = Button(theme, letter, "pencil", kind="row", tip=f"Change column {letter}")
        self.edit.setAccessibleName(f"Change column {letter}")
        self.edit.setCheckable(True)
        self.edit.clicked.connect(self.chosen)
        self.swap = icon_button(theme, "arrow-right", f"Exchange column {letter} with the next one")
        self.copy = icon_button(theme, "copy", f"Duplicate column {letter}")
        self.remove = icon_button(theme, "x", f"Remove column {letter}")
        self.swap.clicked.connect(self.swapped)
        self.copy.clicked.connect(self.duplicated)
        self.remove.clicked.connect(self.removed)
        self._name = label("", "strong", wrap=True)
        self._facts = label("", "small", wrap=True)
        self._problem = label("", "small", wrap=True)
        set_tone(self._problem, "danger")
        self.box.addLayout(row(self.edit, 1, self.swap, self.copy, self.remove, spacing=0))
        self.box.addWidget(self._name)
        self.box.addWidget(self._facts)
        self.box.addWidget(self._problem)
        self.box.addStretch(1)

    def show_column(
        self, name: str, own: tuple[str, ...], problem: str, *, is_chosen: bool, state: CompareState
    ) -> None:
        """Show what is this column's own in strong words."""
        words = [words for words in own if words and words != name]
        self._name.setText(" · ".join(words) if words else "The same as another column")
        self._facts.setText(name if name not in own else "")
        self._facts.setVisible(bool(self._facts.text()))
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if not words and name in own:
            self._name.setText(name)
        elif name in own:
            self._name.setText(" · ".join([name, *words]))
        self.edit.setChecked(is_chosen)
        self.edit.setAccessibleDescription(self._name.text())
        self.copy.setEnabled(state.can_add)
        self.remove.setEnabled(state.can_remove)


class ColumnEditor(Card):
    """The fields of the chosen column."""

    def __init__(self, theme: Theme, model: CompareModel, jobs: Jobs) -> None:
        super().__init__(margin=12, spacing=8)
        self._theme, self._model = theme, model
        self._title = label("", "strong")
        self.prompt = Choice()
        self.prompt.setEditable(True)
        self.prompt.setInsertPolicy(Choice.InsertPolicy.NoInsert)
        completer = self.prompt.completer()
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.prompt.setToolTip(
            "The prompt of this column: free, a wording of your own, or one of the library (type to find it)"
        )
        self.version, self.model, self.style = Choice(), Choice(), Choice()
        for box in (self.prompt, self.version, self.model, self.style):
            box.setMinimumContentsLength(10)
            box.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.seed, self.longest = Number(), Number()
        self.seed.setRange(0, 999_999)
        self.seed.setSpecialValueText("shared")
        self.seed.setToolTip("The seed fixes the draw. 0: one seed is drawn for all columns that have none.")
        self.longest.setRange(0, 1024)
        self.longest.setSingleStep(16)
        self.longest.setSpecialValueText("the prompt's own")
        self.longest.setSuffix(" tokens")
        self.longest.setToolTip("The longest answer. A token is about three quarters of a word.")
        self.text = GuardedEdit(
            theme, jobs, "Wording of this column", lines=3, placeholder="Summarise in one sentence: {{text}}"
        )
        self._fields = [
            self._field("Prompt", self.prompt), self._field("Version", self.version), self._field("Model", self.model),
            self._field("How it answers", self.style), self._field("Seed", self.seed), self._field("Longest answer", self.longest),
        ]  # fmt: skip
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._text_hint = label("{{name}} makes an input that every column with that name gets.", "small", wrap=True)
        self.box.addWidget(self._title)
        self.box.addLayout(self._grid)
        self.box.addWidget(self._text_hint)
        self.box.addWidget(self.text)
        self._laid_out = (0, 0)
        self._has_versions = False
        self._prompts: object = None
        self._connect()

    def _field(self, name: str, widget: QWidget) -> QWidget:
        widget.setAccessibleName(name)
        holder = QWidget()
        holder.setObjectName("clear")
        words = label(name, "small")
        words.setBuddy(widget)
        holder.setLayout(column(words, widget, spacing=2))
        return holder

    def _connect(self) -> None:
        model = self._model
        self.prompt.activated.connect(lambda _: self._on_prompt())
        self.version.activated.connect(lambda _: model.change(prompt_version=self.version.currentData()))
        self.model.activated.connect(lambda _: model.change(model_id=self.model.currentData()))
        self.style.activated.connect(lambda _: self._on_style())
        self.seed.valueChanged.connect(lambda seed: model.change(seed=seed or None))
        self.longest.valueChanged.connect(self._on_longest)
        self.text.text_changed.connect(self._on_text)

    def lay_out(self, room: int) -> None:
        """As many fields beside each other as there is room for; a free prompt has no version to choose."""
        fields = [field for field in self._fields if field is not self._fields[1] or self._has_versions]
        across = max(1, min(len(fields), room // self._theme.px(_FIELD_PX)))
        across = 3 if across in (4, 5) else across
        wanted = (across, len(fields))
        if wanted == self._laid_out:
            return
        self._laid_out = wanted
        for field in self._fields:
            self._grid.removeWidget(field)
            field.setParent(self)  # shown before it has one, it would be a window of its own for a moment
            field.setVisible(field in fields)
        for number, field in enumerate(fields):
            self._grid.addWidget(field, number // across, number % across)
        for at in range(6):
            self._grid.setColumnStretch(at, 1 if at < across else 0)

    def _on_prompt(self) -> None:
        wanted = self.prompt.currentData()
        if wanted == OWN:
            self._model.change(prompt_id="", prompt_version=0, text=self._own_start())
            self.text.edit.setFocus()
        elif wanted is not None:
            self._model.change(prompt_id=wanted)

    def _own_start(self) -> str:
        """A wording to begin with: that of the prompt, or of another column."""
        state = self._model.state
        other = next((one.text for one in state.columns if one.text), "")
        return other or "Summarise in one sentence: {{text}}"

    def _on_style(self) -> None:
        changes = dict(self._model.state.columns[self._model.state.chosen].changes)
        for name in ("temperature", "top_p", "repeat_penalty"):
            changes.pop(name, None)
        if (style := self.style.currentData()) in STYLES:
            changes |= style_changes(style)
        self._model.change(changes=changes)

    def _on_longest(self, tokens: int) -> None:
        changes = {
            k: v for k, v in self._model.state.columns[self._model.state.chosen].changes.items() if k != "max_tokens"
        }
        self._model.change(changes=changes | ({"max_tokens": tokens} if tokens else {}))

    def _on_text(self, text: str) -> None:
        here = self._model.state.columns[self._model.state.chosen]
        if here.text and text != here.text and text.strip():
            self._model.change(text=text)

    def show_state(self, state: CompareState) -> None:
        """Show the chosen column."""
        if not state.columns:
            return
        here = state.columns[state.chosen]
        self._title.setText(f"Column {LETTERS[state.chosen]}")
        for widget in (self.seed, self.longest):
            widget.blockSignals(True)
        self._show_prompt(here, state)
        _fill(self.version, {n: f"version {n} · {said}" for n, said in state.versions_of.items()}, here.prompt_version)
        self._has_versions = bool(here.prompt_id)
        _fill(self.model, {"": "The model in use"} | dict(state.models), here.model_id)
        self._show_style(here)
        self.seed.setValue(here.seed or 0)
        self.longest.setValue(int(here.changes.get("max_tokens", 0)))
        for widget in (self.seed, self.longest):
            widget.blockSignals(False)
        is_own = bool(here.text)
        self.text.setVisible(is_own)
        self._text_hint.setVisible(is_own)
        if is_own and self.text.text != here.text:
            self.text.blockSignals(True)
            self.text.set_text(here.text)
            self.text.blockSignals(False)

    def _show_prompt(self, here: Column, state: CompareState) -> None:
        if state.prompts != self._prompts:
            self._prompts = state.prompts
            self.prompt.clear()
            self.prompt.addItem("Free prompt", FREE)
            self.prompt.addItem("A wording of my own", OWN)
            for prompt_id, name in state.prompts:
                self.prompt.addItem(name, prompt_id)
        wanted = OWN if here.text else here.prompt_id
        at = self.prompt.findData(wanted)
        if at < 0:
            self.prompt.addItem(here.name or here.prompt_id, here.prompt_id)
            at = self.prompt.count() - 1
        self.prompt.setCurrentIndex(at)

    def _show_style(self, here: Column) -> None:
        chosen = next(
            (name for name in STYLES if style_changes(name).items() <= here.changes.items()),
            _OWN_STYLE if {"temperature", "top_p", "repeat_penalty"} & here.changes.keys() else "",
        )
        items = {"": "As the prompt says"} | {name: style.name for name, style in STYLES.items()}
        if chosen == _OWN_STYLE:
            items[_OWN_STYLE] = "Own figures"
        _fill(self.style, items, chosen)
        self.style.setToolTip("\n".join(f"{style.name}: {style.says}" for style in STYLES.values()))


class ColumnsView(QWidget):
    """The cards, what they share, and the editor."""

    def __init__(self, theme: Theme, model: CompareModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self.cards: list[ColumnCard] = []
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)
        self.add = Button(theme, "Add a column", "plus", tip="Add a copy of the last column with the next seed")
        self.add.clicked.connect(model.add)
        self._same = label("", "small", wrap=True)
        line = self._same_line = row(self._same, self.add)
        line.setStretch(0, 1)
        self.editor = ColumnEditor(theme, model, jobs)
        self.editor.hide()
        self._editing = False
        self._across, self._room = 0, 600
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._grid)
        box.addLayout(line)
        box.addWidget(self.editor)

    def show_state(self, state: CompareState) -> None:
        """Show the columns."""
        if len(self.cards) != len(state.columns):
            self._build_cards(len(state.columns))
        shared, own = state.differences
        for at, card in enumerate(self.cards):
            name = state.columns[at].name
            card.show_column(
                name, own[at], state.column_problems[at], is_chosen=self._editing and at == state.chosen, state=state
            )
        self._same.setText(f"The same in all: {', '.join(shared)}." if shared else "")
        self.add.setEnabled(state.can_add)
        if self._editing:
            self.editor.show_state(state)
            self.lay_out()

    def _build_cards(self, count: int) -> None:
        clear(self._grid)
        self.cards = []
        for at in range(count):
            card = ColumnCard(self._theme, at)
            card.chosen.connect(partial(self._edit, at))
            card.duplicated.connect(partial(self._model.duplicate, at))
            card.removed.connect(partial(self._model.remove, at))
            card.swapped.connect(partial(self._model.swap, at))
            self.cards.append(card)
        self._across = 0
        self.lay_out()

    def lay_out(self, room: int | None = None) -> None:
        """Cards side by side where there is room (in pixels), else two and two."""
        self._room = room or self._room
        fit = max(1, self._room // self._theme.px(_CARD_PX))
        across = len(self.cards) if fit >= len(self.cards) else 2 if fit >= 2 else 1
        self.editor.lay_out(self._room - 24)
        tight = self._room < self._theme.px(_TIGHT_PX)
        self._same_line.setDirection(QBoxLayout.Direction.TopToBottom if tight else QBoxLayout.Direction.LeftToRight)
        if not self.cards or across == self._across:
            return
        self._across = across
        for card in self.cards:
            self._grid.removeWidget(card)
        for at, card in enumerate(self.cards):
            self._grid.addWidget(card, at // across, at % across)
        for at in range(4):
            self._grid.setColumnStretch(at, 1 if at < across else 0)

    def _edit(self, at: int) -> None:
        """Open the editor for a column, or close it if it shows that one."""
        self._editing = not (self._editing and self._model.state.chosen == at)
        self.editor.setVisible(self._editing)
        self._model.choose(at)

    def close_editor(self) -> bool:
        """Close the editor; True if it was open."""
        was_open, self._editing = self._editing, False
        self.editor.hide()
        if was_open:
            self.show_state(self._model.state)
        return was_open


def _fill(box: Choice, items: dict[object, str], current: object) -> None:
    if [box.itemData(at) for at in range(box.count())] != list(items) or [
        box.itemText(at) for at in range(box.count())
    ] != list(items.values()):
        box.clear()
        for data, text in items.items():
            box.addItem(text, data)
    box.setCurrentIndex(max(0, list(items).index(current) if current in items else 0))
