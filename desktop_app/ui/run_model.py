"""One run on the local model as the window sees it: what goes in, the answer as it streams, what was recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.lessons.lesson import Practice
from desktop_app.lessons.scoring import check_answer
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.prompts.render import ValueProblem
from desktop_app.prompts.run import RunRequest, from_prompt, from_text, prepare, record, run
from desktop_app.records.learning import Run
from desktop_app.sandbox.client import Answer, Piece
from desktop_app.services import Services
from desktop_app.ui.answer_copy import AnswerCopy
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.timers import single_shot

FRAME_MS = 16
_COUNT_PAUSE_MS = 400
_DRAFT_PAUSE_MS = 800


@dataclass(frozen=True, slots=True)
class RunState:
    """What the run pane shows. phase is "empty", "running" or "done"; field_problems are by input name.

    checks pairs what was expected with whether it held, in file order; used_tokens is None before it was counted; seed
    is the latest run's, fixed_seed what every run uses (None draws a new one); speed is for those who ask.
    """

    phase: str = "empty"
    prompt: PromptVersion | None = None
    status: str = ""
    max_tokens: int = 256
    fixed_seed: int | None = None
    seed: int | None = None
    answer: str = ""
    note: str = ""
    speed: str = ""
    problem: str = ""
    field_problems: Mapping[str, str] | None = None
    checks: tuple[tuple[str, bool], ...] = ()
    judgement: str = ""
    used_tokens: int | None = None
    context_tokens: int = 2048
    sandbox: SandboxState = SandboxState()

    @property
    def can_run(self) -> bool:
        """True if Run would do something now."""
        return self.phase != "running" and self.sandbox.phase == "ready" and self.over_tokens <= 0

    @property
    def over_tokens(self) -> int:
        """How many tokens do not fit into the context window beside the answer; 0 or less if all do."""
        return (self.used_tokens or 0) + self.max_tokens - self.context_tokens


class RunModel(QObject):
    """Runs one prompt at a time.

    Signals: changed(RunState), after every change; piece(str), text that joined the answer; recorded(Run), when stored.
    """

    changed = Signal(object)
    piece = Signal(str)
    recorded = Signal(object)

    def __init__(self, services: Services, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services, self._sandbox, self._jobs = services, sandbox, jobs
        self.copying = AnswerCopy(services, self)
        self.state = RunState(sandbox=sandbox.state)
        self.values: dict[str, str] = {}
        self._practice: Practice | None = None
        self._lesson_id = ""
        self._run: Run | None = None
        self._running: RunRequest | None = None  # whose answer is to be shown
        self._draft_key = "practice/free"
        self._touched = False
        self._cancel, self._count_cancel, self._warm_cancel = Event(), Event(), Event()
        self._buffer = ""
        self._frame = single_shot(self, FRAME_MS, self._flush)
        self._count_timer = single_shot(self, _COUNT_PAUSE_MS, self._count)
        self._draft_timer = single_shot(self, _DRAFT_PAUSE_MS, self.save_draft)
        sandbox.changed.connect(self._on_sandbox_changed)

    # -- what goes in ------------------------------------------------------------------------------------------------

    def use_free(self, start: str = "") -> None:
        """Practise with a free prompt; a half-typed one comes back, otherwise start."""
        self._use(None, "", "practice/free", {"prompt": start}, 256)

    def use_prompt(self, prompt: Prompt, version: PromptVersion, values: Mapping[str, str] | None = None) -> None:
        """Practise with a library prompt; values given win over half-typed ones."""
        key = f"practice/prompt/{version.id}"
        self._use(
            version,
            prompt.status(version.version),
            key,
            dict(values or {}),
            version.parameters.max_tokens,
            given=bool(values),
        )

    def use_practice(self, lesson_id: str, practice: Practice) -> None:
        """Do a lesson's exercise; what was half-typed there comes back. Raises AppError if its prompt is not there."""
        version, status = None, ""
        if practice.prompt:
            version = self._services.prompts.usable(practice.prompt)
            status = self._services.prompts.get(version.id).status(version.version)
        values = dict(practice.values) if version else {"prompt": practice.start}
        self._use(version, status, f"lesson/{lesson_id}/{practice.id}", values, practice.max_tokens)
        self._practice, self._lesson_id = practice, lesson_id
        self._show(fixed_seed=practice.seed)
        self._restore_run()

    def use_text(self, lesson_id: str, exercise_id: str, text: str, *, max_tokens: int, seed: int) -> None:
        """Ask about a text that an exercise made, whatever was typed or answered there before."""
        self._use(None, "", f"lesson/{lesson_id}/{exercise_id}", {"prompt": text}, max_tokens, given=True)
        self._lesson_id = lesson_id
        self._show(fixed_seed=seed)

    def _restore_run(self) -> None:
        """Show the exercise's latest answer again, so that leaving the step loses nothing."""
        assert self._practice is not None
        known = self._services.learner.latest_run(self._lesson_id, self._practice.id)
        if known is not None and known.text is not None:
            self._run = known
            self._show(
                phase="done", answer=known.text.answer, checks=tuple(known.checks.items()), judgement=known.judgement,
                seed=known.seed, note=f"Seed {known.seed}",
            )  # fmt: skip

    def _use(
        self,
        version: PromptVersion | None,
        status: str,
        key: str,
        values: dict[str, str],
        max_tokens: int,
        *,
        given: bool = False,
    ) -> None:
        self.save_draft()
        self.stop()
        self._flush()
        self._practice, self._lesson_id, self._run, self._running, self._draft_key = None, "", None, None, key
        draft = self._services.learner.draft(key)
        kept = {} if given or not draft else json.loads(draft)
        names = [item.name for item in version.inputs] if version else ["prompt"]
        defaults = {item.name: item.default for item in version.inputs} if version else {}
        self.values = {name: kept.get(name) or values.get(name) or defaults.get(name, "") for name in names}
        self._show(
            phase="empty", prompt=version, status=status, max_tokens=max_tokens, fixed_seed=None, seed=None, answer="", note="", speed="", problem="",
            field_problems=None, checks=(), judgement="", used_tokens=None,
        )  # fmt: skip
        self._count_timer.start()
        self._warm_up()

    def _warm_up(self) -> None:
        """Let the model read the prompt's start while the person reads and fills in the form."""
        self._warm_cancel.set()
        version = self.state.prompt
        if version is not None and self.state.sandbox.phase == "ready":
            self._warm_cancel = self._jobs.start(prepare(self._sandbox.client, version), lambda _: None, lambda _: None)

    def set_value(self, name: str, text: str) -> None:
        """Take what was typed into a field; "prompt" is the free prompt."""
        if self.values.get(name) == text:
            return
        self.values[name] = text
        self._touched = True
        self._draft_timer.start()
        self._count_timer.start()
        if self.state.field_problems or (self.state.problem and self.state.phase == "empty"):
            self._show(field_problems=None, problem="")  # it was about the text before

    def fill(self, values: Mapping[str, str]) -> None:
        """Put values into the form as if they were typed; fields that are not among them keep theirs."""
        self.values = {name: values.get(name, value) for name, value in self.values.items()}
        self._touched = True
        self._draft_timer.start()
        self._count_timer.start()
        self._show(field_problems=None)

    def reload_draft(self) -> None:
        """Bring back what was half-typed, and an exercise's latest answer, once the keyring is open; typed text wins."""
        if self._touched or self.state.phase != "empty":
            return
        draft = self._services.learner.draft(self._draft_key)
        kept = json.loads(draft) if draft else {}
        self.values = {name: kept.get(name) or value for name, value in self.values.items()}
        self._show()
        if self._practice is not None:
            self._restore_run()

    def save_draft(self) -> None:
        """Keep what is half-typed (sealed)."""
        self._draft_timer.stop()
        if not self._touched:
            return  # nothing was typed here; what an earlier session left may be sealed still
        self._touched = False
        secret = {item.name for item in self.state.prompt.inputs if item.sensitive} if self.state.prompt else set()
        kept = {name: value for name, value in self.values.items() if value and name not in secret}
        text = json.dumps(kept) if kept else ""
        if text != self._services.learner.draft(self._draft_key):
            self._services.learner.save_draft(self._draft_key, text)

    def set_seed(self, seed: int | None) -> None:
        """Use this seed for every run, or a new one each time for None."""
        self._show(fixed_seed=seed)

    def set_max_tokens(self, max_tokens: int) -> None:
        """Let the answer have at most this many tokens."""
        self._show(max_tokens=max_tokens)

    # -- running -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Check, guard and send; the answer streams."""
        if not self.state.can_run:
            return
        try:
            request = self._request()
        except ValueProblem as problem:
            self._show(problem="", field_problems={problem.name: str(problem)})
            return
        except AppError as error:
            self._show(problem=str(error), field_problems=None)
            return
        self._count_cancel.set()
        self._warm_cancel.set()
        self._run, self._running, self._buffer = None, request, ""
        self._show(
            phase="running",
            seed=request.seed,
            answer="",
            note="Reading your prompt",
            problem="",
            field_problems=None,
            checks=(),
            judgement="",
        )
        self._cancel = self._jobs.start(
            run(self._sandbox.client, request),
            lambda answer: self._on_answered(request, answer),
            lambda error: self._on_failed(request, error),
            lambda piece: self._on_piece(request, piece),
        )

    def stop(self) -> None:
        """Stop at the next token; what is there stays."""
        if self.state.phase == "running":
            self._show(note="Stopping")
            self._sandbox.client.cancel()

    def start_sandbox(self) -> None:
        """Start the model's process again after it was off."""
        self._sandbox.start()

    def judge(self, judgement: str) -> None:
        """Record what the person thinks of the answer."""
        if self._run is not None:
            self._run = self._services.learner.judge_run(self._run.id, judgement)
            self._show(judgement=judgement)
            self.recorded.emit(self._run)

    def close(self) -> None:
        """Keep what is half-typed and end what runs."""
        self.close_inputs()
        self._cancel.set()

    def request(self, seed: int) -> RunRequest:
        """What would be sent now with this seed; raises ValueProblem for a field that does not fit, AppError like run."""
        return replace(self._request(), seed=seed)

    def _request(self) -> RunRequest:
        version = self.state.prompt
        if version is None:
            request = from_text(
                self.values.get("prompt", ""), seed=self.state.fixed_seed, max_tokens=self.state.max_tokens
            )
        else:
            request = from_prompt(version, self.values, seed=self.state.fixed_seed, max_tokens=self.state.max_tokens)
        practice_id = self._practice.id if self._practice else ""
        return replace(request, lesson_id=self._lesson_id, practice_id=practice_id)

    def retire(self) -> None:
        """Say nothing more: keep what is half-typed, stop and record what runs, then be gone."""
        self.close_inputs()
        self.blockSignals(True)  # the widgets it spoke to are gone
        self._sandbox.changed.disconnect(self._on_sandbox_changed)
        if self.state.phase == "running":
            self._running = None
            self._sandbox.client.cancel()
        else:
            self.deleteLater()

    def drop(self) -> None:
        """Keep nothing: end what runs unrecorded and forget what is half-typed."""
        self._draft_timer.stop()
        self._touched = False
        if self.state.phase == "running":
            self._running = None
            self._cancel.set()
            self._sandbox.client.cancel()
            self._show(phase="empty", answer="", note="")

    def forget(self) -> None:
        """Start with an empty free prompt: the records were erased."""
        self.drop()
        self.use_free()

    def _leave(self) -> None:
        if self.signalsBlocked():  # retired, and its last run has ended
            self.deleteLater()

    def close_inputs(self) -> None:
        """Keep what is half-typed and count no more."""
        self.save_draft()
        self._count_timer.stop()
        self._count_cancel.set()
        self._warm_cancel.set()

    def _on_piece(self, request: RunRequest, piece: object) -> None:
        if request is self._running and isinstance(piece, Piece):
            self._buffer += piece.text
            if not self._frame.isActive():
                self._frame.start()

    def _flush(self) -> None:
        text, self._buffer = self._buffer, ""
        if text:
            if self.state.note == "Reading your prompt":
                self._show(note="Writing")
            self.state = replace(self.state, answer=self.state.answer + text)
            self.piece.emit(text)

    def _on_answered(self, request: RunRequest, answer: Answer) -> None:
        if request is not self._running:  # another prompt was chosen meanwhile: recorded, not shown
            self._services.learner.save_run(record(request, answer, model_id=self._sandbox.client.model.id))
            self._count_use(request)
            self._leave()
            return
        self._running = None
        self._flush()
        checks: tuple[tuple[str, bool], ...] = ()
        if self._practice and answer.stop_reason != "died":
            checks = tuple((one.expectation.says, one.met) for one in check_answer(self._practice.expect, answer.text))
        stored = record(request, answer, model_id=self._sandbox.client.model.id, checks=dict(checks))
        self._show(
            phase="done", answer=answer.text, note=f"Seed {request.seed}", speed=_speed(answer), problem=_ending(answer),
            checks=checks, used_tokens=answer.timings.prompt_tokens or self.state.used_tokens,
        )  # fmt: skip
        try:
            self._run = self._services.learner.save_run(stored)
            self._count_use(request)
        except AppError as error:
            self._show(problem=f"The answer is here but was not recorded. {error}")
            return
        self.recorded.emit(self._run)
        if answer.stop_reason == "died":
            self._sandbox.start()

    def _count_use(self, request: RunRequest) -> None:
        """Count it as a use of the prompt; a lesson's exercise is none: the lesson chose the prompt, not the person."""
        version = request.prompt
        if version is not None and not request.lesson_id:
            self._services.learner.usage.add_use(version.id, version.version, version.content_hash, "run")

    def _on_failed(self, request: RunRequest, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        if request is not self._running:
            self._leave()
            return
        self._running = None
        self._flush()
        self._show(phase="done" if self.state.answer else "empty", note="", problem=str(error))

    # -- the context meter -------------------------------------------------------------------------------------------

    def _count(self) -> None:
        if self.state.sandbox.phase != "ready" or self.state.phase == "running":
            return
        try:
            messages = [(message.role, message.content) for message in self._request().messages]
        except AppError:
            self._show(used_tokens=None)
            return
        self._count_cancel.set()
        self._count_cancel = self._jobs.start(
            self._sandbox.client.count_tokens(messages), lambda n: self._show(used_tokens=n), lambda _: None
        )

    def _on_sandbox_changed(self, sandbox: SandboxState) -> None:
        room = sandbox.report.context_tokens if sandbox.report else self.state.context_tokens
        became_ready = sandbox.phase == "ready" and self.state.sandbox.phase != "ready"
        self._show(sandbox=sandbox, context_tokens=room)
        self._count_timer.start()
        if became_ready:
            self._warm_up()

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _speed(answer: Answer) -> str:
    timings = answer.timings
    first = f"first after {timings.first_token_ms / 1000:.2f} s"
    tokens = f"{timings.completion_tokens} token{'' if timings.completion_tokens == 1 else 's'}"
    return f"{tokens} · {timings.tokens_per_second:.0f} tokens/s · {first}"


def _ending(answer: Answer) -> str:
    if answer.stop_reason == "died":
        return f"This answer is not complete. {answer.problem}"
    if answer.stop_reason == "cancelled":
        return "You stopped this answer, so it is not complete."
    if answer.stop_reason == "length":
        return "The answer reached its length limit and may end in mid-sentence. Raise “Longest answer” for more."
    return ""
