"""Curate: the tabs, each built when somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import label, row

TABS = {"review": "Review", "drafts": "Drafts", "tests": "Tests", "feedback": "Feedback"}


class CuratePage(QWidget):
    """For curators of the prompt library. Signals: closing(), when the window goes."""

    closing = Signal()

    def __init__(self, theme: Theme, make: Mapping[str, Callable[[], QWidget]]) -> None:
        """make builds the tabs by their names in TABS."""
        super().__init__()
        self.setObjectName("page")
        self._make = {name: make[name] for name in TABS if name in make}
        self._made: dict[str, QWidget] = {}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName("Parts of Curate")
        self.tabs.tabBar().setDrawBase(False)
        for name in self._make:
            holder = QWidget()
            holder.setObjectName("clear")
            QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, TABS[name])
        self.tabs.currentChanged.connect(self._on_tab_changed)
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 24, 32, 24)
        box.setSpacing(12)
        box.addLayout(row(label("Curate", "page"), 1))
        box.addWidget(self.tabs, 1)

    @property
    def tab(self) -> str:
        """The name of the tab in front."""
        return list(self._make)[self.tabs.currentIndex()]

    def go(self, name: str) -> QWidget:
        """Bring a tab to the front and return what is on it."""
        self.tabs.setCurrentIndex(list(self._make).index(name))
        return self._there(name)

    def showEvent(self, event: object) -> None:
        """Build the first tab when the page is first shown."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._there(self.tab)

    def show_count(self, name: str, count: int) -> None:
        """Show beside a tab's name how many things wait there."""
        if name in self._make:
            self.tabs.setTabText(list(self._make).index(name), f"{TABS[name]} ({count})" if count else TABS[name])

    def _on_tab_changed(self, at: int) -> None:
        self._there(list(self._make)[at])

    def _there(self, name: str) -> QWidget:
        if name not in self._made:
            made = self._made[name] = self._make[name]()
            layout = self.tabs.widget(list(self._make).index(name)).layout()
            assert layout is not None
            layout.addWidget(made)
        return self._made[name]
