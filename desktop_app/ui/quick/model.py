"""What the quick window lists, and the prompt that was picked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.prompt import Prompt
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.prompt_values import PromptValues
from desktop_app.ui.use_model import UseModel

_MOST = 60
_RECENT = 8


@dataclass(frozen=True, slots=True)
class QuickRow:
    """One prompt in the list; why says what put it first: "Recent", "Favourite" or ""."""

    id: str
    name: str
    description: str
    status: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class QuickState:
    """rows are in rank order; is_open is True while a prompt is being filled."""

    text: str = ""
    rows: tuple[QuickRow, ...] = ()
    is_open: bool = False
    is_read: bool = False
    problem: str = ""


class QuickModel(QObject):
    """Signals: changed(QuickState)."""

    changed = Signal(object)

    def __init__(self, services: Services, values: PromptValues, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = QuickState()
        self.use = UseModel(services, values, jobs, self)
        self._cancel, self._opening = Event(), Event()
        self._copy_when_open = False

    def start(self) -> None:
        """Begin anew: nothing typed, what was used last comes first."""
        self._show(text="", is_open=False, problem="")
        self.search("")

    def search(self, text: str) -> None:
        """Find prompts for text; ends the search before this one."""
        self._cancel.set()
        self._show(text=text)
        try:
            recent = self._services.learner.usage.recent(limit=_RECENT)
            starred = sorted(self._services.learner.favourites())
        except AppError as error:
            self._on_failed(error)
            return
        first = {**dict.fromkeys(starred, "Favourite"), **dict.fromkeys(recent, "Recent")}
        order = [*recent, *(one for one in starred if one not in recent)]
        job = self._find(text, [(prompt_id, first[prompt_id]) for prompt_id in order])
        self._cancel = self._jobs.start(job, self._on_found, self._on_failed)

    def open(self, prompt_id: str, *, copy: bool = False) -> None:
        """Show a prompt's form, or copy at once if nothing is missing."""
        self._opening.set()
        self._copy_when_open = copy
        self._opening = self._jobs.start(self._get(prompt_id), self._on_opened, self._on_failed)

    def back(self) -> None:
        """Return to the list; what was typed into the form is kept."""
        self.use.close()
        self._show(is_open=False, problem="")

    def close(self) -> None:
        """End what runs and keep what was typed."""
        self._cancel.set()
        self._opening.set()
        self.use.close()

    def _find(self, text: str, first: list[tuple[str, str]]) -> Job[tuple[QuickRow, ...]]:
        yield Progress(0)
        index, why = self._services.index, dict(first)
        before = () if text.strip() else index.hits(why)  # what was used or starred once and is gone is left out
        hits = (*before, *index.search(text, limit=_MOST))
        return tuple(
            QuickRow(hit.id, hit.name, hit.description, hit.status, why.get(hit.id, "")) for hit in dict.fromkeys(hits)
        )

    def _get(self, prompt_id: str) -> Job[Prompt]:
        yield Progress(0)
        return self._services.prompts.get(prompt_id)

    def _on_found(self, rows: tuple[QuickRow, ...]) -> None:
        self._show(rows=rows, is_read=True, problem="")

    def _on_opened(self, prompt: Prompt) -> None:
        self.use.show(prompt, prompt.offered)
        self._show(is_open=True, problem="")
        if self._copy_when_open:
            self.use.copy()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(problem=str(error), is_read=True)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)
