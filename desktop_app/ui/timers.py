"""Timers that wait for a pause and then act once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer


def single_shot(parent: QObject, pause_ms: int, slot: Callable[[], object]) -> QTimer:
    """A timer that calls slot once, pause_ms after its last start; it ends with parent."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.setInterval(pause_ms)
    timer.timeout.connect(slot)
    return timer
