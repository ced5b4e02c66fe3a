"""`greenroom model scorecard`: measure a model by five standards, show the card, set it beside another one."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from desktop_app.cli.common import listing_options, print_json, run_job
from desktop_app.errors import AppError
from desktop_app.jobs import Job
from desktop_app.practice.scorecard.cards import as_json as card_as_json
from desktop_app.practice.scorecard.cards import cards, read_card
from desktop_app.practice.scorecard.report import EXPORTS, as_csv, as_lines, compared_as_markdown, compared_lines
from desktop_app.practice.scorecard.running import SEEDS, Extent, make_card
from desktop_app.practice.scorecard.scorecard import Scorecard
from desktop_app.prompts.evaluate.models import model_file
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically


@click.command("scorecard")
@click.argument("wanted", metavar="[ID|FILE.gguf]", required=False)
@click.option(
    "--seeds",
    type=click.IntRange(1, 20),
    metavar="N",
    help=f"Ask each task with the seeds 1 to N; {SEEDS} without this.",
)
@click.option("--quick", is_flag=True, help="A first impression in a minute or two: four tasks of each set, twice.")
@click.option("--last", is_flag=True, help="Show the newest card that is kept, and measure nothing.")
@click.option(
    "--compare",
    "other",
    metavar="ID|FILE",
    help="Set it beside the newest card of another model, or beside a card's JSON file.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the card into this .md, .json or .csv file."
)
@listing_options
@click.pass_obj
def scorecard(
    services: Services,
    wanted: str | None,
    seeds: int | None,
    quick: bool,
    last: bool,
    other: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Measure the model in use, or another, by five standards with the tasks that ship with the app.

    Takes about ten minutes on an idle laptop; close other programs first, times are measured too. Ctrl-C keeps the answers
    made so far: the same command goes on from there.
    """
    if sum((quick, last, seeds is not None)) > 1:
        raise click.UsageError("--quick, --seeds and --last exclude each other.")
    if out is not None and out.suffix.lstrip(".") not in EXPORTS:
        raise click.UsageError(f"--out takes a file that ends in .{', .'.join(EXPORTS)}.")
    model = run_job(_model(services, wanted or services.models.chosen_id), "Looking for the model")
    beside = _other(services, other) if other else None
    if last:
        card = _newest(services, model)
    else:
        extent = Extent.short() if quick else Extent.full(seeds or SEEDS)
        try:
            card = run_job(make_card(model, services.locations, extent), model.name)
        except KeyboardInterrupt:
            click.echo("Stopped. The answers made so far are kept: the same command goes on from there.", err=True)
            sys.exit(130)
    if out is not None:
        write_atomically(out, _file(card, beside, out.suffix.lstrip(".")).encode(), mode=0o644)
    if as_json:
        print_json([card_as_json(each) for each in (card, beside)] if beside else card_as_json(card))
    elif out is None:
        for line in compared_lines(card, beside) if beside else as_lines(card):
            click.echo(line)


def _model(services: Services, wanted: str) -> Job[ModelFile]:
    """An installed model by its id, or the one in a GGUF file."""
    if wanted.casefold().endswith(".gguf"):
        services.locations.make_profile()
        with ResultStore(services.locations.results_db) as store:
            return (yield from model_file(wanted, store))
    return (yield from services.models.look(wanted))


def _other(services: Services, other: str) -> Scorecard:
    """The card to compare with: in a file, or the newest one of a model."""
    if other.casefold().endswith(".json"):
        return read_card(Path(other))
    return _newest(services, run_job(_model(services, other), "Looking for the model"))


def _newest(services: Services, model: ModelFile) -> Scorecard:
    """The card that tells most of a model: the newest full one, else the newest; raises AppError if there is none."""
    found = sorted(cards(services.locations, model.sha256), key=lambda card: (not card.quick, card.at))
    if not found:
        raise AppError(f"{model.name} has not been measured yet. Run: greenroom model scorecard {model.id}")
    return found[-1]


def _file(card: Scorecard, beside: Scorecard | None, form: str) -> str:
    if beside is None:
        return EXPORTS[form][1](card)
    if form == "csv":
        return as_csv([card, beside])
    return compared_as_markdown(card, beside) if form == "md" else EXPORTS["json"][1](card)
