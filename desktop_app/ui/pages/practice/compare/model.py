"""Comparing: runs what was set up, keeps each answer as it comes, votes, exports, and what was compared before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Event
from time import monotonic

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.guard.finding import Finding
from desktop_app.guard.summary import summary
from desktop_app.jobs import Job, Progress, finish
from desktop_app.practice.compare.comparison import Cell, Column, Comparison, Plan
from desktop_app.practice.compare.export import export_text, guard_export
from desktop_app.practice.compare.keeping import begin, keep, keep_vote, reopening
from desktop_app.practice.compare.planning import FindModel, Side, make_plan, sides_again, sides_of
from desktop_app.practice.compare.running import Answers, Begun, Writing, run_cells
from desktop_app.practice.compare.table import guard_rows
from desktop_app.prompts.render import check_value
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically
from desktop_app.ui.answer_copy import CHECK, AnswerCopy
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.compare.setup_model import SetupModel
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.test_run import RunProgress
from desktop_app.ui.timers import single_shot

_STOPPED = "Stopped. What was done is kept; Go on makes the rest."
_FIRST_GUESS_S = 2.0
_AT_ONCE_ROWS = 100


class CompareModel(SetupModel):
    """Signals: changed(CompareState); wrote(int, int, str, bool), a row, a column, text of its answer and whether it begins.

    Pieces of a blind comparison are not sent: which answer takes long would tell.
    """

    wrote = Signal(int, int, str, bool)

    def __init__(self, services: Services, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(services, sandbox, jobs, parent)
        self._cancel, self._exporting = Event(), Event()
        self._known: Answers = {}
        self._began, self._made, self._left = 0.0, 0, 0
        self._pending: tuple[Path, str] | None = None
        self._opening: Job[Comparison] | None = None
        self.copying = AnswerCopy(services, self)
        self._open_timer = single_shot(self, 0, self._open_step)
        self.reload_draft()

    # -- running -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Check what goes in, then compare; says what does not fit, beside its field where it is one."""
        state = self.state
        if not state.can_run:
            return
        values = {item.name: self.values.get(item.name, "") for item in state.inputs}
        if not state.as_table:
            problems = {
                item.name: said
                for item in state.inputs
                if (said := check_value(item, values[item.name] or item.default))
            }
            if problems:
                self._show(field_problems=problems)
                return
        rows = state.table.rows if state.as_table and state.table else [values]
        source = state.table.name if state.as_table and state.table else ""
        self._opening = None  # its answers must not come into another comparison
        self._show(problem="", failed="", said="", progress=RunProgress(note="Checking the input"))
        job = _prepare(self._services, state.columns, rows, blind=state.blind, source=source)
        self._cancel = self._jobs.start(job, self._on_prepared, self._on_not_prepared)

    def go_on(self) -> None:
        """Make what is missing of the comparison that is shown, and what failed."""
        if self.state.comparison is None or self.state.progress is not None:
            return
        self._opening = None
        self._show(failed="", said="", progress=RunProgress(note="Looking up the prompts"))
        job = _again(self._services, self.state.comparison.plan)
        self._cancel = self._jobs.start(job, self._start, self._on_run_failed)

    def stop(self) -> None:
        """Stop at the next token; what was done is kept."""
        if self.state.progress is None:
            return
        self._cancel.set()
        self._show(progress=None, writing=None, said=_STOPPED if self.state.page == "results" else "")
        self.reload_history()

    def _on_prepared(self, prepared: tuple[Plan, tuple[Side, ...], tuple[Finding, ...]]) -> None:
        plan, sides, findings = prepared
        try:
            comparison = begin(self._services.learner.comparisons, plan, findings)
        except AppError as error:
            self._show(progress=None, problem=str(error))
            return
        found = f"The guard found in the input: {summary(findings)}." if findings else ""
        self._show(
            comparison=comparison, row=0, which="all", revealed=False, page="results", undo="", asks="", said=found
        )
        self._start(sides)

    def _on_not_prepared(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(progress=None, problem=str(error))

    def _start(self, sides: tuple[Side, ...]) -> None:
        comparison = self.state.comparison
        assert comparison is not None
        self._began, self._made = monotonic(), 0
        self._left = comparison.plan.places - comparison.done
        self._show(progress=RunProgress(comparison.done, comparison.plan.places))
        job = run_cells(comparison.plan, sides, self._services.model, there=dict(comparison.cells), known=self._known)
        self._cancel = self._jobs.start(job, self._on_ended, self._on_run_failed, self._on_step)

    def _on_step(self, step: object) -> None:
        match step:
            case Cell():
                self._on_cell(step)
            case Begun():
                self._show(writing=(step.row, step.column))
            case Writing():
                if self.state.comparison and not self.state.comparison.plan.blind:
                    self.wrote.emit(step.row, step.column, step.text, step.started)
            case Progress(total=total) if total and self.state.progress:
                self._show(progress=RunProgress(step.done, total, step.note, self._left_s()))

    def _on_cell(self, cell: Cell) -> None:
        comparison = self.state.comparison
        assert comparison is not None
        self._left -= 1
        self._made += not cell.kept
        try:
            comparison = keep(self._services.learner.comparisons, comparison, cell)
        except AppError as error:  # a full disk: nothing more is made than can be kept
            self._cancel.set()
            self._show(progress=None, writing=None, failed=str(error))
            return
        self._show(comparison=comparison, writing=None)

    def _left_s(self) -> float | None:
        spent = monotonic() - self._began
        return self._left * spent / self._made if self._made and spent > _FIRST_GUESS_S else None

    def _on_ended(self, _: int) -> None:
        comparison = self.state.comparison
        failed = (
            f"{comparison.failed} of the answers failed; each says why." if comparison and comparison.failed else ""
        )
        self._show(progress=None, writing=None, failed=failed)
        self.reload_history()

    def _on_run_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(progress=None, writing=None, failed=str(error))

    # -- looking and voting ------------------------------------------------------------------------------------------

    def back(self) -> None:
        """Return to what goes in; a run goes on."""
        self.reload_history()
        self._show(page="setup", said="", undo="")

    def show_results(self) -> None:
        """Look at the comparison again."""
        if self.state.comparison is not None:
            self._show(page="results", said="", undo="")

    def show_row(self, row: int) -> None:
        """Show a row's answers."""
        if self.state.comparison and 0 <= row < len(self.state.comparison.plan.rows) and row != self.state.row:
            self._show(row=row)

    def set_filter(self, which: str) -> None:
        """Show only the rows of FILTERS."""
        self._show(which=which)
        rows = self.state.rows_shown
        if rows and self.state.row not in rows:
            self._show(row=rows[0])

    def vote(self, place: int) -> None:
        """Vote for what stands at a place of the row (from 0), or for NO_DIFFERENCE or ALL_BAD; the same again takes it back."""
        state = self.state
        if state.comparison is None or not state.comparison.is_row_whole(state.row) or place >= len(state.order):
            return
        choice = state.order[place] if place >= 0 else place
        vote = state.comparison.votes.get(state.row)
        taken_back = vote is not None and vote.choice == choice
        try:
            comparison = keep_vote(
                self._services.learner.comparisons, state.comparison, state.row, None if taken_back else choice,
                seen=state.is_named(state.row),
            )  # fmt: skip
        except AppError as error:
            self._show(failed=str(error))
            return
        self._show(comparison=comparison)
        if not taken_back and vote is None:
            self._next_row()

    def _next_row(self) -> None:
        """Go to the next row without a vote, in a table."""
        assert self.state.comparison is not None
        shown = self.state.comparison
        rest = [row for row in range(self.state.row + 1, len(shown.plan.rows)) if row not in shown.votes]
        if rest and shown.is_row_whole(rest[0]):
            self._show(row=rest[0])

    def reveal(self) -> None:
        """Show the names; votes from now on count as given with them in view."""
        self._show(revealed=True)

    # -- what was compared before ------------------------------------------------------------------------------------

    def open(self, comparison_id: str) -> None:
        """Show a comparison as it was; a large one is read step by step, so that the window stays alive."""
        if self.state.progress is not None:
            self._show(problem="A comparison is running. Stop it first, then open another.")
            return
        self._opening = reopening(self._services.learner.comparisons, comparison_id)
        self._open_step()

    def _open_step(self) -> None:
        if self._opening is None:
            return
        try:
            step = next(self._opening)
        except StopIteration as end:
            self._opening = None
            self._opened(end.value)
        except AppError as error:
            self._opening = None
            self._show(problem=str(error))
        else:
            assert isinstance(step, Progress)
            if step.total and step.total > _AT_ONCE_ROWS:
                self._show(problem=f"Opening: {step.done:,} of {step.total:,} rows.")
                self._open_timer.start()
            else:
                self._open_step()

    def _opened(self, comparison: Comparison) -> None:
        seen = any(vote.seen for vote in comparison.votes.values())
        self._show(
            comparison=comparison, row=0, which="all", revealed=seen, page="results", problem="", said="", failed="",
            undo="", asks="",
        )  # fmt: skip

    def take_up(self) -> None:
        """Set up the columns and the input of the comparison that is shown, to change and run them again."""
        shown = self.state.comparison
        if shown is not None:
            self.values = dict(shown.plan.rows[0])
            self._show(page="setup", as_table=False)
            self._take(tuple(shown.plan.columns), 0)

    def delete(self, comparison_id: str) -> None:
        """Take a comparison out of the list; restore brings it back."""
        if self.state.progress is not None and self.state.comparison and self.state.comparison.id == comparison_id:
            self.stop()
        self._services.learner.comparisons.delete(comparison_id)
        gone = self.state.comparison is not None and self.state.comparison.id == comparison_id
        if gone:
            self._show(comparison=None, page="setup")
        self._show(said="The comparison is deleted.", undo=comparison_id)
        self.reload_history()

    def restore(self) -> None:
        """Bring back what was deleted last."""
        if self.state.undo:
            self._services.learner.comparisons.restore(self.state.undo)
            self._show(said="", undo="")
            self.reload_history()

    # -- out ---------------------------------------------------------------------------------------------------------

    def export(self, file: Path) -> None:
        """Write the comparison to a file once the guard has read it; what it finds is asked about first."""
        comparison = self.state.comparison
        if comparison is None:
            return
        self._pending = (file, comparison.id)
        self._show(said="", failed="", asks="", revealed=True)  # the file names the columns
        self._exporting = self._jobs.start(guard_export(comparison), self._on_read_for_export, self._on_export_failed)

    def copy(self, text: str) -> None:
        """Copy an answer once it was looked through; where policy wants that, the person is asked first."""
        shown = self.state.comparison
        if shown is not None:
            self.copying.copy(text, given="\n".join(shown.plan.rows[self.state.row].values()))

    def export_anyway(self) -> None:
        """Write it with what the guard found; where policy wants answers checked, that the person did is recorded."""
        shown = self.state.comparison
        if self._pending is None or shown is None or shown.id != self._pending[1]:
            return
        file = self._pending[0]
        self._pending = None
        try:
            if self._services.policy.check_before_copy:
                self._services.learner.record("answer_checked", {"comparison": shown.id, "answers": shown.done})
            text = export_text(shown, file.suffix, self.state.titles)
            write_atomically(file, text.encode("utf-8", "replace"), mode=0o600)
        except AppError as error:
            self._show(asks="", failed=str(error))
            return
        self._show(asks="", said=f"{file.name} is written.")

    def _on_read_for_export(self, findings: Sequence[Finding]) -> None:
        found = f"{summary(findings)} would be in the file. Whoever gets it can read that." if findings else ""
        if not found and not self._services.policy.check_before_copy:
            self.export_anyway()
            return
        check = CHECK if self._services.policy.check_before_copy else ""
        self._show(asks=" ".join(filter(None, (found, check))))

    def _on_export_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(failed=str(error))

    def close(self) -> None:
        """Keep what is set up, end what runs, delete for good what was deleted."""
        if self._is_touched:
            self.save_draft()
        self._draft_timer.stop()
        self._opening = None
        for event in (self._cancel, self._exporting, self._reading, self._listing):
            event.set()
        with suppress(AppError):  # the next time does it
            self._services.learner.comparisons.purge()

    def forget(self) -> None:
        """Begin with nothing: the records were erased."""
        self._cancel.set()
        self._known.clear()
        self.values = {}
        self._show(
            comparison=None,
            page="setup",
            progress=None,
            writing=None,
            history=(),
            said="",
            undo="",
            table=None,
            table_file=None,
        )
        self._is_touched = False
        self.reload_draft()


def _find(services: Services) -> FindModel:
    def find(model_id: str) -> ModelFile:
        used = services.model.model
        return used if model_id in ("", used.id) else finish(services.models.look(model_id))

    return find


def _prepare(
    services: Services, columns: Sequence[Column], rows: Sequence[Mapping[str, str]], *, blind: bool, source: str
) -> Job[tuple[Plan, tuple[Side, ...], tuple[Finding, ...]]]:
    yield Progress(0, None, "Checking the input")
    sides = sides_of(columns, services.prompts, _find(services))
    plan = make_plan(sides, rows, blind=blind, source=source)
    findings, _ = yield from guard_rows(plan.rows)
    return plan, sides, findings


def _again(services: Services, plan: Plan) -> Job[tuple[Side, ...]]:
    yield Progress(0, None, "Looking up the prompts")
    return sides_again(plan, services.prompts, _find(services))
