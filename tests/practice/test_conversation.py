"""A conversation is a tree of turns: every branch stays, one is shown, and a title is made of its first question."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.practice.conversation import Conversation, Turn, pairs, title_of

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def turn(turn_id: str, parent: str = "", role: str = "user", text: str | None = "text", **facts: object) -> Turn:
    return Turn(turn_id, parent, role, text, NOW, facts)


def conversation(*turns: Turn, leaf: str = "") -> Conversation:
    return Conversation("c", "", "", 0, NOW, NOW, leaf, turns)


TALK = conversation(
    turn("q1"), turn("a1", "q1", "assistant"), turn("a2", "q1", "assistant"), turn("q2", "a1"), turn("q1b"),
    turn("a3", "q2", "assistant", stop_reason="length"), leaf="a3",
)  # fmt: skip


def test_the_branch_shown_goes_from_the_first_question_to_the_leaf() -> None:
    assert [one.id for one in TALK.branch] == ["q1", "a1", "q2", "a3"]
    assert [one.id for one in TALK.branch_to("a2")] == ["q1", "a2"]
    assert conversation().branch == ()


def test_regenerating_and_editing_make_siblings_which_are_gone_through_in_order() -> None:
    assert [one.id for one in TALK.siblings(TALK.turn("a1"))] == ["a1", "a2"]
    assert [one.id for one in TALK.siblings(TALK.turn("q1b"))] == ["q1", "q1b"]
    assert TALK.beside(TALK.turn("a1"), 1).id == "a2"
    assert TALK.beside(TALK.turn("a2"), 1).id == "a2", "there are no more"
    assert TALK.newest_below("a1") == "a3" and TALK.newest_below("q1b") == "q1b"


def test_only_an_answer_that_was_stopped_or_cut_off_goes_on() -> None:
    assert TALK.turn("a3").can_go_on
    assert not turn("a", role="assistant", stop_reason="end").can_go_on
    assert not turn("a", role="assistant", text="", stop_reason="died").can_go_on, "there is nothing to go on from"
    assert not Turn("a", "", "assistant", "x", NOW, {"stop_reason": "length"}, {"sources": []}).can_go_on


def test_questions_without_an_answer_are_no_history() -> None:
    branch = (turn("q1"), turn("a1", role="assistant"), turn("q2"), turn("a2", role="assistant", text=""), turn("q3"))
    assert [(question.id, answer.id) for question, answer in pairs(branch)] == [("q1", "a1")]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 9), st.booleans()), max_size=12), st.integers(0, 9))
def test_a_damaged_tree_has_an_end_too(rows: list[tuple[int, int, bool]], leaf: int) -> None:
    """Rings of parents, unknown parents and double ids come from a damaged file."""
    made = conversation(*(turn(str(i), str(p) if p >= 0 else "", "user" if q else "assistant") for i, p, q in rows))
    branch = made.branch_to(str(leaf))
    assert len({one.id for one in branch}) == len(branch)
    assert made.newest_below(str(leaf)) is not None


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("Shorten this:\n\nThe gate is closed.", "Shorten this: The gate is closed."),
        ("  \n", "Without words"),
        ("one " * 40, "one one one one one one one one one one one one one one one…"),
        ("x" * 90, "x" * 60 + "…"),
    ],
)
def test_a_title_is_the_beginning_of_the_first_question(question: str, title: str) -> None:
    assert title_of(question) == title


@given(st.text(max_size=400))
def test_a_title_is_one_short_line(question: str) -> None:
    title = title_of(question)
    assert 0 < len(title) <= 61 and title == " ".join(title.split())
