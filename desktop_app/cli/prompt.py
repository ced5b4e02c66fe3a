"""`greenroom prompt`: list, search, show, diff, render and lint the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desktop_app.cli.common import Group, exit_code, listing_options, parse_settings, print_json, print_listing
from desktop_app.cli.prompt_feedback import feedback
from desktop_app.cli.prompt_interchange import export_prompts, import_prompts
from desktop_app.cli.prompt_review import COMMANDS as REVIEW_COMMANDS
from desktop_app.cli.prompt_review import decision_row
from desktop_app.cli.prompt_test import test
from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import finish
from desktop_app.prompts.diff import Change, diff_versions
from desktop_app.prompts.library import lint as lint_library
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.prompts.queue import history_lines
from desktop_app.prompts.render import render as render_prompt
from desktop_app.services import Services
from desktop_app.storage.yaml_text import UNPRINTABLE

if TYPE_CHECKING:
    from desktop_app.prompts.search import Found

_MARKS = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}


@click.group(cls=Group)
def prompt() -> None:
    """The prompt library."""


prompt.add_command(feedback)
prompt.add_command(test)
prompt.add_command(import_prompts)
prompt.add_command(export_prompts)
for command in REVIEW_COMMANDS:
    prompt.add_command(command)


@prompt.command("list")
@click.option("--role", help="Only prompts for this role.")
@listing_options
@click.pass_obj
def list_prompts(services: Services, role: str | None, as_json: bool) -> None:
    """List every prompt with its offered version and status."""
    prompts, problems = services.prompts.read()
    shown = [p for p in prompts if role is None or role in p.offered.roles]
    print_listing([_row(p) for p in shown], as_json=as_json, line=_line)
    _report(problems)


@prompt.command()
@click.argument("text", nargs=-1, required=True)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="The most hits to list.")
@listing_options
@click.pass_obj
def search(services: Services, text: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Find prompts by TEXT, best first; the last word may be unfinished."""
    from desktop_app.storage.database import DamagedError

    try:
        found, problems = _find(services, " ".join(text), limit)
    except DamagedError:  # it is gone now, and made anew
        found, problems = _find(services, " ".join(text), limit)
    if found.corrected:
        click.echo(f"Also showing results for: {found.corrected}", err=True)
    print_listing([asdict(hit) for hit in found.hits], as_json=as_json, line=_line)
    _report(problems)


@prompt.command()
@click.argument("reference", metavar="ID[@VERSION|@LABEL]")
@listing_options
@click.pass_obj
def show(services: Services, reference: str, as_json: bool) -> None:
    """Show one version: its texts, inputs and history."""
    version = services.prompts.resolve(reference)
    found = services.prompts.get(version.id)
    if as_json:
        print_json(_document(found, version))
        return
    click.echo(
        f"{version.name}  ({version.id}@{version.version}, {found.status(version.version)})\n{version.description}\n"
    )
    for item in version.inputs:
        example = f", for example {item.example!r}" if item.example else ""
        click.echo(f"  {item.name}: {item.label} ({item.type}{'' if item.required else ', optional'}{example})")
    for message in version.messages:
        click.echo(f"\n[{message.role}]\n{message.content}")
    click.echo()
    for older in reversed(found.versions):
        click.echo(f"Version {older.version} ({found.status(older.version)}): {older.changelog}")
        for line in history_lines(found, older):
            click.echo(f"  {line}")


@prompt.command()
@click.argument("prompt_id", metavar="ID")
@click.argument("old", metavar="A")
@click.argument("new", metavar="B")
@listing_options
@click.pass_obj
def diff(services: Services, prompt_id: str, old: str, new: str, as_json: bool) -> None:
    """Compare two versions or labels word by word: [-removed-] and {+added+}."""
    before, after = (services.prompts.resolve(f"{prompt_id}@{wanted}") for wanted in (old, new))
    parts = [part for part in diff_versions(before, after) if part.is_changed]
    if as_json:
        print_json([asdict(part) for part in parts])
        return
    if not parts:
        click.echo(f"{before.id}@{before.version} and @{after.version} say the same.")
    for part in parts:
        text = "".join(_marked(change) for change in part.changes).rstrip()
        click.echo(f"--- {part.part}\n{UNPRINTABLE.sub('�', text)}")  # tests may hold what acts on a terminal


@prompt.command()
@click.argument("reference", metavar="ID[@VERSION|@LABEL]")
@click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="A value for one of the prompt's inputs.")
@listing_options
@click.pass_obj
def render(services: Services, reference: str, settings: tuple[str, ...], as_json: bool) -> None:
    """Fill a prompt and print its messages; a value is inserted as it is, whatever it contains."""
    version = services.prompts.usable(reference)
    messages = render_prompt(version, parse_settings(settings))
    if as_json:
        print_json(
            {"id": version.id, "version": version.version, "messages": [asdict(message) for message in messages]}
        )
        return
    click.echo("\n\n".join(f"[{message.role}]\n{message.content}" for message in messages))


@prompt.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@listing_options
@click.pass_obj
def lint(services: Services, paths: tuple[Path, ...], as_json: bool) -> None:
    """List what is wrong below PATHS (by default the whole library) as file:line:column: text."""
    problems = [problem for path in paths or services.prompts.folders for problem in lint_library(path)]
    rows = [
        {"path": str(p.path), "line": p.line, "column": p.column, "message": p.message, "text": str(p)}
        for p in problems
    ]
    print_listing(rows, as_json=as_json, line=lambda row: row["text"])
    exit_code(problems)


def _find(services: Services, text: str, limit: int) -> tuple[Found, tuple[ContentError, ...]]:
    index = finish(services.updated_index())
    try:
        return index.find(text, limit=limit), index.problems()
    finally:
        index.close()


def _row(found: Prompt) -> dict[str, Any]:
    version = found.offered
    return {
        "id": found.id, "version": version.version, "name": version.name, "description": version.description,
        "task": version.task, "roles": list(version.roles), "status": found.status(version.version),
        "data_class": version.data_class,
    }  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['id']}@{row['version']}  {row['status']:<9} {row['name']}: {row['description']}"


def _document(found: Prompt, version: PromptVersion) -> dict[str, Any]:
    data = asdict(version)
    del data["path"]
    history = [
        {"version": v.version, "status": found.status(v.version), "changelog": v.changelog} for v in found.versions
    ]
    standing = found.standing(version.version)
    return data | {
        "status": found.status(version.version), "usable": standing.usable, "status_reason": standing.reason,
        "labels": dict(found.labels), "history": history,
        "decisions": [decision_row(one) for one in found.history.decisions],
    }  # fmt: skip


def _marked(change: Change) -> str:
    return _MARKS[change.kind].format(change.text)


def _report(problems: Sequence[ContentError]) -> None:
    """Name unreadable files on standard error, so that a listing is never silently short."""
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise AppError(f"{len(problems)} prompt file(s) could not be read; see above.")
