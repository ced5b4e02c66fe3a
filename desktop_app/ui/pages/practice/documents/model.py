"""The documents a person added: reading them, choosing which ones answers are drawn from, removing them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Progress
from desktop_app.policy.vocabulary import DATA_CLASSES
from desktop_app.practice.grounding.passage import Document, DocumentRow
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.documents.state import DocumentsState, Item, Reading
from desktop_app.ui.pages.practice.documents.work import count_sensitive, list_documents, remove_document
from desktop_app.ui.timers import single_shot

_NOTES = "practice/documents"  # the draft that keeps data classes and what the guard counted
_UNDO_MS = 10_000
_EXAMPLES = Path("documents") / "norwind"
_EXAMPLE_FILES = ("handbook.pdf", "travel-policy.docx", "leave-policy.md")


class DocumentsModel(QObject):
    """One file is read at a time.

    Signals: changed(DocumentsState), after every change; added(str) and gone(str), the id of a document that is now, or is no
    longer, in the index; chosen_changed(tuple), the ids that a person chose or that are left of them.
    """

    changed = Signal(object)
    added = Signal(str)
    gone = Signal(str)
    chosen_changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self.state = DocumentsState()
        self._chosen: set[str] = set()
        self._classes: dict[str, str] = {}
        self._holds: dict[str, str] = {}
        self._next_key = 0
        self._running: tuple[int, Event] | None = None
        self._counting: Event | None = None
        self._listing = Event()
        self._new: list[str] = []
        self._undo = single_shot(self, _UNDO_MS, self.finish_removing)

    # -- what there is -----------------------------------------------------------------------------------------------

    def reload(self) -> None:
        """Read the list again."""
        try:
            job = list_documents(self._services.grounding)
        except AppError as error:
            self._on_not_listed(error)
            return
        self._listing.set()  # only the newest answer counts
        self._listing = self._jobs.start(job, self._on_listed, self._on_not_listed)

    def _on_listed(self, rows: tuple[DocumentRow, ...]) -> None:
        removed = self.state.removed.id if self.state.removed else ""
        self._read_notes()
        rows = tuple(row for row in rows if row.id != removed)
        self._chosen &= {row.id for row in rows} | {removed}
        self._show(documents=tuple(map(self._item, rows)), is_loaded=True, problem="")
        self.chosen_changed.emit(self.chosen)
        new, self._new = self._new, []
        for document_id in new:
            self.added.emit(document_id)
        self._count_next()

    def _on_not_listed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(problem=str(error), is_loaded=True)

    def _item(self, row: DocumentRow) -> Item:
        return Item(row, row.id in self._chosen, self._classes.get(row.id, ""), self._holds.get(row.id))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids of the documents that answers are drawn from; () if none, the model then answers by itself."""
        return tuple(item.row.id for item in self.state.chosen)

    @property
    def known(self) -> frozenset[str]:
        """The ids of all documents there are."""
        return frozenset(item.row.id for item in self.state.documents)

    def choose(self, document_id: str, chosen: bool) -> None:
        """Draw answers from a document, or no longer."""
        (self._chosen.add if chosen else self._chosen.discard)(document_id)
        self._show_items()
        self.chosen_changed.emit(self.chosen)

    def choose_only(self, document_ids: Collection[str]) -> None:
        """Draw answers from these documents only, as a conversation did that is opened again."""
        self._chosen = set(document_ids)
        self._show_items()

    def set_class(self, document_id: str, data_class: str) -> None:
        """Tag a document with one of DATA_CLASSES, or with none for ""."""
        self._classes[document_id] = data_class if data_class in DATA_CLASSES else ""
        self._keep_notes()
        self._show_items()

    # -- adding ------------------------------------------------------------------------------------------------------

    def add(self, paths: Iterable[Path]) -> None:
        """Read these files one after the other and draw answers from them."""
        waiting = {reading.path for reading in self.state.reading if not reading.problem}
        new: list[Reading] = []
        for path in dict.fromkeys(paths):
            if path not in waiting:
                self._next_key += 1
                new.append(Reading(self._next_key, path))
        retried = {reading.path for reading in new}
        kept = [one for one in self.state.reading if not (one.problem and one.path in retried)]
        self._show(reading=(*kept, *new))
        self._read_next()

    def add_examples(self) -> None:
        """Add the fictional company's documents that come with the app."""
        self.add(self.examples())

    def examples(self) -> tuple[Path, ...]:
        """The files of the invented company that are there to ask questions about."""
        folders = [folder / _EXAMPLES for folder in self._services.locations.content]
        return tuple(folder / name for folder in folders for name in _EXAMPLE_FILES if (folder / name).is_file())

    def cancel(self, key: int) -> None:
        """Stop reading a file, or take it off the list if it waits or failed."""
        if self._running is not None and self._running[0] == key:
            self._running[1].set()
            self._running = None
        self._drop(key)
        self._read_next()

    def _read_next(self) -> None:
        if self._running is not None:
            return
        waiting = next((one for one in self.state.reading if not one.problem), None)
        if waiting is None:
            self._count_next()
            return
        key = waiting.key
        self._running = key, Event()  # so that an answer that comes at once finds it
        try:
            job = self._services.grounding.add(waiting.path)
        except AppError as error:
            self._on_failed(key, error)
            return
        cancel = self._jobs.start(
            job, partial(self._on_read, key), partial(self._on_failed, key), partial(self._on_progress, key)
        )
        if self._running is not None and self._running[0] == key:
            self._running = key, cancel

    def _on_progress(self, key: int, progress: object) -> None:
        if isinstance(progress, Progress):
            self._change(key, done=progress.done, total=progress.total, note=progress.note or "Reading")

    def _on_read(self, key: int, document: Document) -> None:
        self._running = None
        self._drop(key)
        self._chosen.add(document.id)
        self._forget_removed(document.id)
        self._new.append(document.id)
        self.reload()
        self._read_next()

    def _on_failed(self, key: int, error: Exception) -> None:
        self._running = None
        if not isinstance(error, AppError):
            self._drop(key)
            raise error
        self._change(key, problem=str(error), note="")
        self._read_next()

    def _drop(self, key: int) -> None:
        self._show(reading=tuple(one for one in self.state.reading if one.key != key))

    def _change(self, key: int, **changes: object) -> None:
        one = {reading.key: reading for reading in self.state.reading}
        if key in one:
            one[key] = replace(one[key], **changes)  # type: ignore[arg-type]
            self._show(reading=tuple(one.values()))

    # -- removing ----------------------------------------------------------------------------------------------------

    def remove(self, document_id: str) -> None:
        """Take a document off the list; it goes for good after ten seconds, or at once when the window closes."""
        self.finish_removing()
        item = next((one for one in self.state.documents if one.row.id == document_id), None)
        if item is None:
            return
        rest = tuple(one for one in self.state.documents if one is not item)
        self._show(documents=rest, removed=item.row)
        self.chosen_changed.emit(self.chosen)
        self._undo.start()

    def undo_remove(self) -> None:
        """Bring back what was removed last."""
        self._undo.stop()
        self._show(removed=None)
        self.reload()

    def finish_removing(self) -> None:
        """Remove for good what Undo could still bring back."""
        removed = self._give_up_undo()
        if removed:
            job = remove_document(self._services.grounding, removed)
            self._jobs.start(job, lambda _: self._on_removed(removed), self._on_not_removed)

    def _give_up_undo(self) -> str:
        self._undo.stop()
        removed = self.state.removed
        if removed is None:
            return ""
        self._chosen.discard(removed.id)
        self._classes.pop(removed.id, None)
        self._holds.pop(removed.id, None)
        self._show(removed=None)
        self._keep_notes()
        return removed.id

    def _on_removed(self, document_id: str) -> None:
        self.reload()
        self.gone.emit(document_id)

    def _on_not_removed(self, error: Exception) -> None:
        self.reload()
        self._on_not_listed(error)

    def _forget_removed(self, document_id: str) -> None:
        if self.state.removed is not None and self.state.removed.id == document_id:
            self._undo.stop()
            self._show(removed=None)

    def forget(self) -> None:
        """Show nothing any more: the person erased what is theirs, the copies of documents too."""
        self.close()
        self._chosen, self._classes, self._holds = set(), {}, {}
        self._show(documents=(), reading=(), removed=None)
        self.reload()

    def close(self) -> None:
        """End what is read and remove for good what was to be removed; raises StoreError if that cannot be."""
        if self._running is not None:
            self._running[1].set()
            self._running = None
        for cancel in (self._counting, self._listing):
            if cancel is not None:
                cancel.set()
        self._counting = None
        if removed := self._give_up_undo():
            self._services.grounding.remove(removed)

    # -- what the guard finds ----------------------------------------------------------------------------------------

    def _count_next(self) -> None:
        """Let the guard read one document that it has not read, when nothing else is being read."""
        if self._counting is not None or self._running is not None:
            return
        item = next((one for one in self.state.documents if one.holds is None), None)
        if item is None:
            return
        document_id = item.row.id
        self._counting = Event()
        cancel = self._jobs.start(
            count_sensitive(self._services.grounding, document_id),
            partial(self._on_counted, document_id),
            partial(self._on_not_counted, document_id),
        )
        if self._counting is not None:
            self._counting = cancel

    def _on_counted(self, document_id: str, holds: str) -> None:
        self._counting = None
        self._holds[document_id] = holds
        self._keep_notes()
        self._show_items()
        self._count_next()

    def _on_not_counted(self, document_id: str, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._on_counted(document_id, "The guard could not read all of it")

    # -- data classes and counts, kept sealed ------------------------------------------------------------------------

    def _read_notes(self) -> None:
        try:
            kept = json.loads(self._services.learner.draft(_NOTES) or "{}")
        except (AppError, ValueError):
            return
        for document_id, note in kept.items():
            self._classes.setdefault(document_id, note.get("class", ""))
            if "holds" in note:
                self._holds.setdefault(document_id, note["holds"])

    def _keep_notes(self) -> None:
        ids = self.known | ({self.state.removed.id} if self.state.removed else set())
        notes = {
            one: ({"class": self._classes[one]} if self._classes.get(one) else {})
            | ({"holds": self._holds[one]} if one in self._holds else {})
            for one in sorted(ids)
        }
        try:
            self._services.learner.save_draft(_NOTES, json.dumps({one: note for one, note in notes.items() if note}))
        except AppError as error:
            self._show(problem=f"The data classes of your documents were not kept. {error}")

    # -- showing -----------------------------------------------------------------------------------------------------

    def _show_items(self) -> None:
        self._show(documents=tuple(self._item(item.row) for item in self.state.documents))

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)
