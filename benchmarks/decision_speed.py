"""What signed decisions cost whoever reads the library: the bundled prompts, each submitted by one key and approved by another.

Run: python -m benchmarks.decision_speed [--json]. Exit code 1 if a goal is missed. Each measurement is made in a fresh process,
since a process checks a signature once; the library's modules are loaded before the clock starts. The baseline of one decision
is the bare Ed25519 check of it with the same library.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.search_speed import Row, show
from desktop_app.prompts import deciding
from desktop_app.prompts.curators import curator_lines
from desktop_app.prompts.deciding import Signer
from desktop_app.prompts.library import PromptLibrary
from desktop_app.records.proof import did_of
from desktop_app.storage.vault import Vault

_LIBRARY = Path(__file__).parents[1] / "prompt_library"
_ROUNDS = 7
_LONG_AGO = 1_700_000_000
# Prints milliseconds; `library` is what is measured, `folders` are those of its prompts.
_START = """
import sys, time
from pathlib import Path
from statistics import median
from desktop_app.prompts.decision_files import read_files
from desktop_app.prompts.library import PromptLibrary
from desktop_app.storage.vault import signature_holds
folder = Path(sys.argv[1])
library, folders = PromptLibrary([folder]), sorted(file.parent for file in folder.glob("*/approvals"))
def ms(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000
"""
_BARE = (
    _START
    + """
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
key, said = Ed25519PrivateKey.generate(), b"a decision of usual length" * 20
public, signature = key.public_key().public_bytes_raw(), key.sign(said)
print(median(ms(lambda: Ed25519PublicKey.from_public_bytes(public).verify(signature, said)) for _ in range(200)))
"""
)
_DECISION = (
    _START
    + """
read_files(folders[0])
print(median(ms(lambda: read_files(one)) / len(read_files(one)[0]) for one in folders[1:]))
"""
)
_OPENED = (
    _START
    + """
signature_holds(b"", b"", b"")  # as the window does in the background
library.get(folders[0].name)
print(max(ms(lambda: library.get(one.name)) for one in folders[1:]))
"""
)
_WHOLE = _START + "print(ms(library.{name}))"


def main() -> int:
    """Print the table; 1 if a goal is missed."""
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "library"
        count = sign(library)
        bare, one = measure(_BARE, library), measure(_DECISION, library)
        rows = [
            Row("one signature checked, nothing else", bare, bare),
            _row("one decision: file, format, signature", one, 0.5, ratio=one / bare),
            _row(f"what lessons may refer to, {count} signed prompts", measure(_WHOLE.format(name="references"), library), 100),
            _row("every prompt read", measure(_WHOLE.format(name="read"), library), 200),
            _row("one prompt opened, the slowest", measure(_OPENED, library), 8),
        ]  # fmt: skip
    return show(rows)


def sign(library: Path) -> int:
    """Copy the bundled prompts into library, have each submitted and approved, and return how many there are."""
    shutil.copytree(_LIBRARY, library, ignore=shutil.ignore_patterns("approvals", "curators.yml"))
    author, curator = _person("Ana Lind", b"a"), _person("Ben Ruiz", b"b")
    (library / "curators.yml").write_text(curator_lines(author.name, author.key), "utf-8")
    with (library / "curators.yml").open("a", encoding="utf-8") as file:
        file.write(curator_lines(curator.name, curator.key).partition("\n")[2])
    prompts = PromptLibrary([library]).prompts()
    for prompt in prompts:
        deciding.submit(prompt.offered, author, reason="Tested with the bundled model.")
        deciding.approve(prompt.offered, curator, reason="Read, tried, and it does what its description says.")
    for file in [*library.rglob("*"), library]:  # what is two seconds old is not trusted to be what it was
        os.utime(file, (_LONG_AGO, _LONG_AGO))
    return len(prompts)


def measure(code: str, library: Path) -> float:
    """The median of what code prints in fresh processes."""
    run = [sys.executable, "-c", code, str(library)]
    return statistics.median(float(subprocess.run(run, capture_output=True, check=True).stdout) for _ in range(_ROUNDS))


def _person(name: str, letter: bytes) -> Signer:
    vault = Vault(letter * 32)
    return Signer(name, did_of(vault.public_key), vault)


def _row(name: str, took_ms: float, most_ms: float, *, ratio: float | None = None) -> Row:
    return Row(name, took_ms, took_ms, ratio, f"≤ {most_ms} ms", took_ms <= most_ms)


if __name__ == "__main__":
    sys.exit(main())
