"""A claims exercise: an answer claim by claim, the learner's verdicts, and what they are worth; shipped or live."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.lessons.claims import ClaimsScore, Key, live_keys, score_claims, shipped_keys
from desktop_app.lessons.lesson import Claims
from desktop_app.prompts.run import RunRequest, from_prompt, new_seed, record, run
from desktop_app.records.learning import Attempt, Run
from desktop_app.sandbox.client import Answer, Piece
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.run_model import FRAME_MS
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.timers import single_shot

Attempts = Callable[[str], tuple[Attempt, ...]]
Save = Callable[[str, float, tuple[int, ...], str], None]
_LAST = ".!?…\"'”“’»)"


@dataclass(frozen=True, slots=True)
class ClaimsState:
    """What the exercise shows. phase is "ready" (for one with live answers only, before the first), "running", "open"
    while verdicts can be given, or "checked".

    text is the answer, keys its claims; verdicts has True (supported), False or None for each; current is the selected
    claim. seed is that of a live answer, None for the shipped one. tries_left is None where there is no limit.
    """

    claims: Claims
    source_title: str
    source: str
    phase: str = "open"
    text: str = ""
    keys: tuple[Key, ...] = ()
    verdicts: tuple[bool | None, ...] = ()
    current: int = 0
    result: ClaimsScore | None = None
    seed: int | None = None
    note: str = ""
    problem: str = ""
    tries_left: int | None = None
    sandbox: SandboxState = SandboxState()

    @property
    def can_check(self) -> bool:
        """True once every claim has a verdict."""
        return self.phase == "open" and bool(self.verdicts) and None not in self.verdicts

    @property
    def is_live(self) -> bool:
        """True if the answer was made here."""
        return self.seed is not None

    @property
    def counts(self) -> bool:
        """True if checking this answer counts towards the lesson: the shipped one, or any where none is shipped."""
        return self.tries_left != 0 and (not self.is_live or not self.claims.output)

    @property
    def can_run(self) -> bool:
        """True if a live answer can be made now."""
        return bool(self.claims.prompt) and self.phase != "running" and self.sandbox.phase == "ready"


class ClaimsModel(QObject):
    """One claims exercise.

    Signals: changed(ClaimsState), after every change; piece(str), text that joined a live answer; recorded(Run), when one was
    stored; checked(), after a result.
    """

    changed = Signal(object)
    piece = Signal(str)
    recorded = Signal(object)
    checked = Signal()

    def __init__(
        self,
        services: Services,
        sandbox: SandboxModel,
        jobs: Jobs,
        attempts: Attempts,
        save: Save,
        parent: QObject | None = None,
    ) -> None:
        """attempts reads the stored tries under an id, oldest first; save stores one: id, score, verdicts, id of the run."""
        super().__init__(parent)
        self._services, self._sandbox, self._jobs = services, sandbox, jobs
        self._attempts, self._save = attempts, save
        self._lesson_id, self._run_id, self._retired, self._buffer = "", "", False, ""
        self._request: RunRequest | None = None
        self._cancel = Event()
        self._frame = single_shot(self, FRAME_MS, self._flush)

    def use(self, lesson_id: str, claims: Claims, *, most_tries: int = 0) -> None:
        """Show an exercise with the latest verdicts; raises AppError if its document or prompt is not there.

        most_tries 0 means no limit.
        """
        self._lesson_id = lesson_id
        title, source = "Source", claims.source
        if claims.document:
            document = self._services.documents.get(claims.document)
            title, source = document.title, document.text
        if claims.prompt:
            self._services.prompts.resolve(claims.prompt)
        tries = len(self._attempts(claims.id))
        left = max(0, most_tries - tries) if most_tries else None
        self.state = ClaimsState(claims, title, source, tries_left=left, sandbox=self._sandbox.state)
        self._open_shipped()
        self._restore()
        self._sandbox.changed.connect(self._on_sandbox_changed)

    # -- judging -----------------------------------------------------------------------------------------------------

    def select(self, at: int) -> None:
        """Turn to a claim; one outside the list is the first or last."""
        if self.state.keys:
            self._show(current=min(max(at, 0), len(self.state.keys) - 1))

    def judge(self, at: int, supported: bool) -> None:
        """Say whether the source bears a claim; it can be changed until it is checked."""
        if self.state.phase == "open" and 0 <= at < len(self.state.verdicts):
            verdicts = list(self.state.verdicts)
            verdicts[at] = supported
            self._show(verdicts=tuple(verdicts), current=at)

    def judge_and_go_on(self, supported: bool) -> None:
        """Judge the selected claim and turn to the next one that has no verdict, if there is one after it."""
        at = self.state.current
        self.judge(at, supported)
        following = [number for number, said in enumerate(self.state.verdicts) if said is None and number > at]
        if self.state.phase == "open" and following:
            self.select(following[0])

    def check(self) -> None:
        """Compare the verdicts with the key, and store them if they count."""
        if not self.state.can_check:
            return
        verdicts = tuple(bool(verdict) for verdict in self.state.verdicts)
        result = score_claims(self.state.keys, verdicts)
        problem, counts = "", self.state.counts
        try:
            if result.scored and (counts or self.state.is_live):
                exercise_id = self.state.claims.id if counts else _live_id(self.state.claims)
                self._save(exercise_id, result.value, tuple(map(int, verdicts)), self._run_id)
        except AppError as error:
            problem = f"The result is shown but was not stored. {error}"
        left = self.state.tries_left
        if left and counts and result.scored:
            left -= 1
        first = (*result.believed, *result.distrusted, 0)[0]
        self._show(phase="checked", result=result, current=first, problem=problem, tries_left=left)
        self.checked.emit()

    def try_again(self) -> None:
        """Judge the same answer afresh."""
        if self.state.phase == "checked":
            self._show(phase="open", result=None, verdicts=(None,) * len(self.state.keys), current=0, problem="")

    def show_shipped(self) -> None:
        """Go back to the answer that came with the lesson."""
        self._open_shipped()
        self._show()

    def _open_shipped(self) -> None:
        claims = self.state.claims
        keys = shipped_keys(claims, self.state.source)
        self._run_id = ""
        self.state = replace(
            self.state, phase="open" if claims.output else "ready", text=claims.output, keys=keys,
            verdicts=(None,) * len(keys), current=0, result=None, seed=None, note="", problem="",
        )  # fmt: skip

    # -- a live answer -----------------------------------------------------------------------------------------------

    def run_live(self) -> None:
        """Let the model answer here: with the exercise's seed if there is no answer yet, else with a new one."""
        if not self.state.can_run:
            return
        claims = self.state.claims
        seed = claims.seed if self.state.phase == "ready" else new_seed()
        try:
            version = self._services.prompts.usable(claims.prompt)
            request = from_prompt(version, claims.values, seed=seed, max_tokens=claims.max_tokens)
        except AppError as error:
            self._show(problem=str(error))
            return
        request = self._request = replace(request, lesson_id=self._lesson_id, practice_id=claims.id)
        self._run_id, self._buffer = "", ""
        self._show(
            phase="running", text="", keys=(), verdicts=(), current=0, result=None, seed=seed, problem="",
            note="The model reads the prompt",
        )  # fmt: skip
        self._cancel = self._jobs.start(
            run(self._sandbox.client, request),
            lambda answer: self._on_answered(request, answer),
            self._on_failed,
            self._on_piece,
        )

    def stop(self) -> None:
        """Stop the live answer at the next token."""
        if self.state.phase == "running":
            self._sandbox.client.cancel()
            self._show(note="Stopping")

    def _on_piece(self, piece: object) -> None:
        if isinstance(piece, Piece):
            self._buffer += piece.text
            if not self._frame.isActive():
                self._frame.start()

    def _flush(self) -> None:
        text, self._buffer = self._buffer, ""
        if text and self.state.phase == "running":
            self.state = replace(self.state, text=self.state.text + text, note="The model writes")
            self.piece.emit(text)

    def _on_answered(self, request: RunRequest, answer: Answer) -> None:
        self._flush()
        stored: Run | None = record(request, answer, model_id=self._sandbox.client.model.id)
        problem = answer.problem if answer.stop_reason == "died" else ""
        try:
            stored = self._services.learner.save_run(stored)
        except AppError as error:
            stored, problem = None, f"The answer is here but was not recorded. {error}"
        self._run_id = stored.id if stored else ""
        keys = self._keys_of(answer.text, answer.stop_reason)
        if not keys and not problem:
            problem = "This answer states nothing that could be checked. Run it again: another seed, another answer."
        self._show(
            phase="open" if keys else "ready", text=answer.text, keys=keys, verdicts=(None,) * len(keys), note="", problem=problem
        )  # fmt: skip
        if stored is not None:
            self.recorded.emit(stored)
        if answer.stop_reason == "died":
            self._sandbox.start()
        self._leave()

    def _keys_of(self, text: str, stop_reason: str) -> tuple[Key, ...]:
        """The claims of a live answer; a last one that was cut off states nothing yet."""
        keys = live_keys(self.state.claims, text, self.state.source)
        if keys and stop_reason != "end" and keys[-1].claim.text[-1] not in _LAST:
            return keys[:-1]
        return keys

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._open_shipped()
        self._show(problem=str(error))
        self._leave()

    # -- coming back and leaving -------------------------------------------------------------------------------------

    def _restore(self) -> None:
        """The latest verdicts with their answer, so that leaving the step loses nothing."""
        claims = self.state.claims
        tries = sorted((*self._attempts(claims.id), *self._attempts(_live_id(claims))), key=lambda one: one.at)
        if not tries:
            return
        last = tries[-1]
        if last.question_id != claims.id or not claims.output:
            self._restore_live(last)
        if len(last.chosen) == len(self.state.keys) and self.state.keys and self._is_about(last):
            verdicts = tuple(map(bool, last.chosen))
            result = score_claims(self.state.keys, verdicts)
            first = (*result.believed, *result.distrusted, 0)[0]
            self.state = replace(self.state, phase="checked", verdicts=verdicts, result=result, current=first)

    def _restore_live(self, attempt: Attempt) -> None:
        runs = self._services.learner.exercise_runs(self._lesson_id, self.state.claims.id)
        known = next((run for run in runs if run.id == attempt.typed), None)
        if known is not None and known.text is not None:
            keys = self._keys_of(known.text.answer, known.stop_reason)
            self._run_id = known.id
            self.state = replace(
                self.state,
                phase="open",
                text=known.text.answer,
                keys=keys,
                verdicts=(None,) * len(keys),
                seed=known.seed,
            )

    def _is_about(self, attempt: Attempt) -> bool:
        return attempt.typed == self._run_id

    def reload_draft(self) -> None:
        """Bring back the latest verdicts on a live answer once the keyring is open; what was begun meanwhile stays."""
        if self.state.phase in ("open", "ready") and not any(verdict is not None for verdict in self.state.verdicts):
            self._restore()
            self._show()

    def close(self) -> None:
        """End what runs."""
        self._cancel.set()

    def drop(self) -> None:
        """Keep nothing: end a live answer unrecorded."""
        if self.state.phase == "running":
            self._cancel.set()
            self._sandbox.client.cancel()
            self.show_shipped()

    def retire(self) -> None:
        """Say nothing more: stop and record what runs, then be gone."""
        self._retired = True
        self.blockSignals(True)
        self._sandbox.changed.disconnect(self._on_sandbox_changed)
        if self.state.phase == "running":
            self._sandbox.client.cancel()
        else:
            self._leave()

    def _leave(self) -> None:
        if self._retired:
            self.deleteLater()

    def _on_sandbox_changed(self, sandbox: SandboxState) -> None:
        self._show(sandbox=sandbox)

    def start_sandbox(self) -> None:
        """Start the model's process again after it was off."""
        self._sandbox.start()

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _live_id(claims: Claims) -> str:
    """Under what tries at live answers are stored where a shipped one counts: one lucky claim must not pass a lesson."""
    return f"{claims.id}/live"
