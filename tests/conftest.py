"""What holds for every test: no display, no system keyring, a profile of its own, and no log warning nobody asked for."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

sys.path += [str(Path(__file__).parents[1]), str(Path(__file__).parent / "helpers")]
os.environ["QT_QPA_PLATFORM"] = "offscreen"  # before Qt loads
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"  # a test that wants one takes file_keyring

from collections.abc import Iterator

import file_keyring as keyring_in_a_file
import pytest
from hypothesis import is_hypothesis_test, settings

from desktop_app.storage.locations import Locations

FUZZING = bool(os.environ.get("GREENROOM_FUZZ"))

# The same inputs each time, so that a submission fails for what it changed; make fuzz tries new ones.
settings.register_profile("greenroom", deadline=None, derandomize=not FUZZING, database=None)
settings.load_profile("greenroom")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "property: tries many generated inputs; GREENROOM_FUZZ=1 tries 5000 each")
    config.addinivalue_line("markers", "model: needs the real bundled model")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        test = getattr(item, "obj", None)
        if test is None or not is_hypothesis_test(test):
            continue
        item.add_marker("property")
        if FUZZING:
            # the one way to raise what a test set for itself with @settings
            test = getattr(test, "__func__", test)
            own = getattr(test, "_hypothesis_internal_use_settings", settings.default)
            test._hypothesis_internal_use_settings = settings(own, max_examples=5000, deadline=None)


@pytest.fixture(autouse=True)
def no_unexpected_log_warning(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A test that expects a warning looks at caplog and then clears it."""
    yield
    loud = [
        record
        for phase in ("setup", "call")
        for record in caplog.get_records(phase)
        if record.levelno >= logging.WARNING
    ]
    assert not loud, f"unexpected log warnings: {[record.getMessage() for record in loud]}"


@pytest.fixture(autouse=True)
def own_profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that forgets to name a profile touches the one of the person who runs the tests, or sees IT's models."""
    monkeypatch.setenv("GREENROOM_PROFILE", str(tmp_path / "unnamed-profile"))
    monkeypatch.setattr(Locations, "machine_models", ())


@pytest.fixture
def profile(tmp_path: Path) -> Path:
    """A folder for a profile, not made yet."""
    return tmp_path / "profile"


@pytest.fixture
def file_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """A keyring that keeps its secrets in a file, in this process; yields what makes subprocesses use it too."""
    import keyring

    before = keyring.get_keyring()
    variables = keyring_in_a_file.environment(tmp_path / "keyring.json")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    keyring.core.init_backend()
    yield variables
    keyring.set_keyring(before)
