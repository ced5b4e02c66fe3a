"""Which two versions of the shown prompt are compared, and what differs between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.diff import PartDiff, diff_versions
from desktop_app.prompts.interchange.exporting import Exported, export_versions
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.ui.jobs import Jobs


@dataclass(frozen=True, slots=True)
class VersionsState:
    """before and after are the numbers compared, before is None for a first version; parts is None until they are.

    said is what an export wrote and could not carry, problem why there is none.
    """

    prompt: Prompt | None = None
    shown: int = 0
    before: int | None = None
    after: int = 0
    parts: tuple[PartDiff, ...] | None = None
    said: str = ""
    problem: str = ""


class VersionsModel(QObject):
    """Compares only while somebody looks. Signals: changed(VersionsState)."""

    changed = Signal(object)

    def __init__(self, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._cancel, self._watched = jobs, Event(), False
        self.state = VersionsState()

    def show_version(self, prompt: Prompt, version: PromptVersion) -> None:
        """Show a prompt's versions, the given one compared with the one before it."""
        state = self.state
        if state.prompt is not None and (state.prompt, state.shown) == (prompt, version.version):
            return
        earlier = [one.version for one in prompt.versions if one.version < version.version]
        self._compare(VersionsState(prompt, version.version, max(earlier, default=None), version.version))

    def compare(self, before: int, after: int) -> None:
        """Compare any two versions."""
        if (before, after) != (self.state.before, self.state.after):
            self._compare(replace(self.state, before=before, after=after, parts=None))

    def watch(self, watched: bool) -> None:
        """Say whether somebody looks."""
        self._watched = watched
        if watched and self.state.parts is None:
            self._compare(self.state)

    def export(self, dialect: str, folder: Path) -> None:
        """Write the shown version into a folder in another tool's format; nothing there is overwritten."""
        state = self.state
        if state.prompt is not None and state.prompt.standing(state.shown).usable:
            job = export_versions([state.prompt.numbered(state.shown)], dialect, folder)
            self._jobs.start(job, self._on_exported, self._on_failed)

    def _on_exported(self, done: tuple[Exported, ...]) -> None:
        files = ", ".join(path.name for one in done for path in one.files)
        notes = [f"{note.severity}: {note.what}" for one in done for note in one.notes]
        self._show(replace(self.state, said="\n".join([f"{files} is written.", *notes]), problem=""))

    def _compare(self, state: VersionsState) -> None:
        self._cancel.set()
        self._show(state)
        if state.prompt is None or not self._watched:
            return
        if state.before is None:
            self._show(replace(state, parts=()))
            return
        pair = state.prompt.numbered(state.before), state.prompt.numbered(state.after)
        self._cancel = self._jobs.start(_diff(*pair), partial(self._on_compared, state), self._on_failed)

    def _on_compared(self, asked: VersionsState, parts: tuple[PartDiff, ...]) -> None:
        state = self.state
        if (asked.prompt, asked.before, asked.after) == (state.prompt, state.before, state.after):
            self._show(replace(state, parts=parts))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(replace(self.state, problem=str(error), said=""))

    def _show(self, state: VersionsState) -> None:
        self.state = state
        self.changed.emit(state)


def _diff(old: PromptVersion, new: PromptVersion) -> Job[tuple[PartDiff, ...]]:
    yield Progress(0)  # long texts take a moment
    return diff_versions(old, new)
