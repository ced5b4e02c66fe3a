"""What was asked before: searched, opened, renamed, deleted with a way back, saved as a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.clock import utc_now
from desktop_app.errors import AppError
from desktop_app.guard.finding import Finding
from desktop_app.practice.export import ExportForm, exported, hidden, read, write
from desktop_app.practice.finding import Batch, Ended, Found, Search, find
from desktop_app.records.conversations import Deleted
from desktop_app.services import Services
from desktop_app.ui.answer_copy import CHECK
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.model import AskModel
from desktop_app.ui.timers import single_shot

_PAUSE_MS = 200
WHEN: dict[str, tuple[str, int | None]] = {
    "": ("Any time", None), "1": ("Last 24 hours", 1), "7": ("Last 7 days", 7), "30": ("Last 30 days", 30), "365": ("Last year", 365),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HistoryState:
    """found are conversations and single runs, newest first. done of total were looked through while busy.

    prompts and models are what there is to choose from, by id with their names. said is what was done just now; undoes is
    True if undo takes it back. asks is what the guard found in a file that is not written yet, or that policy wants it checked,
    "" for neither; can_hide is True if placeholders would change something.
    """

    text: str = ""
    when: str = ""
    prompt_id: str | None = None
    model_id: str | None = None
    found: tuple[Found, ...] = ()
    busy: bool = False
    done: int = 0
    total: int = 0
    unopened: int = 0
    has_more: bool = False
    prompts: dict[str, str] = field(default_factory=dict)
    models: tuple[str, ...] = ()
    said: str = ""
    undoes: bool = False
    problem: str = ""
    asks: str = ""
    can_hide: bool = False


class HistoryModel(QObject):
    """Signals: changed(HistoryState), after every change; opened(), when a conversation was opened.

    choose_file asks where to save: it gets the suggested name and returns a path, or None if the person thought better.
    """

    changed = Signal(object)
    opened = Signal()

    def __init__(self, services: Services, jobs: Jobs, ask: AskModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs, self._ask = services, jobs, ask
        self.state = HistoryState()
        self.choose_file: Callable[[str], Path | None] = lambda _: None
        self._cancel, self._export_cancel = Event(), Event()
        self._deleted: Deleted | None = None
        self._waiting: tuple[str, Path, str, tuple[Finding, ...]] | None = None
        self._timer = single_shot(self, _PAUSE_MS, self.reload)

    # -- finding -----------------------------------------------------------------------------------------------------

    def search(self, text: str) -> None:
        """Look for texts that hold these words."""
        if text != self.state.text:
            self._show(text=text)
            self._timer.start()

    def choose(self, *, when: str | None = None, **chosen: str | None) -> None:
        """Show only what is from then, of a prompt (prompt_id) or of a model (model_id); None shows all."""
        self._show(when=self.state.when if when is None else when, **chosen)
        self.reload()

    def reload(self) -> None:
        """Search again, newest first."""
        self._timer.stop()
        self._cancel.set()
        days = WHEN[self.state.when][1]
        since: datetime | None = utc_now() - timedelta(days=days) if days else None
        wanted = Search(self.state.text, since, self.state.prompt_id, self.state.model_id)
        self._show(busy=True, done=0, total=0, problem="", **self._choices())
        first = [True]
        self._cancel = self._jobs.start(
            find(self._services.learner.elsewhere(), wanted),
            self._on_ended,
            self._on_failed,
            partial(self._on_batch, first),
        )

    def _choices(self) -> dict[str, object]:
        ids, models = self._services.learner.conversations.asked_with()
        names = {hit.id: hit.name for hit in self._services.index.hits({one for one in ids if one})}
        prompts = {"": "Free prompts"} if "" in ids else {}
        prompts |= dict(sorted(((one, names.get(one, one)) for one in ids if one), key=lambda pair: pair[1].casefold()))
        return {"prompts": prompts, "models": tuple(sorted(models))}

    def _on_batch(self, first: list[bool], batch: object) -> None:
        if isinstance(batch, Batch):
            before = () if first[0] else self.state.found  # what the last search found stands there until now
            first[0] = False
            self._show(found=(*before, *batch.found), done=batch.done, total=batch.total)

    def _on_ended(self, ended: Ended) -> None:
        self._show(busy=False, unopened=ended.unopened, has_more=ended.has_more)

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(busy=False, problem=str(error))

    # -- doing something with one ------------------------------------------------------------------------------------

    def open(self, found: Found) -> None:
        """Show a conversation exactly as it was left; a single run's text goes into the free prompt."""
        try:
            if found.kind == "conversation":
                self._ask.open(found.id)
            else:
                run = self._services.learner.run(found.id)
                text = next((value for value in run.text.values.values() if value), "") if run and run.text else ""
                self._ask.use_text(text)
        except AppError as error:
            self._show(problem=str(error))
            return
        self.opened.emit()

    def rename(self, found: Found, title: str) -> None:
        """Give a conversation another title."""
        try:
            title = self._services.learner.conversations.rename(found.id, title)
        except AppError as error:
            self._show(problem=str(error))
            return
        self._ask.take_title(found.id, title)
        renamed = tuple(replace(one, title=title) if one.id == found.id else one for one in self.state.found)
        self._show(found=renamed, problem="", said="")

    def delete(self, found: Found) -> None:
        """Delete a conversation with the texts of its runs; undo brings it back until something else is deleted."""
        try:
            if self._ask.conversation_id == found.id:
                self._ask.leave()
            self._deleted = self._services.learner.conversations.delete(found.id)
            self._services.states.erase()  # what the model had read of it
        except AppError as error:
            self._show(problem=str(error))
            return
        rest = tuple(one for one in self.state.found if one.id != found.id)
        self._show(found=rest, said=f"“{found.title}” is deleted.", undoes=True, problem="")

    def undo(self) -> None:
        """Bring back what was deleted just now."""
        deleted, self._deleted = self._deleted, None
        if deleted is not None:
            try:
                self._services.learner.conversations.restore(deleted)
            except AppError as error:
                self._deleted = deleted
                self._show(problem=str(error))
                return
            self._show(said="", undoes=False)
            self.reload()

    def forget(self) -> None:
        """The records were erased: nothing can be brought back."""
        self._deleted = self._waiting = None
        self._show(found=(), said="", undoes=False, asks="", problem="")

    # -- saving as a file --------------------------------------------------------------------------------------------

    def export(self, conversation_id: str, form: ExportForm) -> None:
        """Save a conversation as a file, once the guard has read it; asks where."""
        try:
            conversation = self._services.learner.conversations.get(conversation_id)
        except AppError as error:
            self._show(problem=str(error))
            return
        name = self.state.prompts.get(conversation.prompt_id, conversation.prompt_id) if conversation.prompt_id else ""
        text = exported(conversation, form, prompt_name=name)
        path = self.choose_file(f"{_file_name(conversation.title)}.{form}")
        if path is not None:
            self._export_cancel.set()
            self._show(asks="", said="", undoes=False, problem="")
            then = partial(self._on_read, conversation_id, path, text)
            self._export_cancel = self._jobs.start(read(text), then, self._on_failed)

    def _on_read(self, conversation_id: str, path: Path, text: str, findings: tuple[Finding, ...]) -> None:
        must_check = self._services.policy.check_before_copy
        if not findings and not must_check:
            self._write(path, text)
            return
        from desktop_app.guard.summary import summary

        self._waiting = (conversation_id, path, text, findings)
        found = summary(findings) if findings else ""
        said = f"Nothing is saved yet: {found[0].lower()}{found[1:]} would leave this app." if found else ""
        self._show(asks=" ".join(filter(None, (said, CHECK if must_check else ""))), can_hide=bool(findings))

    def save_as_it_is(self) -> None:
        """Save what the guard has asked about."""
        if self._waiting is not None and self._is_checked():
            self._write(self._waiting[1], self._waiting[2])

    def save_with_placeholders(self) -> None:
        """Save with placeholders for what the guard found."""
        if self._waiting is not None and self._is_checked():
            _, path, text, findings = self._waiting
            self._write(path, hidden(text, findings))

    def _is_checked(self) -> bool:
        """True if policy does not want answers checked before they leave, or once it is recorded that the person did."""
        if self._waiting is not None and self._services.policy.check_before_copy:
            facts = {"conversation": self._waiting[0], "findings": len(self._waiting[3])}
            try:
                self._services.learner.record("answer_checked", facts)
            except AppError as error:
                self._show(problem=f"Nothing is saved, because your check could not be recorded. {error}")
                return False
        return True

    def do_not_save(self) -> None:
        """Leave it."""
        self._waiting = None
        self._show(asks="")

    def _write(self, path: Path, text: str) -> None:
        self._waiting = None
        self._show(asks="")
        self._jobs.start(write(path, text), self._on_written, self._on_failed)

    def _on_written(self, path: Path) -> None:
        self._show(said=f"Saved as {path}.", undoes=False)

    def close(self) -> None:
        """End what runs."""
        self._cancel.set()
        self._export_cancel.set()
        self._timer.stop()

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _file_name(title: str) -> str:
    """A file name made of a title."""
    words = "".join(char if char.isalnum() else " " for char in title).split()
    return "-".join(words).lower()[:50].strip("-") or "conversation"
