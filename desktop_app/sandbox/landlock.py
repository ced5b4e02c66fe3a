"""Access to files by Landlock (Documentation/userspace-api/landlock.rst of the kernel), by ctypes.

The restriction holds for the calling thread and everything it starts, so it is set before there is a second thread.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture
_VERSION, _PATH_BENEATH = 1, 1
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_ALL_FILES = (1 << 16) - 1  # from ABI 5 on, with ioctl on devices
_ALL_TCP = 0b11  # bind and connect, from ABI 4 on
_ALL_SCOPES = 0b11  # abstract UNIX sockets and signals, from ABI 6 on


class LandlockError(Exception):
    """The rules could not be set; the text says why."""


def abi() -> int:
    """The version the kernel offers; 0 if it has none."""
    return max(0, _call(_CREATE, None, 0, _VERSION))


def restrict(readable: Iterable[Path], writable: Iterable[Path]) -> int:
    """Leave only reading of readable (and below) and writing to the files in writable; return the ABI in use.

    Paths that do not exist are passed over. Raises LandlockError if the kernel has no Landlock or refuses.
    """
    version = abi()
    if version == 0:
        raise LandlockError("this system has no Landlock (Linux 5.13 or newer with it switched on is needed)")
    handled = _ALL_BY_ABI.get(version, _ALL_FILES)
    attributes = struct.pack("<QQQ", handled, _ALL_TCP, _ALL_SCOPES)
    size = 8 if version < 4 else 16 if version < 6 else 24
    ruleset = _call(_CREATE, ctypes.c_char_p(attributes), size, 0)
    if ruleset < 0:
        raise LandlockError(f"Landlock rules cannot be made ({os.strerror(ctypes.get_errno())})")
    try:
        for path in readable:
            _allow(ruleset, path, _READ_FILE | _READ_DIR)
        for path in writable:
            _allow(ruleset, path, _READ_FILE | _WRITE_FILE)
        if _call(_RESTRICT, ruleset, 0) != 0:
            raise LandlockError(f"Landlock rules cannot be set ({os.strerror(ctypes.get_errno())})")
    finally:
        os.close(ruleset)
    return version


def _allow(ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not path.is_dir():
            rights &= ~_READ_DIR
        rule = struct.pack("<Qi", rights, handle)  # packed: twelve bytes
        if _call(_ADD, ruleset, _PATH_BENEATH, ctypes.c_char_p(rule), 0) != 0:
            raise LandlockError(f"Landlock refuses a rule for {path} ({os.strerror(ctypes.get_errno())})")
    finally:
        os.close(handle)


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    passed = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return libc.syscall(ctypes.c_long(number), *passed)
