"""Marks: what of each sentence stands in the passage it cites, said carefully."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.grounding.marking import cite, mark
from desktop_app.practice.grounding.passage import Passage


def passage(text: str, number: int = 0, heading: str = "") -> Passage:
    return Passage("id", "a.md", number, text, None, heading, 0, len(text))


TRAVEL = passage(
    "Hotels are paid up to 140 EUR a night. Receipts are needed for anything above 25 EUR. Emil Brunner checks the claims."
)
LEAVE = passage("Employees have 30 days of leave. Requests are made three weeks before.", 1, "Annual leave")
BOTH = (TRAVEL, LEAVE)


def verdicts(answer: str) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.verdict, one.passages) for one in mark(answer, BOTH)]


def test_each_sentence_is_looked_up_where_it_says() -> None:
    answer = "Hotels are paid up to 140 EUR. [1] Employees have 30 days of leave [2]."
    assert verdicts(answer) == [("supported", (0,)), ("supported", (1,))]
    assert verdicts("Employees have 30 days of leave. [1]")[0][0] != "supported"


def test_a_sentence_that_cites_nothing_is_looked_up_everywhere() -> None:
    assert verdicts("Employees have 30 days of leave. Hotels cost up to 140 EUR.") == [
        ("supported", (1,)),
        ("supported", (0,)),
    ]


@pytest.mark.parametrize(
    ("sentence", "missing"),
    [("Hotels are paid up to 190 EUR a night.", "190"), ("Requests are made until 5 May.", "5 May"), ("Clara Brandt checks the claims.", "Brandt")],
)  # fmt: skip
def test_figures_dates_and_names_that_are_not_there_are_named(sentence: str, missing: str) -> None:
    (one,) = mark(sentence, BOTH)
    assert one.verdict in ("partly", "unsupported")
    assert missing in one.says
    assert one.says.startswith("Not found in the source: ")


def test_a_figure_beside_other_words_is_noticed() -> None:
    (one,) = mark("Receipts are needed for anything above 140 EUR.", BOTH)
    assert one.verdict == "partly"
    assert [fact.text for fact in one.apart] == ["140"]
    assert one.says == "Found in the source, but beside other words: 140. Compare it with the passage."


def test_what_says_nothing_is_not_marked_and_what_is_invented_is() -> None:
    assert verdicts("That is it.") == [("none", ())]
    assert verdicts("Penguins juggle burning torches nightly.") == [("unsupported", ())]


def test_nothing_is_ever_called_true() -> None:
    for answer in ("Employees have 30 days of leave.", "Leave is 30 days.", "Hotels are paid up to 140 EUR."):
        for one in mark(answer, BOTH):
            assert "true" not in one.says.replace("does not make it true", "")


def test_citations_of_passages_that_are_not_there_count_as_none() -> None:
    assert verdicts("Employees have 30 days of leave. [7]") == [("supported", (1,))]
    assert mark("Text. [1]", ()) != ()


def test_an_answer_without_citations_gets_those_that_were_found() -> None:
    assert (
        cite("Hotels are paid up to 140 EUR. They have a pool.", BOTH)
        == "Hotels are paid up to 140 EUR. [1] They have a pool."
    )
    assert cite("Hotels are paid up to 140 EUR [2].", BOTH) == "Hotels are paid up to 140 EUR [2]."


@given(
    st.lists(
        st.sampled_from(["Hotels cost 140 EUR.", "[1]", "[2, 1]", "[99]", "Oh!", "z. B.", "\n", "- item", "[", "1]"])
        | st.text(max_size=15)
    )
)
def test_marks_stand_in_order_and_facts_where_they_say(parts: list[str]) -> None:
    answer = " ".join(parts)
    at = 0
    for one in mark(answer, BOTH):
        assert at <= one.start < one.end <= len(answer)
        assert all(0 <= number < 2 for number in one.passages)
        sentence = answer[one.start : one.end]
        for fact in (*one.support.missing, *one.apart):
            assert sentence[fact.start : fact.end] == fact.text
        at = one.end
    assert mark(cite(answer, BOTH), BOTH) is not None
