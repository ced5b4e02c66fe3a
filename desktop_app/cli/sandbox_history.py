"""greenroom sandbox history and export: what was asked before, on the command line."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from desktop_app.cli.common import checked_option, listing_options, print_json, require_check
from desktop_app.clock import utc_now
from desktop_app.errors import StoreError
from desktop_app.guard.summary import consequence, summary
from desktop_app.jobs import finish
from desktop_app.practice.export import exported, hidden, read, write
from desktop_app.practice.finding import Batch, Found, Search, find
from desktop_app.practice.retention import expire
from desktop_app.services import Services


@click.command()
@click.argument("text", required=False, default="")
@click.option("--days", type=click.IntRange(1, 3650), help="Only what is from the last so many days.")
@click.option(
    "--prompt", "prompt_id", metavar="ID", help='Only what was asked with this library prompt; "" for free ones.'
)
@click.option("--model", "model_id", metavar="ID", help="Only what this model answered.")
@click.option("--most", type=click.IntRange(1, 10_000), default=50, show_default=True, help="List at most so many.")
@listing_options
@click.pass_obj
def history(
    services: Services,
    text: str,
    days: int | None,
    prompt_id: str | None,
    model_id: str | None,
    most: int,
    as_json: bool,
) -> None:
    """List conversations and single runs, newest first; with TEXT only those that hold all its words.

    Each word may be the beginning of one. The id is what `greenroom sandbox export` takes.
    """
    _unlock(services)
    since = utc_now() - timedelta(days=days) if days else None
    job = find(services.learner.elsewhere(), Search(text, since, prompt_id, model_id), most=most)
    found: list[Found] = []
    while True:
        try:
            batch = next(job)
        except StopIteration as end:
            ended = end.value
            break
        if isinstance(batch, Batch):
            found += batch.found
    if as_json:
        print_json([asdict(one) for one in found])
        return
    for one in found:
        click.echo(_line(one))
    if ended.unopened:
        click.echo(f"{ended.unopened:,} cannot be read now: their texts were not kept.", err=True)
    if ended.has_more:
        click.echo(f"The newest {len(found):,} are listed; --most lists more.", err=True)


@click.command()
@click.argument("conversation_id", metavar="ID")
@click.option(
    "--as", "form", type=click.Choice(["md", "txt"]), default="md", show_default=True, help="Markdown or text."
)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The file to write.")
@click.option("--hide", is_flag=True, help="Put placeholders in place of what the guard finds.")
@click.option("--as-it-is", is_flag=True, help="Write it although the guard finds something.")
@checked_option
@click.pass_obj
def export(
    services: Services, conversation_id: str, form: str, out: Path, hide: bool, as_it_is: bool, checked: bool
) -> None:
    """Write the conversation ID to a file, with the seed, model and parameters of each answer and its sources.

    The guard reads it first; where it finds something, nothing is written until you say --hide or --as-it-is.
    """
    if hide and as_it_is:
        raise click.UsageError("Give either --hide or --as-it-is.")
    _unlock(services)
    conversation = services.learner.conversations.get(conversation_id)
    if any(turn.text is None for turn in conversation.turns):
        raise StoreError(
            "The texts of this conversation cannot be opened now: the keyring is locked, or they were not kept."
        )
    text = exported(conversation, form, prompt_name=conversation.prompt_id)  # type: ignore[arg-type]
    findings = finish(read(text))
    if findings and hide:
        text = hidden(text, findings)
    elif findings and not as_it_is:
        raise StoreError(
            f"Nothing was written: {summary(findings)} would leave this app. {consequence(findings)} Say --hide to put "
            "placeholders in their place, or --as-it-is."
        )
    facts = {"conversation": conversation_id, "findings": len(findings)}
    require_check(services, checked=checked, facts=facts)
    finish(write(out, text))
    click.echo(f"Saved as {out}.", err=True)


def _unlock(services: Services) -> None:
    """Open the texts, and keep no longer than the organisation allows."""
    services.unlock_vault()
    if (days := services.policy.retention_days) is not None:
        finish(expire(services.learner.elsewhere(), days, utc_now()))


def _line(one: Found) -> str:
    where = one.prompt_id or (f"lesson {one.lesson_id}" if one.lesson_id else "")
    head = f"{one.at.astimezone():%Y-%m-%d %H:%M}  {one.id}  {_plain(one.title)}" + (f"  [{where}]" if where else "")
    return head + (f"\n    {_plain(one.snippet)}" if one.snippet else "")


def _plain(text: str) -> str:
    """The text without what a terminal would act on."""
    return "".join(char if char.isprintable() else " " for char in text)
