"""What black bars are worth: each thing found, partly readable or missed, and what was taken out for nothing."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.guard.scan import scan
from desktop_app.lessons.documents import Document, DocumentLibrary, Planted
from desktop_app.lessons.redaction import Mark, flat, from_units, judge, tidy, to_units, unflat

SHIPPED = DocumentLibrary([Path(__file__).parents[2] / "content" / "documents"])
TEXT = "Dear Ms Ann Lee,\n\nyour knee (torn) is on file 4711. Call 069 90009 100 any time of the day.\n\nAnn Lee\n"
PLANTED = (
    Planted("Ann Lee", "person", "a name"),
    Planted("torn", "health", "a diagnosis"),
    Planted("4711", "reference", "a file"),
)


def document(text: str = TEXT, planted: tuple[Planted, ...] = PLANTED, either: tuple[str, ...] = ()) -> Document:
    return Document("d", "T", "letter", "en", planted, text, Path("d.md"), either)


def at(part: str, text: str = TEXT, start: int = 0) -> Mark:
    place = text.index(part, start)
    return place, place + len(part)


EXACT = tuple((start, end) for start, end, _ in document().spans())


def test_the_exact_solution_is_worth_everything() -> None:
    result = judge(document(), EXACT)
    assert result.value == 1.0
    assert result.found == 4 and result.leaks == () and result.needless == ()


def test_nothing_hidden_is_worth_nothing() -> None:
    result = judge(document(), ())
    assert result.value == 0.0
    assert [one.state for one in result.judged] == ["missed"] * 4
    assert result.shared == TEXT


def test_each_occurrence_counts_for_itself() -> None:
    result = judge(document(), [at("Ann Lee"), at("torn"), at("4711")])
    assert [one.state for one in result.judged] == ["found", "found", "found", "missed"]
    assert result.value == 0.75


def test_what_is_partly_hidden_says_what_is_left_and_earns_half_of_what_is_hidden() -> None:
    result = judge(document(), [*EXACT[1:], at("Ann")])
    first = result.judged[0]
    assert first.state == "partly" and first.covered == 0.5
    assert [TEXT[start:end] for start, end in first.readable] == ["Lee"]
    assert result.value == pytest.approx((3 + 0.25) / 4)


@pytest.mark.parametrize("part", ["(torn)", "Ms Ann Lee,\n\n", "4711. C", "e 4711"])
def test_spaces_signs_titles_and_a_slip_of_a_letter_cost_nothing(part: str) -> None:
    assert judge(document(), [at(part)]).needless == ()


def test_signs_inside_may_stay_readable() -> None:
    number = document("Call +49 30 23125-417.\n", (Planted("+49 30 23125-417", "phone", "w"),))
    assert judge(number, [at(part, number.text) for part in ("49", "30", "23125", "417")]).value == 1.0


def test_a_needless_passage_costs_a_quarter_of_a_missed_thing() -> None:
    result = judge(document(), [*EXACT, at("069 90009 100")])
    assert [TEXT[one.start : one.end] for one in result.needless] == ["069 90009 100"]
    assert result.value == pytest.approx(1 - 0.25 / 4)


def test_a_long_needless_passage_counts_for_every_five_words_begun() -> None:
    result = judge(document(), [*EXACT, at("any time of the day")])
    longer = judge(document(), [*EXACT, at("100 any time of the day")])
    assert [one.pieces for one in (*result.needless, *longer.needless)] == [1, 2]


def test_missing_a_thing_weighs_more_than_taking_out_one_too_many() -> None:
    assert judge(document(), EXACT[1:]).value < judge(document(), [*EXACT, at("Call"), at("day")]).value


def test_what_people_may_disagree_about_counts_neither_way() -> None:
    arguable = document(either=("your knee",))
    assert judge(arguable, EXACT).value == judge(arguable, [*EXACT, at("your knee")]).value == 1.0


def test_what_would_have_been_sent_has_numbered_placeholders() -> None:
    result = judge(document(), [*EXACT, at("069 90009 100")])
    assert result.shared == (
        "Dear Ms [PERSON-1],\n\nyour knee ([HEALTH-1]) is on file [REFERENCE-1]. Call [REMOVED-1] any time of the day.\n\n[PERSON-1]\n"
    )


def test_a_document_without_anything_planted_is_best_left_alone() -> None:
    plain = document(planted=())
    assert judge(plain, ()).value == 1.0
    assert judge(plain, [at("your knee")]).value == 0.75


@pytest.mark.parametrize("document_id", [one for one in SHIPPED.ids() if SHIPPED.get(one).planted])
def test_in_what_ships_everything_black_or_only_patterns_does_not_pass(document_id: str) -> None:
    shipped = SHIPPED.get(document_id)
    exact = judge(shipped, [(start, end) for start, end, _ in shipped.spans()])
    assert exact.value == 1.0
    assert not any(one.planted.text in exact.shared for one in exact.judged)
    assert judge(shipped, [(0, len(shipped.text))]).value < 0.2
    assert judge(shipped, [(one.start, one.end) for one in scan(shipped.text)]).value <= 0.5


# -- of any text and any bars ----------------------------------------------------------------------------------------

LETTERS = "ab1ä😀é\u0301 .\n"
TEXTS = st.text(LETTERS, max_size=80)
MARKS = st.lists(st.tuples(st.integers(-5, 90), st.integers(-5, 90)), max_size=8)
DOCUMENTS = st.builds(
    lambda text, planted: document(text, tuple(Planted(one, "person", "w") for one in planted)),
    TEXTS,
    st.lists(st.text(LETTERS, min_size=1, max_size=4), max_size=4),
)


@given(DOCUMENTS, MARKS)
def test_a_value_lies_between_0_and_1_whatever_is_marked(any_document: Document, marks: list[Mark]) -> None:
    result = judge(any_document, marks)
    assert 0.0 <= result.value <= 1.0
    assert len(result.judged) == len(any_document.spans())


@given(DOCUMENTS)
def test_the_solution_is_always_worth_everything(any_document: Document) -> None:
    spans = [(start, end) for start, end, one in any_document.spans() if one.text.strip()]
    if all(one.text.strip() for _, _, one in any_document.spans()):
        assert judge(any_document, spans).value == 1.0


@given(DOCUMENTS, MARKS, st.randoms())
def test_the_order_of_the_bars_does_not_matter(any_document: Document, marks: list[Mark], random: object) -> None:
    shuffled = list(marks)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert judge(any_document, shuffled) == judge(any_document, marks)


@given(DOCUMENTS, MARKS)
def test_one_more_right_bar_never_costs(any_document: Document, marks: list[Mark]) -> None:
    for start, end, _ in any_document.spans():
        assert judge(any_document, [*marks, (start, end)]).value >= judge(any_document, marks).value - 1e-9


@given(TEXTS, MARKS)
def test_tidied_bars_are_in_order_apart_and_stay_as_they_are(text: str, marks: list[Mark]) -> None:
    tidied = tidy(marks, text)
    assert tidy(tidied, text) == tidied
    assert all(0 <= start < end <= len(text) and text[start:end] == text[start:end].strip() for start, end in tidied)
    assert all(before[1] < after[0] for before, after in pairwise(tidied))
    assert unflat(flat(tidied), text) == tidied


@given(DOCUMENTS, MARKS)
def test_what_is_sent_is_the_text_with_only_the_bars_replaced(any_document: Document, marks: list[Mark]) -> None:
    result, place = judge(any_document, marks), 0
    rest = result.shared
    for start, end in result.marks:
        before = any_document.text[place:start]
        assert rest.startswith(before + "[")
        rest, place = rest[len(before) :].partition("]")[2], end
    assert rest == any_document.text[place:]


@pytest.mark.parametrize("places", [(1,), (0, 99), (3, 1), (0, 2, 1, 4), (-1, 2), (0, 3, 3, 5)])
def test_numbers_that_are_no_bars_of_this_text_are_not_taken_for_some(places: tuple[int, ...]) -> None:
    assert unflat(places, "some text") == ()


@given(TEXTS, st.integers(-3, 200))
def test_qts_places_and_ours_are_the_same_places(text: str, number: int) -> None:
    for place in range(len(text) + 1):
        assert from_units(text, to_units(text, place)) == place
    inside = from_units(text, number)
    assert 0 <= inside <= len(text)
    assert to_units(text, inside) <= max(0, number)


def test_a_letter_outside_the_basic_plane_is_two_of_qts_units() -> None:
    assert to_units("😀a", 1) == 2
    assert from_units("😀a", 1) == 0 and from_units("😀a", 2) == 1
