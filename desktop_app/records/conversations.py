"""Conversations in learner.db: their turns, sealed, and how long they stay. Part of LearnerRepository, on its connection.

A turn that save_turn returned from is on disk: killed at any time, a conversation comes back as far as it was saved.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.records.repository import SealingRepository
from desktop_app.records.turns import Conversation, Turn
from desktop_app.storage.database import store_errors, writing

_WORK = ("prompt-draft/", "prompt-edit/", "studio/", "practice/documents")  # how the keys of drafts begin
_COLUMNS = "id, title_sealed, settings_sealed, prompt_id, prompt_version, model_id, leaf, created_at, updated_at"


@dataclass(frozen=True, slots=True)
class Head:
    """A conversation as lists show it. title is None if it cannot be opened: it was not kept (no keyring), or is damaged."""

    id: str
    title: str | None
    prompt_id: str
    model_id: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Deleted:
    """What delete took away, so that restore can put it back: the conversation and the texts of its runs, by run id."""

    conversation: Conversation
    model_id: str
    run_texts: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Expired:
    """How much was deleted because it was older than may be kept."""

    conversations: int = 0
    runs: int = 0
    drafts: int = 0
    comparisons: int = 0

    def __bool__(self) -> bool:
        return bool(self.conversations or self.runs or self.drafts or self.comparisons)


class ConversationRepository(SealingRepository):
    """Conversations of one person."""

    # -- writing -----------------------------------------------------------------------------------------------------

    def save(self, conversation: Conversation, *, model_id: str) -> Conversation:
        """Store everything but the turns, and return it with the time of now."""
        saved = replace(conversation, updated_at=self._now())
        with writing(self._db, self._path):
            self._store(saved, model_id)
        return saved

    def save_turn(self, conversation: Conversation, turn: Turn, *, model_id: str) -> Conversation:
        """Store a turn, new or changed, with its conversation; return that with the turn in it."""
        saved = replace(conversation.with_turn(turn), updated_at=self._now())
        with writing(self._db, self._path):
            self._store(saved, model_id)
            self._store_turn(saved.id, turn)
        return saved

    def take_back(self, conversation_id: str, turn_id: str, *, leaf: str) -> None:
        """Delete a turn that came to nothing, with what follows it; a conversation without turns goes too."""
        with writing(self._db, self._path):
            for (below,) in self._all("SELECT id FROM turns WHERE id = ? OR parent = ?", turn_id, turn_id):
                self._seal("", f"turns/text_sealed/{below}")
                self._db.execute("DELETE FROM turns WHERE id = ?", (below,))
            self._db.execute("UPDATE conversations SET leaf = ? WHERE id = ?", (leaf, conversation_id))
            if not self._one("SELECT 1 FROM turns WHERE conversation_id = ?", conversation_id):
                self._delete([conversation_id], [])

    def rename(self, conversation_id: str, title: str) -> str:
        """Give a conversation another title and return it; raises StoreError for an empty one."""
        title = " ".join(title.split())[:120]
        if not title:
            raise StoreError("A conversation needs a name, such as Offer for the new depot.")
        sealed = self._seal(title, f"conversations/title_sealed/{conversation_id}")
        with writing(self._db, self._path):
            self._db.execute("UPDATE conversations SET title_sealed = ? WHERE id = ?", (sealed, conversation_id))
        return title

    def delete(self, conversation_id: str) -> Deleted:
        """Delete a conversation with the texts of its runs, at once and for good; restore puts back what this returns."""
        gone = self.get(conversation_id)
        run_ids = [turn.run_id for turn in gone.turns if turn.run_id]
        texts = {run_id: text for run_id in run_ids if (text := self._run_text(run_id)) is not None}
        model_id = self._one("SELECT model_id FROM conversations WHERE id = ?", conversation_id)[0]
        with self._recording("conversation_deleted", {"conversation": conversation_id, "turns": len(gone.turns)}):
            self._delete([conversation_id], run_ids)
        return Deleted(gone, model_id, texts)

    def restore(self, deleted: Deleted) -> Conversation:
        """Put back what was deleted."""
        back = deleted.conversation
        with self._recording("conversation_restored", {"conversation": back.id, "turns": len(back.turns)}):
            self._store(back, deleted.model_id)
            for turn in back.turns:
                self._store_turn(back.id, turn)
            for run_id, text in deleted.run_texts.items():
                sealed = self._seal(text, f"runs/text_sealed/{run_id}")
                self._db.execute("UPDATE runs SET text_sealed = ? WHERE id = ?", (sealed, run_id))
        return back

    def forget_before(self, cutoff: datetime) -> Expired:
        """Delete conversations last used before cutoff, texts of older runs and older half-typed texts, for good.

        Work stays: drafts of prompts, what an editor holds for a file, the tags of documents.
        """
        at = cutoff.isoformat(timespec="milliseconds")
        old = [row[0] for row in self._all("SELECT id FROM conversations WHERE updated_at < ?", at)]
        runs = [row[0] for row in self._all("SELECT id FROM runs WHERE at < ? AND text_sealed IS NOT NULL", at)]
        half_typed = " AND ".join(("updated_at < ?", *(f"key NOT GLOB '{kept}*'" for kept in _WORK)))
        drafts = self._all(f"SELECT key FROM drafts WHERE {half_typed}", at)
        expired = Expired(len(old), len(runs), len(drafts))
        if expired:
            facts = {"before": at, "conversations": len(old), "runs": len(runs), "drafts": len(drafts)}
            with self._recording("texts_expired", facts):
                self._delete(old, runs)
                self._db.execute(f"DELETE FROM drafts WHERE {half_typed}", (at,))
        return expired

    # -- reading -----------------------------------------------------------------------------------------------------

    def get(self, conversation_id: str) -> Conversation:
        """A whole conversation; raises StoreError if it is not there."""
        row = self._one(f"SELECT {_COLUMNS} FROM conversations WHERE id = ?", conversation_id)
        if row is None:
            raise StoreError(f"There is no conversation {conversation_id} in your records. It may have been deleted.")
        title = self._unseal(row[1], f"conversations/title_sealed/{row[0]}") or ""
        settings = json.loads(self._unseal(row[2], f"conversations/settings_sealed/{row[0]}") or "{}")
        return Conversation(
            row[0], title, row[3], row[4], _time(row[7]), _time(row[8]), row[6], tuple(self.turns(row[0])), settings
        )

    def turns(self, conversation_id: str) -> Iterator[Turn]:
        """A conversation's turns, oldest first."""
        sql = "SELECT id, parent, role, text_sealed, facts, at FROM turns WHERE conversation_id = ? ORDER BY rowid"
        for turn_id, parent, role, sealed, facts, at in self._all(sql, conversation_id):
            kept = self._unseal(sealed, f"turns/text_sealed/{turn_id}")
            text, more = json.loads(kept) if kept is not None else (None, {})
            yield Turn(turn_id, parent, role, text, _time(at), json.loads(facts), more)

    def heads(self) -> tuple[Head, ...]:
        """All conversations, the one used last first. A title that cannot be opened is None: the others are listed."""
        rows = self._all(f"SELECT {_COLUMNS} FROM conversations ORDER BY updated_at DESC, rowid DESC")
        return tuple(
            Head(row[0], self._title(row[0], row[1]), row[3], row[5], _time(row[7]), _time(row[8])) for row in rows
        )

    def asked_with(self) -> tuple[frozenset[str], frozenset[str]]:
        """The prompts and the models of all conversations, by id; "" is a free prompt. Opens no text."""
        prompts = self._all("SELECT DISTINCT prompt_id FROM conversations")
        models = self._all("SELECT DISTINCT model_id FROM conversations WHERE model_id != ''")
        return frozenset(row[0] for row in prompts), frozenset(row[0] for row in models)

    def _title(self, conversation_id: str, sealed: bytes | None) -> str | None:
        try:
            return self._unseal(sealed, f"conversations/title_sealed/{conversation_id}")
        except StoreError:
            return None

    def run_ids(self) -> frozenset[str]:
        """The runs that belong to a conversation."""
        return frozenset(row[0] for row in self._all("SELECT run_id FROM turns WHERE run_id != ''"))

    # -- rows --------------------------------------------------------------------------------------------------------

    def _store(self, one: Conversation, model_id: str) -> None:
        title = self._seal(one.title, f"conversations/title_sealed/{one.id}")
        settings = self._seal(json.dumps(dict(one.settings)), f"conversations/settings_sealed/{one.id}")
        values = (one.id, title, settings, one.prompt_id, one.prompt_version, model_id, one.leaf, _iso(one.created_at), _iso(one.updated_at))  # fmt: skip
        self._db.execute(
            f"""INSERT INTO conversations ({_COLUMNS}) VALUES ({", ".join("?" * len(values))}) ON CONFLICT (id) DO UPDATE SET
                title_sealed = excluded.title_sealed, settings_sealed = excluded.settings_sealed, leaf = excluded.leaf,
                model_id = excluded.model_id, updated_at = excluded.updated_at""",
            values,
        )

    def _store_turn(self, conversation_id: str, turn: Turn) -> None:
        sealed = self._seal(json.dumps((turn.text, dict(turn.kept))), f"turns/text_sealed/{turn.id}")
        self._db.execute(
            """INSERT INTO turns (id, conversation_id, parent, role, text_sealed, run_id, facts, at)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
               text_sealed = excluded.text_sealed, run_id = excluded.run_id, facts = excluded.facts""",
            (turn.id, conversation_id, turn.parent, turn.role, sealed, turn.run_id, json.dumps(dict(turn.facts)), _iso(turn.at)),
        )  # fmt: skip

    def _delete(self, conversation_ids: list[str], run_ids: list[str]) -> None:
        for one in conversation_ids:
            # sealing nothing forgets what waits in memory
            self._seal("", f"conversations/title_sealed/{one}")
            self._seal("", f"conversations/settings_sealed/{one}")
            for (turn_id,) in self._all("SELECT id FROM turns WHERE conversation_id = ?", one):
                self._seal("", f"turns/text_sealed/{turn_id}")
            self._db.execute("DELETE FROM turns WHERE conversation_id = ?", (one,))
            self._db.execute("DELETE FROM conversations WHERE id = ?", (one,))
        for run_id in run_ids:
            self._seal("", f"runs/text_sealed/{run_id}")
            self._db.execute("UPDATE runs SET text_sealed = NULL WHERE id = ?", (run_id,))

    def _run_text(self, run_id: str) -> str | None:
        row = self._one("SELECT text_sealed FROM runs WHERE id = ?", run_id)
        return self._unseal(row[0], f"runs/text_sealed/{run_id}") if row else None

    def _one(self, sql: str, *values: str) -> Any:
        with store_errors(self._path):
            return self._db.execute(sql, values).fetchone()

    def _all(self, sql: str, *values: str) -> list[Any]:
        with store_errors(self._path):
            return self._db.execute(sql, values).fetchall()


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
