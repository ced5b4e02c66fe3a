"""greenroom policy: what IT decided for this machine, what a value means, and whether a policy file can be rolled out."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desktop_app.cli.common import Group, exit_code, listing_options, print_json, printable
from desktop_app.errors import AppError
from desktop_app.services import Services

if TYPE_CHECKING:
    from desktop_app.policy.policy import Policy

LINUX_FOLDER = "/etc/greenroom/policies/managed"
HOLDS = {
    "managed": "IT decided this; nobody can choose otherwise",
    "recommended": "IT's default",
    "strict": "the strictest value, because a policy cannot be used",
    "default": "nobody set it",
}


@click.group(cls=Group)
def policy() -> None:
    """What IT decided for this machine."""


@policy.command()
@listing_options
@click.pass_obj
def show(services: Services, as_json: bool) -> None:
    """Print every value that holds, what set it and whether it is locked; exit code 1 if a policy cannot be used."""
    held = services.policy
    rows = [row_of(held, name) for name in _keys()]
    if as_json:
        print_json({"values": rows, "problems": held.problems})
    else:
        for row in rows:
            click.echo(f"{row['key']}: {in_words(row['value'])}  ({_why(row)})")
    for problem in held.problems:
        click.echo(f"greenroom: {printable(problem)}", err=True)
    exit_code(held.problems)


@policy.command()
@click.argument("key")
@click.pass_obj
def explain(services: Services, key: str) -> None:
    """Say what KEY does, what it takes, what holds now and how to set it on each system."""
    from desktop_app.policy.keys import AS_SET
    from desktop_app.policy.sources import MANAGED_PREFERENCES, REGISTRY_KEY

    if key not in _keys():
        raise AppError(f"There is no policy key {key}. There are: {', '.join(_keys())}.")
    about, row = _keys()[key], row_of(services.policy, key)
    strictest = "what is set" if about.strictest is AS_SET else in_words(about.strictest)
    kind = {"days": "DWORD", "flag": "DWORD 0 or 1", "path": "string"}.get(
        about.type, "a string for each text, named 1, 2, …"
    )
    value = f"{REGISTRY_KEY}\\{key}" if about.type == "texts" else f"{REGISTRY_KEY}, value {key}"
    for name, text in (
        ("", f"{about.title}. {about.help}"),
        ("Takes", about.type_words),
        ("Now", f"{in_words(row['value'])} ({_why(row)})"),
        ("Not set", in_words(about.default)),
        ("While a policy is broken", strictest),
        ("Linux", f"{json.dumps({key: about.example})} in a file below {LINUX_FOLDER}"),
        ("Windows", f"HKEY_LOCAL_MACHINE\\{value}: {kind}"),
        ("macOS", f"{key} in {MANAGED_PREFERENCES}, by a configuration profile"),
    ):
        click.echo(f"{name}: {text}" if name else text)


@policy.command()
@click.argument("file", type=click.Path(path_type=Path))
def validate(file: Path) -> None:
    """Check a policy FILE before it is rolled out; exit code 1 with what is wrong."""
    from desktop_app.policy.policy import check_policy_file
    from desktop_app.storage.locations import Locations

    if problem := check_policy_file(file):
        raise AppError(problem)
    if sys.platform == "win32":
        click.echo(
            f"{file} can be used on Linux and macOS. On Windows the same values are set by Group Policy or Intune."
        )
    else:
        folder = Locations.find().policies
        click.echo(f"{file} can be used. Put it into the folder managed/ of {folder} as the administrator.")


def row_of(held: Policy, key: str) -> dict[str, Any]:
    """A key with what holds, the source that set it (None if none did), and why it holds: a key of HOLDS."""
    state = "recommended" if key in held.set_by else "default"
    if key in held.made_strict:
        state = "strict"
    elif key in held.locked:
        state = "managed"
    by = str(held.set_by[key]) if key in held.set_by and state != "strict" else None
    return {
        "key": key,
        "value": getattr(held, key),
        "set_by": by,
        "state": state,
        "locked": state in ("managed", "strict"),
    }


def in_words(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return printable(", ".join(value)) or "none"
    return ("yes" if value else "no") if isinstance(value, bool) else printable(str(value))


def _why(row: dict[str, Any]) -> str:
    return f"{HOLDS[row['state']]}: {row['set_by']}" if row["set_by"] else HOLDS[row["state"]]


def _keys() -> dict[str, Any]:
    from desktop_app.policy.keys import KEYS

    return KEYS
