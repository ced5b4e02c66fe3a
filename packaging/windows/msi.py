"""Builds Windows Installer packages with wixl or WiX 3, the same bytes from the same files."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from names import HOMEPAGE, MAINTAINER

from windows.payload import PayloadFile, digest, guid, wix_fragment
from windows.problem import PackagingError

FOLDER = Path(__file__).resolve().parent
SOURCES = {"app": FOLDER / "greenroom.wxs", "model": FOLDER / "greenroom-model.wxs"}
# Whose owner is an administrator; inheriting nothing: system and administrators do all, people read and run.
MACHINE_SDDL = "O:BAG:BAD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"
MACHINE_FOLDERS = {
    "Machine": "MachineFolder",
    "MachineModels": "MachineModelsFolder",
}
_COMPONENTS = ("Links", "StartMenu", *MACHINE_FOLDERS)
# InstallInitialize has 1500: the old version goes inside the transaction (Schedule="afterInstallInitialize")
_WHAT_WIXL_LEAVES_OUT = (
    "UPDATE `InstallExecuteSequence` SET `Sequence` = 1501 WHERE `Action` = 'RemoveExistingProducts'",
)
_PERMANENT_64 = 256 + 16  # msidbComponentAttributes64bit, msidbComponentAttributesPermanent
_SUMMARY = bytes.fromhex("e0859ff2f94f6810ab9108002b27b3d9")  # FMTID_SummaryInformation
_PACKAGE_CODE, _TIMES = 9, (12, 13)  # properties of the summary
_VT_LPSTR, _VT_FILETIME = 30, 64
_SECONDS_1601 = 11_644_473_600


def msi_version(version: str) -> str:
    """The version as an MSI has it, three numbers; raises PackagingError for a pre-release, which Windows cannot tell apart."""
    found = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?", version if "." in version else f"{version}.0")
    numbers = [int(part or 0) for part in found.groups()] if found else []
    if not numbers or numbers[0] > 255 or numbers[1] > 255 or numbers[2] > 65535:
        raise PackagingError(
            f"{version} cannot be the version of an MSI: it has three numbers, up to 255.255.65535, and no letters."
        )
    return ".".join(map(str, numbers))


def build_msi(product: str, files: Sequence[PayloadFile], version: str, icon: Path, target: Path, epoch: int) -> None:
    """Write the package of a product ("app" or "model"); raises PackagingError. Files must carry the time epoch already.

    The product code is the version's: Windows refuses another package of the same version (exit code 1638). The package code
    is that of the contents.
    """
    root = icon.parent  # all files lie below it; wixl knows only names relative to where it runs
    fragment = root / f"{product}-payload.wxs"
    fragment.write_text(wix_fragment(files, product, root), "utf-8")
    number = msi_version(version)
    source = SOURCES[product]
    package_code = guid(product, "package", number, digest(files), source.read_text("utf-8"), MACHINE_SDDL)
    variables = {
        "Version": number,
        "ProductCode": guid(product, "product", number),
        "PackageCode": package_code,
        "UpgradeCode": guid(product, "upgrade"),
        "Manufacturer": MAINTAINER.partition(" <")[0],
        "Homepage": HOMEPAGE,
        "Icon": icon.name,
        "MachineSddl": MACHINE_SDDL,
    } | {f"{name}Guid": guid(product, "component", name) for name in _COMPONENTS}
    target.unlink(missing_ok=True)
    if wix := _wix():
        _build_with_wix(wix, variables, [source, fragment], target, root)
    else:
        _build_with_wixl(variables, [source, fragment], target, root)
        _query(target, *_WHAT_WIXL_LEAVES_OUT, *(_machine_queries() if product == "app" else ()))
    stamp(target, package_code, epoch)


def builder() -> str:
    """Which tool builds packages on this machine: "wix", "wixl" or ""."""
    return "wix" if _wix() else "wixl" if shutil.which("wixl") else ""


def _wix() -> Path | None:
    home = os.environ.get("WIX")  # its installer sets it
    candle = shutil.which("candle", path=str(Path(home) / "bin")) if home else shutil.which("candle")
    return Path(candle).parent if candle else None


def _build_with_wix(wix: Path, variables: Mapping[str, str], sources: Sequence[Path], target: Path, root: Path) -> None:
    scratch = root / "wixobj"
    scratch.mkdir(exist_ok=True)
    defined = [f"-d{name}={value}" for name, value in (variables | {"Tool": "wix"}).items()]
    _run(
        [str(wix / "candle"), "-nologo", "-arch", "x64", *defined, "-out", f"{scratch}{os.sep}", *map(str, sources)],
        root,
    )
    objects = [str(scratch / f"{source.stem}.wixobj") for source in sources]
    # ICE61: a version may be installed over itself by repair only; ICE validation needs a service that runners may lack
    _run([str(wix / "light"), "-nologo", "-sval", "-spdb", "-dcl:high", "-out", str(target.absolute()), *objects], root)


def _build_with_wixl(variables: Mapping[str, str], sources: Sequence[Path], target: Path, root: Path) -> None:
    if not shutil.which("wixl"):
        raise PackagingError(
            "Neither WiX 3 (candle, light) nor wixl is here. Install one: packaging/dist_tools.py does on Debian."
        )
    defined = [part for name, value in (variables | {"Tool": "wixl"}).items() for part in ("-D", f"{name}={value}")]
    _run(["wixl", "-a", "x64", *defined, "-o", str(target.absolute()), *map(str, sources)], root)


def _machine_queries() -> Iterator[str]:
    """What greenroom.wxs says to WiX with Permanent and PermissionEx."""
    for name in MACHINE_FOLDERS:
        yield f"UPDATE `Component` SET `Attributes` = {_PERMANENT_64} WHERE `Component` = '{name}'"
    yield (
        "CREATE TABLE `MsiLockPermissionsEx` (`MsiLockPermissionsEx` CHAR(72) NOT NULL, `LockObject` CHAR(72) NOT NULL, "
        "`Table` CHAR(32) NOT NULL, `SDDLText` CHAR(0) NOT NULL, `Condition` CHAR(255) PRIMARY KEY `MsiLockPermissionsEx`)"
    )
    for name, folder in MACHINE_FOLDERS.items():
        yield (
            "INSERT INTO `MsiLockPermissionsEx` (`MsiLockPermissionsEx`, `LockObject`, `Table`, `SDDLText`) "
            f"VALUES ('{name}Lock', '{folder}', 'CreateFolder', '{MACHINE_SDDL}')"
        )


def _query(target: Path, *queries: str) -> None:
    for query in queries:
        _run(["msibuild", str(target.absolute()), "-q", query], target.parent)


def stamp(target: Path, package_code: str, epoch: int) -> None:
    """Give the package's summary our package code and time: the tools write a random one and that of the build.

    The summary is a property set ([MS-OLEPS] 2.21) in one piece of the file; raises PackagingError if it is not.
    """
    data = bytearray(target.read_bytes())
    places = [found.start() for found in re.finditer(re.escape(_SUMMARY), data)]
    if len(places) != 1:
        raise PackagingError(f"{target.name} has {len(places)} summaries where one was expected.")
    start = places[0] - 28
    section = start + struct.unpack_from("<I", data, places[0] + 16)[0]
    (count,) = struct.unpack_from("<I", data, section + 4)
    offsets = dict(struct.unpack_from("<II", data, section + 8 + 8 * index) for index in range(count))
    time = struct.pack("<Q", (epoch + _SECONDS_1601) * 10_000_000)
    for name in _TIMES:
        _overwrite(data, section + offsets[name], _VT_FILETIME, time, target)
    code = f"{{{package_code}}}".encode()
    at = section + offsets[_PACKAGE_CODE]
    if struct.unpack_from("<I", data, at + 4)[0] not in (len(code), len(code) + 1):
        raise PackagingError(f"{target.name} has a package code of an unexpected length.")
    _overwrite(data, at, _VT_LPSTR, data[at + 4 : at + 8] + code, target)
    target.write_bytes(data)


def _overwrite(data: bytearray, at: int, kind: int, value: bytes, target: Path) -> None:
    if struct.unpack_from("<I", data, at)[0] != kind:
        raise PackagingError(f"{target.name} has a summary of an unexpected form.")
    data[at + 4 : at + 4 + len(value)] = value


def _run(command: list[str], root: Path) -> None:
    try:
        # the time of a file in a cabinet is local time
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, errors="replace", env=os.environ | {"TZ": "UTC"}
        )
    except OSError as exc:
        raise PackagingError(f"{command[0]} cannot be started ({exc.strerror}).") from exc
    if done.returncode:
        raise PackagingError(
            f"{Path(command[0]).name} failed (exit code {done.returncode}): {(done.stdout + done.stderr).strip()[-1500:]}"
        )
