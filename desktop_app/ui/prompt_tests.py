"""Prompt tests in the window, without Qt: what there is to test, what is known of it, running it, and the words for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from time import monotonic

from desktop_app.errors import AppError, ContentError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.decision import day_text
from desktop_app.prompts.evaluate.matrix import ModelUnderTest, Result, VersionUnderTest, run_matrix
from desktop_app.prompts.evaluate.models import model_file, model_under_test
from desktop_app.prompts.evaluate.overview import Overview, overview, with_text
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.prompts.evaluate.shipped import ShippedResult, baseline, read_shipped
from desktop_app.prompts.evaluate.suite import Suite, read_suite
from desktop_app.prompts.evaluate.summary import PassRate
from desktop_app.prompts.prompt import Prompt, PromptVersion
from desktop_app.sandbox.client import ModelClient
from desktop_app.services import Services

_EVERY_S = 0.1
_STEP = 20
LARGER_MODEL = (
    "This prompt is made for a larger model. The tests show only what the small model of this computer can do with it."
)


@dataclass(frozen=True, slots=True)
class Subject:
    """A version that has tests; problem says why they cannot be read, "" if they can."""

    tested: VersionUnderTest
    status: str
    is_offered: bool
    problem: str = ""

    @property
    def version(self) -> PromptVersion:
        """The version."""
        return self.tested.version

    @property
    def key(self) -> tuple[str, int]:
        """Prompt id and version."""
        return self.version.id, self.version.version


@dataclass(frozen=True, slots=True)
class Known:
    """What a library has to test and what is known of it; models maps their ids to their names."""

    subjects: tuple[Subject, ...] = ()
    models: Mapping[str, str] | None = None
    overviews: tuple[Overview, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What came in since the batch before, in a run of total; asked is how often the model was asked so far."""

    results: tuple[Result, ...]
    done: int
    total: int
    asked: int
    note: str


def subjects_of(prompt: Prompt) -> list[Subject]:
    """The versions of a prompt that have tests, but withdrawn ones."""
    found = []
    for version in prompt.versions:
        if prompt.standing(version.version).state == "withdrawn":
            continue
        status, offered = prompt.status(version.version), version.version == prompt.offered.version
        try:
            suite, problem = read_suite(version), ""
        except ContentError as error:
            suite, problem = Suite(), str(error)
        if suite.cases or problem:
            found.append(Subject(VersionUnderTest(version, suite), status, offered, problem))
    return found


def read_known(
    services: Services, seeds: Sequence[int], files: Sequence[Path], prompt_id: str = "", known: Sequence[Subject] = ()
) -> Job[Known]:
    """All subjects of the library, or of one prompt, or those known, with what is known of them on the bundled model and the GGUF files."""
    yield Progress(0)
    words: list[str] = []
    subjects = list(known)
    if not known:
        prompts = [services.prompts.get(prompt_id)] if prompt_id else services.prompts.prompts()
        for done, prompt in enumerate(prompts):
            if done % _STEP == 0:
                yield Progress(done, len(prompts), "Reading the tests")
            subjects += subjects_of(prompt)
    shipped = by_version(_shipped(services, words))
    overviews = []
    services.locations.make_profile()
    with ExitStack() as stack:
        store = stack.enter_context(ResultStore(services.locations.results_db))
        models, names = yield from _models(services, files, store, words)
        stack.callback(close_own, models)
        for done, subject in enumerate(subjects):
            if done % _STEP == 0:
                yield Progress(done, len(subjects), "Reading the results")
            overviews += [
                overview(subject.tested, model, seeds, store, shipped.get(subject.key, ())) for model in models
            ]
    return Known(tuple(subjects), names, tuple(overviews), "\n".join(words))


def run_tests(
    services: Services, keys: Sequence[tuple[str, int]], seeds: Sequence[int], files: Sequence[Path], stop: Event
) -> Job[bool]:
    """Run the tests of these versions, read anew; yields Batch several times a second, returns False if stop was set.

    What was done until then is kept. Raises ContentError, ModelError, StoreError.
    """
    words: list[str] = []
    yield Progress(0, None, "Reading the tests")
    versions = [services.prompts.get(prompt_id).numbered(number) for prompt_id, number in keys]
    wanted = [VersionUnderTest(version, read_suite(version)) for version in versions]
    services.locations.make_profile()
    with ExitStack() as stack:
        store = stack.enter_context(ResultStore(services.locations.results_db))
        models, _ = yield from _models(services, files, store, words)
        stack.callback(close_own, models)
        if words:
            raise AppError("\n".join(words))
        job = run_matrix(wanted, models, seeds, store, earlier=baseline(_shipped(services, [])))
        stack.callback(job.close)
        return (yield from _batches(job, store, stop))


def _batches(job: Job[tuple[Result, ...]], store: ResultStore, stop: Event) -> Job[bool]:
    batch: list[Result] = []
    at, done, total, asked, note = monotonic(), 0, 0, 0, ""
    for step in job:
        if isinstance(step, Result):
            batch.append(with_text(step, store))
            asked += not step.from_store
        elif isinstance(step, Progress):
            done, total, note = step.done, step.total or 0, step.note
        if stop.is_set():
            break
        if monotonic() > at + _EVERY_S:
            yield Batch(tuple(batch), done, total, asked, note)
            at, batch = monotonic(), []
    if batch:
        yield Batch(tuple(batch), done, total, asked, note)
    return not stop.is_set()


def _models(
    services: Services, files: Iterable[Path], store: ResultStore, words: list[str]
) -> Job[tuple[list[ModelUnderTest], dict[str, str]]]:
    """The bundled model, shared with the practice page, and those in the files; what cannot be used is said in words."""
    models, names = [], {}
    for file in (None, *files):
        try:
            client = services.model if file is None else ModelClient((yield from model_file(str(file), store)))
            model = yield from model_under_test(client, store, shared=file is None)
        except AppError as error:
            words.append(str(error))
            continue
        if model.id not in names:
            models.append(model)
            names[model.id] = client.model.name
    return models, names


def close_own(models: Iterable[ModelUnderTest]) -> None:
    """End the models that nobody else uses."""
    for model in models:
        if not model.shared:
            model.client.close()


def _shipped(services: Services, words: list[str]) -> list[ShippedResult]:
    found: list[ShippedResult] = []
    for folder in services.prompts.folders:
        try:
            found += read_shipped(folder)
        except AppError as error:
            words.append(str(error))
    return found


def by_version(results: Iterable[ShippedResult]) -> dict[tuple[str, int], list[ShippedResult]]:
    """Shipped results by prompt id and version."""
    found: dict[tuple[str, int], list[ShippedResult]] = {}
    for each in results:
        found.setdefault((each.prompt_id, each.version), []).append(each)
    return found


# -- words ---------------------------------------------------------------------------------------------------------------


def rate_words(rate: PassRate) -> str:
    """ "8 of 9"."""
    return f"{rate.passed} of {rate.total}"


def interval_words(rate: PassRate) -> str:
    """What the pass rate says about runs that were not made."""
    share = f"{100 * rate.low:.0f} to {100 * rate.high:.0f}\N{NO-BREAK SPACE}%"
    return f"Of many such runs {share} would pass (95\N{NO-BREAK SPACE}% confidence)."


def source_words(known: Overview) -> str:
    """Where and when it was found."""
    day = day_text(known.day) if known.day else ""
    match known.source:
        case "library":
            return f"tested by the library's curators, {day}"
        case "old":
            return f"tested {day}"
        case "own" if known.results and all(result.from_store for result in known.results):
            return f"from an earlier run, {day}" if day else "from an earlier run"
        case "own":
            return "from this run"
    return ""


def seconds_words(ms: float) -> str:
    """ "0.26 s"; two figures are enough."""
    return f"{ms / 1000:.2f} s" if ms < 10_000 else f"{ms / 1000:.0f} s"


def left_words(seconds: float) -> str:
    """How long it still takes, about."""
    if seconds < 10:
        return "a few seconds left"
    if seconds < 90:
        return f"about {round(seconds / 10) * 10} s left"
    return f"about {round(seconds / 60)} min left"


def runs_words(count: int) -> str:
    """ "1 run", "9 runs"."""
    return f"{count:,} run" if count == 1 else f"{count:,} runs"
