"""What Studio shows, as frozen data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_app.lessons.content_folder import Entry, Kind
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.preview import Piece


@dataclass(frozen=True, slots=True)
class FolderState:
    """The open content folder. entries are in order of kind and id; busy is True until all files were checked once.

    said is what was just done, undo whether it can be taken back; problem is what went wrong instead.
    """

    root: Path | None = None
    entries: tuple[Entry, ...] = ()
    recent: tuple[Path, ...] = ()
    busy: bool = False
    said: str = ""
    undo: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the person should decide about the open file: actions are pairs of a name and a button's words."""

    kind: str  # "recovered", "disk", "gone", "keyring", "failed" or "compare"
    text: str
    tone: str = "plain"
    actions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FileState:
    """The open file. changed is True while the text is not what is on disk; line_end is what it is saved with."""

    path: Path | None = None
    kind: Kind = "lesson"
    changed: bool = False
    line_end: str = "\n"
    notice: Notice | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class PreviewState:
    """What the preview draws: a lesson's pieces, or words where there is none (yet)."""

    pieces: tuple[Piece, ...] = ()
    lesson: Lesson | None = None
    folder: Path | None = None
    words: str = ""
