"""Install, run, upgrade, break and remove a distribution in clean roots, and print a table of what was seen.

Run as root: `.venv/bin/python packaging/verify_dist.py`. Every key is made for the run; nothing outside the roots, build/ and the
cache is touched. Exit code 1 if a row fails.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from linux.checks import building, frozen, installing, rpms, tampering, trouble  # noqa: F401  (each puts its rows into the table)
from linux.checks.bench import Bench
from linux.checks.rows import CHECKS, Row, run_checks
from linux.standin import make_model, make_payload
from linux.tools import Problem, need, run
from names import APP, DIST, MODEL, MODEL_LICENCE, ROOT, epoch, version

DOCUMENT = ROOT / "docs" / "it" / "verification.md"


def main() -> int:
    """Print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--write",
        action="store_true",
        help=f"also write the table to {DOCUMENT.relative_to(ROOT)}; with --only, those rows of it",
    )
    parser.add_argument("--only", default="", help="only the rows whose name has this in it")
    parser.add_argument("--list", action="store_true", help="list the rows")
    parser.add_argument("--payload", type=Path, default=APP, help="the frozen folder")
    parser.add_argument(
        "--no-dist", action="store_true", help="build the packages from the frozen folder instead of taking dist/"
    )
    parser.add_argument(
        "--stand-in", action="store_true", help="a payload of a few scripts, to try this program itself"
    )
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(f"{what}: {how}" for what, how, _ in CHECKS))
        return 0
    scratch = Path(tempfile.mkdtemp(prefix="greenroom-verify-"))
    scratch.chmod(0o755)  # the ordinary user of a root reads what lies here
    try:
        bench = make_bench(scratch, arguments)
        rows = [tell(row) for row in run_checks(bench, arguments.only)]
        if arguments.write:
            DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
            text = document(rows, bench)
            if arguments.only and DOCUMENT.is_file():
                text = with_rows(DOCUMENT.read_text("utf-8"), text)
            DOCUMENT.write_text(text, "utf-8")
            print(f"Written to {DOCUMENT.relative_to(ROOT)}")
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    failed = [row for row in rows if row.result == "FAILED"]
    print(f"{sum(row.result == 'passed' for row in rows)} passed, {len(failed)} failed, of {len(rows)}")
    return 1 if failed or not rows else 0


def make_bench(scratch: Path, arguments: argparse.Namespace) -> Bench:
    """What the rows are run on; raises Problem if there is no frozen app."""
    if arguments.stand_in:
        payload, model = make_payload(scratch / "stand-in", version()), make_model(scratch / "stand-in-model")
        return Bench(scratch / "run", payload, model, version=version(), epoch=epoch())
    need(arguments.payload / "greenroom", "Freeze the app first: `make dist` does.")
    model = need(MODEL, "`make dist` puts it there."), need(MODEL_LICENCE, "`make dist` puts it there.")
    dist = (
        None
        if arguments.no_dist
        else need(DIST, "Make it first: `make dist`. Or check the frozen folder alone with --no-dist.")
    )
    return Bench(scratch / "run", arguments.payload, model, version=version(), epoch=epoch(), dist=dist)


def tell(row: Row) -> Row:
    """Print a row and return it."""
    print(f"{row.result:8} {row.what} ({row.seconds:.1f} s)\n         {row.how}\n         → {row.seen}", flush=True)
    return row


def document(rows: list[Row], bench: Bench) -> str:
    """The table as the administrator's guide shows it."""
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    machine = f"{platform.freedesktop_os_release()['PRETTY_NAME']}, kernel {platform.release()}, {_processors()}"
    lines = [
        "# What was verified", "",
        "Made by `make verify-dist` (`packaging/verify_dist.py --write`); do not edit it by hand.", "",
        f"- When: {when}, version {bench.version}, commit {run(['git', '-C', ROOT, 'rev-parse', '--short', 'HEAD']).strip()}",
        f"- Where: {machine}", "- Clean roots: Debian 12 made by mmdebstrap, a network namespace without any interface but lo. ",
        "  The rpms were installed with the real rpm and dnf into such a root that has the declared libraries, as no rpm distribution",
        "  was at hand; a package made on the spot stood for what a distribution provides.",
        "- Windows and macOS: see [Windows](windows.md#what-was-checked) and [macOS](macos.md); `make verify-dist` checks them after this table.", "",
        "| What | How | Result | Seen | Seconds |", "|---|---|---|---|---|",
    ]  # fmt: skip
    lines += [
        f"| {_cell(row.what)} | {_cell(row.how)} | {row.result} | {_cell(row.seen)} | {row.seconds:.1f} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def with_rows(text: str, newer: str) -> str:
    """The document in text with the rows that stand in the newer one too replaced by those."""
    rows = {line.split("|")[1]: line for line in newer.splitlines() if line.startswith("| ")}
    lines = [rows.get(line.split("|")[1], line) if line.startswith("| ") else line for line in text.splitlines()]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _processors() -> str:
    names = [
        line.partition(":")[2].strip()
        for line in Path("/proc/cpuinfo").read_text().splitlines()
        if line.startswith("model name")
    ]
    return f"{len(names)} × {names[0]}" if names else platform.machine()


if __name__ == "__main__":
    sys.exit(main())
