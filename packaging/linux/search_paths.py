"""Takes absolute library search paths out of ELF files: those of the building machine, where anybody may write elsewhere."""

from __future__ import annotations

import struct
from pathlib import Path

from linux.dependencies import elf_files

_DYNAMIC, _NEEDED_TABLE, _LOAD = 2, 5, 1
_SEARCH_PATHS = (15, 29)  # DT_RPATH, DT_RUNPATH
_ENTRY = struct.Struct("<QQ")


def drop_search_paths(folder: Path) -> list[Path]:
    """Remove every RPATH and RUNPATH below folder that names an absolute path; return the files changed.

    Paths that begin with $ORIGIN stay. Like `chrpath --delete`: the entry goes from the dynamic section, later ones move up.
    """
    return [path for path in elf_files(folder) if _drop(path)]


def _drop(path: Path) -> bool:
    data = bytearray(path.read_bytes())
    if data[4:6] != b"\x02\x01":  # 64 bits, little-endian: all that is built here
        return False
    headers, size, count = *struct.unpack_from("<Q", data, 32), *struct.unpack_from("<HH", data, 54)
    segments = [struct.unpack_from("<IIQQQQQQ", data, headers + at * size) for at in range(count)]
    dynamic = next((segment for segment in segments if segment[0] == _DYNAMIC), None)
    if dynamic is None:
        return False
    offset, length = dynamic[2], dynamic[5]
    entries = [_ENTRY.unpack_from(data, offset + at) for at in range(0, length, _ENTRY.size)]
    strings = next((_offset(segments, value) for tag, value in entries if tag == _NEEDED_TABLE), None)
    if strings is None:
        return False
    kept = [entry for entry in entries if not (entry[0] in _SEARCH_PATHS and data[strings + entry[1]] == ord("/"))]
    if len(kept) == len(entries):
        return False
    kept += [(0, 0)] * (len(entries) - len(kept))
    data[offset : offset + length] = b"".join(_ENTRY.pack(*entry) for entry in kept)
    path.write_bytes(data)
    return True


def _offset(segments: list[tuple[int, ...]], address: int) -> int | None:
    """Where in the file an address of the loaded program is."""
    for kind, _, offset, start, _, in_file, *_ in segments:
        if kind == _LOAD and start <= address < start + in_file:
            return offset + address - start
    return None
