"""Reads llama.cpp's grammars, to make texts that they let through and to ask whether they let one through."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<set>\[(?:[^\]\\]|\\.)*\])|(?P<count>\{\d+(?:,\d*)?\})|(?P<name>[A-Za-z][\w-]*)'
    r"|(?P<mark>[()|*+?]))"
)
_ESCAPE = re.compile(r"\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_SHORT = {"n": "\n", "r": "\r", "t": "\t"}
ANY_CHARACTERS = "aZ09 -_.,äß€漢🙂/"
Choose = Callable[[list[Any]], Any]


@dataclass(frozen=True)
class Grammar:
    """Rules by name: a rule is a list of alternatives, each a list of (kind, value, least, most) items."""

    rules: dict[str, list[list[tuple[str, Any, int, int | None]]]]

    def sentence(self, choose: Choose, name: str = "root", budget: int = 400) -> str:
        """One text of the grammar; choose picks from a list. Repeats stop early once the budget of items is used."""
        left = [budget]
        return self._say(self.rules[name], choose, left)

    def _say(self, alternatives: list[Any], choose: Choose, left: list[int]) -> str:
        out = []
        options = alternatives if left[0] > 0 else [min(alternatives, key=self._weight)]
        for kind, value, least, most in choose(options):
            top = least if left[0] <= 0 else min(least + 3, least + 3 if most is None else most)
            for _ in range(choose(list(range(least, top + 1)))):
                left[0] -= 1
                if kind == "text":
                    out.append(value)
                elif kind == "set":
                    out.append(choose(_members(value)))
                else:
                    out.append(self._say(self.rules[value] if kind == "rule" else value, choose, left))
        return "".join(out)

    def _weight(self, alternative: list[Any]) -> int:
        return sum(least * (5 if kind in ("rule", "group") else 1) for kind, _, least, _ in alternative)

    def accepts(self, text: str) -> bool:
        """Whether the whole text is one of the grammar."""
        return any(end == len(text) for end in self._match(self.rules["root"], text, 0))

    def _match(self, alternatives: list[Any], text: str, at: int) -> Iterator[int]:
        seen = set()
        for alternative in alternatives:
            for end in self._items(alternative, 0, text, at):
                if end not in seen:
                    seen.add(end)
                    yield end

    def _items(self, items: list[Any], n: int, text: str, at: int) -> Iterator[int]:
        """Where items[n:] can end; a repeat goes round here, not in a call of its own, as texts are long."""
        if n == len(items):
            yield at
            return
        kind, value, least, most = items[n]
        places = [at]
        for count in range(len(text) - at + least + 1):
            if count >= least:
                for place in places:
                    yield from self._items(items, n + 1, text, place)
            if count == most:
                return
            places = list(dict.fromkeys(end for place in places for end in self._one(kind, value, text, place)))
            if not places:
                return

    def _one(self, kind: str, value: Any, text: str, at: int) -> Iterator[int]:
        if kind == "text":
            if text.startswith(value, at):
                yield at + len(value)
        elif kind == "set":
            if at < len(text) and _holds(value, text[at]):
                yield at + 1
        else:
            yield from self._match(self.rules[value] if kind == "rule" else value, text, at)


def read_grammar(text: str) -> Grammar:
    """The grammar; raises ValueError for what llama.cpp would refuse too."""
    rules = {}
    for line in text.splitlines():
        name, _, body = line.partition(" ::= ")
        alternatives, end = _alternatives(body, 0)
        if end != len(body) or name in rules:
            raise ValueError(f"{line[:80]!r} at {end}")
        rules[name] = alternatives
    grammar = Grammar(rules)
    for rule in rules.values():
        _known(rule, rules)
    return grammar


def _known(alternatives: list[Any], rules: dict[str, Any]) -> None:
    for alternative in alternatives:
        for kind, value, _, _ in alternative:
            if kind == "rule" and value not in rules:
                raise ValueError(f"no rule {value}")
            if kind == "group":
                _known(value, rules)


def _alternatives(body: str, at: int) -> tuple[list[Any], int]:
    found: list[Any] = [[]]
    while match := _TOKEN.match(body, at):
        if match["mark"] == ")":
            break
        at = match.end()
        if match["text"]:
            found[-1].append(("text", _plain(match["text"][1:-1]), 1, 1))
        elif match["set"]:
            found[-1].append(("set", match["set"][1:-1], 1, 1))
        elif match["name"]:
            found[-1].append(("rule", match["name"], 1, 1))
        elif match["mark"] == "|":
            found.append([])
        elif match["mark"] == "(":
            inner, at = _alternatives(body, at)
            at = _TOKEN.match(body, at).end()
            found[-1].append(("group", inner, 1, 1))
        else:
            kind, value, _, _ = found[-1].pop()
            found[-1].append((kind, value, *_counts(match["mark"] or match["count"])))
    return found, at


def _counts(mark: str) -> tuple[int, int | None]:
    if mark in "*+?":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[mark]
    least, comma, most = mark[1:-1].partition(",")
    return int(least), int(most) if most else None if comma else int(least)


def _plain(text: str) -> str:
    return _ESCAPE.sub(lambda m: chr(int(m[1] or m[2] or m[3], 16)) if not m[4] else _SHORT.get(m[4], m[4]), text)


def _ranges(body: str) -> list[tuple[str, str]]:
    parts = [(_plain(m[0]), m[0] == "-") for m in re.finditer(r"\\x..|\\u.{4}|\\U.{8}|\\.|.", body)]
    ranges, n = [], 0
    while n < len(parts):
        if n + 2 < len(parts) and parts[n + 1][1]:
            ranges.append((parts[n][0], parts[n + 2][0]))
            n += 3
        else:
            ranges.append((parts[n][0], parts[n][0]))
            n += 1
    return ranges


def _holds(body: str, character: str) -> bool:
    negated = body.startswith("^")
    return any(low <= character <= high for low, high in _ranges(body[negated:])) != negated


def _members(body: str) -> list[str]:
    if body.startswith("^"):
        return [character for character in ANY_CHARACTERS if _holds(body, character)]
    return sorted({end for pair in _ranges(body) for end in pair})
