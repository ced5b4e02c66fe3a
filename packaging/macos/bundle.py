"""Lay the frozen app out as a macOS application bundle, so that codesign accepts it.

codesign takes every file below Contents/MacOS and Contents/Frameworks for code, and a folder there with a dot in its name for
a bundle. So code (Mach-O) goes to Frameworks and everything else to Resources, each with a link in the other, as PyInstaller's
own BUNDLE does it; PyInstaller's programs look for their parts in Frameworks once they lie in Contents/MacOS.

    python3 packaging/macos/bundle.py --payload build/app/greenroom --version 1.2.3 --out build/macos/Greenroom.app
    python3 packaging/macos/bundle.py --code build/macos/Greenroom.app     what is to be signed, inside before outside
"""

from __future__ import annotations

import argparse
import os
import plistlib
import shutil
import sys
from pathlib import Path, PurePosixPath

HERE = Path(__file__).resolve().parent
PROGRAMS = ("greenroom", "greenroom-worker", "greenroom-reader")
_LISTED = (
    "files.sha256"  # the frozen app's list of its own files: signing changes them, and the signature lists them again
)
_MACH_O = {bytes.fromhex(magic) for magic in ("feedface", "feedfacf", "cefaedfe", "cffaedfe", "cafebabe", "cafebabf")}


class BundleError(Exception):
    """The bundle cannot be made; the text says why."""


def make_bundle(frozen: Path, version: str, target: Path, icon: bytes | None = None) -> Path:
    """Write the bundle and return it; icon is the content of its .icns file. Raises BundleError if a program is missing."""
    if missing := [name for name in PROGRAMS if not (frozen / name).is_file()]:
        raise BundleError(f"{frozen} lacks {', '.join(missing)}. Freeze the app on macOS first.")
    shutil.rmtree(target, ignore_errors=True)
    contents = target / "Contents"
    for name in ("MacOS", "Frameworks", "Resources"):
        (contents / name).mkdir(parents=True)
    for name in PROGRAMS:
        shutil.copy2(frozen / name, contents / "MacOS" / name)
        (contents / "MacOS" / name).chmod(0o755)
    for entry in sorted(frozen.iterdir()):
        if entry.name not in (*PROGRAMS, "_internal"):
            _copy(entry, contents / "Resources" / entry.name)
    _place(frozen / "_internal", contents, PurePosixPath())
    text = (HERE / "Info.plist").read_text("utf-8").replace("@VERSION@", version)
    if icon is not None:
        (contents / "Resources" / "greenroom.icns").write_bytes(icon)
    (contents / "Info.plist").write_bytes(plistlib.dumps(plistlib.loads(text.encode())))
    (contents / "PkgInfo").write_text("APPL????")
    return target


def is_code(path: Path) -> bool:
    """True for a Mach-O file, thin or universal; a link is none."""
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(4) in _MACH_O


def code(bundle: Path) -> list[Path]:
    """What codesign must be given one by one: Mach-O files and frameworks, inside before outside; without the bundle itself.

    The programs in Contents/MacOS come last; the bundle's own is signed with the bundle.
    """
    found = [
        path for path in bundle.rglob("*") if is_code(path) or (path.suffix == ".framework" and not path.is_symlink())
    ]
    main = bundle / "Contents" / "MacOS"
    found.sort(key=lambda path: (path.parent == main, -len(path.parts), path))
    return [path for path in found if path != main / PROGRAMS[0]]


def _place(source: Path, contents: Path, below: PurePosixPath) -> None:
    """Put a folder of _internal into the bundle: whole where all of it is of one kind, else file by file."""
    for entry in sorted((source / below).iterdir()):
        place = below / entry.name
        if place.name == _LISTED:
            continue
        if entry.is_dir() and not entry.is_symlink() and entry.suffix != ".framework" and _holds_code(entry):
            _make_folder(contents, place)
            _place(source, contents, place)
            continue
        is_ours = entry.suffix == ".framework" or entry.is_symlink() or is_code(entry)
        home, other = ("Frameworks", "Resources") if is_ours else ("Resources", "Frameworks")
        _copy(entry, contents / home / _there(home, place))
        _link(contents, other, home, place)


def _make_folder(contents: Path, place: PurePosixPath) -> None:
    (contents / "Resources" / place).mkdir()
    mangled = contents / "Frameworks" / _there("Frameworks", place, folder=True)
    mangled.mkdir()
    if mangled.name != place.name:
        mangled.with_name(place.name).symlink_to(mangled.name)


def _there(home: str, place: PurePosixPath, *, folder: bool = False) -> PurePosixPath:
    """Where a place lies: in Frameworks no folder that holds code, except a framework, has a dot in its name."""
    if home == "Resources":
        return place
    parts = [part.replace(".", "__dot__") for part in place.parts]
    return PurePosixPath(*(parts if folder else [*parts[:-1], place.name]))


def _link(contents: Path, at: str, to: str, place: PurePosixPath) -> None:
    link = contents / at / _there(at, place)
    link.symlink_to(os.path.relpath(contents / to / _there(to, place), link.parent))


def _holds_code(folder: Path) -> bool:
    return any(is_code(path) for path in folder.rglob("*"))


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)


def main() -> int:
    """Do what the arguments say; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--code", type=Path, help="list what is to be signed in this bundle")
    parser.add_argument("--payload", type=Path, help="the frozen app")
    parser.add_argument("--version")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    if arguments.code:
        print("\n".join(map(str, code(arguments.code))))
        return 0
    if not (arguments.payload and arguments.version and arguments.out):
        parser.error("--payload, --version and --out belong together")
    sys.path.insert(0, str(HERE.parent))
    from windows.icons import icns_picture

    try:
        make_bundle(arguments.payload, arguments.version, arguments.out, icns_picture())
    except BundleError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
