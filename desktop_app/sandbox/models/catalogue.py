"""The model catalogue: what each model is, and which file is meant."""

from __future__ import annotations

import importlib.util
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NewType

from desktop_app.errors import ModelError
from desktop_app.storage.locations import Locations

ModelId = NewType("ModelId", str)


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One entry of the catalogue. context_tokens is what the model was trained for; sha256 is in hex."""

    id: ModelId
    name: str
    path: Path
    model_bytes: int
    sha256: str
    license: str
    context_tokens: int
    note: str
    publisher: str
    parameters: int
    quantisation: str
    source: str


@cache
def catalogue(path: Path | None = None) -> tuple[ModelFile, ...]:
    """The models this installation knows, in the file's order; path is for a catalogue other than the bundled one.

    The format is in docs/formats/model-catalogue.md. Raises ModelError if the file cannot be read or is not valid.
    """
    path = path or Locations.find().resources / "models.json"
    try:
        entries = json.loads(path.read_text("utf-8"))["models"]
        return tuple(_entry(entry) for entry in entries)
    except OSError as exc:
        raise ModelError(
            f"The model catalogue {path} cannot be read ({exc.strerror}). Install Greenroom again."
        ) from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"The model catalogue {path} is damaged ({exc}). Install Greenroom again.") from exc


def _entry(entry: dict[str, Any]) -> ModelFile:
    model = ModelFile(
        id=ModelId(entry["id"]),
        name=entry["name"],
        path=_find_file(entry["package"], entry["file"]),
        model_bytes=entry["model_bytes"],
        sha256=entry["sha256"],
        license=entry["license"],
        context_tokens=entry["context_tokens"],
        note=entry["note"],
        publisher=entry["publisher"],
        parameters=entry["parameters"],
        quantisation=entry["quantisation"],
        source=entry["source"],
    )
    if not isinstance(model.model_bytes, int) or len(model.sha256) != 64:
        raise ValueError(f"the entry {model.id} has no size or no SHA-256")
    return model


def _find_file(package: str, file: str) -> Path:
    """Where the package keeps the file. The package is looked up, never imported: its code is not wanted."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return Path(package) / file  # a relative path that does not exist: check_model says what to do
    return Path(found.submodule_search_locations[0]) / file


def bundled_model() -> ModelFile:
    """The model that ships with the app."""
    return catalogue()[0]


def find_model(model_id: str) -> ModelFile:
    """The catalogue's model with this id; raises ModelError listing the ids there are."""
    for model in catalogue():
        if model.id == model_id:
            return model
    raise ModelError(f"There is no model {model_id}. Known: {', '.join(model.id for model in catalogue())}.")
