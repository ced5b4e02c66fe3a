"""Names of months and days of the week, English and German, by their case-folded word."""

from __future__ import annotations

_MONTHS = (
    "january jan januar jänner", "february feb februar", "march mar märz mrz", "april apr", "may mai", "june jun juni",
    "july jul juli", "august aug", "september sep sept", "october oct oktober okt", "november nov", "december dec dezember dez",
)  # fmt: skip
_DAYS = (
    "monday mon montag mondays montags", "tuesday tue tues dienstag tuesdays dienstags", "wednesday wed mittwoch wednesdays mittwochs",
    "thursday thu thurs donnerstag thursdays donnerstags", "friday fri freitag fridays freitags",
    "saturday sat samstag sonnabend saturdays samstags", "sunday sun sonntag sundays sonntags",
)  # fmt: skip

MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
WEEKDAYS = {word: number for number, words in enumerate(_DAYS, 1) for word in words.split()}
