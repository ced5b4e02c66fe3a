"""Checked access to the fields of a YAML mapping; every fault becomes a problem with its line."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from desktop_app.lessons.problem import Problems
from desktop_app.storage.yaml_text import KeyPath, Place

ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
ID_SAYS = "lower-case letters, digits and hyphens, at most 40 characters"


class Codes(NamedTuple):
    """The codes under which one format reports its fields."""

    missing: str
    wrong: str
    unknown: str


class Fields:
    """One mapping of a file. Each method returns the checked value, or the default after noting what is wrong."""

    def __init__(
        self, value: Any, lines: Mapping[KeyPath, Place], problems: Problems, codes: Codes, at: KeyPath = ()
    ) -> None:
        self._lines, self._problems, self._codes, self._at = lines, problems, codes, at
        self._known: list[str] = []
        self.values: Mapping[str, Any] = value if isinstance(value, dict) else {}
        self._is_mapping = isinstance(value, dict)
        if not self._is_mapping:
            self.wrong(f"{self._name()} must be a mapping of fields, each as name: value.")

    def wrong(self, message: str, *at: str | int) -> None:
        """Note a wrong value at a key path below this mapping."""
        self._problems.add(self._codes.wrong, message, *self._place(at))

    def text(
        self,
        name: str,
        *,
        required: bool = False,
        pattern: re.Pattern[str] | None = None,
        says: str = "",
        longest: int = 500,
    ) -> str:
        """A text that is not blank, has at most longest characters and wholly matches pattern; "" otherwise."""
        value = self._get(name, required)
        return "" if value is None else self._checked_text(value, (name,), pattern, says, longest)

    def texts(
        self,
        name: str,
        *,
        required: bool = False,
        pattern: re.Pattern[str] | None = None,
        says: str = "",
        longest: int = 500,
    ) -> tuple[str, ...]:
        """A list of different texts, with at least one if required."""
        value = self._get(name, required)
        if value is None:
            return ()
        if not isinstance(value, list) or (required and not value):
            some = "at least one item" if required else "items"
            self.wrong(f"{self._name(name)} must be a list with {some}, each on its own line after a hyphen.", name)
            return ()
        checked = [self._checked_text(item, (name, n), pattern, says, longest) for n, item in enumerate(value)]
        seen: set[str] = set()
        for n, item in enumerate(checked):
            if item and item in seen:
                self.wrong(f'"{item}" stands twice in {self._name(name)}. Keep one.', name, n)
            seen.add(item)
        return tuple(item for item in checked if item)

    def one_of(self, name: str, allowed: Collection[str], *, required: bool = False, default: str = "") -> str:
        """One of a few words."""
        value = self._get(name, required)
        if value is None:
            return default
        if not isinstance(value, str) or value not in allowed:
            self.wrong(f"{self._name(name)} must be one of {', '.join(allowed)}, not {_shown(value)}.", name)
            return default
        return value

    def number(self, name: str, low: float, high: float, default: float) -> float:
        """A number from low to high."""
        value = self._get(name, False)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
            self.wrong(f"{self._name(name)} must be a number from {low} to {high}, not {_shown(value)}.", name)
            return default
        return float(value)

    def integer(self, name: str, low: int, high: int, default: int) -> int:
        """A whole number from low to high."""
        value = self._get(name, False)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            self.wrong(f"{self._name(name)} must be a whole number from {low} to {high}, not {_shown(value)}.", name)
            return default
        return value

    def integers(self, name: str, low: int, high: int, *, most: int) -> tuple[int, ...]:
        """A list of at most so many different whole numbers from low to high."""
        value = self._get(name, False)
        if value is None:
            return ()
        good = isinstance(value, list) and 0 < len(value) <= most and len(set(map(str, value))) == len(value)
        if not good or any(isinstance(n, bool) or not isinstance(n, int) or not low <= n <= high for n in value):
            message = f"{self._name(name)} must be a list of 1 to {most} different whole numbers from {low} to {high}."
            self.wrong(message, name)
            return ()
        return tuple(value)

    def some_of(self, name: str, allowed: Collection[str]) -> tuple[str, ...]:
        """A list of different words out of a few."""
        words = self.texts(name)
        for number, word in enumerate(words):
            if word not in allowed:
                self.wrong(f"{self._name(name)} may hold {', '.join(allowed)}, not {_shown(word)}.", name, number)
        return tuple(word for word in words if word in allowed)

    def flag(self, name: str, *, required: bool = False) -> bool | None:
        """true or false, None if there is none."""
        value = self._get(name, required)
        if value is not None and not isinstance(value, bool):
            self.wrong(f"{self._name(name)} must be true or false, not {_shown(value)}.", name)
            return None
        return value

    def day(self, name: str) -> date | None:
        """A date, None if there is none."""
        value = self._get(name, False)
        if value is not None and not isinstance(value, date):
            self.wrong(
                f"{self._name(name)} must be a date such as 2026-01-31 without quotes, not {_shown(value)}.", name
            )
            return None
        return value

    def mappings(self, name: str) -> tuple[Fields, ...]:
        """A list of mappings."""
        value = self._get(name, False)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.wrong(f"{self._name(name)} must be a list, each item after a hyphen.", name)
            return ()
        at = (*self._at, name)
        return tuple(Fields(item, self._lines, self._problems, self._codes, (*at, n)) for n, item in enumerate(value))

    def scalars(self, name: str) -> dict[str, str]:
        """A mapping of texts; whole numbers, dates and true/false are taken as they are written."""
        value = self._get(name, False)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.wrong(f"{self._name(name)} must be a mapping, each line as name: value.", name)
            return {}
        found = {}
        for key, item in value.items():
            if isinstance(item, bool):
                found[key] = str(item).lower()
            elif isinstance(item, (str, int, date)):
                found[key] = str(item)
            else:
                self.wrong(f"{self._name(name)}: {key} must be one text. Put it in quotes.", name, key)
        return found

    def place(self, name: str) -> Place:
        """Line and column of a field."""
        return self._place((name,))

    def finish(self) -> None:
        """Note every field nobody asked for; names that start with x- are free for the organisation's own use."""
        for name in self.values:
            if name in self._known or name.startswith("x-"):
                continue
            from difflib import get_close_matches  # only a typo pays for it

            close = get_close_matches(name, self._known, 1)
            hint = f'Did you mean "{close[0]}"?' if close else f"Known are {', '.join(sorted(self._known))}."
            self._problems.add(self._codes.unknown, f'There is no field "{name}". {hint}', *self._place((name,)))

    def _get(self, name: str, required: bool) -> Any:
        self._known.append(name)
        value = self.values.get(name)
        if value is None and name in self.values:
            self.wrong(f"{self._name(name)} is empty. Fill it in or remove the line.", name)
        elif value is None and required and self._is_mapping:
            self._problems.add(self._codes.missing, f'The field "{name}" is missing. Add it.', *self._place(()))
        return value

    def _checked_text(
        self, value: Any, at: tuple[str | int, ...], pattern: re.Pattern[str] | None, says: str, longest: int
    ) -> str:
        label = self._name(str(at[0]))
        if not isinstance(value, str):
            self.wrong(
                f'{label} must be text. Put it in quotes: "{value}".' if _plain(value) else f"{label} must be text.",
                *at,
            )
        elif not value.strip():
            self.wrong(f"{label} is empty. Fill it in or remove it.", *at)
        elif len(value) > longest:
            self.wrong(f"{label} has {len(value)} characters; at most {longest} fit.", *at)
        elif pattern and not pattern.fullmatch(value):
            self.wrong(f"{label} must be {says}, not {_shown(value)}.", *at)
        else:
            return value.strip()
        return ""

    def _name(self, name: str = "") -> str:
        return ".".join(str(part) for part in (*self._at, name) if not isinstance(part, int) and part) or "This"

    def _place(self, at: tuple[str | int, ...]) -> Place:
        here = (*self._at, *at)
        while here not in self._lines and here:
            here = here[:-1]
        return self._lines.get(here, (1, 1))


def _plain(value: Any) -> bool:
    return not isinstance(value, (list, dict))


def _shown(value: Any) -> str:
    text = str(value)
    return f'"{text[:40]}…"' if len(text) > 40 else f'"{text}"'
