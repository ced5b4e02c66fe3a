"""Greenroom's command line as a user meets it: a process of its own, with an exit code and two streams."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

Done = subprocess.CompletedProcess[str]

# Root may write anywhere. Without any capability (prctl 24 is PR_CAPBSET_DROP) it is bound by a file's mode like
# everybody else; another user could not even read a Python that is installed in root's home folder.
_WITHOUT_PRIVILEGES = """
import ctypes, os, sys
if os.geteuid() == 0:
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in range(64):
        libc.prctl(24, capability, 0, 0, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""


def unprivileged(*arguments: str) -> list[str]:
    """The command that runs Python with arguments and no right to override a file's mode."""
    return [sys.executable, "-c", _WITHOUT_PRIVILEGES, *arguments]


def greenroom(
    *arguments: object,
    stdin: str | bytes = b"",
    environment: Mapping[str, str] | None = None,
    privileged: bool = True,
) -> Done:
    """Run `greenroom ARGUMENTS` to its end; unprivileged it cannot write what a file's mode forbids, even as root."""
    text = stdin.encode() if isinstance(stdin, str) else stdin
    python = [sys.executable] if privileged else unprivileged()
    command = [*python, "-m", "desktop_app", *map(str, arguments)]
    done = subprocess.run(command, input=text, capture_output=True, env=os.environ | dict(environment or {}))
    return Done(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def sentence(done: Done, *names: object) -> str:
    """What was said on standard error, after checking that it is one clear sentence or two that name the thing.

    Exit code 1, nothing on standard output, one line, no traceback.
    """
    said = done.stderr.strip()
    assert done.returncode == 1, (done.returncode, done.stdout, done.stderr)
    assert done.stdout == "", done.stdout
    assert said.startswith("greenroom: ") and "\n" not in said, said
    assert said.endswith((".", "?")) and "Traceback" not in said, said
    for name in names:
        assert str(name) in said, (name, said)
    return said


def files_below(folder: Path) -> dict[str, bytes]:
    """The content of every file below a folder, by relative path."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
