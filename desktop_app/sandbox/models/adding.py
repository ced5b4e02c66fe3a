"""Adding a GGUF file: look at it, hash it, copy it into one's own folder of models, describe it there. All or nothing."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import BinaryIO

from desktop_app.errors import ModelError, StoreError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.models.adapters import AdapterFile
from desktop_app.sandbox.models.candidate import Candidate
from desktop_app.sandbox.models.catalogue import ModelFile, in_bytes
from desktop_app.sandbox.models.folders import ADDING, Folder, add_new_entry
from desktop_app.sandbox.models.gguf import open_regular, read_header
from desktop_app.sandbox.models.removing import tidy
from desktop_app.storage.files import link_exclusively
from desktop_app.storage.locking import try_to_hold

_STEP_BYTES = 4 * 1024 * 1024
RESERVE_BYTES = 200_000_000  # what a disk keeps free for everything else
_TRY_AGAIN = "Nothing was added; try again."


def add(
    candidate: Candidate, own: Folder, *, accept_template: bool = False, known: Collection[ModelFile | AdapterFile] = ()
) -> Job[ModelFile | AdapterFile]:
    """Bring the file into one's own folder and return its entry; progress in bytes, and closing the job leaves no trace.

    known are the files there are already: none is added twice, and the new one gets an id of its own. A file that lies in a folder of models stays where it is. Raises ModelError if the template was not accepted, the file
    is there already or changes meanwhile, StoreError if the disk is full or the folder cannot be written.
    """
    if candidate.template_is_new and not accept_template:
        raise ModelError(
            f"The chat template of {candidate.path.name} is a program that no model here has. Read it, then accept it "
            "(on the command line with --accept-template)."
        )
    taken = {each.id for each in known}
    _make(own)
    tidy(own)
    if candidate.in_place:
        sha256 = yield from _hash_in_place(candidate)
        return (yield from add_new_entry(own, _new(candidate.entry(sha256, candidate.path), known), taken))
    _check_room(candidate, own)
    with _scratch(own, candidate) as (scratch, target):
        sha256 = yield from _copy(candidate, target)
        _check_copy(candidate, scratch)
        _new(candidate.entry(sha256, scratch), known)
        path = _named(scratch, own.path, candidate.file_stem)
    try:
        return (yield from add_new_entry(own, candidate.entry(sha256, path), taken))
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


def _new(file: ModelFile | AdapterFile, known: Collection[ModelFile | AdapterFile]) -> ModelFile | AdapterFile:
    for other in known:
        if other.sha256 == file.sha256:
            raise ModelError(f"{file.name} is here already, as {other.name}. Nothing was added.")
    return file


def _make(own: Folder) -> None:
    try:
        own.path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as exc:
        raise StoreError(
            f"The folder of your models {own.path} cannot be made ({exc.strerror}). Check your rights, or free space."
        ) from exc


def _check_room(candidate: Candidate, own: Folder) -> None:
    try:
        free = shutil.disk_usage(own.path).free
    except OSError:  # then the copy will tell
        return
    if free < candidate.file_bytes + RESERVE_BYTES:
        raise StoreError(
            f"{candidate.path.name} needs {in_bytes(candidate.file_bytes)}, and {own.path} has {in_bytes(free)} free. "
            "Free space, then try again."
        )


@contextlib.contextmanager
def _scratch(own: Folder, candidate: Candidate) -> Iterator[tuple[Path, BinaryIO]]:
    """A hidden file in the folder, held by this process so that nobody tidies it away, and gone at the end."""
    scratch = own.path / f"{ADDING}{uuid.uuid4().hex}"
    target = None
    try:
        target = try_to_hold(scratch)
        assert target is not None, "nobody else knows this name"
        yield scratch, target
    except OSError as exc:
        raise StoreError(
            f"{candidate.path.name} could not be copied to {own.path} ({exc.strerror}). {_TRY_AGAIN} Free space or check "
            "your rights first."
        ) from exc
    finally:
        if target is not None:
            with contextlib.suppress(OSError):  # what was not written yet does not fit; it is thrown away
                target.close()
        with contextlib.suppress(OSError):
            scratch.unlink()


def _copy(candidate: Candidate, target: BinaryIO) -> Job[str]:
    """Copy the file and return the SHA-256 of what was copied."""
    sha256 = yield from _read(candidate, lambda block: _write(target, block), "Copying")
    yield Progress(candidate.file_bytes, candidate.file_bytes, "Bringing it to the disk")
    target.flush()
    os.fsync(target.fileno())
    return sha256


def _write(target: BinaryIO, block: bytes) -> None:
    target.write(block)


def _hash_in_place(candidate: Candidate) -> Job[str]:
    sha256 = yield from _read(candidate, lambda block: None, "Reading")
    _check_copy(candidate, candidate.path)
    return sha256


def _read(candidate: Candidate, use: Callable[[bytes], None], note: str) -> Job[str]:
    """Hand on every block and return the SHA-256 of all; raises ModelError if the file changes meanwhile."""
    digest, done = hashlib.sha256(), 0
    with _source(candidate) as source:
        before = os.fstat(source.fileno())
        if before.st_size != candidate.file_bytes:
            raise ModelError(_changed(candidate))
        while block := _block(candidate, source):
            digest.update(block)
            use(block)
            done += len(block)
            if done > candidate.file_bytes:
                break
            yield Progress(done, candidate.file_bytes, note)
        after = os.fstat(source.fileno())
    if (done, after.st_mtime_ns) != (candidate.file_bytes, before.st_mtime_ns):
        raise ModelError(_changed(candidate))
    return digest.hexdigest()


def _source(candidate: Candidate) -> BinaryIO:
    try:
        return open_regular(candidate.path, _TRY_AGAIN)
    except OSError as exc:
        raise ModelError(_unreadable(candidate, exc)) from exc


def _block(candidate: Candidate, source: BinaryIO) -> bytes:
    try:
        return source.read(_STEP_BYTES)
    except OSError as exc:
        raise ModelError(_unreadable(candidate, exc)) from exc


def _unreadable(candidate: Candidate, error: OSError) -> str:
    return f"{candidate.path} cannot be read ({error.strerror}). {_TRY_AGAIN}"


def _changed(candidate: Candidate) -> str:
    return f"{candidate.path} changed while it was being read. Nothing was added; try again when it is complete."


def _check_copy(candidate: Candidate, path: Path) -> None:
    """The header that was shown, with the template that was accepted, must be the one that was copied."""
    if read_header(path) != candidate.header:
        raise ModelError(_changed(candidate))


def _named(scratch: Path, folder: Path, stem: str) -> Path:
    """Give the whole file its name, another than any file there has."""
    for number in range(1, 1000):
        path = folder / (f"{stem}.gguf" if number == 1 else f"{stem}-{number}.gguf")
        if link_exclusively(scratch, path):
            return path
    raise StoreError(f"{folder} has too many files named {stem}. Remove some, then try again.")
