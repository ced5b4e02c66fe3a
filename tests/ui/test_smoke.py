"""`greenroom --smoke`: every part works once, and a part that does not is named."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PARTS = [
    "window shown",
    "lesson rendered",
    "question graded",
    "model loaded",
    "tokens generated",
    "keyring used",
    "database written",
]


def smoke(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "desktop_app", *arguments, "--smoke"]
    return subprocess.run(
        command, capture_output=True, text=True, env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | environment
    )


@pytest.mark.model
def test_every_part_works_and_says_so(tmp_path: Path, file_keyring: dict[str, str]) -> None:
    done = smoke("--profile", str(tmp_path / "profile"), **file_keyring)
    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()
    assert [line.removeprefix("✓ ").startswith(part) for line, part in zip(said, PARTS, strict=True)] == [True] * 7
    assert "16 of 16 ways out shut, proven" in done.stdout
    assert (tmp_path / "profile" / "learner.db").is_file()


def test_a_profile_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.touch()
    done = smoke("--profile", str(taken / "profile"))
    assert done.returncode == 1 and done.stdout == ""
    assert str(taken) in done.stderr and "Traceback" not in done.stderr
