"""Which questions are reviewed and when: answered ones of finished steps, rules from the start, a short mixed session."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.lessons.library import LessonLibrary
from desktop_app.lessons.review import (
    NEW_A_DAY,
    NEW_IN_A_BACKLOG,
    SESSION_CARDS,
    ReviewDesk,
    ReviewItem,
    ReviewStatus,
    interleave,
)
from desktop_app.lessons.schedule import AGAIN, GOOD, HARD, RATINGS, Schedule
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Profile, Review
from desktop_app.storage.locations import Locations
from tests.lessons.builders import lesson_text, write_lesson

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday


def body(*questions: str) -> str:
    """One step per question; its key is "step-<question>"."""
    return "\n".join(
        f"## Step {question}\n\nWords.\n\n<!-- id: {question} -->\nWhich {question}?\n\n[(X)] this\n[( )] that\n"
        for question in questions
    )


@dataclass
class World:
    """One person's review desk over lessons and rules on disk, at a time that can be set."""

    folder: Path
    learner: LearnerRepository
    now: datetime = START

    def __post_init__(self) -> None:
        self.learner = LearnerRepository(Locations.find(self.folder / "profile"), lambda: self.now)
        self.lessons = LessonLibrary([self.folder / "lessons"])
        self.rules = LessonLibrary([self.folder / "rules"])
        self.desk = ReviewDesk(self.lessons, self.rules, self.learner)

    def write(self, *questions: str, lesson: str = "sample", rules: bool = False, **fields: str) -> None:
        text = lesson_text(body(*questions), id=lesson, **fields)
        write_lesson(self.folder / ("rules" if rules else "lessons"), text, lesson)

    def answer(self, question: str, score: float = 1.0, *, lesson: str = "sample", finish: bool = True) -> None:
        self.learner.open_step(lesson, "1.0", f"step-{question}")
        self.learner.save_attempt(lesson, "1.0", question, score=score, chosen=(0,))
        if finish:
            self.learner.finish_step(lesson, f"step-{question}")
        self.desk.enrol()

    def pass_days(self, days: float) -> None:
        self.now += timedelta(days=days)

    @property
    def due(self) -> list[str]:
        return [item.quiz.id for item in self.desk.session()]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path, None)  # type: ignore[arg-type]
    yield made
    made.learner.close()


# -- what becomes a card -------------------------------------------------------------------------------------------------


def test_nothing_is_due_before_anything_was_learned(world: World) -> None:
    assert world.desk.status() == ReviewStatus()
    assert world.desk.session() == ()


@pytest.mark.parametrize(("score", "rating"), [(1.0, GOOD), (0.5, HARD), (0.0, AGAIN)])
def test_the_first_answer_in_a_finished_step_makes_a_card(world: World, score: float, rating: int) -> None:
    world.write("a")
    world.answer("a", score)
    card = world.learner.reviews.card("sample", "a")
    assert card == Schedule().review(("sample", "a"), None, rating, START.date())
    [review] = world.learner.reviews.log()
    assert (review.rating, review.expected_recall, review.at) == (rating, None, START)


def test_a_hint_makes_it_hard(world: World) -> None:
    world.write("a")
    world.answer("a", finish=False)
    world.learner.finish_step("sample", "step-a")
    assert world.desk.enrol({("sample", "a"): 1}) == 1
    assert world.learner.reviews.log()[0].rating == HARD


def test_an_answer_in_an_unfinished_step_waits(world: World) -> None:
    world.write("a", "b")
    world.answer("a", finish=False)
    assert world.learner.reviews.card("sample", "a") is None
    world.learner.finish_step("sample", "step-a")
    assert world.desk.enrol() == 1 and world.desk.enrol() == 0


def test_only_the_first_answer_counts(world: World) -> None:
    world.write("a")
    world.answer("a", 0.0)
    world.answer("a", 1.0)
    assert [review.rating for review in world.learner.reviews.log()] == [AGAIN]


def test_the_first_review_is_on_the_day_of_the_answer(world: World) -> None:
    """Steps finished before this version had cards get theirs as if it had been there."""
    world.write("a")
    world.answer("a", finish=False)
    world.pass_days(5)
    world.learner.finish_step("sample", "step-a")
    world.desk.enrol()
    card = world.learner.reviews.card("sample", "a")
    assert card is not None and card.last_review == START.date() and world.due == ["a"]


def test_a_draft_has_no_cards(world: World) -> None:
    world.write("a", version='"0.9"')
    world.write("r", lesson="draft", rules=True, version='"0.1"')
    world.answer("a")
    assert world.desk.items() == {} and world.learner.reviews.log() == ()


def test_a_vanished_question_is_hidden_and_comes_back_with_its_history(world: World) -> None:
    world.write("a", "b")
    world.answer("a")
    world.answer("b")
    world.pass_days(2)
    assert set(world.due) == {"a", "b"}
    world.write("b", version='"1.1"')
    assert world.due == ["b"] and world.desk.status().due == 1
    world.write("a", "b", version='"1.2"')
    assert set(world.due) == {"a", "b"}
    assert len(world.learner.reviews.log()) == 2


def test_a_changed_text_keeps_the_history(world: World) -> None:
    world.write("a")
    world.answer("a")
    before = world.learner.reviews.card("sample", "a")
    file = world.folder / "lessons" / "sample" / "lesson.md"
    file.write_text(file.read_text().replace("Which a?", "Which of these, then?").replace('"1.0"', '"2.0"'))
    world.pass_days(2)
    [item] = world.desk.session()
    assert item.quiz.question == "Which of these, then?"
    assert world.learner.reviews.card("sample", "a") == before


# -- rules ---------------------------------------------------------------------------------------------------------------


def test_rules_are_due_from_the_start_five_a_day(world: World) -> None:
    world.write(*"abcdefg", lesson="house", rules=True)
    assert world.desk.status() == ReviewStatus(0, 0, NEW_A_DAY, START.date() + timedelta(days=1), 2)
    for item in world.desk.session():
        world.desk.rate(item, GOOD)
    assert world.desk.session() == () and world.desk.status().waiting == 0
    world.pass_days(1)
    assert world.due == ["f", "g"]


def test_rules_are_for_their_roles(world: World) -> None:
    world.write("a", lesson="selling", rules=True, roles="[sales]")
    world.write("b", lesson="all", rules=True)
    assert world.due == ["b"]
    world.learner.save_profile(Profile("", "sales", "en"))
    assert set(world.due) == {"a", "b"}


def test_a_rule_set_and_a_lesson_may_share_their_ids(world: World) -> None:
    world.write("a")
    world.write("a", rules=True)
    world.answer("a")
    assert set(world.desk.items()) == {("sample", "a"), ("rules/sample", "a")}
    assert [item.is_rule for item in world.desk.session()] == [True]
    assert world.desk.due_by_lesson() == {"rules/sample": 1}


# -- days ----------------------------------------------------------------------------------------------------------------


def test_a_question_is_due_all_day(world: World) -> None:
    world.write("a")
    world.now = START.replace(hour=23, minute=50)
    world.answer("a")
    world.now = datetime(2026, 11, 25, 0, 5, tzinfo=UTC)
    assert world.due == ["a"]


def test_the_status_says_when_the_next_ones_come(world: World) -> None:
    world.write("a", "b", "c")
    world.answer("a")
    world.answer("b")
    world.answer("c", 0.0)
    assert world.desk.status() == ReviewStatus(3, 0, 0, date(2026, 11, 24), 1)
    world.pass_days(2)
    assert world.desk.status().due == 3 and world.desk.status().next_day is None


def test_the_forecast_counts_what_each_day_brings(world: World) -> None:
    world.write("a", "b", "c")
    world.write(*"uvwxyz", lesson="house", rules=True)
    world.answer("a")
    world.answer("b", 0.0)
    assert [count for _, count in world.desk.forecast(4)] == [5, 1 + 1, 1, 0]
    world.pass_days(30)
    assert [count for _, count in world.desk.forecast(3)] == [2 + 5, 1, 0], "what is overdue counts today"


# -- a session -----------------------------------------------------------------------------------------------------------


def test_a_session_is_short_and_leaves_room_for_new_rules(world: World) -> None:
    questions = [f"q{number}" for number in range(30)]
    world.write(*questions)
    world.write(*"abcdefg", lesson="house", rules=True)
    for question in questions:
        world.answer(question)
    world.pass_days(3)
    session = world.desk.session()
    assert len(session) == SESSION_CARDS
    assert sum(item.is_rule for item in session) == NEW_IN_A_BACKLOG


def test_a_session_takes_the_least_remembered_first(world: World) -> None:
    world.write(*(f"q{number}" for number in range(12)))
    for number in range(12):
        world.now = START + timedelta(hours=number)
        world.answer(f"q{number}", 0.0 if number in (3, 7) else 1.0)
    world.pass_days(4)
    assert world.due[:2] == ["q3", "q7"]


def test_every_review_is_kept_at_once_and_moves_its_card(world: World) -> None:
    world.write("a")
    world.answer("a")
    world.pass_days(2)
    [item] = world.desk.session()
    offered = world.desk.intervals(item)
    rated = world.desk.rate(item, HARD)
    assert rated.review.interval_days == offered[HARD] and rated.review.expected_recall == pytest.approx(0.91, abs=0.01)
    assert world.learner.reviews.log()[-1] == rated.review and world.due == []
    anew = world.desk.rate_anew(rated, AGAIN)
    assert anew.review.interval_days == offered[AGAIN] and len(world.learner.reviews.log()) == 2
    assert world.learner.reviews.card("sample", "a") == anew.after
    assert world.desk.rate_anew(anew, HARD).after == rated.after, "changing one's mind twice is as if never"


@given(st.lists(st.tuples(st.integers(0, 6), st.sampled_from(RATINGS)), min_size=1, max_size=25))
def test_months_of_reviews_give_the_schedules_own_dates(history: list[tuple[int, int]]) -> None:
    """Through desk and database, whatever the days and ratings."""
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), None)  # type: ignore[arg-type]
        world.write("a")
        world.answer("a")
        card = Schedule().review(("sample", "a"), None, GOOD, START.date())
        item = world.desk.items()["sample", "a"]
        for days, rating in history:
            world.pass_days(days)
            card = Schedule().review(("sample", "a"), card, rating, world.now.date())
            assert world.desk.rate(item, rating).after == card
        assert world.learner.reviews.card("sample", "a") == card
        world.learner.close()


def an_item(lesson: str, number: int) -> ReviewItem:
    @dataclass(frozen=True)
    class Named:
        id: str

    return ReviewItem(Named(lesson), None, Named(str(number)), False)  # type: ignore[arg-type]


@given(st.lists(st.sampled_from("abcd"), max_size=14))
def test_neighbours_are_of_different_lessons_wherever_that_can_be(lessons: list[str]) -> None:
    items = [an_item(lesson, number) for number, lesson in enumerate(lessons)]
    order = interleave(items)
    assert Counter(order) == Counter(items)
    most = max(Counter(lessons).values(), default=0)
    if most <= (len(lessons) + 1) // 2:
        assert all(one.key[0] != other.key[0] for one, other in pairwise(order))
    for lesson in set(lessons):
        numbers = [int(item.quiz.id) for item in order if item.key[0] == lesson]
        assert numbers == sorted(numbers), "within a lesson the order stays"


def test_five_thousand_cards_make_a_session_in_a_moment(world: World) -> None:
    names = [f"l{number}" for number in range(50)]
    questions = [f"q{number}" for number in range(100)]
    for name in names:
        world.write(*questions, lesson=name)
    items = world.desk.items()
    assert len(items) == 5000
    for name in names:
        pairs = []
        for question in questions:
            card = world.desk.schedule.review((name, question), None, GOOD, START.date())
            pairs.append((card, Review(0, name, question, START, GOOD, None, 2)))
        world.learner.reviews.enrol(name, pairs)
    world.pass_days(3)
    fastest = 1.0
    for _ in range(4):
        start = time.process_time()
        session = world.desk.session()
        fastest = min(fastest, time.process_time() - start)
    assert len(session) == SESSION_CARDS and fastest < 0.05
