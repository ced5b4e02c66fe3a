"""Asking a model the tasks: answers come from results.db where exactly this was asked before, else from the model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Sequence
from dataclasses import asdict, dataclass

from desktop_app import __version__
from desktop_app.errors import ModelError
from desktop_app.jobs import Progress
from desktop_app.practice.scorecard.checks import judge
from desktop_app.practice.scorecard.scorecard import Try
from desktop_app.practice.scorecard.tasks import Task, TaskSet, Turn
from desktop_app.prompts.evaluate.grading import Output
from desktop_app.prompts.evaluate.matrix import engine_version
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.sandbox.client import Answer, ContextOverflowError, ModelClient
from desktop_app.sandbox.protocol import GenerationParameters

_TEMPERATURE, _TOP_P, _REPEAT = 0.3, 0.95, 1.0  # what the bundled model does best with, the same for every model
_DEATHS = 3  # in a row, after which the model is not asked again


@dataclass(frozen=True, slots=True)
class Question:
    """One try before it is made."""

    task_set: TaskSet
    task: Task
    form: str
    seed: int

    @property
    def messages(self) -> tuple[Turn, ...]:
        """What the model is sent."""
        return self.task_set.messages(self.task, self.form)

    @property
    def parameters(self) -> GenerationParameters:
        """How it is to answer."""
        return GenerationParameters(_TEMPERATURE, _TOP_P, _REPEAT, self.task_set.max_tokens)

    def key(self, model_sha256: str) -> str:
        """A hash of everything that decides the answer."""
        engine = [__version__, engine_version()]  # how words are drawn is ours as well as llama.cpp's
        what = ["scorecard", engine, model_sha256, asdict(self.parameters), self.messages, self.seed]
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()


def questions(sets: Sequence[TaskSet], seeds: Sequence[int], *, most_tasks: int | None) -> tuple[Question, ...]:
    """Every try, set by set; the seeds of a task come together, because its prompt is then read only once."""
    return tuple(
        Question(task_set, task, form, seed)
        for task_set in sets
        for form in task_set.ask
        for task in task_set.tasks[:most_tasks]
        for seed in seeds
    )


def ask_all(
    wanted: Sequence[Question], client: ModelClient, model_sha256: str, store: ResultStore
) -> Generator[object, None, tuple[Try, ...]]:
    """Yield each Try as it is there (and Progress while the model works), return all in order.

    What was answered is kept, so a run that was stopped goes on where it was. Raises ModelError if the model cannot be
    started or keeps dying.
    """
    keys = [question.key(model_sha256) for question in wanted]
    kept = store.outputs(keys)
    done: list[Try] = []
    deaths = 0
    for question, key in zip(wanted, keys, strict=True):
        output = kept.get(key)
        if output is None:
            output = yield from _ask(question, client)
            deaths = deaths + 1 if output.stop_reason == "died" else 0
            if deaths == _DEATHS:
                raise ModelError(
                    f"The model stopped {deaths} times in a row, so the scorecard was stopped too. {output.problem}"
                )
            if not output.problem:
                store.keep_output(key, output)
        done.append(_judged(question, output))
        yield done[-1]
    return tuple(done)


def _ask(question: Question, client: ModelClient) -> Generator[Progress, None, Output]:
    """The answer to a question. It is made without drafts, so that it never depends on what was guessed."""
    messages = question.messages
    job = client.generate(messages, question.parameters, seed=question.seed, keep_turns=len(messages) - 1, draft=False)
    try:
        while True:
            next(job)
            yield Progress(0)  # a moment at which the run can be stopped
    except StopIteration as end:
        answer: Answer = end.value
    except ContextOverflowError as problem:
        return Output("", problem=str(problem))
    finally:
        job.close()
    took = answer.timings
    stopped = "The answer was stopped before it was complete." if answer.stop_reason == "cancelled" else ""
    return Output(
        answer.text, answer.stop_reason, took.first_token_ms, took.first_token_ms + took.generation_ms,
        took.prompt_tokens, took.completion_tokens, answer.problem or stopped,
    )  # fmt: skip


def _judged(question: Question, output: Output) -> Try:
    verdict = judge(question.task_set, question.task, question.messages, output)
    return Try(
        question.task_set.id, question.task.id, question.form, question.seed, output.text, output.stop_reason,
        verdict.passed, verdict.why, verdict.format_kept, verdict.looped, output.prompt_tokens, output.completion_tokens,
    )  # fmt: skip
