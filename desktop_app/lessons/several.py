"""The same prompt with several seeds, one after another, and what differs between the answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

from desktop_app.jobs import Job, Progress
from desktop_app.prompts.diff import Change, word_diff
from desktop_app.prompts.run import RunRequest, run
from desktop_app.sandbox.client import Answer, ModelClient, Piece


@dataclass(frozen=True, slots=True)
class SeedPiece:
    """The next part of answer number at (from 0), as it streams."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class SeedAnswer:
    """Answer number at (from 0) is there."""

    at: int
    request: RunRequest
    answer: Answer


def run_seeds(client: ModelClient, requests: Sequence[RunRequest], stopped: Event) -> Job[int]:
    """Answer each request in order; yields SeedPiece while one streams and SeedAnswer when it is there; returns how many are.

    stopped set ends it after the present answer, which client.cancel ends at once; an answer that was cancelled or died is
    the last one. Raises ModelError like ModelClient.generate.
    """
    for at, request in enumerate(requests):
        if stopped.is_set():
            return at
        yield Progress(at, len(requests), f"Answer {at + 1} of {len(requests)}")
        job = run(client, request)
        while True:
            try:
                step = next(job)
            except StopIteration as end:
                answer: Answer = end.value
                break
            yield SeedPiece(at, step.text) if isinstance(step, Piece) else Progress(at, len(requests), _note(step))
        yield SeedAnswer(at, request, answer)
        if answer.stop_reason in ("cancelled", "died"):
            return at + 1
    return len(requests)


def _note(step: object) -> str:
    return step.note if isinstance(step, Progress) else ""


def same_as(texts: Sequence[str]) -> tuple[int | None, ...]:
    """For each text the position of the first one that is equal but for white space, None for the first of its kind."""
    first: dict[str, int] = {}
    found: list[int | None] = []
    for at, text in enumerate(texts):
        key = " ".join(text.split())
        found.append(first.get(key))
        first.setdefault(key, at)
    return tuple(found)


def against_first(first: str, other: str) -> tuple[Change, ...]:
    """other in pieces that are the same as in first or "added"; they joined give other."""
    return tuple(change for change in word_diff(first, other) if change.kind != "removed")
