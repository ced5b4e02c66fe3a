"""The Tests tab of Curate: what to test, the matrix, and beside it one version's tests, run by run."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QLineEdit,
    QMenu,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.policy.vocabulary import ROLES
from desktop_app.ui.pages.curate.tests_matrix import Matrix
from desktop_app.ui.pages.curate.tests_model import FORMATS, MOST_SEEDS, WHICH, TestsModel, TestsState
from desktop_app.ui.prompt_tests import LARGER_MODEL, Subject, left_words
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Choice, Number, Scroll, label, meter, row, shortcut
from desktop_app.ui.widgets.test_results import TestResults

_STACKED_PX = 800
_SUFFIX = {"table": ".txt", "json": ".json", "junit": ".xml"}
_TEACHES = (
    "A prompt test fills a prompt with an example, runs it on the model of this computer and checks the answer by fixed rules: "
    "it says this, it is that short, it is valid JSON. Each test runs with several seeds, because a model answers "
    "differently each time. Run them whenever a prompt or the model changes: what got worse is marked, with both answers."
)


class TestsTab(QWidget):
    """Signals: none; everything goes through the model."""

    __test__ = False  # pytest: this tests nothing

    def __init__(self, theme: Theme, model: TestsModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self._build()
        self._connect()
        self._render(model.state)

    # -- building ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._build_filters()
        self._build_actions()
        self._banner = Banner(self._theme)
        self.matrix = Matrix(self._theme)
        self.matrix.setMinimumWidth(self._theme.px(250))
        self.splitter = QSplitter(Qt.Orientation.Vertical)  # resizeEvent turns it where there is room
        self.splitter.setHandleWidth(16)
        self.splitter.setChildrenCollapsible(False)
        self._nothing = label(
            "No prompt fits. Search for fewer words, or choose All roles and All versions.", "muted", wrap=True
        )
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._rows = QStackedWidget()
        self._rows.addWidget(self.matrix)
        self._rows.addWidget(self._nothing)
        self.splitter.addWidget(self._rows)
        self.splitter.addWidget(self._build_side())
        self.splitter.setSizes([600, 400])
        self._stack = QStackedWidget()
        self._stack.addWidget(self.splitter)
        self._stack.addWidget(self._build_empty())
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        box.setSpacing(10)
        box.addWidget(self._controls)
        box.addWidget(self._banner)
        box.addWidget(self._stack, 1)

    def _build_filters(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find prompts")
        self.search.setAccessibleName("Find prompts to test")
        self.search.setToolTip("Show only prompts with these words (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(self._theme.px(130))
        self.role = Choice()
        self.role.setAccessibleName("Role")
        self.role.addItem("All roles", "")
        for role, name in ROLES.items():
            self.role.addItem(name, role)
        self.which = Choice()
        self.which.setAccessibleName("Versions")
        for which, name in WHICH.items():
            self.which.addItem(name, which)
        for box in (self.role, self.which):
            box.setMinimumContentsLength(8)
        self.seeds = Number()
        self.seeds.setRange(1, MOST_SEEDS)
        self.seeds.setPrefix("Seeds ")
        self.seeds.setAccessibleName("Seeds")
        self.seeds.setToolTip(
            "Each test runs once with each seed from 1 to this. More seeds show how much answers vary."
        )
        self.models = Button(self._theme, "Models", "flask-conical", tip="Which models to test on")
        self.models.setMenu(self._build_models_menu())

    def _build_models_menu(self) -> QMenu:
        menu = QMenu(self)
        self._model_names = menu.addAction("")
        self._model_names.setEnabled(False)
        menu.addSeparator()
        self.add_model = QAction("Add a GGUF file…", menu)
        self.add_model.triggered.connect(self._on_add_model)
        self.only_bundled = QAction("Only the bundled model", menu)
        self.only_bundled.triggered.connect(self._model.remove_models)
        menu.addActions([self.add_model, self.only_bundled])
        return menu

    def _build_actions(self) -> None:
        self.run = Button(
            self._theme,
            "Test",
            "play",
            kind="primary",
            shortcut="Ctrl+Return",
            tip="Run the tests of all that is listed",
        )
        self.run_chosen = Button(
            self._theme, "Test selected", "play", tip="Run only the selected rows; select more with Shift or Ctrl"
        )
        self.stop = Button(self._theme, "Stop", "square", kind="danger", tip="Stop; what was done is kept (Esc)")
        self.export = Button(self._theme, "Export", "download", kind="quiet", tip="Write what is listed to a file")
        menu = QMenu(self)
        for form, (name, _) in FORMATS.items():
            menu.addAction(name.partition(" (")[0], partial(self._on_export, form))
        self.export.setMenu(menu)
        self._bar = meter(name="How many runs are done")
        self._bar.setMinimumWidth(self._theme.px(60))
        self._progress = label("", "small")
        self._count = label("", "small", wrap=True)
        self._filters = row(self.search, self.role, self.which, self.seeds)
        self._filters.setStretch(0, 1)
        self._actions = row(
            self.run, self.stop, self.run_chosen, self._bar, self._progress, self._count, self.models, self.export
        )  # fmt: skip
        self._actions.setStretch(3, 1)
        self._controls = QWidget()
        self._controls.setObjectName("clear")
        box = QVBoxLayout(self._controls)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addLayout(self._filters)
        box.addLayout(self._actions)

    def _build_side(self) -> Card:
        self._name = label("", "section", wrap=True)
        self._version = label("", "small")
        self._larger = label(LARGER_MODEL, "muted", wrap=True)
        self._unreadable = Banner(self._theme)
        self.results = TestResults(self._theme)
        self._detail = Scroll(margins=(0, 0, 8, 0), spacing=8)
        self._detail.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._head = row(self._name, self._version, spacing=12)
        self._head.setStretch(0, 1)
        self._detail.box.addLayout(self._head)
        for widget in (self._larger, self._unreadable, self.results):
            self._detail.box.addWidget(widget)
        self._detail.box.addStretch(1)
        teach = Scroll(margins=(0, 0, 8, 0), spacing=10)
        teach.box.addWidget(label("What a prompt test is", "section"))
        teach.box.addWidget(label(_TEACHES, "muted", wrap=True))
        self._hint = label("Choose a row to see its tests.", wrap=True)
        teach.box.addWidget(self._hint)
        teach.box.addStretch(1)
        self._side = QStackedWidget()
        self._side.addWidget(self._detail)
        self._side.addWidget(teach)
        card = Card(margin=16)
        card.box.addWidget(self._side)
        card.setMinimumWidth(self._theme.px(270))
        return card

    def _build_empty(self) -> Card:
        card = Card(margin=24)
        self._empty_title = label("No prompt of the library has tests", "section")
        card.box.addWidget(self._empty_title)
        card.box.addWidget(label(_TEACHES, "muted", wrap=True))
        card.box.addWidget(
            label(
                "Tests stand in a version's file under “tests”; docs/formats/prompt-tests.md shows how to write them.",
                "muted",
                wrap=True,
            )
        )
        self.again = Button(self._theme, "Read again", "refresh-cw", tip="Read the library's files again")
        self.again.clicked.connect(self._model.reload)
        card.box.addLayout(row(self.again, 1))
        card.box.addStretch(1)
        return card

    def _connect(self) -> None:
        model = self._model
        self.search.textChanged.connect(model.search)
        self.role.activated.connect(lambda _: model.set_role(self.role.currentData()))
        self.which.activated.connect(lambda _: model.set_which(self.which.currentData()))
        self.seeds.valueChanged.connect(model.set_seeds)
        self.run.clicked.connect(lambda: model.run())
        self.run_chosen.clicked.connect(lambda: model.run(model.state.chosen))
        self.results.again_asked.connect(lambda: model.run(model.state.chosen[:1]))
        self.matrix.again_asked.connect(lambda: model.run(model.state.chosen))
        self.matrix.chosen.connect(model.choose)
        self.stop.clicked.connect(model.stop)
        self._banner.acted.connect(model.start_sandbox)
        shortcut(self, "Ctrl+F", lambda: (self.search.setFocus(), self.search.selectAll()))
        shortcut(self, "Esc", self._on_escape)
        shortcut(self, "F8", self._on_next_failure)
        shortcut(self, "F5", model.reload)
        model.changed.connect(self._render)

    # -- events ------------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the files again: they may have changed."""
        super().showEvent(event)
        self._model.reload()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One above the other where there is no room for both side by side."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_STACKED_PX)
        orientation = Qt.Orientation.Vertical if narrow else Qt.Orientation.Horizontal
        if orientation != self.splitter.orientation():
            self.splitter.setOrientation(orientation)
            self.splitter.setSizes([400, 600] if narrow else [600, 400])
            for button, name in ((self.models, "Models"), (self.export, "Export")):
                button.setText("" if narrow else name)
                button.setAccessibleName(name)
                button.redraw()
            self._head.setDirection(QBoxLayout.Direction.LeftToRight if narrow else QBoxLayout.Direction.TopToBottom)
            self._head.setSpacing(12 if narrow else 2)

    def _on_escape(self) -> None:
        if self._model.state.progress is not None:
            self._model.stop()
        elif self.search.text():
            self.search.clear()

    def _on_next_failure(self) -> None:
        if self.matrix.next_failure():
            self.matrix.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _on_add_model(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, "Test on another model", "", "Models (*.gguf)")
        if file:
            self._model.add_model(Path(file))

    def _on_export(self, form: str) -> None:
        file, _ = QFileDialog.getSaveFileName(
            self, "Export the results", f"prompt-tests{_SUFFIX[form]}", FORMATS[form][0]
        )
        if file:
            self._model.export(Path(file), form)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def _render(self, state: TestsState) -> None:
        shown = state.shown
        self._stack.setCurrentIndex(1 if state.is_loaded and not state.subjects else 0)
        self._controls.setVisible(not state.is_loaded or bool(state.subjects))
        self._rows.setCurrentIndex(1 if state.is_loaded and state.subjects and not shown else 0)
        self.matrix.show_state(state)
        self._render_filters(state)
        self._render_actions(state, shown)
        self._render_banner(state)
        self._render_side(state, shown)

    def _render_filters(self, state: TestsState) -> None:
        self.which.setCurrentIndex(max(0, self.which.findData(state.which)))
        self.role.setCurrentIndex(max(0, self.role.findData(state.role)))
        self.seeds.blockSignals(True)
        self.seeds.setValue(state.seeds)
        self.seeds.blockSignals(False)
        self._model_names.setText("Tested on: " + (", ".join(state.models.values()) or "no model"))
        self.only_bundled.setEnabled(bool(state.files))
        is_running = state.progress is not None
        for widget in (self.seeds, self.models):
            widget.setEnabled(not is_running)

    def _render_actions(self, state: TestsState, shown: tuple[Subject, ...]) -> None:
        is_running = state.progress is not None
        self.run.setVisible(not is_running)
        self.stop.setVisible(is_running)
        many = len(state.runnable)
        self.run.setText(f"Test all {many:,} listed" if many != 1 else "Test the one listed")
        self.run.setEnabled(state.can_run and bool(many))
        several = len(state.chosen) if len(state.chosen) > 1 else 0
        self.run_chosen.setText(f"Test {several} selected" if several else "Test selected")
        self.run_chosen.setVisible(not is_running)
        self.run_chosen.setEnabled(state.can_run and any(key in state.runnable for key in state.chosen))
        self._bar.setVisible(is_running)
        self._progress.setVisible(is_running)
        self._count.setVisible(not is_running)
        self.export.setEnabled(not is_running and bool(shown))
        self._count.setText(state.reading or _standing(state, shown))
        if state.progress is not None:
            done, total = state.progress.done, state.progress.total
            self._bar.setValue(round(1000 * done / total) if total else 0)
            left = left_words(state.progress.left_s) if state.progress.left_s is not None else ""
            count = f"{done:,} of {total:,}" if total else ""
            self._progress.setText(" · ".join(filter(None, (count, left))) or state.progress.note)
            self._progress.setToolTip(state.progress.note)

    def _render_banner(self, state: TestsState) -> None:
        off = f"The sandbox is off, so nothing can be tested now; earlier results are shown. {state.sandbox.problem}"
        if state.failed:
            self._banner.say(state.failed, "danger", action="")
        elif state.sandbox.phase == "off":
            self._banner.say(off, "danger", action="Start it again")
        elif state.problem:
            self._banner.say(state.problem, "caution", action="")
        else:
            self._banner.say(state.said, "plain", action="")

    def _render_side(self, state: TestsState, shown: tuple[Subject, ...]) -> None:
        subject = state.current
        known = state.overview(subject, state.model_id) if subject is not None else None
        self._side.setCurrentIndex(1 if subject is None else 0)
        if subject is None:
            tested = any(known.rate for known in state.overviews.values())
            self._hint.setText(
                "Choose a row to see its tests." if tested else "Press Test to run what is listed for the first time."
            )
            return
        version = subject.version
        self._name.setText(version.name)
        model = f" · {state.models[state.model_id]}" if len(state.models) > 1 and state.model_id in state.models else ""
        self._version.setText(f"Version {version.version} · {subject.status}{model}")
        self._larger.setVisible(version.larger_model)
        self._unreadable.say(subject.problem, "danger")
        self.results.setVisible(known is not None and not subject.problem)
        if known is not None:
            older = state.older(subject, state.model_id)
            results = {(one.case.key, one.seed): one for one in older.results} if older else {}
            self.results.stale.button.setEnabled(state.can_run)
            self.results.show_overview(known, results, older.tested.version.version if older else 0)


def _standing(state: TestsState, shown: tuple[Subject, ...]) -> str:
    """How what is listed does, in a line."""
    known = [o for subject in shown for m in state.models if (o := state.overview(subject, m)) is not None]
    rates = [one.rate for one in known if one.rate is not None]
    if not rates:
        return "" if not state.is_loaded else "None of them was tested yet"
    failing = sum(rate.passed < rate.total for rate in rates)
    parts = [f"{len(rates)} tested", f"{failing} with failures" if failing else "all pass"]
    if stale := sum(bool(one.stale) for one in known):
        parts.append(f"{stale} out of date")
    return ", ".join(parts)
