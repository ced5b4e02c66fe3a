"""The tables of learner.db, as numbered steps. A released step is never edited; a change is a new one.

Columns named *_sealed hold texts encrypted by the vault, or NULL when there is no keyring to keep the key.
"""

from __future__ import annotations

from desktop_app.storage.sqlite import Database, Migrations

learner = Migrations("learner")


@learner()
def m0001_start(db: Database) -> None:
    """Profile, lessons, attempts, runs, drafts, audit chain."""
    for statement in (
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
        """CREATE TABLE profile (
             id INTEGER PRIMARY KEY CHECK (id = 1), role TEXT NOT NULL, language TEXT NOT NULL,
             name_sealed BLOB, created_at TEXT NOT NULL) STRICT""",
        """CREATE TABLE lesson_progress (
             lesson_id TEXT PRIMARY KEY, lesson_version TEXT NOT NULL, step_key TEXT NOT NULL, steps_done TEXT NOT NULL,
             started_at TEXT NOT NULL, updated_at TEXT NOT NULL, completed_at TEXT, passed_at TEXT, score REAL) STRICT""",
        """CREATE TABLE attempts (
             id INTEGER PRIMARY KEY, lesson_id TEXT NOT NULL, lesson_version TEXT NOT NULL, question_id TEXT NOT NULL,
             number INTEGER NOT NULL, score REAL NOT NULL, chosen TEXT NOT NULL, typed_sealed BLOB, at TEXT NOT NULL) STRICT""",
        "CREATE INDEX attempts_by_question ON attempts (lesson_id, question_id)",
        """CREATE TABLE runs (
             id TEXT PRIMARY KEY, at TEXT NOT NULL, lesson_id TEXT NOT NULL, practice_id TEXT NOT NULL,
             prompt_id TEXT NOT NULL, prompt_version INTEGER NOT NULL, content_hash TEXT NOT NULL, model_id TEXT NOT NULL,
             seed INTEGER NOT NULL, stop_reason TEXT NOT NULL, prompt_tokens INTEGER NOT NULL,
             completion_tokens INTEGER NOT NULL, first_token_ms REAL NOT NULL, tokens_per_second REAL NOT NULL,
             findings TEXT NOT NULL, checks TEXT NOT NULL, judgement TEXT NOT NULL, text_sealed BLOB) STRICT""",
        "CREATE INDEX runs_by_time ON runs (at)",
        "CREATE TABLE drafts (key TEXT PRIMARY KEY, text_sealed BLOB NOT NULL, updated_at TEXT NOT NULL) STRICT",
        "CREATE TABLE favourites (prompt_id TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT",
        """CREATE TABLE audit_events (
             seq INTEGER PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
             previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT""",
    ):
        db.execute(statement)


@learner()
def m0002_learning(db: Database) -> None:
    """Spaced review (one card a question, one row a review) and certificates."""
    for statement in (
        """CREATE TABLE review_cards (
             lesson_id TEXT NOT NULL, question_id TEXT NOT NULL, state INTEGER NOT NULL, step INTEGER, stability REAL,
             difficulty REAL, due TEXT NOT NULL, last_review TEXT, PRIMARY KEY (lesson_id, question_id)) STRICT""",
        """CREATE TABLE review_log (
             id INTEGER PRIMARY KEY, lesson_id TEXT NOT NULL, question_id TEXT NOT NULL, at TEXT NOT NULL,
             rating INTEGER NOT NULL, expected_recall REAL, interval_days REAL NOT NULL) STRICT""",
        "CREATE INDEX review_log_by_time ON review_log (at)",
        """CREATE TABLE certificates (
             id TEXT PRIMARY KEY, subject TEXT NOT NULL, title TEXT NOT NULL, issued_at TEXT NOT NULL,
             credential_sealed BLOB) STRICT""",
    ):
        db.execute(statement)


@learner()
def m0003_library(db: Database) -> None:
    """Use of the prompt library: uses, feedback, collections."""
    for statement in (
        """CREATE TABLE prompt_uses (
             id INTEGER PRIMARY KEY, prompt_id TEXT NOT NULL, version INTEGER NOT NULL, content_hash TEXT NOT NULL,
             kind TEXT NOT NULL, at TEXT NOT NULL) STRICT""",
        "CREATE INDEX prompt_uses_by_prompt ON prompt_uses (prompt_id, version)",
        """CREATE TABLE prompt_feedback (
             id TEXT PRIMARY KEY, prompt_id TEXT NOT NULL, version INTEGER NOT NULL, content_hash TEXT NOT NULL,
             goal_met TEXT NOT NULL, rating INTEGER, reason TEXT NOT NULL, minutes_saved REAL, comment_sealed BLOB,
             at TEXT NOT NULL) STRICT""",
        "CREATE INDEX prompt_feedback_by_prompt ON prompt_feedback (prompt_id)",
        "CREATE TABLE collections (id TEXT PRIMARY KEY, name_sealed BLOB, created_at TEXT NOT NULL) STRICT",
        """CREATE TABLE collection_prompts (
             collection_id TEXT NOT NULL, prompt_id TEXT NOT NULL, position INTEGER NOT NULL,
             PRIMARY KEY (collection_id, prompt_id)) STRICT""",
    ):
        db.execute(statement)


@learner()
def m0004_practice(db: Database) -> None:
    """Conversations with the model, and comparisons."""
    for statement in (
        """CREATE TABLE conversations (
             id TEXT PRIMARY KEY, title_sealed BLOB, settings_sealed BLOB, prompt_id TEXT NOT NULL,
             prompt_version INTEGER NOT NULL, model_id TEXT NOT NULL, leaf TEXT NOT NULL, created_at TEXT NOT NULL,
             updated_at TEXT NOT NULL) STRICT""",
        "CREATE INDEX conversations_by_time ON conversations (updated_at)",
        """CREATE TABLE turns (
             id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, parent TEXT NOT NULL, role TEXT NOT NULL, text_sealed BLOB,
             run_id TEXT NOT NULL, facts TEXT NOT NULL, at TEXT NOT NULL) STRICT""",
        "CREATE INDEX turns_by_conversation ON turns (conversation_id)",
        """CREATE TABLE comparisons (
             id TEXT PRIMARY KEY, title_sealed BLOB, plan_sealed BLOB, columns INTEGER NOT NULL, rows INTEGER NOT NULL,
             blind INTEGER NOT NULL, at TEXT NOT NULL, deleted_at TEXT) STRICT""",
        "CREATE INDEX comparisons_by_time ON comparisons (at)",
        """CREATE TABLE comparison_cells (
             id TEXT PRIMARY KEY, comparison_id TEXT NOT NULL, row INTEGER NOT NULL, column INTEGER NOT NULL,
             text_sealed BLOB, seed INTEGER NOT NULL, stop_reason TEXT NOT NULL, problem TEXT NOT NULL,
             facts TEXT NOT NULL) STRICT""",
        "CREATE UNIQUE INDEX comparison_cells_by_place ON comparison_cells (comparison_id, row, column)",
        """CREATE TABLE comparison_votes (
             comparison_id TEXT NOT NULL, row INTEGER NOT NULL, choice INTEGER NOT NULL, seen INTEGER NOT NULL,
             at TEXT NOT NULL, PRIMARY KEY (comparison_id, row)) STRICT""",
    ):
        db.execute(statement)
