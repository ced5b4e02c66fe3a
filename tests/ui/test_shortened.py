"""A button that shortens its words: whole where there is room, never wider than its place, always whole for screen readers."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import row
from desktop_app.ui.widgets.shortened import Shortened

WORDS = "Try again: The rules, and the call you make when it went wrong"


@pytest.mark.parametrize("scale", [100, 200])
def test_its_words_are_whole_where_there_is_room_and_shortened_where_not(
    qtbot: QtBot, theme: Theme, scale: int
) -> None:
    theme.apply("light", scale)
    page, button = QWidget(), Shortened(theme, WORDS, "play", kind="primary")
    page.setLayout(row(button, 1))
    qtbot.addWidget(page)
    page.resize(button.sizeHint().width(), 60)
    page.show()
    qtbot.waitUntil(lambda: button.text() == WORDS)
    page.resize(theme.px(220), 60)
    qtbot.waitUntil(lambda: button.text() != WORDS)
    assert button.text().startswith("Try again") and button.text().endswith("…")
    assert button.geometry().right() <= page.width()
    assert (button.accessibleName(), button.toolTip()) == (WORDS, WORDS)
    page.resize(button.sizeHint().width(), 60)
    qtbot.waitUntil(lambda: button.text() == WORDS)
