"""Instant search over the library: an index in index.db that can be made anew from the files at any time."""

from __future__ import annotations

import json
import math
import sqlite3
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.jobs import Job
from desktop_app.prompts import query
from desktop_app.prompts.index_tables import FACETS, as_problems, index
from desktop_app.prompts.masks import Masks, by_preference
from desktop_app.prompts.query import Term
from desktop_app.prompts.typos import Vocabulary, allowed_edits
from desktop_app.storage.database import store_errors
from desktop_app.storage.index_file import IndexFile
from desktop_app.storage.sqlite import Database

# bm25 weights in column order: a word in the name says more than one in the messages
_RANK = "bm25(prompts_fts, 10.0, 4.0, 4.0, 3.0, 2.0, 1.0)"
_RANKED_AT_MOST, _NAMED_AT_MOST = 2000, 4000
_COLUMNS = "id, version, name, description, task, roles, status, data_class, tags, owner, larger_model"
_NEXT_TO_NOTHING = 2
_KEPT_MATCHES = 32
_COUNTED_VALUES = 64
# What a person's own figures add to how well a text matches, at most; see _Preferences.
_FOR_ROLE, _APPROVED, _FAVOURITE, _USED, _RATED, _ENDED = 0.2, 0.15, 0.15, 0.15, 0.1, -0.6
_ENDED_STATES = ("withdrawn", "deprecated", "replaced", "changed", "rejected")


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

    corrected is the text that was searched for besides a mistyped one, "" if nothing was corrected.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    corrected: str = ""


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


@dataclass(frozen=True, slots=True)
class _Match:
    """The prompts that match an expression; scores by position where they are few enough to rank, lower is better."""

    mask: int
    scores: Mapping[int, float] | None = None


_DAMAGED = (
    "The search index was damaged and has been deleted. Start Greenroom again, and it is made anew from the library's files. "
    "Documents you added to Practice have to be added again; the files themselves are untouched."
)


class PromptIndex:
    """The index in one file. May be asked from several threads, one after the other; update belongs to one thread."""

    def __init__(self, path: Path) -> None:
        """Open or make the index; one that is damaged or of another app is made anew.

        Raises StoreError if the folder cannot be written.
        """
        self._path = path
        self._contents: _Contents | None = None
        self._file = IndexFile(path, index, _DAMAGED, self._forget)

    def close(self) -> None:
        """Close the file; whoever asks afterwards opens it again."""
        self._file.close()

    def update(self, libraries: Sequence[Path]) -> Job[int]:
        """Make the index match library folders and return how many prompts' folders changed.

        Rows come as they are read; what was done is kept when the job is closed early.
        """
        db = self._file.current()
        from desktop_app.prompts.indexing import Indexer  # reads prompt files, which searching does not

        with store_errors(self._path):
            try:
                return (yield from Indexer(db, self._path, libraries).update())
            finally:
                self._contents = None

    def search(
        self,
        text: str,
        filters: Mapping[str, str] | None = None,
        *,
        taste: Taste = NO_TASTE,
        restrict_to: Collection[str] | None = None,
        limit: int = 200,
    ) -> tuple[Hit, ...]:
        """The hits that find gives."""
        return self.find(text, filters, taste=taste, restrict_to=restrict_to, limit=limit).hits

    def find(
        self,
        text: str,
        filters: Mapping[str, str] | None = None,
        *,
        taste: Taste = NO_TASTE,
        restrict_to: Collection[str] | None = None,
        limit: int = 200,
    ) -> Found:
        """The best hits for a text, how many there are, and how many per facet value.

        filters maps a facet to the value it must have; a facet's counts ignore its own filter, so that its other values
        stay reachable. restrict_to are the only ids to look at. Where more than 2,000 prompts match, as for a single
        letter, they are not ranked by match: those with all words in the name come first, then taste decides.
        """
        filters = filters or {}
        for facet in filters:
            if facet not in FACETS:
                raise ValueError(f"unknown facet {facet}")
        with self._reading() as now:
            wanted = query.terms(text)
            match, corrected = now.match(wanted)
            base = (
                match.mask if restrict_to is None else match.mask & now.masks.at(now.positions_of(restrict_to).values())
            )
            chosen = {facet: now.value_mask(facet, value) for facet, value in filters.items()}
            allowed = base
            for mask in chosen.values():
                allowed &= mask
            best = now.best(allowed, match, wanted, taste)
            return Found(
                now.hits_at(islice(best, limit)),
                allowed.bit_count(),
                {facet: now.counts(facet, base, chosen) for facet in FACETS},
                corrected,
            )

    def similar(self, prompt_id: str, *, limit: int = 8) -> tuple[Hit, ...]:
        """Prompts like this one, the most alike first: they share its rarest words. () for an id that is not there."""
        with self._reading() as now:
            return now.similar(prompt_id, limit)

    def suggested(self, role: str, *, limit: int = 3) -> tuple[Hit, ...]:
        """A few prompts for a role by name: approved ones first, other roles' if there are too few. Needs nothing in memory."""
        one_of = "number IN (SELECT number FROM prompt_facets WHERE facet = ? AND value = ?)"
        sql = f"SELECT {_COLUMNS} FROM prompts WHERE {{}} ORDER BY name COLLATE NOCASE, id LIMIT ?"
        found: dict[str, Hit] = {}
        for wanted in (("role", role, "status", "approved"), ("role", role), ("status", "approved"), ()):
            where = " AND ".join([one_of] * (len(wanted) // 2)) or "1"
            with self._file.asking() as db:
                rows = db.conn.execute(sql.format(where), (*wanted, limit)).fetchall()
                found |= {row[0]: _hit(row) for row in rows if row[0] not in found}
            if len(found) >= limit:
                break
        return tuple(found.values())[:limit]

    def hits(self, prompt_ids: Iterable[str]) -> tuple[Hit, ...]:
        """The lines of these prompts in their order, without those that are not in the library."""
        wanted = list(prompt_ids)
        with self._file.asking() as db:
            sql = f"SELECT {_COLUMNS} FROM prompts WHERE id IN (SELECT value FROM json_each(?))"
            found = {row[0]: _hit(row) for row in db.conn.execute(sql, (json.dumps(wanted),))}
        return tuple(found[prompt_id] for prompt_id in wanted if prompt_id in found)

    def count(self) -> int:
        """How many prompts there are."""
        with self._file.asking() as db:
            return db.conn.execute("SELECT count(*) FROM prompts").fetchone()[0]

    def problems(self, *, limit: int = 100) -> tuple[ContentError, ...]:
        """What kept files out of the library when they were read, in order of the folders' names, at most limit."""
        sql = "SELECT problems FROM folders WHERE problems <> '' ORDER BY path LIMIT ?"
        with self._file.asking() as db:
            rows = db.conn.execute(sql, (limit,)).fetchall()
            return tuple(islice((problem for row in rows for problem in as_problems(row[0])), limit))

    @contextmanager
    def _reading(self) -> Iterator[_Contents]:
        """What the index holds at one moment, whoever writes meanwhile."""
        with self._file.asking() as db:
            db.conn.execute("BEGIN")
            try:
                version = db.conn.execute("PRAGMA data_version").fetchone()[0]
                if self._contents is None or self._contents.version != version:
                    self._contents = _Contents(db, version)
                yield self._contents
            finally:
                db.conn.rollback()

    def _forget(self) -> None:
        self._contents = None


class _Contents:
    """What searching needs in memory, as long as the file stays the same: a bit for each prompt and facet value."""

    def __init__(self, db: Database, version: int) -> None:
        self._db, self.version = db, version
        rows = self._rows("SELECT number FROM prompts ORDER BY name COLLATE NOCASE, id")
        self.masks = Masks(rows)
        self._values: dict[tuple[str, str], int] = {}
        self._matches: OrderedDict[str, _Match] = OrderedDict()
        self._liked: tuple[Taste, _Liking] | None = None

    # -- what matches ------------------------------------------------------------------------------------------------

    def match(self, wanted: Sequence[Term]) -> tuple[_Match, str]:
        """The prompts for some terms, and what they were corrected to if next to nothing matched, else ""."""
        if not wanted:
            return _Match(self.masks.all), ""
        literal = self._matching(query.expression(wanted))
        if literal.mask.bit_count() > _NEXT_TO_NOTHING:
            return literal, ""
        corrections = {term: known for term in wanted if (known := self._correction(term))}
        if not corrections:
            return literal, ""
        corrected = self._matching(query.expression(wanted, corrections))
        if corrected.mask == literal.mask:
            return literal, ""
        return corrected, query.corrected_text(wanted, corrections)

    def _correction(self, term: Term) -> str:
        """The known word that somebody meant by a term that stands nearly nowhere, or ""."""
        word = query.plain(term.words)
        if term.is_phrase or not word.isalpha() or not allowed_edits(word):
            return ""
        if self._matching(query.expression([term])).mask.bit_count() > _NEXT_TO_NOTHING:
            return ""
        known = self._vocabulary.nearest(word)
        if not known and term.is_unfinished:
            known = self._vocabulary.nearest_beginning(word)
        return known if known != word else ""

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._db.conn.execute("SELECT word, prompts FROM words"))

    def _matching(self, expression: str) -> _Match:
        if expression in self._matches:
            self._matches.move_to_end(expression)
            return self._matches[expression]
        self._matches[expression] = match = self._ask(expression)
        if len(self._matches) > _KEPT_MATCHES:
            self._matches.popitem(last=False)
        return match

    def _ask(self, expression: str) -> _Match:
        sql = "FROM prompts_fts WHERE prompts_fts MATCH ?"
        count = self._db.conn.execute(f"SELECT count(*) {sql}", (expression,)).fetchone()[0]
        if count == self.masks.size:  # a letter that every prompt has: counting is ten times as fast as fetching
            return _Match(self.masks.all) if count > _RANKED_AT_MOST else self._ranked(expression)
        if count > _RANKED_AT_MOST:
            return _Match(self.masks.of(self._rows(f"SELECT rowid AS number {sql}", expression)))
        return self._ranked(expression)

    def _named(self, wanted: Sequence[Term]) -> int:
        """Prompts that have all terms in their name; of tens of thousands only some, since a screen shows a few."""
        sql = f"SELECT rowid AS number FROM prompts_fts WHERE prompts_fts MATCH ? LIMIT {_NAMED_AT_MOST}"
        return self.masks.of(self._rows(sql, f"name : ({query.expression(wanted)})"))

    def _ranked(self, expression: str) -> _Match:
        sql = f"SELECT rowid, {_RANK} FROM prompts_fts WHERE prompts_fts MATCH ?"
        rows = self._db.conn.execute(sql, (expression,)).fetchall()
        scores = {self.masks.position(row): score for row, score in rows}
        return _Match(self.masks.of(row for row, _ in rows), scores)

    def _rows(self, sql: str, *values: Any) -> list[int]:
        """The one column "number" of a query; as JSON, because 100,000 rows of Python objects take five times as long."""
        return json.loads(self._db.conn.execute(f"SELECT json_group_array(number) FROM ({sql})", values).fetchone()[0])

    # -- which of them -----------------------------------------------------------------------------------------------

    def value_mask(self, facet: str, value: str) -> int:
        """The prompts with a value in a facet."""
        if (facet, value) not in self._values:
            sql = "SELECT number FROM prompt_facets WHERE facet = ? AND value = ?"
            self._values[facet, value] = self.masks.of(self._rows(sql, facet, value))
        return self._values[facet, value]

    def positions_of(self, ids: Collection[str]) -> dict[str, int]:
        """Where the prompts with these ids stand in order of name."""
        sql = "SELECT id, number FROM prompts WHERE id IN (SELECT value FROM json_each(?))"
        rows = self._db.conn.execute(sql, (json.dumps(list(ids)),))
        return {prompt_id: self.masks.position(number) for prompt_id, number in rows}

    @cached_property
    def _common(self) -> dict[str, list[str]]:
        """The values of each facet that most prompts have, as many as are counted."""
        sql = "SELECT facet, value FROM prompt_facets GROUP BY facet, value ORDER BY count(*) DESC, value"
        found: dict[str, list[str]] = {facet: [] for facet in FACETS}
        for facet, value in self._db.conn.execute(sql):
            if len(found[facet]) < _COUNTED_VALUES:
                found[facet].append(value)
        return found

    def counts(self, facet: str, base: int, chosen: Mapping[str, int]) -> dict[str, int]:
        """How many prompts there are per value of a facet, most first, with the filters of the other facets only."""
        for other, mask in chosen.items():
            if other != facet:
                base &= mask
        if not base:
            return {}
        counts = {value: (base & self.value_mask(facet, value)).bit_count() for value in self._common[facet]}
        return {value: count for value, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if count}

    # -- in which order ----------------------------------------------------------------------------------------------

    def best(self, allowed: int, match: _Match, wanted: Sequence[Term], taste: Taste) -> Iterator[int]:
        """The positions of the allowed prompts, the best for this person first."""
        liking = self._liking(taste)
        if match.scores is not None:
            bits, scores = self.masks.bits(allowed), match.scores
            among = [(score * liking.factor(at), at) for at, score in scores.items() if bits[at] == "1"]
            return (at for _, at in sorted(among))
        named = [self._named(wanted)] if wanted else []
        return self._by_liking(allowed, [~liking.ended, *named, liking.for_role, liking.approved], liking)

    def _liking(self, taste: Taste) -> _Liking:
        """What a taste says of these prompts; the last one is kept, since one person types many letters."""
        if self._liked is None or self._liked[0] != taste:
            self._liked = (taste, _Liking(self, taste))
        return self._liked[1]

    def _by_liking(self, allowed: int, preferences: Sequence[int], liking: _Liking) -> Iterator[int]:
        for part in by_preference(allowed, preferences):
            own = part & liking.own
            yield from sorted(self.masks.positions(own), key=lambda at: (-liking.factor(at), at))
            yield from self.masks.positions(part & ~own)

    def hits_at(self, positions: Iterable[int]) -> tuple[Hit, ...]:
        """The lines at some positions, in that order."""
        rows = [self.masks.rows[at] for at in positions]
        sql = f"SELECT {_COLUMNS}, number FROM prompts WHERE number IN (SELECT value FROM json_each(?))"
        found = {row[-1]: _hit(row) for row in self._db.conn.execute(sql, (json.dumps(rows),))}
        return tuple(found[row] for row in rows)

    # -- what is like it ---------------------------------------------------------------------------------------------

    def similar(self, prompt_id: str, limit: int) -> tuple[Hit, ...]:
        """See PromptIndex.similar."""
        sql = "SELECT number, name, task, tags, description FROM prompts WHERE id = ?"
        row = self._db.conn.execute(sql, (prompt_id,)).fetchone()
        if row is None:
            return ()
        rarest = self._rarest_words(query.words(" ".join(row[1:])))
        expression = query.any_of([word for word, _ in rarest])
        if sum(count for _, count in rarest) > _RANKED_AT_MOST:  # sharing one common word makes none alike
            expression = query.two_of([word for word, _ in rarest])
        if not expression:
            return ()
        sql = f"SELECT {_RANK}, rowid FROM prompts_fts WHERE prompts_fts MATCH ? LIMIT {_RANKED_AT_MOST}"
        rows = self._db.conn.execute(sql, (expression,)).fetchall()
        ranked = sorted((score, self.masks.position(number)) for score, number in rows if number != row[0])
        return self.hits_at(at for _, at in ranked[:limit])

    def _rarest_words(self, words: Sequence[str]) -> list[tuple[str, int]]:
        """The words of a prompt that the fewest others have, with their counts; those that no other has say nothing."""
        sql = """SELECT word, prompts FROM words WHERE word IN (SELECT value FROM json_each(?)) AND prompts > 1
                 ORDER BY prompts, word LIMIT 4"""
        return [tuple(row) for row in self._db.conn.execute(sql, (json.dumps(words),))]


class _Liking:
    """How much a person's role and own figures speak for each prompt."""

    def __init__(self, contents: _Contents, taste: Taste) -> None:
        masks = contents.masks
        self.for_role = contents.value_mask("role", taste.role) if taste.role else 0
        self.approved = contents.value_mask("status", "approved")
        self.ended = 0
        for state in _ENDED_STATES:
            self.ended |= contents.value_mask("status", state)
        own = contents.positions_of({*taste.favourites, *taste.uses, *taste.ratings})
        self.own = masks.at(own.values())
        self._own = {at: _own_worth(prompt_id, taste) for prompt_id, at in own.items()}
        self._bits = [
            (masks.bits(mask), worth)
            for mask, worth in ((self.for_role, _FOR_ROLE), (self.approved, _APPROVED), (self.ended, _ENDED))
            if mask
        ]

    def factor(self, at: int) -> float:
        """What a match is multiplied with: above 1 for what speaks for the prompt at a position."""
        return 1 + sum(worth for bits, worth in self._bits if bits[at] == "1") + self._own.get(at, 0.0)


def _own_worth(prompt_id: str, taste: Taste) -> float:
    used = min(1.0, math.log2(1 + taste.uses.get(prompt_id, 0)) / 5)
    rated = (taste.ratings.get(prompt_id, 3.0) - 3) / 2
    return _FAVOURITE * (prompt_id in taste.favourites) + _USED * used + _RATED * rated


def _hit(row: tuple[Any, ...] | sqlite3.Row) -> Hit:
    return Hit(
        row[0], row[1], row[2], row[3], row[4], tuple(row[5].split()), row[6], row[7], tuple(row[8].split()), row[9],
        bool(row[10]),
    )  # fmt: skip
