"""The window's ear: a local socket of this person's that takes one line from a second start. Whatever else arrives is dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from desktop_app.ui.calling import DONE, MOST_BYTES, REFUSED, Request, parse_request, server_name

_PATIENCE_MS = 2000
_MOST_CALLERS = 8


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
        self._socket, self._act, self._gone, self._ended = socket, act, gone, False
        socket.setReadBufferSize(MOST_BYTES + 1)  # more than that is never held
        socket.readyRead.connect(self.read)
        socket.disconnected.connect(self._end)
        self._timer = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._timer.timeout.connect(self._end)
        self._timer.start()

    def read(self) -> None:
        """Take the line if it is complete; one that is too long ends the call."""
        if self._ended:
            return
        if self._socket.canReadLine():
            request = parse_request(self._socket.readLine(MOST_BYTES + 1).data().rstrip(b"\n"))
            self._socket.write(DONE if request else REFUSED)
            self._socket.flush()
            self._end()
            if request:
                self._act(request)
        elif self._socket.bytesAvailable() > MOST_BYTES:
            self._end()

    def _end(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._timer.stop()
        self._socket.disconnectFromServer()
        self._gone(self)
        self._socket.deleteLater()
