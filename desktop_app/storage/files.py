"""Writing a file so that a crash leaves the old one or the new one, never half of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from desktop_app.errors import StoreError


def write_atomically(path: Path, data: bytes, *, mode: int = 0o600) -> None:
    """Replace path's contents with data and force them to disk; raises StoreError naming the file."""
    scratch = None
    try:
        handle, scratch = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(scratch).chmod(mode)
        Path(scratch).replace(path)
    except OSError as exc:
        raise StoreError(
            f"{path} cannot be written ({exc.strerror}). Free space or check your rights, then try again."
        ) from exc
    finally:
        if scratch is not None:
            with contextlib.suppress(OSError):  # gone already, when everything went well
                Path(scratch).unlink()
