"""What lies in the library's folders: which prompts there are, and a stamp that changes when any of a prompt's files does."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

from desktop_app import __version__
from desktop_app.errors import ContentError

# What changes within the step of a file system's clock keeps its time (FAT: 2 s), so so young a stamp proves nothing.
_YOUNG_NS = 2_000_000_000


def prompt_folders(library: Path) -> list[str]:
    """The names of the folders in a library folder that prompts lie in, in order; files are none.

    Raises ContentError if the library folder cannot be read.
    """
    try:
        with os.scandir(library) as entries:
            return sorted(entry.name for entry in entries if not entry.name.startswith(".") and _is_folder(entry))
    except OSError as exc:
        raise unreadable(library, exc) from exc


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link that leads in a circle
        return False


def unreadable(library: Path, error: OSError) -> ContentError:
    """What to say about a library folder that cannot be read."""
    return ContentError(f"The library folder cannot be read ({error.strerror}).", library)


def stamp(folder: str | Path, rules: bytes = b"") -> bytes:
    """What changes with the names, sizes and times of the files in a prompt's folder and its approvals, or with rules.

    b"" while a file is so young that a change could keep its time: then nobody can tell. Raises OSError if the folder
    cannot be listed.
    """
    newest, facts = 0, []
    for name, size, changed_ns in sorted(_files(folder)):
        newest = max(newest, changed_ns)
        facts.append(f"{name}\0{size}\0{changed_ns}")
    if newest > time.time_ns() - _YOUNG_NS:
        return b""
    return blake2b("\n".join(facts).encode("utf-8", "surrogateescape"), digest_size=16, key=rules[:64]).digest()


def rules_stamp(library: Path) -> bytes:
    """What changes when a library's prompts may mean something else though their files are the same: curators or the app."""
    try:
        status = (library / "curators.yml").stat()
        curators = f"{status.st_size} {status.st_mtime_ns}"
        if status.st_mtime_ns > time.time_ns() - _YOUNG_NS:
            curators += f" {time.time_ns()}"
    except OSError:
        curators = ""
    return blake2b(f"{_app_stamp()}\n{curators}".encode(), digest_size=16).digest()


def first_of_each(libraries: Sequence[Path]) -> tuple[dict[str, Path], list[Path], list[ContentError]]:
    """Where each prompt's folder is, by name; the folders left out because an earlier library has the name; what is wrong."""
    first: dict[str, Path] = {}
    others: list[Path] = []
    problems: list[ContentError] = []
    for library in libraries:
        try:
            names = prompt_folders(library)
        except ContentError as problem:
            problems.append(problem)
            continue
        for name in names:
            if name in first:
                others.append(library / name)
            else:
                first[name] = library / name
    return first, others, problems


def left_out(folder: Path) -> ContentError:
    """What to say about a prompt that an earlier library folder has too."""
    return ContentError(f"The prompt {folder.name} is already in another folder; this one is left out.", folder)


def _files(folder: str | Path, before: str = "") -> Iterator[tuple[str, int, int]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):  # what is being written aside
                continue
            try:
                status = entry.stat()
            except OSError:  # a link to nowhere, or in a circle
                yield before + entry.name, -1, 0
                continue
            if not stat.S_ISDIR(status.st_mode):
                yield before + entry.name, status.st_size, status.st_mtime_ns
            elif entry.name == "approvals" and not before:
                yield from _files(entry.path, "approvals/")


@cache
def _app_stamp() -> str:
    """The app's version and the state of the modules that decide what a prompt means, for those who change them."""
    stamps = sorted((file.name, file.stat().st_mtime_ns) for file in Path(__file__).parent.glob("*.py"))
    return f"{__version__} {stamps}"
