"""What the app uses of the model: start it, let it answer, count tokens, stop it. Without Qt, for any thread."""

from __future__ import annotations

import itertools
import time
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from queue import Empty
from typing import Any, Literal

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.builds import Builds
from desktop_app.sandbox.models.adapters import AdapterFile
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.sandbox.models.checking import check_model
from desktop_app.sandbox.process import WORKER_COMMAND, WorkerProcess
from desktop_app.sandbox.protocol import (
    Adapter,
    Cancel,
    Carried,
    Channel,
    Counted,
    CountTokens,
    Done,
    Error,
    Generate,
    GenerationParameters,
    Load,
    Measure,
    Measured,
    Prepare,
    ProtocolError,
    Reading,
    Ready,
    Report,
    Save,
    SelfTest,
    Timings,
    Tokens,
)
from desktop_app.sandbox.states import Prefixes, state_name
from desktop_app.sandbox.turns import TurnTaking

State = Literal["off", "starting", "ready", "busy", "failed"]
Turns = Sequence[tuple[str, str]]
Adapters = Sequence[Adapter | tuple[AdapterFile, float]]

BEAT_S = 0.1
SIGILL = 4
_CRASHES = (SIGILL, 7, 8, 11)  # with a bus error, an arithmetic error, a segmentation fault


class ContextOverflowError(ModelError):
    """The text does not fit into the model's context; over_tokens says by how much."""

    def __init__(self, over_tokens: int, context_tokens: int) -> None:
        self.over_tokens = over_tokens
        super().__init__(
            f"The text is {over_tokens:,} tokens too long for the model's context of {context_tokens:,} tokens. "
            f"Shorten it by about {max(1, over_tokens * 3 // 4):,} words."
        )


class SandboxOpenError(ModelError):
    """The worker is locked down, but its self-test got out; channels holds all results."""

    def __init__(self, channels: tuple[Channel, ...]) -> None:
        self.channels = channels
        names = ", ".join(channel.name for channel in channels if not channel.refused)
        super().__init__(
            f"The system does not refuse the model this: {names}. No model is loaded. Show IT the self-test in "
            "Settings, or the output of: greenroom sandbox selftest"
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """The next part of an answer, as it streams."""

    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer. problem says in one sentence what went wrong if stop_reason is "died", else it is ""."""

    text: str
    stop_reason: Literal["end", "length", "stop", "cancelled", "died"]
    problem: str
    timings: Timings


@dataclass(frozen=True, slots=True)
class WorkerReport:
    """What the worker's self-test found and how the model was loaded; rates are (threads, steps a second).

    build is llama.cpp's build for this processor, "" if there is only one.
    """

    channels: tuple[Channel, ...]
    proven: bool
    reason: str
    landlock_abi: int
    seccomp: bool
    namespaces: bool
    model_id: str
    context_tokens: int
    threads: int
    load_ms: float
    rates: tuple[tuple[int, float], ...]
    build: str = ""

    @property
    def refused(self) -> int:
        """How many channels the system refused."""
        return sum(channel.refused for channel in self.channels)

    @property
    def total(self) -> int:
        """How many channels were tried."""
        return len(self.channels)

    def as_json(self) -> dict[str, Any]:
        """Everything as plain values, with the two counts."""
        return {"refused": self.refused, "total": self.total} | asdict(self)


class _LostError(Exception):
    """The worker died, hung, or talked nonsense; the text says which.

    cancelled: it was ended after a cancel. build: llama.cpp's build does not run on this processor.
    """

    def __init__(self, text: str, *, cancelled: bool = False, build: bool = False) -> None:
        super().__init__(text)
        self.cancelled, self.build = cancelled, build


class _Request:
    """One answer being made, so that another thread can cancel just this one."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.cancelled = False
        self.ignored_s = 0.0  # how long it went on after that


class ModelClient:
    """One model in its worker. start, generate, count_tokens and selftest are jobs and take turns; cancel, close, pid
    and state are for any thread at any time. A worker that is gone is started again by the next job that needs it.
    """

    def __init__(
        self,
        model: ModelFile,
        *,
        context_tokens: int = 2048,
        threads: int | None = None,
        command: list[str] | None = None,
        builds: Builds | None = None,
        hang_s: float = 60.0,
        load_s: float = 180.0,
        grace_s: float = 2.0,
    ) -> None:
        """hang_s is how long a working worker may be silent, load_s how long a loading one, and grace_s how long a
        cancel may take, before it is killed. builds knows which builds of llama.cpp run here; without it that is found
        out anew.
        """
        self.model = model
        self.adapters: tuple[Adapter | tuple[AdapterFile, float], ...] = ()
        self.prefixes: Prefixes | None = None  # what is kept on disk of what the model read; None keeps nothing
        self.report: WorkerReport | None = None
        self._loaded: tuple[ModelFile, tuple[object, ...]] | None = None  # what the running worker holds
        self._context_tokens, self._threads = context_tokens, threads
        self._command = list(command or WORKER_COMMAND)
        self._builds = builds or Builds()
        self._hang_s, self._load_s, self._grace_s = hang_s, load_s, grace_s
        self._turn = TurnTaking()
        self._process: WorkerProcess | None = None
        self._current: _Request | None = None
        self._phase: State = "off"
        self._closings = 0
        self._numbers = itertools.count(1)

    def __enter__(self) -> ModelClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The worker's process id, or None if there is none now."""
        process = self._process
        return process.pid if process else None

    @property
    def state(self) -> State:
        """Whether the model can be used now; "failed" also after a worker died, until it is started again."""
        phase, process = self._phase, self._process
        if phase in ("ready", "busy") and not (process and process.alive):
            return "failed"
        return phase

    def use(self, model: ModelFile, adapters: Sequence[Adapter | tuple[AdapterFile, float]] = ()) -> None:
        """Let the next job that needs the model load this one in a fresh worker; an answer being made goes on.

        adapters are files of a catalogue with their strengths, checked byte for byte like the model, or any others.
        """
        self.model, self.adapters = model, tuple(adapters)

    def start(self) -> Job[WorkerReport]:
        """Check the file, start and lock down the worker, load the model; return the self-test's result.

        If it runs already, return its report. Raises ModelError if the file is wrong, the lock-down fails, a channel
        is open, or the model does not load.
        """
        yield from self._take_turn()
        try:
            return (yield from self._start())
        finally:
            self._turn.release()

    def generate(
        self,
        messages: Turns,
        parameters: GenerationParameters,
        *,
        seed: int,
        keep_turns: int = 0,
        schema: str = "",
        grammar: str = "",
        draft: bool = True,
        continue_last: bool = False,
        on: tuple[ModelFile, Adapters] | None = None,
    ) -> Job[Answer]:
        """Yield Piece as the answer streams (and Progress while nothing comes), return the whole answer.

        messages are (role, text), oldest first; the first keep_turns of them will come again in other requests. schema
        is a JSON Schema that the answer must follow, grammar a GBNF grammar; draft False forbids guessing ahead. With continue_last
        the last message is the beginning of the answer, which comes on from there. on is the model and the adapters that
        answer this once, in place of those in use. Closing the job or calling cancel ends
        the answer. A worker that dies gives an Answer with what it had written. Raises ModelError if it cannot be started or refuses the request,
        ContextOverflowError if the text is too long.
        """
        yield from self._take_turn()
        request = _Request(next(self._numbers))
        self._current = request
        try:
            wanted = Generate(
                request.number, _clean(messages), parameters, seed, keep_turns, schema, grammar, draft, continue_last
            )
            report = yield from self._start(on)
            self._phase = "busy"
            name = self._bring_state(wanted, report)
            answer = yield from self._answer(wanted, request, report)
            if name and answer.stop_reason in ("end", "length", "stop") and not self._turn.wanted:
                yield from self._keep_state(name, wanted)
            return answer
        finally:
            self._current = None
            if self._phase == "busy":
                self._phase = "ready"
            self._turn.release()

    def prepare(self, messages: Turns, keep_turns: int) -> Job[None]:
        """Read the first keep_turns of the messages, so that an answer to them begins sooner.

        Gives way to whoever else wants the model, and goes on when it is free again. What goes wrong is left to the
        request that needs it: only a model that does not start raises ModelError.
        """
        complete = False
        while not complete:
            request = _Request(next(self._numbers))
            while not self._turn.take_to_prepare(partial(self._cancel, request), BEAT_S):
                yield Progress(0, None, "Waiting for the model")
            try:
                wanted = Prepare(request.number, _clean(messages), keep_turns)
                report = yield from self._start()
                self._bring_state(wanted, report)
                complete = (yield from self._answer(wanted, request, report)).stop_reason != "cancelled"
            finally:
                self._turn.release()

    def count_tokens(self, messages: Turns) -> Job[int]:
        """How many tokens the messages take in the context, with what the chat template adds."""
        return (yield from self.count_parts(messages, ()))[0]

    def count_parts(self, messages: Turns, texts: Sequence[str]) -> Job[tuple[int, tuple[int, ...]]]:
        """How many tokens the messages take with what the chat template adds, and how many each text is by itself."""
        yield from self._take_turn()
        try:
            reply = yield from self._ask(
                CountTokens(next(self._numbers), _clean(messages), tuple(map(_whole_characters, texts)))
            )
        finally:
            self._turn.release()
        if not isinstance(reply, Counted):
            raise self._refusal(reply)
        return reply.tokens, reply.texts

    def memory(self) -> Job[tuple[int, int]]:
        """The worker's memory in bytes, now and the most it was; 0 where the system does not say."""
        yield from self._take_turn()
        try:
            reply = yield from self._ask(Measure(next(self._numbers)))
        finally:
            self._turn.release()
        if not isinstance(reply, Measured):
            raise self._refusal(reply)
        return reply.resident_bytes, reply.peak_bytes

    def selftest(self) -> Job[WorkerReport]:
        """Try every channel again and return the new report; a worker that is off is started, which tests it."""
        yield from self._take_turn()
        try:
            reply = yield from self._ask(SelfTest(next(self._numbers)))
            if not isinstance(reply, Report) or self.report is None:
                raise self._refusal(reply)
            self.report = replace(self.report, channels=reply.channels)
            return self.report
        finally:
            self._turn.release()

    def cancel(self) -> None:
        """End the answer that is being made now, if there is one."""
        if self._current is not None:
            self._cancel(self._current)

    def _cancel(self, request: _Request) -> None:
        process = self._process
        if not request.cancelled:
            request.cancelled = True
            if process is not None:
                process.send(Cancel(request.number))

    def close(self) -> None:
        """End the worker; an answer being made ends as died. It may be started again."""
        self._closings += 1
        process, self._process, self._phase = self._process, None, "off"
        if process is not None:
            process.close()

    def _take_turn(self) -> Generator[Progress, None, None]:
        while not self._turn.take(BEAT_S):
            yield Progress(0, None, "Waiting for the model")

    def _start(self, on: tuple[ModelFile, Adapters] | None = None) -> Job[WorkerReport]:
        """start, for whoever has the turn."""
        model, chosen = on or (self.model, self.adapters)  # use may be called on another thread meanwhile
        wanted = model, adapters = model, tuple(chosen)
        if self.report is not None and self._process is not None and self._process.alive and self._loaded == wanted:
            return self.report
        if self._process is not None:
            self._process.close()
        self.report, self._phase, closings = None, "starting", self._closings
        try:
            yield from check_model(model)
            loadable = yield from _checked(adapters)
            self.report, self._loaded = (yield from self._load(model, loadable, closings)), wanted
        except _LostError as lost:
            self._fail()
            raise ModelError(f"The local model did not start: {lost}. Try again; if it stays so, tell IT.") from None
        except BaseException as error:
            self._fail()
            if isinstance(error, GeneratorExit):
                self._phase = "off"
            raise
        self._phase = "ready"
        return self.report

    def _load(self, model: ModelFile, adapters: tuple[Adapter, ...], closings: int) -> Job[WorkerReport]:
        """Load the model with the best build of llama.cpp that runs here: one that crashes is passed over for the next."""
        failed: list[str] = []
        candidates = self._builds.candidates()
        for build, proven in candidates:
            self._process = process = WorkerProcess(self._command)
            if closings != self._closings:  # closed on another thread while this one was checking
                process.close()
            process.send(Load(
                str(model.path.absolute()), model.model_bytes, self._context_tokens, self._threads, model.template,
                adapters, build, not proven,
            ))  # fmt: skip
            yield Progress(0, None, "Starting the model")
            try:
                report = yield from self._welcome(process, model, build)
            except _LostError as lost:
                its_fault = lost.build or process.signal == SIGILL or (process.signal in _CRASHES and not proven)
                if not its_fault or build == candidates[-1][0]:
                    raise
                failed.append(build)
                process.close()
            else:
                break
        self._builds.learn(build, failed)
        return report

    def _fail(self) -> None:
        self._phase = "failed"
        if self._process is not None:
            self._process.close()

    def _welcome(self, process: WorkerProcess, model: ModelFile, build: str) -> Job[WorkerReport]:
        """The report made of the worker's first two messages."""
        report = yield from self._next(process, 0, "Starting the model")
        if not isinstance(report, Report):
            raise self._refusal(report)
        if report.proven and not all(channel.refused for channel in report.channels):
            raise SandboxOpenError(report.channels)
        ready = yield from self._next(process, 0, "Loading the model")
        if isinstance(ready, Error) and ready.kind == "build":
            raise _LostError(ready.message, build=True)
        if not isinstance(ready, Ready):
            raise self._refusal(ready)
        return WorkerReport(
            report.channels, report.proven, report.reason, report.landlock_abi, report.seccomp, report.namespaces,
            model.id, ready.context_tokens, ready.threads, ready.load_ms, ready.rates, build,
        )  # fmt: skip

    def _answer(self, wanted: Generate, request: _Request, report: WorkerReport) -> Job[Answer]:
        process, text, count = self._process, [], 0
        if process is None or request.cancelled:
            return Answer("", "cancelled", "", Timings(seed=wanted.seed, threads=report.threads))
        _send(process, wanted)
        try:
            while True:
                reply = yield from self._next(process, request.number, "The model is working", request)
                match reply:
                    case Tokens():
                        text.append(reply.text)
                        count = reply.count
                        yield Piece(reply.text)
                    case Reading():
                        yield Progress(reply.done, reply.total, "Reading the prompt")
                    case Done():
                        return Answer("".join(text), reply.stop_reason, "", reply.timings)
                    case _:
                        raise self._refusal(reply)
        except _LostError as lost:
            timings = Timings(completion_tokens=count, seed=wanted.seed, threads=report.threads)
            if lost.cancelled:
                self._phase = "off"
                return Answer("".join(text), "cancelled", "", timings)
            if process.signal == SIGILL:  # an instruction that this processor does not have
                self._builds.learn("", [report.build])
            kept = "What it had written is kept" if text else "Nothing is lost"
            return Answer(
                "".join(text), "died", f"The model stopped: {lost}. {kept}; the next run starts it anew.", timings
            )
        except GeneratorExit:
            self._end_quietly(process, request)
            raise

    def _bring_state(self, wanted: Generate | Prepare, report: WorkerReport) -> str:
        """Give the worker what is on disk of the turns that will come again; return its name, "" for none."""
        process, prefixes = self._process, self.prefixes
        if not wanted.keep_turns or prefixes is None or process is None:
            return ""
        model, adapters = self._loaded or (self.model, ())
        made_by = (
            version("llama-cpp-python"),
            report.build,
            report.context_tokens,
            model.sha256,
            model.template,
            *adapters,
        )
        name = state_name(made_by, wanted.messages[: wanted.keep_turns])
        prefixes.bring(process, name)
        return name

    def _keep_state(self, name: str, wanted: Generate) -> Generator[Progress, None, None]:
        """Put on disk what the turns that came again left behind; a worker that fails at it is started anew later."""
        process, prefixes = self._process, self.prefixes
        if prefixes is None or process is None or not prefixes.worth_saving(name):
            return
        number = next(self._numbers)
        try:
            process.send(Save(number, wanted.messages, wanted.keep_turns))
            reply = yield from self._next(process, number, "Keeping what was read")
        except _LostError:
            self._phase = "failed"
            return
        if isinstance(reply, Carried) and reply.data:
            prefixes.files.save(name, reply.data)

    def _ask(self, message: CountTokens | Measure | SelfTest) -> Job[Any]:
        """The one reply to a message, starting the worker first if need be."""
        yield from self._start()
        process = self._process
        try:
            if process is None:
                raise _LostError("it was switched off")
            _send(process, message)
            return (yield from self._next(process, message.id, "The model is working"))
        except _LostError as lost:
            self._phase = "failed"
            raise ModelError(f"The model stopped: {lost}. Try again to restart it.") from None

    def _next(
        self, process: WorkerProcess, number: int, note: str, request: _Request | None = None
    ) -> Generator[Progress, None, Any]:
        """The worker's next message for request number, 0 while it starts; raises _LostError if none will come."""
        silent_s, patience_s = 0.0, self._hang_s if number else self._load_s
        while True:
            asked = time.monotonic()
            try:
                reply = process.take(BEAT_S)
            except Empty:
                reply = Empty
            # If the clock went on by more than was waited for, this process stood still, and so may have the worker.
            waited_s = min(time.monotonic() - asked, 2 * BEAT_S)
            silent_s += waited_s
            if request and request.cancelled:
                request.ignored_s += waited_s
            if request and request.ignored_s > self._grace_s:
                process.kill()
                raise _LostError("it did not stop when told to", cancelled=True)
            if reply is Empty:
                if silent_s > patience_s:
                    process.kill()
                    raise _LostError(f"it was silent for {patience_s:g} seconds")
                yield Progress(0, None, note)
            elif reply is None:
                raise _LostError(process.how_it_ended())
            elif isinstance(reply, ProtocolError):
                process.kill()
                raise _LostError(f"it sent something that is no message ({reply})")
            elif getattr(reply, "id", number) == number:
                return reply

    def _end_quietly(self, process: WorkerProcess, request: _Request) -> None:
        """Cancel and wait for the last message, killing the worker if that takes too long."""
        process.send(Cancel(request.number))
        end = time.monotonic() + self._grace_s
        while (left := end - time.monotonic()) > 0:
            try:
                reply = process.take(left)
            except Empty:
                break
            if reply is None or (isinstance(reply, Done | Error) and reply.id == request.number):
                return
        process.kill()

    def _refusal(self, reply: object) -> ModelError:
        """The error to raise for a reply that is not what was asked for."""
        if isinstance(reply, Error):
            if reply.kind == "context":
                return ContextOverflowError(reply.over_tokens, self.report.context_tokens if self.report else 0)
            if reply.kind == "lockdown":
                return ModelError(f"The sandbox is off: {reply.message}. Without it no model is loaded; tell IT.")
            if reply.kind == "load":
                return ModelError(f"{self.model.name} cannot be loaded: {reply.message}. Use another model.")
            return ModelError(f"The local model cannot do this: {reply.message}.")
        return ModelError(f"The model's process answered with an unexpected {type(reply).__name__}. Try again.")


def _checked(adapters: Sequence[Adapter | tuple[AdapterFile, float]]) -> Job[tuple[Adapter, ...]]:
    """The adapters as the worker loads them, after checking those of a catalogue; raises ModelError."""
    loadable = []
    for adapter in adapters:
        if isinstance(adapter, tuple):
            file, scale = adapter
            yield from check_model(file)
            adapter = file.at(scale)
        loadable.append(adapter)
    return tuple(loadable)


def _send(process: WorkerProcess, message: Generate | CountTokens | Measure | SelfTest) -> None:
    try:
        process.send(message)
    except ProtocolError as problem:
        raise ModelError(f"The model cannot take this request: {problem}.") from None


def _clean(messages: Turns) -> tuple[tuple[str, str], ...]:
    """The turns without half surrogate pairs, which a paste can bring along and which are no characters."""
    return tuple((role, _whole_characters(text)) for role, text in messages)


def _whole_characters(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
