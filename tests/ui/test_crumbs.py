"""Where one is, on one line: shortened with "…" and whole in the tooltip where there is no room."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.crumbs import Crumbs

PLACE = "Sales  ›  Capstone: an hour with Fjellhytte Lodges"


def test_a_place_is_shortened_where_it_does_not_fit_and_whole_where_it_does(qtbot: QtBot, theme: Theme) -> None:
    crumbs = Crumbs()
    qtbot.addWidget(crumbs)
    crumbs.resize(140, 24)
    crumbs.show()
    crumbs.say(PLACE)
    assert crumbs.text().startswith("Sales  ›") and crumbs.text().endswith("…")
    assert (crumbs.toolTip(), crumbs.accessibleName()) == (PLACE, PLACE)
    crumbs.resize(600, 24)
    qtbot.waitUntil(lambda: crumbs.text() == PLACE)
    assert crumbs.toolTip() == ""
    theme.apply("light", 200)
    crumbs.resize(601, 24)
    qtbot.waitUntil(lambda: crumbs.text() != PLACE)
