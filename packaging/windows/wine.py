"""A Windows of its own under Wine: a prefix in a folder, without a display, that leaves the person's home alone.

Wine shows that installers do what they say with files and registry. It checks no signature, knows no permissions and no
user account control: those are seen on Windows only.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from windows.problem import PackagingError

PROGRAM_FILES = "drive_c/Program Files/Greenroom"
WINDOWS_FOLDER = r"C:\Program Files\Greenroom"
MACHINE = "drive_c/ProgramData/Greenroom"
POLICY = r"HKLM\Software\Policies\Greenroom"
UNINSTALL = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Uninstall"
_TIMEOUT_S = 120


class Wine:
    """One prefix; close it when done."""

    def __init__(self, folder: Path, windows: str = "win10") -> None:
        """Make the prefix afresh as a version of Windows; raises PackagingError without Wine."""
        if not shutil.which("wine"):
            raise PackagingError("wine is not here: packaging/dist_tools.py installs it on Debian.")
        self._folder = folder.absolute()
        shutil.rmtree(self._folder, ignore_errors=True)
        home = self._folder / "home"
        home.mkdir(parents=True)
        self.drive = self._folder / "prefix"
        self._environment = {
            name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
        } | {
            "WINEPREFIX": str(self.drive),
            "WINEDEBUG": "-all",
            "WINEARCH": "win64",
            "WINEDLLOVERRIDES": "mscoree,mshtml=;winemenubuilder.exe=d",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
        }
        self.run("wineboot", "-i")
        subprocess.run(["wineserver", "-p"], env=self._environment, capture_output=True)  # it stays, which is quicker
        self.run("winecfg", "-v", windows)

    def close(self) -> None:
        """End what still runs in this prefix."""
        subprocess.run(["wineserver", "-k"], env=self._environment, capture_output=True)

    def run(self, *command: str) -> int:
        """Run a Windows program to its end; the exit code's lower eight bits (Linux has no more)."""
        return self.start(*command).wait(_TIMEOUT_S)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a Windows program and do not wait for it."""
        return subprocess.Popen(
            ["wine", *command], env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def msi(self, package: Path, *switches: str, action: str = "/i") -> int:
        """Run Windows Installer silently as an administrator would; its log is then in log()."""
        return self.run(
            "msiexec", action, self.windows_path(package), "/qn", "/l*v", r"C:\greenroom-msi.log", *switches
        )

    def setup(self, program: Path, *switches: str) -> int:
        """Run the setup program silently."""
        return self.run(self.windows_path(program), "/S", *switches)

    def remove_setup(self) -> int:
        """Run the setup program's uninstaller silently, which goes on as a copy of itself, until that has ended."""
        code = self.run(rf"{WINDOWS_FOLDER}\uninstall.exe", "/S")
        until = time.monotonic() + _TIMEOUT_S
        while self.registry(r"HKLM\Software\Greenroom") and time.monotonic() < until:
            time.sleep(0.2)
        return code

    def log(self) -> str:
        """What Windows Installer and the setup program wrote last."""
        found = [self.drive / "drive_c/greenroom-msi.log", *self.drive.glob("drive_c/users/*/Temp/greenroom-setup.log")]
        return "".join(path.read_bytes().replace(b"\0", b"").decode("latin-1") for path in found if path.exists())

    def registry(self, key: str) -> Mapping[str, str]:
        """The values of a key by name ("(Default)" is its own), empty if there is no such key."""
        done = subprocess.run(
            ["wine", "reg", "query", key], env=self._environment, capture_output=True, timeout=_TIMEOUT_S
        )
        found = re.findall(r"^ {4}(.+?) {4}REG_\w+ {4}(.*?)\r?$", done.stdout.decode("utf-8", "replace"), re.MULTILINE)
        return dict(found) if done.returncode == 0 else {}

    def installed(self) -> list[Mapping[str, str]]:
        """What Settings lists of ours: the registry's entries of installed programs."""
        done = subprocess.run(
            ["wine", "reg", "query", UNINSTALL], env=self._environment, capture_output=True, timeout=_TIMEOUT_S
        )
        keys = [line.strip() for line in done.stdout.decode("utf-8", "replace").splitlines() if line.startswith("HKEY")]
        entries = [self.registry(key) for key in keys]
        return [entry for entry in entries if entry.get("DisplayName", "").startswith("Greenroom")]

    def files(self) -> set[str]:
        """What lies in the program's folder, relative to it."""
        folder = self.drive / PROGRAM_FILES
        return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    def shortcuts(self) -> list[Path]:
        """Our entries of the Start menu."""
        return [path for path in self.drive.rglob("*.lnk") if path.stem.startswith("Greenroom")]

    def said(self) -> str:
        """What the stand-in wrote when it ran last: its name, its version, its arguments."""
        found = sorted(self.drive.glob("drive_c/users/*/AppData/Roaming/greenroom-standin.txt"))
        return found[0].read_text("utf-8") if found else ""

    def windows_path(self, path: Path) -> str:
        """A path of this machine as the programs in the prefix see it."""
        return "Z:" + str(path.absolute()).replace("/", "\\")
