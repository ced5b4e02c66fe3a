"""Freeze the same commit a second time, elsewhere, and compare the two byte by byte."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from names import APP, ROOT

from freeze.freezing import CHANGED, COMMIT, FILES, FreezeError


def differences(one: Path, other: Path) -> list[str]:
    """The files that differ between two frozen folders, or are in one of them only; by their lists, which hold SHA-256."""
    lists = [dict(_listed(folder)) for folder in (one, other)]
    return sorted({name for first, second in (lists, lists[::-1]) for name in first if first[name] != second.get(name)})


def _listed(folder: Path) -> list[tuple[str, str]]:
    lines = (folder / "_internal" / FILES).read_text("utf-8").splitlines()
    return [(line[66:], line[:64]) for line in lines]


def freeze_elsewhere(folder: Path) -> Path:
    """Clone the commit that was frozen into folder, freeze it there and return the frozen app. Raises FreezeError."""
    clone = folder / "checkout"
    commands = (
        ["git", "clone", "--quiet", "--no-checkout", str(ROOT), str(clone)],
        ["git", "-C", str(clone), "checkout", "--quiet", COMMIT.read_text("ascii").removesuffix(CHANGED)],
        [sys.executable, str(clone / "packaging" / "dist.py"), "--only", "freeze"],
    )
    for command in commands:
        if subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).returncode:
            raise FreezeError(f"The second build failed: {' '.join(command)}")
    return clone / APP.relative_to(ROOT)


def rows() -> list[tuple[str, str, bool, float]]:
    """The one row that this gives the table of `make verify-dist`: what, how, whether it holds, seconds."""
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="greenroom-second-build-"))
    try:
        different = differences(APP, freeze_elsewhere(folder))
        count = len(_listed(APP))
        how = f"{count} files of commit {COMMIT.read_text('ascii')[:9]}"
        if different:
            how += f"; different: {', '.join(different[:5])}"
            how += (
                "; it was frozen with changes that are not committed"
                if COMMIT.read_text("ascii").endswith(CHANGED)
                else ""
            )
        return [("two builds from different folders are the same bytes", how, not different, time.monotonic() - began)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
