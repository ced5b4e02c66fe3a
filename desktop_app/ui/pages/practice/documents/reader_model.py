"""The document that is open beside the conversation: at which passage, what is looked for in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.practice.grounding.passage import Passage
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.documents.source import Source, find_all, load


@dataclass(frozen=True, slots=True)
class ReaderState:
    """phase is "closed", "loading", "open" or "failed"; problem then says why.

    cited are the passages that can be stepped through, perhaps of several documents, numbers how the answer cites them;
    at is the one shown, -1 for none. found are places in the text, found_at the current one, -1 for none.
    """

    phase: str = "closed"
    document_id: str = ""
    source: Source | None = None
    cited: tuple[Passage, ...] = ()
    numbers: tuple[int, ...] = ()
    at: int = -1
    wanted: str = ""
    found: tuple[tuple[int, int], ...] = ()
    found_at: int = -1
    problem: str = ""

    @property
    def passage(self) -> Passage | None:
        """The cited passage that is shown."""
        return self.cited[self.at] if 0 <= self.at < len(self.cited) else None

    @property
    def marks(self) -> tuple[tuple[int, int, str], ...]:
        """Start, end and name of every cited passage of the document shown."""
        return tuple(
            (one.start, one.end, f"Source {number}")
            for number, one in zip(self.numbers, self.cited, strict=True)
            if one.document_id == self.document_id
        )

    @property
    def found_words(self) -> str:
        """How many places were found, and which of them is shown."""
        if not self.wanted:
            return ""
        if not self.found:
            return "Nothing found"
        return f"{self.found_at + 1} of {len(self.found):,}{'+' if len(self.found) >= 2_000 else ''}"


class ReaderModel(QObject):
    """Signals: changed(ReaderState), after every change; place_wanted(start, end), what is to be scrolled to."""

    changed = Signal(object)
    place_wanted = Signal(int, int)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = ReaderState()
        self._cancel, self._find_cancel = Event(), Event()

    def open(self, document_id: str, cited: Sequence[Passage] = (), at: int = -1, numbers: Sequence[int] = ()) -> None:
        """Open a document, at one of the cited passages or at its start; numbers are theirs in the answer, else from 1."""
        self._cancel.set()
        self._find_cancel.set()
        is_same = document_id == self.state.document_id and self.state.source is not None
        self._show(
            phase="open" if is_same else "loading", document_id=document_id, cited=tuple(cited), at=at, wanted="", found=(), found_at=-1, problem="",
            numbers=tuple(numbers) or tuple(range(1, len(cited) + 1)), source=self.state.source if is_same else None,
        )  # fmt: skip
        if is_same:
            self._go_to_passage()
            return
        try:
            job = load(self._services.grounding, document_id)
        except AppError as error:
            self._on_failed(error)
            return
        self._cancel = self._jobs.start(job, self._on_loaded, self._on_failed)

    def step(self, by: int) -> None:
        """Go to the next cited passage, or the one before; from the last one on to the first."""
        count = len(self.state.cited)
        if count:
            at = (self.state.at + by) % count if self.state.at >= 0 else 0
            self.open(self.state.cited[at].document_id, self.state.cited, at, self.state.numbers)

    def find(self, wanted: str) -> None:
        """Look for a text in the document."""
        self._find_cancel.set()
        source = self.state.source
        if not wanted or source is None:
            self._show(wanted=wanted, found=(), found_at=-1)
            return
        self._find_cancel = self._jobs.start(
            find_all(source.text, wanted), partial(self._on_found, wanted), self._on_failed
        )

    def find_step(self, by: int) -> None:
        """Go to the next place found, or the one before."""
        count = len(self.state.found)
        if count:
            self._show(found_at=(self.state.found_at + by) % count)
            self.place_wanted.emit(*self.state.found[self.state.found_at])

    def close(self) -> None:
        """Close the document."""
        self._cancel.set()
        self._find_cancel.set()
        self._show(
            phase="closed", document_id="", source=None, cited=(), numbers=(), at=-1, wanted="", found=(), found_at=-1
        )

    def _on_loaded(self, source: Source) -> None:
        self._show(phase="open", source=source)
        self._go_to_passage()

    def _go_to_passage(self) -> None:
        passage = self.state.passage
        self.place_wanted.emit(*((passage.start, passage.end) if passage else (0, 0)))

    def _on_found(self, wanted: str, found: tuple[tuple[int, int], ...]) -> None:
        here = self.state.passage.start if self.state.passage else 0
        first = next((n for n, (start, _) in enumerate(found) if start >= here), 0 if found else -1)
        self._show(wanted=wanted, found=found, found_at=first)
        if found:
            self.place_wanted.emit(*found[first])

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(phase="failed", problem=str(error))

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)
