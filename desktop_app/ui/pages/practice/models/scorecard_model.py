"""The scorecards of the model that is shown: reading them, measuring, choosing what stands beside, looking at tasks."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from time import monotonic

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.practice.scorecard.behind import Outcome, behind, has_tasks
from desktop_app.practice.scorecard.cards import cards
from desktop_app.practice.scorecard.fit import USES
from desktop_app.practice.scorecard.report import EXPORTS, as_csv, compared_as_markdown
from desktop_app.practice.scorecard.running import Extent, make_card
from desktop_app.practice.scorecard.scorecard import Scorecard
from desktop_app.practice.scorecard.tasks import TaskSet, read_sets
from desktop_app.practice.scorecard.words import Change, changes
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.test_run import RunProgress

_SETTING = "scorecard_use"  # in the window's settings
_EVERY_S, _WINDOW_S, _KNOWS_S = 0.2, 30.0, 5.0


@dataclass(frozen=True, slots=True)
class ScorecardState:
    """model is the one shown; cards are its own and others those of other models, newest first. shown is the card that is
    looked at and beside the one it is compared with. opened is the standard whose figures are listed, figure the one whose
    tasks are shown, task the one of those that is open. measuring is the model that is being measured.
    """

    model: ModelFile | None = None
    cards: tuple[Scorecard, ...] = ()
    others: tuple[Scorecard, ...] = ()
    shown: Scorecard | None = None
    beside: Scorecard | None = None
    sets: tuple[TaskSet, ...] = ()
    opened: str = "effectiveness"
    use: str = USES[0].id
    figure: str = ""
    task: tuple[str, str, str] | None = None
    measuring: ModelFile | None = None
    progress: RunProgress | None = None
    is_loaded: bool = False
    failed: str = ""
    said: str = ""

    @property
    def changes(self) -> dict[str, Change]:
        """What differs between the two cards, by figure."""
        if self.shown is None or self.beside is None:
            return {}
        return {each.one.id: each for each in changes(self.shown, self.beside)}

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """The tasks of the figure that is looked at, those that count against it first."""
        if self.shown is None or not self.figure:
            return ()
        return tuple(sorted(behind(self.shown, self.figure), key=lambda each: each.all_held))

    def outcome_beside(self, outcome: Outcome) -> Outcome | None:
        """The same task on the card beside, if its set was the same."""
        if self.shown is None or self.beside is None or dict(self.shown.sets) != dict(self.beside.sets):
            return None
        key = (outcome.set_id, outcome.task_id, outcome.form)
        return next((each for each in behind(self.beside, self.figure) if _key(each) == key), None)

    def task_set(self, set_id: str) -> TaskSet | None:
        """The set with this id, if it is still the one that the card was made with."""
        made_with = dict(self.shown.sets).get(set_id) if self.shown else None
        return next((each for each in self.sets if each.id == set_id and each.sha256 == made_with), None)


class ScorecardModel(QObject):
    """Signals: changed(ScorecardState)."""

    changed = Signal(object)

    def __init__(self, services: Services, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._jobs = services, jobs
        self._reading, self._running = Event(), Event()
        self._past: deque[tuple[float, int]] = deque()
        kept = services.settings.value.window.get(_SETTING)
        use = kept if any(use.id == kept for use in USES) else USES[0].id
        self.state = ScorecardState(use=str(use))

    def show_model(self, model: ModelFile) -> None:
        """Show this model's newest card; what is being measured goes on."""
        state = self.state
        if state.model is not None and (model.id, model.sha256) == (state.model.id, state.model.sha256):
            self._show(model=model)  # its place or memory may be other ones; its cards are not
            return
        self.state = ScorecardState(
            use=state.use, opened=state.opened, measuring=state.measuring, progress=state.progress
        )
        self._show(model=model)
        self.reload()

    def reload(self) -> None:
        """Read the cards again: a command may have made one."""
        if self.state.model is not None:
            self._reading.set()
            self._reading = self._jobs.start(_read(self._services), self._on_read, self._on_unread)

    def choose(self, card: Scorecard) -> None:
        """Look at this card of the model."""
        beside = None if card == self.state.beside else self.state.beside
        self._show(shown=card, beside=beside, figure="", task=None)

    def compare(self, card: Scorecard | None) -> None:
        """Set this card beside the one that is looked at, None for none."""
        self._show(beside=card)

    def open_standard(self, standard: str) -> None:
        """List the figures of a standard; the one that is open closes."""
        self._show(opened="" if standard == self.state.opened else standard)

    def set_use(self, use: str) -> None:
        """What the model is wanted for."""
        self._show(use=use)
        settings = self._services.settings
        try:
            settings.change(window={**settings.value.window, _SETTING: use})
        except AppError as error:
            self._show(failed=str(error))

    def show_tasks(self, measure_id: str) -> None:
        """Show the tasks behind a figure, the first of them open."""
        if has_tasks(measure_id):
            self._show(figure=measure_id, task=None)
            first = next(iter(self.state.outcomes), None)
            self._show(task=_key(first) if first else None)

    def open_task(self, outcome: Outcome) -> None:
        """Show what was asked and answered; the task that is open closes."""
        key = _key(outcome)
        self._show(task=None if key == self.state.task else key)

    def back(self) -> bool:
        """Leave the tasks for the figures; False if they were not shown."""
        was_shown = bool(self.state.figure)
        if was_shown:
            self._show(figure="", task=None)
        return was_shown

    def measure(self, *, quick: bool = False) -> None:
        """Measure the model that is shown, in a process of its own."""
        state = self.state
        if state.model is None or state.measuring is not None:
            return
        self._past = deque([(monotonic(), 0)])
        self._show(measuring=state.model, progress=RunProgress(), failed="", said="")
        extent = Extent.short() if quick else Extent.full()
        job = _calmly(make_card(state.model, self._services.locations, extent))
        self._running = self._jobs.start(job, self._on_measured, self._on_failed, self._on_progress)

    def stop(self) -> None:
        """Stop measuring; answers made so far are kept."""
        if self.state.measuring is not None:
            self._running.set()
            said = "Stopped. The answers made so far are kept: measuring again goes on from there."
            self._show(measuring=None, progress=None, said=said)

    def export(self, path: Path, form: str) -> None:
        """Write the card, or both that are compared, to a file in one of EXPORTS."""
        state = self.state
        if state.shown is None:
            return
        text = EXPORTS[form][1](state.shown)
        if state.beside is not None and form != "json":
            both = compared_as_markdown(state.shown, state.beside)
            text = as_csv([state.shown, state.beside]) if form == "csv" else both
        try:
            write_atomically(path, text.encode(), mode=0o644)
        except AppError as error:
            self._show(failed=str(error), said="")
            return
        self._show(said=f"{path.name} is written.", failed="")

    def close(self) -> None:
        """End what runs."""
        self._reading.set()
        self._running.set()

    # -- what happened -----------------------------------------------------------------------------------------------

    def _on_read(self, found: tuple[tuple[TaskSet, ...], tuple[Scorecard, ...]]) -> None:
        sets, every = found
        state = self.state
        if state.model is None:
            return
        own = tuple(card for card in every if card.model_sha256 == state.model.sha256)
        others = tuple(card for card in every if card.model_sha256 != state.model.sha256)
        # a full card says more than a short one made after it; the sort keeps the newest first
        shown = state.shown if state.shown in own else next(iter(sorted(own, key=lambda card: card.quick)), None)
        beside = state.beside if state.beside in every else None
        self._show(sets=sets, cards=own, others=others, shown=shown, beside=beside, is_loaded=True)

    def _on_unread(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._show(failed=str(error), is_loaded=True)

    def _on_progress(self, step: object) -> None:
        if isinstance(step, Progress) and self.state.measuring is not None:
            left_s = self._left_s(step.done, step.total or 0) if step.total else None
            self._show(progress=RunProgress(step.done, step.total or 0, step.note, left_s))

    def _left_s(self, done: int, total: int) -> float | None:
        """How long it still takes at the pace of the last half minute, None while nobody knows."""
        now = monotonic()
        self._past.append((now, done))
        while now - self._past[0][0] > _WINDOW_S:
            self._past.popleft()
        then, before = self._past[0]
        return (total - done) * (now - then) / (done - before) if done > before and now - then > _KNOWS_S else None

    def _on_measured(self, card: Scorecard) -> None:
        measured, state = self.state.measuring, self.state
        self._show(measuring=None, progress=None, said=f"{card.model_name} is measured.")
        if measured is not None and state.model is not None and measured.id == state.model.id:
            self._show(shown=card, cards=(card, *state.cards), figure="", task=None)
        self.reload()

    def _on_failed(self, error: Exception) -> None:
        self._show(measuring=None, progress=None)
        if not isinstance(error, AppError):
            raise error
        self._show(failed=str(error))

    def _show(self, **fields: object) -> None:
        self.state = replace(self.state, **fields)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _read(services: Services) -> Job[tuple[tuple[TaskSet, ...], tuple[Scorecard, ...]]]:
    yield Progress(0, None, "Reading scorecards")
    return read_sets(services.locations.resources), cards(services.locations)


def _calmly(job: Job[Scorecard]) -> Job[Scorecard]:
    """The job, telling how far it is a few times a second only."""
    told = 0.0
    try:
        while True:
            step = next(job)
            if isinstance(step, Progress) and monotonic() - told > _EVERY_S:
                told = monotonic()
                yield step
    except StopIteration as end:
        return end.value
    finally:
        job.close()


def _key(outcome: Outcome) -> tuple[str, str, str]:
    return outcome.set_id, outcome.task_id, outcome.form
