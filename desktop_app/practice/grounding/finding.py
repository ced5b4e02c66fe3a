"""Which passages answer a question, and whether any does: BM25 finds candidates, then the words they cover decide."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop_app.practice.grounding.expecting import Expected, expected, focus, holds, names
from desktop_app.practice.grounding.passage import LookUp, Passage
from desktop_app.practice.grounding.splitting import units
from desktop_app.practice.grounding.words import alike, content_words, is_vague, related, stem, stems

_MOST_WORDS = 24  # of a question; a longer one is cut
_MOST_RELATED = 12
_OTHER_FORM, _ALIKE, _IN_NAME = 0.85, 0.75, 0.6
_LOOKED_AT = 25
# How a passage's fit is put together; tuned on half of the collection in tests/practice/grounding/data.
_RANK_WEIGHT, _FIT, _ABOVE, _OF_KIND, _VAGUE_WEIGHT, _FOCUS_WEIGHT = 0.35, 0.6, 0.8, 0.15, 0.4, 1.8
_WITHOUT_MONEY = 0.6
ENOUGH = 0.72


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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is looked up: its words that count with how much each says, and the kind of answer it wants."""

    words: Mapping[str, str]
    weights: Mapping[str, float]
    names: frozenset[str]
    kind: Expected

    def coverage(self, held: Mapping[str, float]) -> float:
        """How much of the question is held, from 0.0 to 1.0."""
        whole = sum(self.weights.values()) or 1.0
        return sum(self.weights[word] * held[word] for word in self.words) / whole


def asked(question: str, vocabulary: Vocabulary) -> Asked:
    """The question with the weights that the documents give its words."""
    words = dict(list(content_words(question).items())[:_MOST_WORDS])
    weights = {word: vocabulary.weight(word) * (_VAGUE_WEIGHT if is_vague(word) else 1.0) for word in words}
    about = stem(focus(question))
    if about in weights:
        weights[about] *= _FOCUS_WEIGHT
    return Asked(words, weights, frozenset(stem(name) for name in names(question)) & words.keys(), expected(question))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, text[start:end] of it, with how well it fits the question."""

    start: int
    end: int
    text: str
    score: float


def fitting(passage: Passage, asked: Asked) -> tuple[Sentence, ...]:
    """The sentences of a passage below its heading, best first; what the heading and the name say counts for all."""
    above = _Held(passage.heading, passage.document_name)
    found = []
    for start, end in units(passage.text[passage.body :]):
        text = passage.text[passage.body + start : passage.body + end]
        held = _Held(text).of(asked.words)
        around = above.of(asked.words)
        coverage = asked.coverage({word: max(held[word], _ABOVE * around[word]) for word in asked.words})
        score = coverage + 0.1 * asked.coverage(held) + (_OF_KIND if holds(text, asked.kind) else 0.0)
        found.append(Sentence(passage.body + start, passage.body + end, " ".join(text.split()), score))
    return tuple(sorted(found, key=lambda sentence: (-sentence.score, sentence.start)))


def judge(question: str, candidates: Sequence[Candidate], vocabulary: Vocabulary, limit: int) -> LookUp:
    """The best candidates in order, and whether they hold an answer."""
    wanted = asked(question, vocabulary)
    looked_for = tuple(wanted.words.values())
    if not wanted.words:
        return LookUp((), False, (), (), "The question names nothing that could be looked for.")
    if not candidates:
        return LookUp((), False, looked_for, looked_for, "None of its words stand in the documents.")
    best = max(candidate.rank for candidate in candidates) or 1.0
    scored = []
    for candidate in candidates[:_LOOKED_AT]:
        passage = candidate.passage
        held = _Held(passage.text, passage.document_name).of(wanted.words)
        best_first = fitting(passage, wanted)
        fit = best_first[0].score if best_first else 0.0
        if wanted.kind == "money" and not any(holds(sentence.text, "money") for sentence in best_first[:2]):
            fit *= _WITHOUT_MONEY
        score = wanted.coverage(held) + _FIT * fit + _RANK_WEIGHT * candidate.rank / best
        scored.append((score, held, fit, passage))
    scored.sort(key=lambda entry: (-entry[0], entry[3].document_name, entry[3].number))
    _, held, fit, _ = scored[0]
    certainty = (wanted.coverage(held) + fit) / 2
    missing = tuple(wanted.words[word] for word in wanted.words if not held[word])
    lost_name = any(held[word] < _OTHER_FORM for word in wanted.names)
    why = "" if certainty >= ENOUGH and not lost_name else _why(missing)
    return LookUp(tuple(entry[3] for entry in scored[:limit]), not why, looked_for, missing, why)


def _why(missing: Sequence[str]) -> str:
    if not missing:
        return "Its words stand there, but far apart from each other."
    return f"Not found together with the rest: {', '.join(missing[:6])}."


class _Held:
    """The words of a text, to ask which of a question's it holds."""

    def __init__(self, text: str, name: str = "") -> None:
        self._there = frozenset(stems(text))
        self._name = frozenset(stems(name.replace("_", " ").replace("-", " "))) if name else frozenset()

    def of(self, words: Iterable[str]) -> dict[str, float]:
        """How far each word is held: 1.0 as it is, less in another form, by another word, or only in the name."""
        return {word: self._one(word) for word in words}

    def _one(self, word: str) -> float:
        if word in self._there:
            return 1.0
        if len(word) >= 4 and not word[0].isdigit() and any(related(word, other) for other in self._there):
            return _OTHER_FORM
        if not self._there.isdisjoint(alike(word)):
            return _ALIKE
        return _IN_NAME if word in self._name else 0.0
