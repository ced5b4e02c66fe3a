"""Test cases in a CSV file beside the prompt, with promptfoo's __expected columns."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.prompts.evaluate.assertions import (
    WITHOUT_VALUE,
    Assertion,
    Fault,
    KeyPath,
    checked,
    comma_separated,
    is_type,
    number,
    read_type,
)
from desktop_app.storage.yaml_text import UNPRINTABLE, read_utf8

MAX_CASES = 1000
_MAX_COLUMNS = 60
_EXPECTED = re.compile(r"__expected[0-9]{0,3}")
_COMPACT = re.compile(r"\s*((?:not-)?[a-z][a-z-]{1,40})(?:\(([0-9]{1,9}(?:\.[0-9]{1,9})?)\))?\s*(?::(.*))?", re.DOTALL)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}\.csv", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: where it starts, its variables and its assertions."""

    path: Path
    line: int
    variables: Mapping[str, str]
    assertions: tuple[Assertion, ...]
    description: str
    threshold: float | None


def csv_named(entry: Any, at: KeyPath) -> str | None:
    """The CSV file that an entry of `tests` names ({csv: cases.csv} or file://cases.csv), None for a test; raises Fault."""
    if isinstance(entry, str):
        name: Any = entry.removeprefix("file://").removeprefix("./")
        if not entry.startswith("file://"):
            raise Fault("A test is a mapping, or names a file as file://cases.csv.", at)
    elif isinstance(entry, Mapping) and "csv" in entry:
        name = entry["csv"]
        if len(entry) > 1:
            raise Fault('"csv" stands alone: {csv: cases.csv}.', at)
    else:
        return None
    if not isinstance(name, str) or not _NAME.fullmatch(name) or len(PurePosixPath(name).parts) != 1:
        raise Fault(f"{str(name)[:60]!r} is not the name of a CSV file in the prompt's folder, such as cases.csv.", at)
    return name


def read_csv(path: Path) -> list[Row]:
    """The rows of a CSV file of at most 1 MB and 1,000 cases; raises ContentError with the line of what is wrong."""
    text = read_utf8(path)
    if bad := UNPRINTABLE.search(text):
        line = text.count("\n", 0, bad.start()) + 1
        raise ContentError(
            f"The character U+{ord(bad[0]):04X} cannot be shown and is not allowed. Delete it.", path, line
        )
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Row] = []
    header: list[str] = []
    try:
        for line, cells in _numbered(reader):
            if not header:
                header = _header(cells, path, line)
            elif any(cell.strip() for cell in cells):
                rows.append(_row(header, cells, path, line))
            if len(rows) > MAX_CASES:
                raise ContentError(f"There are more than {MAX_CASES:,} cases. Split the file.", path, line)
    except csv.Error as exc:
        raise ContentError(f"This is not valid CSV: {exc}. Check the quotes.", path, reader.line_num) from exc
    if not rows:
        raise ContentError("The file has no rows: the first line names the columns, each further row is a case.", path)
    return rows


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Rows with the line they start on; a quoted cell may span lines."""
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _header(cells: list[str], path: Path, line: int) -> list[str]:
    names = [cell.strip() for cell in cells]
    if not any(names) or len(names) > _MAX_COLUMNS:
        raise ContentError(
            f"The first line names 1 to {_MAX_COLUMNS} columns, such as question,__expected.", path, line
        )
    for name in names:
        if not name:
            raise ContentError("A column has no name. Give it one or remove it.", path, line)
        if names.count(name) > 1:
            raise ContentError(f'The column "{name[:60]}" stands here twice. Keep one.', path, line)
        known = name in ("__description", "__metric", "__threshold") or name.startswith("__metadata")
        if name.startswith("__") and not known and not _EXPECTED.fullmatch(name):
            raise ContentError(f'The column "{name[:60]}" has no effect here. Remove it.', path, line)
    return names


def _row(header: list[str], cells: list[str], path: Path, line: int) -> Row:
    if len(cells) != len(header):
        raise ContentError(
            f"This row has {len(cells)} cells, the first line names {len(header)} columns. "
            "Put quotes around a cell that holds a comma.", path, line,
        )  # fmt: skip
    cell = dict(zip(header, cells, strict=True))
    metric = cell.get("__metric", "").strip()
    try:
        assertions = tuple(
            read_compact(text, metric) for name, text in cell.items() if _EXPECTED.fullmatch(name) and text.strip()
        )
        threshold = _threshold(cell.get("__threshold", "").strip())
    except Fault as fault:
        raise ContentError(fault.message, path, line) from None
    variables = {name: text for name, text in cell.items() if not name.startswith("__")}
    return Row(path, line, variables, assertions, cell.get("__description", "").strip()[:300], threshold)


def _threshold(text: str) -> float | None:
    if not text:
        return None
    try:
        return number(float(text), "__threshold", ())
    except ValueError:
        raise Fault(f"__threshold is a number such as 0.8, not {text[:40]!r}.", ()) from None


def read_compact(text: str, name: str = "") -> Assertion:
    """The assertion in an __expected cell: `type:value`, `type(threshold):value`, or a text to equal; raises Fault.

    promptfoo, "Assertion string syntax". A text whose beginning is no known type is compared as a whole.
    """
    found = _COMPACT.fullmatch(text)
    if found is None:
        return checked(Assertion("equals", text, name=name))
    named, threshold, value = found[1], found[2], found[3]
    if not is_type(named.removeprefix("not-")):
        return checked(Assertion("equals", text, name=name))
    if value is None and named.removeprefix("not-") not in WITHOUT_VALUE:
        return checked(Assertion("equals", text, name=name))
    kind, negated, ignore_case = read_type(named, ())
    if kind == "assert-set":
        raise Fault("An assert-set cannot stand in a cell. Use several __expected columns.", ())
    wanted: Any = (value or "").strip()
    if kind in ("contains-any", "contains-all"):
        wanted = comma_separated(wanted)
    limit = float(threshold) if threshold else None
    return checked(Assertion(kind, wanted or None, negated, limit, name=name, ignore_case=ignore_case))
