"""Library: facets left, list centre, detail right; narrow windows hide the facets."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.policy.vocabulary import DATA_CLASSES, ROLES
from desktop_app.prompts.search import FACETS
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.library.detail import Detail
from desktop_app.ui.pages.library.hit_list import HitList
from desktop_app.ui.pages.library.model import DetailState, LibraryModel, LibraryState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, Scroll, clear, label, row, shortcut

_TITLES = {"role": "Role", "task": "Task", "status": "Status", "data_class": "Data"}
_NARROW_PX = 860


class LibraryPage(QWidget):
    """The prompt library."""

    def __init__(self, theme: Theme, model: LibraryModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        self.detail = Detail(theme, model, jobs)
        self._build()
        model.changed.connect(self._render)
        model.detail_changed.connect(self._on_detail_changed)
        shortcut(self, "Ctrl+F", self.focus_search)
        self._render(model.state)  # it may be built after the model was filled

    def _build(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search names, tasks, tags and texts")
        self.search.setAccessibleName("Search prompts")
        self.search.setToolTip("Search (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._model.search)
        self.search.setMinimumWidth(self._theme.px(300))
        self._count = label("", "muted")
        self._clear = Button(self._theme, "", "x", kind="quiet", tip="Show all prompts again")
        self._clear.clicked.connect(self._on_reset_clicked)
        self._problem = Banner(self._theme)
        self._facets = Scroll(margins=(0, 0, 8, 0), spacing=2)
        self._facets.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._facets.setFixedWidth(self._theme.px(168))
        self.list = HitList(self._theme)
        self.list.chosen.connect(self._model.select)
        self.list.tried.connect(lambda _: self.detail.practise())
        self._empty = self._build_empty()
        self._hits = QStackedWidget()
        self._hits.addWidget(self.list)
        self._hits.addWidget(self._empty)
        self.splitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setHandleWidth(16)
        self.splitter.setChildrenCollapsible(False)
        self._hits.setMinimumWidth(220)
        self.detail.setMinimumWidth(352)
        self.splitter.addWidget(self._hits)
        self.splitter.addWidget(self._teach())
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([360, 480])
        body = row(self._facets, self.splitter, spacing=12)
        body.setStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(32, 24, 32, 24)
        box.setSpacing(14)
        box.addLayout(row(label("Library", "page"), self._count, self._clear, 1, self.search, spacing=16))
        box.addWidget(self._problem)
        box.addLayout(body, 1)

    def _teach(self) -> QStackedWidget:
        """The right side: what belongs here until a prompt is chosen."""
        self._side = QStackedWidget()
        card = Card(margin=32, spacing=8)
        card.box.addStretch(1)
        for words, role in (
            ("Choose a prompt", "section"),
            (
                "A prompt here is tried, versioned and approved for a task. Fill its form, try it on this computer, then take it to your work.",
                "muted",
            ),
        ):
            line = label(words, role, wrap=True)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            card.box.addWidget(line)
        card.box.addStretch(2)
        self._side.addWidget(card)
        self._side.addWidget(self.detail)
        return self._side

    def _build_empty(self) -> Card:
        card = Card(margin=24)
        self._nothing = label("", "muted", wrap=True)
        reset = Button(self._theme, "Show all prompts", "rotate-ccw")
        reset.clicked.connect(self._on_reset_clicked)
        card.box.addWidget(label("Nothing found", "section"))
        card.box.addWidget(self._nothing)
        card.box.addLayout(row(reset, 1))
        card.box.addStretch(1)
        return card

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus()
        self.search.selectAll()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the facets where there is no room for three columns."""
        super().resizeEvent(event)
        self._facets.setVisible(self.width() >= self._theme.px(_NARROW_PX))

    def _on_reset_clicked(self) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._model.clear_filters()

    def _on_detail_changed(self, state: DetailState) -> None:
        self._side.setCurrentWidget(self.detail)
        self.list.mark(state.prompt.id)

    def _render(self, state: LibraryState) -> None:
        if self.search.text() != state.text:
            self.search.setText(state.text)
        selected = self._model.detail.prompt.id if self._model.detail else ""
        self.list.show_hits(state.found.hits, state.favourites, selected)
        total = state.found.total
        self._count.setText(f"{total:,} {'prompt' if total == 1 else 'prompts'}" if state.is_loaded else "")
        self._hits.setCurrentWidget(self._empty if state.is_loaded and not total else self.list)
        names = [_value_name(facet, value) for facet, value in state.filters.items()]
        self._clear.setText(", ".join(names))
        self._clear.setAccessibleName(f"Remove the filters {', '.join(names)}")
        self._clear.setVisible(bool(names))
        if state.is_loaded and not total:
            self._side.setCurrentIndex(0)  # a prompt beside "nothing found" would look like a hit
        filtered = " with these filters" if state.filters else ""
        self._nothing.setText(
            f"No prompt matches “{state.text}”{filtered}. Try fewer or other words."
            if state.text
            else "No prompt here yet."
        )
        self._problem.say(
            f"Some prompts cannot be read and are left out.\n{state.problem}" if state.problem else "", "caution"
        )
        self._show_facets(state)

    def _show_facets(self, state: LibraryState) -> None:
        focused = (
            self.focusWidget().property("facet") if self._facets.isAncestorOf(self.focusWidget() or self) else None
        )
        clear(self._facets.box)
        for facet in FACETS:
            counts = dict(state.found.facets.get(facet, {}))
            chosen = state.filters.get(facet, "")
            if chosen and chosen not in counts:
                counts[chosen] = 0
            if not counts:
                continue
            self._facets.box.addWidget(label(_TITLES[facet], "eyebrow"))
            for value, count in list(counts.items())[:10]:
                name = _value_name(facet, value)
                button = Button(self._theme, f"{name}  {count}", kind="row")
                button.setAccessibleName(f"{_TITLES[facet]}: {name}, {count} {'prompt' if count == 1 else 'prompts'}")
                button.setCheckable(True)
                button.setChecked(value == chosen)
                button.setProperty("facet", f"{facet}/{value}")
                target = "" if value == chosen else value
                button.clicked.connect(lambda _=False, f=facet, v=target: self._model.set_filter(f, v))
                self._facets.box.addWidget(button)
                if focused == f"{facet}/{value}":
                    button.setFocus()
            self._facets.box.addSpacing(10)
        self._facets.box.addStretch(1)


def _value_name(facet: str, value: str) -> str:
    names = ROLES if facet == "role" else DATA_CLASSES if facet == "data_class" else {}
    return names.get(value, value.replace("-", " ").capitalize())
