"""Signing through a command: SIGN_CMD, with {file} for the file, signs it in place.

A public code-signing key lives in hardware or with a service, so who signs is not our business: signtool, a service's client
or osslsigncode, each is one command. For the uninstaller makensis calls this file: `python signing.py FILE`.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from windows.portable_executable import is_program, is_signed
from windows.problem import PackagingError


def sign_command() -> str:
    """The command of this build, "" if nothing is signed."""
    command = os.environ.get("SIGN_CMD", "").strip()
    if command and "{file}" not in command:
        raise PackagingError("SIGN_CMD must say where the file goes: SIGN_CMD='signtool sign … \"{file}\"'.")
    return command


def sign(path: Path, command: str) -> None:
    """Sign the file in place; raises PackagingError if the command fails. Its words are shown, the command is not: it may hold a secret."""
    parts = [part.replace("{file}", str(path)) for part in _split(command)]
    try:
        done = subprocess.run(parts, capture_output=True, text=True, errors="replace")
    except OSError as exc:
        raise PackagingError(f"The signing command cannot be started ({exc.strerror}). Check SIGN_CMD.") from exc
    if done.returncode:
        raise PackagingError(
            f"{path.name} could not be signed (exit code {done.returncode}): {(done.stderr or done.stdout).strip()[-500:]}"
        )


def sign_programs(paths: Iterable[Path], command: str) -> list[Path]:
    """Sign each PE file that has no signature, and return those; others' signatures (Qt's, Python's) stay as they are."""
    unsigned = [path for path in paths if is_program(path) and not is_signed(path)]
    for path in unsigned:
        sign(path, command)
        if not is_signed(path):
            raise PackagingError(
                f"{path.name} has no signature although the signing command succeeded. Check SIGN_CMD."
            )
    return unsigned


def _split(command: str) -> list[str]:
    if os.name == "nt":  # a backslash belongs to a path there
        return [part.strip('"') for part in shlex.split(command, posix=False)]
    return shlex.split(command)


if __name__ == "__main__":
    try:
        sign(Path(sys.argv[1]), sign_command())
    except PackagingError as problem:
        sys.exit(str(problem))
