"""Comparisons in learner.db: what was compared, every answer, every vote. Part of LearnerRepository, on its connection.

What goes in and what comes out is sealed; how many there are, seeds, votes and times are not. An answer that save_cell
returned from is on disk: a comparison that was killed goes on at the next one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.records.repository import SealingRepository
from desktop_app.storage.database import store_errors, writing


@dataclass(frozen=True, slots=True)
class StoredComparison:
    """One comparison without its answers. title and plan are None when they could not be kept (no keyring).

    cells is how many answers are stored, failed ones among them; votes how many rows were voted on.
    """

    id: str
    at: datetime
    title: str | None
    columns: int
    rows: int
    blind: bool
    cells: int = 0
    votes: int = 0
    plan: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class StoredCell:
    """One answer. text is None when it could not be kept; problem says why there is no whole answer, else it is ""."""

    row: int
    column: int
    text: str | None
    seed: int
    stop_reason: str
    problem: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class StoredVote:
    """What was chosen for a row; seen is True if the columns' names were in view."""

    row: int
    choice: int
    seen: bool
    at: datetime


class ComparisonRepository(SealingRepository):
    """Comparisons of one person."""

    def begin(
        self,
        comparison_id: str,
        title: str,
        plan: Mapping[str, Any],
        *,
        columns: int,
        rows: int,
        blind: bool,
        facts: Mapping[str, Any],
    ) -> StoredComparison:
        """Store what will be compared; facts go into the audit entry and hold no text. Raises StoreError."""
        at = self._at()
        with self._recording(
            "comparison_begun", {"comparison": comparison_id, "columns": columns, "rows": rows, **facts}
        ):
            self._db.execute(
                "INSERT INTO comparisons VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
                (
                    comparison_id, self._seal(title, _place("title", comparison_id)),
                    self._seal(json.dumps(plan), _place("plan", comparison_id)), columns, rows, int(blind), at,
                ),
            )  # fmt: skip
        return StoredComparison(comparison_id, datetime.fromisoformat(at), title, columns, rows, blind, plan=plan)

    def save_cell(self, comparison_id: str, cell: StoredCell) -> None:
        """Store an answer, in place of one that failed there before; raises StoreError."""
        cell_id = f"{comparison_id}-{cell.row}-{cell.column}"
        with writing(self._db, self._path):
            self._db.execute(
                "INSERT OR REPLACE INTO comparison_cells VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    cell_id, comparison_id, cell.row, cell.column, self._seal(cell.text or "", _cell_place(cell_id)),
                    cell.seed, cell.stop_reason, cell.problem, json.dumps({**cell.facts, "empty": not cell.text}),
                ),
            )  # fmt: skip

    def vote(self, comparison_id: str, row: int, choice: int | None, *, seen: bool) -> StoredVote | None:
        """Store what was chosen for a row, or with None take the vote back; return it."""
        with writing(self._db, self._path):
            if choice is None:
                self._db.execute(
                    "DELETE FROM comparison_votes WHERE comparison_id = ? AND row = ?", (comparison_id, row)
                )
                return None
            at = self._at()
            self._db.execute(
                "INSERT OR REPLACE INTO comparison_votes VALUES (?, ?, ?, ?, ?)",
                (comparison_id, row, choice, int(seen), at),
            )
        return StoredVote(row, choice, seen, datetime.fromisoformat(at))

    def listed(self, *, limit: int = 200) -> tuple[StoredComparison, ...]:
        """The latest comparisons without their plans, newest first."""
        return self._read("deleted_at IS NULL ORDER BY at DESC, rowid DESC LIMIT ?", limit, with_plan=False)

    def get(self, comparison_id: str) -> StoredComparison:
        """One comparison with its plan; raises StoreError if there is none."""
        found = self._read("id = ? AND deleted_at IS NULL", comparison_id, with_plan=True)
        if not found:
            raise StoreError(f"There is no comparison {comparison_id} in your records.")
        return found[0]

    def cells(self, comparison_id: str, first_row: int = 0, end_row: int | None = None) -> tuple[StoredCell, ...]:
        """The answers of the rows from first_row up to, not with, end_row, by row and column."""
        sql = """SELECT id, row, column, text_sealed, seed, stop_reason, problem, facts FROM comparison_cells
                 WHERE comparison_id = ? AND row >= ? AND row < ? ORDER BY row, column"""
        rows = self._rows(sql, comparison_id, first_row, 2**31 if end_row is None else end_row)
        return tuple(self._cell(row) for row in rows)

    def votes(self, comparison_id: str) -> tuple[StoredVote, ...]:
        """The votes, by row."""
        sql = "SELECT row, choice, seen, at FROM comparison_votes WHERE comparison_id = ? ORDER BY row"
        return tuple(
            StoredVote(row, choice, bool(seen), datetime.fromisoformat(at))
            for row, choice, seen, at in self._rows(sql, comparison_id)
        )

    def delete(self, comparison_id: str) -> None:
        """Take a comparison out of the list; restore brings it back until purge."""
        self._mark(comparison_id, self._at())

    def restore(self, comparison_id: str) -> None:
        """Bring a deleted comparison back."""
        self._mark(comparison_id, None)

    def purge(self) -> None:
        """Delete for good what was taken out of the list."""
        self._drop("deleted_at IS NOT NULL")

    def delete_before(self, at: datetime) -> int:
        """Delete for good what was compared before a time; return how many comparisons that were."""
        return self._drop("at < ?", at.isoformat(timespec="milliseconds"))

    # -- rows --------------------------------------------------------------------------------------------------------

    def _mark(self, comparison_id: str, deleted_at: str | None) -> None:
        with writing(self._db, self._path):
            self._db.execute("UPDATE comparisons SET deleted_at = ? WHERE id = ?", (deleted_at, comparison_id))

    def _drop(self, which: str, *values: str) -> int:
        ids = [row[0] for row in self._rows(f"SELECT id FROM comparisons WHERE {which}", *values)]
        if ids:
            with self._recording("comparisons_deleted", {"comparisons": ids}):
                for table, key in (
                    ("comparison_cells", "comparison_id"), ("comparison_votes", "comparison_id"), ("comparisons", "id"),
                ):  # fmt: skip
                    for comparison_id in ids:
                        self._db.execute(f"DELETE FROM {table} WHERE {key} = ?", (comparison_id,))
        return len(ids)

    def _read(self, which: str, value: str | int, *, with_plan: bool) -> tuple[StoredComparison, ...]:
        plan = "plan_sealed" if with_plan else "NULL"
        sql = f"""SELECT id, at, title_sealed, columns, rows, blind, {plan},
                    (SELECT count(*) FROM comparison_cells WHERE comparison_id = comparisons.id),
                    (SELECT count(*) FROM comparison_votes WHERE comparison_id = comparisons.id)
                  FROM comparisons WHERE {which}"""
        return tuple(self._comparison(row, with_plan) for row in self._rows(sql, value))

    def _comparison(self, row: tuple[Any, ...], with_plan: bool) -> StoredComparison:
        comparison_id, at, title, columns, rows, blind, plan, cells, votes = row
        text = self._unseal(plan, _place("plan", comparison_id)) if with_plan else None
        return StoredComparison(
            comparison_id, datetime.fromisoformat(at), self._unseal(title, _place("title", comparison_id)), columns,
            rows, bool(blind), cells, votes, json.loads(text) if text is not None else None,
        )  # fmt: skip

    def _cell(self, values: tuple[Any, ...]) -> StoredCell:
        cell_id, row, column, sealed, seed, stop_reason, problem, told = values
        facts = json.loads(told)
        # an answer without a word needs no key to be known
        text = "" if facts.pop("empty") else self._unseal(sealed, _cell_place(cell_id))
        return StoredCell(row, column, text, seed, stop_reason, problem, facts)

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with store_errors(self._path):
            return self._db.execute(sql, values).fetchall()

    def _at(self) -> str:
        return self._now().isoformat(timespec="milliseconds")


def _place(what: str, comparison_id: str) -> str:
    return f"comparisons/{what}_sealed/{comparison_id}"


def _cell_place(cell_id: str) -> str:
    return f"comparison_cells/text_sealed/{cell_id}"
