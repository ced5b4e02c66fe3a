"""What the first bytes of a Windows program say: whether it is one, and whether it carries a signature.

Microsoft, PE Format: https://learn.microsoft.com/windows/win32/debug/pe-format
"""

from __future__ import annotations

import struct
from pathlib import Path

_MAGIC = {0x10B: 96, 0x20B: 112}  # of the optional header → where its data directories begin
_CERTIFICATES = 4  # the data directory of signatures


def is_program(path: Path) -> bool:
    """True if the file is a PE file: a program, a library or a Python extension, whatever its name."""
    return _certificates(path) is not None


def is_signed(path: Path) -> bool:
    """True if the file is a PE file with a signature in it; whether that is valid is not asked."""
    found = _certificates(path)
    return found is not None and found[1] > 0


def _certificates(path: Path) -> tuple[int, int] | None:
    """Place and size of the signatures, (0, 0) without any, None if the file is no PE file."""
    with path.open("rb") as file:
        head = file.read(4096)
    try:
        (start,) = struct.unpack_from("<I", head, 0x3C)
        if head[:2] != b"MZ" or head[start : start + 4] != b"PE\0\0":
            return None
        optional = start + 24
        (magic,) = struct.unpack_from("<H", head, optional)
        directories = optional + _MAGIC[magic]
        (count,) = struct.unpack_from("<I", head, directories - 4)
        if count <= _CERTIFICATES:
            return 0, 0
        return struct.unpack_from("<II", head, directories + 8 * _CERTIFICATES)
    except (struct.error, KeyError):
        return None
