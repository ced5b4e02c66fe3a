"""The portable archive: the app with its model in one folder that runs from wherever it is unpacked."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from names import ROOT

from linux.packages import payload_modes
from linux.tools import Problem, need
from linux.xz_deb import xz_command

_README = """Greenroom {version}, portable

Unpack this folder anywhere you may run programs from and start ./greenroom. Nothing is installed; to remove it,
delete the folder. What you do is kept in ~/.local/share/greenroom, or where ./greenroom --profile FOLDER says.

The system's own libraries for graphics are used. On Debian and its relatives:
    sudo apt install {packages}

Check what you got before you run it (the key comes from whoever gave you this):
    gpg --verify SHA256SUMS.asc SHA256SUMS && sha256sum --check --ignore-missing SHA256SUMS

Licences are in licences/, what is inside in greenroom.cdx.json, the model's licence in models/.
"""


def build_archive(
    payload: Path, model: Path, licence: Path, out: Path, *, version: str, epoch: int, packages: list[str]
) -> Path:
    """Make greenroom-VERSION-linux-x86_64.tar.xz in out and return it; packages are the Debian ones it needs. Raises Problem."""
    need(payload / "greenroom", "Freeze the app first: `make dist` does.")
    need(model, "`make setup` fetches the model; `make dist` copies it there.")
    need(licence, "`make dist` writes it beside the model.")
    name = f"greenroom-{version}-linux-x86_64"
    members: dict[str, tuple[Path | bytes | None, int]] = {name: (None, 0o755), f"{name}/models": (None, 0o755)}
    for path, mode in payload_modes(payload):
        members[f"{name}/{path.relative_to(payload).as_posix()}"] = (path, mode)
    for path in (model, licence):
        members[f"{name}/models/{path.name}"] = (path, 0o644)
    members[f"{name}/LICENSE"] = (ROOT / "LICENSE", 0o644)
    named = " ".join(package.split()[0] for package in packages) or "nothing more"
    readme = _README.format(version=version, packages=named)
    members[f"{name}/README.txt"] = (readme.encode(), 0o644)
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"{name}.tar.xz"
    with target.open("wb") as file, subprocess.Popen(xz_command(), stdin=subprocess.PIPE, stdout=file) as process:
        assert process.stdin is not None
        with tarfile.open(fileobj=process.stdin, mode="w|", format=tarfile.GNU_FORMAT) as archive:
            for member in sorted(members):
                _add(archive, member, *members[member], epoch)
        process.stdin.close()
        if process.wait():
            raise Problem(f"xz ended with {process.returncode}; {target} is not whole. Is the disk full?")
    return target


def _add(archive: tarfile.TarFile, name: str, source: Path | bytes | None, mode: int, epoch: int) -> None:
    info = tarfile.TarInfo(name)
    info.mtime, info.mode, info.uid, info.gid = epoch, mode, 0, 0
    if isinstance(source, Path) and source.is_symlink():
        info.type, info.linkname = tarfile.SYMTYPE, str(source.readlink())
    elif source is None or (isinstance(source, Path) and source.is_dir()):
        info.type = tarfile.DIRTYPE
    else:
        data = source if isinstance(source, bytes) else source.read_bytes()
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
        return
    archive.addfile(info)
