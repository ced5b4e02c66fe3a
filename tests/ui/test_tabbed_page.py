"""A page of tabs: on a low page at large text the title gives its height to what is on the tab."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import chip
from desktop_app.ui.widgets.tabbed_page import TabbedPage


@pytest.mark.parametrize(("scale", "height", "is_there"), [(100, 600, True), (200, 600, False), (200, 800, True)])
def test_the_title_gives_way_on_a_low_page(qtbot: QtBot, theme: Theme, scale: int, height: int, is_there: bool) -> None:
    theme.apply("light", scale)
    note = chip("A note")
    page = TabbedPage("Practice", {"ask": "Ask"}, {"ask": lambda: QLabel("Here one asks")}, note)
    qtbot.addWidget(page)
    page.resize(764, height)
    page.show()
    qtbot.waitUntil(lambda: page._title.isVisible() is is_there)
    assert note.isVisible() is is_there and page.tabs.isVisible()
    page.resize(764, 1000)
    assert page._title.isVisible() and note.isVisible()
