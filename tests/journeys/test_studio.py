"""The trainer's journey through Studio, with the real window and the real model, killed while typing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.command import files_below
from tests.journeys.trainer_in_studio import TYPED

SCRIPT = "tests.journeys.trainer_in_studio"


@pytest.mark.model
def test_from_the_template_to_a_tried_lesson_and_nothing_lost_in_a_kill(
    tmp_path: Path, file_keyring: dict[str, str]
) -> None:
    profile, content = tmp_path / "profile", tmp_path / "our-content"
    content.mkdir()
    environment = os.environ | file_keyring
    command = [sys.executable, "-m", SCRIPT, str(profile), str(content)]
    window = subprocess.Popen(
        [*command, "write"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, text=True
    )
    assert window.stdout is not None and window.stderr is not None
    line = window.stdout.readline()
    window.send_signal(signal.SIGKILL)
    _, said = window.communicate()
    assert line, said
    done = json.loads(line)

    assert done["fault"] == ["L201", "1 error"]
    assert done["answer"].strip(), "the exercise ran on the local model"
    assert done["runs_stored"] == 0, "a trial is no learning"
    saved = Path(done["file"]).read_text("utf-8")
    assert "A calm voice is no proof." in saved and TYPED not in saved
    checked = subprocess.run(
        [sys.executable, "-m", "desktop_app", "lesson", "lint", "--strict", content], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout
    assert "A calm voice is no proof." in Path(done["exported"]).read_text("utf-8")
    for name, data in files_below(profile).items():
        assert b"marker-lantern" not in data, f"{name} holds a typed text"

    again = subprocess.run([*command, "look"], capture_output=True, env=environment, text=True)
    assert again.returncode == 0, again.stderr
    seen = json.loads(again.stdout)
    assert seen["restored"] and seen["said"].startswith("Unsaved changes from")
    assert seen["on_disk"], "and then it was saved"
