"""Writing a file so that a crash leaves the old one or the new one, never half of it, and nobody's file is overwritten unseen."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from desktop_app.errors import StoreError


def write_atomically(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replace path's contents with data and force them to disk; raises StoreError naming the file."""
    with _store_errors(path), _written_aside(path, data, mode) as scratch:
        scratch.replace(path)


def create_exclusively(path: Path, data: bytes, *, mode: int = 0o600, force: bool = True) -> None:
    """Make a new file with data, whole or not at all; of several who try at once, one succeeds.

    force False leaves it to the caller to have it forced to disk. Raises FileExistsError if path is there already,
    StoreError naming the file if it cannot be written.
    """
    with _store_errors(path), _written_aside(path, data, mode, force=force) as scratch:
        try:
            os.link(scratch, path)  # fails if path is there, on a share too; replacing would not
        except FileExistsError:
            raise
        except OSError:  # the file system has no links (FAT, some shares)
            _create_without_links(path, data, mode)


def link_exclusively(file: Path, path: Path) -> bool:
    """Give file the name path too, or move it there where the file system has no links; False if path is there already.

    Raises OSError.
    """
    try:
        os.link(file, path)
    except FileExistsError:
        return False
    except OSError:  # no links (FAT, some shares)
        if path.exists():
            return False
        file.rename(path)
    return True


def identity(path: Path) -> tuple[int, int] | None:
    """Which file lies at path now, None if there is none: another one of the same name is another file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def shared_mode(folder: Path) -> int:
    """The mode of a file that whoever may use the folder may read, and write if they may add files."""
    try:
        return folder.stat().st_mode & 0o666
    except OSError as exc:
        raise StoreError(f"{folder} cannot be read ({exc.strerror}). Check its name and your rights.") from exc


def make_shared_folder(folder: Path) -> None:
    """Make folder, unless it is there, with the rights of the one it is in; raises StoreError."""
    try:
        folder.mkdir()
        with contextlib.suppress(OSError):  # a share may know no modes
            folder.chmod(folder.parent.stat().st_mode & 0o2777)
    except FileExistsError:
        pass
    except OSError as exc:
        raise StoreError(
            f"{folder} cannot be made ({exc.strerror}). Free space or check your rights, then try again."
        ) from exc


def _create_without_links(path: Path, data: bytes, mode: int) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            path.unlink()
        raise


@contextlib.contextmanager
def _written_aside(path: Path, data: bytes, mode: int, *, force: bool = True) -> Iterator[Path]:
    """A file with data beside path, forced to disk and gone at the end unless it was moved."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    scratch = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if force:
                file.flush()
                os.fsync(file.fileno())
        scratch.chmod(mode)
        yield scratch
    finally:
        with contextlib.suppress(OSError):  # gone already, when it was moved
            scratch.unlink()


@contextlib.contextmanager
def _store_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise
    except OSError as exc:
        raise StoreError(
            f"{path} cannot be written ({exc.strerror}). Free space or check your rights, then try again."
        ) from exc
