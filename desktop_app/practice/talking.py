"""One answer in a conversation: the guard reads what was typed, what fits is sent, the answer streams."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop_app.errors import AppError
from desktop_app.guard.finding import Finding
from desktop_app.guard.scan import scan
from desktop_app.jobs import Job, Progress
from desktop_app.practice.context import Fit, Meter, Said, fit
from desktop_app.prompts.prompt import Message, ModelParameters, PromptVersion
from desktop_app.prompts.run import RunRequest, record
from desktop_app.records.learning import Run
from desktop_app.records.turns import Turn
from desktop_app.sandbox.client import Answer, ModelClient
from desktop_app.sandbox.protocol import GenerationParameters


class TooLongError(AppError):
    """The question does not fit beside the instructions and the room for the answer; meter says by how much."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        super().__init__(
            f"This is {meter.over:,} tokens too long: the model reads {meter.context:,} at once, {meter.answer:,} of them "
            "kept for the answer. Shorten it, or choose a shorter answer."
        )


@dataclass(frozen=True, slots=True)
class Question:
    """Everything one answer is made from. text is what is asked, values what was typed for it, by input name.

    start are the instructions and worked examples of the prompt, history the questions with their answers so far, oldest
    first. so_far is the beginning of an answer that is to go on. document_ids are what the answer is to be drawn from, ()
    for none. schema is a JSON Schema that the answer must follow, "" for none.
    """

    text: str
    parameters: ModelParameters
    seed: int
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    start: tuple[Said, ...] = ()
    history: tuple[tuple[Turn, Turn], ...] = ()
    so_far: str = ""
    prompt: PromptVersion | None = None
    document_ids: tuple[str, ...] = ()
    schema: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. answer.text holds so_far too. fit is what was sent, None if the model was not asked.

    findings are the guard's in what was typed. kept is what else is to be stored (sealed) with the answer, as JSON can hold
    it, such as its sources.
    """

    answer: Answer
    findings: tuple[Finding, ...] = ()
    fit: Fit | None = None
    kept: Mapping[str, Any] = field(default_factory=dict, repr=False)


def talk(client: ModelClient, question: Question, *, context_tokens: int) -> Job[Reply]:
    """Yield Progress and Piece, return the answer.

    Raises GuardError if the guard cannot read what was typed, TooLongError if it does not fit, and what generate raises.
    """
    yield Progress(0, None, "Checking what you typed")
    findings = tuple(finding for value in question.values.values() for finding in scan(value))
    asked = (("user", question.text),)
    fitted = yield from fit(
        client, start=question.start, history=question.history, question=asked, so_far=question.so_far,
        answer_tokens=question.parameters.max_tokens, context_tokens=context_tokens,
    )  # fmt: skip
    if fitted.meter.over:
        raise TooLongError(fitted.meter)
    messages = fitted.messages
    if question.so_far:
        messages = (*messages, ("assistant", question.so_far))
    answer = yield from client.generate(
        messages, generation_parameters(question.parameters), seed=question.seed, keep_turns=fitted.keep_turns,
        schema=question.schema, continue_last=bool(question.so_far),
    )  # fmt: skip
    return Reply(replace(answer, text=question.so_far + answer.text), findings, fitted)


def generation_parameters(chosen: ModelParameters) -> GenerationParameters:
    """The parameters as the worker takes them."""
    return GenerationParameters(
        temperature=chosen.temperature, top_p=chosen.top_p, repeat_penalty=chosen.repeat_penalty,
        max_tokens=chosen.max_tokens, stop=chosen.stop,
    )  # fmt: skip


def run_of(question: Question, reply: Reply, *, model_id: str) -> Run:
    """The run as it is recorded."""
    said = reply.fit.messages if reply.fit else (*question.start, ("user", question.text))
    messages = tuple(Message(role, text) for role, text in said)  # type: ignore[arg-type]
    request = RunRequest(messages, question.parameters, question.seed, question.values, reply.findings, question.prompt)
    return record(request, reply.answer, model_id=model_id)


def facts_of(question: Question, reply: Reply, run: Run) -> dict[str, object]:
    """What is stored in the clear with an answer: numbers and ids, nothing anybody typed."""
    chosen, timings = question.parameters, reply.answer.timings
    facts: dict[str, object] = {
        "run_id": run.id, "model_id": run.model_id, "seed": question.seed, "stop_reason": reply.answer.stop_reason,
        "temperature": chosen.temperature, "top_p": chosen.top_p, "repeat_penalty": chosen.repeat_penalty,
        "max_tokens": chosen.max_tokens, "prompt_tokens": timings.prompt_tokens, "cached_tokens": timings.cached_tokens,
        "completion_tokens": timings.completion_tokens, "first_token_ms": round(timings.first_token_ms),
        "tokens_per_second": round(timings.tokens_per_second, 1), "findings": dict(run.findings),
    }  # fmt: skip
    if reply.fit is not None and reply.fit.left_out:
        facts |= {"left_out": list(reply.fit.left_out), "context_tokens": reply.fit.meter.context}
    if question.so_far:
        facts["continued"] = True
    return facts
