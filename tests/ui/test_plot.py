"""The plot: every value can be reached by keyboard and mouse, is said in words, and stands in the table."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.plot import Axes, Plot, PlotCard, Point, Series

AXES = Axes((0, 10), (0, 1), ((0, "start"), (10, "end")), ((0, "0%"), (1, "100%")), (0.9, "Goal 90%"))
LINE = Series("Expected", "line", "accent", tuple(Point(x, x / 10, f"day {x}") for x in range(11)))
DOTS = Series("Measured", "points", "info", (Point(2, 0.4, "two"), Point(9, 0.8, "nine")))
ROWS = [("one", "10%"), ("two", "20%")]


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme) -> Iterator[Plot]:
    made, holder, other = Plot(theme, "What you remember"), QWidget(), QPushButton("Something else")
    qtbot.addWidget(holder)
    box = QVBoxLayout(holder)
    box.addWidget(other)
    box.addWidget(made)
    holder.resize(520, 300)
    made.show_series((LINE, DOTS), AXES, "Ninety percent.")
    holder.show()
    holder.activateWindow()
    qtbot.waitUntil(holder.isActiveWindow)
    other.setFocus()
    yield made
    holder.close()


def words(plot: Plot) -> str:
    return plot.chosen.words if plot.chosen else ""


def press(qtbot: QtBot, plot: Plot, *keys: Qt.Key) -> str:
    for key in keys:
        qtbot.keyClick(plot, key)
    return words(plot)


def test_the_keyboard_starts_at_the_newest_value_and_reaches_every_one(plot: Plot, qtbot: QtBot) -> None:
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert words(plot) == "day 10"
    assert press(qtbot, plot, Qt.Key.Key_Left, Qt.Key.Key_Left) == "day 8"
    assert press(qtbot, plot, Qt.Key.Key_Home) == "day 0"
    assert press(qtbot, plot, Qt.Key.Key_Left) == "day 0", "and stops at the end"
    assert press(qtbot, plot, Qt.Key.Key_PageDown) == "day 7"
    assert press(qtbot, plot, Qt.Key.Key_Down) == "nine", "the other series, where it is nearest"
    assert press(qtbot, plot, Qt.Key.Key_Left) == "two"
    assert press(qtbot, plot, Qt.Key.Key_Up) == "day 2"
    assert press(qtbot, plot, Qt.Key.Key_End) == "day 10"


def test_the_mouse_finds_the_nearest_value_and_leaves_no_trace(plot: Plot, qtbot: QtBot) -> None:
    area = plot._area()
    at = plot._place(area, DOTS.points[0]).toPoint()
    qtbot.mouseMove(plot, at + QPoint(3, -2))
    qtbot.waitUntil(lambda: words(plot) == "two")
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert words(plot) == ""


def test_what_is_chosen_is_drawn(plot: Plot, qtbot: QtBot) -> None:
    before = plot.grab().toImage()
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    chosen = plot.grab().toImage()
    assert chosen != before
    press(qtbot, plot, Qt.Key.Key_Home)
    assert plot.grab().toImage() != chosen


def test_a_screen_reader_hears_what_there_is_to_see(plot: Plot) -> None:
    interface = QAccessible.queryAccessibleInterface(plot)
    assert interface.text(QAccessible.Text.Name) == "What you remember"
    assert interface.text(QAccessible.Text.Description) == "Ninety percent."


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("scale", [90, 100, 200])
@pytest.mark.parametrize("size", [(220, 130), (420, 210), (1200, 500)])
def test_it_draws_at_every_size_in_both_themes(
    plot: Plot, theme: Theme, mode: str, scale: int, size: tuple[int, int]
) -> None:
    theme.apply(mode, scale)
    plot.resize(*size)
    image = plot.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(0, image.height(), 2)}
    assert theme.tokens.accent.lower() in colors, "the line can be seen"


def test_nothing_to_draw_is_no_fault(plot: Plot, qtbot: QtBot) -> None:
    plot.show_series((Series("None", "line", "accent", ()),), AXES, "")
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    assert press(qtbot, plot, Qt.Key.Key_Left, Qt.Key.Key_Down) == ""
    plot.show_series((Series("One", "line", "accent", (Point(0, 0.5, "only"),)),), Axes((0, 0), (0, 0), (), ()), "")
    plot.grab()
    assert press(qtbot, plot, Qt.Key.Key_Left) == "only"


def test_bars_carry_their_numbers(qtbot: QtBot, theme: Theme) -> None:
    plot = Plot(theme, "Bars")
    qtbot.addWidget(plot)
    plot.resize(400, 200)
    empty = plot.grab().toImage()
    plot.show_series(
        (Series("Bars", "bars", "accent", (Point(0, 0, "none"), Point(1, 5, "five"))),), Axes((-0.6, 1.6), (0, 6), (), ()), ""
    )  # fmt: skip
    assert plot.grab().toImage() != empty


def test_the_same_as_a_table(qtbot: QtBot, theme: Theme) -> None:
    card = PlotCard(theme, "What you remember", ("Week", "Expected"))
    qtbot.addWidget(card)
    card.show_data((LINE,), AXES, ROWS, "Ninety percent.")
    card.show()
    assert card.plot.isVisible() and not card.table.isVisible()
    card.switch.click()
    assert card.table.isVisible() and card.switch.text() == "Show as plot"
    shown = [[card.table.item(line, column).text() for column in range(2)] for line in range(card.table.rowCount())]
    assert shown == [list(row) for row in ROWS]
    assert card.table.accessibleName() == "What you remember"
    assert "Ninety percent." in [label.text() for label in card.findChildren(QLabel)]
    card.switch.click()
    assert card.plot.isVisible()


def test_without_rows_there_is_no_table_to_switch_to(qtbot: QtBot, theme: Theme) -> None:
    card = PlotCard(theme, "What you remember", ("Week", "Expected"))
    qtbot.addWidget(card)
    card.show_data((LINE,), AXES, ROWS, "")
    card.show()
    card.switch.click()
    card.show_data((), AXES, (), "Nothing yet.")
    assert card.switch.isHidden() and card.plot.isVisible()
