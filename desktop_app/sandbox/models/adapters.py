"""LoRA adapters: small files that change how one model answers, loaded together with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NewType

from desktop_app.sandbox.models.catalogue import ModelId, check_fields, in_bytes
from desktop_app.sandbox.models.gguf import Gguf
from desktop_app.sandbox.protocol import Adapter

AdapterId = NewType("AdapterId", str)

# How strongly an adapter acts, in words; 1 is as it was trained.
STRENGTHS = {0.0: "off", 0.5: "half", 1.0: "as trained", 1.5: "stronger"}
_REQUIRED = {
    "id": str, "name": str, "base": str, "adapter_bytes": int, "sha256": str, "license": str, "publisher": str,
    "source": str, "note": str,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """One adapter of a catalogue; base is the id of the model it was trained on."""

    id: AdapterId
    name: str
    path: Path
    base: ModelId
    adapter_bytes: int
    sha256: str
    license: str
    publisher: str
    source: str
    note: str
    origin: str = "file"

    @property
    def file_bytes(self) -> int:
        """adapter_bytes, under the name that models have for theirs too."""
        return self.adapter_bytes

    @property
    def size(self) -> str:
        """The file's size as people read it."""
        return in_bytes(self.adapter_bytes)

    def at(self, scale: float) -> Adapter:
        """As the worker loads it."""
        return Adapter(str(self.path.absolute()), self.adapter_bytes, scale)


def is_adapter(header: Gguf) -> bool:
    """True if the file says that it is an adapter and no model."""
    return header.text("general.type") == "adapter"


def read_adapter(entry: Mapping[str, Any], path: Path, origin: str) -> AdapterFile:
    """The adapter an entry describes; raises KeyError or ValueError if a field is missing or not what it must be."""
    check_fields(entry, _REQUIRED)
    return AdapterFile(**{name: entry[name] for name in _REQUIRED}, path=path, origin=origin)


def write_adapter(adapter: AdapterFile) -> dict[str, Any]:
    """The entry that read_adapter turns into this adapter again, without its path and origin."""
    entry = asdict(adapter)
    del entry["path"], entry["origin"]
    return entry
