"""Prompts of the library as files of other tools: one version, or everything."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import AppError, StoreError
from desktop_app.jobs import Job, Progress
from desktop_app.notes import Note
from desktop_app.prompts.interchange.dialects import named
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.storage.files import create_exclusively


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written for one version, or for all of them together (reference is then ""), and what could not be carried."""

    reference: str
    files: tuple[Path, ...]
    notes: tuple[Note, ...]


def export_versions(versions: Sequence[PromptVersion], dialect: str, target: Path) -> Job[tuple[Exported, ...]]:
    """Write the versions in a dialect to target, and return what was written, in order.

    A single file goes to target, or into it if that is a folder; several files, several versions, and a file that needs a
    folder of its own go below target, which is made. A dialect with one file for many prompts gets all versions at once. Raises AppError if a file is there already,
    StoreError if one cannot be written.
    """
    writer = named(dialect)
    write_all = getattr(writer, "write_all", None)
    done: list[Exported] = []
    if write_all is not None and len(versions) > 1:
        yield Progress(0, None, target.name)
        package = write_all(versions)
        return (Exported("", _write(package.files, target, several=False), package.notes),)
    for number, version in enumerate(versions):
        yield Progress(number, len(versions), version.name)
        package = writer.write(version)
        files = _write(_in_own_folder(package.files, version, versions), target, several=len(versions) > 1)
        done.append(Exported(f"{version.id}@{version.version}", files, package.notes))
    return tuple(done)


def _in_own_folder(
    files: Mapping[str, bytes], version: PromptVersion, versions: Sequence[PromptVersion]
) -> Mapping[str, bytes]:
    """With several prompts, names that do not say which prompt they are get a folder that does."""
    if len(versions) == 1 or all("/" in name or str(version.id) in name for name in files):
        return files
    return {f"{version.id}/{name}": data for name, data in files.items()}


def _write(files: Mapping[str, bytes], target: Path, *, several: bool) -> tuple[Path, ...]:
    has_folder = any("/" in name for name in files)  # the folder says what the file is, as Fabric's does
    into_folder = several or has_folder or len(files) > 1 or target.is_dir()
    paths = {(target / name if into_folder else target): data for name, data in files.items()}
    for path in paths:
        if os.path.lexists(path):
            raise _there_already(path)
    for path, data in paths.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as exc:
            raise StoreError(f"{path.parent} cannot be made ({exc.strerror}). Name another place with --out.") from exc
        try:
            create_exclusively(path, data, mode=0o644)
        except FileExistsError:  # made since we looked
            raise _there_already(path) from None
    return tuple(paths)


def _there_already(path: Path) -> AppError:
    return AppError(f"{path} exists already, and nothing is overwritten. Move it or name another place with --out.")
