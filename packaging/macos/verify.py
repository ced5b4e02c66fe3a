"""Check what Linux can check of the macOS package: descriptions, scripts, the bundle's layout and the order of signing.

    .venv/bin/python packaging/macos/verify.py

Nothing here replaces a run on a Mac: codesign, pkgbuild, notarisation and the app itself have not run.
"""

from __future__ import annotations

import os
import plistlib
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from names import APPLICATION_ID, BUILD, version
from windows.table import Row, Table, line

from macos.bundle import HERE, PROGRAMS, code, is_code, make_bundle
from macos.standin import make_payload

FOLDER = BUILD / "macos" / "verify"
SCRIPTS = ("build.sh", "sign.sh", "uninstall.sh", "scripts/preinstall")


def rows(*, loud: bool = False) -> list[Row]:
    """Do every check: (what, how, whether it held, seconds) in order."""
    table = Table(loud)
    shutil.rmtree(FOLDER, ignore_errors=True)
    bundle = FOLDER / "Greenroom.app"
    for name in ("Info.plist", "entitlements.plist", "component.plist"):
        table.check(
            f"macOS: {name} is a property list",
            "plistlib",
            lambda name=name: bool(plistlib.loads((HERE / name).read_bytes())),
        )
    if shutil.which("xmllint"):
        table.check(
            "macOS: distribution.xml", "xmllint", lambda: _runs("xmllint", "--noout", str(HERE / "distribution.xml"))
        )
    if shutil.which("shellcheck"):
        for name in SCRIPTS:
            table.check(f"macOS: {name}", "shellcheck", lambda name=name: _runs("shellcheck", str(HERE / name)))
    made = table.check(
        "macOS: stand-in laid out as a bundle",
        "bundle.py",
        lambda: make_bundle(make_payload(FOLDER / "payload"), version(), bundle).is_dir(),
    )
    if not made:
        return table.rows
    table.check(
        "macOS: Info.plist names version, identifier and greenroom://", "plistlib", lambda: describes(bundle, version())
    )
    table.check(
        "macOS: only code below MacOS and Frameworks, data in Resources",
        "Mach-O magic numbers",
        lambda: misplaced(bundle) or True,
    )
    table.check("macOS: every link ends inside the bundle", "resolved", lambda: stray_links(bundle) or True)
    table.check(
        "macOS: what lies inside is signed before what holds it",
        "sign.sh with a codesign that writes down",
        lambda: signing_order(bundle),
    )
    table.check("macOS: uninstall.sh removes the app, keeps people's data", "a folder instead of a Mac", uninstalls)
    return table.rows


def describes(bundle: Path, number: str) -> bool | str:
    """Whether Info.plist says what the app relies on."""
    said = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
    wanted = {
        "CFBundleIdentifier": APPLICATION_ID,
        "CFBundleShortVersionString": number,
        "CFBundleVersion": number,
        "CFBundleExecutable": PROGRAMS[0],
    }
    wrong = [name for name, value in wanted.items() if said.get(name) != value]
    schemes = [scheme for entry in said["CFBundleURLTypes"] for scheme in entry["CFBundleURLSchemes"]]
    return (not wrong and schemes == ["greenroom"]) or f"wrong: {wrong or schemes}"


def misplaced(bundle: Path) -> str:
    """Files that codesign would not take where they lie, "" if there are none."""
    contents, wrong = bundle / "Contents", []
    for path in bundle.rglob("*"):
        place = path.relative_to(contents).parts if path.is_relative_to(contents) else ()
        inside_framework = any(part.endswith(".framework") for part in place)
        if path.is_symlink() or inside_framework or len(place) < 2:
            continue
        holds_code = place[0] in ("MacOS", "Frameworks")
        if path.is_file() and is_code(path) != holds_code:
            wrong.append(str(path.relative_to(bundle)))
        if path.is_dir() and holds_code and "." in path.name:
            wrong.append(f"{path.relative_to(bundle)} (a dot in a folder's name)")
    return ", ".join(wrong)


def stray_links(bundle: Path) -> str:
    """Links that lead nowhere or out of the bundle, "" if there are none."""
    links = [path for path in bundle.rglob("*") if path.is_symlink()]
    return ", ".join(
        str(path.relative_to(bundle))
        for path in links
        if path.readlink().is_absolute() or not path.exists() or bundle.resolve() not in path.resolve().parents
    )


def signing_order(bundle: Path) -> bool | str:
    """Run sign.sh with a codesign that only writes down what it was given."""
    tools = FOLDER / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "codesign").write_text('#!/bin/sh\nprintf "%s\\n" "$*" >>"$CODESIGN_LOG"\n')
    (tools / "codesign").chmod(0o755)
    log = FOLDER / "codesign.log"
    log.unlink(missing_ok=True)
    environment = os.environ | {
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "CODESIGN_LOG": str(log),
        "CODESIGN_IDENTITY": "Test",
        "PYTHON": sys.executable,
    }
    done = subprocess.run([str(HERE / "sign.sh"), str(bundle)], env=environment, capture_output=True, text=True)
    if done.returncode:
        return done.stderr.strip()[-300:]
    calls = log.read_text().splitlines()
    signed = [call.split()[-1] for call in calls if "--sign" in call]
    if signed != [*map(str, code(bundle)), str(bundle)] or not calls[-1].startswith("--verify"):
        return "not everything, or not in order"
    for at, outer in enumerate(signed):
        if any(inner.startswith(f"{outer}/") for inner in signed[at + 1 :]):
            return f"{outer} is signed before what lies in it"
    hardened = all("--options runtime" in call and "--timestamp" in call for call in calls[:-1])
    entitled = [call.split()[-1] for call in calls if "--entitlements" in call]
    mains = [str(bundle / "Contents" / "MacOS" / name) for name in PROGRAMS[1:]]
    return (
        hardened and sorted(entitled) == sorted([*mains, str(bundle)])
    ) or "runtime, time stamp or entitlements are missing"


def uninstalls() -> bool | str:
    """Run uninstall.sh on a folder; macOS's pkgutil is played by a script that knows no package."""
    root, tools = FOLDER / "mac", FOLDER / "tools"
    app, profile = (
        root / "Applications/Greenroom.app/Contents",
        root / "Users/ann/Library/Application Support/greenroom",
    )
    models = root / "Library/Application Support/Greenroom/models"
    for folder in (app, profile, models, tools):
        folder.mkdir(parents=True, exist_ok=True)
    (tools / "pkgutil").write_text("#!/bin/sh\nexit 1\n")
    (tools / "pkgutil").chmod(0o755)
    environment = os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}

    def run(*options: str) -> bool:
        command = [str(HERE / "uninstall.sh"), "--root", str(root), *options]
        return subprocess.run(command, env=environment, capture_output=True).returncode == 0

    if not run("--dry-run") or not app.exists():
        return "--dry-run changed something"
    if not run() or app.exists() or not models.exists():
        return "the app is still there, or the model is gone"
    return (run("--with-model") and not models.exists() and profile.exists() and run()) or "--with-model"


def _runs(*command: str) -> bool | str:
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode == 0 or (done.stdout + done.stderr).strip()[-300:]


def main() -> int:
    """Print the table; return the exit code."""
    found = rows()
    print("| what | how | result | seconds |\n|---|---|---|---|")
    print("\n".join(map(line, found)))
    return 0 if all(right for _, _, right, _ in found) else 1


if __name__ == "__main__":
    sys.exit(main())
