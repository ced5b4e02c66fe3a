"""greenroom lesson: make, list, show and check lessons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from desktop_app import __version__
from desktop_app.cli.common import Group, exit_code, listing_options, print_json, print_listing, run_job
from desktop_app.cli.lesson_export import export_lesson
from desktop_app.cli.lesson_glossary import show_glossary
from desktop_app.cli.lesson_try import try_samples
from desktop_app.errors import AppError
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.problem import Problem

if TYPE_CHECKING:
    from desktop_app.lessons.interchange.importer import Written


@click.group(cls=Group)
def lesson() -> None:
    """List, show and check lessons."""


lesson.add_command(export_lesson)
lesson.add_command(try_samples)
lesson.add_command(show_glossary)


@lesson.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", help="How to print.")
@click.option("--strict", is_flag=True, help="Let warnings fail too.")
@click.option("--no-cache", is_flag=True, help="Check files again that have not changed.")
@listing_options
@click.pass_context
def lint(ctx: click.Context, paths: tuple[Path, ...], form: str, strict: bool, no_cache: bool, as_json: bool) -> None:
    """List what to fix in the lessons and learning paths at PATH as file:line:column: severity code: text.

    A folder stands for every lesson.md and paths/*.yml below it. Exit code 1 if there are errors. What each code means
    stands in docs/formats/lesson.md.
    """
    from desktop_app.lessons.lint import content_files
    from desktop_app.lessons.lint_cache import LintCache

    files = content_files(paths)
    services = ctx.find_root().obj
    cache = LintCache(None if no_cache else services.locations.lint_cache, services.known_to_lint(files))
    problems = run_job(cache.lint_all(files), "Checking")
    _print_problems(problems, "json" if as_json else form)
    errors = sum(problem.severity == "error" for problem in problems)
    if form == "text" and not as_json:
        counts = [_counted(len(files), "file"), _counted(errors, "error"), _counted(len(problems) - errors, "warning")]
        click.echo(", ".join(counts), err=True)
    exit_code(problems if strict else errors)


def _print_problems(problems: Sequence[Problem], form: str) -> None:
    if form == "sarif":
        from desktop_app.lessons.sarif import sarif

        print_json(sarif(problems, __version__))
    elif form == "json":
        names = Problem.__slots__  # asdict would copy each value, which takes seconds for a broken book
        print_json([{name: getattr(problem, name) for name in names} for problem in problems])
    else:
        click.echo("".join(f"{problem}\n" for problem in problems), nl=False)  # at once: each echo is a write


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


@lesson.command("list")
@listing_options
@click.pass_context
def list_lessons(ctx: click.Context, as_json: bool) -> None:
    """List every lesson; those that cannot be read are named on standard error, with exit code 1."""
    library = ctx.find_root().obj.lessons
    print_listing([_row(item) for item in library.in_path_order()], as_json=as_json, line=_line)
    for problem in library.problems:
        click.echo(f"greenroom: {problem}", err=True)
    exit_code(library.problems)


def _row(item: Lesson) -> dict[str, Any]:
    names = ("id", "title", "version", "language", "level", "duration_minutes", "roles", "topics", "summary", "path")
    row = {name: getattr(item, name) for name in names}
    return {**row, "questions": len(item.questions), "practices": len(item.practices), "draft": item.is_draft}


def _line(row: Mapping[str, Any]) -> str:
    draft = " (draft)" if row["draft"] else ""
    return f"{row['id']:<32} {row['level']:<12} {row['duration_minutes']:>3} min  {row['title']}{draft}"


@lesson.command()
@click.argument("lesson_id", metavar="ID")
@listing_options
@click.pass_context
def show(ctx: click.Context, lesson_id: str, as_json: bool) -> None:
    """Print one lesson as a learner reads it; --json holds everything, right answers too."""
    item = ctx.find_root().obj.lessons.get(lesson_id)
    if as_json:
        print_json(_as_json(item))
        return
    from desktop_app.lessons.as_text import lesson_as_text

    click.echo(lesson_as_text(item), nl=False)


def _as_json(item: Lesson) -> dict[str, Any]:
    """The lesson's fields, each block with its kind."""
    document = asdict(item)
    for step, record in zip(item.steps, document["steps"], strict=True):
        kinds = [type(block).__name__.lower() for block in step.blocks]
        record["blocks"] = [{"type": kind, **block} for kind, block in zip(kinds, record["blocks"], strict=True)]
    return document


@lesson.command("new")
@click.argument("lesson_id", metavar="ID")
@click.option(
    "--to", "folder", default=".", help="The content folder; . if not given.", type=click.Path(path_type=Path)
)
@click.option("--title", default="", help="The title; made from ID if not given.")
@click.option("--role", "roles", multiple=True, default=("everyone",), help="For whom; may be repeated.")
@click.option("--minutes", default=5, help="How long it takes, 3 to 15.")
def new_lesson(lesson_id: str, folder: Path, title: str, roles: tuple[str, ...], minutes: int) -> None:
    """Make the lesson ID from a complete example, as a draft in lessons/ID of the content folder."""
    from desktop_app.lessons.content_folder import lessons_folder
    from desktop_app.lessons.templates import NewLesson, create_lesson

    facts = NewLesson(lesson_id, title or lesson_id.replace("-", " ").capitalize(), roles, minutes)
    click.echo(create_lesson(_resources(), lessons_folder(folder), facts))


@lesson.command()
@click.argument("path", metavar="PATH", type=click.Path(exists=True, path_type=Path))
@click.option("--out", "target", help="Write to this file.", type=click.Path(dir_okay=False, path_type=Path))
def preview(path: Path, target: Path | None) -> None:
    """Print the lesson at PATH as its author sees it, right answers marked, as one HTML page that loads nothing."""
    from desktop_app.lessons.parse import read_lesson
    from desktop_app.lessons.preview import preview_page
    from desktop_app.storage.files import write_atomically

    item = read_lesson(path / "lesson.md" if path.is_dir() else path)
    page = preview_page(item, click.get_current_context().find_root().obj.glossary.in_language(item.language))
    if target is None:
        click.echo(page, nl=False)
    else:
        write_atomically(target, page.encode(), mode=0o644)
        click.echo(target)


@lesson.command("import")
@click.argument(
    "sources", nargs=-1, required=True, metavar="FILE...", type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--to",
    "folder",
    required=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the lessons' folders go.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["gift", "liascript"]),
    help="What the files are, if their names do not say so.",
)
@listing_options
def import_lessons(sources: tuple[Path, ...], folder: Path, form: str | None, as_json: bool) -> None:
    """Make draft lessons of GIFT question files and LiaScript courses; nothing that exists is overwritten.

    Prints what was changed or left out, as file:line: text. Exit code 1 if nothing of a FILE could be imported.
    docs/formats/interchange.md says what each format carries.
    """
    from desktop_app.lessons.interchange.importer import Written, import_file

    rows: list[dict[str, Any]] = []
    failed = False
    for source in sources:
        try:
            done = run_job(import_file(source, folder, form), f"Importing {source.name}")
            problem = "" if done.files else "Nothing in the file could be imported."
        except AppError as error:
            done, problem = Written(source, form or "", (), 0, ()), str(error)
        failed = failed or bool(problem)
        rows.append({**asdict(done), "problem": problem})
        if not as_json:
            _print_import(done, problem)
    if as_json:
        print_json(rows)
    exit_code(failed)


def _print_import(done: Written, problem: str) -> None:
    for note in done.notes:
        click.echo(f"{done.source}:{note.line}: {note.severity}: {note.what}")
    if problem:
        click.echo(f"greenroom: {problem if str(done.source) in problem else f'{done.source}: {problem}'}", err=True)
        return
    for file in done.files:
        click.echo(f"Wrote {file}", err=True)
    click.echo(f"{_counted(done.questions, 'question')}, {_counted(len(done.notes), 'note')}", err=True)


def _resources() -> Path:
    ctx = click.get_current_context()
    return Path(ctx.find_root().obj.locations.resources)
