"""A theme, services with a fresh profile, and the whole window, for the tests of the interface."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.theme import Theme


@pytest.fixture
def services(tmp_path: Path) -> Generator[Services, None, None]:
    made = Services(Locations.find(tmp_path / "profile", [tmp_path / "content"]))
    yield made
    made.close()


@pytest.fixture
def theme(qapp: object, services: Services) -> Theme:
    return make_application(services)[1]


@pytest.fixture
def open_window(qtbot: QtBot, services: Services, theme: Theme) -> Generator[Callable[[], MainWindow], None, None]:
    """Opens the real window; its model is the bundled one."""
    opened: list[tuple[MainWindow, JobRunner]] = []

    def show() -> MainWindow:
        jobs = JobRunner()
        window = MainWindow(services, theme, jobs)
        opened.append((window, jobs))
        window.show()
        window.start()
        qtbot.waitExposed(window)
        return window

    yield show
    for window, jobs in opened:
        window.close()
        assert jobs.stop(wait_ms=20_000)
        window.deleteLater()


@pytest.fixture
def window(open_window: Callable[[], MainWindow], qtbot: QtBot) -> MainWindow:
    """The window past its first run, with the model ready."""
    shown = open_window()
    assert shown.first_run is not None
    shown.first_run.skipped.emit()
    qtbot.waitUntil(lambda: shown.sandbox.state.phase == "ready", timeout=60_000)
    qtbot.waitUntil(lambda: shown.library_model.state.is_loaded, timeout=20_000)
    return shown
