"""Library: facets left, list centre, detail right; narrow windows hide the facets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.library.detail import Detail
from desktop_app.ui.pages.library.facets import FacetColumn, facet_menu, value_name
from desktop_app.ui.pages.library.hit_list import HitList
from desktop_app.ui.pages.library.model import DetailState, LibraryModel, LibraryState
from desktop_app.ui.pages.library.shelf_bar import ShelfBar
from desktop_app.ui.pages.library.shelves import FAVOURITES, RECENT
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Banner, Button, Card, label, row, shortcut

_NARROW_PX = 860
_MANY_FILES = 4
_EMPTY_SHELVES = {
    FAVOURITES: "No favourites yet. Choose a prompt and press the star beside its name (Ctrl+D).",
    RECENT: "Nothing used yet. What you run or copy is listed here, the latest first.",
}


class LibraryPage(QWidget):
    """The prompt library. Signals: mending_asked(), to see in Curate what is wrong with files."""

    mending_asked = Signal()

    def __init__(self, theme: Theme, model: LibraryModel, jobs: Jobs) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._model = theme, model
        self.detail = Detail(theme, model, jobs)
        self._build()
        model.changed.connect(self._render)
        model.detail_changed.connect(self._on_detail_changed)
        model.shelves.changed.connect(lambda _: self._facets.show_entries())
        shortcut(self, "Ctrl+F", self.focus_search)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.applicationStateChanged.connect(self._on_application_state_changed)
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
        self._problem, self._shows_files = Banner(self._theme, action="Show which"), False
        self._problem.acted.connect(self._on_problem_acted)
        self._facets = FacetColumn(self._theme, self._model)
        self._narrow = Button(
            self._theme, "Filter", "list-checks", tip="Choose a shelf or a filter", shortcut="Ctrl+Shift+F"
        )
        self._narrow.clicked.connect(self._on_narrow_clicked)
        self.shelf_bar = ShelfBar(self._theme, self._model.shelves)
        self._facets.collection_asked.connect(self.shelf_bar.name_new)
        self.detail.collection_asked.connect(self.shelf_bar.name_new)
        self._corrected = label("", "muted", wrap=True)
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
        box.addLayout(row(label("Library", "page"), self._count, self._clear, 1, self._narrow, self.search, spacing=16))
        box.addWidget(self._problem)
        box.addWidget(self.shelf_bar)
        box.addWidget(self._corrected)
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
        """Where there is no room for three columns, what narrows the list is in a menu."""
        super().resizeEvent(event)
        has_room = self.width() >= self._theme.px(_NARROW_PX)
        self._facets.setVisible(has_room)
        self._narrow.setVisible(not has_room)

    def _on_application_state_changed(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self.isVisible():
            self._model.ask_how_it_went()

    def _on_narrow_clicked(self) -> None:
        facet_menu(self._model, self).popup(self._narrow.mapToGlobal(self._narrow.rect().bottomLeft()))

    def _on_reset_clicked(self) -> None:
        self.search.blockSignals(True)
        self.search.clear()
        self.search.blockSignals(False)
        self._model.clear_filters()

    def _on_problem_acted(self) -> None:
        """First which files, then the place where they are mended."""
        if self._shows_files:
            self.mending_asked.emit()
        self._shows_files = not self._shows_files
        self._show_problem(self._model.state)

    def _show_problem(self, state: LibraryState) -> None:
        if state.problem or not state.to_mend:
            self._problem.say(state.problem, "caution", action="")
            return
        many = len(state.to_mend)
        words = "A prompt file has a problem" if many == 1 else f"{many} prompt files have problems"
        if not self._shows_files:
            self._problem.say(f"{words}. You can use all other prompts.", "caution", action="Show which")
            return
        more = [f"and {many - _MANY_FILES} more"] if many > _MANY_FILES else []
        lines = "\n".join([f"{words}:", *state.to_mend[:_MANY_FILES], *more])
        self._problem.say(lines, "caution", action="Open Curate")

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
        names = [value_name(facet, value) for facet, value in state.filters.items()]
        self._clear.setText(", ".join(names))
        self._clear.setAccessibleName(f"Remove the filters {', '.join(names)}")
        self._clear.setVisible(bool(names))
        if state.is_loaded and not total:
            self._side.setCurrentIndex(0)  # a prompt beside "nothing found" would look like a hit
        elif self._model.detail is not None:
            self._side.setCurrentWidget(self.detail)
        filtered = " with these filters" if state.filters else ""
        self._nothing.setText(
            f"No prompt matches “{state.text}”{filtered}. Try fewer or other words."
            if state.text
            else _EMPTY_SHELVES.get(self._model.shelves.state.chosen, "")
            or (
                "This collection is empty. Choose a prompt and put it in with the bookmark beside its name."
                if self._model.shelves.state.collection
                else f"No prompt here{filtered}."
            )
        )
        self._show_problem(state)
        self._facets.show_entries()
        corrected = state.found.corrected
        self._corrected.setText(
            f"Few prompts say “{state.text}”; “{corrected}” was searched for too." if corrected else ""
        )
        self._corrected.setVisible(bool(corrected))
