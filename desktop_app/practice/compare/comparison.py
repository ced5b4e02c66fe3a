"""A comparison: what each column runs, the inputs, the answers and the votes, as frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from desktop_app.prompts.prompt import ModelParameters
from desktop_app.sandbox.protocol import Timings


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a comparison. prompt_id is "" for a free text; model_id "" is the model in use; seed None draws one."""

    prompt_id: str
    prompt_version: int
    model_id: str
    parameters: ModelParameters
    seed: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """The answer of one column to one input; problem says why there is none, else ""."""

    row: int
    column: int
    text: str
    seed: int
    stop_reason: str
    problem: str
    timings: Timings


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two to four columns on one input or a table of them. rows are the values by input name.

    order shuffles the columns of each row for a blind vote (() shows them as they are); votes maps a row to the column
    that was chosen, or to -1 for "no difference".
    """

    id: str
    at: datetime
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, str], ...]
    cells: tuple[Cell, ...]
    blind: bool
    order: tuple[tuple[int, ...], ...]
    votes: Mapping[int, int]
