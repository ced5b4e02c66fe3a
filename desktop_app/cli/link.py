"""`greenroom link`: whether greenroom:// links open with this installation."""

from __future__ import annotations

import sys

import click

from desktop_app.cli.common import Group, listing_options, print_json
from desktop_app.services import Services
from desktop_app.storage.link_handler import LinkHandler


@click.group(cls=Group)
def link() -> None:
    """greenroom:// links on this computer, for the person who runs the command."""


@link.command()
@click.pass_obj
def register(services: Services) -> None:
    """Have the desktop open greenroom:// links with this installation and profile."""
    changed = LinkHandler(services.locations).register()
    click.echo("greenroom:// links open with Greenroom now.")
    for path in changed:
        click.echo(f"written: {path}")


@link.command()
@click.pass_obj
def unregister(services: Services) -> None:
    """Take it back; what other programs registered stays."""
    changed = LinkHandler(services.locations).unregister()
    click.echo(
        "greenroom:// links no longer open with Greenroom." if changed or sys.platform == "win32" else "They did not."
    )
    for path in changed:
        click.echo(f"{'changed' if path.exists() else 'removed'}: {path}")


@link.command()
@listing_options
@click.pass_obj
def status(services: Services, as_json: bool) -> None:
    """Say whether links open with this installation and profile."""
    handler = LinkHandler(services.locations)
    if as_json:
        print_json({"registered": handler.is_registered, "possible": handler.is_possible})
    else:
        click.echo("registered" if handler.is_registered else "not registered")
