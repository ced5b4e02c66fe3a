"""Measuring a model: how it starts, how fast it answers, what it holds, and every task at every seed, as one job."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app import __version__
from desktop_app.clock import utc_now
from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.practice.scorecard.asking import Question, ask_all, questions
from desktop_app.practice.scorecard.cards import save_card
from desktop_app.practice.scorecard.figures import measures_of
from desktop_app.practice.scorecard.scorecard import Costs, Probe, Scorecard, Try
from desktop_app.practice.scorecard.tasks import TaskSet, Turn, read_sets
from desktop_app.prompts.evaluate.models import file_hash
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.sandbox.client import Answer, ModelClient
from desktop_app.sandbox.models.catalogue import ModelFile
from desktop_app.sandbox.protocol import GenerationParameters
from desktop_app.storage.locations import Locations

SEEDS = 3
_PROBES, _PROBE_TOKENS = 100, 24


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is measured: the seeds of each task, how many tasks of each set (None for all), how many probes."""

    seeds: tuple[int, ...]
    most_tasks: int | None = None
    probes: int = _PROBES

    @classmethod
    def full(cls, seeds: int = SEEDS) -> Extent:
        """Every task at the seeds 1 to seeds."""
        return cls(tuple(range(1, seeds + 1)))

    @classmethod
    def short(cls) -> Extent:
        """A first impression: four tasks of each set, twice."""
        return cls((1, 2), most_tasks=4, probes=20)

    @property
    def quick(self) -> bool:
        """True if tasks are left out."""
        return self.most_tasks is not None


def make_card(
    model: ModelFile,
    locations: Locations,
    extent: Extent,
    *,
    client: Callable[[ModelFile], ModelClient] = ModelClient,
) -> Job[Scorecard]:
    """Measure the model in a process of its own, keep the card in the profile and return it.

    Yields Progress, and each Try as it is there. Closing the job stops it; what was answered by then is kept, and the next
    run goes on from there. Raises ModelError if the model cannot be used, StoreError if nothing can be kept.
    """
    locations.make_profile()
    sets = read_sets(locations.resources)
    with ResultStore(locations.results_db) as store, client(model) as started:
        sha256 = yield from file_hash(model.path, store)
        card = yield from measure(started, sha256, sets, store, extent)
    save_card(locations.scorecards, card)
    return card


def measure(
    client: ModelClient, sha256: str, sets: Sequence[TaskSet], store: ResultStore, extent: Extent
) -> Job[Scorecard]:
    """The card of the client's model, whose process must not run yet; see make_card."""
    at, busy = utc_now(), _busy()
    wanted = questions(sets, extent.seeds, most_tasks=extent.most_tasks)
    total = extent.probes + len(wanted)
    yield Progress(0, total, "Loading the model")
    started = time.monotonic()
    yield from _at(client.start(), 0, total, "Loading the model")
    load_ms = (time.monotonic() - started) * 1000
    load_bytes = yield from _memory(client)
    probes = yield from _probe(client, sets, extent.probes, total)
    tries = yield from _ask(wanted, client, sha256, store, extent.probes, total)
    costs = Costs(load_ms, load_bytes, (yield from _memory(client)), probes)
    named = tuple((each.id, each.sha256) for each in sets)
    model = client.model
    return Scorecard(
        model.id, model.name, sha256, at, machine(), os.cpu_count() or 1, busy, __version__, extent.seeds, extent.quick,
        named, costs, tries, measures_of(sets, tries, costs),
    )  # fmt: skip


def _ask(
    wanted: Sequence[Question], client: ModelClient, sha256: str, store: ResultStore, before: int, total: int
) -> Generator[object, None, tuple[Try, ...]]:
    job, done = ask_all(wanted, client, sha256, store), before
    try:
        while True:
            step = next(job)
            if isinstance(step, Try):
                done += 1
                yield step
            asked = wanted[min(done - before, len(wanted) - 1)]
            yield Progress(done, total, asked.task_set.name)
    except StopIteration as end:
        return end.value
    finally:
        job.close()


def _probe(client: ModelClient, sets: Sequence[TaskSet], count: int, total: int) -> Job[tuple[Probe, ...]]:
    """Answers made only to take their times. Each begins differently, so that nothing of it was read before."""
    texts = [(each, task) for each in sets if each.standard == "effectiveness" for task in each.tasks]
    parameters = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=_PROBE_TOKENS)
    probes: list[Probe] = []
    for number in range(count):
        task_set, task = texts[number * 7 % len(texts)]
        _, *turns = task_set.messages(task, "plain")
        messages: tuple[Turn, ...] = (("system", f"Case {number + 1}. {task_set.system}"), *turns)
        job = client.generate(messages, parameters, seed=1)
        answer: Answer = yield from _at(job, number, total, "Taking times")
        if answer.problem:
            raise ModelError(f"The times could not be taken. {answer.problem}")
        took = answer.timings
        if took.completion_tokens > 1:  # a single token has no speed
            read = took.prompt_tokens - took.cached_tokens
            probes.append(Probe(took.first_token_ms, took.tokens_per_second, read, took.prompt_ms))
    return tuple(probes)


def _at(job: Job, done: int, total: int, note: str) -> Generator[Progress, None, object]:
    """The job's result, its steps told as a place in the whole run."""
    try:
        while True:
            next(job)
            yield Progress(done, total, note)
    except StopIteration as end:
        return end.value
    finally:
        job.close()


def _memory(client: ModelClient) -> Job[int]:
    try:
        return (yield from client.memory())[0]
    except ModelError:  # where the system does not tell; the card then leaves it out
        return 0


def _busy() -> float:
    """How many programs wanted a processor during the last minute, 0 where the system does not say."""
    try:
        return os.getloadavg()[0]
    except (AttributeError, OSError):
        return 0.0


def machine() -> str:
    """The machine in words, without its name: system, processor, cores."""
    name = platform.processor()
    try:
        for line in Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines():
            if line.startswith("model name"):
                name = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    cores = os.cpu_count() or 1
    parts = (
        f"{platform.system()} {platform.machine()}",
        " ".join(name.split())[:80],
        f"{cores} {'core' if cores == 1 else 'cores'}",
    )
    return ", ".join(part for part in parts if part)
