"""Rows about packages that are installed, run, upgraded and removed as they should be (Debian)."""

from __future__ import annotations

import hashlib
import lzma
import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from linux.archive import build_archive
from linux.checks.bench import INSTALL, OLD, ONLY_OLD, Bench, display
from linux.checks.rows import NotRun, expect, row
from linux.clean_root import USER, CleanRoot
from linux.dependencies import needs

PROFILE = f"home/{USER}/.local/share/greenroom"
_KEPT_BY_SYSTEM = re.compile(r"^/(var/(lib/(dpkg|apt)|cache|log)|tmp|run|etc/apt|etc/ld\.so\.cache|home/\w+)(/|$)")
_START_LIMIT_S = 1.0


@row(
    "Install", "apt from the signed repository into a clean Debian 12 root without network, declared dependencies only"
)
def install(bench: Bench) -> str:
    with bench.root() as root:
        done = bench.install(root, bench.new_repository)
        expect(done.code == 0, done.said)
        return f"{done.seconds:.1f} s with {done.said.count('Setting up ')} packages set up"


@row("Version", "greenroom --version as an ordinary user, from another folder, through /usr/bin")
def version(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        done = root.run("greenroom", "--version", user=True)
        expect(done.code == 0 and "greenroom" in done.said, done.said)
        return done.said.strip()


@row("Smoke", "greenroom --smoke as an ordinary user under Xvfb, no network, no keyring")
def smoke(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        return run_smoke(root)


@row(
    "Start-up",
    "greenroom --smoke: process start to the line about the window; cold after drop_caches, warm the best of three",
)
def start_up(bench: Bench) -> str:
    with bench.root(bench.installed) as root, display() as screen:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3\n")
        cold = _seconds_to_window(root, screen)
        warm = min(_seconds_to_window(root, screen) for _ in range(3))
    expect(
        warm <= _START_LIMIT_S, f"warm {warm:.2f} s, cold {cold:.2f} s; warm should be within {_START_LIMIT_S:.0f} s"
    )
    return f"cold {cold:.2f} s, warm {warm:.2f} s"


@row("Files", "what lies in the root against the package's own sums; owners and modes")
def files(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        verified = root.run("dpkg", "--verify", "greenroom", "greenroom-model-smollm2")
        # minbase roots leave manual pages in place; anything dpkg names is a difference
        expect(verified.code == 0 and not verified.said.strip(), verified.said)
        odd = root.run(
            "find", "/usr/lib/greenroom", "/usr/share/greenroom", "/etc/greenroom", "(",
            "-not", "-user", "root", "-o", "-not", "-group", "root", "-o", "-perm", "/6022", "-not", "-type", "l", ")",
        )  # fmt: skip
        expect(not odd.said.strip(), odd.said)
        modes = root.run(
            "stat", "-c", "%a", "/etc/greenroom/policies/managed", "/usr/lib/greenroom/greenroom"
        ).said.split()
        expect(modes == ["755", "755"], str(modes))
        return "all sums match; everything is root's, nothing writable by others"


@row("Install twice", "the same apt command again")
def twice(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        again = root.run(*INSTALL, "--reinstall", "greenroom")
        expect(again.code == 0, again.said)
        done = bench.install(root, bench.new_repository)
        expect(done.code == 0 and "already the newest" in done.said, done.said)
        return done.line("already the newest")


@row("Upgrade", f"{OLD} to this version (the same frozen app packaged as {OLD}), with a profile that {OLD} made")
def upgrade(bench: Bench) -> str:
    with bench.root(bench.installed_old) as root:
        make_profile(root)
        before = _sums(root.seen / PROFILE)
        expect(len(before) > 1, f"the profile holds {sorted(before)}")
        done = bench.install(root, bench.new_repository)
        expect(done.code == 0, done.said)
        expect(
            not (root.seen / "usr/lib/greenroom/_internal" / ONLY_OLD).exists(), "a file of the older version is left"
        )
        after = _sums(root.seen / PROFILE)
        expect(before == after, f"the profile changed: {sorted(set(before.items()) ^ set(after.items()))}")
        run_smoke(root)
        kept = (root.seen / PROFILE / "notes-of-mine.txt").read_text("utf-8")
        expect(kept == "mine\n", kept)
        return (
            f"{done.seconds:.1f} s; {len(before)} files of the profile byte for byte the same; the new version opens it"
        )


@row("Downgrade", f"apt and dpkg offered {OLD} over this version; then with GREENROOM_ALLOW_DOWNGRADE=1")
def downgrade(bench: Bench) -> str:
    with bench.root(bench.installed) as root:
        bench.use(root, bench.old_repository)
        wanted = f"greenroom={OLD}"
        by_apt = root.run(*INSTALL, wanted)
        expect(by_apt.code != 0, by_apt.said)
        package = next((bench.repositories / "old" / "pool" / "main").glob("greenroom_*.deb")).name
        path = f"/srv/repositories/old/pool/main/{package}"
        by_dpkg = root.run("dpkg", "--install", path)
        expect(by_dpkg.code != 0 and "Nothing was changed" in by_dpkg.said, by_dpkg.said)
        expect(_state(root) == f"install ok installed {bench.version}", _state(root))
        allowed = root.run("env", "GREENROOM_ALLOW_DOWNGRADE=1", "dpkg", "--install", path)
        expect(allowed.code == 0 and _state(root) == f"install ok installed {OLD}", allowed.said)
        return f"refused: “{by_apt.line('E: ')}”; “{by_dpkg.line('Nothing was changed')}”; with the variable it goes through"


@row("Purge", "every path of the root before the install and after the purge; the profile stays")
def purge(bench: Bench) -> str:
    with bench.root() as root:
        before = root.files()
        done = bench.install(root, bench.new_repository)
        expect(done.code == 0, done.said)
        make_profile(root)
        removed = root.run("apt-get", "purge", "--yes", "--autoremove", "greenroom", "greenroom-model-smollm2")
        expect(removed.code == 0, removed.said)
        new = root.files() - before
        left = sorted(path for path in new if not _KEPT_BY_SYSTEM.match(path))
        ours = sorted(
            path for path in new if "greenroom" in path and not path.startswith(("/home", "/etc/apt", "/var/lib/apt"))
        )
        expect(not left and all(path.startswith(("/var/log", "/var/cache")) for path in ours), f"left: {left} {ours}")
        expect((root.seen / PROFILE / "notes-of-mine.txt").exists(), "the profile is gone")
        return f"nothing left outside the profile; {removed.seconds:.1f} s"


@row(
    "Portable archive",
    "unpacked into a home folder by its owner, smoke there; with the libraries that its README names",
)
def portable(bench: Bench) -> str:
    made = sorted(bench.dist.glob("*.tar.xz")) if bench.dist else []
    if not made:
        needed = needs(bench.payload).debian
        named = {"version": bench.version, "epoch": bench.epoch, "packages": needed}
        made = [build_archive(bench.payload, bench.model, bench.licence, bench.scratch / "portable", **named)]
    shutil.copy2(made[0], bench.repositories)
    with bench.root(bench.installed) as root:
        root.run("dpkg", "--purge", "greenroom", "greenroom-model-smollm2")
        # there is no xz in a minimal system; a desktop has it
        tar = root.seen / "tmp" / "portable.tar"
        tar.write_bytes(lzma.decompress(made[0].read_bytes()))
        unpacked = root.run("tar", "-C", f"/home/{USER}", "-xf", "/tmp/portable.tar", user=True)
        expect(unpacked.code == 0, unpacked.said)
        with display() as screen:
            program = f"/home/{USER}/{made[0].name.removesuffix('.tar.xz')}/greenroom"
            done = root.run(program, "--smoke", user=True, display=screen)
        expect(done.code == 0, done.said)
        return f"{made[0].stat().st_size / 1e6:.1f} MB; smoke exit 0 in {done.seconds:.1f} s"


def run_smoke(root: CleanRoot, *before: str) -> str:
    """Run the smoke test as the ordinary user, return what it says in a line."""
    with display() as screen:
        done = root.run(*before, "greenroom", "--smoke", user=not before, display=screen)
    expect(done.code == 0, f"exit code {done.code}: {done.said}")
    lines = [line for line in done.said.splitlines() if line.strip()]
    return f"exit 0 in {done.seconds:.1f} s, {len(lines)} lines, the last: {lines[-1] if lines else ''}"


def make_profile(root: CleanRoot) -> None:
    """Make a profile as a person does: open the window and close it; then add a file of one's own."""
    with display() as screen:
        root.run("timeout", "--signal=INT", "8", "greenroom", user=True, display=screen)
        root.run("greenroom", "--smoke", user=True, display=screen)
    done = root.run("sh", "-c", f"mkdir -p /{PROFILE} && echo mine >/{PROFILE}/notes-of-mine.txt", user=True)
    expect(done.code == 0, done.said)


def _seconds_to_window(root: CleanRoot, screen: str) -> float:
    started = time.monotonic()
    line = root.command("greenroom", "--smoke", user=True, display=screen)
    with subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        shown = 0.0
        for said in process.stdout:
            if not shown and "window" in said.lower():
                shown = time.monotonic() - started
    if not shown:
        raise NotRun("the smoke test names no window")
    return shown


def _sums(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _state(root: CleanRoot) -> str:
    return root.run("dpkg-query", "--show", "--showformat=${Status} ${Version}", "greenroom").said.strip()
