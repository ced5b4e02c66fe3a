"""The failures a user can act on. Anything else that is raised is a bug."""

from __future__ import annotations

from pathlib import Path


class AppError(Exception):
    """A failure whose text names the thing and the way out."""


class StoreError(AppError):
    """The profile's files cannot be read or written."""


class ModelError(AppError):
    """The local model cannot be loaded or has stopped."""


class ContentError(AppError):
    """A lesson, path or prompt file is not valid; knows the file and, if it can, line and column (from 1)."""

    def __init__(self, message: str, path: Path | str, line: int | None = None, column: int | None = None) -> None:
        self.message, self.path, self.line, self.column = message, Path(path), line, column
        place = ":".join(str(part) for part in (path, line, column) if part is not None)
        super().__init__(f"{place}: {message}")
