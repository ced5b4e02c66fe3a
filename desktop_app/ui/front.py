"""Brings forward what a start, a second start or the desktop asks for."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QFileOpenEvent, QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_app.ui.calling import Request
from desktop_app.ui.main_window import MainWindow

_MINUTE_MS = 60_000
_IDLE_MINUTES = 15


class Front(QObject):
    """Acts on requests. An app that was started for its quick window alone waits hidden for the next one, then ends."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window, self._idle_minutes = window, 0
        self._clock = QTimer(self, interval=_MINUTE_MS)
        self._clock.timeout.connect(self.tick)
        if sys.platform == "darwin":
            QApplication.instance().installEventFilter(self)  # macOS hands links to the app that runs, not to a new one

    def act(self, request: Request) -> None:
        """Show what is asked for; the token lets a Wayland desktop bring it to the front."""
        if request.token:
            os.environ["XDG_ACTIVATION_TOKEN"] = request.token  # Qt takes it from here and clears it
        if request.what == "quick":
            if not self._window.has_started:
                self._window.start_reading()
                self._clock.start()
            self._window.quick.summon()
            return
        self._clock.stop()
        self._window.come_forward()
        if request.what == "open":
            self._window.follow(request.link)

    def tick(self) -> None:
        """End a hidden app after a while, but never while what was copied would go with it."""
        shown = any(widget.isVisible() for widget in QApplication.topLevelWidgets())
        kept = QGuiApplication.clipboard().ownsClipboard()
        self._idle_minutes = 0 if shown or kept else self._idle_minutes + 1
        if self._idle_minutes >= _IDLE_MINUTES:
            self._clock.stop()
            self._window.close()
            QApplication.quit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """On macOS: a link that the system opens with this app."""
        if isinstance(event, QFileOpenEvent) and event.type() == QEvent.Type.FileOpen:
            self.act(Request("open", event.url().toString()))
            return True
        return super().eventFilter(watched, event)
