"""`greenroom doctor`: every part of this installation, checked for real, with a way out for each that is not as it should be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from desktop_app.cli import doctor_installation, doctor_machine, doctor_profile
from desktop_app.cli.common import exit_code, listing_options, print_listing, printable
from desktop_app.cli.doctor_finding import Check, Finding, fail
from desktop_app.errors import AppError
from desktop_app.services import Services

CHECKS = (*doctor_installation.CHECKS, *doctor_profile.CHECKS, *doctor_machine.CHECKS)
MARKS = {"pass": "✓", "warn": "·", "fail": "✗"}


@click.command()
@listing_options
@click.pass_obj
def doctor(services: Services, as_json: bool) -> None:
    """Check installation, content, profile, policy, model and sandbox; exit code 1 if anything fails."""
    rows = []
    for row in _rows(services):
        rows.append(row)
        if not as_json:  # one by one: the model takes a second
            click.echo(printable(_line(row)))
    if as_json:
        print_listing(rows, as_json=True, line=_line)
    exit_code([row for row in rows if row["state"] == "fail"])


def _rows(services: Services) -> Iterator[dict[str, Any]]:
    told: dict[str, str] = {}  # what was found before → the check that found it
    for check in CHECKS:
        found = _made(check, services)
        fix = "" if found.state == "pass" else found.fix or check.fix
        if fix and told.setdefault(found.detail, check.title) != check.title:
            fix = f"The same as {told[found.detail]} above: mend that."
        yield {"id": check.id, "check": check.title, "state": found.state, "detail": found.detail, "fix": fix}


def _made(check: Check, services: Services) -> Finding:
    try:
        return check.run(services)
    except AppError as error:
        return fail(str(error))
    except Exception as exc:  # a part that is broken in a way nobody thought of must not hide the others
        return fail(f"The check itself failed ({type(exc).__name__}: {exc})")


def _line(row: dict[str, Any]) -> str:
    way_out = f"\n    Fix: {row['fix']}" if row["fix"] else ""
    return f"{MARKS[row['state']]} {row['check']}: {row['detail']}{way_out}"
