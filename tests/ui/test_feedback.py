"""Feedback after a use: the goal alone is enough, more can be said, sending can be undone, and a failure is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.errors import StoreError
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.records.usage import REASONS
from desktop_app.services import Services
from desktop_app.ui.feedback_model import FeedbackModel
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.feedback_card import FeedbackCard


@pytest.fixture
def version(services: Services) -> PromptVersion:
    return services.prompts.resolve("offer-facts")


@pytest.fixture
def card(qtbot: QtBot, services: Services, theme: Theme) -> Iterator[FeedbackCard]:
    page = QWidget()
    made = FeedbackCard(theme, FeedbackModel(lambda: services.learner), InlineJobs())
    QVBoxLayout(page).addWidget(made)
    qtbot.addWidget(page)
    page.show()
    yield made  # the page stays alive meanwhile
    page.close()


def test_nothing_is_asked_before_a_use(card: FeedbackCard, version: PromptVersion) -> None:
    assert not card.isVisible()
    card._model.ask(version)
    assert card.isVisible() and not card._details.isVisible()
    card._model.ask(None)
    assert not card.isVisible()


def test_one_click_and_send_is_enough(card: FeedbackCard, version: PromptVersion, services: Services) -> None:
    card._model.ask(version)
    card.goals["yes"].click()
    assert card._details.isVisible() and not card.reason.isVisible(), "nothing was off"
    card.save.click()
    [said] = services.learner.usage.feedback("offer-facts")
    assert (said.version, said.content_hash, said.goal_met) == (version.version, version.content_hash, "yes")
    assert (said.rating, said.reason, said.minutes_saved, said.comment) == (None, "", None, "")


def test_everything_that_is_said_is_kept_and_can_be_undone(
    card: FeedbackCard, version: PromptVersion, services: Services
) -> None:
    card._model.ask(version)
    card.goals["partly"].click()
    card.stars[3].click()
    card.reason.setCurrentIndex(card.reason.findData("missing"))
    card.reason.activated.emit(card.reason.currentIndex())
    card.minutes.setValue(-5)
    card.comment.set_text("The date was missing.")
    assert [star.isChecked() for star in card.stars] == [True] * 4 + [False]
    card.save.click()
    [said] = services.learner.usage.feedback()
    assert (said.goal_met, said.rating, said.reason, said.minutes_saved) == ("partly", 4, "missing", -5)
    assert said.comment == "The date was missing." and not card._details.isVisible()
    card.goals["no"].click()
    card.save.click()
    assert len(services.learner.usage.feedback()) == 1, "sent once"
    card._done.button.click()
    assert services.learner.usage.feedback() == ()
    assert card._details.isVisible() and card.comment.text == "The date was missing.", "to be corrected"


def test_the_reasons_are_those_the_curators_see(card: FeedbackCard) -> None:
    assert {card.reason.itemData(at): card.reason.itemText(at) for at in range(1, card.reason.count())} == REASONS


def test_a_full_disk_is_told_and_what_was_said_stays(
    card: FeedbackCard, version: PromptVersion, monkeypatch: pytest.MonkeyPatch, services: Services
) -> None:
    def full(_: object) -> None:
        raise StoreError("The disk is full. Free space, then send again.")

    card._model.ask(version)
    card.goals["no"].click()
    monkeypatch.setattr(services.learner.usage, "save_feedback", full)
    card.save.click()
    assert "disk is full" in card._problem.text and card.goals["no"].isChecked() and card.save.isVisible()


def test_practice_asks_for_more_once_an_answer_of_a_library_prompt_was_judged(window: MainWindow, qtbot: QtBot) -> None:
    """Would you send it? is asked already; the goal is not asked a second time."""
    window.open_prompt("offer-facts")
    window.library_model.use.use_example()
    window.library.detail.practise()
    model = window.practice_model
    model.set_max_tokens(16)
    model.run()
    qtbot.waitUntil(lambda: model.state.phase == "done", timeout=60_000)
    assert window.ask.feedback.isHidden()
    model.judge("after a fix")
    card = window.ask.feedback
    assert card.isVisible() and not card._ask.isVisible() and card.reason.isVisible()
    card.save.click()
    [said] = window.services.learner.usage.feedback("offer-facts")
    assert said.goal_met == "partly"
    model.use_free()
    assert card.isHidden()


def test_the_library_asks_once_somebody_is_back_from_where_they_pasted(window: MainWindow, qtbot: QtBot) -> None:
    """Right after copying nobody can say how it went."""
    window.open_prompt("shorten-notice")
    model, card = window.library_model, window.library.detail.use.feedback
    model.use.use_example()
    with qtbot.waitSignal(model.use.left_app):
        model.use.copy()
    assert card.isHidden()
    window.library._on_application_state_changed(Qt.ApplicationState.ApplicationActive)
    assert card.isVisible() and "You copied it" in card._question.text()
    window.open_prompt("offer-facts")
    assert card.isHidden()
    window.open_prompt("shorten-notice")
    card.goals["partly"].click()
    window.library._on_application_state_changed(Qt.ApplicationState.ApplicationActive)
    assert card.goals["partly"].isChecked(), "an answer that is being given stays"
    card.save.click()
    window.open_prompt("offer-facts")
    window.open_prompt("shorten-notice")
    assert card.isHidden(), "said already"


def test_not_now_is_respected(window: MainWindow) -> None:
    window.services.learner.usage.add_use("offer-facts", 1, "ab" * 32, "copied")
    window.open_prompt("offer-facts")
    card = window.library.detail.use.feedback
    assert card.isVisible()
    card._later.click()
    assert card.isHidden()
    window.open_prompt("shorten-notice")
    window.open_prompt("offer-facts")
    assert card.isHidden()
