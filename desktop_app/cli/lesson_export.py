"""greenroom lesson export: a lesson or a learning path in another tool's format."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from desktop_app.cli.common import listing_options, print_json

if TYPE_CHECKING:
    from desktop_app.lessons.interchange.course import Course
    from desktop_app.notes import Note, Package

# Written out, so that other commands need not load the exporters; a test compares them with ui.printing.ALL_FORMATS.
PDF_ONLY = "pdf"
FORMATS = ("html", "scorm12", "scorm2004", "cmi5", "qti3", "gift", PDF_ONLY)


@click.command("export")
@click.argument("wanted", metavar="ID")
@click.option("--as", "form", required=True, type=click.Choice(FORMATS), help="The format to write.")
@click.option(
    "--out", "target", required=True, metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; an existing one is replaced.",
)  # fmt: skip
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", help="The paper of a PDF.")
@click.option("--answers/--no-answers", default=True, help="Whether a PDF ends with the right answers.")
@listing_options
@click.pass_context
def export_lesson(
    ctx: click.Context, wanted: str, form: str, target: Path, paper: str, answers: bool, as_json: bool
) -> None:
    """Write the lesson ID, or all lessons of the path ID, to FILE.

    Prints what the format could not carry, as lesson:line: text. docs/formats/export.md says what each format carries,
    and in which of them right answers can be read.
    """
    from desktop_app.lessons.interchange.course import course_of
    from desktop_app.storage.files import write_atomically

    for name in ("paper", "answers"):
        if form != PDF_ONLY and ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} is for --as {PDF_ONLY}")
    services = ctx.find_root().obj
    course = course_of(
        wanted,
        services.lessons,
        services.documents,
        services.prompts,
        services.locations.resources,
        services.glossary,
    )
    package, data = _written(course, form, paper, answers)
    write_atomically(target, data, mode=0o644)
    if as_json:
        notes = [{"line": note.line, "severity": note.severity, "what": note.what} for note in package.notes]
        print_json({"file": target, "format": form, "bytes": len(data), "notes": notes})
        return
    for note in package.notes:
        click.echo(_line(course, note))
    click.echo(f"Wrote {target}", err=True)


def _written(course: Course, form: str, paper: str, answers: bool) -> tuple[Package, bytes]:
    from desktop_app.lessons.interchange.export import FORMATS as WITHOUT_QT
    from desktop_app.lessons.interchange.export import packed

    if form in WITHOUT_QT:
        package = WITHOUT_QT[form].write(course)
        return package, packed(WITHOUT_QT[form], package)
    from desktop_app.ui.printing.lesson_pdf import PDF, lesson_pdf, make_offscreen_application  # Qt, for PDF only

    application: Any = make_offscreen_application(course.resources)
    package = lesson_pdf(course, paper="A4" if paper == "a4" else "Letter", answers=answers)
    del application  # it must outlive the writing
    return package, packed(PDF, package)


def _line(course: Course, note: Note) -> str:
    place = course.id if course.is_path else course.lessons[0].path
    return f"{place}:{note.line}: {note.severity}: {note.what}"
