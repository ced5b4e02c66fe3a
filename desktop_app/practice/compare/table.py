"""A table of inputs in a CSV file: its columns go to the prompt's inputs by name, and every row must fit before any runs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import AppError, ContentError
from desktop_app.guard.finding import Finding
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.interchange.csv_rows import Row, read_rows
from desktop_app.prompts.prompt import Input
from desktop_app.prompts.render import check_value

MOST_ROWS = 10_000
MOST_BYTES = 20_000_000
_MOST_COLUMNS = 60
_MOST_PROBLEMS = 20
_BATCH = 200


@dataclass(frozen=True, slots=True)
class InputTable:
    """What a CSV file holds for a prompt's inputs: one mapping per row, and the line each row starts on.

    ignored are columns that belong to no input. problems says what is wrong, the first twenty; rows are then not to be run.
    """

    name: str
    rows: tuple[Mapping[str, str], ...] = ()
    lines: tuple[int, ...] = ()
    ignored: tuple[str, ...] = ()
    problems: tuple[ContentError, ...] = ()


def read_table(path: Path, inputs: Sequence[Input]) -> Job[InputTable]:
    """Read a table and check each row; raises AppError if the file cannot be read at all. Yields Progress in rows."""
    rows: list[Mapping[str, str]] = []
    lines: list[int] = []
    problems: list[ContentError] = []
    header: list[str | None] | None = None
    names: tuple[str, ...] = ()
    yield Progress(0, None, f"Reading {path.name}")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise AppError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
        for number, found in enumerate(read_rows(path)):
            if number % _BATCH == _BATCH - 1:
                yield Progress(len(rows), None, f"Reading {path.name}")
            if isinstance(found, ContentError):
                problems.append(found)
            elif header is None:
                names = tuple(value.strip() for value in found.values)
                header = _mapped(names, inputs)
                problems += _header_problems(names, header, inputs, path)
                if problems:
                    break
            elif any(value.strip() for value in found.values):
                _take(found, header, inputs, path, rows, lines, problems)
            if len(problems) >= _MOST_PROBLEMS or len(rows) > MOST_ROWS:
                break
    except OSError as exc:
        raise AppError(f"{path.name} cannot be read ({exc.strerror}). Check its name and your rights.") from exc
    if len(rows) > MOST_ROWS:
        problems.append(ContentError(f"There are more than {MOST_ROWS:,} rows. Split the file.", path, lines[-1]))
    if not rows and not problems:
        problems.append(
            ContentError("The table is empty: the first line names the columns, each further line is a row.", path, 1)
        )
    ignored = tuple(name for name, wanted in zip(names, header or (), strict=False) if name and wanted is None)
    return InputTable(path.name, tuple(rows), tuple(lines), ignored, tuple(problems))


def guard_rows(rows: Sequence[Mapping[str, str]]) -> Job[tuple[tuple[Finding, ...], int]]:
    """Everything the guard finds in the rows, and in how many of them; raises GuardError if a text must be held back."""
    from desktop_app.guard.scan import scan

    found: list[Finding] = []
    affected = 0
    for number, values in enumerate(rows):
        if number % 20 == 0:
            yield Progress(number, len(rows), "The guard reads the inputs")
        here = [finding for value in values.values() for finding in scan(value)]
        found += here
        affected += bool(here)
    return tuple(found), affected


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())


def _mapped(names: Sequence[str], inputs: Sequence[Input]) -> list[str | None]:
    """The input each column belongs to, None for a column that belongs to none."""
    known = {_plain(item.label): item.name for item in inputs} | {_plain(item.name): item.name for item in inputs}
    return [known.get(_plain(name)) for name in names]


def _header_problems(
    names: Sequence[str], header: Sequence[str | None], inputs: Sequence[Input], path: Path
) -> list[ContentError]:
    if len(names) > _MOST_COLUMNS:
        return [ContentError(f"There are more than {_MOST_COLUMNS} columns. Take out some.", path, 1)]
    for wanted in (name for name in header if name):
        if header.count(wanted) > 1:
            return [ContentError(f'Two columns belong to the input "{wanted}". Keep one.', path, 1)]
    missing = [item.name for item in inputs if item.required and not item.default and item.name not in header]
    if missing:
        there = ", ".join(f'"{name[:40]}"' for name in names[:10] if name) or "none"
        return [
            ContentError(f'There is no column "{name}", which is needed. The first line names these: {there}.', path, 1)
            for name in missing
        ]
    if inputs and not any(header):
        return [ContentError(f"No column belongs to an input: {', '.join(i.name for i in inputs)}.", path, 1)]
    return []


def _take(
    found: Row,
    header: Sequence[str | None],
    inputs: Sequence[Input],
    path: Path,
    rows: list[Mapping[str, str]],
    lines: list[int],
    problems: list[ContentError],
) -> None:
    if len(found.values) != len(header):
        problems.append(
            ContentError(
                f"This row has {len(found.values)} cells, the first line names {len(header)} columns. "
                "Put quotes around a cell that holds a comma.", path, found.line,
            )
        )  # fmt: skip
        return
    values = {name: value for name, value in zip(header, found.values, strict=True) if name}
    wrong = [
        ContentError(said, path, found.line)
        for item in inputs
        if (said := check_value(item, values.get(item.name, "") or item.default))
    ]
    problems += wrong[: _MOST_PROBLEMS - len(problems)]
    if not wrong:
        rows.append(values)
        lines.append(found.line)
