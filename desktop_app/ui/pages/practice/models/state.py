"""What the Models tab shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.jobs import Progress
from desktop_app.sandbox.models.fit import Fit

if TYPE_CHECKING:
    from desktop_app.sandbox.models.adapters import AdapterFile
    from desktop_app.sandbox.models.candidate import Candidate
    from desktop_app.sandbox.models.catalogue import ModelFile
    from desktop_app.sandbox.models.removing import Removed

PLACES = {"app": "came with the app", "machine": "put here by IT", "share": "shared by IT", "yours": "added by you"}
FIT_MARKS = {
    "fits": ("circle-check", "good"),
    "slow": ("clock", "caution"),
    "no": ("circle-x", "danger"),
    "unknown": ("info", "muted"),
}


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model of the list; problem says why it cannot be used."""

    model: ModelFile
    fit: Fit
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ModelsState:
    """work is what goes on, in words: "load", "add", "verify", "remove", "examine" or ""; progress is how far it is.

    candidate is a file somebody wants to add, removed what can still be brought back. loaded and memory_bytes are of the
    model's process now. problem and said are about the last thing that was done, problems about the folders.
    """

    rows: tuple[ModelRow, ...] = ()
    adapters: tuple[tuple[AdapterFile, float], ...] = ()  # of the selected model, with their strengths
    selected: str = ""
    in_use: str = ""
    is_looked: bool = False
    work: str = ""
    progress: Progress = field(default_factory=lambda: Progress(0))
    candidate: Candidate | None = None
    removed: Removed | None = None
    loaded: bool = False
    memory_bytes: int = 0
    problem: str = ""
    said: str = ""
    problems: tuple[str, ...] = ()
    strays: tuple[Path, ...] = ()

    @property
    def row(self) -> ModelRow | None:
        """The selected model."""
        return next((row for row in self.rows if row.model.id == self.selected), None)

    @property
    def is_busy(self) -> bool:
        """True while something goes on that has to end first."""
        return bool(self.work)
