"""What an import or export could not carry as it was, and a package ready to be written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["changed", "left out"]
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say; the same lesson gives the same bytes


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One thing that is not as it was in the source: line counts from 1 there; what names it and says why."""

    line: int
    what: str
    severity: Severity = "changed"

    def __str__(self) -> str:
        return f"{self.line}: {self.severity}: {self.what}"


@dataclass(frozen=True, slots=True)
class Package:
    """An export: zip member or file name → content, and what the format could not carry, in order of line."""

    files: Mapping[str, bytes]
    notes: tuple[Note, ...] = ()


class Notes:
    """Collects notes while a file is read or written; each is kept once."""

    def __init__(self) -> None:
        self._found: dict[Note, None] = {}

    def changed(self, line: int, what: str) -> None:
        """Note what came over in another form."""
        self._found[Note(line, what, "changed")] = None

    def left_out(self, line: int, what: str) -> None:
        """Note what did not come over."""
        self._found[Note(line, what, "left out")] = None

    def sorted(self) -> tuple[Note, ...]:
        """Every note in order of line."""
        return tuple(sorted(self._found, key=lambda note: note.line))


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """A zip with these members in the order given; the same files always give the same bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            member = zipfile.ZipInfo(name, _FIXED_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 3  # the same on every system
            member.external_attr = 0o644 << 16
            archive.writestr(member, data)
    return target.getvalue()
