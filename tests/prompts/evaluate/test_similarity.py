"""The three measures of likeness, each against its definition written out the slow way."""

from __future__ import annotations

import math
from collections import Counter
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.evaluate.similarity import bleu, edit_distance, rouge_n

letters = st.text(alphabet="ab é", max_size=9)
words = st.lists(st.sampled_from(["a", "tent", "is", "Red", "."]), max_size=8).map(" ".join)


def distance_by_definition(one: str, other: str) -> int:
    @cache
    def rest(i: int, j: int) -> int:
        if i == len(one) or j == len(other):
            return len(one) - i + len(other) - j
        same = rest(i + 1, j + 1) + (one[i] != other[j])
        return min(same, rest(i + 1, j) + 1, rest(i, j + 1) + 1)

    return rest(0, 0)


@given(letters, letters, st.integers(0, 10))
def test_edit_distance_is_the_fewest_edits_or_none_beyond_the_limit(one: str, other: str, most: int) -> None:
    true = distance_by_definition(one, other)
    assert edit_distance(one, other, most) == (true if true <= most else None)


def test_edit_distance_of_the_usual_example() -> None:
    assert edit_distance("kitten", "sitting", 5) == 3
    assert edit_distance("kitten", "sitting", 2) is None


def grams(text: list[str], order: int) -> list[tuple[str, ...]]:
    return [tuple(text[i : i + order]) for i in range(len(text) - order + 1)]


@given(words, words)
def test_rouge_counts_the_words_of_the_reference_that_the_answer_has(answer: str, reference: str) -> None:
    wanted, left = reference.lower().split(), answer.lower().split()
    hits = 0
    for word in wanted:
        if word in left:
            left.remove(word)
            hits += 1
    assert rouge_n(answer, reference) == pytest.approx(hits / len(wanted) if wanted else 0.0)


@given(words, st.lists(words, min_size=1, max_size=3))
def test_bleu_is_that_of_the_paper(answer: str, references: list[str]) -> None:
    candidate = answer.lower().split()
    targets = [t for reference in references if (t := reference.lower().split())]
    if not candidate or not targets:
        assert bleu(answer, references) == 0.0
        return
    orders = [n for n in (1, 2, 3, 4) if n <= len(candidate)]
    product = 1.0
    for order in orders:
        counts = Counter(grams(candidate, order))
        clipped = sum(
            min(count, max(Counter(grams(target, order))[gram] for target in targets)) for gram, count in counts.items()
        )
        product *= (clipped / sum(counts.values())) or 1e-7
    nearest = min((len(target) for target in targets), key=lambda length: (abs(length - len(candidate)), length))
    penalty = 1.0 if len(candidate) > nearest else math.exp(1 - nearest / len(candidate))
    assert bleu(answer, references) == pytest.approx(penalty * product ** (1 / len(orders)), rel=1e-9)


@given(words.filter(bool))
def test_a_text_is_like_itself(text: str) -> None:
    assert bleu(text, [text]) == pytest.approx(1.0) and rouge_n(text, text) == 1.0
