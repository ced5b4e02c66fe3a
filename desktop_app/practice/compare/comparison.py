"""A comparison: what each column runs, the inputs, the answers and the votes, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from desktop_app.sandbox.protocol import Timings

FEWEST_COLUMNS, MOST_COLUMNS = 2, 4
LETTERS = "ABCD"
NO_DIFFERENCE, ALL_BAD = -1, -2  # votes for no column

CellKey = tuple[int, int]  # row, column


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a comparison.

    prompt_id names a library prompt; "" stands for a wording of one's own in text, and without one for the text that is
    typed as input. model_id "" is the model in use. changes are the parameters (temperature, top_p, repeat_penalty,
    max_tokens) that are other than the prompt's own; seed None is the prompt's own or drawn, one for all columns that
    have none. name is the prompt's title when the comparison began.
    """

    prompt_id: str = ""
    prompt_version: int = 0
    content_hash: str = ""
    name: str = ""
    text: str = ""
    model_id: str = ""
    changes: Mapping[str, float] = field(default_factory=dict)
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """The answer of one column to one input; problem says why there is no whole answer, else "".

    text is None if it could not be kept (no keyring) and the app was restarted since. kept is True if the answer to
    exactly this was there already, so the model was not asked.
    """

    row: int
    column: int
    text: str | None
    seed: int
    stop_reason: str
    problem: str = ""
    timings: Timings = field(default_factory=Timings)
    kept: bool = False

    @property
    def place(self) -> CellKey:
        """Row and column."""
        return self.row, self.column


@dataclass(frozen=True, slots=True)
class Vote:
    """What was chosen for a row: a column, NO_DIFFERENCE or ALL_BAD; seen is True if the names were in view."""

    choice: int
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be compared. rows are the values by input name; source is the table's file name, "" for one typed input.

    title is what it is about and, on a second line, how the columns differ.
    models are the SHA-256 of each column's model file, in the columns' order. shuffle is the number the order of a
    blind vote is drawn from, 0 if the columns are shown as they are.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, str], ...]
    models: tuple[str, ...] = ()
    source: str = ""
    shuffle: int = 0

    @property
    def blind(self) -> bool:
        """Whether the columns are shuffled for a vote."""
        return self.shuffle != 0

    @property
    def places(self) -> int:
        """How many answers there will be."""
        return len(self.rows) * len(self.columns)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to four columns on one input or a table of them, with the answers and votes there are."""

    id: str
    at: datetime
    plan: Plan
    cells: Mapping[CellKey, Cell]
    votes: Mapping[int, Vote]

    @property
    def done(self) -> int:
        """How many answers are there, failed ones not among them."""
        return sum(not cell.problem for cell in self.cells.values())

    @property
    def failed(self) -> int:
        """How many cells failed."""
        return sum(bool(cell.problem) for cell in self.cells.values())

    @property
    def is_whole(self) -> bool:
        """Whether every cell was run."""
        return len(self.cells) >= self.plan.places

    def row_cells(self, row: int) -> tuple[Cell | None, ...]:
        """The cells of a row in the columns' order, None where there is none yet."""
        return tuple(self.cells.get((row, column)) for column in range(len(self.plan.columns)))

    def is_row_whole(self, row: int) -> bool:
        """Whether every cell of a row was run."""
        return all(cell is not None for cell in self.row_cells(row))

    def differs(self, row: int) -> bool:
        """Whether the answers of a row are not all the same."""
        return len({(cell.text or "").strip() for cell in self.row_cells(row) if cell and not cell.problem}) > 1
