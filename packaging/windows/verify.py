"""Check the Windows installers as far as Linux can: built twice, signed, altered, and run under Wine with a stand-in payload.

    .venv/bin/python packaging/windows/verify.py

Prints a table and ends with 1 if a row failed. The stand-in's programs are real 64-bit Windows programs, made by NSIS.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from names import BUILD

from windows.authority import Authority
from windows.build import PROGRAMS, Installers, build
from windows.problem import PackagingError
from windows.standin import make_model, make_payload
from windows.table import Row, Table, line
from windows.verify_wine import check_msi, check_setup

OLD, NEW = "0.1.0", "0.2.0"
FOLDER = BUILD / "windows" / "verify"


def rows(*, loud: bool = False) -> list[Row]:
    """Do every check: (what, how, whether it held, seconds) in order."""
    table = Table(loud)
    missing = [
        tool
        for tool in ("makensis", "wixl", "msibuild", "msiextract", "openssl", "osslsigncode", "wine")
        if not shutil.which(tool)
    ]
    if missing:
        table.check(
            "Windows installers", "tools", lambda: f"missing: {', '.join(missing)}. Run packaging/dist_tools.py."
        )
        return table.rows
    shutil.rmtree(FOLDER, ignore_errors=True)
    built: dict[str, Installers] = {}
    authority = Authority.make(FOLDER / "authority")

    def make() -> bool:
        make_model(FOLDER / "model")
        for number in (OLD, NEW):
            make_payload(FOLDER / number, number)
            with _signed_by(authority):
                built[number] = build(FOLDER / number, FOLDER / "model", number, FOLDER / "signed", standin=True)
        return True

    if not table.check(
        "MSI, model MSI and setup program built and signed, two versions", "wixl, makensis, osslsigncode", make
    ):
        return table.rows
    _check_same(table)
    _check_signatures(table, built[NEW], authority)
    check_msi(table, FOLDER / "wine-msi", built[OLD], built[NEW])
    check_setup(table, FOLDER / "wine-setup", built[OLD], built[NEW])
    return table.rows


def _check_same(table: Table) -> None:
    def make() -> bool:
        for number, out in enumerate(("first", "second")):
            payload = shutil.copytree(FOLDER / NEW, FOLDER / f"{'elsewhere/' * number}payload-{out}")
            with _signed_by(None):  # a signature holds the time it was made
                build(payload, FOLDER / "model", NEW, FOLDER / out, standin=True)
            os.utime(payload / "greenroom.exe")
        return True

    if not table.check("built twice, unsigned", "two folders, seconds apart", make):
        return
    for path in sorted((FOLDER / "first").iterdir()):
        table.check(
            f"{path.name} twice",
            "byte by byte",
            lambda path=path: path.read_bytes() == (FOLDER / "second" / path.name).read_bytes(),
        )


def _check_signatures(table: Table, built: Installers, authority: Authority) -> None:
    extracted = FOLDER / "extracted"

    def extract() -> bool:
        extracted.mkdir()
        assert built.app is not None
        return subprocess.run(["msiextract", "-C", str(extracted), str(built.app)], capture_output=True).returncode == 0

    for path in built.paths:
        table.check(f"{path.name}: signature", "osslsigncode verify", lambda path=path: authority.verify(path))
    table.check("MSI unpacked", "msiextract", extract)
    for name in PROGRAMS:
        table.check(
            f"{name} inside: signature",
            "osslsigncode verify",
            lambda name=name: authority.verify(next(extracted.rglob(name))),
        )

    def altered(path: Path) -> bool:
        copy = shutil.copy(path, FOLDER / f"altered-{path.name}")
        with Path(copy).open("r+b") as file:
            file.seek(path.stat().st_size // 2)
            byte = file.read(1)[0]
            file.seek(-1, os.SEEK_CUR)
            file.write(bytes([byte ^ 1]))
        return not authority.verify(Path(copy))

    for path in (*built.paths, next(extracted.rglob("greenroom.exe"), FOLDER)):
        table.check(f"{path.name}: one bit altered is refused", "osslsigncode verify", lambda path=path: altered(path))
    stranger = Authority.make(FOLDER / "stranger", "Somebody else")
    for path in built.paths:
        table.check(
            f"{path.name}: a foreign authority is refused",
            "osslsigncode verify",
            lambda path=path: not stranger.verify(path),
        )
        unsigned = FOLDER / "first" / path.name
        table.check(
            f"{path.name}: unsigned is refused", "osslsigncode verify", lambda path=unsigned: not authority.verify(path)
        )

    def foreign_stays() -> bool:
        payload = make_payload(FOLDER / "foreign", NEW)
        stranger.sign(payload / "greenroom-worker.exe")
        before = (payload / "greenroom-worker.exe").read_bytes()
        with _signed_by(authority):
            app = build(payload, None, NEW, FOLDER / "foreign-out", standin=True, kinds="msi").app
        assert app is not None
        inside = FOLDER / "foreign-inside"
        subprocess.run(["msiextract", "-C", str(inside), str(app)], check=True, capture_output=True)
        return next(inside.rglob("greenroom-worker.exe")).read_bytes() == before

    table.check("a program somebody else signed stays as it is", "built, unpacked, compared", foreign_stays)


@contextmanager
def _signed_by(authority: Authority | None):  # type: ignore[no-untyped-def]
    before = os.environ.get("SIGN_CMD")
    os.environ["SIGN_CMD"] = authority.sign_command if authority else ""
    try:
        yield
    finally:
        os.environ.pop("SIGN_CMD") if before is None else os.environ.update(SIGN_CMD=before)


def main() -> int:
    """Print the table; return the exit code."""
    try:
        found = rows(loud=True)
    except PackagingError as problem:
        print(problem, file=sys.stderr)
        return 1
    print("| what | how | result | seconds |\n|---|---|---|---|")
    print("\n".join(map(line, found)))
    return 0 if all(right for _, _, right, _ in found) else 1


if __name__ == "__main__":
    sys.exit(main())
