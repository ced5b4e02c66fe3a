"""What is typed becomes a query that finds it, whatever it is; a mistyped word finds the nearest known one."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.query import Term, any_of, corrected_text, expression, fold, plain, terms, two_of, words
from desktop_app.prompts.typos import Vocabulary, allowed_edits, distance


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write mail", '"write" AND "mail"*'), ("write mail ", '"write" AND "mail"'), ('"write mail"', '"write mail"'),
        ('"write ma', '"write" AND "ma"*'), ('a"b', '"a" AND "b"*'), ("name:x", '"name" AND "x"*'), ("a OR b ", '"a" AND "OR" AND "b"'),
        ("Größe ", '"Grösse"'), ("U\u0308ber ", '"Über"'), ("", ""), ("*()-^", ""), (" ".join("abcdefghijklmnop"), " AND ".join(f'"{c}"' for c in "abcdefghijkl") + "*"),
    ],
)  # fmt: skip
def test_words_phrases_and_the_unfinished_one(text: str, found: str) -> None:
    assert expression(terms(text)) == found


@given(st.text() | st.text('"*^:(){}+-AND NOT\x00\ud800', max_size=30))
def test_no_text_injects_a_query(text: str) -> None:
    """FTS5 takes every expression, and outside of quotes there is nothing but what we put there."""
    found = expression(terms(text))
    outside = "".join(found.split('"')[::2])
    assert outside.replace(" AND ", "").strip("*").strip() == ""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE VIRTUAL TABLE t USING fts5(x)")
        if found:
            db.execute("SELECT 1 FROM t WHERE t MATCH ?", (found.encode("utf-8", "replace").decode(),)).fetchall()


def test_a_correction_is_sought_beside_what_was_typed() -> None:
    wanted = (Term("write"), Term("a mail", is_phrase=True), Term("invoixe", is_unfinished=True))
    known = {wanted[2]: "invoice"}
    assert expression(wanted, known) == '"write" AND "a mail" AND ("invoixe"* OR "invoice")'
    assert corrected_text(wanted, known) == 'write "a mail" invoice'


def test_one_of_several_words_or_two() -> None:
    assert any_of(["a", "b"]) == '"a" OR "b"' and any_of([]) == two_of(["a"]) == ""
    assert two_of(["a", "b", "c"]) == '("a" AND "b") OR ("a" AND "c") OR ("b" AND "c")'


def test_letters_without_an_accent_to_take_off_are_spelt_out() -> None:
    assert fold("Straße Æsop œuvre Łódź") == "Strasse AEsop oeuvre Lódź"
    assert words("Straße, ÉTÉ ﬁne") == ["strasse", "ete", "fine"] and plain("Ärger") == "arger"


# -- typos ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "known", "edits"),
    [
        ("mail", "mail", 0), ("mial", "mail", 1), ("mal", "mail", 1), ("maill", "mail", 1), ("mayl", "mail", 1),
        ("liam", "mail", 3), ("xxxxmail", "mail", 3), ("abcd", "badc", 2), ("", "ab", 2),
    ],
)  # fmt: skip
def test_letters_wrong_missing_too_many_or_swapped(typed: str, known: str, edits: int) -> None:
    assert distance(typed, known, 2) == edits


def test_the_beginning_of_a_word_is_compared_with_the_beginning() -> None:
    assert distance("invo", "invoice", 1, is_beginning=True) == 0
    assert distance("inovi", "invoice", 1, is_beginning=True) == 1
    assert distance("xyz", "invoice", 1, is_beginning=True) == 2


LETTERS = st.text("abc", max_size=6)


@given(LETTERS, LETTERS, LETTERS)
def test_distance_is_a_distance(one: str, other: str, more: str) -> None:
    far = 20
    assert distance(one, other, far) == distance(other, one, far)
    assert (distance(one, other, far) == 0) == (one == other)
    assert distance(one, other, far) <= max(len(one), len(other))
    assert distance(one, other, 1) == min(distance(one, other, far), 2)
    assert distance(one, other + more, far, is_beginning=True) <= distance(one, other, far)


@given(st.lists(st.text("abcde", min_size=4, max_size=10), max_size=20), st.text("abcde", max_size=10))
def test_the_nearest_word_is_the_one_that_comparing_all_finds(known: list[str], typed: str) -> None:
    """What is left out before comparing letter by letter could never have been the answer."""
    counts = {word: len(word) for word in known}
    most = allowed_edits(typed)
    near = [(distance(typed, word, most), -counts[word], word) for word in counts if most]
    wanted = min((one for one in near if one[0] <= most), default=(0, 0, ""))[2]
    assert Vocabulary(counts.items()).nearest(typed) == wanted


def test_short_words_are_left_alone_and_frequent_ones_preferred() -> None:
    vocabulary = Vocabulary([("mail", 3), ("main", 9), ("newsletter", 1), ("bill", 5)])
    assert vocabulary.nearest("maix") == "main" and vocabulary.nearest("bil") == ""
    assert vocabulary.nearest("nwesleter") == "newsletter" and vocabulary.nearest("nwsltr") == ""
    assert vocabulary.nearest_beginning("newzl") == "newsletter" and vocabulary.nearest_beginning("xewsl") == ""
    assert (vocabulary.count("mail"), vocabulary.count("none")) == (3, 0)
