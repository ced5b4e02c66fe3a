"""`make dist`: everything that is distributed, in order, from this checkout into dist/."""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time

import dist_tools
from freeze import contents, freezing
from linux.signing import SigningKey
from linux.tools import Problem
from names import APP, DIST, MODEL, MODEL_LICENCE, ROOT, epoch, version
from windows.problem import PackagingError


def freeze() -> None:
    """The frozen app in build/app/greenroom, whole: programs, bill of materials, licences, list of files."""
    freezing.freeze()
    freezing.write_commit()
    contents.write_bill(APP, freezing.PYTHON)
    contents.write_licences(APP, freezing.PYTHON)
    freezing.write_file_list(APP)


def tools() -> None:
    """The environment of the tools that package and list; its packages must match their pinned hashes."""
    stamp, pinned = contents.TOOLS / ".pinned", ROOT / "packaging" / "requirements" / "dist.txt"
    wanted = hashlib.sha256(pinned.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(contents.TOOLS)], check=True)
    python = contents.TOOLS / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = [str(python), "-m", "pip", "-qq", "--disable-pip-version-check", "install"]
    subprocess.run([*pip, "--require-hashes", "--no-deps", "-r", str(pinned)], check=True)
    stamp.write_text(wanted)


def package() -> None:
    """Packages, archive, repositories, templates, sums and signature in dist/."""
    from linux import archive, dependencies, packages, repositories
    from policy import templates
    from windows.build import build_standin

    freezing.copy_model()
    contents.write_model_licence()
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    number, at = version(), epoch()
    built = packages.build_all(APP, MODEL, MODEL_LICENCE, DIST, version=number, epoch=at)
    needed = dependencies.needs(APP).debian
    archive.build_archive(APP, MODEL, MODEL_LICENCE, DIST, version=number, epoch=at, packages=needed)
    shutil.copyfile(APP / "greenroom.cdx.json", DIST / f"greenroom-{number}.cdx.json")
    templates.write(DIST / "policy-templates")
    build_standin(DIST / "windows", number)
    key = SigningKey.find()
    rpms = [path for path in built if path.suffix == ".rpm"]
    key.sign_rpms(rpms)
    repositories.apt_repository([path for path in built if path.suffix == ".deb"], DIST / "apt", key, epoch=at)
    repositories.rpm_repository(rpms, DIST / "rpm", key, epoch=at)
    key.public(DIST / "greenroom-signing-key.asc")
    _write_sums()
    key.detach(DIST / "SHA256SUMS")


def _write_sums() -> None:
    lines = []
    for path in sorted(DIST.iterdir()):
        if path.is_file():
            with path.open("rb") as file:
                lines.append(f"{hashlib.file_digest(file, 'sha256').hexdigest()}  {path.name}\n")
    (DIST / "SHA256SUMS").write_text("".join(lines))


def main() -> int:
    """Do what the arguments name, everything by default; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", choices=("freeze", "package"), help="this step alone; package takes what was frozen before"
    )
    arguments = parser.parse_args()
    if code := dist_tools.main():
        return code
    began = time.monotonic()
    try:
        tools()
        if arguments.only != "package":
            freeze()
        if arguments.only != "freeze":
            package()
    except (freezing.FreezeError, Problem, PackagingError, subprocess.CalledProcessError) as problem:
        print(f"make dist: {problem}", file=sys.stderr)
        return 1
    print(f"Done in {time.monotonic() - began:.0f} s.")
    for path in sorted(DIST.iterdir() if DIST.is_dir() else ()):
        if path.is_file():
            print(f"{path.stat().st_size / 1e6:8.1f} MB  {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
