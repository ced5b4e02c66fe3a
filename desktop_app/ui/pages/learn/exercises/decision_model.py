"""A decision exercise: the option, the reason in the learner's own words, and what they find in it afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.lessons.decisions import decision_value, words_missing
from desktop_app.lessons.lesson import Choice, Decision
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Attempt
from desktop_app.ui.timers import single_shot

Attempts = Callable[[], tuple[Attempt, ...]]
Save = Callable[[float, tuple[int, ...]], None]
_DRAFT_PAUSE_MS = 800
_NOT_STORED = "Your reason was not stored."


@dataclass(frozen=True, slots=True)
class DecisionState:
    """What the exercise shows. phase is "open" while the decision can be taken, "taken" afterwards.

    ticks has one flag per point; best is the best score so far, None before the first decision; tries_left is None where
    there is no limit; unkept says why the reason is not stored, "" if it is.
    """

    decision: Decision
    phase: str = "open"
    chosen: int | None = None
    reason: str = ""
    ticks: tuple[bool, ...] = ()
    best: float | None = None
    tries_left: int | None = None
    unkept: str = ""
    problem: str = ""

    @property
    def words_missing(self) -> int:
        """How many more words the reason needs."""
        return words_missing(self.reason)

    @property
    def option(self) -> Choice | None:
        """The chosen option."""
        return None if self.chosen is None else self.decision.options[self.chosen]

    @property
    def can_take(self) -> bool:
        """True once an option is chosen and the reason is long enough."""
        return self.phase == "open" and self.chosen is not None and not self.words_missing and self.tries_left != 0


class DecisionModel(QObject):
    """One exercise while its step is open.

    The score is stored like that of any exercise; the reason is what somebody typed, so it is kept where half-typed texts
    are: sealed, or in memory alone while the keyring is closed. Signals: changed(DecisionState); taken(), after each decision.
    """

    changed = Signal(object)
    taken = Signal()

    def __init__(
        self, learner: LearnerRepository, key: str, decision: Decision, attempts: Attempts, save: Save,
        *, most_tries: int = 0, parent: QObject | None = None,
    ) -> None:  # fmt: skip
        """key is the draft's; attempts reads the stored decisions, oldest first; save stores one. most_tries 0 means no limit."""
        super().__init__(parent)
        self._learner, self._key, self._attempts, self._save, self._most_tries = (
            learner,
            key,
            attempts,
            save,
            most_tries,
        )
        self._touched = False
        self._draft_timer = single_shot(self, _DRAFT_PAUSE_MS, self.save_draft)
        self.state = DecisionState(decision, ticks=(False,) * len(decision.points))
        self._restore()

    # -- deciding ----------------------------------------------------------------------------------------------------

    def choose(self, at: int) -> None:
        """Pick an option."""
        if self.state.phase == "open" and self.state.tries_left != 0 and at != self.state.chosen:
            self._change(chosen=at)

    def write(self, reason: str) -> None:
        """Take what was typed as the reason."""
        if self.state.phase == "open" and reason != self.state.reason:
            self._change(reason=reason)

    def take(self) -> None:
        """Take the decision: score it and store it."""
        state = self.state
        if not state.can_take or state.chosen is None:
            return
        value, problem = decision_value(state.decision, state.chosen), ""
        try:
            self._save(value, (state.chosen,))
        except AppError as error:
            problem = f"The result is shown but was not stored. {error}"
        left = None if state.tries_left is None else state.tries_left - 1
        best = max(value, state.best or 0.0)
        ticks = (False,) * len(state.decision.points)
        self._change(phase="taken", ticks=ticks, best=best, tries_left=left, problem=problem)
        self.save_draft()
        self.taken.emit()

    def tick(self, point: int, says: bool) -> None:
        """Note whether the reason says a point."""
        if self.state.phase == "taken" and self.state.ticks[point] != says:
            ticks = list(self.state.ticks)
            ticks[point] = says
            self._change(ticks=tuple(ticks))

    def decide_again(self) -> None:
        """Open the decision for another try, with the same reason to improve on."""
        if self.state.phase == "taken" and self.state.tries_left != 0:
            self._change(phase="open", problem="")

    # -- coming back and leaving -------------------------------------------------------------------------------------

    def _restore(self) -> None:
        """The latest decision, and the reason as it was left."""
        attempts, options, points = self._attempts(), self.state.decision.options, self.state.decision.points
        left = max(0, self._most_tries - len(attempts)) if self._most_tries else None
        best = max((attempt.score for attempt in attempts), default=None)
        last = attempts[-1].chosen if attempts else ()
        chosen = last[0] if len(last) == 1 and 0 <= last[0] < len(options) else None
        self.state = replace(
            self.state, phase="taken" if chosen is not None else "open", chosen=chosen, best=best, tries_left=left, unkept=self._unkept()
        )  # fmt: skip
        kept = _read(self._learner.draft(self._key))
        if not kept:
            return
        reason, ticks, picked = kept.get("reason"), kept.get("ticks"), kept.get("chosen")
        self.state = replace(self.state, reason=reason if isinstance(reason, str) else "")
        if isinstance(ticks, list) and len(ticks) == len(points):
            self.state = replace(self.state, ticks=tuple(map(bool, ticks)))
        if kept.get("phase") == "open" and left != 0:  # another try was begun
            is_option = isinstance(picked, int) and 0 <= picked < len(options)
            self.state = replace(self.state, phase="open", chosen=picked if is_option else None)

    def reload_draft(self) -> None:
        """Bring back the reason once the keyring is open; what was typed meanwhile wins."""
        if self._touched:
            self._show(unkept=self._unkept())
            self.save_draft()
        else:
            self._restore()
            self._show()

    def save_draft(self) -> None:
        """Keep the reason and the ticks (sealed)."""
        self._draft_timer.stop()
        if not self._touched:
            return  # nothing was done here; what an earlier session left may be sealed still
        self._touched = False
        state = self.state
        kept = {"phase": state.phase, "chosen": state.chosen, "reason": state.reason, "ticks": state.ticks}
        try:
            self._learner.save_draft(self._key, json.dumps(kept) if state.reason or any(state.ticks) else "")
        except AppError as error:
            self._touched = True
            self._show(problem=f"{_NOT_STORED} {error}")
            return
        if self.state.problem.startswith(_NOT_STORED):
            self._show(problem="")

    def close(self) -> None:
        """Keep what is half-typed."""
        self.save_draft()

    def drop(self) -> None:
        """Keep nothing: the records were erased."""
        self._touched = False
        self._draft_timer.stop()

    def retire(self) -> None:
        """Keep what is half-typed, then be gone."""
        self.blockSignals(True)  # the widgets it spoke to are gone
        self.save_draft()
        self.deleteLater()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _unkept(self) -> str:
        learner = self._learner
        return learner.vault.reason if learner.keyring_asked and not learner.vault.is_open else ""

    def _change(self, **changes: object) -> None:
        self._touched = True
        self._draft_timer.start()
        self._show(**changes)

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _read(text: str) -> dict[str, object]:
    try:
        kept = json.loads(text) if text else {}
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}
