"""All models this person can use, and which one is chosen."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.models.adapters import AdapterFile, read_adapter, write_adapter
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, catalogue, read_entry, write_entry
from desktop_app.sandbox.models.folders import Folder, Shelf, read_folder, without_twins

if TYPE_CHECKING:
    from desktop_app.sandbox.models.candidate import Candidate
    from desktop_app.sandbox.models.removing import Removed
    from desktop_app.storage.locations import Locations
    from desktop_app.storage.settings import SettingsFile

PATIENCE_S = 8.0  # how long a folder on a share may take
_BEAT_S = 0.1


@dataclass(frozen=True, slots=True)
class Found:
    """What the last look at all folders found; the app's own model is first. broken are models that cannot be used."""

    models: tuple[ModelFile, ...] = ()
    adapters: tuple[AdapterFile, ...] = ()
    broken: tuple[tuple[ModelFile, str], ...] = ()
    problems: tuple[str, ...] = ()
    strays: tuple[Path, ...] = ()


class ModelHub:
    """The models of the app, the machine, the share and the person's own folder, as far as they were read.

    Jobs look, add and remove; everything else answers at once. What adds and removes is imported when it is used, because
    the window builds a hub at its start.
    """

    def __init__(
        self,
        locations: Locations,
        settings: SettingsFile,
        share: Callable[[], Path | None] = lambda: None,
        *,
        patience_s: float = PATIENCE_S,
        read: Callable[[Folder], Shelf] = read_folder,
    ) -> None:
        """share says which folder policy names, None for none."""
        self._settings, self._share = settings, share
        self.own = Folder(locations.own_models, "yours")
        self._machine = tuple(Folder(path, "machine") for path in locations.machine_models)
        self._patience_s, self._read = patience_s, read
        self._reading: dict[Path, list[Shelf]] = {}  # a folder that is being read and the place for what it holds
        self.found = Found()
        self.removed: list[Removed] = []  # what can still be brought back

    def close(self) -> None:
        """Delete for good what was removed."""
        if self.removed:
            from desktop_app.sandbox.models.removing import forget

            while self.removed:
                forget(self.removed.pop())

    def folders(self) -> tuple[Folder, ...]:
        """Where models are looked for besides the app, those that IT filled first."""
        share = self._share()
        return (*self._machine, *((Folder(share, "share"),) if share else ()), self.own)

    def scan(self) -> Job[Found]:
        """Look into every folder and keep what is found; one that does not answer is named and left behind."""
        folders = self.folders()
        end = time.monotonic() + self._patience_s
        for folder in folders:
            self._begin(folder)
        shelves = []
        for number, folder in enumerate(folders):
            while not self._reading[folder.path] and time.monotonic() < end:
                yield Progress(number, len(folders), str(folder.path))
                threading.Event().wait(_BEAT_S)
            shelves.append(self._take(folder))
        self.found = _together(shelves)
        return self.found

    def all(self) -> tuple[ModelFile, ...]:
        """Every model that is known so far, the bundled one first; raises ModelError if the app's catalogue is damaged."""
        found, chosen = self.found.models or catalogue(), self.chosen()
        return found if any(chosen.id == model.id for model in found) else (*found, chosen)

    def find(self, model_id: str) -> ModelFile:
        """The model with this id; raises ModelError listing the ids there are."""
        for model in self.all():
            if model.id == model_id:
                return model
        raise ModelError(f"There is no model {model_id}. Known: {', '.join(model.id for model in self.all())}.")

    def look(self, model_id: str) -> Job[ModelFile]:
        """The model with this id, after looking into the folders if it is not known yet; raises ModelError."""
        if not any(model.id == model_id for model in self.all()):
            yield from self.scan()
        return self.find(model_id)

    @property
    def chosen_id(self) -> ModelId:
        """The id of the model that is used."""
        return self.chosen().id

    def chosen(self) -> ModelFile:
        """The model that is used: the one chosen last, else the bundled one. Reads no folder, so it is quick.

        The whole entry is kept in the settings: a share that does not answer holds nothing up.
        """
        kept = self._settings.value.model.get("entry")
        try:
            return read_entry(kept, Path(kept["path"]), kept["origin"]) if kept else catalogue()[0]
        except (KeyError, TypeError, ValueError, AttributeError):  # somebody edited the settings
            return catalogue()[0]

    def choose(self, model: ModelFile) -> None:
        """Use this model from now on; raises StoreError if the choice cannot be kept."""
        bundled = model.id == catalogue()[0].id
        entry = {} if bundled else write_entry(model) | {"path": str(model.path), "origin": model.origin}
        self._settings.change(model={**self._settings.value.model, "entry": entry})

    def adapters_of(self, model_id: str) -> tuple[AdapterFile, ...]:
        """The adapters for this model."""
        return tuple(adapter for adapter in self.found.adapters if adapter.base == model_id)

    def chosen_adapters(self, model_id: str | None = None) -> tuple[tuple[AdapterFile, float], ...]:
        """The adapters switched on for a model, the one in use unless another is named, with their strengths."""
        try:
            return tuple(_kept_adapters(self._settings.value.model.get("adapters", {})[model_id or self.chosen_id]))
        except (KeyError, TypeError, ValueError, AttributeError):
            return ()

    def choose_adapters(self, model_id: str, chosen: Sequence[tuple[AdapterFile, float]]) -> None:
        """Load these adapters with the model from now on; one of strength 0 is left out. Raises StoreError."""
        entries = [
            write_adapter(adapter) | {"path": str(adapter.path), "origin": adapter.origin, "scale": scale}
            for adapter, scale in chosen
            if scale
        ]
        kept = self._settings.value.model
        self._settings.change(model={**kept, "adapters": {**kept.get("adapters", {}), model_id: entries}})

    def examine(
        self, path: Path, *, reference: tuple[int, float] = (0, 0.0), base: ModelId | None = None
    ) -> Job[Candidate]:
        """What the file is and whether it can be added; reads its header only. Raises ModelError."""
        from desktop_app.sandbox.models.candidate import examine
        from desktop_app.sandbox.models.fit import memory_now

        yield Progress(0, None, f"Looking at {path.name}")
        folders = {folder.path for folder in self.folders()}
        known = (self.chosen(), *self.all())  # an adapter is for the model in use, if it fits that one
        return examine(path, known, memory_now(), folders=folders, reference=reference, base=base)

    def add(self, candidate: Candidate, *, accept_template: bool = False) -> Job[ModelFile | AdapterFile]:
        """Bring the file into one's own models and look into the folders again; see adding.add."""
        from desktop_app.sandbox.models.adding import add

        known = (*self.all(), *self.found.adapters)
        file = yield from add(candidate, self.own, accept_template=accept_template, known=known)
        yield from self.scan()
        return file

    def remove(self, file: ModelFile | AdapterFile) -> Job[Removed]:
        """Take a file out of one's own models; it can be brought back until the hub is closed. See removing.remove."""
        from desktop_app.sandbox.models.removing import remove

        if file.id == self.chosen_id:
            raise ModelError(f"{file.name} is in use. Use another model first, then remove it.")
        removed = yield from remove(file, self.own)
        self.removed.append(removed)
        yield from self.scan()
        return removed

    def restore(self, removed: Removed) -> Job[None]:
        """Bring a removed file back; raises StoreError."""
        from desktop_app.sandbox.models.removing import restore

        yield from restore(removed, self.own)
        self.removed.remove(removed)
        yield from self.scan()

    def _begin(self, folder: Folder) -> None:
        """Read the folder on a thread of its own, unless one still waits for it: nobody can wake a thread that a share holds."""
        if folder.path in self._reading and not self._reading[folder.path]:
            return
        place: list[Shelf] = []
        self._reading[folder.path] = place
        threading.Thread(target=lambda: place.append(self._read(folder)), daemon=True, name="model folder").start()

    def _take(self, folder: Folder) -> Shelf:
        if place := self._reading[folder.path]:
            return place[0]
        return Shelf(
            problems=(
                f"The folder of models {folder.path} does not answer. Its models are left out until it does; look again later.",
            )
        )


def _together(shelves: list[Shelf]) -> Found:
    own = catalogue()
    shelves = without_twins(shelves, {model.id for model in own})
    described = {model.path for model in own} | {
        each.path for shelf in shelves for each in (*shelf.models, *shelf.adapters)
    }  # one's own may lie elsewhere
    return Found(
        (*own, *(model for shelf in shelves for model in shelf.models)),
        tuple(adapter for shelf in shelves for adapter in shelf.adapters),
        tuple(pair for shelf in shelves for pair in shelf.broken),
        tuple(problem for shelf in shelves for problem in shelf.problems),
        tuple(path for shelf in shelves for path in shelf.strays if path not in described),
    )


def _kept_adapters(entries: list[dict[str, Any]]) -> list[tuple[AdapterFile, float]]:
    return [(read_adapter(each, Path(each["path"]), each["origin"]), float(each["scale"])) for each in entries]
