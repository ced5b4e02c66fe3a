"""The files an installer holds: listed in one order, named by their places, the same on every machine.

Windows Installer counts a component by its GUID: the file at one place keeps its GUID through every version, so that an
upgrade replaces it and two versions never own it. GUIDs and identifiers are made from the path alone.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import quoteattr

from windows.problem import PackagingError

# Made once, never changed: every GUID of our installers comes from it.
NAMESPACE = uuid.UUID("4c201191-0071-54f2-bb18-cdde42a152d9")
# what Windows refuses, what means something to NSIS, and what a package without a code page of its own cannot hold
_REFUSED = re.compile(r'[<>:"|?*\\$\x00-\x1f]|[^\x00-\x7f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PayloadFile:
    """One file: where it lies below the installed folder, and where it is taken from."""

    place: PurePosixPath
    source: Path

    @property
    def windows_place(self) -> str:
        """The place as Windows writes it."""
        return str(self.place).replace("/", "\\")


def guid(*names: str) -> str:
    """The GUID of what is called so, as Windows Installer writes it; case makes no difference, as in its file names."""
    return str(uuid.uuid5(NAMESPACE, "/".join(names).lower())).upper()


def identifier(kind: str, place: PurePosixPath) -> str:
    """An identifier in an MSI for what lies at a place; at most 72 characters, letters and digits."""
    return kind + hashlib.sha256(str(place).lower().encode()).hexdigest()[:40]


def payload_files(folder: Path) -> tuple[PayloadFile, ...]:
    """All files below folder, in the order of their places; raises PackagingError for what Windows cannot hold."""
    if not folder.is_dir():
        raise PackagingError(f"{folder} is no folder. Freeze the app first (packaging/windows/freeze.ps1).")
    found = [
        PayloadFile(PurePosixPath(path.relative_to(folder).as_posix()), path)
        for path in folder.rglob("*")
        if not path.is_dir()
    ]
    found.sort(key=lambda file: file.place.parts)
    seen: dict[str, PurePosixPath] = {}
    for file in found:
        if file.source.is_symlink():
            raise PackagingError(f"{file.place} is a link; Windows installers hold files only.")
        if any(_REFUSED.search(part) for part in file.place.parts):
            raise PackagingError(
                f'{file.place} has a name that an installer cannot hold: no <>:"|?*\\$, ASCII only, no reserved name.'
            )
        other = seen.setdefault(str(file.place).lower(), file.place)
        if other is not file.place:
            raise PackagingError(f"{other} and {file.place} are the same name to Windows.")
    if not found:
        raise PackagingError(f"{folder} is empty.")
    return tuple(found)


def folders(files: Iterable[PayloadFile]) -> tuple[PurePosixPath, ...]:
    """Every folder the files need below the installed one, parents first."""
    needed = {parent for file in files for parent in file.place.parents if parent.parts}
    return tuple(sorted(needed, key=lambda place: place.parts))


def digest(files: Iterable[PayloadFile]) -> str:
    """A SHA-256 over places and contents."""
    total = hashlib.sha256()
    for file in files:
        with file.source.open("rb") as stream:
            total.update(f"{file.place}\0{hashlib.file_digest(stream, 'sha256').hexdigest()}\n".encode())
    return total.hexdigest()


def wix_fragment(files: Sequence[PayloadFile], product: str, root: Path) -> str:
    """WiX source of the files: a component each, and the group PayloadFiles with all of them; paths are relative to root."""
    by_folder: dict[PurePosixPath, list[PayloadFile]] = {}
    for file in files:
        by_folder.setdefault(file.place.parent, []).append(file)
    known = {PurePosixPath(): "INSTALLFOLDER"} | {place: identifier("d", place) for place in folders(files)}
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<Wix xmlns="http://schemas.microsoft.com/wix/2006/wi">',
        "  <Fragment>",
    ]
    for place in folders(files):
        lines.append(
            f'    <DirectoryRef Id="{known[place.parent]}"><Directory Id="{known[place]}" Name={quoteattr(place.name)}/></DirectoryRef>'
        )
    for place, held in by_folder.items():
        lines.append(f'    <DirectoryRef Id="{known[place]}">')
        lines += [f"      {_component(file, product, root)}" for file in held]
        lines.append("    </DirectoryRef>")
    lines.append('    <ComponentGroup Id="PayloadFiles">')
    lines += [f'      <ComponentRef Id="{identifier("c", file.place)}"/>' for file in files]
    return "\n".join([*lines, "    </ComponentGroup>", "  </Fragment>", "</Wix>", ""])


def _component(file: PayloadFile, product: str, root: Path) -> str:
    return (
        f'<Component Id="{identifier("c", file.place)}" Guid="{guid(product, "file", str(file.place))}" Win64="yes">'
        f'<File Id="{identifier("f", file.place)}" Name={quoteattr(file.place.name)} Source={quoteattr(str(file.source.relative_to(root)))} KeyPath="yes"/>'
        "</Component>"
    )


def nsis_lists(files: Sequence[PayloadFile]) -> str:
    """Two NSIS macros: InstallPayload, and RemovePayload that deletes these files and folders that are empty then."""
    lines = ["!macro InstallPayload"]
    place = None
    for file in files:
        if file.place.parent != place:
            place = file.place.parent
            lines.append(f'  SetOutPath "{_below(place)}"')
        lines.append(f'  File "/oname={_nsis(file.place.name)}" "{_nsis(str(file.source))}"')
    lines += ["!macroend", "", "!macro RemovePayload"]
    lines += [f'  Delete "$INSTDIR\\{_nsis(file.windows_place)}"' for file in files]
    lines += [f'  RMDir "{_below(place)}"' for place in reversed(folders(files))]
    return "\n".join([*lines, "!macroend", ""])


def _below(place: PurePosixPath) -> str:
    return "\\".join(["$INSTDIR", *(_nsis(part) for part in place.parts)])


def _nsis(text: str) -> str:
    return text.replace("$", "$$")
