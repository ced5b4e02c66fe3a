"""All models this person can use, and which one is chosen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.errors import ModelError
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, catalogue, read_entry, write_entry

if TYPE_CHECKING:
    from desktop_app.storage.locations import Locations
    from desktop_app.storage.settings import SettingsFile


class ModelHub:
    """The models of the app and of every known folder, as far as they were read, the bundled one first."""

    def __init__(self, locations: Locations, settings: SettingsFile) -> None:
        self._locations, self._settings = locations, settings
        self.models: tuple[ModelFile, ...] = ()

    def all(self) -> tuple[ModelFile, ...]:
        """Every model that is known so far; raises ModelError if the app's own catalogue is damaged."""
        return self.models or catalogue()

    def find(self, model_id: str) -> ModelFile:
        """The model with this id; raises ModelError listing the ids there are."""
        for model in (*self.all(), self.chosen()):
            if model.id == model_id:
                return model
        raise ModelError(f"There is no model {model_id}. Known: {', '.join(model.id for model in self.all())}.")

    @property
    def chosen_id(self) -> ModelId:
        """The id of the model that is used."""
        return self.chosen().id

    def chosen(self) -> ModelFile:
        """The model that is used: the one chosen last, else the bundled one. Reads no folder, so it is quick.

        The whole entry is kept in the settings: a share that does not answer holds nothing up.
        """
        kept = self._settings.value.model
        try:
            return read_entry(kept, Path(kept["path"]), str(kept["origin"])) if kept else catalogue()[0]
        except (KeyError, TypeError, ValueError):  # somebody edited the settings
            return catalogue()[0]

    def choose(self, model: ModelFile) -> None:
        """Use this model from now on; raises StoreError if the choice cannot be kept."""
        kept = write_entry(model) | {"path": str(model.path), "origin": model.origin}
        self._settings.change(model={} if model.id == catalogue()[0].id else kept)
