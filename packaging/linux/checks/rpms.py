"""Rows about the rpms. There is no clean system of an rpm distribution here: the rpms are installed with the real rpm and dnf
into a copy of the Debian root that has the declared libraries, and a package made on the spot stands for what a
distribution provides. What a distribution's own policy adds is not seen by that.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from linux.checks.bench import OLD, Bench
from linux.checks.installing import PROFILE, _sums, make_profile, run_smoke
from linux.checks.rows import expect, row
from linux.checks.tampering import alter
from linux.clean_root import CleanRoot, Ran
from linux.dependencies import needs
from linux.repositories import KEY_FILE, repo_file
from linux.tools import nfpm, run, tool

_DATABASE = "/var/lib/rpm"
_STRICT = ("--define", "_pkgverify_level all", "--define", f"_dbpath {_DATABASE}")


@row(
    "rpm signatures",
    "rpm -K with _pkgverify_level all and the key of this run in the database; unsigned and altered ones",
)
def signatures(bench: Bench) -> str:
    with rpm_root(bench) as root:
        rpms = bench.packages("rpm")
        good = check(root, *rpms)
        altered, unsigned = bench.scratch / "altered.rpm", bench.scratch / "unsigned.rpm"
        for path in (altered, unsigned):
            path.write_bytes(rpms[0].read_bytes())
        alter(altered)
        run([tool("rpmsign", "rpm"), "--delsign", unsigned])
        expect(good.count("OK") >= len(rpms) and "NOT OK" not in good, good)
        return f"good: “{good.splitlines()[0].split(': ')[-1]}”; altered: “{_refused(root, altered)}”; unsigned: “{_refused(root, unsigned)}”"


@row("dnf install", "dnf from the signed repository, gpgcheck and repo_gpgcheck on; rpm --verify; smoke under Xvfb")
def install(bench: Bench) -> str:
    bench.rpm("rpm-new", [*bench.packages("rpm"), stand_in(bench)])
    with rpm_root(bench) as root:
        done = dnf(bench, root, "rpm-new", "install", "greenroom")
        expect(done.code == 0, done.said)
        verified = rpm(root, "--verify", "--nodeps", "greenroom", "greenroom-model-smollm2")
        expect(not verified.said.strip(), verified.said)
        return f"{done.seconds:.1f} s; every sum, owner and mode matches; {run_smoke(root)}"


@row("dnf upgrade and downgrade", f"{OLD} to this version with a profile; then rpm -U of {OLD}; removal")
def upgrade(bench: Bench) -> str:
    models = [path for path in bench.packages("rpm") if "model" in path.name]
    bench.rpm("rpm-old", [bench.old["rpm"], *models, stand_in(bench)])
    bench.rpm("rpm-new", [*bench.packages("rpm"), stand_in(bench)])
    with rpm_root(bench) as root:
        before = root.files()
        done = dnf(bench, root, "rpm-old", "install", "greenroom")
        expect(done.code == 0, done.said)
        make_profile(root)
        kept = _sums(root.seen / PROFILE)
        done = dnf(bench, root, "rpm-new", "upgrade", "greenroom")
        expect(done.code == 0 and bench.version in rpm(root, "--query", "greenroom").said, done.said)
        expect(kept == _sums(root.seen / PROFILE), "the profile changed")
        refused = rpm(root, "--upgrade", str(bench.old["rpm"]))
        expect(refused.code != 0, refused.said)
        removed = rpm(root, "--erase", "greenroom", "greenroom-model-smollm2")
        expect(removed.code == 0, removed.said)
        left = sorted(
            path for path in root.files() - before if "greenroom" in path and not path.startswith(("/home", "/var"))
        )
        expect(not left, f"left: {left}")
        return f"profile byte for byte the same ({len(kept)} files); older: “{refused.line('newer')}”; removal leaves nothing"


@row("Altered rpm repository", "dnf with an altered rpm, an altered index, a foreign key, no signature")
def altered(bench: Bench) -> str:
    bench.rpm("rpm-new", [*bench.packages("rpm"), stand_in(bench)])
    seen = []
    for name, reason, spoil in (
        ("altered rpm", "checksum", lambda folder: alter(next(folder.glob("greenroom-[0-9]*.rpm")))),
        ("altered index", "signature", lambda folder: _append(folder / "repodata" / "repomd.xml")),
        ("no signature", "repomd.xml.asc", lambda folder: (folder / "repodata" / "repomd.xml.asc").unlink()),
        ("foreign key", "signature", lambda folder: bench.foreign_key.detach(folder / "repodata" / "repomd.xml")),
    ):
        repository = f"rpm-{name.replace(' ', '-')}"
        spoil(bench.rpm(repository, [*bench.packages("rpm"), stand_in(bench)]))
        with rpm_root(bench) as root:
            done = dnf(bench, root, repository, "install", "greenroom")
            expect(
                done.code != 0
                and reason in done.said.lower()
                and not (root.seen / "usr/lib/greenroom/greenroom").exists(),
                f"{name} accepted: {done.said}",
            )
            seen.append(f"{name}: “{_last(done)}”")
    return "; ".join(seen)


def rpm_root(bench: Bench) -> CleanRoot:
    """A root with the declared libraries and an empty rpm database that trusts the key of this run; the app is not in it."""
    layers = getattr(bench, "rpm_layers", None)
    if layers is None:
        with bench.root(bench.installed, tools=True) as root:
            gone = root.run("dpkg", "--purge", "greenroom", "greenroom-model-smollm2")
            expect(gone.code == 0, gone.said)
            (root.seen / "var/lib/rpm").mkdir(parents=True, exist_ok=True)
            expect(
                rpm(root, "--import", str(bench.key.public(bench.scratch / KEY_FILE))).code == 0, "the key is not taken"
            )
            layers = bench.rpm_layers = root.layers  # type: ignore[attr-defined]
    return bench.root(layers, tools=True)  # type: ignore[return-value]


def rpm(root: CleanRoot, *arguments: str) -> Ran:
    """This machine's rpm on the root."""
    assert root.outside is not None
    return root.with_tools(tool("rpm"), "--root", str(root.outside), *_STRICT, *arguments, home=_home(root))


def check(root: CleanRoot, *packages: Path) -> str:
    """What rpm -K says of packages."""
    return rpm(root, "--checksig", *map(str, packages)).said


def dnf(bench: Bench, root: CleanRoot, repository: str, *command: str) -> Ran:
    """This machine's dnf on the root, with one repository and one key."""
    folder = bench.scratch / "dnf" / repository
    folder.mkdir(parents=True, exist_ok=True)
    key = bench.key.public(folder / KEY_FILE)
    (folder / "greenroom.repo").write_text(repo_file(f"file://{bench.repositories / repository}", str(key)), "utf-8")
    config = folder / "dnf.conf"
    config.write_text("[main]\n", "utf-8")
    options = {
        "reposdir": folder, "cachedir": "/var/cache/dnf", "logdir": "/var/log", "persistdir": "/var/lib/dnf",
        "install_weak_deps": 0, "gpgcheck": 1, "localpkg_gpgcheck": 1, "plugins": 0, "module_platform_id": "platform:none",
    }  # fmt: skip
    given = [f"--setopt={name}={value}" for name, value in options.items()]
    where = [f"--config={config}", f"--installroot={root.outside}", "--releasever=1"]
    return root.with_tools(tool("dnf"), "--assumeyes", "--refresh", *where, *given, *command, home=_home(root))


def stand_in(bench: Bench) -> Path:
    """A signed rpm without files that provides what the app needs of a distribution."""
    target = bench.scratch / "stand-in-1-1.noarch.rpm"
    if not target.exists():
        config = {
            "name": "stand-in", "arch": "all", "platform": "linux", "version": "1", "release": "1", "license": "Apache-2.0",
            "maintainer": "nobody <nobody@greenroom.invalid>", "description": "Stands for a distribution's libraries.",
            "provides": needs(bench.payload).rpm,
        }  # fmt: skip
        described = bench.scratch / "stand-in.yaml"
        described.write_text(yaml.safe_dump(config), "utf-8")
        run([nfpm(), "package", "--config", described, "--packager", "rpm", "--target", target])
        bench.key.sign_rpms([target])
    return target


def _home(root: CleanRoot) -> Path:
    """A home folder in which rpm's database is where distributions have it; Debian's rpm keeps it in the home folder."""
    assert root.outside is not None
    home = root.outside.parent / "home"
    home.mkdir(exist_ok=True)
    (home / ".rpmmacros").write_text(f"%_dbpath {_DATABASE}\n", "utf-8")
    return home


def _refused(root: CleanRoot, package: Path) -> str:
    said = check(root, package).strip().splitlines()[-1]
    installed = rpm(root, "--install", "--nodeps", str(package))
    expect(installed.code != 0 and "NOT OK" in said, f"{said}; {installed.said}")
    return installed.said.strip().splitlines()[-1].replace(str(package), package.name).strip()


def _append(file: Path) -> None:
    file.write_text(file.read_text("utf-8") + "\n", "utf-8")


def _last(ran: Ran) -> str:
    lines = [line.strip() for line in ran.said.splitlines() if line.strip()]
    said = next((line for line in lines if line.startswith("Error") and len(line) > 8), lines[-1] if lines else "")
    return said[:160]
