"""What is built is called, and where it lies: the one place that names versions, folders and files of a distribution."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD, DIST = ROOT / "build", ROOT / "dist"
APP = BUILD / "app" / "greenroom"
MODEL = BUILD / "model" / "SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_LICENCE = BUILD / "model" / "LICENSE-SmolLM2.txt"

MAINTAINER = "Greenroom maintainers <maintainers@greenroom.example>"
HOMEPAGE = "https://greenroom.example/"
APPLICATION_ID = "app.greenroom.desktop"
MODEL_PACKAGE, MODEL_VERSION = "greenroom-model-smollm2", "1"


def version() -> str:
    """The version that is built: desktop_app's, or GREENROOM_VERSION, with which upgrades are tried."""
    said = (ROOT / "desktop_app" / "__init__.py").read_text("utf-8")
    found = re.search(r'^__version__ = "([^"]+)"', said, re.MULTILINE)
    assert found is not None
    return os.environ.get("GREENROOM_VERSION") or found[1]


def epoch() -> int:
    """Seconds since 1970 that every built file carries: SOURCE_DATE_EPOCH, else the time of the last commit.

    Two builds of one commit are the same bytes for that (https://reproducible-builds.org/specs/source-date-epoch/).
    """
    if said := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(said)
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
