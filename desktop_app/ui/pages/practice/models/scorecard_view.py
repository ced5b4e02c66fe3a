"""The Scorecard tab of a model: five standards with their bars, times, a second card beside, and the tasks behind a figure."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QMenu, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.practice.scorecard.behind import has_tasks
from desktop_app.practice.scorecard.fit import USES, Use
from desktop_app.practice.scorecard.report import EXPORTS
from desktop_app.practice.scorecard.scorecard import ABOUT, STANDARDS, Measure, Scorecard
from desktop_app.practice.scorecard.words import in_words, limits
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.models.scorecard_model import ScorecardModel, ScorecardState
from desktop_app.ui.pages.practice.models.scorecard_parts import (
    FigureButton,
    FigureText,
    TimesPlot,
    keep_focus,
)
from desktop_app.ui.pages.practice.models.scorecard_tasks import TasksPage
from desktop_app.ui.prompt_tests import left_words
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import (
    Banner,
    Button,
    Choice,
    Icon,
    Scroll,
    ago,
    clear,
    column,
    label,
    meter,
    row,
    shortcut,
)

_TEACHES = (
    "A scorecard says in figures what this model can do for you: it solves 96 short office tasks, three times each, and rules "
    "check every answer. You see how often it is right, whether it stays right, how fast it is, whether it keeps "
    "secrets, and how two models differ by more than chance. Nothing leaves this computer."
)
_MEANWHILE = "Times are measured too, so leave the computer alone meanwhile if you can. You can stop at any time: answers are kept."
_STACKED_PX = 362


class ScorecardView(QWidget):
    """Signals: none; everything goes through its model."""

    def __init__(self, theme: Theme, services: Services, sandbox: SandboxModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._sandbox = theme, sandbox
        self.model = ScorecardModel(services, jobs, self)
        self._drawn: object = None
        self._build()
        self._connect()
        self._render(self.model.state)

    def show_model(self, model: ModelFile) -> None:
        """Show the scorecard of this model."""
        self.model.show_model(model)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._banner = Banner(self._theme)
        self._build_running()
        self._stack = QStackedWidget()
        self.tasks = TasksPage(self._theme, self.model)
        for part in (self._build_empty(), self._build_card(), self.tasks):
            self._stack.addWidget(part)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        for widget in (self._banner, self._running, self._stack):
            box.addWidget(widget)
        box.setStretch(2, 1)

    def _build_running(self) -> None:
        self._bar = meter(name="How much is measured")
        self._progress = label("", "small", wrap=True)
        self.stop = Button(
            self._theme, "Stop", "square", kind="danger", tip="Stop measuring; answers made so far are kept"
        )
        self._running = QWidget()
        self._running.setObjectName("clear")
        line = row(column(self._progress, self._bar, spacing=4), self.stop)
        line.setStretch(0, 1)
        self._running.setLayout(line)

    def _build_empty(self) -> QWidget:
        empty = Scroll(margins=(0, 4, 8, 0), spacing=12)
        self._empty_title = label("Not measured yet", "section", wrap=True)
        self.first = Button(self._theme, "Measure", "gauge", kind="primary", tip="All tasks, about ten minutes")
        self.first_quick = Button(
            self._theme, "Short run", "gauge", tip="A first impression: a third of the tasks, about two minutes"
        )
        self._starts = row(self.first, self.first_quick, 1)
        empty.box.addWidget(self._empty_title)
        empty.box.addWidget(label(_TEACHES, wrap=True))
        empty.box.addLayout(self._starts)
        empty.box.addWidget(label(_MEANWHILE, "muted", wrap=True))
        for standard, title in STANDARDS.items():
            empty.box.addLayout(_line(self._theme, "check", title, ABOUT[standard]))
        empty.box.addStretch(1)
        return empty

    def _build_card(self) -> QWidget:
        self._card = Scroll(margins=(0, 4, 8, 8), spacing=10)
        self._about = label("", "small", wrap=True)
        self.which = Choice()
        self.which.setAccessibleName("Which card of this model")
        self.beside = Choice()
        self.beside.setAccessibleName("Card to set beside it")
        for choice in (self.which, self.beside):
            choice.setMinimumContentsLength(8)
            choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.again = Button(self._theme, "Measure", "gauge", tip="Measure this model again")
        menu = QMenu(self)
        self.full, self.quick = (
            QAction("In full, about ten minutes", menu),
            QAction("Short run, about two minutes", menu),
        )
        menu.addActions([self.full, self.quick])
        self.again.setMenu(menu)
        self.export = Button(self._theme, "Export", "download", kind="quiet", tip="Write the card to a file")
        forms = QMenu(self)
        for form, (name, _) in EXPORTS.items():
            forms.addAction(name.partition(" (")[0], partial(self._on_export, form))
        self.export.setMenu(forms)
        self._choices = row(self.which, self.beside)
        self._choices.setStretch(0, 1)
        self._choices.setStretch(1, 1)
        self._card.box.addWidget(self._about)
        self._card.box.addLayout(self._choices)
        self._card.box.addLayout(row(self.again, self.export, 1))
        self._standards = QVBoxLayout()
        self._standards.setSpacing(10)
        self._card.box.addLayout(self._standards)
        self.times = TimesPlot(self._theme)
        self._card.box.addWidget(self.times)
        self._limits = QVBoxLayout()
        self._limits.setSpacing(6)
        self._card.box.addLayout(self._limits)
        self._card.box.addStretch(1)
        return self._card

    def _connect(self) -> None:
        model = self.model
        self.first.clicked.connect(lambda: model.measure())
        self.first_quick.clicked.connect(lambda: model.measure(quick=True))
        self.full.triggered.connect(lambda: model.measure())
        self.quick.triggered.connect(lambda: model.measure(quick=True))
        self.stop.clicked.connect(model.stop)
        self.which.activated.connect(lambda _: model.choose(self.which.currentData()))
        self.beside.activated.connect(lambda _: model.compare(self.beside.currentData()))
        shortcut(self, "Esc", model.back)
        model.changed.connect(self._render)

    def _on_export(self, form: str) -> None:
        shown = self.model.state.shown
        assert shown is not None
        name = f"scorecard-{shown.model_id}-{shown.at:%Y-%m-%d}.{form}"
        file, _ = QFileDialog.getSaveFileName(self, "Export the scorecard", name, EXPORTS[form][0])
        if file:
            from pathlib import Path

            self.model.export(Path(file), form)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the cards again."""
        super().showEvent(event)
        self.model.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One choice above the other where both have no room."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED_PX)
        self._choices.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _render(self, state: ScorecardState) -> None:
        self._render_running(state)
        self._banner.say(state.failed or state.said, "danger" if state.failed else "plain")
        self._stack.setCurrentIndex(0 if state.shown is None else 2 if state.figure else 1)
        self._stack.setVisible(state.is_loaded)
        wanted = (
            state.shown,
            state.beside,
            state.cards,
            state.others,
            state.opened,
            state.use,
            state.figure,
            state.task,
            state.sets,
        )
        if wanted == self._drawn or state.shown is None:
            return
        self._drawn = wanted
        if state.figure:
            self.tasks.show_state(state)
        else:
            self._render_card(state, state.shown)

    def _render_running(self, state: ScorecardState) -> None:
        progress, measuring = state.progress, state.measuring
        self._running.setVisible(progress is not None)
        for button in (self.first, self.first_quick, self.again):
            button.setEnabled(measuring is None and state.model is not None)
        if progress is None or measuring is None:
            return
        left = left_words(progress.left_s) if progress.left_s is not None else ""
        count = f"{progress.done:,} of {progress.total:,}" if progress.total else ""
        words = " · ".join(filter(None, (progress.note, count, left)))
        self._progress.setText(f"Measuring {measuring.name}" + (f": {words}" if words else ""))
        self._bar.setValue(round(1000 * progress.done / progress.total) if progress.total else 0)

    def _render_card(self, state: ScorecardState, shown: Scorecard) -> None:
        self._about.setText(f"Measured {ago(shown.at)} on {shown.machine}{', short run' if shown.quick else ''}")
        self._about.setToolTip(
            f"{shown.at:%d %B %Y, %H:%M} UTC, Greenroom {shown.app_version}, seeds {', '.join(map(str, shown.seeds))}"
        )
        self._fill_choices(state, shown)
        with keep_focus(self._card):
            clear(self._standards)
            for standard in STANDARDS:
                self._add_standard(state, shown, standard)
        self.times.show_cards(shown, state.beside)
        clear(self._limits)
        self._limits.addWidget(label("What this card cannot tell", "strong"))
        for sentence in limits(shown):
            self._limits.addWidget(label(sentence, "muted", wrap=True))

    def _fill_choices(self, state: ScorecardState, shown: Scorecard) -> None:
        for choice, found, current in (
            (self.which, state.cards, shown), (self.beside, [None, *(c for c in (*state.others, *state.cards) if c != shown)], state.beside),
        ):  # fmt: skip
            choice.blockSignals(True)
            choice.clear()
            for card in found:
                name = "Beside it: nothing" if card is None else _card_words(card, shown, beside=choice is self.beside)
                choice.addItem(name, card)
                if card == current:
                    choice.setCurrentIndex(choice.count() - 1)
            choice.blockSignals(False)
            choice.setToolTip(choice.currentText())
        self.which.setVisible(len(state.cards) > 1)
        self._about.setVisible(len(state.cards) == 1)

    def _add_standard(self, state: ScorecardState, shown: Scorecard, standard: str) -> None:
        use = _use(state, shown)
        whole = shown.measure(f"fit-{use.id}" if standard == "fit" else standard)
        if whole is None:
            return
        is_open = state.opened == standard
        beside = _short_name(state)
        title = Measure(**{name: getattr(whole, name) for name in Measure.__slots__} | {"name": STANDARDS[standard]})
        button = FigureButton(
            self._theme, title, state.changes.get(whole.id), beside, about=ABOUT[standard],
            chevron="chevron-up" if is_open else "chevron-down",
        )  # fmt: skip
        button.setAccessibleName(f"{button.accessibleName()}. {'Open' if is_open else 'Closed'}")
        button.clicked.connect(partial(self.model.open_standard, standard), Qt.ConnectionType.QueuedConnection)
        self._standards.addWidget(button)
        if not is_open:
            return
        if standard == "fit":
            self._add_fit(state, shown, whole)
            return
        self._standards.addWidget(label(whole.says, "muted", wrap=True))
        for measure in shown.of_standard(standard):
            self._add_figure(state, measure)

    def _add_figure(self, state: ScorecardState, measure: Measure) -> None:
        change, beside = state.changes.get(measure.id), _short_name(state)
        if not has_tasks(measure.id):
            self._standards.addWidget(FigureText(self._theme, measure, change, beside))
            return
        button = FigureButton(self._theme, measure, change, beside, chevron="chevron-right")
        button.setToolTip("Show the tasks and the answers")
        button.clicked.connect(partial(self.model.show_tasks, measure.id), Qt.ConnectionType.QueuedConnection)
        self._standards.addWidget(button)

    def _add_fit(self, state: ScorecardState, shown: Scorecard, whole: Measure) -> None:
        choice = Choice()
        choice.setAccessibleName("What the model is wanted for")
        for use in USES:
            if shown.measure(f"fit-{use.id}") is not None:
                choice.addItem(use.name, use.id)
        used = _use(state, shown)
        choice.setCurrentIndex(max(0, choice.findData(used.id)))
        choice.activated.connect(lambda _: self.model.set_use(choice.currentData()), Qt.ConnectionType.QueuedConnection)
        choice.setMinimumContentsLength(12)
        choice.setSizeAdjustPolicy(Choice.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._standards.addWidget(label("What it is wanted for", "eyebrow"))
        self._standards.addWidget(choice)
        self._standards.addWidget(label(used.what, "muted", wrap=True))
        for measure_id, weight in used.weights.items():
            part = shown.measure(measure_id)
            if part is None:
                continue
            counts = in_words(weight, "share")
            words = f"{part.name}: {in_words(part.value, part.unit)}, counts {counts}"
            self._standards.addWidget(label(words, wrap=True))


def _line(theme: Theme, icon: str, title: str, words: str) -> object:
    mark = Icon(theme, icon, "accent")
    line = row(mark, column(label(title, "strong"), label(words, "muted", wrap=True), spacing=0), spacing=10)
    line.setAlignment(mark, Qt.AlignmentFlag.AlignTop)
    line.setStretch(1, 1)
    return line


def _card_words(card: Scorecard, shown: Scorecard, *, beside: bool) -> str:
    when = f"{card.at.astimezone():%d %b %Y, %H:%M}{', short run' if card.quick else ''}"
    if not beside:
        return f"Measured {when}"
    return (
        f"Beside it: this model, {when}"
        if card.model_sha256 == shown.model_sha256
        else f"Beside it: {card.model_name}, {when}"
    )


def _use(state: ScorecardState, shown: Scorecard) -> Use:
    """What the model is wanted for; a card of one seed lacks a figure that some uses need, and then it is another use."""
    there = [use for use in USES if shown.measure(f"fit-{use.id}") is not None] or list(USES)
    return next((use for use in there if use.id == state.use), there[0])


def _short_name(state: ScorecardState) -> str:
    """What the card beside is called: its model, or its day if the model is the same."""
    if state.beside is None or state.shown is None:
        return ""
    same = state.beside.model_name == state.shown.model_name
    return f"{state.beside.at.astimezone():%d %b, %H:%M}" if same else state.beside.model_name
