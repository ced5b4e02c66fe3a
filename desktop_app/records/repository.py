"""What the repositories of learner.db that keep sealed texts have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from desktop_app.storage.sqlite import Database


class SealingRepository:
    """A part of one person's records, made by LearnerRepository."""

    def __init__(
        self,
        db: Database,
        path: Path,
        recording: Callable[[str, Mapping[str, Any]], AbstractContextManager[None]],
        seal: Callable[[str, str], bytes | None],
        unseal: Callable[[bytes | None, str], str | None],
        now: Callable[[], datetime],
    ) -> None:
        """recording is LearnerRepository's transaction with an audit entry; seal and unseal are its own, by place."""
        self._db, self._path, self._recording, self._now = db, path, recording, now
        self._seal, self._unseal = seal, unseal
