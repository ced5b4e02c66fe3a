"""Asking a question of documents: find passages, refuse if they hold no answer, quote or let the model answer, mark it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from desktop_app.jobs import Job, Progress
from desktop_app.practice.grounding.index import DocumentError, DocumentIndex
from desktop_app.practice.grounding.instructing import gives_orders
from desktop_app.practice.grounding.marking import cite, mark
from desktop_app.practice.grounding.own_words import messages_for
from desktop_app.practice.grounding.passage import GroundedAnswer, LookUp, Passage
from desktop_app.practice.grounding.quoting import Quote, choose, quoted, ranked
from desktop_app.practice.grounding.splitting import units
from desktop_app.prompts.prompt import ModelParameters
from desktop_app.sandbox.client import Answer, ContextOverflowError, ModelClient, Piece
from desktop_app.sandbox.protocol import GenerationParameters

NOT_THERE = "Not in these documents."
_SMALL = ModelParameters(temperature=0.1, repeat_penalty=1.0, max_tokens=80)
_LARGER = ModelParameters(temperature=0.2, max_tokens=400)
_PASSAGES = 3
_REFUSAL = re.compile(r"\W*not in (?:these|the) documents", re.IGNORECASE)


def ask(
    client: ModelClient,
    index: DocumentIndex,
    question: str,
    *,
    among: Collection[str] = (),
    seed: int,
    parameters: ModelParameters | None = None,
    turns: Sequence[tuple[str, str]] = (),
    quote: bool | None = None,
) -> Job[GroundedAnswer]:
    """Answer a question from the documents in among (() for all); yields Progress and Piece, returns the answer.

    quote True quotes the sentence that answers it and does not ask the model; False lets the model answer in its own
    words; None quotes if the model is a small one, which often gets figures wrong. turns are earlier ones of the
    conversation, oldest first, as (role, text); parameters are for the model. Closing the job ends it. Raises
    DocumentError if there are no documents, and what the client raises.
    """
    yield Progress(0, None, "Looking in the documents")
    found = _look_up(index, question, among, turns)
    if not found.found:
        return (yield from _refuse(found))
    passages, left_out = _without_orders(found.passages)
    best = ranked(index.asked(question), passages)
    if not best:
        return (yield from _refuse(replace(found, found=False)))
    if client.model.small if quote is None else quote:
        quotes = choose(best)
        text, cited, marks = quoted(quotes, passages)
        yield Piece(text)
        return GroundedAnswer(text, True, cited, marks, found.looked_for, found.missing, True, None, left_out)
    answer, given = yield from _own_words(client, question, passages, best, turns, seed, parameters)
    if _REFUSAL.match(answer.text):
        return GroundedAnswer(
            answer.text, False, given[:1], (), found.looked_for, found.missing, False, answer, left_out
        )
    text = cite(answer.text.strip(), given)
    return GroundedAnswer(
        text, True, given, mark(text, given), found.looked_for, found.missing, False, answer, answer.problem or left_out
    )


def _look_up(index: DocumentIndex, question: str, among: Collection[str], turns: Sequence[tuple[str, str]]) -> LookUp:
    """What is found for the question, or for it with the one before it, which "And for phones?" goes on with."""
    if not any(not among or row.id in among for row in index.documents()):
        raise DocumentError("There is no document to ask. Add one, then ask again.")
    found = index.look_up(question, among, _PASSAGES)
    before = next((text for role, text in reversed(turns) if role == "user"), "")
    if found.found or not before or len(found.looked_for) > 2:
        return found
    with_before = index.look_up(f"{question} {before}", among, _PASSAGES)
    return with_before if with_before.found else found


def _refuse(found: LookUp) -> Job[GroundedAnswer]:
    words = ", ".join(found.looked_for)
    text = f"{NOT_THERE} Looked for: {words}." if words else f"{NOT_THERE} {found.why}"
    yield Piece(text)
    return GroundedAnswer(text, False, found.passages[:1], (), found.looked_for, found.missing, problem=found.why)


def _without_orders(passages: Sequence[Passage]) -> tuple[tuple[Passage, ...], str]:
    """The passages that hold more than orders to a model, best first, and what a person should know about the others."""
    telling = {
        passage.document_name for passage in passages
        for start, end in units(passage.text) if gives_orders(passage.text[start:end])
    }  # fmt: skip
    kept = tuple(
        passage for passage in passages
        if any(not gives_orders(passage.text[start:end]) for start, end in units(passage.text))
    )  # fmt: skip
    names = ", ".join(sorted(telling))
    return kept, f"{names} holds sentences that give orders to AI models. They were left out." if names else ""


def _own_words(
    client: ModelClient,
    question: str,
    passages: tuple[Passage, ...],
    best: Sequence[Quote],
    turns: Sequence[tuple[str, str]],
    seed: int,
    parameters: ModelParameters | None,
) -> Job[tuple[Answer, tuple[Passage, ...]]]:
    """The model's answer and the passages it was given: fewer of them, and fewer turns, until they fit its context."""
    wanted = parameters or (_SMALL if client.model.small else _LARGER)
    if client.model.small:  # what it has not said by then it says again and again
        wanted = replace(wanted, max_tokens=min(wanted.max_tokens, _SMALL.max_tokens))
    chosen = _generation(wanted)
    given, before = passages, tuple(turns)
    while True:
        messages, keep = messages_for(question, given, before, best, small=client.model.small)
        try:
            return (yield from client.generate(messages, chosen, seed=seed, keep_turns=keep)), given
        except ContextOverflowError:
            if before:
                before = before[2:]
            elif len(given) > 1:
                given = given[:-1]
            else:
                raise


def _generation(chosen: ModelParameters) -> GenerationParameters:
    return GenerationParameters(
        temperature=chosen.temperature, top_p=chosen.top_p, repeat_penalty=chosen.repeat_penalty,
        max_tokens=chosen.max_tokens, stop=chosen.stop,
    )  # fmt: skip
