"""Build Windows installers from a frozen app: MSI of the app, MSI of the model, setup program with both.

    .venv/bin/python packaging/windows/build.py --payload build/app/greenroom --model build/model --out dist/windows

Whatever has no signature is signed with SIGN_CMD if that is set: programs first, then the installers around them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from names import APP, BUILD, DIST, MODEL_PACKAGE, MODEL_VERSION, epoch, version

from windows.icons import write_ico
from windows.msi import build_msi, msi_version
from windows.nsis import build_setup
from windows.payload import PayloadFile, payload_files
from windows.problem import PackagingError
from windows.signing import sign, sign_command, sign_programs
from windows.standin import make_model, make_payload

PROGRAMS = ("greenroom.exe", "greenroom-worker.exe", "greenroom-reader.exe")


@dataclass(frozen=True, slots=True)
class Installers:
    """What was built; a part that was not asked for is None."""

    app: Path | None
    model: Path | None
    setup: Path | None

    @property
    def paths(self) -> tuple[Path, ...]:
        """The files that are there."""
        return tuple(path for path in (self.app, self.model, self.setup) if path)


def build(
    payload: Path, model: Path | None, number: str, out: Path, *, standin: bool = False, kinds: str = "msi,model,setup"
) -> Installers:
    """Build the installers into out and sign them if SIGN_CMD is set; raises PackagingError.

    payload is the frozen app, model a folder with the model file and its licence. standin marks the files' names.
    """
    command, wanted, mark = sign_command(), set(kinds.split(",")), "-standin" if standin else ""
    out.mkdir(parents=True, exist_ok=True)
    scratch = BUILD / "windows" / f"stage-{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    try:
        app = _staged(payload, scratch / "app")
        _check(app)
        models = _staged(model, scratch / "model") if model else ()
        if command:
            signed = sign_programs([file.source for file in app], command)
            print(
                f"signed {len(signed)} of {sum(file.place.suffix in ('.exe', '.dll', '.pyd') for file in app)} programs"
            )
            _list_again(scratch / "app")
        _date(scratch)
        icon = scratch / "greenroom.ico"
        write_ico(icon)
        built = Installers(
            out / f"greenroom-{number}-x64{mark}.msi" if "msi" in wanted else None,
            out / f"{MODEL_PACKAGE}-{MODEL_VERSION}-x64{mark}.msi" if "model" in wanted and models else None,
            out / f"greenroom-{number}-x64-setup{mark}.exe" if "setup" in wanted else None,
        )
        if built.app:
            build_msi("app", app, number, icon, built.app, epoch())
        if built.model:
            build_msi("model", models, MODEL_VERSION, icon, built.model, epoch())
        if built.setup:
            both = (*app, *(PayloadFile("models" / file.place, file.source) for file in models))
            build_setup(both, number, icon, built.setup, epoch(), signed=bool(command))
        for path in built.paths if command else ():
            sign(path, command)
        return built
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def build_standin(out: Path, number: str) -> Installers:
    """Build the installers from a stand-in made on the spot: what can be had without a Windows machine, to try the scripts."""
    scratch = BUILD / "windows" / "standin"
    return build(make_payload(scratch / "app", number), make_model(scratch / "model"), number, out, standin=True)


def _staged(folder: Path, target: Path) -> tuple[PayloadFile, ...]:
    """A copy of the files that may be signed and dated."""
    for file in payload_files(folder):
        copy = target / file.place
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.source, copy)
    return payload_files(target)


def _check(files: tuple[PayloadFile, ...]) -> None:
    there = {str(file.place).lower() for file in files}
    if missing := [name for name in PROGRAMS if name not in there]:
        raise PackagingError(
            f"The payload lacks {', '.join(missing)}. Freeze the app on Windows first (packaging/windows/freeze.ps1)."
        )
    if any(place.endswith(".gguf") for place in there):
        raise PackagingError("The payload holds a model; it belongs in the model's own package (--model).")


def _list_again(app: Path) -> None:
    """Programs that were signed have other bytes than the frozen app's own list of files says."""
    from freeze.freezing import FILES, write_file_list

    if (app / "_internal" / FILES).exists():
        write_file_list(app)


def _date(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, (epoch(), epoch()))


def main() -> int:
    """Build what the arguments name; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payload", type=Path, default=APP, help="the frozen app's folder")
    parser.add_argument("--model", type=Path, help="folder with the model and its licence; without it no model package")
    parser.add_argument("--version", default=version(), help="three numbers")
    parser.add_argument("--out", type=Path, default=DIST / "windows")
    parser.add_argument("--kinds", default="msi,model,setup", help="which of msi, model, setup")
    parser.add_argument("--standin", action="store_true", help="from a stand-in made on the spot instead of a payload")
    arguments = parser.parse_args()
    try:
        msi_version(arguments.version)
        if arguments.standin:
            built = build_standin(arguments.out, arguments.version)
        else:
            built = build(arguments.payload, arguments.model, arguments.version, arguments.out, kinds=arguments.kinds)
    except PackagingError as problem:
        print(problem, file=sys.stderr)
        return 1
    for path in built.paths:
        print(f"{path}  {path.stat().st_size:,} bytes")
    if not sign_command():
        print("Nothing is signed: set SIGN_CMD, for example 'signtool sign … \"{file}\"'.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
