"""What every command shares: --json, printing listings, and turning AppError into exit code 1."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import category

import click

from desktop_app.errors import AppError
from desktop_app.jobs import Job, Progress

if TYPE_CHECKING:
    from desktop_app.services import Services

T = TypeVar("T")

_TURNING = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)  # they show a text in another order than it has


class Group(click.Group):
    """A group in which an AppError ends in its text on standard error and exit code 1."""

    group_class = type

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except AppError as error:
            click.echo(f"greenroom: {printable(str(error))}", err=True)
            return ctx.exit(1)
        except KeyboardInterrupt:  # click's own answer would be 1
            return ctx.exit(130)


def listing_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --json, passed on as as_json."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document and nothing else.")(function)


def print_json(value: Any) -> None:
    """Print one JSON document; paths, dates and tuples become text and lists."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def print_listing(
    rows: Sequence[Mapping[str, Any]], *, as_json: bool, line: Callable[[Mapping[str, Any]], str]
) -> None:
    """Print rows as JSON, or one line each as line makes it."""
    if as_json:
        print_json(list(rows))
    else:
        for row in rows:
            click.echo(line(row))


def printable(text: str) -> str:
    """The text without what would steer a terminal: a model, a file's name or a document may hold anything."""
    return "".join(
        char if char in "\n\t" or (char not in _TURNING and category(char) not in ("Cc", "Cs")) else "\ufffd"
        for char in text
    )


def read_text(source: str) -> str:
    """The text of a file, or of standard input for "-"; raises AppError if it is not UTF-8 or not readable."""
    try:
        data = sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()
    except OSError as exc:
        raise AppError(f"{source}: cannot be read ({exc.strerror}). Check the name and your rights.") from exc
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        name = "Standard input" if source == "-" else source
        raise AppError(f"{name} is not UTF-8 text (byte {exc.start}). Save it as UTF-8 and try again.") from exc


def parse_settings(pairs: Iterable[str]) -> dict[str, str]:
    """The values of repeated --set name=value options; raises click.UsageError for one without "="."""
    values = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            raise click.UsageError(f"--set takes name=value, not {pair!r}")
        values[name] = value
    return values


def run_job(job: Job[T], label: str) -> T:
    """Run the job to its end and return its result; on a terminal a progress bar shows how far it is."""
    stderr = sys.stderr
    with click.progressbar(length=1, label=label, show_eta=False, file=stderr, hidden=not stderr.isatty()) as bar:
        while True:
            try:
                step = next(job)
            except StopIteration as end:
                return end.value
            if isinstance(step, Progress):
                bar.length = step.total or step.done + 1
                bar.update(step.done - bar.pos)


def checked_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add --checked, passed on as checked, for what writes answers to a file."""
    words = "You checked the answers; where policy asks for that, it is recorded that you said so."
    return click.option("--checked", is_flag=True, help=words)(function)


def require_check(services: Services, *, checked: bool, facts: Mapping[str, Any]) -> None:
    """Record the person's check where policy wants one before answers leave; raises AppError where there was none."""
    if not services.policy.check_before_copy:
        return
    if not checked:
        raise AppError(
            "Nothing was written: your organisation asks for a check before answers leave this app. Look at names, numbers "
            "and dates, then say --checked. That you did is recorded, the answers are not."
        )
    services.learner.record("answer_checked", facts)


def exit_code(problems: object) -> None:
    """End with 1 if there are problems, else return."""
    if problems:
        sys.exit(1)
