"""Two plots of spaced review, as Review and Progress show them: what is remembered, and what the coming days bring."""

from __future__ import annotations

from datetime import date, timedelta

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from desktop_app.lessons.retention import DAYS, DayRecall, Retention, WeekRecall
from desktop_app.lessons.schedule import RETENTION
from desktop_app.ui.pages.review.model import RetentionModel, RetentionState
from desktop_app.ui.pages.review.words import counted, full_day, on_day, week_of
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import row
from desktop_app.ui.widgets.plot import Axes, PlotCard, Point, Series

_SIDE_BY_SIDE_PX = 760


class RetentionPlot(QWidget):
    """Expected and measured recall over the last 90 days, and what is due in the next 14."""

    def __init__(self, theme: Theme, model: RetentionModel) -> None:
        super().__init__()
        self.setObjectName("clear")
        self._theme, self._model = theme, model
        self.recall = PlotCard(
            theme, f"What you remember, last {DAYS} days", ("Week", "Expected", "Remembered", "Reviews")
        )
        self.forecast = PlotCard(theme, "The next 14 days", ("Day", "Questions"))
        self._line = row(spacing=16)
        self._line.addWidget(self.recall, 3)
        self._line.addWidget(self.forecast, 2)
        self.setLayout(self._line)
        model.changed.connect(self._render)
        self._render(model.state)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """One below the other where there is no room for both."""
        super().resizeEvent(event)
        narrow = self.width() < self._theme.px(_SIDE_BY_SIDE_PX)
        self._line.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def _render(self, state: RetentionState) -> None:
        self._show_recall(state.retention)
        self._show_forecast(state.forecast)

    def _show_recall(self, found: Retention) -> None:
        if not found.days:
            self._show_example(found)
            return
        first = found.today - timedelta(days=DAYS - 1)
        expected = Series("Expected", "line", "accent", tuple(_day_point(first, one) for one in found.days))
        measured = Series(
            "Remembered, by week", "points", "info", tuple(_week_point(first, one) for one in found.weeks)
        )
        lowest = min([one.recall for one in found.days] + [one.share for one in found.weeks])
        floor = 0.5 if lowest >= 0.5 else 0.0
        steps = _UPPER_HALF if floor else (0.0, 0.25, 0.5, 0.75, 1.0)
        axes = Axes(
            (0, DAYS - 1), (floor, 1.0),
            tuple((ahead, _short_day(_later(first, ahead)) if ahead < DAYS - 1 else "Today") for ahead in (0, 29, 59, DAYS - 1)),
            tuple((step, f"{step:.0%}") for step in steps), (RETENTION, f"Goal {RETENTION:.0%}"),
        )  # fmt: skip
        self.recall.show_data((expected, measured), axes, _rows(found), _recall_summary(found))

    def _show_example(self, found: Retention) -> None:
        """What the curve of one question looks like, before there are any of the person's own."""
        points = tuple(
            Point(number, one.recall, f"Example, day {number + 1}: {one.recall:.0%}")
            for number, one in enumerate(found.example)
        )
        axes = Axes(
            (0, DAYS - 1), (0.5, 1.0), ((0, "First day"), (29, "Day 30"), (59, "Day 60"), (DAYS - 1, "Day 90")),
            tuple((step, f"{step:.0%}") for step in _UPPER_HALF), (RETENTION, f"Goal {RETENTION:.0%}"),
        )  # fmt: skip
        self.recall.show_data((Series("Example: one question", "line", "edge", points),), axes, (), _NOTHING_YET)

    def _show_forecast(self, forecast: tuple[tuple[date, int], ...]) -> None:
        total = sum(count for _, count in forecast)
        if not forecast or not total:
            self.forecast.show_data((), Axes((0, 1), (0, 1), (), ()), (), "Nothing is planned for these days.")
            return
        today = forecast[0][0]
        points = tuple(
            Point(number, count, f"{_day_name(day, today)}: {counted(count, 'question')}")
            for number, (day, count) in enumerate(forecast)
        )
        step = max(1, -(-max(count for _, count in forecast) // 4))
        axes = Axes(
            (-0.6, len(forecast) - 0.4), (0, 4 * step + step * 0.4),
            tuple((number, "Today" if not number else f"{day:%a}") for number, (day, _) in enumerate(forecast)),
            tuple((tick * step, f"{tick * step}") for tick in range(5)),
        )  # fmt: skip
        rows = [(_day_name(day, today), f"{count}") for day, count in forecast]
        most_day, most = max(forecast, key=lambda one: one[1])
        words = f"{counted(total, 'question')} in two weeks, most {on_day(most_day, today)}: {most}."
        self.forecast.show_data((Series("Questions", "bars", "accent", points),), axes, rows, words)


_UPPER_HALF = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
_NOTHING_YET = (
    "Your own curve starts with your first question. Until then an example: what is known fades, a review in time brings it "
    "back, and each time it fades more slowly."
)


def _later(first: date, days: int) -> date:
    return first + timedelta(days=days)


def _short_day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _day_name(day: date, today: date) -> str:
    return "Today" if day == today else f"{day:%A}, {_short_day(day)}"


def _day_point(first: date, one: DayRecall) -> Point:
    words = f"{full_day(one.day)}: expected recall {one.recall:.0%}, over {counted(one.cards, 'question')}"
    return Point((one.day - first).days, one.recall, words)


def _week_point(first: date, one: WeekRecall) -> Point:
    words = f"{week_of(one.start)}: {one.remembered} of {counted(one.reviews, 'review')} remembered ({one.share:.0%})"
    return Point(max(0, (one.start - first).days + 3), one.share, words)


def _rows(found: Retention) -> list[tuple[str, ...]]:
    """A row for each week that had cards, newest first: recall expected at its end, and what reviews showed."""
    weeks = {week.start: week for week in found.weeks}
    rows = []
    for number, day in enumerate(reversed(found.days)):
        if number % 7:
            continue
        start = day.day - timedelta(days=6)
        week = weeks.get(start)
        measured = (f"{week.share:.0%}", f"{week.remembered} of {week.reviews}") if week else ("–", "0")
        rows.append((week_of(start), f"{day.recall:.0%}", *measured))
    return rows


def _recall_summary(found: Retention) -> str:
    now = f"You can be expected to remember {found.days[-1].recall:.0%} of {counted(found.days[-1].cards, 'question')} today."
    reviews = sum(week.reviews for week in found.weeks)
    if not reviews:
        return f"{now} What you do remember shows after your first reviews."
    share = sum(week.remembered for week in found.weeks) / reviews
    return f"{now} In {counted(reviews, 'review')} you remembered {share:.0%}."
