"""Comparisons to and from the person's records: what is stored is plain values, sealed where it is text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any
from uuid import uuid4

from desktop_app.errors import StoreError
from desktop_app.guard.finding import Finding
from desktop_app.jobs import Job, Progress, finish
from desktop_app.practice.compare.comparison import Cell, CellKey, Column, Comparison, Plan, Vote
from desktop_app.records.comparisons import ComparisonRepository, StoredCell
from desktop_app.sandbox.protocol import Timings

_TIMINGS = tuple(item.name for item in fields(Timings))
_ROWS_A_STEP = 100


def begin(store: ComparisonRepository, plan: Plan, findings: Iterable[Finding] = ()) -> Comparison:
    """Store a plan and return it as a comparison without answers; raises StoreError."""
    facts = {
        "prompts": [f"{one.prompt_id}@{one.prompt_version}" if one.prompt_id else "" for one in plan.columns],
        "models": [one.model_id for one in plan.columns],
        "findings": dict(Counter(found.kind for found in findings)),
    }
    stored = store.begin(
        uuid4().hex, plan.title, _plan_data(plan), columns=len(plan.columns), rows=len(plan.rows), blind=plan.blind,
        facts=facts,
    )  # fmt: skip
    return Comparison(stored.id, stored.at, plan, {}, {})


def keep(store: ComparisonRepository, comparison: Comparison, cell: Cell) -> Comparison:
    """Store an answer and return the comparison with it; what this returned from is on disk. Raises StoreError.

    An answer that was stopped half-way is shown, not stored: the next run makes it whole.
    """
    if cell.stop_reason != "cancelled":
        kept = {"timings": asdict(cell.timings), "kept": cell.kept}
        store.save_cell(
            comparison.id,
            StoredCell(cell.row, cell.column, cell.text, cell.seed, cell.stop_reason, cell.problem, kept),
        )
    return replace(comparison, cells={**comparison.cells, cell.place: cell})


def keep_vote(
    store: ComparisonRepository, comparison: Comparison, row: int, choice: int | None, *, seen: bool
) -> Comparison:
    """Store a vote, or take it back with None; raises StoreError."""
    store.vote(comparison.id, row, choice, seen=seen)
    votes = {at: vote for at, vote in comparison.votes.items() if at != row}
    return replace(comparison, votes=votes if choice is None else {**votes, row: Vote(choice, seen)})


def reopen(store: ComparisonRepository, comparison_id: str) -> Comparison:
    """A stored comparison as it was; raises StoreError if it is gone or its inputs could not be kept."""
    return finish(reopening(store, comparison_id))


def reopening(store: ComparisonRepository, comparison_id: str) -> Job[Comparison]:
    """reopen in steps of a few hundredths of a second, for the thread that the records belong to."""
    stored = store.get(comparison_id)
    if stored.plan is None:
        raise StoreError(
            "The texts of this comparison were not kept, because there was no system keyring. Delete it or start a new one."
        )
    cells: dict[CellKey, Cell] = {}
    for first in range(0, stored.rows, _ROWS_A_STEP):
        cells |= {(one.row, one.column): _cell(one) for one in store.cells(comparison_id, first, first + _ROWS_A_STEP)}
        yield Progress(first, stored.rows, "Opening")
    votes = {one.row: Vote(one.choice, one.seen) for one in store.votes(comparison_id)}
    return Comparison(stored.id, stored.at, _plan(stored.plan), cells, votes)


def newest(store: ComparisonRepository) -> str:
    """The id of the latest comparison; raises StoreError if there is none."""
    found = store.listed(limit=1)
    if not found:
        raise StoreError("There is no comparison in your records yet.")
    return found[0].id


def _plan_data(plan: Plan) -> dict[str, Any]:
    return {
        "title": plan.title, "columns": [asdict(column) for column in plan.columns], "rows": plan.rows,
        "models": plan.models, "source": plan.source, "shuffle": plan.shuffle,
    }  # fmt: skip


def _plan(data: Mapping[str, Any]) -> Plan:
    columns = tuple(Column(**column) for column in data["columns"])
    rows, models = tuple(data["rows"]), tuple(data["models"])
    return Plan(data["title"], columns, rows, models, data["source"], data["shuffle"])


def _cell(one: StoredCell) -> Cell:
    kept = one.facts.get("timings", {})
    timings = Timings(**{name: kept[name] for name in _TIMINGS if name in kept})
    return Cell(
        one.row, one.column, one.text, one.seed, one.stop_reason, one.problem, timings, bool(one.facts.get("kept"))
    )
