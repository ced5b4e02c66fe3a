"""Rows about what must be refused: altered packages and indexes, foreign keys, nothing signed at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from linux.checks.bench import INSTALL, Bench
from linux.checks.rows import expect, row
from linux.clean_root import Ran
from linux.tools import Problem, run


@row("Altered deb", "one byte of the app's deb changed in the repository")
def altered_deb(bench: Bench) -> str:
    folder = _copy(bench, "altered-deb")
    alter(next((folder / "pool" / "main").glob("greenroom_*.deb")))
    return _refused_by_apt(bench, folder.name)


@row("Altered model", "one byte of the model's deb changed in the repository")
def altered_model(bench: Bench) -> str:
    folder = _copy(bench, "altered-model")
    alter(next((folder / "pool" / "main").glob("greenroom-model-*.deb")))
    return _refused_by_apt(bench, folder.name)


@row("Altered index", "a package's checksum changed in Packages, all three forms")
def altered_index(bench: Bench) -> str:
    folder = _copy(bench, "altered-index")
    index = folder / "dists" / "stable" / "main" / "binary-amd64"
    for path in (index / "Packages.gz", index / "Packages.xz"):
        path.unlink()
    listing = index / "Packages"
    listing.write_text(listing.read_text("utf-8").replace("SHA256: ", "SHA256: 0", 1), "utf-8")
    return _refused_by_apt(bench, folder.name)


@row("Altered release file", "a date changed in InRelease")
def altered_release(bench: Bench) -> str:
    folder = _copy(bench, "altered-release")
    release = folder / "dists" / "stable" / "InRelease"
    release.write_text(release.read_text("utf-8").replace("Date: ", "Date:  ", 1), "utf-8")
    (release.parent / "Release.gpg").unlink()
    return _refused_by_apt(bench, folder.name)


@row("Foreign key", "the repository signed by a key that IT does not trust")
def foreign_key(bench: Bench) -> str:
    return _refused_by_apt(bench, bench.apt("foreign", bench.packages("deb"), bench.foreign_key).name)


@row("Unsigned repository", "InRelease and Release.gpg taken away")
def unsigned(bench: Bench) -> str:
    folder = _copy(bench, "unsigned")
    for name in ("InRelease", "Release.gpg"):
        (folder / "dists" / "stable" / name).unlink()
    return _refused_by_apt(bench, folder.name)


@row("Altered SHA256SUMS", "gpg --verify of the list, and sha256sum --check of an altered file")
def altered_sums(bench: Bench) -> str:
    folder = bench.scratch / "sums"
    folder.mkdir()
    package = Path(shutil.copy2(bench.model_debs[0], folder))
    sums = folder / "SHA256SUMS"
    sums.write_text(run(["sha256sum", package.name], cwd=folder), "utf-8")
    signature = bench.key.detach(sums)
    bench.key.gpg("--verify", signature, sums)
    alter(package)
    by_sum = _refused(["sha256sum", "--check", "SHA256SUMS"], folder)
    sums.write_text(sums.read_text("utf-8").replace("a", "b", 1), "utf-8")
    try:
        bench.key.gpg("--verify", signature, sums)
    except Problem as problem:
        expect("BAD signature" in str(problem), str(problem))
        return f"“{by_sum}”; “{str(problem).split(' / ')[-1]}”"
    raise Problem("gpg accepted an altered list.")


def alter(file: Path) -> None:
    """Change one byte of file, in the last tenth: before that a small rpm has empty room for signatures."""
    with file.open("r+b") as opened:
        opened.seek(file.stat().st_size * 9 // 10)
        byte = opened.read(1)[0]
        opened.seek(-1, 1)
        opened.write(bytes([byte ^ 1]))


def _copy(bench: Bench, name: str) -> Path:
    return Path(shutil.copytree(bench.repositories / bench.new_repository, bench.repositories / name))


def _refused(command: list[str], folder: Path) -> str:
    try:
        run(command, cwd=folder)
    except Problem as problem:
        return str(problem)
    raise Problem(f"{command[0]} accepted an altered file.")


def _refused_by_apt(bench: Bench, repository: str) -> str:
    with bench.root() as root:
        updated = bench.use(root, repository)
        installed = root.run(*INSTALL, "greenroom")
        expect(installed.code != 0, f"it was installed: {installed.said}")
        expect(not (root.seen / "usr/lib/greenroom").exists(), "something was installed")
        return f"“{_why(updated) if updated.code else _why(installed)}”"


def _why(ran: Ran) -> str:
    said = ran.line(
        "Hash Sum mismatch", "BADSIG", "NO_PUBKEY", "NODATA", "no longer has a Release", "not signed", "does not have a Release",
        "unexpected size", "signatures", "E: ",
    )  # fmt: skip
    return said.replace("/srv/repositories/", "…/")
