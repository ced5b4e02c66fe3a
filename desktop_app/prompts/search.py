"""Instant search over the library: an FTS5 index in index.db that can be rebuilt from the files at any time."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.prompt import Prompt
from desktop_app.storage.database import DamagedError, NewerError, open_database, store_errors, writing
from desktop_app.storage.sqlite import Database, Migrations

# bm25 weights in column order: a word in the name says more than one in the messages
_RANK = "bm25(prompts_fts, 10.0, 4.0, 4.0, 3.0, 2.0, 1.0)"
_RANKED_AT_MOST = 2000
_COLUMNS = "p.id, p.version, p.name, p.description, p.task, p.roles, p.status, p.data_class"
_WORD = re.compile(r'"([^"]*)"|(\w+)')
_MAX_WORDS = 12
FACETS = ("role", "task", "status", "data_class")

index = Migrations("index")


@index()
def m0001_prompts(db: Database) -> None:
    """One row per prompt (the offered version's texts), a row per role, and the full-text index over them."""
    for statement in (
        """CREATE TABLE prompts (
             number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, version INTEGER NOT NULL, mark TEXT NOT NULL,
             name TEXT NOT NULL, description TEXT NOT NULL, task TEXT NOT NULL, tags TEXT NOT NULL, roles TEXT NOT NULL,
             body TEXT NOT NULL, status TEXT NOT NULL, data_class TEXT NOT NULL) STRICT""",
        "CREATE TABLE prompt_roles (number INTEGER NOT NULL, role TEXT NOT NULL, PRIMARY KEY (role, number)) STRICT, WITHOUT ROWID",
        "CREATE INDEX prompts_by_name ON prompts (name COLLATE NOCASE)",
        """CREATE VIRTUAL TABLE prompts_fts USING fts5(
             name, description, task, tags, roles, body, content='prompts', content_rowid='number',
             tokenize='unicode61 remove_diacritics 2', prefix='1 2 3')""",
    ):
        db.execute(statement)


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of a result."""

    id: str
    version: int
    name: str
    description: str
    task: str
    roles: tuple[str, ...]
    status: str
    data_class: str
    tags: tuple[str, ...] = ()
    owner: str = ""
    larger_model: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The best hits in rank order, how many there are in all, and how many per facet value ({"role": {"sales": 3}}).

    corrected is the text that was searched instead of a mistyped one, "" if nothing was corrected. is_capped is True
    where so many match that total and facets count only the first of them: "2,000 and more".
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    corrected: str = ""
    is_capped: bool = False


@dataclass(frozen=True, slots=True)
class Taste:
    """Whose search it is: among equal matches what is for their role, approved, used often and rated well comes first.

    uses counts a person's uses, ratings are from 1 to 5; both by prompt id.
    """

    role: str = ""
    favourites: frozenset[str] = frozenset()
    uses: Mapping[str, int] = field(default_factory=dict)
    ratings: Mapping[str, float] = field(default_factory=dict)


NO_TASTE = Taste()


def discard_index(path: Path) -> None:
    """Delete an index, which the library's files can always make again; raises StoreError."""
    try:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
    except OSError as exc:
        raise StoreError(f"{path} is damaged and cannot be deleted ({exc.strerror}). Delete it yourself.") from exc


class PromptIndex:
    """The index in one file. Belongs to the thread that opened it."""

    def __init__(self, path: Path) -> None:
        """Open or make the index; one that is damaged or of a newer app is made anew.

        Raises StoreError if the folder cannot be written.
        """
        try:
            self._db = open_database(path, index, durable=False)
        except (DamagedError, NewerError):
            discard_index(path)
            self._db = open_database(path, index, durable=False)
        self._path = path

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def update(self, prompts: Iterable[Prompt]) -> Job[int]:
        """Make the index match prompts and return how many rows changed; one transaction, so readers see all or none."""
        rows = {prompt.id: (_mark(prompt), prompt) for prompt in prompts}
        with writing(self._db, self._path) as db:
            known = dict(db.execute("SELECT id, mark FROM prompts").fetchall())
            gone = [
                prompt_id for prompt_id, mark in known.items() if prompt_id not in rows or rows[prompt_id][0] != mark
            ]
            new = [prompt for prompt_id, (mark, prompt) in rows.items() if known.get(prompt_id) != mark]
            for prompt_id in gone:
                self._remove(prompt_id)
            for done, prompt in enumerate(new):
                if done % 500 == 0:
                    yield Progress(done, len(new), "Indexing prompts")
                self._insert(prompt)
        return len(gone) + len(new)

    def search(
        self,
        text: str,
        filters: Mapping[str, str] | None = None,
        *,
        taste: Taste = NO_TASTE,
        restrict_to: Collection[str] | None = None,
        limit: int = 200,
    ) -> tuple[Hit, ...]:
        """The best hits for text; filters maps a facet to the value it must have.

        Where more than 2,000 prompts match, as for a single letter, they are not ranked (that took 0.2 s over 100,000):
        those with all words in the name come first.
        """
        filters, expression = filters or {}, match_expression(text)
        with store_errors(self._path):
            if not expression:
                return self._hits("", filters, "ORDER BY p.name COLLATE NOCASE", limit)
            if not self._is_many(expression, filters):
                return self._ranked(expression, filters, limit)
            named = self._hits(f"name : ({expression})", filters, "", limit)
            if len(named) == limit:
                return named
            seen = {hit.id for hit in named}
            others = self._hits(expression, filters, "", limit + len(named))
        return (*named, *(hit for hit in others if hit.id not in seen))[:limit]

    def find(
        self,
        text: str,
        filters: Mapping[str, str] | None = None,
        *,
        taste: Taste = NO_TASTE,
        restrict_to: Collection[str] | None = None,
        limit: int = 200,
    ) -> Found:
        """Hits, total and facet counts; a facet's counts ignore its own filter, so its other values stay reachable."""
        filters, expression = filters or {}, match_expression(text)
        hits = self.search(text, filters, limit=limit)
        with store_errors(self._path):
            groups = self._groups(expression, filters)
            facets = {
                facet: _counts(
                    self._groups(expression, {k: v for k, v in filters.items() if k != facet})
                    if facet in filters
                    else groups,
                    FACETS.index(facet),
                )
                for facet in FACETS
            }
        return Found(hits, sum(count for *_, count in groups), facets)

    def similar(self, prompt_id: str, *, limit: int = 8) -> tuple[Hit, ...]:
        """Prompts like this one, the most alike first; () for an id that is not indexed."""
        return ()

    def hits(self, prompt_ids: Iterable[str]) -> tuple[Hit, ...]:
        """The lines of these prompts in their order, without those that are not indexed."""
        every = {hit.id: hit for hit in self.search("", limit=100_000)}
        return tuple(every[prompt_id] for prompt_id in prompt_ids if prompt_id in every)

    def _is_many(self, expression: str, filters: Mapping[str, str]) -> bool:
        source, values = _source(expression, filters)
        probe = f"SELECT count(*) FROM (SELECT 1 FROM {source} LIMIT {_RANKED_AT_MOST + 1})"
        return self._db.execute(probe, values).fetchone()[0] > _RANKED_AT_MOST

    def _ranked(self, expression: str, filters: Mapping[str, str], limit: int) -> tuple[Hit, ...]:
        source, values = _source(expression, filters)
        # ranked first and looked up afterwards: only the rows that are shown are read
        best = f"SELECT f.rowid AS number, {_RANK} AS score FROM {source} ORDER BY 2, 1 LIMIT ?"
        sql = (
            f"SELECT {_COLUMNS} FROM ({best}) b CROSS JOIN prompts p ON p.number = b.number ORDER BY b.score, b.number"
        )
        return tuple(_hit(row) for row in self._db.execute(sql, (*values, limit)))

    def _hits(self, expression: str, filters: Mapping[str, str], order: str, limit: int) -> tuple[Hit, ...]:
        source, values = _source(expression, filters, join=True)
        sql = f"SELECT {_COLUMNS} FROM {source} {order} LIMIT ?"
        return tuple(_hit(row) for row in self._db.execute(sql, (*values, limit)))

    def _groups(self, expression: str, filters: Mapping[str, str]) -> list[tuple[Any, ...]]:
        """How many prompts there are of each combination: roles, task, status, data class, count."""
        source, values = _source(expression, filters, join=True)
        sql = f"SELECT p.roles, p.task, p.status, p.data_class, count(*) FROM {source} GROUP BY 1, 2, 3, 4"
        return self._db.execute(sql, values).fetchall()

    def _insert(self, prompt: Prompt) -> None:
        version = prompt.offered
        body = "\n".join(message.content for message in version.messages)
        texts = (version.name, version.description, version.task, " ".join(version.tags), " ".join(version.roles), body)
        cursor = self._db.execute(
            """INSERT INTO prompts (id, version, mark, name, description, task, tags, roles, body, status, data_class)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (prompt.id, version.version, _mark(prompt), *texts, prompt.status(version.version), version.data_class),
        )
        self._db.execute("INSERT INTO prompts_fts (rowid, name, description, task, tags, roles, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
                         (cursor.lastrowid, *texts))  # fmt: skip
        self._db.conn.executemany(
            "INSERT INTO prompt_roles VALUES (?, ?)", [(cursor.lastrowid, role) for role in version.roles]
        )

    def _remove(self, prompt_id: str) -> None:
        row = self._db.execute(
            "SELECT number, name, description, task, tags, roles, body FROM prompts WHERE id = ?", (prompt_id,)
        ).fetchone()
        # an external-content index must be told the old texts to forget them
        self._db.execute(
            "INSERT INTO prompts_fts (prompts_fts, rowid, name, description, task, tags, roles, body) VALUES ('delete', ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        self._db.execute("DELETE FROM prompt_roles WHERE number = ?", row[:1])
        self._db.execute("DELETE FROM prompts WHERE number = ?", row[:1])


def match_expression(text: str) -> str:
    """The FTS5 expression for what a person typed: all words, quoted ones as a phrase, the last one as a prefix.

    "" if there is nothing to search for. Every word is quoted, so no character of FTS5's own language gets through.
    """
    terms = []
    for phrase, word in _WORD.findall(text)[:_MAX_WORDS]:
        words = re.findall(r"\w+", phrase or word)
        if words:
            terms.append('"' + " ".join(words) + '"')
    if not terms:
        return ""
    ends_in_word = text.rstrip('"') == text and not text[-1:].isspace()
    return " ".join(terms) + ("*" if ends_in_word else "")


def _source(expression: str, filters: Mapping[str, str], *, join: bool = False) -> tuple[str, tuple[Any, ...]]:
    """Tables and conditions: prompts_fts as f if there is an expression, prompts as p where it is needed."""
    tables, conditions, values = "prompts p", [], []
    if expression:
        # CROSS keeps SQLite from running the full-text search once for each prompt
        tables = "prompts_fts f" + (" CROSS JOIN prompts p ON p.number = f.rowid" if join or filters else "")
        conditions.append("prompts_fts MATCH ?")
        values.append(expression)
    for facet, value in filters.items():
        if facet not in FACETS:
            raise ValueError(f"unknown facet {facet}")
        if facet == "role":
            conditions.append("EXISTS (SELECT 1 FROM prompt_roles x WHERE x.role = ? AND x.number = p.number)")
        else:
            conditions.append(f"p.{facet} = ?")
        values.append(value)
    return tables + (" WHERE " + " AND ".join(conditions) if conditions else ""), tuple(values)


def _counts(groups: Iterable[tuple[Any, ...]], column: int) -> dict[str, int]:
    """How many prompts have each value in a column of groups, most first; a prompt counts for each of its roles."""
    counts: Counter[str] = Counter()
    for group in groups:
        for value in group[column].split() if column == FACETS.index("role") else (group[column],):
            counts[value] += group[-1]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _hit(row: tuple[Any, ...] | sqlite3.Row) -> Hit:
    return Hit(row[0], row[1], row[2], row[3], row[4], tuple(row[5].split()), row[6], row[7])


def _mark(prompt: Prompt) -> str:
    version = prompt.offered
    return f"{version.content_hash}:{version.version}:{prompt.status(version.version)}"
