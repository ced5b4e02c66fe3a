"""greenroom sandbox run --doc: a question to documents, with the sources and what is marked in the answer."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from desktop_app.cli.common import print_json, printable, run_job
from desktop_app.guard.summary import consequence, summary
from desktop_app.practice.grounding.asking import ask
from desktop_app.practice.grounding.index import DocumentIndex
from desktop_app.practice.grounding.passage import GroundedAnswer
from desktop_app.prompts.prompt import ModelParameters
from desktop_app.prompts.run import RunRequest, record
from desktop_app.sandbox.client import Answer
from desktop_app.sandbox.protocol import Timings
from desktop_app.services import Services


def run_on_documents(
    services: Services, request: RunRequest, files: Sequence[str], *, own_words: bool, as_json: bool
) -> None:
    """Answer the request's text from files, print the answer with its sources, record the run.

    The files are indexed in memory alone: the list in the window stays as it is, and their text comes on no disk.
    """
    if request.findings:
        click.echo(f"Guard: {summary(request.findings)}. {consequence(request.findings)}", err=True)
    question = request.values["prompt"]
    with closing(DocumentIndex(None)) as index:
        for file in files:
            document = run_job(index.add(Path(file)), f"Reading {Path(file).name}")
            if document.problem:
                click.echo(printable(f"greenroom: {document.name}: {document.problem}"), err=True)
        job = ask(
            services.model,
            index,
            question,
            seed=request.seed,
            parameters=_parameters(request),
            quote=False if own_words else None,
        )
        answer = run_job(job, "Looking for an answer")
    services.unlock_vault()
    made = answer.answer or Answer("", "end", "", Timings())
    stored = services.learner.save_run(
        record(request, replace(made, text=answer.text), model_id=services.model.model.id)
    )
    if as_json:
        print_json({"run": stored.id} | as_json_value(answer))
    else:
        _show(answer)


def as_json_value(answer: GroundedAnswer) -> dict[str, Any]:
    """The answer as plain values: sources in the order of their numbers, a mark for each sentence."""
    return {
        "text": answer.text,
        "found": answer.found,
        "is_quotation": answer.is_quotation,
        "looked_for": answer.looked_for,
        "problem": answer.problem,
        "sources": [
            {
                "number": number, "document": passage.document_name, "sha256": passage.document_id, "page": passage.page,
                "heading": passage.heading, "start": passage.start, "end": passage.end, "text": passage.text,
            }
            for number, passage in enumerate(answer.passages, 1)
        ],
        "marks": [
            {
                "sentence": answer.text[mark.start : mark.end], "verdict": mark.verdict,
                "sources": [number + 1 for number in mark.passages], "says": mark.says,
                "not_found": [fact.text for fact in mark.support.missing], "elsewhere": [fact.text for fact in mark.apart],
            }
            for mark in answer.marks
        ],
    } | (asdict(answer.answer.timings) if answer.answer else {})  # fmt: skip


def _parameters(request: RunRequest) -> ModelParameters | None:
    """None leaves length and temperature to what suits the model; a longest answer that was asked for counts."""
    chosen = request.parameters
    return None if chosen.max_tokens == ModelParameters().max_tokens else replace(chosen, repeat_penalty=1.0)


def _show(answer: GroundedAnswer) -> None:
    click.echo(printable(answer.text))
    if answer.passages:
        click.echo("\nSources:" if answer.found else "\nThe nearest passage:")
    for number, passage in enumerate(answer.passages, 1):
        click.echo(printable(f"[{number}] {passage.place}" if answer.found else f"    {passage.place}"))
    if answer.marks:
        click.echo("\nLooked up:")
    for mark in answer.marks:
        click.echo(printable(f"{mark.verdict:<12}{answer.text[mark.start : mark.end]}\n{'':<12}{mark.says}"))
    if answer.problem:
        click.echo(printable(answer.problem), err=True)
    if answer.answer is not None:
        click.echo("[a small model, often wrong: read the sources]", err=True)
