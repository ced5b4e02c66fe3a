"""`greenroom prompt feedback`: how the prompts do, and the file a person hands to the curators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from desktop_app.cli.common import exit_code, listing_options, print_listing
from desktop_app.clock import utc_now
from desktop_app.prompts.feedback import figures, own, read_files, write_file
from desktop_app.services import Services


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write your own feedback to a file instead."
)
@click.option("--comments", is_flag=True, help="With --out: hand on your comments too, in clear.")
@listing_options
@click.pass_obj
def feedback(services: Services, paths: tuple[Path, ...], out: Path | None, comments: bool, as_json: bool) -> None:
    """Show how prompts do, by your own use and the feedback files in PATHS; what to mend first comes first."""
    if comments and out is None:
        raise click.UsageError("--comments belongs to --out FILE")
    if out is not None:
        if comments:
            services.unlock_vault()
        write_file(out, own(services.learner), utc_now().date(), comments=comments)
        click.echo(f"{out}: hand it to your curators.", err=True)
        return
    given, problems = read_files(paths)
    rows = [asdict(one) for one in figures([own(services.learner), *given])]
    print_listing(rows, as_json=as_json, line=_line)
    for problem in problems:
        click.echo(str(problem), err=True)
    exit_code(problems)


def _line(row: Mapping[str, Any]) -> str:
    success = "-" if row["success"] is None else f"{row['success']:.0%}"
    rating = "-" if row["rating"] is None else f"{row['rating']:.1f}"
    minutes = "-" if row["minutes_saved"] is None else f"{row['minutes_saved']:+.0f}"
    return (
        f"{row['prompt_id']}@{row['version']}  uses {row['uses']}  goal met {success} of {row['answers']}  "
        f"rating {rating}  minutes saved {minutes}"
    )
