"""One run: a filled prompt or a free text passes the guard and goes to the local model; what came back becomes a record."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import uuid4

from desktop_app.clock import utc_now
from desktop_app.errors import AppError
from desktop_app.guard.finding import Finding
from desktop_app.guard.scan import scan
from desktop_app.jobs import Job
from desktop_app.prompts.answer_schema import answer_schema
from desktop_app.prompts.loading import PLACEHOLDER
from desktop_app.prompts.prompt import Message, ModelParameters, PromptVersion
from desktop_app.prompts.render import render
from desktop_app.records.learning import Run, RunText
from desktop_app.sandbox.client import Adapters, Answer, ModelClient
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.sandbox.protocol import GenerationParameters

FREE_PARAMETERS = ModelParameters(temperature=0.3)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What would be sent. values holds the typed texts by input name ("prompt" for a free text); findings are theirs.

    schema is the JSON Schema that the answer must keep to, as JSON; "" for a free answer.
    """

    messages: tuple[Message, ...]
    parameters: ModelParameters
    seed: int
    values: Mapping[str, str]
    findings: tuple[Finding, ...]
    prompt: PromptVersion | None = None
    lesson_id: str = ""
    practice_id: str = ""
    schema: str = ""


def new_seed() -> int:
    """A seed nobody chose; short enough to read out."""
    return secrets.randbelow(9_999) + 1


def from_prompt(
    version: PromptVersion, values: Mapping[str, str], *, seed: int | None = None, max_tokens: int | None = None
) -> RunRequest:
    """A request for a library prompt; raises ValueProblem for values that do not fit, GuardError if the guard fails, SchemaError
    if the prompt wants a form of answer that cannot be kept.
    """
    messages = render(version, values)
    chosen = version.parameters.seed if seed is None else seed
    parameters = replace(version.parameters, max_tokens=max_tokens or version.parameters.max_tokens)
    findings = tuple(finding for value in values.values() for finding in scan(value))
    return RunRequest(
        messages, parameters, new_seed() if chosen is None else chosen, dict(values), findings, version,
        schema=answer_schema(version),
    )  # fmt: skip


def from_text(text: str, *, seed: int | None = None, max_tokens: int | None = None) -> RunRequest:
    """A request for a free text; raises AppError if there is none, GuardError if the guard fails."""
    if not text.strip():
        raise AppError("There is no prompt yet. Write what the model should do, then run it.")
    parameters = replace(FREE_PARAMETERS, max_tokens=max_tokens or FREE_PARAMETERS.max_tokens)
    return RunRequest(
        (Message("user", text),), parameters, new_seed() if seed is None else seed, {"prompt": text}, scan(text)
    )


def run(client: ModelClient, request: RunRequest, *, on: tuple[ModelFile, Adapters] | None = None) -> Job[Answer]:
    """Send the request, to the model and adapters of on if given; yields the answer's pieces and returns the whole."""
    chosen = request.parameters
    parameters = GenerationParameters(
        temperature=chosen.temperature, top_p=chosen.top_p, repeat_penalty=chosen.repeat_penalty,
        max_tokens=chosen.max_tokens, stop=chosen.stop,
    )  # fmt: skip
    messages = [(message.role, message.content) for message in request.messages]
    keep = len(unfilled(request.prompt)) if request.prompt else 0
    return (
        yield from client.generate(
            messages, parameters, seed=request.seed, keep_turns=keep, schema=request.schema, on=on
        )
    )


def unfilled(version: PromptVersion) -> tuple[Message, ...]:
    """The messages at the start that are the same whatever is filled in; never all, for there is always a question."""
    first = next((at for at, message in enumerate(version.messages) if PLACEHOLDER.search(message.content)), None)
    return version.messages[: len(version.messages) - 1 if first is None else first]


def prepare(client: ModelClient, version: PromptVersion) -> Job[None]:
    """Let the model read what it can of the prompt before its form is filled; gives way to whoever asks something."""
    if keep := len(unfilled(version)):
        yield from client.prepare([(message.role, message.content) for message in version.messages], keep)


def record(request: RunRequest, answer: Answer, *, model_id: str, checks: Mapping[str, bool] | None = None) -> Run:
    """The run as it is stored."""
    version = request.prompt
    return Run(
        id=uuid4().hex,
        at=utc_now(),
        lesson_id=request.lesson_id,
        practice_id=request.practice_id,
        prompt_id=version.id if version else "",
        prompt_version=version.version if version else 0,
        content_hash=version.content_hash if version else "",
        model_id=model_id,
        seed=request.seed,
        stop_reason=answer.stop_reason,
        prompt_tokens=answer.timings.prompt_tokens,
        completion_tokens=answer.timings.completion_tokens,
        first_token_ms=answer.timings.first_token_ms,
        tokens_per_second=answer.timings.tokens_per_second,
        findings=dict(Counter(finding.kind for finding in request.findings)),
        checks=dict(checks or {}),
        judgement="",
        text=RunText(dict(request.values), tuple((m.role, m.content) for m in request.messages), answer.text),
    )
