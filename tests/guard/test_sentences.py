"""Where sentences end, and where it only looks so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.guard.sentences import sentences

SPLIT = (
    ("Dr. Beck came on May 3. Jonas left at 17.00.", 2),
    ("It cost 3.5 EUR, e.g. for tape. Done!", 2),
    ("Am 3. Mai und am 4. Juni ist zu. Der 1. Stock bleibt offen.", 2),
    ("Wir treffen uns am 3. Montag im Monat. Bis dann.", 2),
    ("Z. B. der Hof. Es gibt Brot, Milch usw. Danach ist Schluss.", 3),
    ("“Why?” he asked. “Because.” She left.", 3),
    ("„Kommt ihr?“, fragte sie. „Ja.“ Dann ging sie.", 3),
    ("See No. 5. The answer is no. Then go.", 3),
    ("Really?! Yes… Then go.", 3),
    ("Herr J. Beck wohnt in St. Gallen. Er kommt ca. 9 Uhr.", 2),
    ("Sure:\n- Mira books the room\n- Jonas brings tents. He is late.\n\n1. One\n2) Two", 6),
    ("Mira: book the room, Tuesday\nJonas: bring the tents, no day", 2),
    ("The delivery entrance at the Freiburg warehouse is closed from Monday\nuntil Friday. Use the yard.", 2),
    ("# Title\n\nA text without an end", 2),
    ("", 0),
    (" \n ", 0),
)


@pytest.mark.parametrize(("text", "count"), SPLIT)
def test_sentences_end_where_a_reader_stops(text: str, count: int) -> None:
    found = [text[start:end] for start, end in sentences(text)]
    assert len(found) == count, found


PIECES = st.sampled_from(["Dr. ", "am 3. ", "Mai", "z. B. ", "3.5 ", "Yes. ", "No! ", "“so” ", "\n", "\n\n", "- ", "1. ", "word ", "Word ", "; ", "… ", "\t", "# ", "\u2028", "ß"])  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text())
def test_spans_are_in_order_whole_and_leave_only_what_states_nothing(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        # between sentences there is nothing but white space and the mark of a list or heading
        assert len(text[at:start].split()) <= text[at:start].count("\n") + 1
        at = end
    assert not text[at:].strip() or not any(letter.isalpha() for letter in text[at:])


def test_long_texts_take_no_long_time() -> None:
    begun = time.perf_counter()
    for piece in ("a. ", "A. b ", "3. Mai ", "word ", "x\n", "- ", ". ", "“"):
        sentences(piece * (200_000 // len(piece)))
    assert time.perf_counter() - begun < 10
