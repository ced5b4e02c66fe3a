"""`greenroom prompt test`: run prompts' tests on the local model and say what passes, what fails and what got worse."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import click

from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import Job, Progress, finish
from desktop_app.prompts.evaluate.matrix import Cell, ModelUnderTest, Result, VersionUnderTest, run_matrix
from desktop_app.prompts.evaluate.models import model_file, model_under_test
from desktop_app.prompts.evaluate.report import Report, as_json_text, as_junit, as_table
from desktop_app.prompts.evaluate.results import ResultStore, StoredResult
from desktop_app.prompts.evaluate.shipped import baseline, read_shipped, save_shipped, shipped
from desktop_app.prompts.evaluate.suite import read_suite
from desktop_app.prompts.evaluate.summary import Summary, differences, regressions, summarise
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.sandbox.client import ModelClient
from desktop_app.services import Services
from desktop_app.storage.files import write_atomically

_FORMATS = {"table": as_table, "json": as_json_text, "junit": as_junit}


@click.command("test")
@click.argument("references", nargs=-1, metavar="[ID[@VERSION|@LABEL]]…")
@click.option("--all", "everything", is_flag=True, help="Test every prompt of the library that has tests.")
@click.option(
    "--versions",
    type=click.Choice(["offered", "all"]),
    default="offered",
    show_default=True,
    help="The version people get, or all; then only that one's failures count, and what it does worse than another.",
)
@click.option(
    "--seeds", type=click.IntRange(1, 100), default=1, show_default=True, help="Run each test with the seeds 1 to N."
)
@click.option("--model", "models", multiple=True, metavar="ID|FILE.gguf", help="Another model; may be given again.")
@click.option(
    "--compare", nargs=2, metavar="A B", help="Run B's tests on the versions (or labels) A and B of one prompt."
)
@click.option(
    "--format", "form", type=click.Choice(list(_FORMATS)), default="table", show_default=True,
    help="For people, scripts or pipelines.",
)  # fmt: skip
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the report into this file.")
@click.option("--no-cache", is_flag=True, help="Ask the model again even where its answer is known.")
@click.option("--save", is_flag=True, help="Write what was found into the results.json of each library folder.")
@click.pass_obj
def test(
    services: Services,
    references: tuple[str, ...],
    everything: bool,
    versions: str,
    seeds: int,
    models: tuple[str, ...],
    compare: tuple[str, str] | None,
    form: str,
    out: Path | None,
    no_cache: bool,
    save: bool,
) -> None:
    """Run the tests of prompts on the local model; exit code 1 if one fails or something got worse.

    Answers are kept, so what did not change takes no time; Ctrl-C keeps what was done.
    """
    if bool(references) == everything:
        raise click.UsageError("Name prompts to test, or give --all.")
    if compare and (len(references) != 1 or "@" in references[0] or save):
        raise click.UsageError("--compare takes one ID without @, and goes without --save.")
    if compare:
        chosen = _compared(services, references[0], *compare)
        older, problems = frozenset({_name(chosen[0])}), []
    else:
        chosen, older, problems = _chosen(services, references, versions)
    services.locations.make_profile()
    with ExitStack() as stack:
        store = stack.enter_context(ResultStore(services.locations.results_db))
        tested = _models(services, models, store, stack)
        earlier = {} if compare else _shipped_before(services)
        job = run_matrix(
            chosen, tested, range(1, seeds + 1), store, fresh=no_cache, record=not compare, earlier=earlier
        )
        results, whole = collect(job)
        if store.set_aside:
            click.echo(
                f"The results kept so far were damaged. They lie in {store.set_aside}; new ones are begun.", err=True
            )
        report = _report([_with_text(result, store) for result in results], older, compared=bool(compare))
    _print(report, form, out)
    if save:
        _save(services, report.summaries, seeds)
    if not whole:
        click.echo("Stopped. What was done is kept: the same command goes on from there.", err=True)
        sys.exit(130)
    for problem in problems:
        click.echo(f"Not tested: {problem}", err=True)
    sys.exit(0 if report.passed and not problems else 1)


def _chosen(
    services: Services, references: Sequence[str], versions: str
) -> tuple[list[VersionUnderTest], frozenset[tuple[str, int]], list[ContentError]]:
    """The versions with their cases, those whose failures do not count because people get another one, and what is broken.

    Named prompts raise what is wrong with them; of a whole library the rest is tested, all but withdrawn versions. Raises
    AppError if there is no test.
    """
    chosen: list[PromptVersion] = []
    older: set[tuple[str, int]] = set()
    problems: list[ContentError] = []

    def take(prompt: Prompt) -> None:
        shown = prompt.versions if versions == "all" else (prompt.offered,)
        chosen.extend(v for v in shown if references or prompt.standing(v.version).state != "withdrawn")
        offered = prompt.offered.version
        older.update((v.id, v.version) for v in shown if v.version != offered)

    for reference in references:
        if "@" in reference:
            chosen.append(services.prompts.resolve(reference))
        else:
            take(services.prompts.get(reference))
    if not references:
        prompts, faults = services.prompts.read()
        problems += faults
        for prompt in prompts:
            take(prompt)
    found: dict[tuple[str, int], VersionUnderTest] = {}
    for version in chosen:
        try:
            found[version.id, version.version] = VersionUnderTest(version, read_suite(version))
        except ContentError as problem:
            if references:
                raise
            problems.append(problem)
    with_tests = [tested for tested in found.values() if tested.suite.cases]
    if not with_tests and not problems:
        named = ", ".join(f"{prompt_id}@{version}" for prompt_id, version in list(found)[:3]) or "The library"
        raise AppError(f"No tests: {named}. docs/formats/prompt-tests.md shows how to write some.")
    return with_tests, frozenset(older), problems


def _name(tested: VersionUnderTest) -> tuple[str, int]:
    return tested.version.id, tested.version.version


def _compared(services: Services, prompt_id: str, old: str, new: str) -> list[VersionUnderTest]:
    """Both versions with the cases of the new one."""
    before, after = (services.prompts.resolve(f"{prompt_id}@{wanted}") for wanted in (old, new))
    if before.version == after.version:
        raise click.UsageError(f"{old} and {new} are the same version of {prompt_id}.")
    suite = read_suite(after)
    if not suite.cases:
        raise AppError(
            f"{prompt_id}@{after.version} has no tests. docs/formats/prompt-tests.md shows how to write some."
        )
    return [VersionUnderTest(before, suite), VersionUnderTest(after, suite)]


def _models(services: Services, names: Sequence[str], store: ResultStore, stack: ExitStack) -> list[ModelUnderTest]:
    models: dict[str, ModelUnderTest] = {}
    for name in names or [services.model.model.id]:
        file = finish(model_file(name, store, services.models))
        bundled = file.path == services.model.model.path
        client = services.model if bundled else stack.enter_context(ModelClient(file))
        models[str(file.path)] = finish(model_under_test(client, store))
    return list(models.values())


def _shipped_before(services: Services) -> Mapping[Cell, StoredResult]:
    """What the libraries' results.json say; one that cannot be read is named and left out."""
    found: dict[Cell, StoredResult] = {}
    for folder in reversed(services.prompts.folders):
        try:
            found |= baseline(read_shipped(folder))
        except ContentError as problem:
            click.echo(str(problem), err=True)
    return found


def collect(job: Job[tuple[Result, ...]]) -> tuple[list[Result], bool]:
    """Run the job with a bar on a terminal; its results, and False if Ctrl-C ended it before all were there."""
    results: list[Result] = []
    stderr = sys.stderr
    with click.progressbar(
        length=1, label="Testing", file=stderr, hidden=not stderr.isatty(), show_pos=True, item_show_func=_note
    ) as bar:
        try:
            for step in job:
                if isinstance(step, Result):
                    results.append(step)
                elif isinstance(step, Progress):
                    bar.length = step.total or 1
                    bar.update(step.done - bar.pos, step.note)
        except KeyboardInterrupt:
            job.close()
            return results, False
    return results, True


def _note(note: str | None) -> str:
    return note or ""


def _with_text(result: Result, store: ResultStore) -> Result:
    """The result with the answer of the last time, where it got worse."""
    if result.change != "regressed" or result.before is None:
        return result
    return replace(result, before=replace(result.before, text=store.text(result.before.output_key)))


def _report(results: Sequence[Result], older: frozenset[tuple[str, int]], *, compared: bool) -> Report:
    """Compared versions with all that differs; otherwise with what a version that counts does worse than one before it."""
    summaries = summarise(results)
    if compared:
        old, new = ([r for r in results if ((r.prompt_id, r.version) in older) is wanted] for wanted in (True, False))
        return Report(summaries, differences(old, new), older)
    worse = [each for each in regressions(results) if (each.new.prompt_id, each.new.version) not in older]
    return Report(summaries, tuple(worse), older)


def _print(report: Report, form: str, out: Path | None) -> None:
    text = _FORMATS[form](report).rstrip()
    if out is None:
        click.echo(text)
    else:
        write_atomically(out, f"{text}\n".encode(), mode=0o644)
        click.echo(f"Wrote {out}", err=True)


def _save(services: Services, summaries: Iterable[Summary], seeds: int) -> None:
    """Into the folder each version comes from; a version that was not run to its end stays as it was."""
    whole = [each for each in summaries if each.rate.total == each.cases * seeds and len(each.seeds) == seeds]
    versions = [version for prompt in services.prompts.prompts() for version in prompt.versions]
    for folder in services.prompts.folders:
        there = {(v.id, v.version): v for v in versions if v.path.parent.parent == folder}
        new = [shipped(each) for each in whole if (each.prompt_id, each.version) in there]
        if new:
            click.echo(f"Wrote {save_shipped(folder, new, there.values())}", err=True)
