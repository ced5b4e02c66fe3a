"""The check that a model's or adapter's file is, byte for byte, the one the catalogue means."""

from __future__ import annotations

import hashlib
import stat
import threading
from collections.abc import Callable
from typing import TypeVar

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.models.adapters import AdapterFile
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.sandbox.models.gguf import read_header
from desktop_app.sandbox.models.patience import patiently
from desktop_app.sandbox.programs import IS_FROZEN

T = TypeVar("T")

_STEP_BYTES = 8 * 1024 * 1024
_WAYS_OUT = {
    "app": "Ask IT to install the package greenroom-model-smollm2 again."
    if IS_FROZEN
    else "Run `make run` again to fetch it, or ask IT for the file.",
    "machine": "Ask IT for the right file, or use another model.",
    "share": "Ask IT for the right file, or use another model.",
    "yours": "Remove it and add it again, or use another model.",
}
_WAY_OUT = "Get the file again from where it came from."
_File = ModelFile | AdapterFile

# Files found to be right in this process: path, bytes, time of change, inode, SHA-256.
_verified: set[tuple[str, int, int, int, str]] = set()
_verified_lock = threading.Lock()


def check_model(model: _File, *, again: bool = False) -> Job[None]:
    """Check that the file is there, is a sound GGUF, and is byte for byte the catalogue's; progress in bytes.

    A file found right once is not read again in this process while its size, time and inode stay the same, unless again.
    Raises ModelError, with a sentence for each way in which a file can be wrong.
    """
    identity = yield from _ask(model, lambda: _identity(model))
    with _verified_lock:
        if identity in _verified and not again:
            return
    header_bytes = yield from _ask(model, lambda: _check_size_and_header(model))
    yield Progress(0, header_bytes, model.path.name)
    digest = hashlib.sha256()
    try:
        with (yield from _ask(model, lambda: model.path.open("rb"))) as file:
            done = 0
            while block := (yield from _ask(model, lambda: file.read(_STEP_BYTES))):
                digest.update(block)
                done += len(block)
                yield Progress(done, header_bytes, model.path.name)
    except OSError as exc:
        raise ModelError(_unreadable(model, exc)) from exc
    if digest.hexdigest() != model.sha256:
        raise ModelError(
            f"The model file {model.path} was altered: its SHA-256 is not the one in the catalogue. "
            f"It will not be loaded. {_way_out(model)}"
        )
    with _verified_lock:
        _verified.add(identity)


def _ask(model: _File, work: Callable[[], T]) -> Job[T]:
    """What work returns; with patience where the file is on a share."""
    if model.origin != "share":
        return work()
    return (yield from patiently(work, model.path))


def _identity(model: _File) -> tuple[str, int, int, int, str]:
    try:
        status = model.path.stat()
    except FileNotFoundError as exc:
        raise ModelError(f"The model file {model.path} is missing. {_way_out(model)}") from exc
    except OSError as exc:
        raise ModelError(_unreadable(model, exc)) from exc
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
        raise ModelError(f"{model.path} is {what}, where the model file should be. {_way_out(model)}")
    return str(model.path.absolute()), status.st_size, status.st_mtime_ns, status.st_ino, model.sha256


def _check_size_and_header(model: _File) -> int:
    """The file's size, once it is the catalogue's and the header is sound. A web page is named as such first."""
    try:
        with model.path.open("rb") as file:
            start = file.read(64)
            size = file.seek(0, 2)
    except OSError as exc:
        raise ModelError(_unreadable(model, exc)) from exc
    if size < model.file_bytes and start[:4] == b"GGUF":
        raise ModelError(
            f"The model file {model.path} is cut off: it has {size:,} bytes, not {model.file_bytes:,}. {_way_out(model)}"
        )
    read_header(model.path, _way_out(model))
    if size != model.file_bytes:
        raise ModelError(
            f"The model file {model.path} has {size:,} bytes, not {model.file_bytes:,}: it is another file. {_way_out(model)}"
        )
    return size


def _way_out(model: _File) -> str:
    return _WAYS_OUT.get(model.origin, _WAY_OUT)


def _unreadable(model: _File, error: OSError) -> str:
    return f"The model file {model.path} cannot be read ({error.strerror}). Check your rights to it. {_way_out(model)}"
