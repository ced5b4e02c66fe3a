"""Review: a short session by keyboard, every answer kept at once, ratings that can be changed, what is shown between."""

from __future__ import annotations

from collections.abc import Generator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QRadioButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.jobs import Job
from desktop_app.lessons.lesson import Answer
from desktop_app.lessons.schedule import AGAIN, EASY, GOOD, HARD
from desktop_app.records.learner import LearnerRepository
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.pages.review.model import ReviewModel
from desktop_app.ui.pages.review.page import ReviewPage
from desktop_app.ui.pages.review.words import in_days, on_day, week_of
from desktop_app.ui.theme import Theme
from tests.lessons.builders import lesson_text, write_lesson

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)  # a Monday
RESOURCES = Path(__file__).parents[2] / "resources"
QUESTIONS = """## {name}

What {name} is.

<!-- id: {name} -->
Which {name}?

[(X)] this
    > Yes.
[( )] that
    > No, because of this.
[[?]] The first.
"""
WORD = """## word

<!-- id: word -->
Which word?

[[tent]]
"""


class InlineJobs:
    """Finishes a job inside start."""

    def start(self, job: Job[Any], result: Any, error: Any, progress: Any = None) -> Event:
        while True:
            try:
                next(job)
            except StopIteration as end:
                result(end.value)
                return Event()


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world(tmp_path: Path, clock: Clock, qapp: object) -> Generator[Services, None, None]:
    """Two lessons with answered questions and a rule set, at a time that can be set."""
    for folder, lesson, names in (
        ("lessons", "sample", "ab"),
        ("lessons", "other", "cd"),
        ("rules", "house", "rs"),
    ):
        text = lesson_text(
            "\n".join(QUESTIONS.format(name=name) for name in names), id=lesson, title=f"Title of {lesson}"
        )
        write_lesson(tmp_path / "content" / folder, text, lesson)
    services = Services(Locations(tmp_path / "profile", (tmp_path / "content",), (), RESOURCES))
    services.__dict__["learner"] = LearnerRepository(services.locations, clock)
    yield services
    services.close()


@pytest.fixture
def theme(world: Services) -> Theme:
    return make_application(world)[1]


def learn(services: Services, *questions: str) -> None:
    for question in questions:
        lesson = "sample" if question in "ab" else "other"
        services.learner.open_step(lesson, "1.0", question)
        services.learner.save_attempt(lesson, "1.0", question, score=1.0, chosen=(0,))
        services.learner.finish_step(lesson, question)


@pytest.fixture
def model(world: Services) -> ReviewModel:
    made = ReviewModel(world, InlineJobs())
    made.reload()
    return made


@pytest.fixture
def page(qtbot: QtBot, theme: Theme, model: ReviewModel) -> ReviewPage:
    made = ReviewPage(theme, model)
    qtbot.addWidget(made)
    made.resize(1000, 760)
    model.open()
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def give(model: ReviewModel, *chosen: int) -> None:
    assert model.question is not None
    model.question.answer(model.question.state.quiz.id, Answer(chosen))


def texts(page: QWidget) -> str:
    QApplication.processEvents()  # what was just added is shown in the next round of events
    return "\n".join(one.text() for one in page.findChildren(QLabel) if one.isVisibleTo(page))


# -- the model -----------------------------------------------------------------------------------------------------------


def test_every_answer_is_stored_at_once(model: ReviewModel, world: Services) -> None:
    model.start()
    assert (model.state.phase, model.state.number, model.state.total) == ("question", 1, 2)
    give(model, 0)
    assert [review.rating for review in world.learner.reviews.log()] == [GOOD]
    assert model.state.rating == GOOD and model.state.interval_days == 2
    again = ReviewModel(world, InlineJobs())  # as after a crash in the middle of it
    again.reload()
    assert again.state.phase == "overview" and again.state.status.waiting == 1


def test_wrong_is_again_and_a_hint_makes_it_hard(model: ReviewModel) -> None:
    model.start()
    give(model, 1)
    assert model.state.rating == AGAIN
    model.next()
    assert model.question is not None
    model.question.hint(model.question.state.quiz.id)
    give(model, 0)
    assert model.state.rating == HARD


def test_another_try_is_practice_and_changes_nothing(model: ReviewModel, world: Services) -> None:
    model.start()
    give(model, 1)
    assert model.question is not None
    model.question.try_again(model.question.state.quiz.id)
    give(model, 0)
    assert model.question.state.score is not None and model.question.state.score.right
    assert model.state.rating == AGAIN and len(world.learner.reviews.log()) == 1


def test_the_rating_can_be_changed(model: ReviewModel, world: Services) -> None:
    model.rate(EASY)
    model.start()
    model.rate(EASY)
    assert world.learner.reviews.log() == (), "not before the answer"
    give(model, 1)
    model.rate(EASY)
    assert [review.rating for review in world.learner.reviews.log()] == [EASY]
    assert model.state.done[-1].rating == EASY and model.state.interval_days == model.state.intervals[EASY - 1]
    assert len(model.state.done) == 1


def test_the_next_question_waits_for_the_answer(model: ReviewModel) -> None:
    model.start()
    model.next()
    assert model.state.number == 1
    give(model, 0)
    model.next()
    assert model.state.number == 2 and model.state.rating == 0


def test_the_end_says_what_was_known_and_when_to_come_back(model: ReviewModel) -> None:
    model.start()
    give(model, 0)
    model.next()
    give(model, 1)
    model.next()
    state = model.state
    assert state.phase == "end" and not state.out_of_time
    assert [one.is_remembered for one in state.done] == [True, False]
    assert (state.status.waiting, state.status.next_day, state.status.next_count) == (0, date(2026, 11, 24), 1)


def test_five_minutes_end_a_session(model: ReviewModel, clock: Clock) -> None:
    model.start()
    give(model, 0)
    clock.now += timedelta(minutes=5)
    model.next()
    assert model.state.phase == "end" and model.state.out_of_time and model.state.status.waiting == 1
    model.start()
    assert model.state.phase == "question" and model.state.total == 1


def test_lessons_alternate_with_rules(model: ReviewModel, world: Services, clock: Clock) -> None:
    learn(world, "a", "b", "c", "d")
    clock.now += timedelta(days=2)
    model.start()
    asked = []
    while model.state.phase == "question":
        assert model.state.item is not None
        asked.append(model.state.item.key[0])
        give(model, 0)
        model.next()
    assert len(asked) == 6 and all(one != other for one, other in pairwise(asked))


def test_leaving_keeps_what_was_answered(model: ReviewModel, world: Services) -> None:
    model.start()
    give(model, 0)
    model.leave()
    assert model.state.phase == "overview" and model.state.status.waiting == 1
    assert len(world.learner.reviews.log()) == 1


def test_a_full_disk_is_said_and_the_answer_can_be_stored_again(
    model: ReviewModel, world: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    model.start()
    with monkeypatch.context() as patch:
        patch.setattr(world.learner.reviews, "save", full)
        give(model, 0)
        assert model.state.problem == "The disk is full." and model.state.rating == 0
        model.next()
        assert model.state.number == 1
    model.next()
    assert model.state.rating == GOOD and model.state.problem == ""
    assert len(world.learner.reviews.log()) == 1


def test_erasing_ends_the_session(model: ReviewModel, world: Services) -> None:
    model.start()
    give(model, 0)
    world.learner.erase()
    model.rate(HARD)
    assert "not in your records" in model.state.problem
    model.forget()
    assert model.state.phase == "overview" and model.state.done == ()


def test_a_lesson_makes_cards(world: Services, model: ReviewModel, clock: Clock) -> None:
    learn(world, "a")
    model.reload()
    clock.now += timedelta(days=2)
    model.reload()
    assert model.state.status.due == 1


# -- the page ------------------------------------------------------------------------------------------------------------


def focused() -> QWidget:
    found = QApplication.focusWidget()
    assert found is not None
    return found


def test_a_session_by_keyboard_alone(page: ReviewPage, model: ReviewModel, world: Services, qtbot: QtBot) -> None:
    page.start_button.setFocus()
    qtbot.keyClick(focused(), Qt.Key.Key_Space)
    assert isinstance(focused(), QRadioButton), "the keyboard is on the answer"
    for key in (Qt.Key.Key_1, Qt.Key.Key_Return):
        qtbot.keyClick(focused(), key)
    assert model.state.number == 1 and model.state.rating == 0, "neither rated nor passed over before the answer"
    qtbot.keyClick(focused(), Qt.Key.Key_Space)
    qtbot.mouseClick(page.session.card.check, Qt.MouseButton.LeftButton)
    assert model.state.rating == GOOD and "Seen again in 2 days" in texts(page)
    qtbot.keyClick(focused(), Qt.Key.Key_2)
    assert model.state.rating == HARD and "Seen again tomorrow" in texts(page)
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    assert model.state.number == 2
    qtbot.keyClick(focused(), Qt.Key.Key_Escape)
    assert model.state.phase == "overview" and not page.is_reviewing
    assert [review.rating for review in world.learner.reviews.log()] == [HARD]


def test_the_rule_is_read_after_the_answer_not_before(page: ReviewPage, model: ReviewModel) -> None:
    model.start()
    assert model.state.item is not None and model.state.item.is_rule
    rule = page.session._rule
    assert rule is not None and not rule.isVisible()
    give(model, 1)
    assert rule.isVisible() and model.state.item.step.title in texts(rule)
    assert not page.session._lesson.isVisible(), "a rule set is no lesson to open"


def test_a_lesson_opens_at_its_step(
    page: ReviewPage, model: ReviewModel, world: Services, clock: Clock, qtbot: QtBot
) -> None:
    learn(world, "d")
    clock.now += timedelta(days=2)
    model.start()
    while model.state.item is not None and model.state.item.is_rule:
        give(model, 0)
        model.next()
    with qtbot.waitSignal(page.step_chosen) as opened:
        page.session._lesson.click()
    assert opened.args == ["other", "d"]


def test_while_a_question_is_open_again_the_keys_belong_to_it(
    tmp_path: Path, theme: Theme, world: Services, qtbot: QtBot
) -> None:
    write_lesson(tmp_path / "content" / "rules", lesson_text(WORD, id="house"), "house")
    model = ReviewModel(world, InlineJobs())
    page = ReviewPage(theme, model)
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    model.start()
    field = focused()
    assert isinstance(field, QLineEdit)
    qtbot.keyClicks(field, "1234")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert model.state.rating == AGAIN and field.text() == "1234"
    page.session.card.again.click()
    field.clear()
    field.setFocus()
    qtbot.keyClicks(field, "tent 3")
    assert field.text() == "tent 3" and model.state.rating == AGAIN
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert model.state.number == 1 and model.state.rating == AGAIN, "checked, not passed over"
    qtbot.keyClick(focused(), Qt.Key.Key_Return)
    assert model.state.phase == "end"


def test_nothing_due_says_when_to_come_back(page: ReviewPage, model: ReviewModel) -> None:
    model.start()
    for _ in range(2):
        give(model, 0)
        model.next()
    assert "You knew 2 of 2 questions. Next: 2 questions on Wednesday." in texts(page)
    assert isinstance(focused(), QPushButton) and focused().text() == "Done"  # type: ignore[attr-defined]
    model.leave()
    assert "Nothing is due" in texts(page) and "Next: 2 questions on Wednesday." in texts(page)
    assert "come back shortly before you would forget them" in texts(page)


def test_without_lessons_and_rules_it_says_where_to_begin(tmp_path: Path, theme: Theme, qtbot: QtBot) -> None:
    services = Services(Locations(tmp_path / "empty", (), (), RESOURCES))
    model = ReviewModel(services, InlineJobs())
    page = ReviewPage(theme, model)
    qtbot.addWidget(page)
    model.open()
    page.show()
    assert "Nothing to review yet" in texts(page) and "Your own curve starts with your first question" in texts(page)
    with qtbot.waitSignal(page.page_chosen) as chosen:
        page.start_button.click()
    assert chosen.args == ["learn"]
    services.close()


def test_the_curves_follow_the_reviews(page: ReviewPage, model: ReviewModel, world: Services, clock: Clock) -> None:
    learn(world, "a", "b")
    clock.now += timedelta(days=2)
    model.start()
    give(model, 0)
    while model.state.phase == "question":
        model.next()
        if model.state.phase == "question":
            give(model, 1)
    model.leave()
    found = model.curves.state.retention
    assert [day.cards for day in found.days] == [2, 2, 4]
    assert [(week.reviews, week.remembered) for week in found.weeks] == [(2, 1)]
    summary = page.plot.recall.plot.accessibleDescription()
    assert "of 4 questions today" in summary and "In 2 reviews you remembered 50%" in summary
    assert page.plot.recall.table.rowCount() == 1
    assert page.plot.recall.table.item(0, 3).text() == "1 of 2"


def test_ratings_say_more_than_their_colour(page: ReviewPage, model: ReviewModel) -> None:
    model.start()
    give(model, 0)
    names = [
        QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
        for button in page.session.rating.buttons.values()
    ]
    assert names[1] == "Hard: I knew it with effort, seen tomorrow"
    chosen = page.session.rating.buttons[GOOD]
    assert chosen.isChecked() and chosen._icon_name == "circle-dot"


# -- words ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "today"), (1, "tomorrow"), (2, "in 2 days"), (20, "in 20 days"), (21, "in 3 weeks"), (80, "in 11 weeks"), (91, "in 3 months"), (730, "in 2 years")],
)  # fmt: skip
def test_intervals_in_words(days: int, words: str) -> None:
    assert in_days(days) == words


@pytest.mark.parametrize(
    ("ahead", "words"),
    [(0, "today"), (1, "tomorrow"), (2, "on Wednesday"), (6, "on Sunday"), (7, "on 30 November"), (60, "on 22 January 2027")],
)  # fmt: skip
def test_days_in_words(ahead: int, words: str) -> None:
    assert on_day(START.date() + timedelta(days=ahead), START.date()) == words


def test_a_week_in_words() -> None:
    assert week_of(date(2026, 11, 3)) == "3 to 9 Nov" and week_of(date(2026, 10, 28)) == "28 Oct to 3 Nov"
