"""What the Compare tab shows, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.practice.compare.columns import differences, facts, titles
from desktop_app.practice.compare.comparison import FEWEST_COLUMNS, LETTERS, MOST_COLUMNS, Column, Comparison
from desktop_app.practice.compare.table import InputTable
from desktop_app.practice.compare.votes import order
from desktop_app.prompts.prompt import Input, PromptVersion
from desktop_app.records.comparisons import StoredComparison
from desktop_app.ui.sandbox_model import SandboxState
from desktop_app.ui.test_run import RunProgress

FILTERS = {"all": "All rows", "failed": "Failed", "differ": "Differing", "open": "Not voted"}


@dataclass(frozen=True, slots=True)
class CompareState:
    """page is "setup" or "results". versions are the prompts the columns stand for, None where column_problems says why not.

    prompts are (id, name) to choose from, versions_of the versions of the chosen column's prompt by number with their
    state, models names by id. row is the one whose answers are shown, writing the cell that is being made. revealed is
    True once somebody asked for the names. asks is a question about an export, said what was done just now, failed what
    could not be; problem is about what goes in.
    """

    page: str = "setup"
    columns: tuple[Column, ...] = ()
    chosen: int = 0
    versions: tuple[PromptVersion | None, ...] = ()
    column_problems: tuple[str, ...] = ()
    inputs: tuple[Input, ...] = ()
    prompts: tuple[tuple[str, str], ...] = ()
    versions_of: Mapping[int, str] = field(default_factory=dict)
    models: Mapping[str, str] = field(default_factory=dict)
    as_table: bool = False
    table: InputTable | None = None
    table_file: Path | None = None
    table_found: str = ""
    blind: bool = False
    problem: str = ""
    field_problems: Mapping[str, str] | None = None
    comparison: Comparison | None = None
    row: int = 0
    which: str = "all"
    writing: tuple[int, int] | None = None
    revealed: bool = False
    progress: RunProgress | None = None
    asks: str = ""
    said: str = ""
    failed: str = ""
    undo: str = ""
    history: tuple[StoredComparison, ...] = ()
    sandbox: SandboxState = field(default_factory=SandboxState)

    @property
    def can_add(self) -> bool:
        """Whether there is room for another column."""
        return len(self.columns) < MOST_COLUMNS

    @property
    def can_remove(self) -> bool:
        """Whether a column can go."""
        return len(self.columns) > FEWEST_COLUMNS

    @property
    def can_run(self) -> bool:
        """Whether Run would do something now."""
        ready = self.sandbox.phase != "off" and self.progress is None and not any(self.column_problems)
        return ready and (not self.as_table or bool(self.table and not self.table.problems))

    @property
    def differences(self) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        """What the columns share, and what is each one's own."""
        return differences([facts(column, self.models) for column in self.columns])

    @property
    def titles(self) -> tuple[str, ...]:
        """The short names of the columns of the comparison that is shown."""
        columns = self.comparison.plan.columns if self.comparison else self.columns
        return titles([facts(column, self.models) for column in columns])

    @property
    def shared(self) -> tuple[str, ...]:
        """What the columns of the comparison that is shown have in common."""
        columns = self.comparison.plan.columns if self.comparison else self.columns
        return differences([facts(column, self.models) for column in columns])[0]

    @property
    def order(self) -> tuple[int, ...]:
        """The columns of the row that is shown, from left to right."""
        return order(self.comparison.plan, self.row) if self.comparison else ()

    def is_named(self, row: int) -> bool:
        """Whether the names of a row's columns may be seen."""
        shown = self.comparison
        if shown is None or not shown.plan.blind or self.revealed:
            return True
        return len(shown.votes) == len(shown.plan.rows)

    @property
    def is_row_hidden(self) -> bool:
        """Whether the answers wait until all of the row are there, so that nothing gives them away."""
        shown = self.comparison
        return shown is not None and not self.is_named(self.row) and not shown.is_row_whole(self.row)

    def name(self, column: int) -> str:
        """What a column of the row that is shown is called: its letter, and its title unless that is to be guessed."""
        letter = LETTERS[self.order.index(column)]
        return f"{letter} · {self.titles[column]}" if self.is_named(self.row) else letter

    @property
    def rows_shown(self) -> tuple[int, ...]:
        """The rows the filter leaves."""
        shown = self.comparison
        if shown is None:
            return ()
        rows = range(len(shown.plan.rows))
        match self.which:
            case "failed":
                return tuple(row for row in rows if any(cell and cell.problem for cell in shown.row_cells(row)))
            case "differ":
                return tuple(row for row in rows if shown.differs(row))
            case "open":
                return tuple(row for row in rows if row not in shown.votes)
        return tuple(rows)
