"""A small plot in the theme's tokens: lines, points and bars, explored by mouse or keys, and the same as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.ui.theme import Restyler, Theme
from desktop_app.ui.widgets.basic import Button, Card, label, row

_HEIGHT_PX = 210
_MIN_WIDTH_PX = 220
_NEAR_PX = 28
_PAGE = 7  # points that Page Up and Page Down go by


@dataclass(frozen=True, slots=True)
class Point:
    """A value; words says it as a sentence, for the tooltip and for screen readers."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Series:
    """Points from left to right, and how they are drawn; color names a token. A line is broken where x leaves out a step."""

    name: str
    kind: Literal["line", "points", "bars"]
    color: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Axes:
    """What the axes span, and their labels as pairs of value and text; goal is a dashed line with its own text."""

    x: tuple[float, float]
    y: tuple[float, float]
    x_ticks: tuple[tuple[float, str], ...]
    y_ticks: tuple[tuple[float, str], ...]
    goal: tuple[float, str] | None = None  # named in the legend


_NO_AXES = Axes((0, 1), (0, 1), (), ())


class Plot(QWidget):
    """Draws series. Left and right go from point to point, up and down between series; the mouse finds the nearest."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme, self._name = theme, name
        self._series: tuple[Series, ...] = ()
        self._axes = _NO_AXES
        self._chosen: tuple[int, int] | None = None  # series and point
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_series(self, series: Sequence[Series], axes: Axes, summary: str) -> None:
        """Draw series over axes; summary says in words what there is to see."""
        self._series, self._axes, self._chosen = tuple(one for one in series if one.points), axes, None
        self.setAccessibleDescription(summary)
        self.update()

    @property
    def chosen(self) -> Point | None:
        """The point whose value is shown."""
        return self._series[self._chosen[0]].points[self._chosen[1]] if self._chosen else None

    def sizeHint(self) -> QSize:
        """Room that grows with the text."""
        return QSize(self._theme.px(420), self._theme.px(_HEIGHT_PX))

    def minimumSizeHint(self) -> QSize:
        """The least that can be read."""
        return QSize(self._theme.px(_MIN_WIDTH_PX), self._theme.px(_HEIGHT_PX))

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()

    # -- exploring ---------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from point to point."""
        keys = Qt.Key
        series, number = self._chosen or (0, -1)
        steps = {keys.Key_Left: -1, keys.Key_Right: 1, keys.Key_PageUp: -_PAGE, keys.Key_PageDown: _PAGE}
        key = Qt.Key(event.key())
        if not self._series or key not in {*steps, keys.Key_Up, keys.Key_Down, keys.Key_Home, keys.Key_End}:
            super().keyPressEvent(event)
        elif key in (keys.Key_Up, keys.Key_Down):
            self._go_to_series((series + (1 if key == keys.Key_Down else -1)) % len(self._series))
        else:
            last = len(self._series[series].points) - 1
            wanted = {keys.Key_Home: 0, keys.Key_End: last}.get(key, number + steps.get(key, 0))
            self._choose((series, min(last, max(0, wanted))))

    def _go_to_series(self, series: int) -> None:
        """Choose the point of another series that is nearest to the present one."""
        x = self.chosen.x if self.chosen else self._axes.x[1]
        points = self._series[series].points
        self._choose((series, min(range(len(points)), key=lambda number: abs(points[number].x - x))))

    def _choose(self, chosen: tuple[int, int] | None) -> None:
        if chosen == self._chosen:
            return
        self._chosen = chosen
        self.update()
        if self.chosen and self.hasFocus():
            words = self.chosen.words
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the newest value, where exploring starts."""
        super().focusInEvent(event)
        if self._series and self._chosen is None and event.reason() != Qt.FocusReason.MouseFocusReason:
            self._choose((0, len(self._series[0].points) - 1))
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show no value any more."""
        super().focusOutEvent(event)
        self._choose(None)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the nearest point's value."""
        at, area = event.position(), self._area()
        near = [
            (abs(place.x() - at.x()) + 0.3 * abs(place.y() - at.y()), series, number)
            for series, one in enumerate(self._series)
            for number, place in enumerate(self._place(area, point) for point in one.points)
            if abs(place.x() - at.x()) <= self._theme.px(_NEAR_PX)
        ]
        self._choose(min(near)[1:] if near else None)

    def leaveEvent(self, event: QEvent) -> None:
        """Show no value any more, unless the keyboard is here."""
        super().leaveEvent(event)
        if not self.hasFocus():
            self._choose(None)

    # -- drawing -----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, series, the chosen value and the focus ring."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font("small"))
        area = self._area()
        self._draw_axes(painter, area)
        self._draw_legend(painter)
        for one in self._series:
            {"line": self._draw_line, "points": self._draw_points, "bars": self._draw_bars}[one.kind](
                painter, area, one
            )
        if self._chosen:
            self._draw_chosen(painter, area)
        if self.hasFocus():
            painter.setPen(QPen(self._color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()

    def _metrics(self) -> QFontMetricsF:
        return QFontMetricsF(self._theme.font("small"))

    def _color(self, token: str) -> QColor:
        return QColor(getattr(self._theme.tokens, token))

    def _area(self) -> QRectF:
        """Where the series are drawn: what labels and legend leave."""
        metrics, px = self._metrics(), self._theme.px
        left = max((metrics.horizontalAdvance(text) for _, text in self._axes.y_ticks), default=0.0) + px(14)
        rows = self._legend_rows()
        top = (rows[-1][3] + 1) * metrics.height() + px(18) if rows else px(14)
        return QRectF(self.rect()).adjusted(left, top, -px(14), -metrics.height() - px(14))

    def _place(self, area: QRectF, point: Point) -> QPointF:
        return QPointF(self._x(area, point.x), self._y(area, point.y))

    def _x(self, area: QRectF, value: float) -> float:
        low, high = self._axes.x
        return area.left() + area.width() * (value - low) / ((high - low) or 1)

    def _y(self, area: QRectF, value: float) -> float:
        low, high = self._axes.y
        return area.bottom() - area.height() * (value - low) / ((high - low) or 1)

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        metrics, px = self._metrics(), self._theme.px
        for value, text in self._axes.y_ticks:
            y = self._y(area, value)
            painter.setPen(QPen(self._color("hairline"), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._color("muted"))
            box = QRectF(0, y - metrics.height() / 2, area.left() - px(8), metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        free = -1.0
        for value, text in self._axes.x_ticks:
            width = metrics.horizontalAdvance(text)
            left = min(max(self._x(area, value) - width / 2, 2.0), self.width() - width - 2)
            if left < free:
                continue  # it would run into the label before
            painter.drawText(QPointF(left, area.bottom() + px(8) + metrics.ascent()), text)
            free = left + width + px(10)
        if self._axes.goal:
            y = self._y(area, self._axes.goal[0])
            painter.setPen(QPen(self._color("edge"), 1, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))

    def _legend_rows(self) -> list[tuple[Series | None, str, float, int]]:
        """What the legend explains: a series or None for the goal, its name, where it starts, and its row from 0."""
        named: list[tuple[Series | None, str]] = [(one, one.name) for one in self._series]
        if self._axes.goal and named:
            named.append((None, self._axes.goal[1]))
        metrics, px = self._metrics(), self._theme.px
        placed: list[tuple[Series | None, str, float, int]] = []
        x, line = float(px(8)), 0
        for one, name in named if len(named) > 1 else ():
            width = px(26) + metrics.horizontalAdvance(name) + px(18)
            if placed and x + width > self.width():
                x, line = float(px(8)), line + 1
            placed.append((one, name, x, line))
            x += width
        return placed

    def _draw_legend(self, painter: QPainter) -> None:
        metrics, px = self._metrics(), self._theme.px
        for one, name, x, line in self._legend_rows():
            middle = px(8) + metrics.height() * (line + 0.5)
            if one is None:
                painter.setPen(QPen(self._color("edge"), 1, Qt.PenStyle.DashLine))
            else:
                painter.setPen(QPen(self._color(one.color), px(2)))
            if one is None or one.kind == "line":
                painter.drawLine(QPointF(x, middle), QPointF(x + px(18), middle))
            else:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._color(one.color))
                self._draw_marker(painter, one, QPointF(x + px(9), middle), px(4.5))
            painter.setPen(self._color("text"))
            painter.drawText(QPointF(x + px(26), middle - metrics.height() / 2 + metrics.ascent()), name)

    def _draw_marker(self, painter: QPainter, one: Series, at: QPointF, size: float) -> None:
        if one.kind == "points":  # a diamond, so that it differs from a line's points without colour
            path = QPainterPath(QPointF(at.x(), at.y() - size * 1.25))
            for x, y in ((1, 0), (0, 1), (-1, 0)):
                path.lineTo(QPointF(at.x() + x * size * 1.25, at.y() + y * size * 1.25))
            path.closeSubpath()
            painter.drawPath(path)
        else:
            painter.drawEllipse(at, size, size)

    def _draw_line(self, painter: QPainter, area: QRectF, one: Series) -> None:
        path = QPainterPath(self._place(area, one.points[0]))
        for before, point in zip(one.points, one.points[1:], strict=False):
            place = self._place(area, point)
            if point.x - before.x > 1.5:
                path.moveTo(place)
            else:
                path.lineTo(place)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(self._color(one.color), self._theme.px(2))
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPath(path)
        if len(one.points) == 1:
            painter.setBrush(self._color(one.color))
            self._draw_marker(painter, one, path.currentPosition(), self._theme.px(3))

    def _draw_points(self, painter: QPainter, area: QRectF, one: Series) -> None:
        painter.setPen(QPen(self._color("surface"), self._theme.px(1.5)))
        painter.setBrush(self._color(one.color))
        for point in one.points:
            self._draw_marker(painter, one, self._place(area, point), self._theme.px(5))

    def _draw_bars(self, painter: QPainter, area: QRectF, one: Series) -> None:
        metrics, width = self._metrics(), self._bar_width(area)
        for point in one.points:
            if not point.y:
                continue
            place = self._place(area, point)
            bar = QRectF(place.x() - width / 2, place.y(), width, max(2.0, area.bottom() - place.y()))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._color(one.color))
            painter.drawRoundedRect(bar, 3, 3)
            text = f"{point.y:,.0f}"
            if metrics.horizontalAdvance(text) <= width + self._theme.px(8):
                painter.setPen(self._color("muted"))
                box = QRectF(place.x() - width, place.y() - metrics.height() - 1, 2 * width, metrics.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)

    def _bar_width(self, area: QRectF) -> float:
        low, high = self._axes.x
        return min(float(self._theme.px(26)), 0.66 * area.width() / ((high - low) or 1))

    def _draw_chosen(self, painter: QPainter, area: QRectF) -> None:
        point = self.chosen
        assert point is not None and self._chosen is not None
        metrics, px, place = self._metrics(), self._theme.px, self._place(area, point)
        one = self._series[self._chosen[0]]
        painter.setPen(QPen(self._color("edge"), 1, Qt.PenStyle.DotLine))
        painter.drawLine(QPointF(place.x(), area.top()), QPointF(place.x(), area.bottom()))
        painter.setPen(QPen(self._color("text"), px(2)))
        painter.setBrush(self._color("surface"))
        self._draw_marker(painter, one, place, px(5.5))
        wide = min(self.width() - px(8.0), px(260))
        bound = metrics.boundingRect(QRectF(0, 0, wide - px(20), 10_000), Qt.TextFlag.TextWordWrap, point.words)
        box = QRectF(0, 0, bound.width() + px(20) + 1, bound.height() + px(12))
        left = place.x() + px(12)
        if left + box.width() > self.width() - 4:
            left = place.x() - px(12) - box.width()
        box.moveTo(
            min(max(left, 4.0), self.width() - box.width() - 4),
            min(max(place.y() - box.height() - px(8), 4.0), self.height() - box.height() - 4),
        )
        painter.setPen(QPen(self._color("edge"), 1))
        painter.setBrush(self._color("surface"))
        painter.drawRoundedRect(box, 6, 6)
        painter.setPen(self._color("text"))
        inside = box.adjusted(px(10), px(6), -px(9), -px(6))
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap, point.words)


class PlotCard(Card):
    """A plot below its title, with a switch that shows the same as a table."""

    def __init__(self, theme: Theme, title: str, columns: Sequence[str]) -> None:
        super().__init__(margin=16, spacing=8)
        self._theme = theme
        self.plot = Plot(theme, title)
        self.table = QTableWidget(0, len(columns))
        self._summary = label("", "muted", wrap=True)
        self.switch = Button(theme, "Show as table", "table", kind="quiet")
        self.switch.setCheckable(True)
        self.switch.setAccessibleName(f"Show as table: {title}")
        self.switch.toggled.connect(self._on_toggled)
        self._prepare_table(title, columns)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.plot)
        self._stack.addWidget(self.table)
        words = label(title, "strong", wrap=True)
        self.box.addLayout(row(words, self.switch))
        self.box.addWidget(self._summary)
        self.box.addWidget(self._stack, 1)

    def show_data(
        self, series: Sequence[Series], axes: Axes, rows: Sequence[Sequence[str]], summary: str, *, table: str = ""
    ) -> None:
        """Draw series, and fill the table with rows; summary stands above both, table says what its rows are."""
        self._summary.setText(summary)
        self.plot.show_series(series, axes, f"{summary} Arrow keys go through the values.")
        self.table.setAccessibleDescription(table or summary)
        self.switch.setVisible(bool(rows))
        if not rows:
            self.switch.setChecked(False)
        self.table.setRowCount(len(rows))
        for line, cells in enumerate(rows):
            for number, text in enumerate(cells):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(line, number, item)

    def _prepare_table(self, title: str, columns: Sequence[str]) -> None:
        table = self.table
        table.setAccessibleName(title)
        table.setHorizontalHeaderLabels(list(columns))
        table.verticalHeader().hide()
        table.setShowGrid(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setTabKeyNavigation(False)  # Tab leaves the table, arrows move in it
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        table.setWordWrap(False)
        for number in range(len(columns)):
            mode = QHeaderView.ResizeMode.ResizeToContents if number else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(number, mode)
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            table.horizontalHeaderItem(number).setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        Restyler(self._theme, table, self._restyle_table)

    def _restyle_table(self) -> None:
        t, px = self._theme.tokens, self._theme.px
        self.table.verticalHeader().setDefaultSectionSize(px(30))
        self.table.setStyleSheet(
            f"QHeaderView::section {{ background: {t.surface}; color: {t.muted}; border: 0; "
            f"border-bottom: 1px solid {t.hairline}; padding: {px(4)}px {px(8)}px; font-weight: 600; }}"
            f"QTableView {{ selection-background-color: {t.accent_soft}; selection-color: {t.text}; }}"
            f"QTableView::item {{ padding: 0 {px(8)}px; }}"
        )

    def _on_toggled(self, as_table: bool) -> None:
        self.switch.setText("Show as plot" if as_table else "Show as table")
        self.switch.set_icon("chart-line" if as_table else "table")
        self.switch.setAccessibleName(f"{self.switch.text()}: {self.plot.accessibleName()}")
        self._stack.setCurrentWidget(self.table if as_table else self.plot)
