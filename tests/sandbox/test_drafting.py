"""Guessing what an answer copies."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.sandbox.worker.drafting import DRAFT_MOST, Drafter

TEXT = list(range(100, 200))
LAPTOP = (0.014, 0.002)  # seconds of one token, and of each further one in the same step


def write(drafter: Drafter, answer: list[int]) -> tuple[int, int, int]:
    """How many steps an answer takes, how many tokens were drafted, how many of them were right."""
    steps = drafted = right = at = 0
    while at < len(answer):
        draft = drafter.draft(len(answer) - at - 1, *LAPTOP)
        steps += 1
        drafted += len(draft)
        for guess in [*draft, None]:
            drafter.add(answer[at])
            at += 1
            if guess != answer[at - 1]:
                break
            right += 1
    return steps, drafted, right


def test_what_is_copied_is_drafted_and_needs_few_steps() -> None:
    steps, drafted, right = write(Drafter(TEXT), [1, 2, *TEXT[10:90], 3])
    assert steps < 30 and right >= 55 and drafted - right <= DRAFT_MOST


def test_where_nothing_is_copied_nothing_is_drafted() -> None:
    assert write(Drafter(TEXT), [n * 7919 % 5000 + 1000 for n in range(200)]) == (200, 0, 0)


def test_words_in_common_are_no_copy() -> None:
    answer = [token for start in range(100, 180, 5) for token in (*range(start, start + 5), 7)]
    assert write(Drafter(TEXT), answer)[1] == 0


def test_an_answer_that_repeats_itself_is_drafted_from_itself() -> None:
    steps, _, _ = write(Drafter([1, 2, 3]), [5, 6, 7, 8, 9] * 20)
    assert steps < 40


def test_it_follows_the_latest_place() -> None:
    drafter = Drafter([1, 2, 3, 4, 5, 6, 7, 50, 1, 2, 3, 4, 5, 6, 7, 60, 61])
    for token in (1, 2, 3, 4, 5, 6, 7):
        drafter.add(token)
    assert drafter.draft(2, *LAPTOP) == [60, 61]


def test_a_draft_is_made_only_where_it_pays() -> None:
    drafter = Drafter(TEXT)
    for token in TEXT[:40]:
        drafter.add(token)
    assert len(drafter.draft(99, 0.010, 0.002)) == DRAFT_MOST
    assert 0 < len(drafter.draft(4, 0.010, 0.002)) <= 4
    assert drafter.draft(99, 0.010, 0.010) == []  # several in one go take as long as one by one
    assert drafter.draft(0, 0.010, 0.002) == []


def test_drafts_that_were_wrong_make_the_next_ones_shorter() -> None:
    drafter = Drafter(TEXT)
    for token in TEXT[:12]:
        drafter.add(token)
    before = len(drafter.draft(99, 0.010, 0.004))
    for _ in range(3):
        drafter.judge(9, 0)
    assert len(drafter.draft(99, 0.010, 0.004)) < before
    assert (drafter.drafted, drafter.accepted) == (27, 0)
    for _ in range(9):
        drafter.judge(9, 9)
    assert len(drafter.draft(99, 0.010, 0.004)) == before


@given(st.lists(st.integers(0, 3), max_size=60), st.lists(st.integers(0, 3), max_size=60), st.integers(0, 20))
def test_every_draft_is_something_that_stood_before(prompt: list[int], answer: list[int], most: int) -> None:
    drafter, seen = Drafter(prompt), list(prompt)
    for token in answer:
        drafter.add(token)
        seen.append(token)
        draft = drafter.draft(most, *LAPTOP)
        assert len(draft) <= min(most, DRAFT_MOST)
        assert any(seen[at : at + len(draft)] == draft for at in range(len(seen)))
