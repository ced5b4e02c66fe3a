"""Asking a question of documents: find passages, refuse if they hold no answer, let the model answer from them, mark it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from desktop_app.jobs import Job
from desktop_app.practice.grounding.index import DocumentIndex
from desktop_app.practice.grounding.passage import GroundedAnswer
from desktop_app.prompts.prompt import ModelParameters
from desktop_app.sandbox.client import ModelClient

NOT_THERE = "Not in these documents."


def ask(
    client: ModelClient,
    index: DocumentIndex,
    question: str,
    *,
    among: Collection[str] = (),
    seed: int,
    parameters: ModelParameters | None = None,
    turns: Sequence[tuple[str, str]] = (),
) -> Job[GroundedAnswer]:
    """Answer a question from the documents in among (() for all); yields Progress and Piece, returns the answer.

    turns are earlier ones of the conversation, oldest first, as (role, text). Closing the job ends it.
    """
    raise NotImplementedError
