"""The goals of the guard, on sentences the detectors were not written with (see corpus/held_out.py)."""

import pytest

from desktop_app.guard.scan import scan
from tests.guard.corpus import development, held_out
from tests.guard.corpus.scoring import Score, base, clean, scores

# Recall and precision, from the goals set before the detectors were written.
GOALS = {"phone": (0.85, 0.95)}
USUAL, OBFUSCATED = (0.99, 0.98), (0.95, 0.98)


@pytest.fixture(scope="module", params=[77_003, 424_242])
def held_out_scores(request: pytest.FixtureRequest) -> dict[str, Score]:
    sentences = clean("clean-held-out.txt") + clean("clean-confirmation.txt")
    return scores(held_out.cases(request.param), sentences)


def test_planted_values_are_found_and_little_else(held_out_scores: dict[str, Score]) -> None:
    for family, score in held_out_scores.items():
        recall, precision = OBFUSCATED if "obfuscated" in family else GOALS.get(base(family), USUAL)
        assert score.recall >= recall, (family, score.missed)
        assert score.precision >= precision, (family, score.wrong)


def test_at_most_one_clean_sentence_in_a_hundred_is_flagged() -> None:
    sentences = clean("clean-held-out.txt") + clean("clean-confirmation.txt")
    assert len(sentences) == len(set(sentences)) >= 300
    flagged = [sentence for sentence in sentences if scan(sentence)]
    assert len(flagged) <= len(sentences) / 100, flagged


def test_the_development_corpus_is_found_whole() -> None:
    for family, score in scores(development.cases(), clean("clean-development.txt")).items():
        assert score.recall == score.precision == 1.0, (family, score.missed, score.wrong)


def test_the_two_corpora_share_nothing() -> None:
    assert not {case.text for case in development.cases()} & {case.text for case in held_out.cases()}
    assert not set(clean("clean-development.txt")) & set(clean("clean-held-out.txt") + clean("clean-confirmation.txt"))
