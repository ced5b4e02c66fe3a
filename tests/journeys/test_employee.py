"""The employee's journey, with the real window and the real model, killed in the middle of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys.employee import NAME, TYPED

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("employee.py")


@pytest.mark.model
def test_a_lesson_a_run_a_kill_and_everything_is_still_there(tmp_path: Path, file_keyring: dict[str, str]) -> None:
    profile = tmp_path / "profile"
    environment = os.environ | file_keyring
    environment["PYTHONPATH"] = os.pathsep.join((str(ROOT), file_keyring["PYTHONPATH"]))
    window = subprocess.Popen(
        [sys.executable, SCRIPT, profile, "learn"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
    )
    assert window.stdout is not None and window.stderr is not None
    line = window.stdout.readline()
    if not line:
        pytest.fail(window.stderr.read())
    learned = json.loads(line)
    worker = children(window.pid)
    window.send_signal(signal.SIGKILL)
    window.wait()
    window.stdout.close()
    window.stderr.close()

    assert learned["offline"]
    assert learned["passed"] and learned["score"] == 1.0
    assert learned["tokens"] > 0
    assert worker, "the model ran in a process of its own"

    said = subprocess.run([sys.executable, SCRIPT, profile, "look"], capture_output=True, env=environment, text=True)
    assert said.returncode == 0, said.stderr
    seen = json.loads(said.stdout)
    assert not seen["first_run"]
    assert seen["greeting"].endswith(NAME)
    assert seen["passed"] == 1
    assert seen["answered"] >= 3
    assert seen["answer"] == learned["answer"]
    assert TYPED in seen["typed"]
    assert seen["judgement"] == "after a fix"
    assert seen["whole"] and seen["signed"]
    assert TYPED in seen["half_typed"]

    checked = subprocess.run(
        [sys.executable, "-m", "desktop_app", "--profile", profile, "records", "verify", "--json"],
        capture_output=True, env=environment, text=True,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["is_whole"]

    for file in profile.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            for typed in (NAME, TYPED, "marker-gate"):
                assert typed.encode() not in data, file
                assert typed.encode("utf-16-le") not in data, file


def children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split() or [
        child for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()
    ]
