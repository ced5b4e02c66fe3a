"""Scores and dates under any answers and any clock: more right is never worth less, and nothing is due before it was answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from desktop_app.lessons.documents import Document, Planted
from desktop_app.lessons.lesson import Answer, Choice, Criterion, Expectation, Gap, QuestionId, Quiz, Row
from desktop_app.lessons.overview import due_at
from desktop_app.lessons.redaction import judge
from desktop_app.lessons.rubric import compare
from desktop_app.lessons.schedule import EASY, GOOD, HARD, RATINGS, Schedule
from desktop_app.lessons.scoring import score
from desktop_app.records.credentials import percent
from desktop_app.records.learning import ReviewCard

DAYS = st.dates(date(2000, 1, 1), date(2200, 1, 1))
SCHEDULE = Schedule()
KEY = ("l", "q")


def quiz(kind: str, **fields: object) -> Quiz:
    empty = Quiz(QuestionId("q"), kind, "?", (), (), (), "", 1)  # type: ignore[arg-type]
    return replace(empty, **fields)  # type: ignore[arg-type]


# -- scores --------------------------------------------------------------------------------------------------------------


@given(st.lists(st.booleans(), min_size=2, max_size=12), st.data())
def test_one_more_right_option_is_worth_more_and_one_more_wrong_one_no_more(
    rights: list[bool], data: st.DataObject
) -> None:
    asked = quiz("multiple", choices=tuple(Choice(str(n), right) for n, right in enumerate(rights)))
    picked = data.draw(st.sets(st.integers(0, len(rights) - 1)))
    before = score(asked, Answer(tuple(picked))).value
    for other in set(range(len(rights))) - picked:
        after = score(asked, Answer((*picked, other))).value
        assert 0.0 <= after <= 1.0
        assert after >= before if rights[other] else after <= before


CELLS = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=1, max_size=5)
)


@given(CELLS, st.booleans(), st.data())
def test_one_more_right_cell_is_never_worth_less(cells: list[list[bool]], one_only: bool, data: st.DataObject) -> None:
    width = len(cells[0])
    rows = tuple(Row(str(n), tuple(row), one_only and sum(row) == 1) for n, row in enumerate(cells))
    asked = quiz("matrix", columns=tuple(map(str, range(width))), rows=rows)
    every = [row * width + column for row in range(len(rows)) for column in range(width)]
    picked = data.draw(st.sets(st.sampled_from(every)))
    before = score(asked, Answer(tuple(picked))).value
    for cell in set(every) - picked:
        row = rows[cell // width]
        if row.one_only and any(other // width == cell // width for other in picked):
            continue  # the widget lets nobody pick two there
        after = score(asked, Answer((*picked, cell))).value
        assert 0.0 <= after <= 1.0
        assert after >= before if row.right[cell % width] else after <= before


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.integers(0, 7))
def test_one_more_right_gap_is_worth_more(filled: list[bool], at: int) -> None:
    assume(at < len(filled) and not filled[at])
    asked = quiz("gaps", gaps=(Gap(("tent",)),) * len(filled))

    def value(given_: list[bool]) -> float:
        return score(asked, Answer((-1,) * len(given_), tuple("tent" if one else "house" for one in given_))).value

    assert value([*filled[:at], True, *filled[at + 1 :]]) > value(filled)


@given(st.permutations(range(6)))
def test_only_the_right_order_is_worth_everything(order: list[int]) -> None:
    asked = quiz("ordering", choices=tuple(Choice(str(n), True) for n in range(6)))
    found = score(asked, Answer(tuple(order)))
    assert 0.0 <= found.value <= 1.0 and found.right == (order == sorted(order)) == (found.value == 1.0)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
@example(0.995, 1.0)
@example(1.0 - 1e-12, 1.0)
def test_a_certified_percentage_is_monotone_and_100_only_for_all(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert 0 <= percent(low) <= percent(high) <= 100
    assert (percent(one) == 100) == (one >= 1.0)


LETTER = (
    "Ines Falk of Norwind wrote to us. Her number is 4711-22; she asks Ben Ott about it. All other words may stay.\n"
)
PLANTED = tuple(Planted(text, "person", "why") for text in ("Ines Falk", "Norwind", "4711-22", "Ben Ott"))
MARKS = st.lists(st.tuples(st.integers(0, len(LETTER)), st.integers(0, len(LETTER))), max_size=6)


@given(MARKS, st.sampled_from(PLANTED))
def test_hiding_one_more_planted_thing_is_never_worth_less(marks: list[tuple[int, int]], planted: Planted) -> None:
    document = Document("letter", "A letter", "letter", "en", PLANTED, LETTER, Path("letter.md"))
    start = LETTER.index(planted.text)
    before, after = judge(document, marks), judge(document, [*marks, (start, start + len(planted.text))])
    assert 0.0 <= before.value <= after.value <= 1.0
    assert after.found >= before.found and len(after.needless) <= len(before.needless)
    assert planted.text not in after.shared


@given(st.lists(st.tuples(st.sampled_from(["yes", "no", ""]), st.booleans()), max_size=8), st.text(max_size=40))
def test_agreement_is_a_share(rows: list[tuple[str, bool]], text: str) -> None:
    rubric = [
        Criterion(
            "?", Expectation("contains" if word == "yes" else "not_contains", "a", "says a") if word else None, ""
        )
        for word, _ in rows
    ]
    found = compare(rubric, [said for _, said in rows], text)
    assert 0.0 <= found.value <= 1.0 and 0 <= found.agreed <= found.tested <= len(rows)
    opposite = compare(rubric, [not said for _, said in rows], text)
    assert not found.tested or found.value + opposite.value == pytest.approx(1.0)


# -- dates ---------------------------------------------------------------------------------------------------------------

REVIEWS = st.lists(st.tuples(st.sampled_from(RATINGS), DAYS), min_size=1, max_size=12)


@settings(max_examples=60)
@given(REVIEWS)
@example(
    [(GOOD, date(2026, 11, 22)), (GOOD, date(2025, 11, 22)), (EASY, date(2026, 11, 22))]
)  # a clock set back a year
@example([(EASY, date(2200, 1, 1)), (GOOD, date(2026, 11, 22)), (HARD, date(2026, 11, 21))])
def test_whatever_the_clock_does_no_question_is_due_before_it_was_answered(reviews: list[tuple[int, date]]) -> None:
    card: ReviewCard | None = None
    for rating, day in reviews:  # days in any order
        if card is not None:
            assert 0.0 <= SCHEDULE.recall(card, day) <= 1.0
        offered = SCHEDULE.intervals(card, day)
        assert 1 <= offered[1] <= offered[2] <= offered[3] <= offered[4] <= 365
        card = SCHEDULE.review(KEY, card, rating, day)
        assert card.last_review == day and (card.due - day).days == offered[rating]
        assert card.stability > 0 and 1 <= card.difficulty <= 10


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1)),
    st.integers(1, 3650),
    st.integers(-400, 400),
    st.integers(-12, 14),
)
def test_when_a_path_is_due_depends_on_no_clock(opened: datetime, within: int, later: int, hours: int) -> None:
    zone, at = timezone(timedelta(hours=hours)), opened.replace(tzinfo=UTC)
    due, seen = due_at(at, within, at, zone), due_at(at, within, at + timedelta(days=later), zone)
    assert due.day == seen.day and due.days_left == within and seen.days_left == within - later
    assert seen.is_overdue == (later > within) and seen.words
