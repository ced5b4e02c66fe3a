"""Starting the application as a process: one window per profile, and clear sentences where it cannot start."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from desktop_app.services import Services
from desktop_app.storage.database import DamagedError
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import _set_aside

COMMAND = [sys.executable, "-m", "desktop_app", "--profile"]
OFFSCREEN = os.environ | {"QT_QPA_PLATFORM": "offscreen"}


def open_window(profile: Path) -> subprocess.Popen[str]:
    """A window that is open with the profile, as a process."""
    code = (
        "import sys\n"
        "from PySide6.QtCore import QTimer\n"
        "from desktop_app.ui import application\n"
        "listen = application._listen\n"
        "def said(*a):\n"
        "    server = listen(*a)\n"
        "    print('listening', flush=True)\n"
        "    return server\n"
        "application._listen = said\n"
        "sys.argv = ['greenroom', '--profile', sys.argv[1]]\n"
        "from desktop_app.__main__ import main\n"
        "main()\n"
    )
    window = subprocess.Popen(
        [sys.executable, "-c", code, str(profile)], stdout=subprocess.PIPE, env=OFFSCREEN, text=True
    )
    assert window.stdout is not None
    assert window.stdout.readline().strip() == "listening"
    return window


def kill(window: subprocess.Popen[str]) -> None:
    assert window.stdout is not None
    window.kill()
    window.wait()
    window.stdout.close()


@pytest.fixture
def running(tmp_path: Path) -> Generator[Path, None, None]:
    window = open_window(tmp_path / "profile")
    yield tmp_path / "profile"
    kill(window)


def test_a_second_start_brings_the_first_window_forward(running: Path) -> None:
    second = subprocess.run([*COMMAND, str(running)], capture_output=True, env=OFFSCREEN, text=True, timeout=60)
    assert second.returncode == 0
    assert "already open" in second.stderr


@pytest.mark.parametrize(
    "command", [["quick"], ["open", "greenroom://prompt/shorten-notice?notice=Hello"]], ids=" ".join
)
def test_a_command_asks_the_open_window_without_a_display_of_its_own(running: Path, command: list[str]) -> None:
    bare = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run([*COMMAND, str(running), *command], capture_output=True, env=bare, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_asking_the_open_window_loads_no_qt(running: Path) -> None:
    code = (
        "import sys\n"
        "sys.argv = ['greenroom', '--profile', sys.argv[1], 'quick']\n"
        "from desktop_app.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as end: print(end.code, [name for name in sys.modules if name.startswith('PySide6')])\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(running)], capture_output=True, env=OFFSCREEN, text=True)
    assert done.stdout == "0 []\n", done.stderr


def test_the_command_line_works_beside_an_open_window(running: Path) -> None:
    done = subprocess.run([*COMMAND, str(running), "records", "verify"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_without_a_display_the_way_out_is_named(tmp_path: Path) -> None:
    bare = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    done = subprocess.run([*COMMAND, str(tmp_path)], capture_output=True, env=bare, text=True, timeout=60)
    assert done.returncode == 1
    assert "greenroom tour" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_killed_window_leaves_the_profile_free(tmp_path: Path) -> None:
    for _ in range(2):
        kill(open_window(tmp_path / "profile"))


def test_a_damaged_database_can_be_set_aside_and_nothing_of_it_is_lost(qapp: QApplication, tmp_path: Path) -> None:
    services = Services(Locations.find(tmp_path))
    services.locations.learner_db.write_bytes(b"not a database at all" * 100)
    with pytest.raises(DamagedError) as damaged:
        _ = services.learner

    def press() -> None:
        [box] = [w for w in qapp.topLevelWidgets() if isinstance(w, QMessageBox)]
        assert str(services.locations.learner_db) in box.text()
        next(b for b in box.buttons() if "afresh" in b.text()).click()

    QTimer.singleShot(0, press)
    assert _set_aside(damaged.value)
    assert (tmp_path / "learner.db.damaged").read_bytes() == b"not a database at all" * 100
    assert services.learner.profile() is None
    services.close()
