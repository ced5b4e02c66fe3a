"""The quick window from a running app: request sent to window painted, against showing a bare QWidget on the same request.

Both sides are processes with the app's own channel; the clock stands in the one that asks. Between two rounds the window is
hidden again. The machine's display is left out (offscreen), painting is not.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from desktop_app.ui.calling import Request, send

ROUNDS = 15
GOAL_MS = 150

# A window tells when it has been painted, then hides.
COMMON = """
import sys
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from desktop_app.ui.channel import Channel
profile = Path(sys.argv[1])

class Painted(QObject):
    def __init__(self, window):
        super().__init__(window)
        self.window = window
        window.installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, self.said)  # once this round of painting is through
        return False
    def said(self):
        if self.window.isVisible():
            self.window.hide()
            print("painted", flush=True)
"""

BARE = (
    COMMON
    + """
app = QApplication([])
app.setQuitOnLastWindowClosed(False)
window = QWidget()
window.resize(640, 560)
watch = Painted(window)
channel = Channel(profile, lambda request: window.show())
print("ready", flush=True)
app.exec()
"""
)

APP = (
    COMMON
    + """
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui import application
from desktop_app.ui.front import Front
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
services = Services(Locations.find(profile))
app, theme = application.make_application(services)
services.locations.make_profile()
services.settings.change(first_run_done=True)
window = MainWindow(services, theme, JobRunner())
window.come_forward()
while "quick" not in window.__dict__ or not window.quick.model.state.rows or window.sandbox.state.phase == "starting":
    app.processEvents()
watch = Painted(window.quick)
front = Front(window)
channel = Channel(profile, front.act)
print("ready", flush=True)
app.exec()
"""
)


def main() -> int:
    """Print the table; 1 if the goal is missed."""
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, code in (("app", APP), ("bare", BARE)):
            times[name] = measure(code, Path(folder) / name)
    app, bare = (statistics.median(times[name][1:]) for name in ("app", "bare"))
    print(f"Quick window, request sent to painted (median of {ROUNDS} rounds after the first; the first in brackets)")
    print(
        f"  Greenroom       {app:6.1f} ms  ({times['app'][0]:.1f} ms)  slowest {max(times['app']):.1f} ms  goal ≤ {GOAL_MS}"
    )
    print(f"  bare QWidget    {bare:6.1f} ms  ({times['bare'][0]:.1f} ms)  ratio {app / bare:4.1f}")
    return int(app > GOAL_MS)


def measure(code: str, profile: Path) -> list[float]:
    """Milliseconds of each round, the first being the one in which the window is shown for the first time."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(profile)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"}, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        if process.stdout.readline() != "ready\n":
            raise SystemExit("the process ended before it was ready; run it by hand to see why")
        times = []
        for _ in range(ROUNDS + 1):
            time.sleep(0.2)  # as between two keys of a person
            begin = time.perf_counter()
            assert send(profile, Request("quick"))
            process.stdout.readline()
            times.append((time.perf_counter() - begin) * 1000)
        return times
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


if __name__ == "__main__":
    sys.exit(main())
