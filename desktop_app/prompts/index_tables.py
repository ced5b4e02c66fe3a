"""The tables of index.db, and how a prompt gets in and out of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from desktop_app.errors import ContentError
from desktop_app.prompts.query import fold, words
from desktop_app.storage.sqlite import Database, Migrations

if TYPE_CHECKING:
    from desktop_app.prompts.prompt import Prompt

FACETS = ("role", "task", "status", "data_class", "tag")
# Words that are worth correcting a typed one to.
_SHORTEST_WORD, _LONGEST_WORD = 4, 30
_TEXTS = "name, description, task, tags, roles, body"

index = Migrations("index")


@index()
def m0002_stamps(db: Database) -> None:
    """Prompts (the offered version's texts), their facets and words, the full-text index, and what each folder was like.

    There is no way here from m0001: such an index counts as another app's and is made anew.
    """
    for statement in (
        """CREATE TABLE prompts (
             number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, version INTEGER NOT NULL, name TEXT NOT NULL,
             description TEXT NOT NULL, task TEXT NOT NULL, tags TEXT NOT NULL, roles TEXT NOT NULL, status TEXT NOT NULL,
             data_class TEXT NOT NULL, owner TEXT NOT NULL, larger_model INTEGER NOT NULL,
             folder BLOB NOT NULL, body TEXT NOT NULL) STRICT""",
        "CREATE INDEX prompts_by_name ON prompts (name COLLATE NOCASE, id)",
        """CREATE TABLE prompt_facets (facet TEXT NOT NULL, value TEXT NOT NULL, number INTEGER NOT NULL,
             PRIMARY KEY (facet, value, number)) STRICT, WITHOUT ROWID""",
        """CREATE VIRTUAL TABLE prompts_fts USING fts5(
             name, description, task, tags, roles, body, content='', tokenize='unicode61 remove_diacritics 2',
             prefix='1 2 3')""",
        "CREATE TABLE words (word TEXT PRIMARY KEY, prompts INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        # path is what the system calls the folder; due_on the day from which its prompt's state may be another, or ""
        """CREATE TABLE folders (path BLOB PRIMARY KEY, id TEXT NOT NULL, stamp BLOB NOT NULL, due_on TEXT NOT NULL,
             problems TEXT NOT NULL) STRICT, WITHOUT ROWID""",
        "CREATE INDEX folders_with_problems ON folders (path) WHERE problems <> ''",
    ):
        db.execute(statement)


@index()
def m0003_grounding(db: Database) -> None:
    """The documents a person added to ask questions about (practice/grounding/index.py), their passages, and what is searched.

    They stand here because a file's tables are one history, whoever opens it first. A passage's text is kept twice: cutting
    sixty of them out of a long document took thirty times as long as finding them.
    """
    for statement in (
        """CREATE TABLE documents (
             number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, path BLOB UNIQUE NOT NULL, kind TEXT NOT NULL,
             pages INTEGER NOT NULL, passages INTEGER NOT NULL, problem TEXT NOT NULL, added_at TEXT NOT NULL,
             chars INTEGER NOT NULL, text TEXT NOT NULL) STRICT""",
        """CREATE TABLE passages (
             number INTEGER PRIMARY KEY, document INTEGER NOT NULL REFERENCES documents (number), position INTEGER NOT NULL,
             page INTEGER, heading TEXT NOT NULL, start INTEGER NOT NULL, "end" INTEGER NOT NULL, body INTEGER NOT NULL,
             text TEXT NOT NULL, UNIQUE (document, position)) STRICT""",
        # the words are stemmed before they come here
        "CREATE VIRTUAL TABLE passages_fts USING fts5(name, heading, body, tokenize='unicode61')",
        "CREATE VIRTUAL TABLE passages_words USING fts5vocab(passages_fts, row)",
    ):
        db.execute(statement)


def insert(db: Database, prompt: Prompt, folder: bytes) -> Counter[str]:
    """Add the prompt of a folder; returns by how much each word now stands in more prompts, for count_words."""
    version = prompt.offered
    tags, roles = " ".join(version.tags), " ".join(version.roles)
    body = "\n".join(message.content for message in version.messages)
    status = prompt.status(version.version)
    number = db.conn.execute(
        """INSERT INTO prompts (id, version, name, description, task, tags, roles, status, data_class, owner,
             larger_model, folder, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
        (prompt.id, version.version, version.name, version.description, version.task, tags, roles, status,
         version.data_class, version.owner, version.larger_model, folder, body),
    ).lastrowid  # fmt: skip
    texts = [version.name, version.description, version.task, tags, roles, body]
    db.conn.execute(
        f"INSERT INTO prompts_fts (rowid, {_TEXTS}) VALUES (?, ?, ?, ?, ?, ?, ?)", (number, *map(fold, texts))
    )
    values = {
        ("task", version.task), ("status", status), ("data_class", version.data_class),
        *(("role", role) for role in version.roles), *(("tag", tag) for tag in version.tags),
    }  # fmt: skip
    db.conn.executemany(
        "INSERT INTO prompt_facets VALUES (?, ?, ?)", [(facet, value, number) for facet, value in values]
    )
    return _words_in(texts[:4])


def remove(db: Database, prompt_id: str, folder: bytes | None = None) -> Counter[str]:
    """Take a prompt out, if it is there and from folder; returns by how much each word now stands in fewer prompts."""
    row = db.conn.execute(f"SELECT {_TEXTS}, number, folder FROM prompts WHERE id = ?", (prompt_id,)).fetchone()
    if row is None or folder not in (None, row[-1]):
        return Counter()
    *texts, number, _ = row
    # the full-text index holds no texts and must be told the old ones to forget them
    db.conn.execute(
        f"INSERT INTO prompts_fts (prompts_fts, rowid, {_TEXTS}) VALUES ('delete', ?, ?, ?, ?, ?, ?, ?)",
        (number, *map(fold, texts)),
    )
    facets = db.conn.execute(
        "SELECT status, data_class, task, roles, tags FROM prompts WHERE number = ?", (number,)
    ).fetchone()
    values = [*zip(("status", "data_class", "task"), facets[:3], strict=True)]
    values += [("role", role) for role in facets[3].split()] + [("tag", tag) for tag in facets[4].split()]
    db.conn.executemany(
        "DELETE FROM prompt_facets WHERE facet = ? AND value = ? AND number = ?", [(*pair, number) for pair in values]
    )
    db.conn.execute("DELETE FROM prompts WHERE number = ?", (number,))
    return _words_in(texts[:4])


def count_words(db: Database, more: Counter[str], fewer: Counter[str]) -> None:
    """Write down in how many prompts each word stands after some came and some went."""
    changes = {word: more[word] - fewer[word] for word in more | fewer if more[word] != fewer[word]}
    db.conn.executemany(
        "INSERT INTO words VALUES (?, ?) ON CONFLICT (word) DO UPDATE SET prompts = prompts + excluded.prompts",
        changes.items(),
    )
    db.conn.executemany(
        "DELETE FROM words WHERE word = ? AND prompts <= 0", [(word,) for word in changes if changes[word] < 0]
    )


def as_text(problems: Sequence[ContentError]) -> str:
    """Problems as they stand in the index, "" for none."""
    if not problems:
        return ""
    return json.dumps(
        [[os.fsdecode(problem.path), problem.message, problem.line, problem.column] for problem in problems]
    )


def as_problems(text: str) -> Iterator[ContentError]:
    """The problems that as_text wrote."""
    for path, message, line, column in json.loads(text):
        yield ContentError(message, path, line, column)


def _words_in(texts: Iterable[str]) -> Counter[str]:
    """The words of a prompt, each once: letters only, since nobody wants a number corrected."""
    found = {word for text in texts for word in words(text)}
    return Counter({word: 1 for word in found if _SHORTEST_WORD <= len(word) <= _LONGEST_WORD and word.isalpha()})
