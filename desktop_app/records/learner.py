"""The repository of learner.db. Facts and their audit entries are written in one transaction.

Texts a person typed are sealed by the vault. Until the vault is open, or without one, they stay in memory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from desktop_app.clock import utc_now
from desktop_app.errors import StoreError
from desktop_app.records.audit import AuditChain, read_head
from desktop_app.records.certificates import CertificateRepository
from desktop_app.records.comparisons import ComparisonRepository
from desktop_app.records.conversations import ConversationRepository, Expired
from desktop_app.records.learning import JUDGEMENTS, Attempt, LessonProgress, Profile, Run, RunText, Spent
from desktop_app.records.reviews import ReviewRepository
from desktop_app.records.usage import UsageRepository
from desktop_app.storage import migrations
from desktop_app.storage.database import DamagedError, open_database, store_errors, writing
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

_CLOSED = Vault(None, "The keyring was not asked yet.")


class LearnerRepository:
    """One person's records. Belongs to the thread that opened it."""

    def __init__(self, locations: Locations, now: Callable[[], datetime] = utc_now) -> None:
        """Open or create the profile's database; raises StoreError."""
        locations.make_profile()
        self.locations, self._path, self._now = locations, locations.learner_db, now
        _refuse_emptied(self._path, locations.audit_head)
        self._db = open_database(self._path, migrations.learner, durable=True)
        self.audit = AuditChain(self._db, self._path, locations.audit_head, now)
        self.reviews = ReviewRepository(self._db, self._path, self._recording, now)
        self.certificates = CertificateRepository(self._db, self._path, self._recording, lambda: self.vault, now)
        self.usage = UsageRepository(
            db=self._db, path=self._path, recording=self._recording, seal=self._seal, unseal=self._open, now=now
        )
        self.comparisons = ComparisonRepository(self._db, self._path, self._recording, self._seal, self._open, now)
        self.conversations = ConversationRepository(self._db, self._path, self._recording, self._seal, self._open, now)
        self._memory: dict[str, str] = {}  # place → text that cannot be sealed, or not yet
        self.vault = _CLOSED
        if not self._meta("profile_id"):
            with writing(self._db, self._path):
                self._set_meta("profile_id", uuid4().hex)
                self.audit.start_anew(self.vault)

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    def elsewhere(self) -> Callable[[], LearnerRepository]:
        """What opens the same records on another thread, with what waits in memory; close them after use."""
        vault, waiting = self.vault, dict(self._memory)

        def open_again() -> LearnerRepository:
            again = LearnerRepository(self.locations, self._now)
            again.vault, again._memory = vault, waiting
            return again

        return open_again

    # -- the vault ---------------------------------------------------------------------------------------------------

    @property
    def vault_account(self) -> tuple[str, str]:
        """What open_vault needs: the profile's id, and the key id earlier texts were sealed with ("" if none)."""
        return self._meta("profile_id"), self._meta("vault_key_id")

    @property
    def keyring_asked(self) -> bool:
        """True once use_vault was called: until then nobody knows whether texts of an earlier session are there."""
        return self.vault is not _CLOSED

    def use_vault(self, vault: Vault) -> None:
        """Seal from now on with vault, and store what had to wait in memory."""
        if vault.is_open and not self._meta("vault_key_id"):
            with writing(self._db, self._path):
                self._set_meta("vault_key_id", vault.key_id)
        self.vault = vault
        if not vault.is_open:
            return
        with writing(self._db, self._path):
            for place, text in list(self._memory.items()):
                table, column, key = place.split("/", 2)
                sealed = vault.seal(text, place=place)
                if table == "drafts":
                    self._store_draft(key, sealed)
                else:
                    self._db.execute(f"UPDATE {table} SET {column} = ? WHERE id = ?", (sealed, key))
        self._memory.clear()
        self._keep_head()

    def _seal(self, text: str, place: str) -> bytes | None:
        sealed = self.vault.seal(text, place=place)
        self._memory.pop(place, None)
        if sealed is None and text:
            self._memory[place] = text
        return sealed

    def _open(self, sealed: bytes | None, place: str) -> str | None:
        if place in self._memory:
            return self._memory[place]
        if sealed is None or not self.vault.is_open:
            return None
        return self.vault.open(sealed, place=place)

    # -- profile -----------------------------------------------------------------------------------------------------

    def profile(self) -> Profile | None:
        """The person's profile, or None before the first run was finished or skipped."""
        row = self._one("SELECT role, language, name_sealed FROM profile WHERE id = 1")
        return Profile(self._open(row[2], "profile/name_sealed/1") or "", row[0], row[1]) if row else None

    def save_profile(self, profile: Profile) -> None:
        """Store the profile; the name is sealed."""
        sealed = self._seal(profile.name, "profile/name_sealed/1")
        with self._recording("profile_saved", {"role": profile.role, "language": profile.language}):
            self._db.execute(
                """INSERT INTO profile VALUES (1, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET
                   role = excluded.role, language = excluded.language,
                   name_sealed = coalesce(excluded.name_sealed, name_sealed)""",  # a locked keyring must not lose it
                (profile.role, profile.language, sealed, self._at()),
            )

    # -- lessons -----------------------------------------------------------------------------------------------------

    def progress(self, lesson_id: str) -> LessonProgress | None:
        """How far a lesson is, or None if it was never opened."""
        row = self._one("SELECT * FROM lesson_progress WHERE lesson_id = ?", lesson_id)
        return _progress(row) if row else None

    def all_progress(self) -> dict[str, LessonProgress]:
        """Progress by lesson id."""
        with store_errors(self._path):
            return {row[0]: _progress(row) for row in self._db.execute("SELECT * FROM lesson_progress")}

    def open_step(self, lesson_id: str, version: str, step_key: str) -> LessonProgress:
        """Remember that the reader stands at a step; starts the lesson if it is new."""
        known = self.progress(lesson_id)
        if known and known.step_key == step_key and known.lesson_version == version:
            return known
        if known is None:
            with self._recording("lesson_started", {"lesson": lesson_id, "version": version}):
                self._db.execute(
                    "INSERT INTO lesson_progress VALUES (?, ?, ?, '[]', ?, ?, NULL, NULL, NULL)",
                    (lesson_id, version, step_key, self._at(), self._at()),
                )
        else:
            with writing(self._db, self._path):
                self._db.execute(
                    "UPDATE lesson_progress SET step_key = ?, lesson_version = ?, updated_at = ? WHERE lesson_id = ?",
                    (step_key, version, self._at(), lesson_id),
                )
        return self._known_progress(lesson_id)

    def finish_step(self, lesson_id: str, step_key: str) -> LessonProgress:
        """Mark a step done; raises StoreError if the lesson was never opened."""
        known = self._known_progress(lesson_id)
        if step_key in known.steps_done:
            return known
        with self._recording("step_done", {"lesson": lesson_id, "step": step_key}):
            self._db.execute(
                "UPDATE lesson_progress SET steps_done = ?, updated_at = ? WHERE lesson_id = ?",
                (json.dumps([*known.steps_done, step_key]), self._at(), lesson_id),
            )
        return self._known_progress(lesson_id)

    def finish_lesson(self, lesson_id: str, *, score: float, passed: bool) -> LessonProgress:
        """Mark a lesson completed, and passed if it is; the best score and the first dates stay."""
        known = self._known_progress(lesson_id)
        best = max(score, known.score or 0.0)
        kind = "lesson_passed" if passed else "lesson_completed"
        with self._recording(kind, {"lesson": lesson_id, "version": known.lesson_version, "score": round(score, 4)}):
            self._db.execute(
                """UPDATE lesson_progress SET score = ?, completed_at = coalesce(completed_at, ?),
                   passed_at = coalesce(passed_at, ?), updated_at = ? WHERE lesson_id = ?""",
                (best, self._at(), self._at() if passed else None, self._at(), lesson_id),
            )
        return self._known_progress(lesson_id)

    def _known_progress(self, lesson_id: str) -> LessonProgress:
        known = self.progress(lesson_id)
        if known is None:
            raise StoreError(f"There is no progress for the lesson {lesson_id}. Open the lesson first.")
        return known

    # -- answers -----------------------------------------------------------------------------------------------------

    def save_attempt(
        self,
        lesson_id: str,
        version: str,
        question_id: str,
        *,
        score: float,
        chosen: tuple[int, ...] = (),
        typed: str = "",
    ) -> Attempt:
        """Store one answer as the question's next attempt and return it; a typed answer is sealed."""
        at = self._now()
        data = {"lesson": lesson_id, "version": version, "question": question_id, "score": round(score, 4)}
        with self._recording("answer_given", data):
            sql = "SELECT count(*) FROM attempts WHERE lesson_id = ? AND question_id = ?"
            data["number"] = number = self._one(sql, lesson_id, question_id)[0] + 1
            row = self._db.execute(
                "INSERT INTO attempts (lesson_id, lesson_version, question_id, number, score, chosen, at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (lesson_id, version, question_id, number, score, json.dumps(chosen), at.isoformat()),
            )
            sealed = self._seal(typed, f"attempts/typed_sealed/{row.lastrowid}")
            if typed:
                self._db.execute("UPDATE attempts SET typed_sealed = ? WHERE id = ?", (sealed, row.lastrowid))
        return Attempt(lesson_id, version, question_id, number, score, chosen, typed, at)

    def attempts(self, lesson_id: str, question_id: str | None = None) -> tuple[Attempt, ...]:
        """A lesson's (or one question's) attempts, oldest first."""
        sql = (
            "SELECT * FROM attempts WHERE lesson_id = ?"
            + (" AND question_id = ?" if question_id else "")
            + " ORDER BY id"
        )
        with store_errors(self._path):
            rows = self._db.execute(sql, (lesson_id, question_id) if question_id else (lesson_id,)).fetchall()
        return tuple(
            Attempt(lesson, version, question, number, score, tuple(json.loads(chosen)),
                    self._open(typed, f"attempts/typed_sealed/{row_id}") or "", datetime.fromisoformat(at))
            for row_id, lesson, version, question, number, score, chosen, typed, at in rows
        )  # fmt: skip

    def best_scores(self, lesson_id: str) -> dict[str, float]:
        """The best score of every question answered so far, by question id."""
        with store_errors(self._path):
            sql = "SELECT question_id, max(score) FROM attempts WHERE lesson_id = ? GROUP BY question_id"
            return dict(self._db.execute(sql, (lesson_id,)).fetchall())

    def answer_count(self) -> int:
        """How many answers were given, retries included."""
        return int(self._one("SELECT count(*) FROM attempts")[0])

    # -- runs --------------------------------------------------------------------------------------------------------

    def save_run(self, run: Run) -> Run:
        """Store a run; its texts are sealed."""
        facts = asdict(run) | {
            "at": run.at.isoformat(),
            "findings": json.dumps(run.findings),
            "checks": json.dumps(run.checks),
        }
        del facts["text"]
        if run.text is not None:
            facts["text_sealed"] = self._seal(json.dumps(asdict(run.text)), f"runs/text_sealed/{run.id}")
        data = {
            "run": run.id, "lesson": run.lesson_id, "practice": run.practice_id, "prompt": run.prompt_id,
            "version": run.prompt_version, "content": run.content_hash, "model": run.model_id, "seed": run.seed,
            "stop": run.stop_reason, "tokens": run.completion_tokens, "findings": dict(run.findings),
        }  # fmt: skip
        with self._recording("run_done", data):
            names = ", ".join(facts)
            self._db.execute(
                f"INSERT INTO runs ({names}) VALUES ({', '.join('?' * len(facts))})", tuple(facts.values())
            )
        return run

    def judge_run(self, run_id: str, judgement: str) -> Run:
        """Store what the person thought of the answer: one of learning.JUDGEMENTS; raises StoreError for an unknown run."""
        if judgement not in JUDGEMENTS:
            raise ValueError(f"judgement must be one of {JUDGEMENTS}")
        with self._recording("run_judged", {"run": run_id, "judgement": judgement}):
            changed = self._db.execute("UPDATE runs SET judgement = ? WHERE id = ?", (judgement, run_id)).rowcount
            if not changed:
                raise StoreError(f"There is no run {run_id} in your records any more, so it cannot be judged.")
        return self._runs("WHERE id = ?", run_id)[0]

    def run(self, run_id: str) -> Run | None:
        """One run, None if it is not there."""
        return next(iter(self._runs("WHERE id = ?", run_id)), None)

    def loose_runs(self) -> tuple[Run, ...]:
        """The runs that belong to no conversation, newest first, without their texts."""
        sql = (
            "SELECT * FROM runs WHERE text_sealed IS NOT NULL AND id NOT IN (SELECT run_id FROM turns) ORDER BY at DESC"
        )
        with store_errors(self._path):
            cursor = self._db.execute(sql)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        return tuple(self._run(row | {"text_sealed": None}) for row in rows)

    def judgements(self, run_ids: Sequence[str]) -> dict[str, str]:
        """What was said about these runs, by id; runs nobody judged are left out."""
        which = f"WHERE judgement != '' AND id IN ({', '.join('?' * len(run_ids))})"
        with store_errors(self._path):
            return dict(self._db.execute(f"SELECT id, judgement FROM runs {which}", tuple(run_ids)).fetchall())

    def runs(self, *, limit: int = 200) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        return self._runs("ORDER BY at DESC, rowid DESC LIMIT ?", limit)

    def latest_run(self, lesson_id: str, practice_id: str) -> Run | None:
        """An exercise's newest run, or None before the first."""
        runs = self.exercise_runs(lesson_id, practice_id, limit=1)
        return runs[0] if runs else None

    def exercise_runs(self, lesson_id: str, practice_id: str, *, limit: int = 50) -> tuple[Run, ...]:
        """An exercise's latest runs, newest first."""
        sql = "WHERE lesson_id = ? AND practice_id = ? ORDER BY at DESC, rowid DESC LIMIT ?"
        return self._runs(sql, lesson_id, practice_id, limit)

    def _runs(self, which: str, *values: str | int) -> tuple[Run, ...]:
        with store_errors(self._path):
            cursor = self._db.execute(f"SELECT * FROM runs {which}", values)
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor]
        return tuple(self._run(row) for row in rows)

    def run_count(self) -> int:
        """How many runs are stored."""
        return int(self._one("SELECT count(*) FROM runs")[0])

    def spent(self, *, since: datetime | None = None, prompt_id: str | None = None) -> Spent:
        """What the runs took, all of them or those since a time, of one prompt ("" for free ones) or of all."""
        sql = """SELECT count(*), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0),
                 coalesce(sum(first_token_ms / 1000 + CASE WHEN tokens_per_second > 0 AND completion_tokens > 1
                   THEN (completion_tokens - 1) / tokens_per_second ELSE 0 END), 0)
                 FROM runs WHERE (?1 IS NULL OR at >= ?1) AND (?2 IS NULL OR prompt_id = ?2)"""
        return Spent(*self._one(sql, since.isoformat() if since else None, prompt_id))

    def _run(self, row: dict[str, Any]) -> Run:
        kept = self._open(row.pop("text_sealed"), f"runs/text_sealed/{row['id']}")
        text = None
        if kept is not None:
            data = json.loads(kept)
            text = RunText(data["values"], tuple((role, content) for role, content in data["messages"]), data["answer"])
        row |= {
            "at": datetime.fromisoformat(row["at"]),
            "findings": json.loads(row["findings"]),
            "checks": json.loads(row["checks"]),
        }
        return Run(**row, text=text)

    # -- half-typed texts and favourites -----------------------------------------------------------------------------

    def draft(self, key: str) -> str:
        """A text left half-typed at a place such as "practice/free", or ""."""
        row = self._one("SELECT text_sealed FROM drafts WHERE key = ?", key)
        return self._open(row[0] if row else None, f"drafts/text_sealed/{key}") or ""

    def save_draft(self, key: str, text: str) -> None:
        """Keep a half-typed text; an empty one is forgotten."""
        sealed = self._seal(text, f"drafts/text_sealed/{key}")
        if text and sealed is None:
            return  # what an earlier session sealed stays until there is something to put in its place
        with writing(self._db, self._path):
            self._store_draft(key, sealed if text else None)

    def draft_keys(self, start: str) -> tuple[str, ...]:
        """The keys of all half-typed texts that begin with start, kept in memory or stored, in order."""
        place = "drafts/text_sealed/"
        waiting = {one.removeprefix(place) for one in self._memory if one.startswith(place + start)}
        with store_errors(self._path):
            rows = self._db.execute(
                "SELECT key FROM drafts WHERE substr(key, 1, ?) = ?", (len(start), start)
            ).fetchall()
        return tuple(sorted(waiting | {row[0] for row in rows}))

    def _store_draft(self, key: str, sealed: bytes | None) -> None:
        if sealed is None:
            self._db.execute("DELETE FROM drafts WHERE key = ?", (key,))
        else:
            self._db.execute("INSERT OR REPLACE INTO drafts VALUES (?, ?, ?)", (key, sealed, self._at()))

    def favourites(self) -> frozenset[str]:
        """The ids of starred prompts."""
        with store_errors(self._path):
            return frozenset(row[0] for row in self._db.execute("SELECT prompt_id FROM favourites"))

    def set_favourite(self, prompt_id: str, starred: bool) -> None:
        """Star a prompt or take the star away."""
        with writing(self._db, self._path):
            if starred:
                self._db.execute("INSERT OR IGNORE INTO favourites VALUES (?, ?)", (prompt_id, self._at()))
            else:
                self._db.execute("DELETE FROM favourites WHERE prompt_id = ?", (prompt_id,))

    # -- audit -------------------------------------------------------------------------------------------------------

    def record(self, kind: str, data: Mapping[str, Any]) -> None:
        """Add an audit entry that belongs to no other fact, such as a sandbox self-test."""
        with self._recording(kind, data):
            pass

    def erase(self) -> None:
        """Delete everything but the audit chain's fact that it happened; the file is rewritten, so nothing lingers."""
        with self._recording("records_erased", {}):
            for table in (
                "profile",
                "lesson_progress",
                "attempts",
                "runs",
                "drafts",
                "favourites",
                "review_cards",
                "review_log",
                "certificates",
                "prompt_uses",
                "prompt_feedback",
                "collections",
                "collection_prompts",
                "comparisons",
                "comparison_cells",
                "comparison_votes",
                "conversations",
                "turns",
            ):
                self._db.execute(f"DELETE FROM {table}")
        self._memory.clear()
        with store_errors(self._path):
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def expire(self, cutoff: datetime) -> Expired:
        """Delete what people typed and got before cutoff, for good: conversations, comparisons, texts of runs, drafts."""
        compared = self.comparisons.delete_before(cutoff)
        expired = replace(self.conversations.forget_before(cutoff), comparisons=compared)
        if expired:
            with (
                suppress(StoreError),
                store_errors(self._path),
            ):  # in use just now: what is deleted is overwritten anyway
                self._db.execute("VACUUM")
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return expired

    @contextmanager
    def _recording(self, kind: str, data: Mapping[str, Any]) -> Iterator[None]:
        with writing(self._db, self._path):
            yield
            self.audit.append(kind, data)
        self._keep_head()

    def _keep_head(self) -> None:
        # The entry is committed. Calling that a failure, on a full disk, would have it written a second time; verify
        # takes an older head, and the next write brings it up to date.
        with suppress(StoreError), store_errors(self._path):
            self.audit.keep_head(self.vault)

    # -- rows --------------------------------------------------------------------------------------------------------

    def _one(self, sql: str, *values: Any) -> Any:
        with store_errors(self._path):
            return self._db.execute(sql, values).fetchone()

    def _meta(self, key: str) -> str:
        row = self._one("SELECT value FROM meta WHERE key = ?", key)
        return row[0] if row else ""

    def _set_meta(self, key: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _at(self) -> str:
        return self._now().isoformat(timespec="milliseconds")


def _refuse_emptied(path: Path, head_path: Path) -> None:
    """SQLite takes a file cut to nothing for a new one; the kept head knows better."""
    kept, _ = read_head(head_path)
    if kept and kept.seq and path.exists() and not path.stat().st_size:
        raise DamagedError(
            path,
            f"{path} is empty, although {kept.seq:,} entries were recorded in it. Put a backup in its place, "
            "or move it away to start afresh.",
        )


def _progress(row: tuple[Any, ...]) -> LessonProgress:
    when = [datetime.fromisoformat(text) if text else None for text in row[4:8]]
    started, updated, completed, passed = when
    assert started is not None and updated is not None
    return LessonProgress(
        row[0], row[1], row[2], tuple(json.loads(row[3])), started, updated, completed, passed, row[8]
    )
