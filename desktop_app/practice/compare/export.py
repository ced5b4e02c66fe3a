"""A comparison as a file: CSV for spreadsheets, Markdown for reading, JSON for scripts. The guard reads it before it goes out."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from desktop_app.errors import AppError
from desktop_app.guard.finding import Finding
from desktop_app.jobs import Job, Progress
from desktop_app.practice.compare.columns import facts, titles
from desktop_app.practice.compare.comparison import ALL_BAD, LETTERS, NO_DIFFERENCE, Cell, Column, Comparison
from desktop_app.practice.compare.votes import tally

FORMATS = {".csv": "Table (*.csv)", ".md": "Markdown (*.md)", ".json": "JSON (*.json)"}
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_HEADLINE = "Answers of a small local model, often wrong. They are drafts to check."


def export_text(comparison: Comparison, form: str, titles: Sequence[str]) -> str:
    """The comparison in one of FORMATS ("csv" or ".csv"); titles name the columns. Raises AppError for another format."""
    match form.removeprefix(".").lower():
        case "csv":
            return _as_csv(comparison, titles)
        case "md":
            return _as_markdown(comparison, titles)
        case "json":
            return json.dumps(as_data(comparison, titles), indent=2, ensure_ascii=False, default=str) + "\n"
    raise AppError(f"A comparison is written as {', '.join(FORMATS)}, not as {Path(form).name[:20]!r}.")


def guard_export(comparison: Comparison) -> Job[tuple[Finding, ...]]:
    """What the guard finds in the inputs and answers that would be written; raises GuardError if a text is held back."""
    from desktop_app.guard.scan import scan

    texts = [text for values in comparison.plan.rows for text in values.values()]
    texts += [column.text for column in comparison.plan.columns]
    texts += [cell.text or "" for cell in comparison.cells.values()]
    found: list[Finding] = []
    for number, text in enumerate(texts):
        if number % 20 == 0:
            yield Progress(number, len(texts), "The guard reads what would be written")
        found += scan(text)
    return tuple(found)


def as_data(comparison: Comparison, titles: Sequence[str]) -> dict[str, Any]:
    """The comparison as plain values, exactly as it is."""
    plan = comparison.plan
    columns = [
        {"letter": LETTERS[at], "title": title} | _column_data(column) | {"model_sha256": sha256}
        for at, (title, column, sha256) in enumerate(zip(titles, plan.columns, plan.models, strict=True))
    ]
    return {
        "format": "greenroom-comparison", "version": 1,
        "id": comparison.id, "at": comparison.at.isoformat(), "title": plan.title.replace("\n", ": "), "source": plan.source,
        "blind": plan.blind, "columns": columns, "rows": [_row_data(comparison, row) for row in range(len(plan.rows))],
        "tally": tally(comparison.votes, titles),
    }  # fmt: skip


def _column_data(column: Column) -> dict[str, Any]:
    return {
        "prompt": column.prompt_id, "prompt_version": column.prompt_version, "content_hash": column.content_hash,
        "name": column.name, "text": column.text, "model": column.model_id, "changes": dict(column.changes),
        "seed": column.seed,
    }  # fmt: skip


def _row_data(comparison: Comparison, row: int) -> dict[str, Any]:
    vote = comparison.votes.get(row)
    return {
        "inputs": dict(comparison.plan.rows[row]),
        "answers": [None if cell is None else _cell_data(cell) for cell in comparison.row_cells(row)],
        "vote": None if vote is None else _choice(vote.choice),
    }


def _cell_data(cell: Cell) -> dict[str, Any]:
    times = cell.timings
    return {
        "text": cell.text, "seed": cell.seed, "stop_reason": cell.stop_reason, "problem": cell.problem,
        "completion_tokens": times.completion_tokens, "tokens_per_second": round(times.tokens_per_second, 1),
    }  # fmt: skip


def _choice(choice: int) -> str:
    return {NO_DIFFERENCE: "no difference", ALL_BAD: "all are bad"}.get(choice) or LETTERS[choice]


def _as_csv(comparison: Comparison, titles: Sequence[str]) -> str:
    plan = comparison.plan
    inputs = list(dict.fromkeys(name for values in plan.rows for name in values))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    named = [f"{LETTERS[at]}: {title}" for at, title in enumerate(titles)]
    writer.writerow(map(_harmless, ["row", *inputs, *named, "problems", "vote"]))
    for row, values in enumerate(plan.rows):
        cells = comparison.row_cells(row)
        vote = comparison.votes.get(row)
        writer.writerow(
            [str(row + 1)]
            + [_harmless(values.get(name, "")) for name in inputs]
            + [_harmless((cell.text or "") if cell else "") for cell in cells]
            + [_harmless(_problems(cells)), "" if vote is None else _choice(vote.choice)]
        )
    return "\ufeff" + out.getvalue()  # without the mark Excel takes it for another encoding


def _problems(cells: Sequence[Cell | None]) -> str:
    said = [f"{LETTERS[at]}: {cell.problem}" for at, cell in enumerate(cells) if cell and cell.problem]
    return " ".join(said + [f"{LETTERS[at]}: not run." for at, cell in enumerate(cells) if cell is None])


def _harmless(text: str) -> str:
    """The text so that no spreadsheet takes it for a formula: an apostrophe before the first character (OWASP, CSV Injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_markdown(comparison: Comparison, titles: Sequence[str]) -> str:
    plan = comparison.plan
    lines = [f"# {_line(plan.title.replace(chr(10), ': '))}", "", f"{comparison.at:%Y-%m-%d}. {_HEADLINE}", ""]
    lines += [f"- {LETTERS[at]}: {_line(title)}" for at, title in enumerate(titles)]
    said = tally(comparison.votes, titles)
    lines += ["", _line(said)] if said else []
    for row, values in enumerate(plan.rows):
        lines += ["", f"## {f'Row {row + 1}' if len(plan.rows) > 1 else 'Input'}", ""]
        for name, text in values.items():
            lines += [f"**{name}**", "", _block(text), ""]
        for at, cell in enumerate(comparison.row_cells(row)):
            lines += [f"### {LETTERS[at]}: {_line(titles[at])}", ""]
            lines += [_block("" if cell is None else cell.text or ""), ""] if cell and cell.text else []
            if cell is None or cell.problem:
                lines += [f"*{cell.problem if cell else 'Not run.'}*", ""]
        if (vote := comparison.votes.get(row)) is not None:
            lines += [f"Vote: {_choice(vote.choice)}"]
    return "\n".join(lines).rstrip() + "\n"


def _line(text: str) -> str:
    return " ".join(text.split())


def _block(text: str) -> str:
    """The text as a block that shows it as it is; the fence is longer than any in the text."""
    longest = max((len(run) for run in _fences(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def _fences(text: str) -> list[str]:
    runs, run = [], ""
    for char in text:
        if char == "`":
            run += char
        elif run:
            runs.append(run)
            run = ""
    return [*runs, run] if run else runs


def titles_of(comparison: Comparison, model_names: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """A short name of each column of a stored comparison, without reading the library."""
    return titles([facts(column, model_names) for column in comparison.plan.columns])
