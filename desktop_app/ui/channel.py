"""How a second start speaks to the window that is open: one line, one answer, over a local socket of this person's.

A line is "show", "quick" or "open LINK", and perhaps the desktop's activation token, without which Wayland lets no window
come forward. Nothing that somebody typed goes over it. Whatever else arrives is dropped unread.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QDir, QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop_app.prompts.links import MOST_CHARS

What = Literal["show", "quick", "open"]
MOST_BYTES = MOST_CHARS + 400
_PATIENCE_MS = 2000
_MOST_CALLERS = 8
_LINE = re.compile(r"(?:(show|quick)|(open) ([!-~]+))(?: token=([!-~]{1,256}))?")
_TOKEN = re.compile(r"[!-~]{1,256}")
_DONE, _REFUSED = b"done\n", b"refused\n"


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
    """Ask the window that has this profile open; True if it answered that it does so. Needs no QApplication."""
    name = server_name(profile)
    if not _is_ours(name):
        return False
    socket = QLocalSocket()
    socket.connectToServer(name)
    if not socket.waitForConnected(_PATIENCE_MS):
        return False
    socket.write(f"{request}\n".encode())
    socket.flush()
    answer = b""
    while not answer.endswith(b"\n") and len(answer) < len(_REFUSED) and socket.waitForReadyRead(_PATIENCE_MS):
        answer += socket.readAll().data()
    socket.abort()
    return answer == _DONE


def _is_ours(name: str) -> bool:
    """False if somebody else put a socket of this name into the common folder for temporary files."""
    if sys.platform == "win32":
        return True  # a named pipe, which UserAccessOption guards
    try:
        return Path(QDir.tempPath(), name).lstat().st_uid == os.geteuid()
    except OSError:
        return False


class Channel(QObject):
    """Listens for second starts and hands what they ask to `act`."""

    def __init__(self, profile: Path, act: Callable[[Request], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._act = act
        self._callers: set[_Caller] = set()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_CALLERS)
        QLocalServer.removeServer(server_name(profile))
        self._server.newConnection.connect(self._on_called)
        self._server.listen(server_name(profile))

    def close(self) -> None:
        """Listen no more."""
        self._server.close()

    def _on_called(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            if len(self._callers) >= _MOST_CALLERS:
                socket.abort()
                socket.deleteLater()
                continue
            caller = _Caller(socket, self._act, self._callers.discard)
            self._callers.add(caller)
            caller.read()  # it may have spoken before anybody listened


class _Caller(QObject):
    """One connection: reads one line within the time, answers, hangs up."""

    def __init__(
        self, socket: QLocalSocket, act: Callable[[Request], object], gone: Callable[[_Caller], object]
    ) -> None:
        super().__init__(socket)
        self._socket, self._act, self._gone = socket, act, gone
        socket.setReadBufferSize(MOST_BYTES + 1)  # more than that is never held
        socket.readyRead.connect(self.read)
        socket.disconnected.connect(self._end)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self._end)
        self._timer.start()

    def read(self) -> None:
        """Take the line if it is complete; one that is too long ends the call."""
        if self._socket.canReadLine():
            request = parse_request(self._socket.readLine(MOST_BYTES + 1).data().rstrip(b"\n"))
            self._socket.write(_DONE if request else _REFUSED)
            self._socket.flush()
            self._end()
            if request:
                self._act(request)
        elif self._socket.bytesAvailable() > MOST_BYTES:
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        self._socket.readyRead.disconnect(self.read)
        self._socket.disconnected.disconnect(self._end)
        self._socket.disconnectFromServer()
        self._gone(self)
        self._socket.deleteLater()
