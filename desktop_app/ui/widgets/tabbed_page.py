"""A page of tabs, each built when somebody looks at it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from desktop_app.ui.widgets.basic import label, row

_LEAST_LINES = 9  # of the title's height; a lower page keeps its height for what is on the tab


class TabbedPage(QWidget):
    """A title, what stands beside it, and tabs. Signals: closing(), when the window goes; tab_shown(str), a tab's name."""

    closing = Signal()
    tab_shown = Signal(str)

    def __init__(
        self, title: str, names: Mapping[str, str], make: Mapping[str, Callable[[], QWidget]], *beside: QWidget
    ) -> None:
        """names are the tabs' labels by their short names, make builds them; one that cannot be made is left out."""
        super().__init__()
        self.setObjectName("page")
        self._names, self._make = names, {name: make[name] for name in names if name in make}
        self._made: dict[str, QWidget] = {}
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setAccessibleName(f"Parts of {title}")
        self.tabs.tabBar().setDrawBase(False)
        for name in self._make:
            holder = QWidget()
            holder.setObjectName("clear")
            QVBoxLayout(holder).setContentsMargins(0, 0, 0, 0)
            self.tabs.addTab(holder, names[name])
        self.tabs.currentChanged.connect(lambda _: self._there(self.tab))
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 24, 32, 24)
        box.setSpacing(12)
        self._title, self._beside = label(title, "page"), beside
        box.addLayout(row(self._title, 1, *beside))
        box.addWidget(self.tabs, 1)

    @property
    def tab(self) -> str:
        """The name of the tab in front."""
        return list(self._make)[self.tabs.currentIndex()]

    def go(self, name: str) -> QWidget:
        """Bring a tab to the front and return what is on it."""
        self.tabs.setCurrentIndex(list(self._make).index(name))
        return self._there(name)

    def focus_first(self) -> None:
        """Put the keyboard where work begins on the tab in front, if the tab says where that is."""
        begin = getattr(self._there(self.tab), "focus_first", None)
        if begin is not None:
            begin()

    def built(self, name: str) -> QWidget | None:
        """What is on a tab, None if nobody has looked at it yet."""
        return self._made.get(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What stands beside the title gives way where it would be cut, and the title itself where the page is low."""
        super().resizeEvent(event)
        low = self.height() < _LEAST_LINES * self._title.sizeHint().height()
        self._title.setHidden(low)
        wanted = sum(one.sizeHint().width() + 16 for one in (self._title, *self._beside))
        for one in self._beside:
            one.setVisible(not low and wanted <= self.contentsRect().width() - 64)

    def showEvent(self, event: object) -> None:
        """Build the first tab when the page is first shown."""
        super().showEvent(event)  # type: ignore[arg-type]
        self._there(self.tab)

    def show_count(self, name: str, count: int) -> None:
        """Show beside a tab's name how many things wait there."""
        if name in self._make:
            words = self._names[name]
            self.tabs.setTabText(list(self._make).index(name), f"{words} ({count})" if count else words)

    def _there(self, name: str) -> QWidget:
        if name not in self._made:
            made = self._made[name] = self._make[name]()
            layout = self.tabs.widget(list(self._make).index(name)).layout()
            assert layout is not None
            layout.addWidget(made)
            made.show()  # now, not with the next event: it may be asked to take the keyboard at once
        self.tab_shown.emit(name)
        return self._made[name]
