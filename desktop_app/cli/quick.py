"""`greenroom quick`: what a key of the desktop is bound to."""

from __future__ import annotations

import click

from desktop_app.cli.root import open_window


@click.command()
@click.pass_context
def quick(ctx: click.Context) -> None:
    """Open the quick window: find a prompt, fill it, copy it.

    If Greenroom is open, its quick window comes forward. Otherwise it starts with the quick window alone and waits
    hidden for the next time. Bind a key of your desktop to this command; the learners' guide says how.
    """
    open_window(ctx, "quick")
