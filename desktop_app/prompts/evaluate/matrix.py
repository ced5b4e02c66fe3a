"""Running tests on local models: versions × models × seeds × cases, answers from the store where nothing changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from typing import Literal

from desktop_app.clock import utc_now
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.answer_schema import answer_schema
from desktop_app.prompts.evaluate.grading import Grade, Output, grade
from desktop_app.prompts.evaluate.results import ResultStore, StoredResult
from desktop_app.prompts.evaluate.suite import Case, Suite
from desktop_app.prompts.prompt import Message, PromptVersion
from desktop_app.prompts.render import ValueProblem, render
from desktop_app.prompts.run import RunRequest, run
from desktop_app.sandbox.client import Answer, ContextOverflowError, ModelClient
from desktop_app.sandbox.grammar.schema import SchemaError

Change = Literal["new", "same", "improved", "regressed"]
Cell = tuple[str, int, str, str, int]  # prompt id, version, model id, case key, seed
_UNFINISHED = ("cancelled", "died")  # says nothing about the prompt, so it is no result to compare with


@dataclass(frozen=True, slots=True)
class ModelUnderTest:
    """A model for a matrix: its id, the SHA-256 of its file, and the client that runs it (started only if needed)."""

    id: str
    sha256: str
    client: ModelClient
    shared: bool = False  # others use the client too, so it is left running


@dataclass(frozen=True, slots=True)
class VersionUnderTest:
    """A version and the cases to run on it."""

    version: PromptVersion
    suite: Suite


@dataclass(frozen=True, slots=True)
class Result:
    """One case, run once: the answer, what it is worth, and how it went the last time (None if never).

    from_store is True if the model was not asked, because the answer to exactly this was kept.
    """

    prompt_id: str
    version: int
    content_hash: str
    model_id: str
    model_hash: str
    case: Case
    seed: int
    output: Output
    grade: Grade
    from_store: bool = False
    before: StoredResult | None = None

    @property
    def passed(self) -> bool:
        """Whether the case passed."""
        return self.grade.passed

    @property
    def change(self) -> Change:
        """How it went against the last time."""
        if self.before is None:
            return "new"
        if self.before.passed == self.passed:
            return "same"
        return "improved" if self.passed else "regressed"


@dataclass(frozen=True, slots=True)
class _Run:
    case: Case
    seed: int
    messages: tuple[Message, ...]
    key: str  # "" if the case's values do not fit the prompt
    problem: str = ""


def run_matrix(
    versions: Sequence[VersionUnderTest],
    models: Sequence[ModelUnderTest],
    seeds: Sequence[int],
    store: ResultStore,
    *,
    fresh: bool = False,
    record: bool = True,
    ask: bool = True,
    earlier: Mapping[Cell, StoredResult] | None = None,
) -> Job[tuple[Result, ...]]:
    """Run every case; yields Progress and each Result as it is there, returns all in order.

    fresh asks the model even where its answer is kept; record False leaves the history as it is (for comparisons with
    another version's cases); ask False gives only what is kept, and no model is started. earlier says how cases went
    where the store does not know (results.json). Closing the job keeps what was done. Raises ModelError if a model cannot be used,
    StoreError if results cannot be kept.
    """
    total = len(models) * len(seeds) * sum(len(tested.suite.cases) for tested in versions)
    done: list[Result] = []
    for number, model in enumerate(models):
        for tested in versions:
            note = f"{tested.version.id}@{tested.version.version}"
            yield Progress(len(done), total, note)
            for step in _run_version(tested, model, seeds, store, earlier or {}, fresh=fresh, record=record, ask=ask):
                if isinstance(step, Result):
                    done.append(step)
                    yield step
                yield Progress(len(done), total, step.note if isinstance(step, Progress) else note)
        if number < len(models) - 1 and not model.shared:
            model.client.close()  # one model in memory at a time
    return tuple(done)


def _run_version(
    tested: VersionUnderTest,
    model: ModelUnderTest,
    seeds: Sequence[int],
    store: ResultStore,
    earlier: Mapping[Cell, StoredResult],
    *,
    fresh: bool,
    record: bool,
    ask: bool,
) -> Iterator[Progress | Result]:
    version = tested.version
    cells = list(_runs(tested, model, seeds))
    before = store.latest(version.id, version.version, model.id)
    kept = {} if fresh else store.outputs(cell.key for cell in cells)
    for cell in cells:
        output = kept.get(cell.key)
        known = output is not None
        if not known and not ask:
            continue
        if output is None:
            output = (
                Output("", problem=cell.problem) if cell.problem else (yield from _ask(version, cell, model.client))
            )
        judged = grade(output, cell.case.assertions, cell.case.threshold)
        last = before.get((cell.case.key, cell.seed)) or earlier.get(
            (version.id, version.version, model.id, cell.case.key, cell.seed)
        )
        result = Result(
            version.id, version.version, version.content_hash, model.id, model.sha256, cell.case, cell.seed, output,
            judged, known, last,
        )  # fmt: skip
        if not known and not output.problem:
            store.keep_output(cell.key, output)
        if record and output.stop_reason not in _UNFINISHED:
            _record(store, result, cell.key)
        yield result


def _runs(tested: VersionUnderTest, model: ModelUnderTest, seeds: Sequence[int]) -> Iterator[_Run]:
    for case in tested.suite.cases:
        try:
            messages, schema = render(tested.version, case.values), answer_schema(tested.version)
        except (ValueProblem, SchemaError) as problem:
            for seed in seeds:
                yield _Run(case, seed, (), "", str(problem))
            continue
        base = _what_goes_in(tested.version, messages, schema, model)
        for seed in seeds:
            key = base.copy()
            key.update(str(seed).encode())
            yield _Run(case, seed, messages, key.hexdigest())


def _what_goes_in(
    version: PromptVersion, messages: Sequence[Message], schema: str, model: ModelUnderTest
) -> hashlib._Hash:
    """A hash of everything that decides an answer but the seed."""
    parameters = asdict(version.parameters) | {"seed": None}
    turns = [(message.role, message.content) for message in messages]
    what = [1, engine_version(), model.sha256, parameters, turns, *([schema] if schema else [])]
    text = json.dumps(what, sort_keys=True)
    return hashlib.sha256(text.encode())


@cache
def engine_version() -> str:
    """The version of llama.cpp's binding, whose numbers may differ from another's."""
    try:
        return metadata.version("llama-cpp-python")
    except metadata.PackageNotFoundError:  # a frozen app without metadata
        return ""


def _ask(version: PromptVersion, cell: _Run, client: ModelClient) -> Generator[Progress, None, Output]:
    """The model's answer; its pieces are not passed on, but each is a moment at which the job can be closed."""
    request = RunRequest(
        cell.messages, version.parameters, cell.seed, cell.case.values, (), version, schema=answer_schema(version)
    )
    job = run(client, request)
    try:
        while True:
            step = next(job)
            yield (
                step
                if isinstance(step, Progress) and step.note
                else Progress(0, None, f"{version.id}@{version.version}")
            )
    except StopIteration as end:
        return _output(end.value)
    except ContextOverflowError as problem:
        return Output("", problem=str(problem))
    finally:
        job.close()


def _output(answer: Answer) -> Output:
    timings = answer.timings
    stopped = "The answer was stopped before it was complete." if answer.stop_reason == "cancelled" else ""
    return Output(
        answer.text, answer.stop_reason, timings.first_token_ms, timings.first_token_ms + timings.generation_ms,
        timings.prompt_tokens, timings.completion_tokens, answer.problem or stopped,
    )  # fmt: skip


def _record(store: ResultStore, result: Result, key: str) -> None:
    """Keep how the case went, if anything is other than the last time."""
    before, score = result.before, result.grade.score
    now = (result.case.title, result.content_hash, result.model_hash, key, result.passed, score)
    if before is not None and now == (
        before.title, before.content_hash, before.model_hash, before.output_key, before.passed, before.score
    ):  # fmt: skip
        return
    store.save(
        StoredResult(result.prompt_id, result.version, result.model_id, result.case.key, result.seed, *now, utc_now())
    )
