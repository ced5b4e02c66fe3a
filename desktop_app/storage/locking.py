"""Files that one process holds at a time; the system lets go of them when the process ends, however it ends."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from desktop_app.errors import StoreError
from desktop_app.jobs import Job, Progress

_BEAT_S = 0.05


def try_to_hold(path: Path) -> BinaryIO | None:
    """The file, made if need be and held by this process until it is closed; None while another one holds it.

    Raises OSError if it cannot be opened.
    """
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600), "r+b")
    try:
        _lock(file)
    except (BlockingIOError, PermissionError):
        file.close()
        return None
    except OSError:  # a file system without locks: better unheld than never
        pass
    return file


def is_held(path: Path) -> bool:
    """True while a process holds the file; False too if it is gone."""
    try:
        with path.open("r+b") as file:
            _lock(file)
    except (BlockingIOError, PermissionError):
        return True
    except OSError:
        return False
    return False


def hold(path: Path) -> Job[BinaryIO]:
    """Wait until no other process holds the file, then hold it; raises StoreError if it cannot be opened."""
    import threading

    try:
        while (file := try_to_hold(path)) is None:
            yield Progress(0, None, "Waiting for another Greenroom")
            threading.Event().wait(_BEAT_S)
    except OSError as exc:
        raise StoreError(f"{path} cannot be written ({exc.strerror}). Check your rights to its folder.") from exc
    return file


if os.name == "nt":

    def _lock(file: BinaryIO) -> None:
        import msvcrt

        file.seek(1 << 40)  # beyond all data, so that others may read the file
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        file.seek(0)
else:

    def _lock(file: BinaryIO) -> None:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
