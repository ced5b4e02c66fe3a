"""How the locked-down processes are started, from a checkout and from an installation."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from desktop_app.sandbox import programs


def test_in_a_checkout_they_are_modules_of_an_isolated_python() -> None:
    command = programs.program("worker")
    assert command[0] == sys.executable and command[-2:] == ("-m", "desktop_app.sandbox.worker")
    assert {"-I", "-B"} <= set(command)
    assert programs.own_files() == ()


@pytest.mark.parametrize("ending", ["", ".exe"])
def test_in_an_installation_they_are_programs_beside_the_app(
    ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "IS_FROZEN", True)
    monkeypatch.setattr(sys, "executable", str(tmp_path / f"greenroom{ending}"))
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path / "_internal"), raising=False)
    assert programs.program("reader") == (str(tmp_path / f"greenroom-reader{ending}"),)
    assert programs.own_files() == (tmp_path / f"greenroom{ending}", tmp_path / "_internal")
