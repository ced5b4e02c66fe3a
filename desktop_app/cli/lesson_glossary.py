"""`greenroom lesson glossary`: the words that lessons link to, and what they mean."""

from __future__ import annotations

from typing import Any

import click

from desktop_app.cli.common import exit_code, listing_options, print_json, print_listing
from desktop_app.lessons.glossary import Entry, Glossary, used_in
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.render import plain_text


@click.command("glossary")
@click.argument("term", required=False)
@click.option("--language", default="", help="Read it in this language, for example de; each word's own if not given.")
@listing_options
@click.pass_context
def show_glossary(ctx: click.Context, term: str | None, language: str, as_json: bool) -> None:
    """Print what TERM means, what to see also and which lessons use it; without TERM, every word on a line.

    TERM is a word, another word for it, or its id. What cannot be read is named on standard error, in the list with exit code 1.
    """
    services = ctx.find_root().obj
    glossary, problems = services.glossary.in_language(language), services.glossary.problems(language)
    for problem in problems:
        click.echo(f"greenroom: {problem}", err=True)
    used = used_in(services.lessons.in_path_order()) if term or as_json else {}
    if term is None:
        rows = [_row(glossary, entry, used.get(entry.id, ())) for entry in glossary.entries]
        print_listing(rows, as_json=as_json, line=lambda row: f"{row['term']:<32} {plain_text(row['text'])}")
        exit_code(problems)
        return
    entry = glossary.get(term)
    row = _row(glossary, entry, used.get(entry.id, ()))
    if as_json:
        print_json(row)
        return
    click.echo(entry.term + (f" ({', '.join(entry.also)})" if entry.also else ""))
    click.echo(plain_text(entry.text))
    if see := glossary.see(entry):
        click.echo(f"See also: {', '.join(one.term for one in see)}")
    if row["used_in"]:
        click.echo(f"Used in: {', '.join(row['used_in'])}")


def _row(glossary: Glossary, entry: Entry, lessons: tuple[Lesson, ...]) -> dict[str, Any]:
    return {
        "id": entry.id,
        "term": entry.term,
        "text": entry.text,
        "also": entry.also,
        "see": tuple(one.id for one in glossary.see(entry)),
        "used_in": tuple(lesson.id for lesson in lessons),
    }
