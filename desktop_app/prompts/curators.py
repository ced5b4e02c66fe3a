"""Who may decide in a library folder: curators.yml at its top. The format is docs/formats/approvals.md."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from desktop_app.errors import ContentError
from desktop_app.prompts.decision import Action, Decision, day_text
from desktop_app.prompts.loading import read_day
from desktop_app.prompts.schema import against_schema
from desktop_app.records.proof import public_key_of
from desktop_app.storage.yaml_text import load_yaml_with_lines, read_utf8
from desktop_app.storage.yaml_writing import to_yaml

FILE = "curators.yml"
Right = Literal["submit", "approve", "label", "withdraw"]
RIGHT_FOR: Mapping[Action, Right] = {
    "submit": "submit", "take": "approve", "approve": "approve", "reject": "approve", "label": "label",
    "deprecate": "withdraw", "withdraw": "withdraw",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Curator:
    """One person with one key; until is the last day on which decisions by this key count."""

    name: str
    key: str
    may: frozenset[Right]
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Curators:
    """Everybody who may decide in a folder, by key.

    is_curated is False for a folder without curators.yml: there every key may do everything and nothing vouches for it.
    problem is set if the file is there but cannot be relied on: then nobody may decide anything.
    """

    is_curated: bool = False
    by_key: Mapping[str, Curator] = field(default_factory=dict)
    everyone: frozenset[Right] = frozenset()
    problem: ContentError | None = None

    def refusal(self, decision: Decision, *, moves_approved: bool = False) -> str:
        """Why the signer may not decide this, as half a sentence, or "" if they may; moving `approved` is approving."""
        if not self.is_curated:
            return ""
        if self.problem is not None:
            return f"{FILE} cannot be read, so nobody knows who may decide"
        right = "approve" if moves_approved else RIGHT_FOR[decision.action]
        known = self.by_key.get(decision.key)
        if known is None:
            return "" if right in self.everyone else f"the key {decision.key} is not in {FILE}"
        if not same_name(known.name, decision.by):
            return f"the key is {known.name}'s according to {FILE}, not {decision.by}'s"
        if right not in known.may:
            return f'{FILE} does not give {known.name} the right "{right}"'
        if known.until is not None and decision.at.date() > known.until:
            return f"{known.name} could decide until {day_text(known.until)}"
        return ""


def curator_lines(name: str, key: str) -> str:
    """The lines of curators.yml that make somebody a curator with every right."""
    return to_yaml({"curators": [{"name": name, "key": key, "may": ["submit", "approve", "label", "withdraw"]}]})


def same_name(one: str, other: str) -> bool:
    """True if two names are the same apart from capitals, spaces and ways to write a letter."""
    return _plain(one) == _plain(other)


def same_person(one: Decision, other: Decision) -> bool:
    """True if two decisions are by one key or under one name."""
    return one.key == other.key or same_name(one.by, other.by)


_read_before: dict[Path, tuple[tuple[int, ...], Curators]] = {}  # asked for each prompt of a folder


def read_curators(folder: Path) -> Curators:
    """Who may decide in a library folder; a broken file is kept as `problem`, so that it never reads as "anybody may"."""
    path = folder / FILE
    try:
        found = path.stat()
        stamp = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
    except FileNotFoundError:
        if not path.is_symlink():  # one that leads nowhere is a broken file, not a missing one
            return Curators()
        stamp = ()
    except OSError:
        stamp = ()
    known = _read_before.get(path)
    if known and known[0] == stamp and stamp:
        return known[1]
    try:
        curators = _read(path)
    except ContentError as problem:
        curators = Curators(is_curated=True, problem=problem)
    _read_before[path] = (stamp, curators)
    return curators


def _read(path: Path) -> Curators:
    data, lines = load_yaml_with_lines(read_utf8(path), path)
    data = against_schema("curators", data, lines, path)
    found: dict[str, Curator] = {}
    for index, item in enumerate(data["curators"]):
        place = lines[("curators", index)]
        curator = _curator(item, path, place)
        if curator.key in found:
            message = (
                f"The key of {curator.name} stands here already, as {found[curator.key].name}'s. Keep one line per key."
            )
            raise ContentError(message, path, *place)
        found[curator.key] = curator
    return Curators(is_curated=True, by_key=found, everyone=frozenset(data.get("everyone", ())))


def _curator(item: Mapping[str, Any], path: Path, place: tuple[int, int]) -> Curator:
    try:
        public_key_of(item["key"])
    except ValueError as exc:
        message = f"The key of {item['name']} cannot be used: {exc}. `greenroom prompt key` prints the right line."
        raise ContentError(message, path, *place) from exc
    try:
        until = read_day(item["until"]) if "until" in item else None
    except ValueError as exc:
        raise ContentError(f"until: {item['until']!r} is not a date. Write it as 2027-05-31.", path, *place) from exc
    return Curator(item["name"], item["key"], frozenset(item["may"]), until)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
