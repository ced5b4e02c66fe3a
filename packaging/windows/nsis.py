"""Builds the setup program with NSIS, the same bytes from the same files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from names import HOMEPAGE, MAINTAINER, ROOT

from windows.msi import msi_version
from windows.payload import PayloadFile, nsis_lists
from windows.problem import PackagingError

SOURCE = Path(__file__).resolve().parent / "greenroom.nsi"
SIGNING = Path(__file__).resolve().parent / "signing.py"


def build_setup(
    files: Sequence[PayloadFile], version: str, icon: Path, target: Path, epoch: int, *, signed: bool
) -> None:
    """Write the setup program; with signed its uninstaller is signed by SIGN_CMD. Raises PackagingError."""
    if not shutil.which("makensis"):
        raise PackagingError(
            "makensis is not here. Install NSIS 3.08 or newer: packaging/dist_tools.py does on Debian."
        )
    listed = icon.with_name("payload.nsh")
    listed.write_text(nsis_lists(files), "utf-8")
    number = msi_version(version)
    size = sum(file.source.stat().st_size for file in files)
    defined = {
        "TARGET": "x86-unicode" if os.name == "nt" else "amd64-unicode",
        "VERSION": number,
        "VERSION4": f"{number}.0",
        "OUT": str(target.absolute()),
        "PAYLOAD_LIST": str(listed),
        "ICON": str(icon),
        "LICENCE": str(ROOT / "LICENSE"),
        "PUBLISHER": MAINTAINER.partition(" <")[0],
        "HOMEPAGE": HOMEPAGE,
        "SIZE_KB": str(size // 1024),
        "SIZE_MB": str(size // 1024**2 + 1),  # NSIS counts to two milliards: kilobytes of a large disk are more
    }
    if signed:
        defined["SIGNER"] = f'"{sys.executable}" "{SIGNING}"'
    options = [f"-D{name}={value}" for name, value in defined.items()]
    target.unlink(missing_ok=True)
    done = subprocess.run(
        ["makensis", "-V2", "-WX", "-INPUTCHARSET", "UTF8", *options, str(SOURCE)],
        capture_output=True, text=True, errors="replace", env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch), "TZ": "UTC"},
    )  # fmt: skip
    if done.returncode:
        raise PackagingError(f"makensis failed: {(done.stdout + done.stderr).strip()[-1500:]}")
