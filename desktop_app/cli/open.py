"""`greenroom open`: what the desktop calls for a greenroom:// link."""

from __future__ import annotations

import click

from desktop_app.cli.root import open_window
from desktop_app.prompts.links import parse_link


@click.command("open")
@click.argument("link", metavar="LINK")
@click.pass_context
def open_link(ctx: click.Context, link: str) -> None:
    """Open a greenroom://prompt/ID or greenroom://lesson/ID link in the window; nothing is run or copied by it."""
    open_window(ctx, "open", str(parse_link(link)))


open = open_link
