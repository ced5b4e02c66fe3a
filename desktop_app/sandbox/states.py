"""What the model had read, kept on disk, so that a prompt's start is not read anew each day. Sealed, bounded, droppable.

A state holds what a person may have typed, so without an open vault nothing is written. Whatever is wrong with a file, it
is as if it were not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import StoreError
from desktop_app.sandbox.process import WorkerProcess
from desktop_app.sandbox.protocol import STATE_BYTES, Restore
from desktop_app.storage.files import write_atomically
from desktop_app.storage.vault import Vault

MOST_BYTES = 256 * 1024 * 1024
_SUFFIX = ".state"


@dataclass(frozen=True, slots=True)
class StateFiles:
    """States in one folder, each sealed for its own name; the least recently used go when they exceed most_bytes.

    vault gives the vault as it is when asked: the keyring may open later than the model.
    """

    folder: Path
    vault: Callable[[], Vault]
    most_bytes: int = MOST_BYTES

    def load(self, name: str) -> bytes | None:
        """What was saved under the name, or None."""
        path = self._path(name)
        try:
            if not self.vault().is_open or path.stat().st_size > STATE_BYTES:
                return None
            data = self.vault().open_bytes(path.read_bytes(), place=_place(name))
            path.touch()  # used now
        except (OSError, StoreError):
            with contextlib.suppress(OSError):
                path.unlink()
            return None
        return data

    def has(self, name: str) -> bool:
        """True if there is a file of this name."""
        return self._path(name).exists()

    def save(self, name: str, data: bytes) -> None:
        """Keep data under the name if the vault is open and it fits; a full disk is no fault, only a slower start."""
        sealed = self.vault().seal_bytes(data, place=_place(name))
        if sealed is None or len(sealed) > self.most_bytes:
            return
        with contextlib.suppress(OSError, StoreError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._make_room(len(sealed))
            write_atomically(self._path(name), sealed)

    def erase(self) -> None:
        """Delete every state."""
        for path in self.folder.glob("*" + _SUFFIX):
            with contextlib.suppress(OSError):
                path.unlink()

    def _make_room(self, needed: int) -> None:
        known = []
        for path in self.folder.glob("*" + _SUFFIX):
            with contextlib.suppress(OSError):
                status = path.stat()
                known.append((status.st_mtime_ns, status.st_size, path))
        used = sum(size for _, size, _ in known)
        for _, size, path in sorted(known):
            if used + needed <= self.most_bytes:
                return
            path.unlink()
            used -= size

    def _path(self, name: str) -> Path:
        return self.folder / (name + _SUFFIX)


class Prefixes:
    """Which states to give to a worker and which to ask of it. For one thread at a time."""

    def __init__(self, files: StateFiles) -> None:
        self.files = files
        self._process: WorkerProcess | None = None
        self._given: set[str] = set()  # what this process has read or was given
        self._seen: Counter[str] = Counter()

    def bring(self, process: WorkerProcess, name: str) -> None:
        """Give the process what is on disk under the name, once."""
        if self._process is not process:
            self._process, self._given = process, set()
        if name in self._given:
            return
        self._given.add(name)
        data = self.files.load(name)
        if data:
            process.send(Restore(len(data)), data)

    def worth_saving(self, name: str) -> bool:
        """True from the second answer on that begins so and is not on disk: what comes once is not kept."""
        self._seen[name] += 1
        return self._seen[name] == 2 and self.files.vault().is_open and not self.files.has(name)


def state_name(computed_by: Sequence[object], messages: Sequence[tuple[str, str]]) -> str:
    """A name for what the messages leave behind. computed_by is all that it depends on besides them: the model's SHA-256,
    llama.cpp's version and build, the context's size, template and adapters.
    """
    whole = json.dumps([[str(each) for each in computed_by], list(messages)], ensure_ascii=True)
    return hashlib.sha256(whole.encode("ascii")).hexdigest()


def _place(name: str) -> str:
    return f"states/{name}"
