"""Which passages answer a question, and whether any does: BM25 finds candidates, then the words they cover decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.practice.grounding.expecting import Expected, counted, counts, expected, focus, holds, language, names
from desktop_app.practice.grounding.passage import LookUp, Passage
from desktop_app.practice.grounding.splitting import units
from desktop_app.practice.grounding.vocabulary import MOST_WORDS, Vocabulary
from desktop_app.practice.grounding.words import alike, content_words, is_vague, stem, stems

_OTHER_FORM, _ALIKE, _IN_NAME = 0.85, 0.75, 0.6
_LOOKED_AT = 15
# How a passage's fit is put together; tuned on half of the collection in tests/practice/grounding/data.
_RANK_WEIGHT, _FIT, _ABOVE, _OF_KIND, _VAGUE_WEIGHT, _FOCUS_WEIGHT = 0.35, 0.6, 0.8, 0.15, 0.4, 1.8
_WITHOUT_MONEY, _WITHOUT_COUNT, _OTHER_LANGUAGE = 0.5, 0.7, 0.4
ENOUGH = 0.68


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage with what BM25 gives it, higher is better."""

    passage: Passage
    rank: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is looked up: its words that count with how much each says, and the kind of answer it wants.

    forms says for each stem that the documents hold which words of the question it may stand for, and how well.
    """

    words: Mapping[str, str]
    weights: Mapping[str, float]
    names: frozenset[str]
    kind: Expected
    forms: Mapping[str, Sequence[tuple[str, float]]]

    def held(self, text: str, name: str = "") -> dict[str, float]:
        """How far a text holds each word: 1.0 as it is, less in another form, by another word, or only in the name."""
        held = dict.fromkeys(self.words, 0.0)
        for there in frozenset(stems(text)):
            for word, worth in self.forms.get(there, ()):
                held[word] = max(held[word], worth)
        if name:
            for there in frozenset(stems(name.replace("_", " ").replace("-", " "))) & held.keys():
                held[there] = max(held[there], _IN_NAME)
        return held

    def coverage(self, held: Mapping[str, float]) -> float:
        """How much of the question is held, from 0.0 to 1.0."""
        whole = sum(self.weights.values()) or 1.0
        return sum(self.weights[word] * held[word] for word in self.words) / whole


def asked(question: str, vocabulary: Vocabulary) -> Asked:
    """The question with the weights that the documents give its words."""
    words = dict(list(content_words(question).items())[:MOST_WORDS])
    weights = {word: vocabulary.weight(word) * (_VAGUE_WEIGHT if is_vague(word) else 1.0) for word in words}
    about = stem(focus(question))
    if about in weights:
        weights[about] *= _FOCUS_WEIGHT
    forms: dict[str, list[tuple[str, float]]] = {}
    for word in words:
        worths = dict.fromkeys(alike(word), _ALIKE) | dict.fromkeys(vocabulary.related(word), _OTHER_FORM) | {word: 1.0}
        for form, worth in worths.items():
            forms.setdefault(form, []).append((word, worth))
    named = frozenset(stem(name) for name in names(question)) & words.keys()
    return Asked(words, weights, named, expected(question), forms)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, text[start:end] of it, with how well it fits the question."""

    start: int
    end: int
    text: str
    score: float


def fitting(passage: Passage, asked: Asked) -> tuple[Sentence, ...]:
    """The sentences of a passage below its heading, best first; what the heading and the name say counts for all."""
    around = asked.held(passage.heading, passage.document_name)
    found = []
    for start, end in units(passage.text[passage.body :]):
        text = passage.text[passage.body + start : passage.body + end]
        held = asked.held(text)
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
    spoken = language(question)
    best = max(candidate.rank for candidate in candidates) or 1.0
    scored = []
    for candidate in candidates[:_LOOKED_AT]:
        passage = candidate.passage
        held = wanted.held(f"{passage.heading} {passage.text}", passage.document_name)
        best_first = fitting(passage, wanted)
        fit = best_first[0].score if best_first else 0.0
        if wanted.kind == "money" and not any(holds(sentence.text, "money") for sentence in best_first[:2]):
            fit *= _WITHOUT_MONEY
        if (noun := counted(question)) and not any(counts(sentence.text, noun) for sentence in best_first[:2]):
            fit *= _WITHOUT_COUNT
        if {language(passage.text[passage.body :]), spoken} == {"de", "en"}:
            fit *= _OTHER_LANGUAGE
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
