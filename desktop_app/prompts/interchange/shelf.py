"""A library folder that imports land in: knows what was imported before, and puts each prompt where it belongs."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Collection
from pathlib import Path

from desktop_app.errors import ContentError, StoreError
from desktop_app.jobs import Job, Progress
from desktop_app.prompts.interchange.imported import Imported
from desktop_app.prompts.loading import MOST_VERSIONS, VERSION_FILE
from desktop_app.prompts.writing import write_prompt
from desktop_app.storage.files import create_exclusively, shared_mode
from desktop_app.storage.yaml_text import MAX_BYTES, load_yaml, read_bytes

_FIRST = "1.prompt.yml"
_ORIGIN = re.compile(rb"^origin:[ ]*\n((?:[ ]+[^\n]*\n?)+)", re.MULTILINE)
_CHANGELOG = re.compile(rb"^changelog:[^\n]*\n(?:[ ]+[^\n]*\n|\n)*", re.MULTILINE)
_EACH = 500


class Shelf:
    """The target of an import. Use as a context: leaving it forces everything written to disk."""

    def __init__(self, library: Path, taken: Collection[str] = ()) -> None:
        self._library, self._taken, self._folder_mode = library, taken, 0o755
        self._versions: dict[str, int] = {}  # id → newest version here
        self._by_origin: dict[str, str] = {}  # origin.source → id
        self._contents: dict[bytes, str] = {}  # what a file says without its changelog → "id@version"
        self._sources: dict[str, Path] = {}  # origin.source → the folder it came from in this run
        self._numbers: dict[str, int] = {}  # wanted id → the number to try next
        self._written: list[Path] = []

    def __enter__(self) -> Shelf:
        try:
            self._library.mkdir(parents=True, exist_ok=True)
            self._folder_mode = self._library.stat().st_mode & 0o2777
        except OSError as exc:
            raise _cannot_write(self._library, exc) from exc
        return self

    def __exit__(self, *_: object) -> None:
        _force_to_disk(self._written)

    def read(self) -> Job[None]:
        """Learn what is in the folder: ids, versions and where they were imported from."""
        shown = time.monotonic()
        try:
            folders = sorted(self._library.iterdir())
        except OSError as exc:
            raise _cannot_write(self._library, exc) from exc
        for number, folder in enumerate(folders):
            if number % _EACH == 0 and time.monotonic() - shown > 0.2:
                shown = time.monotonic()
                yield Progress(number, None, self._library.name)
            if not folder.name.startswith("."):
                self._learn(folder)

    def put(self, found: Imported) -> tuple[str, str]:
        """Write the prompt unless it is there; return its reference and "imported", "updated" or "unchanged".

        Raises StoreError if it cannot be written, ValueError if YAML cannot say it.
        """
        data = dict(found.data)
        source = self._own_source(str(data["origin"]["source"]), found.path)
        data["origin"] = {**data["origin"], "source": source}
        text = write_prompt(data).encode()
        if len(text) > MAX_BYTES:
            raise ValueError("it is larger than 1 MB")
        content = _content(text)
        if content in self._contents:
            return self._contents[content], "unchanged"
        if prompt_id := self._by_origin.get(source):
            data["changelog"] = f"Imported again: {source} has changed."
            version, outcome = self._write(prompt_id, self._versions[prompt_id] + 1, write_prompt(data).encode())
        else:
            prompt_id, version, outcome = self._begin(found.id, source, content, text)
            self._by_origin[source] = prompt_id
        reference = f"{prompt_id}@{version}"
        self._contents[content] = reference
        return reference, outcome

    def _learn(self, folder: Path) -> None:
        self._versions.setdefault(folder.name, 0)  # whatever it is, its name is taken
        for path in folder.glob("*.prompt.yml"):
            number = VERSION_FILE.fullmatch(path.name)
            if number is None:
                continue
            version = int(number[1])
            self._versions[folder.name] = max(self._versions[folder.name], version)
            with contextlib.suppress(ContentError):  # the library's own lint names it
                text = read_bytes(path).replace(b"\r\n", b"\n")
                if source := _source(text, path):
                    self._by_origin.setdefault(source, folder.name)
                    self._contents[_content(text)] = f"{folder.name}@{version}"

    def _own_source(self, source: str, path: Path) -> str:
        """The source, numbered if another folder of this run has one of the same name."""
        made, number = source, 1
        while self._sources.setdefault(made, path.parent) != path.parent:
            number += 1
            made = f"{source[:290]} ({number})"
        return made

    def _begin(self, wanted: str, source: str, content: bytes, text: bytes) -> tuple[str, int, str]:
        """Make the folder of a new prompt with its first version; return id, version and outcome.

        If another import has just put the same prompt there, that is it.
        """
        number = self._numbers.get(wanted, 1)  # thousands may want the same name
        while True:
            name = wanted if number == 1 else _numbered(wanted, number)
            if name not in self._versions and name not in self._taken:
                if self._make_folder(name, text):
                    self._numbers[wanted] = number + 1
                    self._versions[name] = 1
                    return name, 1, "imported"
                self._learn(self._library / name)
                if self._contents.get(content, "").partition("@")[0] == name:
                    return name, int(self._contents[content].partition("@")[2]), "unchanged"
                if self._by_origin.get(source) == name:
                    return name, *self._write(name, self._versions[name] + 1, text)
            number += 1

    def _make_folder(self, name: str, text: bytes) -> bool:
        """Put a folder with the first version in place, both or neither; False if somebody has one of this name."""
        target = self._library / name
        try:
            scratch = Path(tempfile.mkdtemp(dir=self._library, prefix=f".{name}."))
            try:
                (scratch / _FIRST).write_bytes(text)
                scratch.chmod(self._folder_mode)
                scratch.rename(target)  # fails if target is there, unless it is an empty folder
            except OSError:
                (scratch / _FIRST).unlink(missing_ok=True)
                scratch.rmdir()
                if os.path.lexists(target):
                    return False
                raise
        except OSError as exc:
            raise _cannot_write(target, exc) from exc
        self._written.append(target / _FIRST)
        return True

    def _write(self, prompt_id: str, version: int, text: bytes) -> tuple[int, str]:
        """Write the version or, if somebody else has just written it, the next; return its number and the outcome."""
        folder = self._library / prompt_id
        while True:
            if version > MOST_VERSIONS:
                raise ValueError(f"{prompt_id} has no number left for another version")
            path = folder / f"{version}.prompt.yml"
            try:
                create_exclusively(path, text, mode=shared_mode(folder), force=False)
            except FileExistsError:
                version += 1
                continue
            self._written.append(path)
            self._versions[prompt_id] = version
            return version, "updated"


def _numbered(wanted: str, number: int) -> str:
    return f"{wanted[: 59 - len(str(number))].rstrip('-')}-{number}"


def _source(text: bytes, path: Path) -> str:
    """origin.source of a prompt file, "" if there is none; only that part of the file is read as YAML."""
    found = _ORIGIN.search(text)
    if not found:
        return ""
    try:
        data = load_yaml(found[0].decode("utf-8", "replace"), path)
    except ContentError:
        return ""
    origin = data.get("origin") if isinstance(data, dict) else None
    return str(origin.get("source", "")) if isinstance(origin, dict) else ""


def _content(text: bytes) -> bytes:
    """What identifies a prompt's content: everything but when and from where it was imported."""
    return hashlib.sha256(_ORIGIN.sub(b"", _CHANGELOG.sub(b"", text))).digest()


def _force_to_disk(written: list[Path]) -> None:
    if len(written) > _EACH and hasattr(os, "sync"):
        os.sync()  # one for all; a thousand single ones would take a minute
        return
    for path in written:
        with contextlib.suppress(OSError), path.open("rb+") as file:
            os.fsync(file.fileno())


def _cannot_write(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"{path} cannot be written ({error.strerror}). Free space, check your rights or name another folder with --to."
    )
