"""A conversation with the model: a tree of turns, of which one branch is shown, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

CAN_GO_ON = ("cancelled", "length", "died")  # why an answer ended that Continue goes on with


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of a conversation: role is "user" for a question and "assistant" for an answer.

    parent is the id of the turn it follows, "" for the first. text is None when it could not be kept (no keyring) and the
    app was restarted since. facts are what the run of an answer was, in numbers and ids: they hold nothing anybody typed.
    kept is sealed with the text: what else belongs to the turn, such as the values of the form, the fixed start of the
    conversation, the sources of an answer. Both hold what JSON can.
    """

    id: str
    parent: str
    role: str
    text: str | None
    at: datetime
    facts: Mapping[str, object] = field(default_factory=dict)
    kept: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def stop_reason(self) -> str:
        """Why an answer ended, as the client has it; "" for a question."""
        return str(self.facts.get("stop_reason", ""))

    @property
    def can_go_on(self) -> bool:
        """True if Continue would go on with this answer; one from documents is asked for again instead."""
        is_free = "sources" not in self.kept and "schema" not in self.kept
        return self.role == "assistant" and bool(self.text) and is_free and self.stop_reason in CAN_GO_ON

    @property
    def seed(self) -> int | None:
        """The seed of an answer."""
        seed = self.facts.get("seed")
        return seed if isinstance(seed, int) else None

    @property
    def run_id(self) -> str:
        """The record of an answer's run, "" while there is none."""
        return str(self.facts.get("run_id", ""))


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation as it is stored. leaf is the id of the last turn of the branch that is shown, "" while empty.

    title is what the list shows, made of the first question; prompt_id is "" for a free one. settings (sealed) are how
    it was left: parameters, seed, documents.
    """

    id: str
    title: str
    prompt_id: str
    prompt_version: int
    created_at: datetime
    updated_at: datetime
    leaf: str
    turns: tuple[Turn, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict, repr=False)

    @property
    def branch(self) -> tuple[Turn, ...]:
        """The turns from the first to the leaf."""
        return self.branch_to(self.leaf)

    def branch_to(self, turn_id: str) -> tuple[Turn, ...]:
        """The turns from the first to this one; () for "" or an unknown id."""
        by_id = {turn.id: turn for turn in self.turns}
        found: list[Turn] = []
        here = by_id.pop(turn_id, None)
        while here is not None:
            found.append(here)
            here = by_id.pop(here.parent, None)  # popped, so that a damaged file with a ring of turns ends too
        return tuple(reversed(found))

    def turn(self, turn_id: str) -> Turn:
        """The turn with this id; raises KeyError if there is none."""
        for turn in self.turns:
            if turn.id == turn_id:
                return turn
        raise KeyError(turn_id)

    def siblings(self, turn: Turn) -> tuple[Turn, ...]:
        """The turns that stand at the same place of other branches, oldest first, with this one."""
        return tuple(one for one in self.turns if one.parent == turn.parent and one.role == turn.role)

    def newest_below(self, turn_id: str) -> str:
        """The leaf one comes to by taking the newest turn again and again; the turn's own id if nothing follows."""
        last = {turn.parent: turn.id for turn in self.turns}
        seen: set[str] = set()
        while turn_id in last and turn_id not in seen:
            seen.add(turn_id)
            turn_id = last[turn_id]
        return turn_id

    def beside(self, turn: Turn, step: int) -> Turn:
        """The sibling so many places on (negative: back), the first or last if there are no more."""
        all_of_them = self.siblings(turn)
        at = next(n for n, one in enumerate(all_of_them) if one.id == turn.id)
        return all_of_them[max(0, min(len(all_of_them) - 1, at + step))]

    def with_turn(self, turn: Turn) -> Conversation:
        """The conversation with the turn added, or put in place of the one with its id."""
        if any(one.id == turn.id for one in self.turns):
            turns = tuple(turn if one.id == turn.id else one for one in self.turns)
        else:
            turns = (*self.turns, turn)
        return replace(self, turns=turns)

    @property
    def start(self) -> tuple[tuple[str, str], ...]:
        """The fixed start of the branch shown: the prompt's instructions and worked examples, as (role, text)."""
        branch = self.branch
        kept = branch[0].kept.get("start", ()) if branch else ()
        assert isinstance(kept, list | tuple)
        return tuple((str(role), str(text)) for role, text in kept)
