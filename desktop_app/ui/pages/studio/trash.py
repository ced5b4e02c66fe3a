"""Moving files to the system's trash, and back."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFile

from desktop_app.errors import StoreError


def move_to_trash(path: Path) -> Callable[[], None]:
    """Move a file or folder to the trash; calling the result brings it back. Raises StoreError, and then it stays."""
    file = QFile(str(path))
    if not file.moveToTrash():
        raise StoreError(
            f"{path.name} cannot be moved to the trash: this drive has none. Delete {path} yourself if you are sure."
        )
    trashed = Path(file.fileName())

    def restore() -> None:
        if path.exists():
            raise StoreError(f"{path} exists again, so nothing was brought back. What was deleted is in the trash.")
        try:
            trashed.rename(path)
        except OSError as exc:
            raise StoreError(f"{path.name} cannot be brought back ({exc.strerror}). Look for it in the trash.") from exc
        with contextlib.suppress(OSError):  # where the trash keeps notes (freedesktop.org), ours is of no use any more
            (trashed.parent.parent / "info" / f"{trashed.name}.trashinfo").unlink()

    return restore
