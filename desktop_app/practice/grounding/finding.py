"""Which passages answer a question, and whether any does: BM25 finds candidates, then the words they cover decide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.practice.grounding.passage import LookUp, Passage
from desktop_app.practice.grounding.words import alike, content_words, related, stems

_MOST_WORDS = 24  # of a question; a longer one is cut
_MOST_RELATED = 12
_OTHER_FORM, _ALIKE, _IN_NAME = 0.85, 0.75, 0.6
_RANK_WEIGHT = 0.35
ENOUGH = 0.5


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with what BM25 gives it, higher is better."""

    passage: Passage
    rank: float


class Vocabulary:
    """The words of all passages with how many passages hold each; version says which state of the file it is of."""

    def __init__(self, words: Mapping[str, int], passages: int, version: object = None) -> None:
        self._words, self._passages, self.version = words, passages, version
        self._related: dict[str, tuple[str, ...]] = {}

    def weight(self, word: str) -> float:
        """How much a word says: much if it is rare or not there at all, little if it stands nearly everywhere."""
        count = max((self._words.get(form, 0) for form in (word, *self.related(word), *alike(word))), default=0)
        return math.log(1 + (self._passages - count + 0.5) / (count + 0.5)) if count < self._passages else 0.1

    def related(self, word: str) -> tuple[str, ...]:
        """Other forms of a word that stand in the documents, the most frequent first."""
        if word not in self._related:
            if len(self._related) > 2000:
                self._related.clear()
            found = (
                []
                if len(word) < 4 or word[0].isdigit()
                else [other for other in self._words if other != word and related(word, other)]
            )
            self._related[word] = tuple(sorted(found, key=lambda other: (-self._words[other], other))[:_MOST_RELATED])
        return self._related[word]

    def expression(self, question: str) -> str:
        """The FTS5 expression for a question: any of its words in any form; "" if it holds none that count."""
        forms = dict.fromkeys(
            form for word in list(content_words(question))[:_MOST_WORDS]
            for form in (word, *self.related(word), *sorted(alike(word)))
            if form in self._words
        )  # fmt: skip
        return " OR ".join(f'"{form}"' for form in forms)


def judge(question: str, candidates: Sequence[Candidate], vocabulary: Vocabulary, limit: int) -> LookUp:
    """The best candidates in order, and whether they hold an answer."""
    words = dict(list(content_words(question).items())[:_MOST_WORDS])
    looked_for = tuple(words.values())
    if not words:
        return LookUp((), False, (), (), "The question names nothing that could be looked for.")
    if not candidates:
        return LookUp((), False, looked_for, looked_for, "None of its words stand in the documents.")
    weights = {word: vocabulary.weight(word) for word in words}
    whole = sum(weights.values()) or 1.0
    best = max(candidate.rank for candidate in candidates) or 1.0
    scored = []
    for candidate in candidates:
        held = _held(candidate.passage, words)
        coverage = sum(weights[word] * held[word] for word in words) / whole
        scored.append((coverage + _RANK_WEIGHT * candidate.rank / best, coverage, held, candidate.passage))
    scored.sort(key=lambda entry: (-entry[0], entry[3].document_name, entry[3].number))
    _, coverage, held, _ = scored[0]
    missing = tuple(words[word] for word in words if not held[word])
    why = "" if coverage >= ENOUGH else _why(missing)
    return LookUp(tuple(entry[3] for entry in scored[:limit]), not why, looked_for, missing, why)


def _why(missing: Sequence[str]) -> str:
    named = ", ".join(missing[:6])
    return (
        f"No passage holds enough of what was looked for; not found together with the rest: {named}."
        if named
        else "No passage holds enough of what was looked for."
    )


def _held(passage: Passage, words: Mapping[str, str]) -> dict[str, float]:
    """How far a passage holds each word: 1.0 as it is, less in another form, by another word, or only in the name."""
    there = frozenset(stems(passage.text)) | frozenset(stems(passage.heading))
    name = frozenset(stems(passage.document_name.replace("_", " ").replace("-", " ")))
    result = {}
    for word in words:
        if word in there:
            result[word] = 1.0
        elif any(len(word) >= 4 and related(word, other) for other in there):
            result[word] = _OTHER_FORM
        elif not there.isdisjoint(alike(word)):
            result[word] = _ALIKE
        elif word in name:
            result[word] = _IN_NAME
        else:
            result[word] = 0.0
    return result
