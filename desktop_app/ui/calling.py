"""What a second start says to the window that is open, and how it says it: one line, one answer, without loading Qt.

A line is "show", "quick" or "open LINK", and perhaps the desktop's activation token, without which Wayland lets no window
come forward. Nothing that somebody typed goes over it. The socket is QLocalServer's: a file in the folder for temporary
files, on Windows a named pipe.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

What = Literal["show", "quick", "open"]
MOST_BYTES = 4400  # a link of 4000 characters, a token of 256, and the words around them
_PATIENCE_S = 10.0  # a window that is just being built answers late
_LINE = re.compile(r"(?:(show|quick)|(open) ([!-~]+))(?: token=([!-~]{1,256}))?")
_TOKEN = re.compile(r"[!-~]{1,256}")
DONE, REFUSED = b"done\n", b"refused\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What a second start asks for: link is for "open" only; token is what the desktop gave it, "" if nothing."""

    what: What = "show"
    link: str = ""
    token: str = ""

    def __str__(self) -> str:
        words = [self.what, *([self.link] if self.what == "open" else ())]
        return " ".join([*words, *([f"token={self.token}"] if self.token else ())])


def parse_request(line: bytes) -> Request | None:
    """The request in a line without its end, or None for anything else."""
    found = _LINE.fullmatch(line.decode("ascii", "replace")) if len(line) <= MOST_BYTES else None
    if found is None:
        return None
    plain, opens, link, token = found.groups()
    return Request(plain or opens, link or "", token or "")


def activation_token() -> str:
    """What the desktop gave this process to bring a window forward (Wayland, or X11's startup notification), "" if nothing."""
    token = os.environ.get("XDG_ACTIVATION_TOKEN") or os.environ.get("DESKTOP_STARTUP_ID") or ""
    return token if _TOKEN.fullmatch(token) else ""


def server_name(profile: Path) -> str:
    """The socket's name: one for each profile."""
    return "greenroom-" + hashlib.sha256(str(profile).encode()).hexdigest()[:16]


def send(profile: Path, request: Request) -> bool:
    """Ask the window that has this profile open; True if it answered that it does so."""
    line, name = f"{request}\n".encode(), server_name(profile)
    with contextlib.suppress(OSError):
        return (_over_pipe if sys.platform == "win32" else _over_socket)(name, line) == DONE
    return False


def socket_path(name: str) -> Path:
    """Where QLocalServer puts a socket of this name."""
    return Path(tempfile.gettempdir(), name)


def _over_socket(name: str, line: bytes) -> bytes:
    import socket

    path = socket_path(name)
    if path.lstat().st_uid != os.geteuid():  # somebody else put it into the common folder
        return b""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(_PATIENCE_S)
        caller.connect(str(path))
        caller.sendall(line)
        return caller.makefile("rb").readline(len(REFUSED))


def _over_pipe(name: str, line: bytes) -> bytes:
    """On Windows; not run by our tests."""
    with Path(rf"\\.\pipe\{name}").open("r+b", buffering=0) as pipe:
        pipe.write(line)
        return pipe.read(len(DONE))
