"""What a sentence has in common with a source, found without a model and said carefully."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.guard.support import support
from tests.guard.corpus.claims import HAUS, HELD_OUT, LABELLED, NOTICE, TRAVEL


def missing(claim: str, source: str) -> list[str]:
    return [fact.text for fact in support(claim, source).missing]


@pytest.mark.parametrize(
    ("claim", "source"),
    [("It is closed on March 2nd.", NOTICE), ("Closed on 02.03.2026", "On 2026-03-02 it is closed."), ("Until 5 p.m.", NOTICE),
     ("Up to 140.00 EUR", TRAVEL), ("within 30 days", TRAVEL), ("1,200 pieces", "1.200 Stück, 1200 pieces"), ("Sie kosten €1.50", HAUS),
     ("The deliveries", NOTICE), ("am 12. Juni", HAUS), ("bis 13.30 Uhr", HAUS), ("in March", NOTICE), ("Die Rampe", "Die Laderampe ist zu.")],
)  # fmt: skip
def test_other_spellings_of_the_same_are_found(claim: str, source: str) -> None:
    assert not [text for text in missing(claim, source) if text not in ("2026",)]


@pytest.mark.parametrize(
    ("claim", "source", "not_found"),
    [("It is closed on 3 March.", NOTICE, "3 March"), ("Ask Mr Weber.", NOTICE, "Weber"), ("Gate 9 is open.", NOTICE, "9"),
     ("Pay within sixty days.", TRAVEL, "sixty"), ("am 13. Juni", HAUS, "13. Juni"), ("bei Herrn Weber", HAUS, "Weber"),
     ("until 18:00", NOTICE, "18:00"), ("on Thursday", NOTICE, "Thursday"), ("in April", NOTICE, "April")],
)  # fmt: skip
def test_figures_that_are_not_there_are_named(claim: str, source: str, not_found: str) -> None:
    found = support(claim, source)
    assert not_found in [fact.text for fact in found.missing_figures]
    assert found.says.startswith("Not found in the source: ")
    assert not_found in found.says


def test_the_passage_is_the_part_that_shares_most() -> None:
    found = support("Parcels go to the front desk until 5 pm.", NOTICE)
    assert found.passage is not None
    assert NOTICE[slice(*found.passage)] == "Parcels for the shop still go to the front desk until 17:00."
    assert support("Nothing in common here.", NOTICE).passage is None


def test_only_what_stands_there_word_for_word_is_a_quotation() -> None:
    assert support("Suppliers please use gate 7 on Hornusstrasse", NOTICE).is_quotation
    assert not support("Suppliers use gate 7 on Hornusstrasse", NOTICE).is_quotation
    assert not support("Taxis are paid after dark", "It is not true that taxis are paid after dark.").is_quotation
    assert not support("You may park in the yard", "You may park in the yard only on Sundays.").is_quotation


def test_finding_everything_is_not_called_true() -> None:
    swapped = support("Receipts are needed for anything above 140 EUR.", TRAVEL)
    assert swapped.missing == ()
    assert not swapped.is_quotation
    assert "does not make it true" in swapped.says


@pytest.mark.parametrize("corpus", [LABELLED, HELD_OUT], ids=["labelled", "held out"])
def test_what_is_missing_is_right_about_real_claims(corpus: tuple[tuple[str, str, bool], ...]) -> None:
    """No claim the source bears lacks a figure; a fair share of those it does not bear does."""
    found = [(claim, support(claim, source), bears) for source, claim, bears in corpus]
    assert [claim for claim, one, bears in found if bears and (one.missing_figures or one.is_strange)] == []
    assert [claim for claim, one, bears in found if not bears and one.is_quotation] == []
    caught = [bool(one.missing_figures or one.is_strange) for _, one, bears in found if not bears]
    assert sum(caught) / len(caught) >= 0.45


@given(st.text(max_size=120), st.text(max_size=200))
def test_any_two_texts_can_be_compared(sentence: str, source: str) -> None:
    found = support(sentence, source)
    for fact in (*found.found, *found.missing):
        assert sentence[fact.start : fact.end] == fact.text
    if found.passage is not None:
        start, end = found.passage
        assert 0 <= start < end <= len(source)


@given(st.sampled_from([source for source, _, _ in LABELLED]), st.data())
def test_a_sentence_of_the_source_lacks_nothing(source: str, data: st.DataObject) -> None:
    sentence = data.draw(st.sampled_from([part.strip() for part in source.split(". ") if part]))
    assert support(sentence, source).missing == ()


def test_long_texts_take_no_long_time() -> None:
    begun = time.perf_counter()
    for piece in ("a. ", "Word ", "3. Mai ", "1,200 ", "x-", "’s "):
        long = piece * (60_000 // len(piece))
        support(long, long)
    assert time.perf_counter() - begun < 20
