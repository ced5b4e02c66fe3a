"""What narrows the list: the person's shelves and the facets, as a column, or as a menu where there is no room for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QMenu, QWidget

from desktop_app.policy.vocabulary import DATA_CLASSES, ROLES
from desktop_app.prompts.search import FACETS
from desktop_app.ui.pages.library.model import LibraryModel, LibraryState
from desktop_app.ui.pages.library.shelves import ALL, FAVOURITES, RECENT
from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Button, Scroll, clear, label

_TITLES = {"role": "Role", "task": "Task", "status": "Status", "data_class": "Data", "tag": "Tag"}
_MOST_VALUES = 10
_COLUMN_PX, _AROUND_PX = 192, 44  # what a button and the scroll bar take beside the words


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that narrows the list: key is unique; count is None where there is nothing to count."""

    key: str
    group: str
    name: str
    count: int | None
    is_chosen: bool
    choose: Callable[[], None]

    @property
    def spoken(self) -> str:
        """The line as a screen reader says it."""
        if self.count is None:
            return f"{self.group}: {self.name}"
        return f"{self.group}: {self.name}, {self.count} {'prompt' if self.count == 1 else 'prompts'}"


def value_name(facet: str, value: str) -> str:
    """A facet's value in words."""
    names = ROLES if facet == "role" else DATA_CLASSES if facet == "data_class" else {}
    return names.get(value, value.replace("-", " ").capitalize())


def entries(model: LibraryModel) -> Iterator[Entry]:
    """Every line, shelves first."""
    yield from _shelf_entries(model)
    yield from _facet_entries(model, model.state)


def _shelf_entries(model: LibraryModel) -> Iterator[Entry]:
    shelves = model.shelves.state
    lines: list[tuple[str, str, int | None]] = [
        (ALL, "All prompts", None), (FAVOURITES, "Favourites", len(shelves.favourites)),
        (RECENT, "Recent", len(shelves.recent)),
        *((one.id, one.name or "Locked collection", len(one.prompt_ids)) for one in shelves.collections),
    ]  # fmt: skip
    for key, name, count in lines:
        yield Entry(
            f"shelf/{key}", "Show", name, count, shelves.chosen == key, lambda key=key: model.shelves.choose(key)
        )


def _facet_entries(model: LibraryModel, state: LibraryState) -> Iterator[Entry]:
    for facet in FACETS:
        counts = dict(state.found.facets.get(facet, {}))
        chosen = state.filters.get(facet, "")
        if chosen and chosen not in list(counts)[:_MOST_VALUES]:
            counts = {chosen: counts.get(chosen, 0)} | counts  # what is chosen can always be seen and removed
        for value, count in list(counts.items())[:_MOST_VALUES]:
            target = "" if value == chosen else value
            yield Entry(
                f"{facet}/{value}", _TITLES[facet], value_name(facet, value), count, value == chosen,
                lambda facet=facet, target=target: model.set_filter(facet, target),
            )  # fmt: skip


class FacetColumn(Scroll):
    """The column left of the list. Signals: collection_asked(), for a new one."""

    collection_asked = Signal()

    def __init__(self, theme: Theme, model: LibraryModel) -> None:
        super().__init__(margins=(0, 0, 8, 0), spacing=2)
        self._theme, self._model = theme, model
        self._shown: tuple[object, ...] = ()
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        Restyler(theme, self, self._restyle)

    def _restyle(self) -> None:
        self.setFixedWidth(self._theme.px(_COLUMN_PX))
        self.show_entries()

    def show_entries(self) -> None:
        """Draw the lines anew if any changed; the focus stays where it was."""
        lines = list(entries(self._model))
        shown = (self._theme.scale, *((line.key, line.name, line.count, line.is_chosen) for line in lines))
        if shown == self._shown:
            return
        self._shown = shown
        held = self.focusWidget()
        focused = held.property("facet") if held is not None else None
        clear(self.box)
        group = ""
        for line in lines:
            if line.group != group:
                if group == "Show":
                    self._add_new_collection(focused)
                if group:
                    self.box.addSpacing(10)
                group = line.group
                self.box.addWidget(label(group, "eyebrow"))
            self._add(line, focused)
        if group == "Show":
            self._add_new_collection(focused)
        self.box.addStretch(1)

    def _add(self, line: Entry, focused: object) -> None:
        count = "" if line.count is None else f"  {line.count:,}"
        button = Button(self._theme, kind="row", tip=line.name)
        metrics = QFontMetrics(self._theme.font("body", 500))
        room = self._theme.px(_COLUMN_PX - _AROUND_PX) - metrics.horizontalAdvance(count)
        button.setText(metrics.elidedText(line.name, Qt.TextElideMode.ElideRight, room).replace("&", "&&") + count)
        button.setAccessibleName(line.spoken)
        button.setCheckable(True)
        button.setChecked(line.is_chosen)
        button.setProperty("facet", line.key)
        button.clicked.connect(lambda: line.choose())
        self._put(button, line.key == focused)

    def _add_new_collection(self, focused: object) -> None:
        button = Button(self._theme, "New collection", "plus", kind="row", tip="A list of prompts of your own")
        button.setProperty("facet", "shelf/new")
        button.clicked.connect(self.collection_asked)
        self._put(button, focused == "shelf/new")

    def _put(self, button: Button, is_focused: bool) -> None:
        self.box.addWidget(button)
        if is_focused:
            button.setFocus()


def facet_menu(model: LibraryModel, parent: QWidget) -> QMenu:
    """The same lines as a menu, a submenu for each group."""
    menu = QMenu(parent)
    groups: dict[str, QMenu] = {}
    for line in entries(model):
        if line.group not in groups:
            groups[line.group] = menu.addMenu(line.group)
        count = "" if line.count is None else f"  ({line.count:,})"
        action = groups[line.group].addAction(f"{line.name}{count}".replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(line.is_chosen)
        action.triggered.connect(lambda _=False, line=line: line.choose())
    return menu


def collection_menu(theme: Theme, model: LibraryModel, ask: Callable[[str], object], parent: QWidget) -> QMenu:
    """In which collections the shown prompt is; a click puts it in or takes it out. ask takes a prompt's id."""
    menu = QMenu(parent)
    shown = model.detail
    if shown is None:
        return menu
    holding = model.shelves.state.holding(shown.prompt.id)
    for one in model.shelves.state.collections:
        action = menu.addAction((one.name or "Locked collection").replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(one.id in holding)
        action.triggered.connect(lambda _=False, one=one: model.shelves.toggle(one.id, shown.prompt.id))
    if model.shelves.state.collections:
        menu.addSeparator()
    new = menu.addAction(theme.icon("plus", "muted"), "New collection…")
    new.triggered.connect(lambda: ask(shown.prompt.id))
    return menu
