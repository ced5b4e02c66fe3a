"""How days are said on the review page."""

from __future__ import annotations

from datetime import date, timedelta


def in_days(days: int) -> str:
    """When something comes: "tomorrow", "in 3 days", "in 5 weeks", "in 4 months"."""
    if days <= 0:
        return "today"
    if days == 1:
        return "tomorrow"
    for size, name, most in ((1, "day", 20), (7, "week", 80), (30.44, "month", 700), (365.25, "year", 10**6)):
        if days <= most:
            count = round(days / size)
            return f"in {count} {name}{'' if count == 1 else 's'}"
    return "later"


def on_day(day: date, today: date) -> str:
    """A day as people say it: "today", "tomorrow", "on Tuesday", "on 3 March", with the year where it is another."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    if 1 < ahead < 7:
        return f"on {day:%A}"
    return f"on {full_day(day) if day.year != today.year else f'{day.day} {day:%B}'}"


def full_day(day: date) -> str:
    """The full date, for tooltips: "3 March 2027"."""
    return f"{day.day} {day:%B %Y}"


def counted(count: int, noun: str) -> str:
    """The number with its noun: "1 question", "4 questions"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def week_of(start: date) -> str:
    """Seven days from start on, such as "3 to 9 Nov"."""
    end = start + timedelta(days=6)
    first = f"{start.day}" if start.month == end.month else f"{start.day} {start:%b}"
    return f"{first} to {end.day} {end:%b}"
