"""Removing a file from one's own folder of models, and bringing it back while nobody has closed the window."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from desktop_app.errors import ModelError, StoreError
from desktop_app.jobs import Job
from desktop_app.sandbox.models.adapters import AdapterFile
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.sandbox.models.folders import ADDING, REMOVED, Folder, add_entry, remove_entry
from desktop_app.storage.files import link_exclusively
from desktop_app.storage.locking import is_held, try_to_hold

OWNERS = {"app": "came with the app", "machine": "was put on this machine by IT", "share": "is shared by IT"}
_YOUNG_S = 60.0  # a copy that begins just now may not be held yet


@dataclass(frozen=True, slots=True)
class Removed:
    """A file out of the list; hidden is where it lies until it is forgotten, None if it was used where it lay."""

    file: ModelFile | AdapterFile
    hidden: Path | None
    hold: BinaryIO | None


def remove(file: ModelFile | AdapterFile, own: Folder) -> Job[Removed]:
    """Take the file out of one's own list; one that was copied there lies hidden until forget or restore.

    Raises ModelError if it is not one's own, StoreError if the folder cannot be written.
    """
    if file.origin != "yours":
        raise ModelError(f"{file.name} {OWNERS.get(file.origin, 'is not yours')}, so it cannot be removed here.")
    yield from remove_entry(own, file)
    if file.path.parent != own.path or not file.path.is_file():
        return Removed(file, None, None)
    hidden = own.path / f"{REMOVED}{uuid.uuid4().hex}"
    try:
        # held before it is hidden, or another process could take it for one left behind; Windows moves no open file
        hold = try_to_hold(file.path) if os.name == "posix" else None
        file.path.rename(hidden)
        return Removed(file, hidden, hold or try_to_hold(hidden))
    except OSError as exc:
        raise StoreError(
            f"{file.name} is out of the list, but its file {file.path} could not be moved ({exc.strerror}). Delete it by hand."
        ) from exc


def restore(removed: Removed, own: Folder) -> Job[None]:
    """Bring the file back to where it was; raises StoreError."""
    if removed.hidden is not None:
        _let_go(removed)
        if not link_exclusively(removed.hidden, removed.file.path):
            raise StoreError(f"{removed.file.path} is another file by now. Move it away, then try again.")
        with contextlib.suppress(OSError):
            removed.hidden.unlink()
    yield from add_entry(own, removed.file)


def forget(removed: Removed) -> None:
    """Delete the file for good."""
    _let_go(removed)
    if removed.hidden is not None:
        with contextlib.suppress(OSError):  # the next tidy does it
            removed.hidden.unlink()


def tidy(own: Folder) -> None:
    """Delete what processes that were killed have left: half copies, and removed files nobody can bring back."""
    with contextlib.suppress(OSError):
        for path in own.path.iterdir():
            old = path.name.startswith(REMOVED) or path.stat().st_mtime < time.time() - _YOUNG_S
            if path.name.startswith((ADDING, REMOVED)) and old and not is_held(path):
                path.unlink()


def _let_go(removed: Removed) -> None:
    if removed.hold is not None:
        removed.hold.close()
