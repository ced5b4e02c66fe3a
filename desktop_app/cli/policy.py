"""greenroom policy: what IT decided for this machine, and whether a policy file can be rolled out."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import click

from desktop_app.cli.common import Group, exit_code, listing_options, print_json
from desktop_app.errors import AppError
from desktop_app.services import Services


@click.group(cls=Group)
def policy() -> None:
    """What IT decided for this machine."""


@policy.command()
@listing_options
@click.pass_obj
def show(services: Services, as_json: bool) -> None:
    """Print every value that holds and which file says so; exit code 1 if a file cannot be used."""
    held = services.policy
    rows = [
        {
            "key": each.name,
            "value": getattr(held, each.name),
            "set_by": str(held.set_by[each.name]) if each.name in held.set_by else None,
        }
        for each in fields(held)
        if each.name not in ("set_by", "problems")
    ]
    if as_json:
        print_json({"folder": services.locations.policies, "values": rows, "problems": held.problems})
    else:
        for row in rows:
            shown = ", ".join(row["value"]) or "none" if isinstance(row["value"], tuple) else _in_words(row["value"])
            by = f"  ({row['set_by']})" if row["set_by"] else ""
            click.echo(f"{row['key']}: {shown}{by}")
    for problem in held.problems:
        click.echo(f"greenroom: {problem}", err=True)
    exit_code(held.problems)


@policy.command()
@click.argument("file", type=click.Path(path_type=Path))
def validate(file: Path) -> None:
    """Check a policy FILE before it is rolled out; exit code 1 with what is wrong."""
    from desktop_app.policy.policy import check_policy_file

    if problem := check_policy_file(file):
        raise AppError(problem)
    click.echo(f"{file} can be used. Put it into the folder managed/ of {_folder()} as the administrator.")


def _folder() -> Path:
    from desktop_app.storage.locations import Locations

    return Locations.find().policies


def _in_words(value: object) -> str:
    if value is None:
        return "not set"
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
