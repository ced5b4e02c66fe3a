"""A month to pick a day from, in the theme's colours and sizes, below the field that asked for it."""

from __future__ import annotations

from PySide6.QtCore import QDate, QLocale, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QToolButton, QVBoxLayout, QWidget

from desktop_app.ui.theme import ICON_PX, Theme


class CalendarPopup(QFrame):
    """Arrow keys go from day to day, Page Up and Down from month to month, Enter picks, Esc closes. Signals: picked(QDate)."""

    picked = Signal(QDate)

    def __init__(self, theme: Theme, name: str, day: QDate, anchor: QWidget) -> None:
        super().__init__(anchor, Qt.WindowType.Popup)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.calendar = calendar = QCalendarWidget()
        calendar.setAccessibleName(name)
        calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        calendar.setFirstDayOfWeek(QLocale.system().firstDayOfWeek())
        calendar.setSelectedDate(day)
        _colour(theme, calendar)
        calendar.setMinimumSize(theme.px(320), theme.px(270))
        calendar.activated.connect(self._on_picked)
        calendar.clicked.connect(self._on_picked)
        box = QVBoxLayout(self)
        box.setContentsMargins(8, 8, 8, 8)
        box.addWidget(calendar)
        self.adjustSize()
        self.move(_place(anchor, self.size()))
        self.show()
        calendar.setFocus()

    def _on_picked(self, day: QDate) -> None:
        self.picked.emit(day)
        self.close()


def _colour(theme: Theme, calendar: QCalendarWidget) -> None:
    """Qt paints Saturdays and Sundays red and gives its buttons icons of its own."""
    head = QTextCharFormat()
    head.setForeground(QColor(theme.tokens.muted))
    head.setBackground(QColor(theme.tokens.surface))
    for day in Qt.DayOfWeek:
        calendar.setWeekdayTextFormat(day, QTextCharFormat())
    calendar.setHeaderTextFormat(head)
    size = QSize(theme.px(ICON_PX), theme.px(ICON_PX))
    for name, icon, words in (
        ("qt_calendar_prevmonth", "chevron-left", "Month before"),
        ("qt_calendar_nextmonth", "chevron-right", "Next month"),
    ):
        button = calendar.findChild(QToolButton, name)
        if button is not None:
            button.setIcon(theme.icon(icon))
            button.setIconSize(size)
            button.setAccessibleName(words)
            button.setToolTip(words)


def _place(anchor: QWidget, size: QSize) -> QPoint:
    """Below the anchor, or wherever the screen has room."""
    below = anchor.mapToGlobal(QPoint(0, anchor.height() + 4))
    room = anchor.screen().availableGeometry()
    return QPoint(
        max(room.left(), min(below.x(), room.right() - size.width())),
        max(room.top(), min(below.y(), room.bottom() - size.height())),
    )
