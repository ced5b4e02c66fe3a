"""Files of other tools as drafts in a library folder: found, read, and written without a copy of what is there already."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.errors import ContentError
from desktop_app.jobs import Job, Progress
from desktop_app.notes import Note
from desktop_app.prompts.interchange.dialects import Dialect, dialect_of, named
from desktop_app.prompts.interchange.imported import Imported
from desktop_app.prompts.interchange.shelf import Shelf

_PROGRESS_S = 0.2
_DEEPEST = 12  # folders inside folders


@dataclass(frozen=True, slots=True)
class Landed:
    """One prompt of a file: its reference in the library ("id@1"), what became of it, and what could not be carried."""

    reference: str
    outcome: str  # "imported", "updated" (a new version of an earlier import) or "unchanged"
    line: int
    notes: tuple[Note, ...]


@dataclass(slots=True)
class FileReport:
    """What became of one file (or folder, for a dialect that is one): its prompts in order, and what was left out and why."""

    path: Path
    dialect: str = ""
    landed: list[Landed] = field(default_factory=list)
    problems: list[ContentError] = field(default_factory=list)

    def count(self, outcome: str) -> int:
        """How many prompts ended so."""
        return sum(landed.outcome == outcome for landed in self.landed)


@dataclass(frozen=True, slots=True)
class ImportReport:
    """One report per file, in the order they were read."""

    files: tuple[FileReport, ...]

    def count(self, outcome: str) -> int:
        """How many prompts of all files ended so."""
        return sum(file.count(outcome) for file in self.files)

    @property
    def problems(self) -> tuple[ContentError, ...]:
        """Everything left out, with file and line."""
        return tuple(problem for file in self.files for problem in file.problems)


def import_paths(
    paths: Sequence[Path], library: Path, *, taken: Collection[str] = (), dialect: str | None = None
) -> Job[ImportReport]:
    """Write what the files and folders hold as drafts below library, and return what became of each file.

    taken are ids of other libraries, which a new prompt does not get; dialect says what the files are, if they do not say
    it themselves. A prompt that is there already, unchanged, is not written again; one that changed in its source becomes
    the next version. Cancelling keeps what was written. Raises StoreError if the library cannot be written.
    """
    wanted = named(dialect) if dialect else None
    reports: list[FileReport] = []
    with Shelf(library, taken) as shelf:
        yield Progress(0, None, library.name)
        yield from shelf.read()
        units = list(_units(paths, wanted, reports))
        written, shown = 0, time.monotonic()
        for number, (path, reader) in enumerate(units):
            report = FileReport(path, reader.NAME)
            reports.append(report)
            yield Progress(number, len(units), path.name)
            for found in _read(reader, path):
                if isinstance(found, ContentError):
                    report.problems.append(found)
                else:
                    _land(shelf, found, report)
                written += 1
                if time.monotonic() - shown > _PROGRESS_S:
                    shown = time.monotonic()
                    yield Progress(number, len(units), f"{path.name}: {written:,}")
    return ImportReport(tuple(reports))


def _land(shelf: Shelf, found: Imported, report: FileReport) -> None:
    try:
        reference, outcome = shelf.put(found)
    except ValueError as exc:  # YAML cannot say it
        report.problems.append(ContentError(f"This cannot be written as a prompt: {exc}.", found.path, found.line))
        return
    report.landed.append(Landed(reference, outcome, found.line, found.notes))


def _read(reader: Dialect, path: Path) -> Iterator[Imported | ContentError]:
    try:
        yield from reader.read(path)
    except ContentError as problem:
        yield problem
    except OSError as exc:
        yield ContentError(f"This cannot be read ({exc.strerror}). Check its name and your rights.", path)


def _units(paths: Sequence[Path], wanted: Dialect | None, reports: list[FileReport]) -> Iterator[tuple[Path, Dialect]]:
    """What is read on its own, a file or a dialect's folder, with its dialect; what cannot be is reported."""
    for path in paths:
        if path.is_dir():
            found = list(_below(path, path.resolve(), wanted, reports))
            if not found:
                problem = ContentError("There is no prompt of a known form in this folder.", path)
                reports.append(FileReport(path, problems=[problem]))
            parts = {part for unit, reader in found for part in getattr(reader, "parts", _no_parts)(unit)}
            yield from ((unit, reader) for unit, reader in found if unit.resolve() not in parts)
        elif reader := wanted or dialect_of(path):
            yield path, reader
        else:
            reports.append(FileReport(path, problems=[_unknown(path)]))


def _no_parts(_: Path) -> set[Path]:
    return set()


def _unknown(path: Path) -> ContentError:
    if not path.exists():
        return ContentError("There is no such file.", path)
    return ContentError("This is no prompt file that Greenroom knows. Say what it is with --as.", path)


def _below(
    folder: Path, root: Path, wanted: Dialect | None, reports: list[FileReport], depth: int = 0
) -> Iterator[tuple[Path, Dialect]]:
    if reader := _whole_folder(folder, wanted):
        yield folder, reader
        return
    try:
        entries = sorted(folder.iterdir())
    except OSError as exc:
        reports.append(FileReport(folder, problems=[ContentError(f"It cannot be read ({exc.strerror}).", folder)]))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_symlink() and not entry.resolve().is_relative_to(root):
            problem = ContentError("This is a link to a place outside the folder; it was not followed.", entry)
            reports.append(FileReport(entry, problems=[problem]))
        elif entry.is_dir():
            if not entry.is_symlink() and depth < _DEEPEST:
                yield from _below(entry, root, wanted, reports, depth + 1)
        elif entry.is_file():
            reader = dialect_of(entry)
            if reader and (wanted is None or wanted.is_one(entry)):
                yield entry, wanted or reader


def _whole_folder(folder: Path, wanted: Dialect | None) -> Dialect | None:
    if wanted:
        return wanted if wanted.is_one(folder) else None
    return dialect_of(folder)


def as_row(report: FileReport) -> Mapping[str, Any]:
    """A file's report for --json."""
    return {
        "path": str(report.path),
        "dialect": report.dialect,
        "prompts": [
            {"reference": landed.reference, "outcome": landed.outcome, "line": landed.line,
             "notes": [{"line": n.line, "severity": n.severity, "what": n.what} for n in landed.notes]}
            for landed in report.landed
        ],
        "left_out": [{"path": str(p.path), "line": p.line, "message": p.message} for p in report.problems],
    }  # fmt: skip
