"""greenroom model: which models there are, adding and removing one, whether files are the right ones, what is in a file."""

from __future__ import annotations

import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from desktop_app.cli.common import Group, exit_code, listing_options, print_json, print_listing, printable, run_job
from desktop_app.cli.scorecard import scorecard
from desktop_app.errors import AppError, ModelError
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.adapters import AdapterFile, is_adapter
from desktop_app.sandbox.models.candidate import NOT_STATED, Candidate
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, in_bytes
from desktop_app.sandbox.models.checking import check_model
from desktop_app.sandbox.models.fit import fit_of_model, memory_now
from desktop_app.sandbox.models.folders import add_entry
from desktop_app.sandbox.models.gguf import describe, read_header
from desktop_app.services import Services

PLACES = {"app": "came with the app", "machine": "on this machine", "share": "shared by IT", "yours": "added by you"}


@click.group(cls=Group)
def model() -> None:
    """List, add, check, choose and remove local models."""


model.add_command(scorecard)


@model.command("list")
@listing_options
@click.pass_obj
def list_models(services: Services, as_json: bool) -> None:
    """List all models and adapters: the app's, the machine's, the share's and your own; say what is wrong with any.

    Ends with exit code 1 if there is something wrong.
    """
    found = run_job(services.models.scan(), "Looking for models")
    rows = [
        *(_row(services, each) for each in found.models),
        *(_row(services, each) | {"present": False, "problem": why} for each, why in found.broken),
        *(_adapter_row(each) for each in found.adapters),
    ]
    print_listing(rows, as_json=as_json, line=_line)
    for problem in found.problems:
        click.echo(printable(f"greenroom: {problem}"), err=True)
    for path in found.strays:
        click.echo(
            f"greenroom: {path} has no entry in its models.json. Add it with: greenroom model add {path}", err=True
        )
    exit_code(found.problems)


def _row(services: Services, each: ModelFile) -> dict[str, Any]:
    fit = fit_of_model(each, memory_now())
    values = asdict(each)
    del values["template"]
    return values | {
        "kind": "model", "path": str(each.path), "present": each.path.is_file(), "in_use": each.id == services.models.chosen_id,
        "fit": fit.words, "need_bytes": fit.need_bytes, "free_bytes": fit.memory.free_bytes,
    }  # fmt: skip


def _adapter_row(adapter: AdapterFile) -> dict[str, Any]:
    return asdict(adapter) | {"kind": "adapter", "path": str(adapter.path), "present": True}


def _line(row: Any) -> str:
    place = PLACES.get(row["origin"], row["origin"])
    if row["kind"] == "adapter":
        return f"{row['id']}  adapter for {row['base']}: {row['name']}, {in_bytes(row['adapter_bytes'])}, {row['license']}, {place}"
    state = "in use" if row["in_use"] else "installed" if row["present"] else "missing"
    return (
        f"{row['id']}  {row['name']}, {in_bytes(row['model_bytes'])}, {row['license']}, {state}, {place}, {row['fit']} "
        f"(needs {in_bytes(row['need_bytes'])}). {row['note']}"
    )


@model.command()
@click.argument("model_id", metavar="[ID]", required=False)
@click.pass_obj
def verify(services: Services, model_id: str | None) -> None:
    """Check every file, or the one of ID, byte for byte; exit code 1 if one is missing or altered."""
    found = run_job(services.models.scan(), "Looking for models")
    files = [*found.models, *(each for each, _ in found.broken), *found.adapters]
    wanted = [each for each in files if model_id in (None, each.id)]
    if not wanted:
        raise ModelError(f"There is no model {model_id}. Known: {', '.join(each.id for each in files)}.")
    wrong = False
    for each in wanted:
        try:
            run_job(check_model(each, again=True), each.name)
        except ModelError as problem:
            wrong = True
            click.echo(printable(f"greenroom: {problem}"), err=True)
        else:
            click.echo(f"{each.id}: unaltered, {each.file_bytes:,} bytes, SHA-256 {each.sha256}")
    sys.exit(1 if wrong else 0)


@model.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--template", is_flag=True, help="Print the chat template and nothing else.")
@listing_options
@click.pass_obj
def inspect(services: Services, file: Path, template: bool, as_json: bool) -> None:
    """Show what the header of a GGUF FILE says and whether it could be added, without loading or adding it."""
    header = read_header(file)
    if template:
        click.echo(printable(header.text("tokenizer.chat_template")))
        return
    found: dict[str, Any] = describe(header) | {"type": "adapter" if is_adapter(header) else "model"}
    try:
        candidate = run_job(services.models.examine(file), "Looking at the file")
    except AppError as problem:
        found["problem"] = str(problem)
    else:
        found |= _judged(candidate)
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        shown = ", ".join(f"{count} x {kind}" for kind, count in value.items()) if isinstance(value, dict) else value
        click.echo(printable(f"{name}: {shown}"))


def _judged(candidate: Candidate) -> dict[str, Any]:
    """What adding it would mean."""
    shown: dict[str, Any] = {"license": candidate.license, "publisher": candidate.publisher}
    if candidate.fit is None:
        return shown | {"adapter_for": candidate.base}
    known = f"the same as {candidate.template_of}'s" if candidate.template_of else "new: read it before you accept it"
    return shown | {
        "languages": ", ".join(candidate.languages) or "not stated", "training_data": candidate.training_data,
        "template": known, "template_sha256": candidate.template_sha256,
        "fit": f"{candidate.fit.words}: {candidate.fit.numbers}", "need_bytes": candidate.fit.need_bytes,
    }  # fmt: skip


@model.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--accept-template", is_flag=True, help="Accept its chat template though no known model has it.")
@click.option("--base", metavar="ID", help="For an adapter: the model it is for.")
@listing_options
@click.pass_obj
def add(services: Services, file: Path, accept_template: bool, base: str | None, as_json: bool) -> None:
    """Add a GGUF FILE, a model or an adapter, to your models: it is checked, copied and described.

    A file in a folder of models stays where it is. A chat template that no known model has is printed and must be accepted.
    """
    run_job(services.models.scan(), "Looking for models")
    candidate = run_job(services.models.examine(file, base=ModelId(base) if base else None), "Looking at the file")
    if candidate.template_is_new and not accept_template:
        click.echo(printable(candidate.template), err=True)
    if candidate.fit is not None and candidate.fit.verdict != "fits":
        click.echo(f"greenroom: {candidate.name} {candidate.fit.words}: {candidate.fit.numbers}.", err=True)
    if candidate.license == NOT_STATED:
        click.echo("greenroom: The file names no licence. Ask its publisher before you use it at work.", err=True)
    added = run_job(services.models.add(candidate, accept_template=accept_template), "Adding")
    if as_json:
        print_json(_row(services, added) if isinstance(added, ModelFile) else _adapter_row(added))
    else:
        how = (
            f"Use it with: greenroom model use {added.id}"
            if isinstance(added, ModelFile)
            else f"It is for {added.base}."
        )
        click.echo(f"{added.id} is added: {added.name}, {added.size}, licence {added.license}. {how}")


@model.command()
@click.argument("model_id", metavar="ID")
@click.pass_obj
def use(services: Services, model_id: str) -> None:
    """Use the model ID from now on, in the window and in commands."""
    chosen = run_job(services.models.look(model_id), "Looking for models")
    run_job(check_model(chosen), chosen.name)
    services.models.choose(chosen)
    click.echo(f"{chosen.name} is used from now on.")


@model.command()
@click.argument("model_id", metavar="ID")
@click.pass_obj
def remove(services: Services, model_id: str) -> None:
    """Delete the model or adapter ID of your own; the file you added it from is not touched."""
    found = run_job(services.models.scan(), "Looking for models")
    files = (*found.models, *(each for each, _ in found.broken), *found.adapters)
    file = next((each for each in files if each.id == model_id), None)
    if file is None:
        raise ModelError(f"There is no model {model_id}. Known: {', '.join(each.id for each in files)}.")
    run_job(services.models.remove(file), "Removing")
    services.models.close()
    click.echo(f"{file.name} is removed.")


@model.command()
@click.argument("model_id", metavar="[ID]", required=False)
@listing_options
@click.pass_obj
def measure(services: Services, model_id: str | None, as_json: bool) -> None:
    """Measure the memory of the model in use, or of ID, after loading and with a full context, and its speed.

    The figures are kept with models of your own. Close other programs first: they take speed, though not memory.
    """
    from desktop_app.sandbox.models.measuring import measure as measured

    file = run_job(services.models.look(model_id or services.models.chosen_id), "Looking for models")
    with ModelClient(file) as client:
        figures = run_job(measured(client), f"Measuring {file.name}")
    if file.origin == "yours":
        run_job(add_entry(services.models.own, replace(file, memory=figures)), "Keeping the figures")
    if as_json:
        print_json(asdict(figures))
    else:
        click.echo(
            f"{file.id}: {in_bytes(figures.loaded_bytes)} after loading, {in_bytes(figures.full_bytes)} with "
            f"{figures.context_tokens:,} tokens of context in use, {figures.tokens_per_second:.0f} tokens a second "
            f"({figures.measured_on}, {figures.machine})"
        )
