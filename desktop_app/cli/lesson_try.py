"""`greenroom lesson try`: run the samples of practice exercises on the local model and say whether they come out as stated."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from desktop_app.cli.common import exit_code, listing_options, print_json, printable
from desktop_app.errors import AppError
from desktop_app.jobs import Progress
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.trying import Trial, try_lessons
from desktop_app.services import Services


@click.command("try")
@click.argument("wanted", nargs=-1, metavar="[ID|PATH]...")
@click.option("--answers", is_flag=True, help="Print every answer, not only what was missed.")
@listing_options
@click.pass_context
def try_samples(ctx: click.Context, wanted: tuple[str, ...], answers: bool, as_json: bool) -> None:
    """Run the samples of the practice exercises in the lessons ID or at PATH, or in all of them, on the local model.

    A good sample must meet every check of the prompt and, at every seed, of the answer; a careless one must miss at least
    one. Exit code 1 if a sample does not come out as the lesson says.
    """
    services: Services = ctx.find_root().obj
    lessons = [found for name in wanted for found in _lessons(services, name)] or list(services.lessons.in_path_order())
    trials: list[Trial] = []
    stderr = sys.stderr
    with click.progressbar(length=1, label="Trying", show_eta=False, file=stderr, hidden=not stderr.isatty()) as bar:
        for step in try_lessons(lessons, services.prompts.usable, services.model):
            if isinstance(step, Trial):
                trials.append(step)
                if not as_json:
                    _print(step, answers)
            elif isinstance(step, Progress) and step.total:
                bar.length = step.total
                bar.update(step.done - bar.pos)
    if as_json:
        print_json([asdict(one) | {"passed": one.passed, "as_stated": one.as_stated} for one in trials])
    wrong = sum(not one.as_stated for one in trials)
    without = sum(not practice.samples for lesson in lessons for practice in lesson.practices)
    said = f"{len(trials)} samples tried, {wrong} not as stated" + (
        f"; {without} exercises have none" if without else ""
    )
    click.echo(said, err=True)
    exit_code(wrong)


def _lessons(services: Services, name: str) -> list[Lesson]:
    from desktop_app.lessons.lint import content_files
    from desktop_app.lessons.parse import read_lesson

    path = Path(name)
    if not path.exists():
        return [services.lessons.get(name)]
    found = [read_lesson(file) for file in content_files([path]) if file.name == "lesson.md"]
    if not found:
        raise AppError(f"{name} holds no lesson. Name a lesson's folder, or a folder of lessons.")
    return found


def _print(trial: Trial, answers: bool) -> None:
    stated = "good" if trial.stated else "careless"
    verdict = "as stated" if trial.as_stated else "NOT AS STATED"
    name = f"{trial.lesson_id}/{trial.practice_id} #{trial.number}"
    if trial.problem:
        click.echo(f"{name:<60} {stated:<9} could not be run: {printable(trial.problem)}")
        return
    prompt = f"prompt misses {', '.join(trial.unmet)}" if trial.unmet else "prompt meets its checks"
    click.echo(f"{name:<60} {stated:<9} {trial.good_seeds} of {len(trial.seeds)} seeds  {prompt:<40} {verdict}")
    for one in trial.seeds:
        if answers or (one.unmet and not trial.as_stated):
            missed = f" (misses: {'; '.join(one.unmet)})" if one.unmet else ""
            click.echo(f"    seed {one.seed}{missed}")
            click.echo("".join(f"      | {line}\n" for line in printable(one.text).splitlines()), nl=False)
