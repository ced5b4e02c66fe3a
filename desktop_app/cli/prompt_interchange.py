"""greenroom prompt import and export: prompts from and to other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from desktop_app.cli.common import exit_code, listing_options, print_json, run_job
from desktop_app.services import Services

if TYPE_CHECKING:
    from desktop_app.prompts.interchange.importing import FileReport, ImportReport

# Written out, so that other commands need not load the dialects; a test compares it with theirs.
FORMATS = ("github", "prompty", "dotprompt", "promptfoo", "fabric", "llm", "prompts.chat", "markdown")


@click.command("import")
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE|FOLDER...", type=click.Path(exists=True, path_type=Path)
)
@click.option(
    "--to", "library", metavar="LIBRARY", type=click.Path(file_okay=False, path_type=Path),
    help="The library folder to write to; your own if it is left out.",
)  # fmt: skip
@click.option("--as", "form", type=click.Choice(FORMATS), help="What the files are, if they do not say so themselves.")
@listing_options
@click.pass_obj
def import_prompts(
    services: Services, paths: tuple[Path, ...], library: Path | None, form: str | None, as_json: bool
) -> None:
    """Make drafts of prompt files of other tools; importing again adds only what has changed.

    Prints what was changed or left out, as file:line: text. Exit code 1 if something could not be imported.
    docs/formats/prompt-interchange.md says what each format carries.
    """
    from desktop_app.prompts.interchange.importing import as_row, import_paths

    target = library or services.locations.own_library
    if library is None:
        services.locations.make_profile()
    elsewhere = frozenset(services.prompts.ids()) - _ids_in(target)
    report = run_job(import_paths(paths, target, taken=elsewhere, dialect=form), "Importing")
    if as_json:
        print_json([as_row(file) for file in report.files])
    else:
        for file in report.files:
            _print_file(file)
        _print_sum(report, target)
    exit_code(report.problems)


@click.command("export")
@click.argument("reference", metavar="ID[@VERSION|@LABEL]", required=False)
@click.option("--all", "everything", is_flag=True, help="Every usable prompt, each in the version people get.")
@click.option("--as", "form", required=True, type=click.Choice(FORMATS), help="The format to write.")
@click.option(
    "--out", "target", required=True, metavar="FILE|DIR", type=click.Path(path_type=Path),
    help="Where to write; nothing that exists is overwritten.",
)  # fmt: skip
@listing_options
@click.pass_obj
def export_prompts(
    services: Services, reference: str | None, everything: bool, form: str, target: Path, as_json: bool
) -> None:
    """Write the prompt ID, or all prompts, in another tool's format; prints what the format could not carry."""
    from desktop_app.prompts.interchange.exporting import export_versions

    if everything == (reference is not None):
        raise click.UsageError("Name one prompt, or give --all.")
    if reference is not None:
        versions = [services.prompts.usable(reference)]
    else:
        offered = [(prompt, prompt.offered) for prompt in services.prompts.prompts()]
        versions = [version for prompt, version in offered if prompt.standing(version.version).usable]
    done = run_job(export_versions(versions, form, target), "Exporting")
    if as_json:
        print_json([
            {"reference": one.reference, "files": list(one.files),
             "notes": [{"severity": note.severity, "what": note.what} for note in one.notes]}
            for one in done
        ])  # fmt: skip
        return
    for one in done:
        for note in one.notes:
            click.echo(f"{one.reference or form}: {note.severity}: {note.what}")
        for file in one.files:
            click.echo(f"Wrote {file}", err=True)


def _ids_in(folder: Path) -> frozenset[str]:
    try:
        return frozenset(entry.name for entry in folder.iterdir())
    except OSError:  # not there yet
        return frozenset()


def _print_file(file: FileReport) -> None:
    for note in dict.fromkeys(note for landed in file.landed for note in landed.notes):  # some are about all prompts
        click.echo(f"{file.path}:{note.line}: {note.severity}: {note.what}")
    for problem in file.problems:
        click.echo(f"greenroom: {problem}", err=True)


def _print_sum(report: ImportReport, target: Path) -> None:
    outcomes = ", ".join(f"{report.count(outcome)} {outcome}" for outcome in ("imported", "updated", "unchanged"))
    click.echo(f"{target}: {outcomes}, {len(report.problems)} left out", err=True)
