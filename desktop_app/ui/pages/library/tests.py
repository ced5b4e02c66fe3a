"""How a prompt was tested: the rate, each test in plain words with every seed, and a button to test it here and now."""

from __future__ import annotations

from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_app.ui.pages.library.tests_model import SEEDS, VersionTestsModel, VersionTestsState
from desktop_app.ui.prompt_tests import LARGER_MODEL, left_words
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Scroll, fill, label, meter, row, shortcut
from desktop_app.ui.widgets.test_results import TestResults

_TEACHES = (
    "A test fills the prompt with an example, runs it and checks the answer by fixed rules. This version has none, so nobody "
    "knows how well it works: check its answers with care."
)


class VersionTests(QWidget):
    """Signals: none; everything goes through the model."""

    def __init__(self, theme: Theme, model: VersionTestsModel) -> None:
        super().__init__()
        self._theme, self._model = theme, model
        self._build()
        self.run.clicked.connect(model.run)
        self.stop.clicked.connect(model.stop)
        self.results.again_asked.connect(model.run)
        shortcut(self, "Esc", model.stop)
        model.changed.connect(self._render)
        self._render(model.state)

    def _build(self) -> None:
        self._none = label(_TEACHES, "muted", wrap=True)
        self._larger = Banner(self._theme)
        self._banner = Banner(self._theme)
        many = f"Run each test with {len(SEEDS)} seeds on the model of this computer"
        self.run = Button(self._theme, "Test now", "play", tip=many)
        self.stop = Button(self._theme, "Stop", "square", kind="danger", tip="Stop; what was done is kept (Esc)")
        self._bar = meter(name="How many runs are done")
        self._progress = label("", "small")
        self.results = TestResults(self._theme)
        scroll = Scroll(margins=(0, 12, 4, 0), spacing=8)
        actions = row(self.run, self.stop, self._bar, self._progress, 1)
        actions.setStretch(2, 8)
        for widget in (self._none, self._larger, self._banner):
            scroll.box.addWidget(widget)
        scroll.box.addLayout(actions)
        scroll.box.addWidget(self.results)
        scroll.box.addStretch(1)
        fill(self, scroll)

    def showEvent(self, event: QShowEvent) -> None:
        """Read from now on."""
        super().showEvent(event)
        self._model.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        """Read no more; a run goes on."""
        super().hideEvent(event)
        self._model.watch(False)

    def _render(self, state: VersionTestsState) -> None:
        subject, known, is_running = state.subject, state.known, state.progress is not None
        self._none.setVisible(state.is_loaded and subject is None and not state.problem)
        self._larger.say(LARGER_MODEL if subject is not None and subject.version.larger_model else "")
        self._render_banner(state)
        self.results.setVisible(known is not None)
        for widget, is_there in (
            (self.run, known is not None and not is_running), (self.stop, is_running), (self._bar, is_running),
            (self._progress, is_running),
        ):  # fmt: skip
            widget.setVisible(is_there)
        self.run.setEnabled(state.can_run)
        self.results.stale.button.setEnabled(state.can_run)
        if state.progress is not None:
            done, total, left = state.progress.done, state.progress.total, state.progress.left_s
            self._bar.setValue(round(1000 * done / total) if total else 0)
            words = (f"{done} of {total}" if total else "", left_words(left) if left is not None else "")
            self._progress.setText(" · ".join(filter(None, words)) or state.progress.note)
        if known is not None:
            older = state.older
            beside = {(one.case.key, one.seed): one for one in older.results} if older else {}
            number = older.tested.version.version if older else 0
            self.results.show_overview(known, beside, number, on=state.model_name)

    def _render_banner(self, state: VersionTestsState) -> None:
        if state.failed:
            self._banner.say(state.failed, "danger")
        elif state.subject is not None and state.subject.problem:
            self._banner.say(f"Its tests cannot be read. {state.subject.problem}", "caution")
        elif state.sandbox is not None and state.sandbox.phase == "off":
            self._banner.say(f"The sandbox is off, so nothing can be tested now. {state.sandbox.problem}", "caution")
        else:
            self._banner.say(state.problem, "caution")
