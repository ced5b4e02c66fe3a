"""The end of a lesson: its buttons are whole at every width, and what is pressed next stands alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.ui.pages.learn.lesson_end import LessonEnd
from desktop_app.ui.pages.learn.model import LearnModel, ReaderState
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Button


@pytest.fixture
def state(services: Services) -> ReaderState:
    services.locations.make_profile()
    model = LearnModel(services)
    model.open("is-it-worth-it")
    following = ("sales-enquiry-to-offer", "From enquiry to offer, before noon")
    return replace(
        model.reader, finished=True, score=0.92, passed=True, next_lesson=following, path_passed=True
    )  # fmt: skip


@pytest.mark.parametrize(("width", "scale"), [(660, 100), (420, 100), (660, 200)])
def test_no_button_is_cut_off(qtbot: QtBot, theme: Theme, state: ReaderState, width: int, scale: int) -> None:
    theme.apply("light", scale)
    end = LessonEnd(theme, state)
    qtbot.addWidget(end)
    end.resize(width, 900)
    end.show()
    assert end.minimumSizeHint().width() <= width
    onward, award, leave = end.findChildren(Button)
    qtbot.waitUntil(lambda: award.isVisible() and award.y() >= 0 and award.width() >= award.sizeHint().width())
    assert end.first is onward and onward.text().startswith("Next: From enq")
    assert leave.width() >= leave.sizeHint().width()
    tops = [one.mapTo(end, one.rect().topLeft()).y() for one in (onward, award, leave)]
    assert tops[0] < tops[1] <= tops[2]


def test_two_buttons_share_a_line(qtbot: QtBot, theme: Theme, state: ReaderState) -> None:
    end = LessonEnd(theme, replace(state, passed=False, path_passed=False, next_lesson=None))
    qtbot.addWidget(end)
    end.resize(660, 600)
    end.show()
    retry, leave = end.findChildren(Button)
    qtbot.waitUntil(lambda: leave.x() > retry.x())
    assert (end.first, retry.text(), leave.y()) == (retry, "Answer again", retry.y())
