"""What a redact exercise shows: the black bars with undo, what they are worth, and what the guard alone would hide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.documents import Document
from desktop_app.lessons.redaction import Mark, Redaction, flat, judge, tidy, unflat
from desktop_app.records.learning import Attempt
from desktop_app.ui.jobs import Jobs, ignore

Save = Callable[[float, tuple[int, ...]], None]


@dataclass(frozen=True, slots=True)
class RedactState:
    """A redact exercise. result is None while bars can be set; guard is what the guard alone would have hidden.

    best is the best score so far, None before the first check; tries_left is None where there is no limit.
    """

    document: Document
    marks: tuple[Mark, ...] = ()
    result: Redaction | None = None
    guard: Redaction | None = None
    best: float | None = None
    tries_left: int | None = None
    can_undo: bool = False
    can_redo: bool = False
    problem: str = ""

    @property
    def may_mark(self) -> bool:
        """True while bars can be set and removed."""
        return self.result is None and self.tries_left != 0


class RedactModel(QObject):
    """One exercise for as long as the app runs, so that half-done work stays. Signals: changed(RedactState)."""

    changed = Signal(object)

    def __init__(
        self,
        document: Document,
        attempts: tuple[Attempt, ...],
        save: Save,
        jobs: Jobs,
        *,
        most_tries: int = 0,
        parent: QObject | None = None,
    ) -> None:
        """save stores one try: its score and its marks as numbers. most_tries 0 means no limit."""
        super().__init__(parent)
        self._save, self._jobs = save, jobs
        self._undo: list[tuple[Mark, ...]] = []
        self._redo: list[tuple[Mark, ...]] = []
        left = max(0, most_tries - len(attempts)) if most_tries else None
        best = max((attempt.score for attempt in attempts), default=None)
        self.state = RedactState(document, best=best, tries_left=left)
        marks = unflat(attempts[-1].chosen, document.text) if attempts else ()
        if marks or left == 0:
            self.state = replace(self.state, marks=marks, result=judge(document, marks))
            self._compare()

    # -- bars --------------------------------------------------------------------------------------------------------

    def mark(self, start: int, end: int) -> None:
        """Black out a passage; bars that touch become one."""
        self._change((*self.state.marks, (start, end)))

    def unmark(self, start: int, end: int) -> None:
        """Take away every bar that a passage touches; an empty passage touches the bar around it."""
        last = max(end, start + 1)
        self._change(tuple(mark for mark in self.state.marks if mark[1] <= start or mark[0] >= last))

    def undo(self) -> None:
        """Take the latest change of the bars back."""
        self._swap(self._undo, self._redo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._swap(self._redo, self._undo)

    def marked_text(self, mark: Mark) -> str:
        """What stands under a bar, on one line."""
        return " ".join(self.state.document.text[mark[0] : mark[1]].split())

    # -- checking ----------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Judge the bars and store the result."""
        if not self.state.may_mark:
            return
        result = judge(self.state.document, self.state.marks)
        problem = ""
        try:
            self._save(result.value, flat(result.marks))
        except AppError as error:
            problem = f"The result is shown but was not stored. {error}"
        left = None if self.state.tries_left is None else self.state.tries_left - 1
        best = max(result.value, self.state.best or 0.0)
        self._show(result=result, best=best, tries_left=left, problem=problem)
        self._compare()

    def try_again(self) -> None:
        """Go on with the same bars."""
        if self.state.result is not None and self.state.tries_left != 0:
            self._show(result=None, problem="")

    # -- inside ------------------------------------------------------------------------------------------------------

    def _change(self, marks: tuple[Mark, ...]) -> None:
        marks = tidy(marks, self.state.document.text)
        if self.state.may_mark and marks != self.state.marks:
            self._undo.append(self.state.marks)
            self._redo.clear()
            self._show(marks=marks)

    def _swap(self, source: list[tuple[Mark, ...]], target: list[tuple[Mark, ...]]) -> None:
        if self.state.may_mark and source:
            target.append(self.state.marks)
            self._show(marks=source.pop())

    def _compare(self) -> None:
        """Let the guard read the document too; in the background, since its first reading loads what it needs."""
        if self.state.guard is None:
            self._jobs.start(_guard_alone(self.state.document), self._on_guard_read, ignore)

    def _on_guard_read(self, found: Redaction) -> None:
        self._show(guard=found)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.state = replace(self.state, can_undo=bool(self._undo), can_redo=bool(self._redo))
        self.changed.emit(self.state)


def _guard_alone(document: Document) -> Job[Redaction]:
    from desktop_app.guard.scan import scan

    yield Progress(0)
    return judge(document, ((found.start, found.end) for found in scan(document.text)))
