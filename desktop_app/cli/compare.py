"""`greenroom sandbox compare`: two to four columns on the same input or a table of them, unattended and resumable."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from desktop_app.cli.common import (
    checked_option,
    exit_code,
    listing_options,
    parse_settings,
    print_json,
    printable,
    require_check,
    run_job,
)
from desktop_app.clock import utc_now
from desktop_app.errors import AppError
from desktop_app.guard.summary import consequence, summary
from desktop_app.jobs import Job, Progress, finish
from desktop_app.practice.compare.columns import read_column
from desktop_app.practice.compare.comparison import LETTERS, Cell, Comparison
from desktop_app.practice.compare.export import FORMATS, as_data, export_text, guard_export, titles_of
from desktop_app.practice.compare.keeping import begin, keep, newest, reopen
from desktop_app.practice.compare.planning import FindModel, Side, inputs_of, make_plan, sides_again, sides_of
from desktop_app.practice.compare.running import run_cells
from desktop_app.practice.compare.table import guard_rows, read_table
from desktop_app.practice.retention import expire
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically


@click.command()
@click.option(
    "--column", "columns", multiple=True, metavar="prompt=ID@VERSION[,seed=N][,…]",
    help="A column, two to four times: prompt= or text= (last), and model=, seed=, temperature=, top_p=, "
    "repeat_penalty=, max_tokens=.",
)  # fmt: skip
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A value for one of the prompts' inputs.")
@click.option(
    "--table", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV file of inputs: its columns carry the inputs' names, each line is a row.",
)  # fmt: skip
@click.option("--resume", metavar="ID|last", help="Go on with a comparison that was stopped.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path),
    help="Write the comparison into this file; its ending says how: .csv, .md or .json.",
)  # fmt: skip
@checked_option
@listing_options
@click.pass_obj
def compare(
    services: Services,
    columns: tuple[str, ...],
    settings: tuple[str, ...],
    table: Path | None,
    resume: str | None,
    out: Path | None,
    checked: bool,
    as_json: bool,
) -> None:
    """Run two to four COLUMNS (prompts, versions, models, parameters, seeds) on the same input; exit code 1 if an answer failed.

    Each answer is kept as soon as it is there: Ctrl-C and --resume go on where it stopped. Columns without a seed share
    one, so that nothing else differs. What the guard finds is named on standard error before anything runs.
    """
    if resume and (columns or settings or table):
        raise click.UsageError("--resume goes without --column, --set and --table: it knows them.")
    if not resume and not columns:
        raise click.UsageError("Give two to four --column, or --resume ID.")
    if settings and table:
        raise click.UsageError("Give --set for one input or --table for many, not both.")
    if out is not None and out.suffix.lower() not in FORMATS:
        raise click.UsageError(f"--out ends in {', '.join(FORMATS)}.")
    values = parse_settings(settings)
    services.unlock_vault()
    if (days := services.policy.retention_days) is not None:  # nothing is gone on with that may not be kept
        finish(expire(services.learner.elsewhere(), days, utc_now()))
    if resume:
        comparison, sides = _again(services, resume)
    else:
        comparison, sides = _begin(services, columns, values, table)
    comparison, whole = _run(services, comparison, sides)
    if out is not None and not checked and services.policy.check_before_copy:
        _show(comparison, None, as_json=as_json)  # they can be checked once they are seen
    if out is not None:
        require_check(services, checked=checked, facts={"comparison": comparison.id})
    _show(comparison, out, as_json=as_json)
    if not whole:
        click.echo(_stopped(services, comparison), err=True)
        sys.exit(130)
    exit_code(comparison.failed)


def _stopped(services: Services, comparison: Comparison) -> str:
    if not services.learner.vault.is_open:
        return f"Stopped. The answers could not be kept. {services.learner.vault.reason}"
    return f"Stopped. What was done is kept; go on with: greenroom sandbox compare --resume {comparison.id}"


def _again(services: Services, wanted: str) -> tuple[Comparison, tuple[Side, ...]]:
    store = services.learner.comparisons
    comparison = reopen(store, newest(store) if wanted == "last" else wanted)
    return comparison, sides_again(comparison.plan, services.prompts, _find(services))


def _begin(
    services: Services, columns: tuple[str, ...], values: Mapping[str, str], table: Path | None
) -> tuple[Comparison, tuple[Side, ...]]:
    sides = sides_of([read_column(text) for text in columns], services.prompts, _find(services))
    inputs = inputs_of(sides)
    if table is None:
        if unknown := [name for name in values if name not in {item.name for item in inputs}]:
            known = ", ".join(item.name for item in inputs) or "none"
            raise AppError(f"No column has an input {unknown[0]!r}. Their inputs: {known}.")
        rows, source = [values], ""
    else:
        read = run_job(read_table(table, inputs), "Reading")
        for problem in read.problems:
            click.echo(printable(str(problem)), err=True)
        if read.problems:
            raise AppError(f"{table} does not fit, so nothing was run. Mend what is named above.")
        if read.ignored:
            click.echo(printable(f"Not used, because no input has that name: {', '.join(read.ignored)}"), err=True)
        rows, source = list(read.rows), read.name
    plan = make_plan(sides, rows, source=source)
    findings, affected = run_job(guard_rows(plan.rows), "Guard")
    if findings:
        where = f" in {affected:,} of {len(rows):,} rows" if len(rows) > 1 else ""
        click.echo(f"Guard: {summary(findings)}{where}. {consequence(findings)}", err=True)
    return begin(services.learner.comparisons, plan, findings), sides


def _find(services: Services) -> FindModel:
    def find(model_id: str) -> ModelFile:
        used = services.model.model
        return used if model_id in ("", used.id) else finish(services.models.look(model_id))

    return find


def _run(services: Services, comparison: Comparison, sides: tuple[Side, ...]) -> tuple[Comparison, bool]:
    """The comparison with its answers, and False if Ctrl-C ended it before all were there; each answer is kept at once."""
    job = run_cells(comparison.plan, sides, services.model, there=comparison.cells)
    stderr = sys.stderr
    with click.progressbar(
        length=comparison.plan.places, label="Comparing", file=stderr, hidden=not stderr.isatty(), show_pos=True
    ) as bar:
        try:
            comparison = _drive(services, job, comparison, bar)
        except KeyboardInterrupt:
            job.close()
            # the answer whose storing was interrupted is there or not, as the records say
            return reopen(services.learner.comparisons, comparison.id), False
    return comparison, True


def _drive(services: Services, job: Job[int], comparison: Comparison, bar: object) -> Comparison:
    store = services.learner.comparisons
    for step in job:
        if isinstance(step, Cell):
            comparison = keep(store, comparison, step)
        elif isinstance(step, Progress) and step.total:
            bar.update(step.done - bar.pos)  # type: ignore[attr-defined]
    return comparison


def _show(comparison: Comparison, out: Path | None, *, as_json: bool) -> None:
    titles = titles_of(comparison)
    if out is not None:
        findings = finish(guard_export(comparison))
        if findings:
            click.echo(f"Guard: {summary(findings)} in what is written to {out.name}.", err=True)
        write_atomically(out, export_text(comparison, out.suffix, titles).encode("utf-8", "replace"), mode=0o600)
        click.echo(f"Wrote {out}", err=True)
    if as_json:
        print_json(as_data(comparison, titles))
    elif out is None:
        _print(comparison, titles)
    else:
        click.echo(_summary(comparison))


def _print(comparison: Comparison, titles: tuple[str, ...]) -> None:
    plan = comparison.plan
    for row in range(len(plan.rows)):
        if not any(comparison.row_cells(row)):
            continue
        if len(plan.rows) > 1:
            click.echo(f"== Row {row + 1}")
        for at, cell in enumerate(comparison.row_cells(row)):
            if cell is None:
                continue
            click.echo(printable(f"-- {LETTERS[at]}: {titles[at]}"))
            if cell.text:
                click.echo(printable(cell.text).rstrip())
            if cell.problem:
                click.echo(printable(f"({cell.problem})"))
    click.echo(_summary(comparison))


def _summary(comparison: Comparison) -> str:
    plan = comparison.plan
    whole = [row for row in range(len(plan.rows)) if comparison.is_row_whole(row)]
    differ = sum(comparison.differs(row) for row in whole)
    parts = [f"{comparison.done} of {plan.places} answers"]
    if comparison.failed:
        parts.append(f"{comparison.failed} failed")
    if whole:
        parts.append(f"the columns differ in {differ} of {len(whole)} {'row' if len(whole) == 1 else 'rows'}")
    return f"{', '.join(parts)}. Comparison {comparison.id}"
