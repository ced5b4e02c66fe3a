"""The model catalogue, and the check that a model file is the one the catalogue means."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NewType

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.gguf import read_header
from desktop_app.storage.locations import Locations

ModelId = NewType("ModelId", str)

_STEP_BYTES = 8 * 1024 * 1024
_REINSTALL = "Run `make run` again to fetch it, or ask IT for the file."

# Files found to be right in this process: path, bytes, time of change, inode.
_verified: set[tuple[str, int, int, int]] = set()
_verified_lock = threading.Lock()


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


def check_model(model: ModelFile) -> Job[None]:
    """Check that the file is there, is a sound GGUF, and is byte for byte the catalogue's; progress in bytes.

    A file found right once is not read again in this process while its size, time and inode stay the same.
    Raises ModelError, with a sentence for each way in which a file can be wrong.
    """
    identity = _identity(model)
    with _verified_lock:
        if identity in _verified:
            return
    header_bytes = _check_size_and_header(model)
    yield Progress(0, header_bytes, model.path.name)
    digest = hashlib.sha256()
    try:
        with model.path.open("rb") as file:
            done = 0
            while block := file.read(_STEP_BYTES):
                digest.update(block)
                done += len(block)
                yield Progress(done, header_bytes, model.path.name)
    except OSError as exc:
        raise ModelError(_unreadable(model, exc)) from exc
    if digest.hexdigest() != model.sha256:
        raise ModelError(
            f"The model file {model.path} was altered: its SHA-256 is not the one in the catalogue. "
            f"It will not be loaded. {_REINSTALL}"
        )
    with _verified_lock:
        _verified.add(identity)


def _identity(model: ModelFile) -> tuple[str, int, int, int]:
    try:
        status = model.path.stat()
    except FileNotFoundError as exc:
        raise ModelError(f"The model file {model.path} is missing. {_REINSTALL}") from exc
    except OSError as exc:
        raise ModelError(_unreadable(model, exc)) from exc
    if model.path.is_dir():
        raise ModelError(f"{model.path} is a folder, where the model file should be. {_REINSTALL}")
    return str(model.path.absolute()), status.st_size, status.st_mtime_ns, status.st_ino


def _check_size_and_header(model: ModelFile) -> int:
    """The file's size, once it is the catalogue's and the header is sound. A web page is named as such first."""
    try:
        with model.path.open("rb") as file:
            start = file.read(64)
            size = file.seek(0, 2)
    except OSError as exc:
        raise ModelError(_unreadable(model, exc)) from exc
    if size < model.model_bytes and start[:4] == b"GGUF":
        raise ModelError(
            f"The model file {model.path} is cut off: it has {size:,} bytes, not {model.model_bytes:,}. {_REINSTALL}"
        )
    read_header(model.path, _REINSTALL)
    if size != model.model_bytes:
        raise ModelError(
            f"The model file {model.path} has {size:,} bytes, not {model.model_bytes:,}: it is another file. {_REINSTALL}"
        )
    return size


def _unreadable(model: ModelFile, error: OSError) -> str:
    return f"The model file {model.path} cannot be read ({error.strerror}). Check your rights to it. {_REINSTALL}"
