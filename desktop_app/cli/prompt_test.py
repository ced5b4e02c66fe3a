"""`greenroom prompt test`: run prompts' tests on the local model and say what passes, what fails and what got worse."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress, finish
from desktop_app.prompts.evaluate.matrix import Result, TestedModel, TestedVersion, run_matrix
from desktop_app.prompts.evaluate.models import model_file, tested_model
from desktop_app.prompts.evaluate.report import as_json_text, as_junit, as_table
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.prompts.evaluate.suite import read_suite
from desktop_app.prompts.evaluate.summary import summarise
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.sandbox.client import ModelClient
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically

_FORMATS = {"table": as_table, "json": as_json_text, "junit": as_junit}


@click.command("test")
@click.argument("references", nargs=-1, metavar="[ID[@VERSION|@LABEL]]…")
@click.option("--all", "everything", is_flag=True, help="Test every prompt of the library that has tests.")
@click.option(
    "--versions", type=click.Choice(["offered", "all"]), default="offered", help="Which versions of each prompt."
)
@click.option(
    "--seeds",
    type=click.IntRange(1, 100),
    default=1,
    show_default=True,
    help="How often to run each test, with seeds 1 to N.",
)
@click.option(
    "--model",
    "models",
    multiple=True,
    metavar="ID|FILE.gguf",
    help="Another model than the bundled one; may be given again.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(_FORMATS)),
    default="table",
    show_default=True,
    help="For people, scripts or pipelines.",
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report into this file.")
@click.option("--no-cache", is_flag=True, help="Ask the model again even where its answer is known.")
@click.pass_obj
def test(
    services: Services, references: tuple[str, ...], everything: bool, versions: str, seeds: int, models: tuple[str, ...],
    form: str, out: Path | None, no_cache: bool,
) -> None:  # fmt: skip
    """Run the tests of prompts on the local model; exit code 1 if one fails."""
    if bool(references) == everything:
        raise click.UsageError("Name prompts to test, or give --all.")
    chosen = _tested(services, references, all_versions=versions == "all")
    services.locations.make_profile()
    with ExitStack() as stack:
        store = stack.enter_context(ResultStore(services.locations.results_db))
        if store.set_aside:
            click.echo(
                f"The results kept so far were damaged; they lie in {store.set_aside}, new ones are begun.", err=True
            )
        tested = [_model(services, name, store, stack) for name in models] or [_bundled(services, store)]
        job = run_matrix(chosen, tested, range(1, seeds + 1), store, fresh=no_cache)
        results, whole = collect(job)
        results = [_with_text(result, store) for result in results]
    report = _FORMATS[form](summarise(results))
    if out is None:
        click.echo(report)
    else:
        write_atomically(out, f"{report.rstrip()}\n".encode(), mode=0o644)
    if not whole:
        click.echo("Stopped. What was done is kept: the same command goes on from there.", err=True)
        sys.exit(130)
    sys.exit(0 if all(result.passed for result in results) else 1)


def _tested(services: Services, references: Sequence[str], *, all_versions: bool) -> list[TestedVersion]:
    """The versions with their cases; raises AppError if none has tests, ContentError for a broken test."""
    chosen: list[PromptVersion] = []
    for reference in references or [prompt.id for prompt in services.prompts.prompts()]:
        if all_versions and "@" not in reference:
            chosen += services.prompts.get(reference).versions
        else:
            chosen.append(services.prompts.resolve(reference))
    found = [TestedVersion(version, read_suite(version)) for version in chosen]
    with_tests = [each for each in found if each.suite.cases]
    if not with_tests:
        named = ", ".join(f"{each.version.id}@{each.version.version}" for each in found[:3]) or "The library"
        raise AppError(f"{named} has no tests. docs/formats/prompt-tests.md shows how to write some.")
    return with_tests


def _bundled(services: Services, store: ResultStore) -> TestedModel:
    return finish(tested_model(services.model, store))


def _model(services: Services, name: str, store: ResultStore, stack: ExitStack) -> TestedModel:
    file = finish(model_file(name, store))
    if file.id == services.model.model.id and file.path == services.model.model.path:
        return _bundled(services, store)
    return finish(tested_model(stack.enter_context(ModelClient(file)), store))


def collect(job: Job[tuple[Result, ...]]) -> tuple[list[Result], bool]:
    """Run the job with a bar on a terminal; its results, and False if Ctrl-C ended it before all were there."""
    results: list[Result] = []
    stderr = sys.stderr
    with click.progressbar(length=1, label="Testing", file=stderr, hidden=not stderr.isatty(), show_pos=True,
                           item_show_func=lambda note: note or "") as bar:  # fmt: skip
        try:
            for step in job:
                if isinstance(step, Result):
                    results.append(step)
                elif isinstance(step, Progress):
                    bar.length = step.total or 1
                    bar.update(step.done - bar.pos, step.note)
        except KeyboardInterrupt:
            job.close()
            return results, False
    return results, True


def _with_text(result: Result, store: ResultStore) -> Result:
    """The result with the answer of the last time, where it got worse."""
    if result.change != "regressed" or result.before is None:
        return result
    return replace(result, before=replace(result.before, text=store.text(result.before.output_key)))
