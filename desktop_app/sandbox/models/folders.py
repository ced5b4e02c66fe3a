"""A folder of models: GGUF files beside a models.json that says what they are. Reads one, and changes one's own."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

from desktop_app.errors import ModelError, StoreError
from desktop_app.jobs import Job
from desktop_app.sandbox.models.adapters import AdapterFile, read_adapter, write_adapter
from desktop_app.sandbox.models.catalogue import ModelFile, read_entry, write_entry
from desktop_app.storage.files import write_atomically
from desktop_app.storage.locking import hold

File = TypeVar("File", ModelFile, AdapterFile)

CATALOGUE_BYTES = 4_000_000
ENTRIES_MAX = 1_000
_FILES_MAX = 5_000  # looked at in a folder
REMOVED = ".removed-"  # how a file begins that can still be brought back
ADDING = ".adding-"  # and one that is not whole yet


@dataclass(frozen=True, slots=True)
class Folder:
    """Where models lie; origin is "machine", "share" or "yours"."""

    path: Path
    origin: str

    @property
    def catalogue(self) -> Path:
        """The file that says what the others are."""
        return self.path / "models.json"


@dataclass(frozen=True, slots=True)
class Shelf:
    """What a folder holds. broken has the models that cannot be used and why, problems every sentence of the folder,
    strays the GGUF files that nobody described.
    """

    models: tuple[ModelFile, ...] = ()
    adapters: tuple[AdapterFile, ...] = ()
    broken: tuple[tuple[ModelFile, str], ...] = ()
    problems: tuple[str, ...] = ()
    strays: tuple[Path, ...] = ()


def read_folder(folder: Folder) -> Shelf:
    """What the folder holds; empty if it is not there. Never raises, but may take as long as the file system does.

    Files are looked at, not read: whether their bytes are right is checked when they are loaded.
    """
    try:
        names = _names(folder.path)
    except FileNotFoundError:
        return Shelf()
    except OSError as exc:
        return Shelf(problems=(f"The folder of models {folder.path} cannot be read ({exc.strerror}).",))
    problems: list[str] = []
    content: dict[str, Any] = {}
    try:
        content = _read(folder) if folder.catalogue.name in names else {}
    except (OSError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else exc
        problems.append(f"{folder.catalogue} cannot be used ({why}), so nothing beside it is offered.")
    models, broken = _sorted_out(folder, content.get("models", []), read_entry, problems)
    adapters, _ = _sorted_out(folder, content.get("adapters", []), read_adapter, problems)
    described = {each.path for each in (*models, *adapters, *(model for model, _ in broken))}
    strays = tuple(
        folder.path / name for name in names if name.endswith(".gguf") and folder.path / name not in described
    )
    return Shelf(tuple(models), tuple(adapters), tuple(broken), tuple(problems), strays)


def add_new_entry(folder: Folder, file: File, taken: Collection[str] = ()) -> Job[File]:
    """Write an entry for a file that is new there, and return it: with another id if its own is in use.

    Raises ModelError if the same bytes are there already, StoreError if the folder cannot be written.
    """
    added = []

    def add(content: dict[str, Any]) -> None:
        entries = [each for kind in ("models", "adapters") for each in content.get(kind, []) if isinstance(each, dict)]
        for each in entries:
            if each.get("sha256") == file.sha256:
                raise ModelError(f"{file.name} is in your models already, as {each.get('id')}. Nothing was added.")
        ids = {each.get("id") for each in entries} | set(taken)
        names = (str(file.id), *(f"{file.id[:60]}-{number}" for number in range(2, ENTRIES_MAX + 2)))
        added.append(replace(file, id=next(name for name in names if name not in ids)))
        _put(content, folder, added[0])

    yield from _change(folder, add)
    return added[0]


def add_entry(folder: Folder, file: ModelFile | AdapterFile) -> Job[None]:
    """Write the file's entry into the folder's models.json, in place of one with the same id; raises StoreError."""
    yield from _change(folder, lambda content: _put(content, folder, file))


def _put(content: dict[str, Any], folder: Folder, file: ModelFile | AdapterFile) -> None:
    kind, entry = ("models", write_entry(file)) if isinstance(file, ModelFile) else ("adapters", write_adapter(file))
    beside = file.path.parent == folder.path and _is_plain(file.path.name)
    entry |= {"file": file.path.name} if beside else {"path": str(file.path)}
    entries = content.setdefault(kind, [])
    for at, each in enumerate(entries):
        if isinstance(each, dict) and each.get("id") == file.id:
            entries[at] = entry
            return
    entries.append(entry)


def remove_entry(folder: Folder, file: ModelFile | AdapterFile) -> Job[None]:
    """Take the file's entry out of the folder's models.json; raises StoreError."""
    kind = "models" if isinstance(file, ModelFile) else "adapters"

    def remove(content: dict[str, Any]) -> None:
        content[kind] = [
            each for each in content.get(kind, []) if not (isinstance(each, dict) and each.get("id") == file.id)
        ]

    yield from _change(folder, remove)


def _change(folder: Folder, change: Callable[[dict[str, Any]], None]) -> Job[None]:
    """Read, change and write models.json while no other process does."""
    with (yield from hold(folder.path / ".models.lock")):
        try:
            content = _read(folder)
        except FileNotFoundError:
            content = {"models": []}
        except (OSError, ValueError) as exc:
            raise StoreError(
                f"{folder.catalogue} cannot be used ({exc}). Mend it or move it away, then try again."
            ) from exc
        change(content)
        write_atomically(folder.catalogue, json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n")


def _names(path: Path) -> list[str]:
    with os.scandir(path) as entries:
        return sorted(entry.name for _, entry in zip(range(_FILES_MAX), entries, strict=False) if entry.name[0] != ".")


def _read(folder: Folder) -> dict[str, Any]:
    with folder.catalogue.open("rb") as file:
        data = file.read(CATALOGUE_BYTES + 1)
    if len(data) > CATALOGUE_BYTES:
        raise ValueError(f"it is longer than {CATALOGUE_BYTES:,} bytes")
    try:
        content = json.loads(data)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    except ValueError:
        raise ValueError("it is not JSON in UTF-8") from None
    if not isinstance(content, dict) or not all(
        isinstance(content.get(kind, []), list) and len(content.get(kind, [])) <= ENTRIES_MAX
        for kind in ("models", "adapters")
    ):
        raise ValueError("it is not a catalogue of models")
    return content


def _sorted_out(
    folder: Folder, entries: list[Any], read: Callable[[Any, Path, str], File], problems: list[str]
) -> tuple[list[File], list[tuple[File, str]]]:
    """The files that can be used and those that cannot, with a sentence in problems for each of these and each odd entry."""
    good: list[File] = []
    broken: list[tuple[File, str]] = []
    for number, entry in enumerate(entries, 1):
        try:
            file = read(entry, _path(folder, entry), folder.origin)
        except (KeyError, TypeError, ValueError, AttributeError) as exc:
            named = entry.get("id") if isinstance(entry, dict) else None
            which = f"{named!r}"[:80] if isinstance(named, str) else f"number {number}"
            what = f"it has no {exc}" if isinstance(exc, KeyError) else exc
            problems.append(f"The entry {which} in {folder.catalogue} is left out: {what}.")
            continue
        if any(file.id == other.id or file.path == other.path for other in (*good, *(each for each, _ in broken))):
            problems.append(f"{file.id} stands in {folder.catalogue} twice; the first entry holds.")
        elif why := _trouble(file):
            broken.append((file, why))
            problems.append(why)
        else:
            good.append(file)
    return good, broken


def _path(folder: Folder, entry: dict[str, Any]) -> Path:
    """The entry's file: a plain name beside models.json, or in one's own catalogue a whole path."""
    if folder.origin == "yours" and isinstance(entry.get("path"), str) and Path(entry["path"]).is_absolute():
        return Path(entry["path"])
    name = entry["file"]
    if not isinstance(name, str) or not _is_plain(name):
        raise ValueError(f"{str(name)[:80]!r} is no name of a GGUF file beside it")
    return folder.path / name


def _is_plain(name: str) -> bool:
    return name.endswith(".gguf") and name[0] != "." and not set(name) & set("/\\:\0") and len(name) <= 200


def _trouble(file: ModelFile | AdapterFile) -> str:
    """Why the file cannot be the entry's, as a sentence; "" if it may be."""
    wanted = file.file_bytes
    try:
        status = file.path.stat()
    except FileNotFoundError:
        return f"The file of {file.name} is missing: {file.path}."
    except OSError as exc:
        return f"The file of {file.name} cannot be read ({exc.strerror}): {file.path}."
    if status.st_size != wanted:
        return f"The file of {file.name} was altered: {file.path} has {status.st_size:,} bytes, not {wanted:,}."
    return ""


def without_twins(shelves: list[Shelf], taken: set[str]) -> list[Shelf]:
    """The shelves without models whose id stands on an earlier one or is taken, with a sentence for each left out."""
    result = []
    for shelf in shelves:
        twins = [each for each in (*shelf.models, *shelf.adapters) if each.id in taken]
        taken = taken | {each.id for each in (*shelf.models, *shelf.adapters)}
        said = tuple(
            f"{each.name} in {each.path.parent} is left out: another folder has {each.id} already." for each in twins
        )
        result.append(
            replace(
                shelf,
                models=tuple(each for each in shelf.models if each not in twins),
                adapters=tuple(each for each in shelf.adapters if each not in twins),
                problems=shelf.problems + said,
            )
        )
    return result
