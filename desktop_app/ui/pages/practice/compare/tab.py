"""The Compare tab: setting up and looking at what came out, one at a time, so that each has the room it needs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop_app.practice.compare.comparison import Column
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.compare.model import CompareModel
from desktop_app.ui.pages.practice.compare.results_view import ResultsView
from desktop_app.ui.pages.practice.compare.setup_view import SetupView
from desktop_app.ui.pages.practice.compare.state import CompareState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import shortcut


class CompareTab(QWidget):
    """Signals: ask_asked(Column, dict), draft_asked(Column), with the column somebody goes on with, and the row's values."""

    ask_asked = Signal(object, object)
    draft_asked = Signal(object)

    def __init__(self, theme: Theme, model: CompareModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("clear")
        self.model = model
        self.setup = SetupView(theme, model, jobs)
        self.results = ResultsView(theme, model)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.setup)
        self._stack.addWidget(self.results)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 12, 0, 0)
        box.addWidget(self._stack)
        self.results.asked.connect(lambda at: self.ask_asked.emit(self._column(at), self._values()))
        self.results.drafted.connect(lambda at: self.draft_asked.emit(self._column(at)))
        shortcut(self, "Ctrl+Return", self._on_run)
        shortcut(self, "Ctrl+Enter", self._on_run)
        shortcut(self, "Esc", self._on_escape)
        model.changed.connect(self._render)
        self._render(model.state)

    def _column(self, at: int) -> Column:
        assert self.model.state.comparison is not None
        return self.model.state.comparison.plan.columns[at]

    def _values(self) -> dict[str, str]:
        assert self.model.state.comparison is not None
        return dict(self.model.state.comparison.plan.rows[self.model.state.row])

    def focus_first(self) -> None:
        """Put the cursor where what is compared goes in."""
        if self._stack.currentIndex() == 0:
            self.setup.input.form.focus_first()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what there is: prompts, models and comparisons may be new."""
        super().showEvent(event)
        self.model.reload()

    def _on_run(self) -> None:
        if self.model.state.page == "setup":
            self.model.run()
        else:
            self.model.go_on()

    def _on_escape(self) -> None:
        if self.model.state.page == "setup":
            if not self.setup.columns.close_editor():
                self.model.stop()
        elif self.model.state.progress is not None:
            self.model.stop()
        else:
            self.model.back()

    def _render(self, state: CompareState) -> None:
        is_setup = state.page == "setup" or state.comparison is None
        if is_setup:
            self.setup.show_state(state)
        else:
            self.results.show_state(state)
        self._stack.setCurrentIndex(0 if is_setup else 1)
