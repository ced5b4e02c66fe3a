"""How an answer is made: sent, streamed, stopped, kept while it is written, recorded when it is complete."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Event

from PySide6.QtCore import QObject, Signal

from desktop_app.clock import utc_now
from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress
from desktop_app.practice.conversation import Turn, pairs
from desktop_app.practice.talking import Question, Reply, facts_of, run_of, talk
from desktop_app.prompts.answer_schema import answer_schema
from desktop_app.prompts.run import new_seed
from desktop_app.records.learning import Run
from desktop_app.sandbox.client import Piece
from desktop_app.services import Services
from desktop_app.ui.jobs import Jobs
from desktop_app.ui.pages.practice.ask.inputs_model import InputsModel, new_id
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.timers import single_shot

FRAME_MS = 16
READING = "Reading the prompt"  # what the client says while the model reads
_KEEP_MS = 1000  # an answer that is being written is stored this often: so much is lost if the app is killed


@dataclass(slots=True)
class _Running:
    """The answer that is being made. undo takes back what asking it changed, if it cannot even begin."""

    conversation_id: str
    question: Question
    turn: Turn
    undo: Callable[[Turn], None]
    cancel: Event
    begun: bool = False  # the model reads or answers it: before, it may wait for somebody else's answer
    written: str = ""
    drawn: str = ""


class AnswersModel(InputsModel):
    """One answer at a time.

    Signals: changed(AskState), after every change; piece(str, str), an answer's id and text that joined it; recorded(Run),
    when a run was stored; answered(Turn), when an answer is complete, however it ended.
    """

    piece = Signal(str, str)
    recorded = Signal(object)
    answered = Signal(object)

    def __init__(self, services: Services, sandbox: SandboxModel, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(services, sandbox, jobs, parent)
        self._running: _Running | None = None
        self._queue: list[Callable[[], None]] = []
        self._frame = single_shot(self, FRAME_MS, self._flush)
        self._keep_timer = single_shot(self, _KEEP_MS, lambda: self._keep_partial())

    # -- making an answer --------------------------------------------------------------------------------------------

    def answer_job(self, question: Question) -> Job[Reply]:
        """The job that answers a question: yields Progress and Piece, returns a Reply.

        This is the one place where a question takes another way: yield from a job of that noun and return a Reply whose
        kept holds, as JSON can, what is stored with the answer.
        """
        if question.document_ids:
            from desktop_app.practice.grounding.replying import reply_from_documents

            return reply_from_documents(
                self._sandbox.client, self._services.grounding, question, own_words=self.state.own_words
            )
        return talk(self._sandbox.client, question, context_tokens=self.state.context_tokens)

    def _begin(self, asked: Turn, undo: Callable[[Turn], None], *, seed: int | None, on: Turn | None = None) -> None:
        """Answer the question of a turn that stands in the conversation; on is an answer to go on with."""
        conversation = self.state.conversation
        assert conversation is not None
        branch = conversation.branch_to(asked.id)
        values = asked.kept.get("values")
        start = branch[0].kept.get("start", ())
        assert isinstance(start, list | tuple)
        chosen = seed if seed is not None else self.state.fixed_seed
        question = Question(
            text=asked.text or "",
            parameters=self.state.parameters,
            seed=new_seed() if chosen is None else chosen,
            values=values if isinstance(values, dict) else {"question": asked.text or ""},
            start=tuple((role, text) for role, text in start),
            history=tuple(pairs(branch[:-1])),
            so_far=(on.text or "") if on is not None else "",
            prompt=self.state.prompt if not asked.parent else None,
            document_ids=self.state.document_ids,
            schema=self._schema(asked),
        )
        facts = {"stop_reason": "died", "seed": question.seed, "model_id": self._sandbox.client.model.id}
        kept = {"schema": question.schema} if question.schema else {}
        turn = on or Turn(new_id(), asked.id, "assistant", "", utc_now(), facts, kept)
        self._store(turn, leaf=turn.id)
        self.stop_counting()
        self._running = running = _Running(conversation.id, question, turn, undo, Event())
        self._show(
            phase="running", streaming=turn.id, note="Checking what you typed", problem="", field_problems={}, editing="",
            waiting=len(self._queue),
        )  # fmt: skip
        running.cancel = self._jobs.start(
            self.answer_job(question),
            lambda reply: self._on_replied(running, reply),
            lambda error: self._on_failed(running, error),
            lambda step: self._on_piece(running, step),
        )

    def _schema(self, asked: Turn) -> str:
        """The JSON Schema that the answer to a prompt's question must follow; what is asked after it is answered freely."""
        if asked.parent or self.state.prompt is None or self.state.document_ids:
            return ""
        return answer_schema(self.state.prompt)

    def stop(self) -> None:
        """Stop at the next token; what is there stays. What was not begun goes back to where it was typed."""
        self._queue.clear()
        running = self._running
        if running is None:
            return
        if running.begun:
            self._show(note="Stopping", waiting=0)
            self._sandbox.client.cancel()
            return
        running.cancel.set()  # not by the client: it may be answering somebody else
        self._end()
        running.undo(running.turn)
        self._show(phase="done" if self.state.branch else "empty")
        self.count_soon()

    def _on_piece(self, running: _Running, step: object) -> None:
        if running is not self._running:
            return
        if isinstance(step, Progress):
            running.begun = running.begun or step.note == READING
            if not running.written and step.note and step.note != self.state.note and self.state.note != "Stopping":
                self._show(note=step.note)
        elif isinstance(step, Piece):
            running.begun = True
            running.written += step.text
            if not self._frame.isActive():
                self._frame.start()
            if not self._keep_timer.isActive():
                self._keep_timer.start()

    def _flush(self) -> None:
        running = self._running
        if running is None or running.written == running.drawn:
            return
        text, running.drawn = running.written[len(running.drawn) :], running.written
        if self.state.note not in ("Writing", "Stopping"):
            self._show(note="Writing")
        self.piece.emit(running.turn.id, text)

    def _keep_partial(self, stop_reason: str = "died") -> None:
        running = self._running
        if running is not None and running.written:
            text, facts = running.question.so_far + running.written, dict(running.turn.facts)
            try:
                self._store(replace(running.turn, text=text, facts=facts | {"stop_reason": stop_reason}))
            except AppError as error:
                self._show(problem=f"This answer is not kept yet. {error}", problem_at=running.turn.id)

    def _on_replied(self, running: _Running, reply: Reply) -> None:
        shown = running is self._running
        if shown:  # still shown as being written until all of it is there: only then what belongs to it can be added
            self._flush()
            self._running = None
            self._keep_timer.stop()
        run = run_of(running.question, reply, model_id=self._sandbox.client.model.id)
        facts = facts_of(running.question, reply, run)
        kept = dict(running.turn.kept) | dict(reply.kept)
        turn = replace(running.turn, text=reply.answer.text, facts=facts, kept=kept)
        problem = self._record(running, turn, run)
        if not shown:  # another conversation was chosen meanwhile
            return
        died = reply.answer.stop_reason == "died"
        if died:
            problem = problem or f"This answer is not complete. {reply.answer.problem}"
            self._queue.clear()
        self._show(phase="done", streaming="", note="", waiting=0, problem=problem, problem_at=turn.id)
        self.recorded.emit(run)
        self.answered.emit(turn)
        if died:
            self._sandbox.start()
        self._next()

    def _record(self, running: _Running, turn: Turn, run: Run) -> str:
        """Store the run and the answer; return what went wrong as a sentence, or ""."""
        shown, learner = self.state.conversation, self._services.learner
        in_view = shown is not None and shown.id == running.conversation_id
        try:
            # first of all: of one that was deleted meanwhile nothing more is kept
            elsewhere = None if in_view else learner.conversations.get(running.conversation_id)
            learner.save_run(run)
            self._count_use(running.question)
            if elsewhere is None:
                self._store(turn)
            else:
                learner.conversations.save_turn(elsewhere, turn, model_id=run.model_id)
        except AppError as error:
            if in_view and shown is not None:
                self._show(conversation=shown.with_turn(turn))
            return f"The answer is here but was not recorded. {error}"
        return ""

    def _on_failed(self, running: _Running, error: Exception) -> None:
        if not isinstance(error, AppError):
            raise error
        if running is not self._running:
            return
        self._queue.clear()
        self._end()
        if running.question.so_far or running.written:
            self._show(phase="done", problem=str(error), problem_at=running.turn.id)
        else:
            running.undo(running.turn)
            self._show(phase="done" if self.state.branch else "empty", problem=str(error))
        self.count_soon()

    def _end(self) -> None:
        self._running = None
        self._keep_timer.stop()
        self._show(streaming="", note="", waiting=0)

    def _next(self) -> None:
        if self._queue:
            self._queue.pop(0)()
        else:
            self.count_soon()

    def _count_use(self, question: Question) -> None:
        version = question.prompt
        if version is not None:
            self._services.learner.usage.add_use(version.id, version.version, version.content_hash, "run")

    def _leave(self) -> None:
        """Stop and keep what is written, because another conversation is to be shown."""
        self._queue.clear()
        running = self._running
        if running is None:
            return
        self._keep_partial("cancelled")
        if running.begun:
            self._sandbox.client.cancel()  # and recorded when it has ended
        else:
            running.cancel.set()
            running.undo(running.turn)
        self._end()

    def judge(self, judgement: str, turn: Turn | None = None) -> None:
        """Record what the person thinks of an answer, by default the newest."""
        turn = turn or self.state.last_answer
        if turn is None or not turn.run_id:
            return
        try:
            run: Run = self._services.learner.judge_run(turn.run_id, judgement)
        except AppError as error:
            self._show(problem=str(error), problem_at=turn.id)
            return
        self._show(judgements=dict(self.state.judgements) | {turn.run_id: judgement})
        self.recorded.emit(run)
