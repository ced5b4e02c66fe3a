"""What a labelled prompt is, and how the checks do on many of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop_app.lessons.lesson import PromptCheck
from desktop_app.lessons.prompt_checks import check_prompt

JUDGED: tuple[PromptCheck, ...] = ("task", "context", "format", "material")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A prompt and which of JUDGED a careful reader finds in it."""

    text: str
    has: frozenset[PromptCheck]


def labelled(text: str, *has: PromptCheck) -> Labelled:
    return Labelled(text, frozenset(has))


@dataclass(frozen=True, slots=True)
class Quality:
    """How often a check that says "there" is right, and how much of what is there it finds."""

    precision: float
    recall: float
    wrong: tuple[str, ...]


def quality(check: PromptCheck, prompts: Iterable[Labelled]) -> Quality:
    there = said = both = 0
    wrong = []
    for prompt in prompts:
        [result] = check_prompt(prompt.text, (check,))
        truth = check in prompt.has
        there, said, both = there + truth, said + result.met, both + (truth and result.met)
        if truth != result.met:
            wrong.append(f"{'missed' if truth else 'seen'} {result.found}: {prompt.text}")
    return Quality(both / said if said else 1.0, both / there if there else 1.0, tuple(wrong))
