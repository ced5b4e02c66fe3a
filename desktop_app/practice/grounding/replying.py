"""One answer in a conversation that is drawn from documents."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.guard.scan import scan
from desktop_app.jobs import Job, Progress
from desktop_app.practice.grounding.asking import ask
from desktop_app.practice.grounding.index import DocumentIndex
from desktop_app.practice.grounding.keeping import KEY, SOURCES, as_kept, sources
from desktop_app.practice.talking import Question, Reply
from desktop_app.prompts.run import FREE_PARAMETERS
from desktop_app.sandbox.client import Answer, ModelClient
from desktop_app.sandbox.protocol import Timings

_TURNS = 2  # how many questions of before are shown to the model: more would push the passages out


def reply_from_documents(
    client: ModelClient, index: DocumentIndex, question: Question, *, own_words: bool = False
) -> Job[Reply]:
    """Yield Progress and Piece, return the answer with its sources (see keeping.py) in kept.

    own_words has a small model answer too, which otherwise quotes; its parameters are then those that suit it unless a
    person chose others. Raises GuardError if the guard cannot read what was typed, and what ask raises.
    """
    yield Progress(0, None, "Checking what you typed")
    findings = tuple(finding for value in question.values.values() for finding in scan(value))
    turns = tuple((turn.role, turn.text or "") for pair in question.history[-_TURNS:] for turn in pair)
    grounded = yield from ask(
        client, index, question.text, among=question.document_ids, seed=question.seed,
        parameters=None if question.parameters == FREE_PARAMETERS else question.parameters,
        turns=turns, quote=False if own_words else None,
    )  # fmt: skip
    answer = grounded.answer or Answer("", "end", "", Timings())
    kept = {KEY: as_kept(grounded), SOURCES: sources(grounded)}
    return Reply(replace(answer, text=grounded.text), findings, None, kept)
