"""The `greenroom` command: options that hold for every command, and the nouns, each imported only when called."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal, NoReturn

import click

from desktop_app import __version__
from desktop_app.cli.common import Group
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

if TYPE_CHECKING:
    from desktop_app.sandbox.lockdown import Offline

NOUNS = {
    "lesson": "Lessons: export, glossary, import, lint, list, new, preview, show, try",
    "prompt": "The prompt library: list, search, show, diff, render, lint, import, export, feedback, test, "
    "submit, take, approve, reject, label, deprecate, withdraw, queue, key",
    "sandbox": "The local model: run, compare, history, export, selftest",
    "model": "Local models: list, add, use, inspect, verify, measure, scorecard, remove",
    "guard": "Sensitive data: scan, redact, restore",
    "policy": "What IT decided for this machine: show, explain, validate",
    "backup": "Back up the profile: create, list, verify, restore",
    "records": "What was learned: progress, verify",
    "quick": "Open the quick window: find a prompt, fill it, copy it",
    "open": "Open a greenroom:// link",
    "link": "greenroom:// links on this computer: register, status, unregister",
    "doctor": "Check this installation",
    "tour": "Walk the main job in the terminal",
}


class Root(Group):
    """Loads desktop_app.cli.<noun>:<noun> on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NOUNS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NOUNS:
            return None
        return getattr(import_module(f"desktop_app.cli.{cmd_name}"), cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(NOUNS.items()))


def _folder(what: str) -> click.Path:
    return click.Path(file_okay=what == "profile", exists=what != "profile", path_type=Path)


@click.group(cls=Root, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--profile", type=_folder("profile"), help="Keep all user data below this folder.")
@click.option("--content", type=_folder("content"), multiple=True, help="Another folder of lessons and paths.")
@click.option("--library", type=_folder("library"), multiple=True, help="Another folder of prompts.")
@click.option("--smoke", is_flag=True, help="Check this installation: do the main job once in the window, then end.")
@click.version_option(__version__, prog_name="greenroom")
@click.pass_context
def root(
    ctx: click.Context, profile: Path | None, content: tuple[Path, ...], library: tuple[Path, ...], smoke: bool
) -> None:
    """Learn generative AI for your role and practise it safely on your own machine.

    Without a command, the window opens.
    """
    if smoke:
        ctx.exit(_smoke(profile, content, library, ctx.obj))
    services = Services(Locations.find(profile, content, library), offline=ctx.obj)
    ctx.obj = services
    ctx.call_on_close(services.close)
    if ctx.invoked_subcommand is None:
        open_window(ctx)


def _smoke(profile: Path | None, content: tuple[Path, ...], library: tuple[Path, ...], offline: Offline | None) -> int:
    """Run the check in the profile that was named, else in one that is thrown away."""
    from desktop_app.ui.smoke import smoke

    with TemporaryDirectory(prefix="greenroom-smoke-") as scratch:
        services = Services(Locations.find(profile or Path(scratch), content, library), offline=offline)
        try:
            smoke(services, lambda line: click.echo(f"✓ {line}"))
        finally:
            services.close()
    return 0


def open_window(ctx: click.Context, what: Literal["show", "quick", "open"] = "show", link: str = "") -> NoReturn:
    """Have the window that is open with the profile do something, or open one; ends the command."""
    from desktop_app.ui.calling import Request, activation_token, send  # no Qt: a window that is open is asked at once

    services: Services = ctx.obj
    request = Request(what, link, activation_token())
    if send(services.locations.profile, request):
        if what == "show":
            click.echo("Greenroom is already open with this profile; its window was brought forward.", err=True)
        ctx.exit(0)
    from desktop_app.ui.application import run_window

    ctx.exit(run_window(services, request))
