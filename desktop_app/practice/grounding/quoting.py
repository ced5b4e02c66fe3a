"""An answer that is one or two sentences of the documents, chosen without a model.

A model with few weights, held by a grammar to the four likeliest sentences, picked the right one of them in 15 of 40 questions; the
words alone pick it in 37 (benchmarks/grounding.py measures both). So the model is not asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from desktop_app.practice.grounding.finding import Asked, Sentence, fitting
from desktop_app.practice.grounding.instructing import gives_orders
from desktop_app.practice.grounding.marking import mark
from desktop_app.practice.grounding.passage import Mark, Passage

_LATER = 0.05  # what a sentence loses for each place its passage stands behind the best one
_CLOSE = 0.92  # a second sentence is quoted too if it fits nearly as well
_FEWEST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a passage, and the passage's position among the ones found."""

    passage: int
    sentence: Sentence


def ranked(asked: Asked, passages: Sequence[Passage]) -> tuple[Quote, ...]:
    """Every sentence that may be quoted, the one that answers the question best first."""
    found = [
        Quote(number, replace(sentence, score=sentence.score - _LATER * number))
        for number, passage in enumerate(passages)
        for sentence in fitting(passage, asked)
        if len(sentence.text.split()) >= _FEWEST_WORDS and not gives_orders(sentence.text)
    ]
    return tuple(sorted(found, key=lambda quote: -quote.sentence.score))


def choose(best: Sequence[Quote]) -> tuple[Quote, ...]:
    """The sentences to quote of those that ranked gives: one, or two that fit nearly alike."""
    second = [quote for quote in best[1:2] if quote.sentence.score >= _CLOSE * best[0].sentence.score]
    return (*best[:1], *second)


def quoted(quotes: Sequence[Quote], passages: Sequence[Passage]) -> tuple[str, tuple[Passage, ...], tuple[Mark, ...]]:
    """The quotes as an answer with citations, the passages in the order they are cited, and its marks."""
    order = list(dict.fromkeys(quote.passage for quote in quotes))
    order += [number for number in range(len(passages)) if number not in order]
    cited = tuple(passages[number] for number in order)
    text = "\n".join(f"{quote.sentence.text} [{order.index(quote.passage) + 1}]" for quote in quotes)
    marks = tuple(
        replace(one, verdict="supported", apart=(), support=replace(one.support, missing=(), is_quotation=True))
        for one in mark(text, cited)
    )
    return text, cited, marks
