"""Rows about the files of a distribution before anything is installed: sizes, twice the same bytes, the linters."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from names import MODEL_PACKAGE

from linux.checks.bench import Bench
from linux.checks.rows import NotRun, expect, row
from linux.packages import FORMATS, build_app, build_model
from linux.tools import run, tool

_LIMIT_MB = 60
_RPM_FIELDS = "%{NAME} %{SHA256HEADER} %{PAYLOADDIGEST}"


@row("Sizes", f"packages as finished; the app without its model within {_LIMIT_MB} MB")
def sizes(bench: Bench) -> str:
    finished = [path for kind in FORMATS for path in bench.packages(kind)]
    finished += sorted(bench.dist.glob("*.tar.xz")) if bench.dist else []
    said = ", ".join(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in finished)
    app = [path for path in finished if path.suffix in (".deb", ".rpm") and MODEL_PACKAGE not in path.name]
    limit = bench.dist is None or all(path.stat().st_size <= _LIMIT_MB * 1e6 for path in app)
    expect(limit, f"over {_LIMIT_MB} MB: {said}")
    return said


@row(
    "Same bytes",
    "both packages made twice from the same folder in different places; a deb by its bytes, an rpm also unsigned",
)
def same_bytes(bench: Bench) -> str:
    made: list[dict[str, str]] = []
    for at in ("one", "a longer name of the other"):
        folder, payload = bench.scratch / at, bench.scratch / at / "payload"
        shutil.copytree(bench.payload, payload, symlinks=True)
        out = folder / "out"
        files = [
            build_app(payload, out, version=bench.version, epoch=bench.epoch, kind=kind, tight=False)
            for kind in FORMATS
        ]
        files += [build_model(bench.model, bench.licence, out, epoch=bench.epoch, kind=kind) for kind in FORMATS]
        made.append({path.name: run(["sha256sum", path]).split()[0] for path in files})
        shutil.rmtree(folder)
    expect(made[0] == made[1], str(made))
    return f"{len(made[0])} of {len(made[0])} files are the same bytes"


@row("lintian", "both debs, overrides shown in packaging/linux/lintian-overrides")
def lintian(bench: Bench) -> str:
    command = [tool("lintian"), "--allow-root", "--fail-on", "error,warning", *bench.packages("deb")]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("E:", "W:"))]
    expect(done.returncode == 0 and not lines, "\n".join(lines) or done.stderr)
    folder = Path(__file__).parent.parent / "lintian-overrides"
    tags = {
        line.split()[1]
        for path in folder.glob("*")
        for line in path.read_text("utf-8").splitlines()
        if line[:1] not in ("#", "")
    }
    return f"no error, no warning; {len(tags)} tags overridden, each with its reason"


@row("rpmlint", "both rpms, filters in packaging/linux/rpmlint.toml")
def rpmlint(bench: Bench) -> str:
    if shutil.which("rpmlint") is None:
        raise NotRun("rpmlint is not installed")
    config = Path(__file__).parent.parent / "rpmlint.toml"
    done = subprocess.run(["rpmlint", "--config", config, *bench.packages("rpm")], capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if ": E: " in line or ": W: " in line]
    expect(not lines and done.returncode == 0, "\n".join(lines) or done.stderr)
    return done.stdout.strip().splitlines()[-1]
