"""The commands of `greenroom prompt` for curators: submit, take, approve, reject, label, deprecate, withdraw, queue, key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from desktop_app.cli.common import listing_options, print_json, print_listing, run_job
from desktop_app.prompts import deciding
from desktop_app.prompts.curators import curator_lines, read_curators
from desktop_app.prompts.deciding import Signer
from desktop_app.prompts.decision import Decision, day_text
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.queue import Waiting, read_queue
from desktop_app.services import Services

_DONE = {
    "submit": "submitted", "take": "taken for review", "approve": "approved", "reject": "rejected", "label": "labelled",
    "deprecate": "deprecated", "withdraw": "withdrawn",
}  # fmt: skip


def _act(*, needs_reason: bool) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """What every act takes: the version, a reason, who decides, and the last decision they saw."""

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        reason: dict[str, Any] = {"default": "", "help": "Why, in a sentence."}
        if needs_reason:
            reason = {"required": True, "help": "Why, in a sentence; everybody who uses the prompt reads it."}
        for option in (
            click.pass_obj,
            listing_options,
            click.option("--after", "expected", type=click.IntRange(0), metavar="NUMBER",
                         help="The last decision you saw: if there is a newer one, nothing is decided."),
            click.option("--by", "name", default="", metavar="NAME", help="Who decides; else the name in your profile."),
            click.option("--reason", **reason),
            click.argument("reference", metavar="ID@VERSION"),
        ):  # fmt: skip
            function = option(function)
        return function

    return decorate


@click.command()
@_act(needs_reason=False)
def submit(services: Services, reference: str, name: str, as_json: bool, **how: Any) -> None:
    """Ask for a review of a version."""
    version = _version(services, reference)
    _say(version, deciding.submit(version, _signer(services, version, name), **how), as_json=as_json)


@click.command()
@_act(needs_reason=False)
def take(services: Services, reference: str, name: str, as_json: bool, **how: Any) -> None:
    """Say that you review a submitted version, so that nobody else does too."""
    version = _version(services, reference)
    _say(version, deciding.take(version, _signer(services, version, name), **how), as_json=as_json)


@click.command()
@click.option(
    "--review-by", type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="The day by which it is looked at again."
)
@_act(needs_reason=False)
def approve(
    services: Services, reference: str, name: str, as_json: bool, review_by: datetime | None, **how: Any
) -> None:
    """Approve a version that somebody else submitted; it gets the label approved."""
    version = _version(services, reference)
    who = _signer(services, version, name)
    decided = deciding.approve(version, who, review_by=review_by.date() if review_by else None, **how)
    _say(version, decided, as_json=as_json)


@click.command()
@_act(needs_reason=True)
def reject(services: Services, reference: str, name: str, as_json: bool, **how: Any) -> None:
    """Send a submitted version back, with the reason."""
    version = _version(services, reference)
    _say(version, deciding.reject(version, _signer(services, version, name), **how), as_json=as_json)


@click.command()
@_act(needs_reason=False)
@click.argument("label_name", metavar="NAME")
@click.option("--remove", is_flag=True, help="Take the label away instead.")
def label(
    services: Services, reference: str, label_name: str, name: str, as_json: bool, remove: bool, **how: Any
) -> None:
    """Move a label to a version."""
    version = _version(services, reference)
    who = _signer(services, version, name)
    _say(version, deciding.label(version, who, label_name, remove=remove, **how), as_json=as_json)


@click.command()
@_act(needs_reason=True)
def deprecate(services: Services, reference: str, name: str, as_json: bool, **how: Any) -> None:
    """Say that a version should no longer be chosen; it stays usable."""
    version = _version(services, reference)
    _say(version, deciding.deprecate(version, _signer(services, version, name), **how), as_json=as_json)


@click.command()
@_act(needs_reason=True)
def withdraw(services: Services, reference: str, name: str, as_json: bool, **how: Any) -> None:
    """Make a version unusable for good; it stays readable, with the reason."""
    version = _version(services, reference)
    _say(version, deciding.withdraw(version, _signer(services, version, name), **how), as_json=as_json)


@click.command()
@listing_options
@click.pass_obj
def queue(services: Services, as_json: bool) -> None:
    """List what waits for curators: submitted, in review, due for review, changed, and conflicts."""
    waiting = run_job(read_queue(services.prompts.folders), "Reading the library")
    print_listing([_queue_row(one) for one in waiting], as_json=as_json, line=_queue_line)


@click.command()
@click.option(
    "--by", "name", default="", metavar="NAME", help="The name for curators.yml; else the one in your profile."
)
@listing_options
@click.pass_obj
def key(services: Services, name: str, as_json: bool) -> None:
    """Show the key your decisions are signed with, and the lines that make you a curator."""
    who = deciding.signer(services.unlock_vault(), name or _own_name(services), Path())
    lines = curator_lines(who.name, who.key)
    if as_json:
        print_json({"key": who.key, "name": who.name, "lines": lines})
        return
    click.echo(f"{who.key}\n\nIn curators.yml at the top of the library:\n\n{lines}", nl=False)


COMMANDS: tuple[click.Command, ...] = (submit, take, approve, reject, label, deprecate, withdraw, queue, key)


def decision_row(decision: Decision) -> dict[str, Any]:
    """A decision for scripts."""
    return {
        "number": decision.number, "version": decision.version, "action": decision.action, "by": decision.by,
        "key": decision.key, "at": decision.at.isoformat(), "reason": decision.reason, "review_by": decision.review_by,
        "labels": dict(decision.labels), "content_hash": decision.content_hash, "problem": decision.problem,
        "path": decision.path,
    }  # fmt: skip


def _version(services: Services, reference: str) -> PromptVersion:
    if "@" not in reference:
        raise click.UsageError(f"Name the version to decide about, such as {reference}@2.")
    return services.prompts.resolve(reference)


def _signer(services: Services, version: PromptVersion, name: str) -> Signer:
    vault, library = services.unlock_vault(), version.path.parent.parent
    if not name and vault.is_open:
        known = read_curators(library).by_key.get(deciding.signer(vault, "?", library).key)
        name = known.name if known else _own_name(services)
    return deciding.signer(vault, name, library)


def _own_name(services: Services) -> str:
    profile = services.learner.profile()
    return profile.name if profile else ""


def _say(version: PromptVersion, decision: Decision, *, as_json: bool) -> None:
    if as_json:
        print_json(decision_row(decision) | {"id": version.id})
        return
    words = _DONE[decision.action]
    click.echo(f"{version.id}@{version.version} {words} by {decision.by} (decision {decision.number}, {decision.path})")


def _queue_row(one: Waiting) -> dict[str, Any]:
    return {
        "id": one.id, "version": one.version, "state": one.state, "name": one.name, "by": one.by,
        "at": one.at.isoformat() if one.at else None, "reason": one.reason, "last": one.last,
    }  # fmt: skip


def _queue_line(row: Mapping[str, Any]) -> str:
    if row["version"] is None:
        return f"{row['id']}  {row['state']}  {row['reason']}"
    who = f", {row['by']} on {day_text(date.fromisoformat(row['at'][:10]))}" if row["by"] else ""
    why = f": {' '.join(row['reason'].split())}" if row["reason"] else ""
    return f"{row['id']}@{row['version']}  {row['state']}{who} (decision {row['last']}){why}"
