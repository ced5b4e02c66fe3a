"""Two things at the ends of a line: they stack before the first has to wrap, and stand side by side again."""

from __future__ import annotations

from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.apart import Apart
from desktop_app.ui.widgets.basic import label


def test_they_stack_where_there_is_no_room_for_both(qtbot: QtBot, theme: Theme) -> None:
    first, second = label("A title of several words", wrap=True), label("4 lessons")
    apart = Apart(first, second)
    qtbot.addWidget(apart)
    apart.show()
    both = first.fontMetrics().horizontalAdvance(first.text()) + second.sizeHint().width() + 12
    for width, is_stacked in ((both + 20, False), (both - 20, True), (both + 20, False)):
        apart.resize(QSize(width, 100))
        qtbot.waitUntil(lambda wanted=is_stacked: (second.x() == 0) is wanted)  # type: ignore[misc]
        assert apart.is_stacked is is_stacked
        assert second.geometry().right() < width


def test_what_is_hidden_takes_no_place(qtbot: QtBot, theme: Theme) -> None:
    first, second = label("A title of several words"), label("4 lessons")
    apart = Apart(first, second)
    qtbot.addWidget(apart)
    second.hide()
    apart.resize(first.sizeHint().width() + 4, 100)
    apart.show()
    assert not apart.is_stacked
    second.show()
    apart.fit()
    assert apart.is_stacked
