"""Starts Qt, shows the window, and is the one place where an unexpected fault ends up."""

from __future__ import annotations

import logging
import os
import signal
import sys
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QLockFile, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop_app import __version__
from desktop_app.errors import AppError
from desktop_app.services import Services
from desktop_app.storage.database import DamagedError
from desktop_app.ui.calling import Request, send
from desktop_app.ui.channel import Channel
from desktop_app.ui.front import Front
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.theme import Theme

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_log = logging.getLogger("greenroom")


def make_application(services: Services) -> tuple[QApplication, Theme]:
    """The QApplication with Greenroom's look."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication([sys.argv[0]])
    app.setApplicationName("Greenroom")
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("app.greenroom")  # the desktop entry that packages install
    app.setStyle("Fusion")
    theme = Theme(services.locations.resources, app)
    settings = services.settings.value
    theme.apply(settings.theme, settings.text_scale)
    app.setWindowIcon(QIcon(theme.pixmap("sprout", "accent", 64)))
    return app, theme


def run_window(services: Services, request: Request) -> int:
    """Show what is asked for until its windows close; return the exit code. A window that is open already is asked instead."""
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        raise AppError("There is no display to open a window on. `greenroom tour` walks the main job in the terminal.")
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl+C in the terminal; Qt's loop would not notice Python's handler
    app, theme = make_application(services)
    try:
        services.locations.make_profile()
        lock = QLockFile(str(services.locations.lock_file))
        lock.setStaleLockTime(0)  # held as long as its process lives, however long that is
        if not lock.tryLock(100):
            return _ask_first(services, request)
        _log_to(services)
        _ = services.learner
    except DamagedError as error:
        if not _set_aside(error):
            return 1
    except AppError as error:
        _say(str(error))
        return 1
    jobs = JobRunner()
    try:
        _ = services.learner  # after a damaged file was set aside, this makes the fresh one
        window = MainWindow(services, theme, jobs)
    except AppError as error:
        _say(str(error))
        return 1
    sys.excepthook = lambda kind, fault, trace: _on_fault(window, kind, fault, trace)
    channel, front = _listen(services, window)
    front.act(request)
    code = app.exec()
    channel.close()
    jobs.stop()
    services.close()
    return code


def _listen(services: Services, window: MainWindow) -> tuple[Channel, Front]:
    front = Front(window)
    return Channel(services.locations.profile, front.act), front


def _ask_first(services: Services, request: Request) -> int:
    """Ask the window that has the profile; 0 if it answered."""
    if send(services.locations.profile, request):
        return 0
    print(
        f"Another Greenroom uses the profile {services.locations.profile}. Close it, or choose another with --profile.",
        file=sys.stderr,
    )
    return 1


def _set_aside(error: DamagedError) -> bool:
    """Offer to keep the damaged file under another name and start afresh; True if that was chosen and done."""
    box = QMessageBox(QMessageBox.Icon.Warning, "Greenroom", str(error))
    fresh = box.addButton("Keep it aside and start afresh", QMessageBox.ButtonRole.AcceptRole)
    box.addButton("Quit", QMessageBox.ButtonRole.RejectRole)
    print(f"greenroom: {error}", file=sys.stderr)
    box.exec()
    if box.clickedButton() is not fresh:
        return False
    # the audit head stays: it tells the fresh chain, and whoever verifies it, that there was one before
    for suffix in ("", "-wal", "-shm"):
        path = error.path.with_name(error.path.name + suffix)
        if path.exists():
            path.rename(_free_name(path.with_name(f"{path.name}.damaged")))
    return True


def _free_name(path: Path) -> Path:
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}-{number}")
    return candidate


def _say(text: str) -> None:
    print(f"greenroom: {text}", file=sys.stderr)
    QMessageBox(QMessageBox.Icon.Warning, "Greenroom", text).exec()


def _log_to(services: Services) -> None:
    handler = logging.FileHandler(services.locations.log_file, encoding="utf-8", delay=True)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.WARNING)


def _on_fault(window: MainWindow, kind: type[BaseException], fault: BaseException, trace: TracebackType | None) -> None:
    """A bug: logged without any value, since values may be what somebody typed; the window stays."""
    if issubclass(kind, KeyboardInterrupt):
        window.close()
        return
    if isinstance(fault, AppError):
        window.banner.say(str(fault), "danger")
        return
    places = "".join(f"\n  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(trace))
    _log.error("%s%s", kind.__name__, places)
    print(f"greenroom: {kind.__name__}{places}", file=sys.stderr)
    text = f"Something went wrong inside Greenroom ({kind.__name__}). What you saved is safe; the details are in {window.services.locations.log_file}."
    QTimer.singleShot(0, lambda: window.banner.say(text, "danger"))
