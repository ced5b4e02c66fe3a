"""Trying practice exercises on the local model: does each sample come out as its author says?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desktop_app.errors import AppError, ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.lessons.lesson import Lesson, Practice, Sample
from desktop_app.lessons.prompt_checks import check_prompt
from desktop_app.lessons.scoring import check_answer
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.prompts.run import RunRequest, from_prompt, from_text, run
from desktop_app.sandbox.client import ModelClient

# A reference such as "reply@approved" → its version; raises AppError if there is none.
Usable = Callable[[str], PromptVersion]


@dataclass(frozen=True, slots=True)
class SeedTrial:
    """One answer; unmet says which expectations it missed, in the exercise's words."""

    seed: int
    text: str
    unmet: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One sample of one exercise. number counts the samples of the exercise from 1; unmet names the checks of the prompt it misses.

    problem says why it could not be run, "" if it could.
    """

    lesson_id: str
    practice_id: str
    number: int
    stated: bool
    unmet: tuple[str, ...] = ()
    seeds: tuple[SeedTrial, ...] = ()
    problem: str = ""

    @property
    def passed(self) -> bool:
        """True if every check of the prompt and, at every seed, every expectation is met."""
        return not self.problem and not self.unmet and not any(one.unmet for one in self.seeds)

    @property
    def as_stated(self) -> bool:
        """True if it came out as its author says."""
        return not self.problem and self.passed == self.stated

    @property
    def good_seeds(self) -> int:
        """How many answers met everything."""
        return sum(not one.unmet for one in self.seeds)


def try_lessons(lessons: Iterable[Lesson], usable: Usable, client: ModelClient) -> Job[tuple[Trial, ...]]:
    """Run every sample of the lessons' practice exercises with each of the exercise's seeds; yields each Trial when it is there.

    Raises ModelError if the model cannot be started; what is wrong with one sample is said in its trial.
    """
    wanted = [
        (lesson, practice, number, sample)
        for lesson in lessons
        for practice in lesson.practices
        for number, sample in enumerate(practice.samples, 1)
    ]
    if wanted:
        yield from client.start()
    trials: list[Trial] = []
    for done, (lesson, practice, number, sample) in enumerate(wanted):
        yield Progress(done, len(wanted), f"{lesson.id}/{practice.id}")
        made = Trial(lesson.id, practice.id, number, sample.passes)
        try:
            trial = yield from _tried(made, practice, sample, usable, client)
        except AppError as error:
            trial = Trial(lesson.id, practice.id, number, sample.passes, problem=str(error))
        trials.append(trial)
        yield trial
    return tuple(trials)


def _tried(made: Trial, practice: Practice, sample: Sample, usable: Usable, client: ModelClient) -> Job[Trial]:
    requests = [_request(practice, sample, seed, usable) for seed in practice.seeds or (practice.seed,)]
    words = "\n\n".join(message.content for message in requests[0].messages)
    unmet = tuple(one.check for one in check_prompt(words, practice.prompt_checks) if not one.met)
    seeds = []
    for request in requests:
        answer = yield from run(client, request)
        if answer.stop_reason in ("cancelled", "died"):
            raise ModelError(answer.problem or "The answer was stopped. Try it again.")
        missed = tuple(one.expectation.says for one in check_answer(practice.expect, answer.text) if not one.met)
        seeds.append(SeedTrial(request.seed, answer.text, missed))
    return Trial(made.lesson_id, made.practice_id, made.number, made.stated, unmet, tuple(seeds))


def _request(practice: Practice, sample: Sample, seed: int, usable: Usable) -> RunRequest:
    """What the exercise sends for a sample: the starting values stand where the sample gives none."""
    if not practice.prompt:
        return from_text(sample.values["prompt"], seed=seed, max_tokens=practice.max_tokens)
    values = {**practice.values, **sample.values}
    return from_prompt(usable(practice.prompt), values, seed=seed, max_tokens=practice.max_tokens)
