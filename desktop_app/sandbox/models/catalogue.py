"""The model catalogue: what each model is, and which file is meant."""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, NewType

from desktop_app.errors import ModelError
from desktop_app.storage.locations import Locations

ModelId = NewType("ModelId", str)


@dataclass(frozen=True, slots=True)
class MeasuredMemory:
    """What a model's process held when somebody measured it: bytes after loading, and with its whole context in use."""

    loaded_bytes: int
    full_bytes: int
    context_tokens: int
    tokens_per_second: float
    measured_on: str  # a date, YYYY-MM-DD
    machine: str


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One entry of a catalogue. context_tokens is what the model was trained for; sha256 is in hex.

    template is "" where the file's own chat template is used. origin says who put the file there: "app", "machine",
    "share", "yours", or "file" for one that is in no catalogue.
    """

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
    license_name: str = ""
    license_text: str = ""  # where it can be read
    training_data: str = ""
    languages: tuple[str, ...] = ()
    architecture: str = ""
    template: str = ""
    template_sha256: str = ""  # of the template that was read and accepted, the file's own or the one above
    memory: MeasuredMemory | None = None
    estimated_bytes: int = 0  # of memory, computed from the header when the file was added
    origin: str = "file"

    @property
    def small(self) -> bool:
        """True if the model has so few weights that most of what it says needs correcting."""
        return 0 < self.parameters < SMALL_PARAMETERS

    @property
    def file_bytes(self) -> int:
        """model_bytes, under the name that adapters have for theirs too."""
        return self.model_bytes

    @property
    def size(self) -> str:
        """The file's size as people read it."""
        return in_bytes(self.model_bytes)


SMALL_PARAMETERS = 1_000_000_000
NUMBER_MAX = 2**53  # whole numbers stay exact in every JSON reader
TEXT_CHARS, TEMPLATE_CHARS = 4_000, 100_000
ID_PATTERN = r"[a-z0-9][a-z0-9._-]{0,63}"
_PATTERNS = {"id": ID_PATTERN, "base": ID_PATTERN, "sha256": "[0-9a-f]{64}"}
_REQUIRED = {
    "id": str, "name": str, "model_bytes": int, "sha256": str, "license": str, "context_tokens": int, "note": str,
    "publisher": str, "parameters": int, "quantisation": str, "source": str,
}  # fmt: skip
_OPTIONAL_TEXTS = ("license_name", "license_text", "training_data", "architecture", "template", "template_sha256")


def in_bytes(count: int) -> str:
    """Such as "98 MB" or "4.1 GB"."""
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB" if count >= 1e6 else f"{count:,} bytes"


@cache
def catalogue(path: Path | None = None) -> tuple[ModelFile, ...]:
    """The models this installation knows, in the file's order; path is for a catalogue other than the bundled one.

    The format is in docs/formats/model-catalogue.md. Raises ModelError if the file cannot be read or is not valid.
    """
    locations = Locations.find()
    path = path or locations.resources / "models.json"
    try:
        entries = json.loads(path.read_text("utf-8"))["models"]
        return tuple(
            read_entry(entry, _find_file(entry["package"], entry["file"], locations.bundled_models), "app")
            for entry in entries
        )
    except OSError as exc:
        raise ModelError(
            f"The model catalogue {path} cannot be read ({exc.strerror}). Install Greenroom again."
        ) from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise ModelError(f"The model catalogue {path} is damaged ({exc}). Install Greenroom again.") from exc


def read_entry(entry: Mapping[str, Any], path: Path, origin: str) -> ModelFile:
    """The model an entry describes; raises KeyError, TypeError or ValueError if a field is missing or not what it must be."""
    check_fields(entry, _REQUIRED)
    optional = {name: entry.get(name, "") for name in _OPTIONAL_TEXTS}
    languages, memory, estimated = entry.get("languages", []), entry.get("memory"), entry.get("estimated_bytes", 0)
    if not isinstance(languages, list) or type(estimated) is not int or not 0 <= estimated <= NUMBER_MAX:
        raise ValueError("languages is not a list or estimated_bytes no number")
    check_fields({name: text for name, text in enumerate(languages)}, dict.fromkeys(range(len(languages)), str))
    check_fields(optional, dict.fromkeys(optional, str))
    return ModelFile(
        **{name: entry[name] for name in _REQUIRED},
        path=path,
        languages=tuple(languages),
        memory=None if memory is None else _memory(memory),
        estimated_bytes=estimated,
        origin=origin,
        **optional,
    )


def check_fields(entry: Mapping[Any, Any], kinds: Mapping[Any, type]) -> None:
    """Check that the entry has these fields, each a text of bearable length or a whole number above 0.

    An id is short and plain, a SHA-256 has 64 hex digits, and no text can act on a terminal. Raises KeyError or ValueError.
    """
    for name, kind in kinds.items():
        value = entry[name]
        if type(value) is not kind:
            raise ValueError(f"{name} is not {'a whole number' if kind is int else 'text'}")
        if kind is int and not 1 <= value <= NUMBER_MAX:
            raise ValueError(f"{name} is {value}")
        if kind is str and len(value) > (TEMPLATE_CHARS if name == "template" else TEXT_CHARS):
            raise ValueError(f"{name} is longer than {TEXT_CHARS} characters")
        if kind is str and not value.replace("\n", "").replace("\t", "").isprintable() and name != "template":
            raise ValueError(f"{name} holds characters that cannot be shown")
        pattern = _PATTERNS.get(name)
        if pattern and not re.fullmatch(pattern, value):
            raise ValueError(f"{name} is {value[:80]!r}")


def _memory(value: Mapping[str, Any]) -> MeasuredMemory:
    whole = [value[name] for name in ("loaded_bytes", "full_bytes", "context_tokens")]
    rate = value["tokens_per_second"]
    if not all(type(number) is int and number > 0 for number in whole) or not isinstance(rate, int | float):
        raise ValueError("memory holds what is no number above 0")
    return MeasuredMemory(*whole, float(rate), str(value["measured_on"]), str(value["machine"]))


def write_entry(model: ModelFile) -> dict[str, Any]:
    """The entry that read_entry turns into this model again, without its path and origin; empty fields are left out."""
    entry = asdict(model)
    del entry["path"], entry["origin"]
    entry["languages"] = list(model.languages)
    return {name: value for name, value in entry.items() if name in _REQUIRED or value}


def _find_file(package: str, file: str, installed: tuple[Path, ...]) -> Path:
    """Where the package keeps the file, else the first of the installed folders that has it.

    The package is looked up, never imported: its code is not wanted. Without the file the path is where it should be;
    check_model says what to do.
    """
    found = importlib.util.find_spec(package)
    if found is not None and found.submodule_search_locations:
        return Path(found.submodule_search_locations[0]) / file
    return next((folder / file for folder in installed if (folder / file).is_file()), installed[-1] / file)


def bundled_model() -> ModelFile:
    """The model that ships with the app."""
    return catalogue()[0]


def find_model(model_id: str) -> ModelFile:
    """The bundled catalogue's model with this id; raises ModelError listing the ids there are."""
    for model in catalogue():
        if model.id == model_id:
            return model
    raise ModelError(f"There is no model {model_id}. Known: {', '.join(model.id for model in catalogue())}.")
