"""A small payload in the shape of the frozen app, for checking installers where the app itself cannot be frozen.

Its three programs are real 64-bit Windows programs that NSIS makes; the rest are text files. It says which version it is.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from windows.problem import PackagingError

_SOURCE = Path(__file__).resolve().parent / "standin.nsi"
_TEXTS = {
    "_internal/content/learn/first-steps/lesson.md": "# Stand-in lesson, version {version}\n",
    "_internal/resources/models.json": "{{}}\n",
    "_internal/Terms & Conditions (100 %).txt": "A name with signs in it, version {version}\n",
    "licences/LICENSE.txt": "Apache-2.0\n",
    "greenroom.cdx.json": "{{}}\n",
}


def make_payload(folder: Path, version: str) -> Path:
    """Write a stand-in for the frozen app of a version and return its folder; raises PackagingError without NSIS."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in _TEXTS.items():
        _write(folder / name, text.format(version=version))
    _write(folder / f"_internal/only-in-{version}.txt", "goes with its version\n")
    for name in ("greenroom", "greenroom-worker", "greenroom-reader"):
        options = [f"-DNAME={name}", f"-DVERSION={version}", f"-DOUT={folder / name}.exe"]
        command = ["makensis", "-V1", "-INPUTCHARSET", "UTF8", *options, str(_SOURCE)]
        done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"SOURCE_DATE_EPOCH": "0"})
        if done.returncode:
            raise PackagingError(f"makensis failed: {(done.stdout + done.stderr).strip()[-1500:]}")
    return folder


def make_model(folder: Path) -> Path:
    """Write a stand-in for the model's folder and return it."""
    shutil.rmtree(folder, ignore_errors=True)
    _write(folder / "SmolLM2-135M-Instruct.Q4_1.gguf", "GGUF stand-in\n" * 4096)
    _write(folder / "LICENSE-SmolLM2.txt", "Apache-2.0\n")
    return folder


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
