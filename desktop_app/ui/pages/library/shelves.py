"""Shelves: all prompts, favourites, recent ones and the person's own collections."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import StoreError
from desktop_app.records.usage import Collection
from desktop_app.services import Services

ALL, FAVOURITES, RECENT = "all", "favourites", "recent"
_MANY_RECENT = 50


@dataclass(frozen=True, slots=True)
class ShelvesState:
    """chosen is ALL, FAVOURITES, RECENT or a collection's id; removed is a collection that can be put back."""

    chosen: str = ALL
    favourites: frozenset[str] = frozenset()
    recent: tuple[str, ...] = ()
    collections: tuple[Collection, ...] = ()
    removed: Collection | None = None
    problem: str = ""

    @property
    def collection(self) -> Collection | None:
        """The chosen collection, None for the other shelves."""
        return next((one for one in self.collections if one.id == self.chosen), None)

    @property
    def ids(self) -> tuple[str, ...] | None:
        """The prompts on the chosen shelf, in its order; None for all there are."""
        if self.chosen == ALL:
            return None
        if self.chosen == FAVOURITES:
            return tuple(sorted(self.favourites))
        if self.chosen == RECENT:
            return self.recent
        return self.collection.prompt_ids if self.collection else ()

    @property
    def has_order(self) -> bool:
        """True if the order of ids means something: last used first, or as the person put them."""
        return self.chosen not in (ALL, FAVOURITES)

    def holding(self, prompt_id: str) -> tuple[str, ...]:
        """The ids of the collections a prompt is in."""
        return tuple(one.id for one in self.collections if prompt_id in one.prompt_ids)


class ShelvesModel(QObject):
    """Signals: changed(ShelvesState), after every change; chosen(), when other prompts are to be listed."""

    changed = Signal(object)
    chosen = Signal()

    def __init__(self, services: Services, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self.state = ShelvesState()

    def reload(self) -> None:
        """Read favourites, uses and collections again."""
        learner = self._services.learner
        before = self.state.ids
        state = replace(
            self.state, favourites=learner.favourites(), recent=learner.usage.recent(limit=_MANY_RECENT),
            collections=learner.usage.collections(),
        )  # fmt: skip
        known = {ALL, FAVOURITES, RECENT, *(one.id for one in state.collections)}
        self._show(state if state.chosen in known else replace(state, chosen=ALL))
        if self.state.ids != before:
            self.chosen.emit()

    def choose(self, shelf: str) -> None:
        """List what is on a shelf."""
        if shelf != self.state.chosen:
            self._show(replace(self.state, chosen=shelf, problem=""))
            self.chosen.emit()

    def add(self, name: str, prompt_id: str = "") -> None:
        """Make a collection, with a prompt in it if one is given."""
        usage = self._services.learner.usage
        try:
            made = usage.add_collection(name)
            if prompt_id:
                usage.set_collection_prompts(made.id, [prompt_id])
        except StoreError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        self._after_change()

    def rename(self, collection_id: str, name: str) -> None:
        """Give a collection another name."""
        try:
            self._services.learner.usage.rename_collection(collection_id, name)
        except StoreError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        self._after_change()

    def toggle(self, collection_id: str, prompt_id: str) -> None:
        """Put a prompt at the end of a collection, or take it out."""
        found = next((one for one in self.state.collections if one.id == collection_id), None)
        if found is None:
            return
        ids = [one for one in found.prompt_ids if one != prompt_id]
        if len(ids) == len(found.prompt_ids):
            ids.append(prompt_id)
        self._set(collection_id, ids)

    def remove(self, collection_id: str) -> None:
        """Delete a collection; put_back undoes it."""
        found = next((one for one in self.state.collections if one.id == collection_id), None)
        if found is None:
            return
        try:
            self._services.learner.usage.delete_collection(collection_id)
        except StoreError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        self._after_change(removed=found)

    def put_back(self) -> None:
        """Make the collection again that was deleted last."""
        gone = self.state.removed
        if gone is None:
            return
        usage = self._services.learner.usage
        try:
            made = usage.add_collection(gone.name)
            usage.set_collection_prompts(made.id, gone.prompt_ids)
        except StoreError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        self._after_change()

    def _set(self, collection_id: str, ids: list[str]) -> None:
        try:
            self._services.learner.usage.set_collection_prompts(collection_id, ids)
        except StoreError as error:
            self._show(replace(self.state, problem=str(error)))
            return
        self._after_change()

    def _after_change(self, removed: Collection | None = None) -> None:
        self._show(replace(self.state, problem="", removed=removed))
        self.reload()

    def _show(self, state: ShelvesState) -> None:
        self.state = state
        self.changed.emit(state)
