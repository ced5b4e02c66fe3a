"""How a person uses the prompt library, in learner.db: uses, feedback, collections. Part of LearnerRepository, on its connection.

Comments and the names of collections are typed texts and sealed; everything else is numbers and ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

from desktop_app.errors import StoreError
from desktop_app.records.repository import SealingRepository
from desktop_app.storage.database import store_errors, writing

UseKind = Literal["run", "copied"]
GoalMet = Literal["yes", "partly", "no"]
GOAL_MET: tuple[GoalMet, ...] = ("yes", "partly", "no")
# Why an output fell short, by id; the words are what the form and the curators' page show.
REASONS = {
    "wrong-facts": "Facts were wrong", "missing": "Something was missing", "tone": "The tone did not fit",
    "format": "The format did not fit", "too-long": "Too long", "too-short": "Too short",
    "not-my-task": "Not made for my task", "hard-to-fill": "The form was hard to fill",
}  # fmt: skip
_MAX_COMMENT = 2000


@dataclass(frozen=True, slots=True)
class PromptUse:
    """One run or copy of a prompt's version."""

    prompt_id: str
    version: int
    content_hash: str
    kind: UseKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a person says after a use. rating is 1 to 5 or None, reason one of REASONS or "", minutes_saved may be negative.

    comment is "" if there is none or it cannot be opened now; id is "" before it is stored.
    """

    prompt_id: str
    version: int
    content_hash: str
    goal_met: GoalMet
    rating: int | None = None
    reason: str = ""
    minutes_saved: float | None = None
    comment: str = ""
    at: datetime | None = None
    id: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A person's own list of prompts, in their order; name is "" while it cannot be opened."""

    id: str
    name: str
    prompt_ids: tuple[str, ...]


class UsageRepository(SealingRepository):
    """Uses, feedback and collections of one person."""

    # -- uses --------------------------------------------------------------------------------------------------------

    def add_use(self, prompt_id: str, version: int, content_hash: str, kind: UseKind) -> None:
        """Remember that a version was run or copied."""
        with writing(self._db, self._path):
            self._db.execute(
                "INSERT INTO prompt_uses (prompt_id, version, content_hash, kind, at) VALUES (?, ?, ?, ?, ?)",
                (prompt_id, version, content_hash, kind, self._at()),
            )

    def recent(self, *, limit: int = 20) -> tuple[str, ...]:
        """The ids of the prompts used last, each once, newest first."""
        sql = "SELECT prompt_id FROM prompt_uses GROUP BY prompt_id ORDER BY max(id) DESC LIMIT ?"
        with store_errors(self._path):
            return tuple(row[0] for row in self._db.execute(sql, (limit,)))

    def use_counts(self) -> dict[tuple[str, int], int]:
        """How often each version was used, by prompt id and version."""
        sql = "SELECT prompt_id, version, count(*) FROM prompt_uses GROUP BY 1, 2"
        with store_errors(self._path):
            return {(row[0], row[1]): row[2] for row in self._db.execute(sql)}

    def last_copy_without_feedback(self, prompt_id: str) -> PromptUse | None:
        """The newest copy of a prompt if nothing was said about the prompt since, else None."""
        sql = """SELECT prompt_id, version, content_hash, kind, at FROM prompt_uses
                 WHERE prompt_id = ? AND kind = 'copied'
                   AND at > coalesce((SELECT max(at) FROM prompt_feedback WHERE prompt_id = ?), '')
                 ORDER BY id DESC LIMIT 1"""
        with store_errors(self._path):
            row = self._db.execute(sql, (prompt_id, prompt_id)).fetchone()
        return PromptUse(*row[:4], datetime.fromisoformat(row[4])) if row else None

    # -- feedback ----------------------------------------------------------------------------------------------------

    def save_feedback(self, given: Feedback) -> Feedback:
        """Store feedback and return it with id and time; raises StoreError for values that no form offers."""
        _check(given)
        stored_id, at = uuid4().hex, self._now()
        facts = {
            "prompt": given.prompt_id,
            "version": given.version,
            "goal_met": given.goal_met,
            "rating": given.rating,
        }
        with self._recording("prompt_feedback", facts):
            sealed = self._seal(given.comment, f"prompt_feedback/comment_sealed/{stored_id}") if given.comment else None
            self._db.execute(
                "INSERT INTO prompt_feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (stored_id, given.prompt_id, given.version, given.content_hash, given.goal_met, given.rating,
                 given.reason, given.minutes_saved, sealed, self._at(at)),
            )  # fmt: skip
        return Feedback(
            given.prompt_id, given.version, given.content_hash, given.goal_met, given.rating, given.reason,
            given.minutes_saved, given.comment, at, stored_id,
        )  # fmt: skip

    def feedback(self, prompt_id: str | None = None) -> tuple[Feedback, ...]:
        """All feedback, or that on one prompt, oldest first."""
        sql = """SELECT id, prompt_id, version, content_hash, goal_met, rating, reason, minutes_saved, comment_sealed, at
                 FROM prompt_feedback"""
        with store_errors(self._path):
            rows = self._db.execute(
                sql + (" WHERE prompt_id = ?" if prompt_id else "") + " ORDER BY rowid",
                (prompt_id,) if prompt_id else (),
            ).fetchall()
        return tuple(
            Feedback(
                row[1], row[2], row[3], row[4], row[5], row[6], row[7],
                self._unseal(row[8], f"prompt_feedback/comment_sealed/{row[0]}") or "", datetime.fromisoformat(row[9]),
                row[0],
            )
            for row in rows
        )  # fmt: skip

    def delete_feedback(self, feedback_id: str) -> None:
        """Take feedback back; it is no error if it is gone already."""
        with self._recording("prompt_feedback_deleted", {"feedback": feedback_id}):
            self._seal("", f"prompt_feedback/comment_sealed/{feedback_id}")  # forgets a comment kept in memory
            self._db.execute("DELETE FROM prompt_feedback WHERE id = ?", (feedback_id,))

    # -- collections -------------------------------------------------------------------------------------------------

    def collections(self) -> tuple[Collection, ...]:
        """The person's collections in the order they were made."""
        with store_errors(self._path):
            rows = self._db.execute("SELECT id, name_sealed FROM collections ORDER BY rowid").fetchall()
            members = self._db.execute(
                "SELECT collection_id, prompt_id FROM collection_prompts ORDER BY position, rowid"
            ).fetchall()
        prompts: dict[str, list[str]] = {row[0]: [] for row in rows}
        for collection_id, prompt_id in members:
            prompts.setdefault(collection_id, []).append(prompt_id)
        return tuple(
            Collection(row[0], self._unseal(row[1], f"collections/name_sealed/{row[0]}") or "", tuple(prompts[row[0]]))
            for row in rows
        )

    def add_collection(self, name: str) -> Collection:
        """Make an empty collection; raises StoreError for an empty name or one that is there already."""
        name = self._checked_name(name)
        made = Collection(uuid4().hex, name, ())
        with writing(self._db, self._path):
            self._db.execute("INSERT INTO collections VALUES (?, ?, ?)", (made.id, self._sealed_name(made), self._at()))
        return made

    def rename_collection(self, collection_id: str, name: str) -> None:
        """Give a collection another name; raises StoreError as add_collection does."""
        renamed = Collection(collection_id, self._checked_name(name, besides=collection_id), ())
        with writing(self._db, self._path):
            self._db.execute(
                "UPDATE collections SET name_sealed = ? WHERE id = ?", (self._sealed_name(renamed), collection_id)
            )

    def set_collection_prompts(self, collection_id: str, prompt_ids: Sequence[str]) -> None:
        """Put exactly these prompts into a collection, in this order."""
        with writing(self._db, self._path):
            self._db.execute("DELETE FROM collection_prompts WHERE collection_id = ?", (collection_id,))
            self._db.conn.executemany(
                "INSERT INTO collection_prompts VALUES (?, ?, ?)",
                [(collection_id, prompt_id, at) for at, prompt_id in enumerate(dict.fromkeys(prompt_ids))],
            )

    def delete_collection(self, collection_id: str) -> None:
        """Delete a collection, not its prompts."""
        with writing(self._db, self._path):
            self._seal("", f"collections/name_sealed/{collection_id}")
            self._db.execute("DELETE FROM collection_prompts WHERE collection_id = ?", (collection_id,))
            self._db.execute("DELETE FROM collections WHERE id = ?", (collection_id,))

    def _checked_name(self, name: str, *, besides: str = "") -> str:
        name = " ".join(name.split())[:80]
        if not name:
            raise StoreError("A collection needs a name, such as Monday reports.")
        if any(one.name.casefold() == name.casefold() and one.id != besides for one in self.collections()):
            raise StoreError(f"There is a collection {name} already. Choose another name.")
        return name

    def _sealed_name(self, collection: Collection) -> bytes | None:
        return self._seal(collection.name, f"collections/name_sealed/{collection.id}")

    def _at(self, at: datetime | None = None) -> str:
        return (at or self._now()).isoformat(timespec="milliseconds")


def _check(given: Feedback) -> None:
    if given.goal_met not in GOAL_MET:
        raise StoreError(f"goal_met is {given.goal_met!r}; it is one of {', '.join(GOAL_MET)}.")
    if given.rating is not None and given.rating not in range(1, 6):
        raise StoreError(f"The rating is {given.rating}; it is a whole number from 1 to 5.")
    if given.reason and given.reason not in REASONS:
        raise StoreError(f"The reason {given.reason!r} is not known. It is one of {', '.join(REASONS)}.")
    if given.minutes_saved is not None and not -10_000 <= given.minutes_saved <= 10_000:
        raise StoreError("The minutes saved must be between -10,000 and 10,000.")
    if len(given.comment) > _MAX_COMMENT:
        raise StoreError(f"The comment has {len(given.comment):,} characters; {_MAX_COMMENT:,} fit. Shorten it.")
