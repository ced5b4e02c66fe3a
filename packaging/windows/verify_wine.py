"""What the installers do on a Windows of Wine: install, twice, upgrade, refuse, remove."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from windows.build import Installers
from windows.payload import payload_files
from windows.table import Table
from windows.wine import MACHINE, POLICY, PROGRAM_FILES, WINDOWS_FOLDER, Wine

_LINK = "greenroom://lesson/first-steps?step=2"
_COMMAND = r'"C:\Program Files\Greenroom\greenroom.exe" open "%1"'
_PROGRAM = rf"{WINDOWS_FOLDER}\greenroom.exe"


class _Steps:
    """What both kinds of installer must do, on one Wine."""

    def __init__(
        self, table: Table, wine: Wine, kind: str, payload: Path, *, extra: frozenset[str] = frozenset()
    ) -> None:
        self._table, self._wine, self._kind, self._extra = table, wine, kind, extra
        self._payload = payload

    def check(self, what: str, holds: Callable[[], bool | str]) -> None:
        self._table.check(f"{self._kind}: {what}", "Wine, silent", holds)

    def is_there(self, version: str) -> bool | str:
        """Files, registry, Start menu, link and entry in Settings are those of a version."""
        wanted = {str(file.place) for file in payload_files(self._payload / version)} | self._extra
        if wrong := sorted(self._wine.files() ^ wanted):
            return f"files differ: {', '.join(wrong[:5])}"
        if self._wine.registry(r"HKLM\Software\Greenroom").get("Version") != version:
            return "HKLM\\Software\\Greenroom names another version"
        if self._wine.registry(r"HKLM\Software\Classes\greenroom\shell\open\command").get("(Default)") != _COMMAND:
            return "greenroom:// is not registered"
        if "URL Protocol" not in self._wine.registry(r"HKLM\Software\Classes\greenroom"):
            return "greenroom:// is no protocol"
        if [entry.get("DisplayVersion") for entry in self._wine.installed()] != [version]:
            return "Settings does not list exactly this version"
        if len(self._wine.shortcuts()) != 1:
            return "not one entry in the Start menu"
        return (self._wine.drive / MACHINE / "models").is_dir() or "ProgramData\\Greenroom\\models is not there"

    def link_opens(self, version: str) -> bool | str:
        self._wine.run("start", "/wait", _LINK)
        said = self._wine.said()
        return said == f'greenroom {version} open "{_LINK}"' or f"it said {said!r}"

    def put_data(self) -> bool:
        """What IT and a person wrote."""
        self._wine.run("reg", "add", POLICY, "/v", "retention_days", "/t", "REG_DWORD", "/d", "30", "/f")
        (self._wine.drive / MACHINE / "models/own.gguf").write_bytes(b"IT's own model")
        self._profile.mkdir(parents=True, exist_ok=True)
        (self._profile / "learner.db").write_bytes(b"what a person did")
        return True

    def data_is_there(self) -> bool | str:
        if self._wine.registry(POLICY) != {"retention_days": "0x1e"}:
            return "the policy is gone"
        model, profile = self._wine.drive / MACHINE / "models/own.gguf", self._profile / "learner.db"
        return model.read_bytes() == b"IT's own model" and profile.read_bytes() == b"what a person did"

    def is_gone(self) -> bool | str:
        left = [str(path.relative_to(self._wine.drive)) for path in [self._wine.drive / PROGRAM_FILES] if path.exists()]
        if left or self._wine.shortcuts() or self._wine.installed():
            return f"left: {[*left, *self._wine.shortcuts(), *self._wine.installed()]}"
        for key in (r"HKLM\Software\Greenroom", r"HKLM\Software\Classes\greenroom"):
            if found := self._wine.registry(key):
                return f"{key} still holds {dict(found)}"
        return True

    @property
    def _profile(self) -> Path:
        return self._wine.drive / "drive_c/users/somebody/AppData/Local/greenroom"


def check_msi(table: Table, folder: Path, old: Installers, new: Installers) -> None:
    """The MSI packages."""
    wine = _booted(table, folder, "MSI")
    if wine is None:
        return
    assert old.app and new.app and new.model
    app_old, app_new, model = old.app, new.app, new.model
    steps = _Steps(table, wine, "MSI", folder.parent)
    check, version_old, version_new = steps.check, *_versions(old, new)
    try:
        check("Windows 7 refused with the sentence", lambda: _on_windows_7(wine, app_old))
        check("installed (exit code 0)", lambda: wine.msi(app_old) == 0)
        check("files, registry, Start menu, ProgramData as they should be", lambda: steps.is_there(version_old))
        check("greenroom:// opens the app", lambda: steps.link_opens(version_old))
        check("installed again: nothing breaks", lambda: wine.msi(app_old) == 0 and steps.is_there(version_old))
        steps.put_data()
        check("upgraded (exit code 0)", lambda: wine.msi(app_new) == 0)
        check("only the new version is there", lambda: steps.is_there(version_new))
        check("policy, own model and profile kept by the upgrade", steps.data_is_there)
        check(
            "downgrade refused with the sentence", lambda: _msi_refused(wine, app_old, "A newer version of Greenroom")
        )
        check("the new version still there after that", lambda: steps.is_there(version_new))
        check(
            "setup program refused beside it",
            lambda: _setup_refused(wine, new.setup, 1638, "as an MSI package") if new.setup else False,
        )
        check(
            "model installed (exit code 0)",
            lambda: wine.msi(model) == 0 and any(name.endswith(".gguf") for name in wine.files()),
        )
        check("model removed", lambda: wine.msi(model, action="/x") == 0 and steps.is_there(version_new))
        check("a file that is missing comes back by repair", lambda: _repaired(wine, app_new))
        check("removed (exit code 0)", lambda: wine.msi(app_new, action="/x") == 0)
        check("nothing of the app left", steps.is_gone)
        check("policy, own model and profile still there", steps.data_is_there)
        check(
            "elsewhere (INSTALLFOLDER): installed, model, upgraded, removed",
            lambda: _elsewhere(wine, app_old, app_new, model),
        )
    finally:
        wine.close()


def check_setup(table: Table, folder: Path, old: Installers, new: Installers) -> None:
    """The setup program, which brings the model with it."""
    wine = _booted(table, folder, "setup")
    if wine is None:
        return
    assert old.setup and new.setup and new.app
    setup_old, setup_new, app = old.setup, new.setup, new.app
    models = {f"models/{file.place}" for file in payload_files(folder.parent / "model")}
    steps = _Steps(table, wine, "setup", folder.parent, extra=frozenset({"uninstall.exe", *models}))
    check, version_old, version_new = steps.check, *_versions(old, new)
    try:
        if os.geteuid() == 0:  # a disk of its own size can be mounted
            check("a full disk refused", lambda: _on_full_disk(wine, setup_old, r"D:\Greenroom", 112, "MB are free"))
            check(
                "a disk that fills up: nothing left", lambda: _on_full_disk(wine, setup_old, "", 1603, "none is left")
            )
        check("installed (exit code 0)", lambda: wine.setup(setup_old) == 0)
        check("files, registry, Start menu, ProgramData as they should be", lambda: steps.is_there(version_old))
        check("greenroom:// opens the app", lambda: steps.link_opens(version_old))
        check("installed again: nothing breaks", lambda: wine.setup(setup_old) == 0 and steps.is_there(version_old))
        check("refused while the app runs", lambda: _refused_while_running(wine, setup_new))
        steps.put_data()
        check("upgraded (exit code 0)", lambda: wine.setup(setup_new) == 0)
        check("only the new version is there", lambda: steps.is_there(version_new))
        check("policy, own model and profile kept by the upgrade", steps.data_is_there)
        check(
            "downgrade refused with the sentence", lambda: _setup_refused(wine, setup_old, 1638, "which is newer than")
        )
        check("MSI refused beside it", lambda: _msi_refused(wine, app, "with its setup program"))
        check("the new version still there after that", lambda: steps.is_there(version_new))
        check("removed (exit code 0)", lambda: wine.remove_setup() == 0)
        check("nothing of the app left", steps.is_gone)
        check("policy, own model and profile still there", steps.data_is_there)
    finally:
        wine.close()


def _booted(table: Table, folder: Path, kind: str) -> Wine | None:
    found: list[Wine] = []
    table.check(f"{kind}: a Windows 10 of Wine", "wineboot, no display", lambda: found.append(Wine(folder)) is None)
    return found[0] if found else None


def _versions(*installers: Installers) -> tuple[str, ...]:
    return tuple(built.app.name.split("-")[1] if built.app else "" for built in installers)


def _setup_refused(wine: Wine, setup: Path, wanted: int, sentence: str, *switches: str) -> bool | str:
    code = wine.setup(setup, *switches)
    if code != wanted & 0xFF:
        return f"exit code {code} instead of {wanted & 0xFF} ({wanted})"
    return sentence in wine.log() or "the sentence is missing"


def _msi_refused(wine: Wine, package: Path, sentence: str) -> bool | str:
    """Wine's log does not hold the sentence that Windows shows and logs, so that is read in the package."""
    code = wine.msi(package)
    if code != 1603 & 0xFF:
        return f"exit code {code} instead of {1603 & 0xFF} (1603)"
    if "LaunchConditions. Return value 0" not in wine.log():
        return "it failed, but not because of its conditions"
    said = subprocess.run(["msiinfo", "export", str(package), "LaunchCondition"], capture_output=True, text=True)
    return sentence in said.stdout or "the sentence is missing"


def _repaired(wine: Wine, package: Path) -> bool | str:
    lost = wine.drive / PROGRAM_FILES / "licences/LICENSE.txt"
    lost.unlink()
    code = wine.msi(package, "REINSTALL=ALL", "REINSTALLMODE=omus")
    return (code == 0 and lost.exists()) or f"exit code {code}"


def _elsewhere(wine: Wine, old: Path, new: Path, model: Path) -> bool | str:
    """Said once, at the first installation; the model, the update and the removal find it."""
    folder = wine.drive / "drive_c/Apps/Greenroom"
    codes = [wine.msi(old, r"INSTALLFOLDER=C:\Apps\Greenroom"), wine.msi(model), wine.msi(new)]
    wrong = [
        name for name in ("greenroom.exe", "models/SmolLM2-135M-Instruct.Q4_1.gguf") if not (folder / name).exists()
    ]
    command = wine.registry(r"HKLM\Software\Classes\greenroom\shell\open\command").get("(Default)", "")
    if wrong or wine.files() or r"C:\Apps\Greenroom\greenroom.exe" not in command:
        return f"exit codes {codes}, not there: {wrong}, elsewhere: {len(wine.files())}"
    codes += [wine.msi(model, action="/x"), wine.msi(new, action="/x")]
    return (codes == [0] * 5 and not folder.exists()) or f"exit codes {codes}, left: {folder.exists()}"


def _on_windows_7(wine: Wine, package: Path) -> bool | str:
    wine.run("winecfg", "-v", "win7")
    try:
        found = _msi_refused(wine, package, "needs 64-bit Windows 10")
    finally:
        wine.run("winecfg", "-v", "win10")
    return found if found is not True else not wine.files()


def _on_full_disk(wine: Wine, setup: Path, folder: str, wanted: int, sentence: str) -> bool | str:
    """Install to a disk of 200 KB: as drive D, or, without folder, to a place whose drive seems to have room."""
    disk = wine.drive.parent / "disk"
    disk.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(disk)], check=True, capture_output=True)
    try:
        drive = wine.drive / "dosdevices" / "d:"
        drive.unlink(missing_ok=True)
        drive.symlink_to(disk)
        found = _setup_refused(wine, setup, wanted, sentence, f"/D={folder or wine.windows_path(disk / 'Greenroom')}")
        return found if found is not True else not list(disk.iterdir()) or "something is left"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _refused_while_running(wine: Wine, setup: Path) -> bool | str:
    running = wine.start(_PROGRAM, "wait")
    try:
        until = time.monotonic() + 10
        while not wine.said().endswith("wait") and time.monotonic() < until:
            time.sleep(0.1)
        return _setup_refused(wine, setup, 32, "Greenroom is running")
    finally:
        running.wait(30)
