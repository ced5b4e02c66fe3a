"""A practice exercise with several seeds, checks of the prompt or a rubric: what goes in, the answers, the judgement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.lesson import Practice, PromptCheck
from desktop_app.lessons.prompt_checks import PromptCheckResult, check_prompt
from desktop_app.lessons.rubric import Comparison, compare
from desktop_app.lessons.scoring import check_answer
from desktop_app.lessons.several import SeedAnswer, SeedPiece, run_seeds, same_as
from desktop_app.prompts.render import ValueProblem
from desktop_app.prompts.run import RunRequest, record
from desktop_app.records.learning import Attempt, Run
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs, ignore
from desktop_app.ui.run_model import FRAME_MS, RunModel, RunState
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.timers import single_shot

Attempts = Callable[[], tuple[Attempt, ...]]
Save = Callable[[float, tuple[int, ...], str], None]
_CHECK_PAUSE_MS = 300
_DIED = "This answer is not complete."


@dataclass(frozen=True, slots=True)
class Output:
    """One answer: phase is "waiting", "writing", "done" or "part" (stopped or cut off, so it is no whole answer).

    checks pairs what was expected with whether it held; same_seed is the seed of an earlier answer equal to this one;
    run_id is "" while it is not stored.
    """

    seed: int
    phase: str = "waiting"
    text: str = ""
    problem: str = ""
    checks: tuple[tuple[str, bool], ...] = ()
    same_seed: int | None = None
    run_id: str = ""
    judgement: str = ""


@dataclass(frozen=True, slots=True)
class PracticeState:
    """What the exercise shows. phase is "empty", "running" or "done"; progress is how many answers are there.

    judged is the position of the answer being judged, None before there is one; said has one answer per criterion of the
    rubric, None where there is none yet; comparison is there once all are compared.
    """

    practice: Practice
    inputs: RunState
    phase: str = "empty"
    outputs: tuple[Output, ...] = ()
    progress: int = 0
    note: str = ""
    problem: str = ""
    field_problems: Mapping[str, str] | None = None
    prompt_results: tuple[PromptCheckResult, ...] = ()
    judged: int | None = None
    said: tuple[bool | None, ...] = ()
    comparison: Comparison | None = None

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds that one press of Run uses."""
        return self.practice.seeds or (self.practice.seed,)

    @property
    def can_run(self) -> bool:
        """True if Run would do something now."""
        return self.phase != "running" and self.inputs.can_run

    @property
    def judged_output(self) -> Output | None:
        """The answer being judged."""
        return None if self.judged is None else self.outputs[self.judged]

    @property
    def can_compare(self) -> bool:
        """True once every criterion is answered."""
        return bool(self.said) and None not in self.said and self.comparison is None


class PracticeModel(QObject):
    """Runs one prompt with all seeds of an exercise.

    Signals: changed(PracticeState), after every change; piece(int, str), text that joined an answer; recorded(Run), when
    one was stored or judged.
    """

    changed = Signal(object)
    piece = Signal(int, str)
    recorded = Signal(object)

    def __init__(
        self, services: Services, sandbox: SandboxModel, jobs: Jobs, save: Save, parent: QObject | None = None
    ) -> None:
        """save stores one judgement: its score, the answers as 1 and 0, and the id of the run."""
        super().__init__(parent)
        self._services, self._sandbox, self._jobs, self._save = services, sandbox, jobs, save
        self.inputs = RunModel(services, sandbox, jobs, self)
        self._stopped, self._check_cancel = Event(), Event()
        self._buffers: dict[int, str] = {}
        self._lesson_id, self._retired = "", False
        self._frame = single_shot(self, FRAME_MS, self._flush)
        self._check_timer = single_shot(self, _CHECK_PAUSE_MS, self.check_prompt_now)

    def use(self, lesson_id: str, practice: Practice, attempts: Attempts = tuple) -> None:
        """Show an exercise with what was typed, answered and judged there; raises AppError if its prompt is not there.

        attempts reads the stored judgements, oldest first.
        """
        self._lesson_id, self._attempts = lesson_id, attempts
        self.inputs.use_practice(lesson_id, practice)
        self.state = PracticeState(practice, self.inputs.state)
        self._restore()
        self.inputs.changed.connect(self._on_inputs_changed)
        self.check_prompt_now()

    # -- what goes in ------------------------------------------------------------------------------------------------

    def set_value(self, name: str, text: str) -> None:
        """Take what was typed into a field."""
        self.inputs.set_value(name, text)
        if self.state.problem or self.state.field_problems:
            self._show(problem="", field_problems=None)
        self._check_timer.start()

    def check_prompt_now(self) -> None:
        """Look at the prompt without waiting for a pause in typing."""
        self._check_timer.stop()
        self._check_cancel.set()
        if self.state.practice.prompt_checks:
            job = _checked(self._prompt_text(), self.state.practice.prompt_checks)
            self._check_cancel = self._jobs.start(job, self._on_checked, ignore)

    def _on_checked(self, found: tuple[PromptCheckResult, ...]) -> None:
        self._show(prompt_results=found)

    def _prompt_text(self) -> str:
        """What would be sent: a free prompt is one message, a library prompt may have several; an unready form as typed."""
        try:
            return "\n\n".join(one.content for one in self.inputs.request(self.state.seeds[0]).messages)
        except AppError:
            return "\n".join(self.inputs.values.values())

    # -- running -----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Check, guard and send with each seed in turn; the answers stream."""
        if not self.state.can_run:
            return
        try:
            requests = [self.inputs.request(seed) for seed in self.state.seeds]
        except ValueProblem as problem:
            self._show(problem="", field_problems={problem.name: str(problem)})
            return
        except AppError as error:
            self._show(problem=str(error), field_problems=None)
            return
        self.check_prompt_now()
        self._stopped, self._buffers = Event(), {}
        self._show(
            phase="running", outputs=tuple(Output(seed) for seed in self.state.seeds), progress=0, problem="",
            field_problems=None, note="Reading your prompt", judged=None, said=(), comparison=None,
        )  # fmt: skip
        stopped = self._stopped
        self._cancel = self._jobs.start(
            run_seeds(self._sandbox.client, requests, stopped),
            lambda _: self._on_all_done(),
            self._on_failed,
            self._on_step,
        )

    def stop(self) -> None:
        """Stop at the next token and ask no more; what is there stays."""
        if self.state.phase == "running":
            self._stopped.set()
            self._sandbox.client.cancel()
            self._show(note="Stopping")

    def start_sandbox(self) -> None:
        """Start the model's process again after it was off."""
        self._sandbox.start()

    def _on_step(self, step: object) -> None:
        if isinstance(step, SeedPiece):
            self._buffers[step.at] = self._buffers.get(step.at, "") + step.text
            if not self._frame.isActive():
                self._frame.start()
        elif isinstance(step, SeedAnswer):
            self._flush()
            self._on_answer(step)
        elif isinstance(step, Progress) and step.note and step.note != self.state.note and not self._stopped.is_set():
            self._show(progress=step.done, note=step.note)

    def _flush(self) -> None:
        buffers, self._buffers = self._buffers, {}
        for at, text in buffers.items():
            output = self.state.outputs[at]
            self.state = self._with(at, phase="writing", text=output.text + text)
            if output.phase == "waiting":
                self._show(note=f"Answer {at + 1} of {len(self.state.outputs)}")
            self.piece.emit(at, text)

    def _on_answer(self, step: SeedAnswer) -> None:
        answer, at = step.answer, step.at
        whole = answer.stop_reason not in ("died", "cancelled")
        expected = check_answer(self.state.practice.expect, answer.text) if answer.stop_reason != "died" else ()
        checks = tuple((one.expectation.says, one.met) for one in expected)
        self.state = self._with(
            at, phase="done" if whole else "part", text=answer.text, checks=checks, problem=_ending(answer.stop_reason, answer.problem)
        )  # fmt: skip
        same = same_as([output.text for output in self.state.outputs[: at + 1] if output.phase == "done"])
        if whole and same[-1] is not None:
            self.state = self._with(at, same_seed=self.state.outputs[same[-1]].seed)
        self._show(progress=at + 1)
        self._store(step.request, step, dict(checks))

    def _store(self, request: RunRequest, step: SeedAnswer, checks: dict[str, bool]) -> None:
        try:
            stored = record(request, step.answer, model_id=self._sandbox.client.model.id, checks=checks)
            run = self._services.learner.save_run(stored)
        except AppError as error:
            self._show(problem=f"The answers are here but were not recorded. {error}")
            return
        self.state = self._with(step.at, run_id=run.id)
        self.recorded.emit(run)

    def _on_all_done(self) -> None:
        self._flush()
        outputs = tuple(output for output in self.state.outputs if output.phase in ("done", "part"))
        judged = next((at for at, output in enumerate(outputs) if output.phase == "done"), None)
        self._show(phase="done" if outputs else "empty", outputs=outputs, note="", **self._fresh_judgement(judged))
        if outputs and outputs[-1].problem.startswith(_DIED):
            self._sandbox.start()
        self._leave()

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        self._on_all_done()
        self._show(problem=str(error))

    # -- judging -----------------------------------------------------------------------------------------------------

    def choose(self, at: int) -> None:
        """Judge another answer."""
        if at != self.state.judged and self.state.outputs[at].phase == "done":
            self._show(**self._fresh_judgement(at))

    def judge(self, judgement: str) -> None:
        """Record what the person thinks of the chosen answer: one of learning.JUDGEMENTS."""
        output = self.state.judged_output
        if output is not None and output.run_id and self.state.judged is not None:
            run = self._services.learner.judge_run(output.run_id, judgement)
            self.state = self._with(self.state.judged, judgement=judgement)
            self._show()
            self.recorded.emit(run)

    def say(self, criterion: int, answer: bool) -> None:
        """Answer one criterion for the chosen answer; it can be changed until it is compared."""
        if self.state.comparison is None and self.state.judged is not None:
            said = list(self.state.said)
            said[criterion] = answer
            self._show(said=tuple(said))

    def compare(self) -> None:
        """Compare the judgement with the checks, and store it."""
        output = self.state.judged_output
        if output is None or not self.state.can_compare:
            return
        said = tuple(bool(one) for one in self.state.said)
        comparison = compare(self.state.practice.rubric, said, output.text)
        problem = ""
        try:
            self._save(comparison.value, tuple(map(int, said)), output.run_id)
        except AppError as error:
            problem = f"The comparison is shown but was not stored. {error}"
        self._show(comparison=comparison, problem=problem)

    def judge_again(self) -> None:
        """Answer the criteria for the same answer once more."""
        self._show(**self._fresh_judgement(self.state.judged))

    def _fresh_judgement(self, judged: int | None) -> dict[str, object]:
        said = (None,) * len(self.state.practice.rubric) if judged is not None else ()
        return {"judged": judged, "said": said, "comparison": None}

    # -- coming back and leaving -------------------------------------------------------------------------------------

    def _restore(self) -> None:
        """The latest answers to the latest prompt, and how one of them was judged."""
        attempts = self._attempts()
        runs = self._services.learner.exercise_runs(self._lesson_id, self.state.practice.id)
        outputs = self._restored(runs)
        if not outputs:
            return
        judged = next((at for at, output in enumerate(outputs) if output.phase == "done"), None)
        last = attempts[-1] if attempts else None
        rubric = self.state.practice.rubric
        at = next((at for at, output in enumerate(outputs) if last and output.run_id == last.typed), None)
        self.state = replace(self.state, phase="done", outputs=outputs, **self._fresh_judgement(judged))  # type: ignore[arg-type]
        if last is not None and at is not None and rubric and len(last.chosen) == len(rubric):
            said = tuple(map(bool, last.chosen))
            self.state = replace(self.state, judged=at, said=said, comparison=compare(rubric, said, outputs[at].text))

    def _restored(self, runs: tuple[Run, ...]) -> tuple[Output, ...]:
        if not runs or runs[0].text is None:
            return ()
        newest: dict[int, Run] = {}
        for run in runs:
            if run.text is not None and run.text.messages == runs[0].text.messages:
                newest.setdefault(run.seed, run)
        kept = [newest[seed] for seed in self.state.seeds if seed in newest]
        same = same_as([run.text.answer for run in kept if run.text])
        return tuple(
            Output(
                run.seed, "done" if run.stop_reason in ("end", "length", "stop") else "part", run.text.answer if run.text else "",
                _ending(run.stop_reason, ""), tuple(run.checks.items()), None if at is None else kept[at].seed, run.id, run.judgement,
            )
            for run, at in zip(kept, same, strict=True)
        )  # fmt: skip

    def reload_draft(self) -> None:
        """Bring back what was half-typed and answered, once the keyring is open; what is there now wins."""
        self.inputs.reload_draft()
        if self.state.phase == "empty":
            self._restore()
            self._show()

    def close(self) -> None:
        """Keep what is half-typed and end what runs."""
        self.inputs.close()
        self._check_timer.stop()
        self._check_cancel.set()
        if self.state.phase == "running":
            self._cancel.set()

    def drop(self) -> None:
        """Keep nothing: end what runs unrecorded and forget what is half-typed."""
        self.inputs.drop()
        if self.state.phase == "running":
            self._cancel.set()
            self.stop()
            self._show(phase="empty", outputs=(), note="")

    def retire(self) -> None:
        """Say nothing more: keep what is half-typed, stop and record what runs, then be gone."""
        self.inputs.close_inputs()
        self._check_timer.stop()
        self._check_cancel.set()
        self._retired = True
        self.blockSignals(True)  # the widgets it spoke to are gone
        self.inputs.blockSignals(True)
        if self.state.phase == "running":
            self.stop()
        else:
            self._leave()

    def _leave(self) -> None:
        if self._retired:
            self.inputs.retire()
            self.deleteLater()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _on_inputs_changed(self, inputs: RunState) -> None:
        self._show(inputs=inputs)

    def _with(self, at: int, **changes: object) -> PracticeState:
        outputs = list(self.state.outputs)
        outputs[at] = replace(outputs[at], **changes)  # type: ignore[arg-type]
        return replace(self.state, outputs=tuple(outputs))

    def _show(self, **changes: object) -> None:
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]
        self.changed.emit(self.state)


def _checked(text: str, checks: tuple[PromptCheck, ...]) -> Job[tuple[PromptCheckResult, ...]]:
    yield Progress(0)
    return check_prompt(text, checks)


def _ending(stop_reason: str, problem: str) -> str:
    if stop_reason == "died":
        return f"{_DIED} {problem}".strip()
    if stop_reason == "cancelled":
        return "You stopped here, so it is not complete."
    return "It reached its length limit and may end in mid-sentence." if stop_reason == "length" else ""
