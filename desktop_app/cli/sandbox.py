"""greenroom sandbox: the local model on the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from desktop_app.cli.common import Group, exit_code, listing_options, parse_settings, print_json, printable, read_text
from desktop_app.cli.compare import compare
from desktop_app.cli.sandbox_documents import run_on_documents
from desktop_app.cli.sandbox_history import export, history
from desktop_app.errors import ModelError
from desktop_app.guard.summary import consequence, summary
from desktop_app.jobs import Job, finish
from desktop_app.practice.structured import checked_schema, held_to, plain, read_result
from desktop_app.prompts.run import RunRequest, from_prompt, from_text, record
from desktop_app.prompts.run import run as run_prompt
from desktop_app.sandbox.builds import build_words
from desktop_app.sandbox.client import Answer, ModelClient, Piece, SandboxOpenError
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import Channel
from desktop_app.services import Services


@click.group(cls=Group)
def sandbox() -> None:
    """Use the local model and prove that it is locked in."""


sandbox.add_command(compare)
sandbox.add_command(history)
sandbox.add_command(export)


@sandbox.command()
@listing_options
def selftest(as_json: bool) -> None:
    """Start the model's process and try every way out of it; exit code 1 if one is open."""
    try:
        with ModelClient(bundled_model()) as client:
            report = finish(client.start())
    except SandboxOpenError as problem:
        _show(problem.channels, str(problem), {}, as_json=as_json)
        raise
    _show(
        report.channels,
        "proven by this test" if report.proven else report.reason,
        report.as_json(),
        as_json=as_json,
    )
    if not as_json:
        click.echo(f"llama.cpp's build: {build_words(report.build)}")
    exit_code(report.refused < report.total)


def _show(channels: tuple[Channel, ...], verdict: str, details: dict[str, Any], *, as_json: bool) -> None:
    refused = sum(channel.refused for channel in channels)
    if as_json:
        counts = {"refused": refused, "total": len(channels), "channels": [asdict(channel) for channel in channels]}
        print_json(counts | {"verdict": verdict} | details)
        return
    for channel in channels:
        click.echo(f"{'refused' if channel.refused else 'OPEN   '}  {channel.name}: {channel.detail}")
    click.echo(f"{refused} of {len(channels)} channels refused: {verdict}")


@sandbox.command()
@click.argument("text", required=False)
@click.option("--prompt", "reference", metavar="ID[@VERSION|@LABEL]", help="Run a library prompt.")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A value for one of the prompt's inputs.")
@click.option(
    "--seed", type=click.IntRange(0, 2**32 - 2), help="Same seed, same answer; without one a new one is drawn."
)
@click.option("--max-tokens", type=click.IntRange(1, 1024), help="The longest answer.")
@click.option("--schema", "schema_file", metavar="FILE", help="A JSON Schema that the answer must keep to.")
@click.option(
    "--doc", "documents", metavar="FILE", multiple=True, help="Answer TEXT from this document; may be repeated."
)
@click.option("--own-words", is_flag=True, help="With --doc: let a small model write instead of quoting.")
@listing_options
@click.pass_obj
def run(
    services: Services,
    text: str | None,
    reference: str | None,
    settings: tuple[str, ...],
    seed: int | None,
    max_tokens: int | None,
    schema_file: str | None,
    documents: tuple[str, ...],
    own_words: bool,
    as_json: bool,
) -> None:
    """Run TEXT ("-" for standard input) or a library prompt on the local model; the answer streams to standard output.

    What the guard finds is named on standard error. The run is recorded like one in the window. With a schema the answer is
    valid JSON, or exit code 1 and a sentence about how much of it is there. With documents the answer is a sentence of them
    with its source, or says that it is not in them.
    """
    if documents and (schema_file or reference):
        raise click.UsageError("--doc goes with a TEXT, not with --prompt or --schema.")
    if own_words and not documents:
        raise click.UsageError("--own-words belongs to --doc.")
    schema = checked_schema(read_text(schema_file)) if schema_file else ""
    request = _request(services, text, reference, settings, seed, max_tokens)
    if documents:
        run_on_documents(services, request, documents, own_words=own_words, as_json=as_json)
        return
    request = held_to(request, schema) if schema else request
    if request.findings:
        click.echo(f"Guard: {summary(request.findings)}. {consequence(request.findings)}", err=True)
    job = run_prompt(services.model, request)
    try:
        answer = stream(job, quiet=as_json)
    except KeyboardInterrupt:
        job.close()
        raise
    services.unlock_vault()
    stored = services.learner.save_run(record(request, answer, model_id=services.model.model.id))
    if (used := request.prompt) is not None:
        services.learner.usage.add_use(used.id, used.version, used.content_hash, "run")
    result = read_result(answer.text, request.schema, answer.stop_reason) if request.schema else None
    if as_json:
        made = {"run": stored.id, "text": answer.text, "stop_reason": answer.stop_reason} | asdict(answer.timings)
        print_json(made | ({"value": plain(result.value), "problem": result.problem} if result else {}))
    else:
        click.echo()
        speed = f"{answer.timings.completion_tokens} tokens, {answer.timings.tokens_per_second:.0f} tokens/s"
        which = "a small model, often wrong" if services.model.model.small else "a model can be wrong"
        click.echo(f"\n[{speed}, seed {request.seed}; {which}: check it]", err=True)
    if answer.stop_reason == "died":
        raise ModelError(f"The answer is not complete. {answer.problem}")
    if result is not None and not result.whole:
        raise ModelError(result.problem)


def stream(job: Job[Answer], *, quiet: bool = False) -> Answer:
    """Print the answer's pieces as they come and return the whole."""
    while True:
        try:
            piece = next(job)
        except StopIteration as end:
            return end.value
        if isinstance(piece, Piece) and not quiet:
            click.echo(printable(piece.text), nl=False)


def _request(
    services: Services,
    text: str | None,
    reference: str | None,
    settings: tuple[str, ...],
    seed: int | None,
    max_tokens: int | None,
) -> RunRequest:
    if (text is None) == (reference is None):
        raise click.UsageError("Give either a TEXT (or - for standard input) or --prompt ID.")
    if reference is not None:
        version = services.prompts.usable(reference)
        return from_prompt(version, parse_settings(settings), seed=seed, max_tokens=max_tokens)
    if settings:
        raise click.UsageError("--set belongs to --prompt.")
    return from_text(read_text("-") if text == "-" else text or "", seed=seed, max_tokens=max_tokens)
