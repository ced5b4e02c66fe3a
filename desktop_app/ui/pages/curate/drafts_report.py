"""What an import did, file by file: what came in, what was changed on the way, and what was left out and why."""

from __future__ import annotations

from html import escape

from desktop_app.prompts.interchange.importing import FileReport, ImportReport
from desktop_app.ui.theme import Tokens

_MOST_FILES, _MOST_LINES = 200, 30
_OUTCOMES = ("imported", "updated", "unchanged")


def summary(report: ImportReport) -> str:
    """One line for all files."""
    counts = [f"{report.count(outcome):,} {outcome}" for outcome in _OUTCOMES if report.count(outcome)]
    left_out = f"{len(report.problems):,} left out" if report.problems else ""
    return ", ".join(filter(None, (*counts, left_out))) or "Nothing was found to import."


def report_html(report: ImportReport, t: Tokens) -> str:
    """Files with something to say first; of very many, the first."""
    files = sorted(report.files, key=lambda file: not file.problems)
    more = len(files) - _MOST_FILES
    rest = f"<p style='color:{t.muted}'>And {more:,} more files.</p>" if more > 0 else ""
    return "".join(_file(file, t) for file in files[:_MOST_FILES]) + rest


def _file(file: FileReport, t: Tokens) -> str:
    counts = ", ".join(f"{file.count(outcome):,} {outcome}" for outcome in _OUTCOMES if file.count(outcome))
    head = f"<b>{escape(file.path.name)}</b>" + (f" · {escape(file.dialect)}" if file.dialect else "")
    notes = list(dict.fromkeys(note for landed in file.landed for note in landed.notes))
    lines = [
        *(_line(one.line, one.message, t.danger, "left out") for one in file.problems),
        *(
            _line(note.line, note.what, t.caution if note.severity == "left out" else t.muted, note.severity)
            for note in notes
        ),
    ]
    more = f"<br>… {len(lines) - _MOST_LINES} more" if len(lines) > _MOST_LINES else ""
    body = "<br>".join(lines[:_MOST_LINES])
    return f"<p>{head}{f' · {counts}' if counts else ''}<br>{body}{more}</p>"


def _line(line: int | None, words: str, color: str, kind: str) -> str:
    place = f"line {line}: " if line else ""
    return f"<span style='color:{color}'>{kind}</span> {place}{escape(words)}"
