"""greenroom backup: a profile's records, settings and own prompts in one file, checked, and brought back."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from desktop_app.cli.common import Group, exit_code, listing_options, print_listing, run_job
from desktop_app.clock import utc_now
from desktop_app.errors import AppError
from desktop_app.services import Services
from desktop_app.storage.backup import Backup, check_backup, create_backup, read_backup, restore_backup

_FOLDER = click.Path(file_okay=False, exists=True, path_type=Path)
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.group(cls=Group)
def backup() -> None:
    """Back up this profile and bring it back. The key to the texts stays in the keyring: back that up too."""


@backup.command()
@click.argument("folder", type=_FOLDER)
@click.pass_obj
def create(services: Services, folder: Path) -> None:
    """Write a backup of the profile into FOLDER and check it; the window may be open."""
    made = run_job(create_backup(services.locations, folder, utc_now()), "Backing up")
    run_job(check_backup(made.path), "Checking")
    click.echo(f"{made.path}: {_words(made)}")


@backup.command(name="list")
@click.argument("folder", type=_FOLDER)
@listing_options
def list_backups(folder: Path, as_json: bool) -> None:
    """List the backups in FOLDER, newest first; exit code 1 if a file there cannot be read."""
    found, problems = [], []
    for path in folder.glob("greenroom-*.zip"):
        try:
            found.append(read_backup(path))
        except AppError as error:
            problems.append(str(error))
    found.sort(key=lambda one: one.made_at, reverse=True)
    rows = [asdict(one) | {"bytes": one.path.stat().st_size, "words": _words(one)} for one in found]
    print_listing(rows, as_json=as_json, line=lambda row: f"{row['path']}: {row['words']}")
    for problem in problems:
        click.echo(f"greenroom: {problem}", err=True)
    exit_code(problems)


@backup.command()
@click.argument("file", type=_FILE)
def verify(file: Path) -> None:
    """Check every byte of the backup FILE and that its records can be opened; exit code 1 if anything is wrong."""
    click.echo(f"{file} is whole: {_words(run_job(check_backup(file), 'Checking'))}")


@backup.command()
@click.argument("file", type=_FILE)
@click.pass_obj
def restore(services: Services, file: Path) -> None:
    """Put the backup FILE in the profile's place; what was there is kept beside it."""
    found, before = run_job(restore_backup(file, services.locations, utc_now()), "Restoring")
    click.echo(f"{services.locations.profile} is as it was on {found.made_at:%Y-%m-%d %H:%M} UTC.")
    if before is not None:
        click.echo(f"What was there before lies in {before}. Delete it once all is well.")


def _words(one: Backup) -> str:
    size = sum(entry.bytes for entry in one.files)
    files = f"{len(one.files)} file{'' if len(one.files) == 1 else 's'}"
    return f"{files}, {size / 1e6:.1f} MB unpacked, made {one.made_at:%Y-%m-%d %H:%M} UTC by Greenroom {one.app}"
