"""Words as the index holds them, and what kind of answer a question wants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.grounding.expecting import counted, counts, expected, focus, holds, names
from desktop_app.practice.grounding.vocabulary import Vocabulary
from desktop_app.practice.grounding.words import alike, content_words, number, stem, stems


@pytest.mark.parametrize(
    ("one", "other"),
    [("days", "day"), ("Thursdays", "Thursday"), ("policies", "policy"), ("expenses", "expense"), ("booked", "booking"), ("approval", "approve"),
     ("employer", "employed"), ("Größe", "grösse"), ("Reparaturen", "Reparatur"), ("three", "3"), ("zwölf", "12"), ("paid", "pay"), ("customer's", "customers")],
)  # fmt: skip
def test_forms_of_one_word_have_one_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(
    ("written", "plain"),
    [("1,200", "1200"), ("1.200", "1200"), ("1,200.50", "1200p5"), ("0.38", "0p38"), ("007", "7"), ("0", "0")],
)
def test_a_number_has_one_spelling(written: str, plain: str) -> None:
    assert number(written) == plain


def test_only_words_a_document_would_speak_of_count() -> None:
    assert list(content_words("How many days of leave do I get in 2026?").values()) == ["days", "leave", "2026"]
    assert list(content_words("Was kostet die Reparatur?").values()) == ["kostet", "Reparatur"]
    assert content_words("What is it?") == {}


def test_words_that_mean_alike_know_each_other() -> None:
    assert stem("vacation") in alike(stem("holidays"))
    assert stem("Urlaub") in alike(stem("leave"))
    assert alike("xyzzy") == frozenset()


@pytest.mark.parametrize(
    ("question", "kind"),
    [("What does a badge cost?", "money"), ("How many keys are there?", "count"), ("How high is the fee rate?", "money"), ("How high is the wall?", "number"), ("When does it end?", "time"), ("Who wrote it?", ""),
     ("Was kostet der Tausch?", "money"), ("Wie lange gilt das?", "count"), ("Until what time may I call?", "time"), ("Wann beginnt es?", "time")],
)  # fmt: skip
def test_a_question_says_what_would_answer_it(question: str, kind: str) -> None:
    assert expected(question) == kind


def test_a_sentence_holds_what_was_asked_for_or_not() -> None:
    assert holds("It costs 15 EUR.", "money")
    assert not holds("It has 15 rooms.", "money")
    assert holds("On Sundays the yard is closed.", "time")
    assert holds("It takes three weeks.", "number")
    assert not holds("It takes long.", "number")
    assert holds("It lasts 90 minutes.", "count")
    assert not holds("It costs 6.50 EUR.", "count")
    assert counts("Each gets two spare security keys.", "keys")
    assert not counts("The rooms hold 24 people.", "rooms")
    assert counted("How many keys do I get?") == "keys"
    assert focus("Which printer do we use?") == "printer"


def test_names_in_a_question_are_known() -> None:
    assert names("What does the Lofoten 5 cost in Stockholm?") == {"Lofoten", "Stockholm"}
    assert names("Welche Farbe hat der Stapler?") == frozenset()


def test_the_vocabulary_finds_other_forms_and_compounds() -> None:
    words = Vocabulary({"delivery": 3, "deliver": 2, "laderamp": 1, "ramp": 4, "cat": 9}, 10)
    assert words.related("deliver") == ("delivery",)
    assert set(words.related("ramp")) == {"laderamp"}
    assert words.related("laderamp") == ("ramp",)
    assert words.weight("nowhere") > words.weight("ramp") > words.weight("cat")
    assert words.expression("What about the ramp?") == '"ramp" OR "laderamp"'
    assert words.expression("What is it?") == ""


@given(st.text(max_size=80))
def test_any_text_has_words_and_makes_an_expression_of_letters(text: str) -> None:
    forms = stems(text)
    words = Vocabulary(dict.fromkeys(forms, 1), 5)
    assert all(form and not set(form) & set(" \"'\n") for form in forms)
    assert words.expression(text).count('"') % 2 == 0
    assert stems(text) == forms
