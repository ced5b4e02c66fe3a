"""Process start to a window that answers the keyboard, against the same process importing and showing an empty Qt window.

Anki, which ARCHITECTURE.md compares with, cannot be installed by this project; its 0.73 s was measured on a machine like
this one. The ratio here is to a bare Qt window, which is the floor for any PySide6 program. Both start from byte code that the
first, uncounted start wrote, as they do for everybody whose environment does not forbid Python to write it. Processor time is
given too, since it says more than the clock on a busy machine.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 7
ANKI_S = 0.73
GOAL_OF_ANKI, GOAL_MB = 0.8, 160

BARE = """
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
app.processEvents()
import time
print("interactive", time.process_time(), flush=True)
"""

# What run_window does up to the event loop, then one round of it: the first page is drawn and takes keys.
APP = """
from pathlib import Path
from desktop_app.sandbox.lockdown import deny_internet
deny_internet()
import sys
from desktop_app.cli.root import root
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui import application
services = Services(Locations.find(Path(sys.argv[1])))
app, theme = application.make_application(services)
services.locations.make_profile()
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
jobs = JobRunner()
window = MainWindow(services, theme, jobs)
window.show()
window.start()
app.processEvents()
import time
print("interactive", time.process_time(), flush=True)
status = Path("/proc/self/status")
from desktop_app.ui.places import ON_DEMAND, PAGES
while not all(name in window.__dict__ for name in set(PAGES) - ON_DEMAND) or not window.library_model.state.is_loaded:
    app.processEvents()
print(status.read_text().split("VmRSS:")[1].split()[0] if status.exists() else "0", flush=True)
jobs.stop()
services.close()
"""


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": f"{folder}/bytecode"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        profile = Path(folder) / "profile"
        for code in (APP, BARE):  # warm disk; the profile exists
            run(code, str(profile), environment=environment)
        times: dict[str, list[float]] = {"app": [], "bare": []}
        processor: dict[str, list[float]] = {"app": [], "bare": []}
        resident = 0
        for _ in range(ROUNDS):
            for name, code in (("app", APP), ("bare", BARE)):
                seconds, words = run(code, str(profile), environment=environment)
                times[name].append(seconds)
                processor[name].append(float(words[1]))
                resident = max(resident, int(words[2]) if name == "app" else 0)
    app, bare = statistics.median(times["app"]), statistics.median(times["bare"])
    app_cpu, bare_cpu = (statistics.median(processor[name]) for name in ("app", "bare"))
    print("Start to interactive window (median of", ROUNDS, "rounds, interleaved)")
    print(f"  Greenroom              {app:6.3f} s   processor {app_cpu:6.3f} s")
    print(f"  bare Qt window         {bare:6.3f} s   processor {bare_cpu:6.3f} s   ratio {app / bare:4.2f}")
    print(f"  Anki, measured before  {ANKI_S:6.3f} s   ratio {app / ANKI_S:4.2f}   goal ≤ {GOAL_OF_ANKI}")
    print(
        f"  resident memory        {resident / 1024:6.0f} MB  goal ≤ {GOAL_MB} MB (window without model, every page built)"
    )
    return int(app / ANKI_S > GOAL_OF_ANKI or resident / 1024 > GOAL_MB)


def run(code: str, *arguments: str, environment: dict[str, str]) -> tuple[float, list[str]]:
    """Seconds from start until the process says that it is interactive, and the words it said."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        text=True,
    )
    assert process.stdout is not None
    words = process.stdout.readline().split()
    seconds = time.perf_counter() - begin
    words += process.stdout.readline().split()
    process.stdout.close()
    process.wait()
    if not words:
        raise SystemExit("the process ended before its window was interactive; run it by hand to see why")
    return seconds, words


if __name__ == "__main__":
    sys.exit(main())
