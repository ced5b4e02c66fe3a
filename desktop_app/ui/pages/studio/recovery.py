"""Unsaved text, kept so that a crash or a power cut loses no more than a few seconds of it.

With a keyring it is sealed in the profile like every half-typed text. Without one nothing typed may be written there;
then it stays in memory, or, if the trainer agreed, goes into .<file>.recovery beside the file, which is content anyway.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from desktop_app.records.learner import LearnerRepository
from desktop_app.storage.files import write_atomically


@dataclass(frozen=True, slots=True)
class Kept:
    """A text that was not saved, and when it was kept."""

    text: str
    at: datetime


class Recovery:
    """Keeps one unsaved text per file. Belongs to the learner repository's thread."""

    def __init__(self, learner: LearnerRepository, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._learner, self._now = learner, now
        self.beside = False  # the trainer agreed to files beside the lessons

    @property
    def asked(self) -> bool:
        """True once the keyring has answered: before, nothing is known, so nothing is kept over what may be there."""
        return self._learner.keyring_asked

    @property
    def is_lasting(self) -> bool:
        """True if what is kept survives the end of the process."""
        return self._learner.vault.is_open or self.beside

    def keep(self, file: Path, text: str) -> None:
        """Keep the text of a file; raises StoreError if it cannot be written."""
        if not self.asked:
            return
        value = json.dumps({"text": text, "at": self._now().isoformat(timespec="seconds")}, ensure_ascii=False)
        if self._learner.vault.is_open or not self.beside:
            self._learner.save_draft(_key(file), value)
        else:
            write_atomically(beside(file), value.encode("utf-8", "surrogatepass"))

    def find(self, file: Path) -> Kept | None:
        """What was kept for a file and never saved."""
        found = [kept for kept in (_read(self._learner.draft(_key(file))), _read(_text(beside(file)))) if kept]
        return max(found, key=lambda kept: kept.at, default=None)

    def forget(self, file: Path) -> None:
        """Drop what was kept, after the text was saved or given up."""
        if not self.asked:
            return
        if self._learner.draft(_key(file)):
            self._learner.save_draft(_key(file), "")
        with contextlib.suppress(OSError):
            beside(file).unlink()


def beside(file: Path) -> Path:
    """The recovery file beside a content file; hidden, and no name that a content folder lists."""
    return file.with_name(f".{file.name}.recovery")


def _key(file: Path) -> str:
    return f"studio/{hashlib.sha256(str(file).encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="surrogatepass")
    except (OSError, UnicodeError):
        return ""


def _read(value: str) -> Kept | None:
    try:
        data = json.loads(value) if value else {}
        return Kept(str(data["text"]), datetime.fromisoformat(data["at"]))
    except (ValueError, KeyError, TypeError):
        return None  # cut off or of another kind: there is nothing to bring back
