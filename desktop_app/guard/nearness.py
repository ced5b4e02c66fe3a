"""Whether a sentence's figures and names stand in its source beside the same words: two that were swapped do not.

A guess, like all of support.py: each figure is compared with the source's other figures of its kind. If another one stands
clearly nearer to the sentence's words, the sentence has probably taken the wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from desktop_app.guard.sentences import sentences
from desktop_app.guard.support import TOKEN, WEIGHTS, Fact, bare_word, facts_in, is_related, word_stem

_CLAUSE = re.compile(r"[;:,–—(]\s|\s(?:and|but|while|whereas|und|aber|sowie|während)\s")
_IN_CLAUSE, _IN_SENTENCE, _BEFORE = 1.0, 0.6, 0.3
_CLEARLY = 0.75  # times what the nearest other figure reaches
_UNIT = re.compile(r"\s?([^\W\d_]+|%|€|°)")


@dataclass(frozen=True, slots=True)
class _Place:
    """A figure or name of the source with the words around it: of its clause, its sentence, and the one before."""

    kind: str
    keys: frozenset[str]
    unit: str
    clause: frozenset[str]
    sentence: frozenset[str]
    before: frozenset[str]


def apart(sentence: str, source: str) -> tuple[Fact, ...]:
    """The figures and names of a sentence that the source holds beside other words, in order."""
    facts = list(facts_in(sentence))
    words = [fact for fact, _ in facts if fact.kind == "term"]
    own = frozenset(key for _, keys in facts for key in keys)
    places = _places(source)
    found = []
    for fact, keys in facts:
        if fact.kind == "term":
            continue
        unit = _unit(sentence, fact)
        others = [one for one, _ in facts if one.kind == "name" and not _touch(sentence, one, fact)]
        around = [*words, *others]
        here = [_affinity(place, around) for place in places if not place.keys.isdisjoint(keys)]
        rivals = [
            _affinity(place, around) for place in places
            if place.kind == fact.kind and place.keys.isdisjoint(own) and _same_unit(place.unit, unit)
        ]  # fmt: skip
        if here and rivals and max(here) < _CLEARLY * max(rivals):
            found.append(fact)
    return tuple(found)


@lru_cache(maxsize=4)
def _places(source: str) -> tuple[_Place, ...]:
    found: list[_Place] = []
    before: frozenset[str] = frozenset()
    for start, end in sentences(source):
        text = source[start:end]
        whole = _stems(text)
        clauses = _clauses(text)
        for fact, keys in facts_in(text):
            if fact.kind != "term":
                clause = next((words for first, last, words in clauses if first <= fact.start < last), whole)
                found.append(_Place(fact.kind, frozenset(keys), _unit(text, fact), clause, whole, before))
        before = whole
    return tuple(found)


def _clauses(text: str) -> Sequence[tuple[int, int, frozenset[str]]]:
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    return [(first, last, _stems(text[first:last])) for first, last in pairwise(cuts)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(word_stem(bare_word(match[0])) for match in TOKEN.finditer(text) if match["word"])


def _affinity(place: _Place, around: Sequence[Fact]) -> float:
    """How much of the words around a figure in the sentence stands around this one in the source."""
    total = 0.0
    for fact in around:
        stem = word_stem(bare_word(fact.text))
        for words, worth in ((place.clause, _IN_CLAUSE), (place.sentence, _IN_SENTENCE), (place.before, _BEFORE)):
            if stem in words or any(_alike(stem, other) for other in words):
                total += worth * WEIGHTS[fact.kind]
                break
    return total


@lru_cache(maxsize=20_000)
def _alike(stem: str, other: str) -> bool:
    return len(stem) >= 4 and len(other) >= 4 and is_related(stem, other)


def _unit(text: str, fact: Fact) -> str:
    """What a number counts: the word behind it, "" for other facts and at the end of a clause."""
    found = _UNIT.match(text, fact.end) if fact.kind == "number" else None
    return word_stem(bare_word(found[1])) if found else ""


def _same_unit(one: str, other: str) -> bool:
    return not one or not other or one == other


def _touch(sentence: str, one: Fact, other: Fact) -> bool:
    """True for a fact itself and the other parts of the same name ("Priya" and "Nair")."""
    between = sentence[min(one.end, other.end) : max(one.start, other.start)]
    return one is other or not between.strip()
