"""Signed apt and rpm repositories as folders: any web server, share or mirror can offer them as they are."""

from __future__ import annotations

import gzip
import lzma
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from linux.signing import SigningKey
from linux.tools import Problem, run, tool

ADDRESS = "https://packages.greenroom.example"
KEY_FILE = "greenroom-signing-key.asc"
APT_KEY, RPM_KEY = "/etc/apt/keyrings/greenroom.asc", "/etc/pki/rpm-gpg/RPM-GPG-KEY-greenroom"
SUITE = "stable"


def apt_repository(
    packages: Sequence[Path], folder: Path, key: SigningKey, *, epoch: int, valid_days: int | None = None
) -> Path:
    """Make the repository afresh in folder and return it.

    There is no Valid-Until unless valid_days is given: a copy on a share or a mirror without a connection would stop to
    install once it passed. What it would prevent, that somebody keeps offering an old index, cannot lead to an older app, as apt
    and the package's preinst refuse downgrades; whoever publishes on a schedule gives the days.
    """
    _afresh(folder, packages, ".deb")
    pool, index = folder / "pool" / "main", folder / "dists" / SUITE / "main" / "binary-amd64"
    pool.mkdir(parents=True)
    index.mkdir(parents=True)
    for package in sorted(packages):
        shutil.copyfile(package, pool / package.name)
    listing = run([tool("apt-ftparchive", "apt-utils"), "packages", "pool"], cwd=folder).encode()
    (index / "Packages").write_bytes(listing)
    (index / "Packages.gz").write_bytes(gzip.compress(listing, 9, mtime=0))
    (index / "Packages.xz").write_bytes(lzma.compress(listing))
    release = folder / "dists" / SUITE / "Release"
    release.write_text(_release(folder, epoch, valid_days), "utf-8")
    key.clear(release, release.with_name("InRelease"))
    key.detach(release).rename(release.with_name("Release.gpg"))
    key.public(folder / KEY_FILE)
    (folder / "greenroom.sources").write_text(sources(f"{ADDRESS}/apt"), "utf-8")
    return folder


def rpm_repository(packages: Sequence[Path], folder: Path, key: SigningKey, *, epoch: int) -> Path:
    """Make the repository afresh in folder and return it; the rpms themselves are signed where they lie, if they are not yet."""
    _afresh(folder, packages, ".rpm")
    key.sign_rpms(packages)
    for package in sorted(packages):
        shutil.copyfile(package, folder / package.name)
    command = [tool("createrepo_c", "createrepo-c"), "--quiet", "--revision", str(epoch), "--set-timestamp-to-revision"]
    run([*command, "--general-compress-type", "gz", "--no-database", folder])
    key.detach(folder / "repodata" / "repomd.xml")
    key.public(folder / KEY_FILE)
    (folder / "greenroom.repo").write_text(repo_file(f"{ADDRESS}/rpm"), "utf-8")
    return folder


def sources(uri: str, key_file: str = APT_KEY) -> str:
    """What IT puts into /etc/apt/sources.list.d/greenroom.sources."""
    return (
        f"Types: deb\nURIs: {uri}\nSuites: {SUITE}\nComponents: main\nArchitectures: amd64\n"
        f"Signed-By: {key_file}\n"  # this key vouches for this repository, and no other key does
    )


def repo_file(uri: str, key_file: str = RPM_KEY) -> str:
    """What IT puts into /etc/yum.repos.d/greenroom.repo: packages and index are both checked."""
    return f"[greenroom]\nname=Greenroom\nbaseurl={uri}\nenabled=1\ngpgcheck=1\nrepo_gpgcheck=1\ngpgkey=file://{key_file}\n"


def _release(folder: Path, epoch: int, valid_days: int | None) -> str:
    fields = {
        "Origin": "Greenroom", "Label": "Greenroom", "Suite": SUITE, "Codename": SUITE, "Architectures": "amd64 all",
        "Components": "main", "Description": "Greenroom for Debian and its relatives",
    }  # fmt: skip
    options = [part for name, value in fields.items() for part in ("-o", f"APT::FTPArchive::Release::{name}={value}")]
    options += [
        part for kind in ("MD5", "SHA1", "SHA512") for part in ("-o", f"APT::FTPArchive::Release::{kind}=false")
    ]
    text = run([tool("apt-ftparchive", "apt-utils"), *options, "release", folder / "dists" / SUITE])
    kept = [line for line in text.splitlines() if not line.startswith("Date:")]
    dates = [f"Date: {_rfc(epoch)}"]
    if valid_days is not None:
        dates.append(f"Valid-Until: {_rfc(epoch + int(timedelta(days=valid_days).total_seconds()))}")
    at = next(number for number, line in enumerate(kept) if line.startswith("SHA256:"))
    return "\n".join([*kept[:at], *dates, *kept[at:]]) + "\n"


def _rfc(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%a, %d %b %Y %H:%M:%S UTC")


def _afresh(folder: Path, packages: Sequence[Path], suffix: str) -> None:
    if not packages or any(package.suffix != suffix or not package.is_file() for package in packages):
        raise Problem(
            f"A repository needs {suffix} files and got {[str(package) for package in packages]}. `make dist` makes them."
        )
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
