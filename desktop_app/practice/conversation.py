"""A conversation with the model: a tree of turns, of which one branch is shown, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation. parent is the id of the turn it answers or follows, "" for the first.

    text is None when it could not be kept (no keyring) and the app was restarted since. facts are what the run of an
    answer was: seed, model, parameters, tokens, speed, why it ended, passages. They hold no text anybody typed.
    """

    id: str
    parent: str
    role: str
    text: str | None
    at: datetime
    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is stored. leaf is the id of the last turn of the branch that is shown, "" while empty.

    title is what the list shows, made of the first question; prompt_id is "" for a free one.
    """

    id: str
    title: str
    prompt_id: str
    prompt_version: int
    created_at: datetime
    updated_at: datetime
    leaf: str
    turns: tuple[Turn, ...]

    @property
    def branch(self) -> tuple[Turn, ...]:
        """The turns from the first to the leaf."""
        by_id = {turn.id: turn for turn in self.turns}
        found: list[Turn] = []
        here = by_id.get(self.leaf)
        while here is not None:
            found.append(here)
            here = by_id.get(here.parent)
        return tuple(reversed(found))

    def siblings(self, turn: Turn) -> tuple[Turn, ...]:
        """The turns that stand at the same place of other branches, oldest first, with this one."""
        return tuple(one for one in self.turns if one.parent == turn.parent and one.role == turn.role)
