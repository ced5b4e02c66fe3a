"""What the checks share: packages of this and of an older version, keys, repositories, and roots in known states."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from names import MODEL_PACKAGE

from linux.checks.rows import expect
from linux.clean_root import CleanRoot, Ran, base
from linux.dependencies import needs
from linux.packages import build_app, build_model
from linux.repositories import KEY_FILE, apt_repository, rpm_repository, sources
from linux.signing import SigningKey
from linux.tools import tool

OLD = "0.1.9"
ONLY_OLD = "only-in-the-older-version"  # a file that the upgrade must take away
_OURS = "/etc/apt/sources.list.d/greenroom.sources"
APT_OURS = ("-o", f"Dir::Etc::sourcelist={_OURS}", "-o", "Dir::Etc::sourceparts=-", "-o", "APT::Get::List-Cleanup=0")
INSTALL = ("apt-get", "install", "--yes", "--no-install-recommends")


class Bench:
    """Everything is made once, when it is first asked for, below scratch."""

    def __init__(
        self,
        scratch: Path,
        payload: Path,
        model: tuple[Path, Path],
        *,
        version: str,
        epoch: int,
        dist: Path | None = None,
    ) -> None:
        """dist is the folder of finished packages to check; without it they are built from payload."""
        self.scratch, self.payload, self.model, self.licence = scratch, payload, *model
        self.version, self.epoch, self.dist = version, epoch, dist
        self.repositories = scratch / "repositories"
        self.repositories.mkdir(parents=True)
        self._numbers = itertools.count()

    @cached_property
    def key(self) -> SigningKey:
        """The key of this run."""
        return SigningKey.throwaway(self.scratch / "gnupg")

    @cached_property
    def foreign_key(self) -> SigningKey:
        """A key that no root trusts."""
        return SigningKey.throwaway(self.scratch / "gnupg-foreign", "Somebody else")

    def packages(self, kind: str) -> list[Path]:
        """App and model of this version; rpms are signed with the key of this run."""
        return self._packages[kind]

    @cached_property
    def _packages(self) -> dict[str, list[Path]]:
        made: dict[str, list[Path]] = {}
        for kind in ("deb", "rpm"):
            folder = self.scratch / kind
            folder.mkdir()
            finished = sorted(self.dist.glob(f"greenroom*.{kind}")) if self.dist else []
            if finished:
                made[kind] = [Path(shutil.copy2(package, folder)) for package in finished]
            else:
                built = self.build(folder, kind, self.version)
                made[kind] = [built, build_model(self.model, self.licence, folder, epoch=self.epoch, kind=kind)]
        self.key.sign_rpms(made["rpm"])
        return made

    def build(self, out: Path, kind: str, version: str, payload: Path | None = None) -> Path:
        """Build the app's package quickly: packed less tightly than a release."""
        return build_app(payload or self.payload, out, version=version, epoch=self.epoch, kind=kind, tight=False)

    @cached_property
    def old(self) -> dict[str, Path]:
        """The app of this payload packaged as an older version, with a file that the newer one lacks."""
        payload, out = self.scratch / "old-payload", self.scratch / "old"
        shutil.copytree(self.payload, payload, symlinks=True, copy_function=os.link)
        (payload / "_internal" / ONLY_OLD).write_text("old\n", "utf-8")
        made = {kind: self.build(out, kind, OLD, payload) for kind in ("deb", "rpm")}
        self.key.sign_rpms([made["rpm"]])
        return made

    def apt(self, name: str, debs: Sequence[Path], key: SigningKey | None = None) -> Path:
        """A signed apt repository that roots see as /srv/repositories/<name>."""
        return apt_repository(debs, self.repositories / name, key or self.key, epoch=self.epoch)

    def rpm(self, name: str, rpms: Sequence[Path]) -> Path:
        """A signed rpm repository."""
        return rpm_repository(rpms, self.repositories / name, self.key, epoch=self.epoch)

    @cached_property
    def new_repository(self) -> str:
        """The name of the repository with this version."""
        return self.apt("new", self.packages("deb")).name

    @cached_property
    def old_repository(self) -> str:
        """The name of the repository with the older version."""
        return self.apt("old", [self.old["deb"], *self.model_debs]).name

    @property
    def model_debs(self) -> list[Path]:
        """The model's package."""
        return [package for package in self.packages("deb") if package.name.startswith(MODEL_PACKAGE)]

    @cached_property
    def base(self) -> Path:
        """The clean system before anything is installed."""
        return base([name.split()[0] for name in needs(self.payload).debian], self.scratch)

    @contextmanager
    def root(self, layers: Sequence[Path] = (), *, tools: bool = False) -> Iterator[CleanRoot]:
        """A running root, clean or continuing from layers; with tools, this machine's programs can work on it."""
        folder = self.scratch / "roots" / str(next(self._numbers))
        binds = [(self.repositories, "/srv/repositories")]
        with CleanRoot(layers or [self.base], folder, binds, tools=tools) as root:
            yield root

    @cached_property
    def installed(self) -> tuple[Path, ...]:
        """The layers of a root in which this version is installed."""
        return self._state(lambda root: self.install(root, self.new_repository))

    @cached_property
    def installed_old(self) -> tuple[Path, ...]:
        """The layers of a root in which the older version is installed."""
        return self._state(lambda root: self.install(root, self.old_repository))

    def _state(self, make: Callable[[CleanRoot], Ran]) -> tuple[Path, ...]:
        with self.root() as root:
            done = make(root)
            expect(done.code == 0, done.said)
            return root.layers

    def use(self, root: CleanRoot, repository: str, key: SigningKey | None = None) -> Ran:
        """Have the root use a repository, trusting one key, and read its index; the result is that of `apt-get update`."""
        keys = root.seen / "etc" / "apt" / "keyrings"
        keys.mkdir(exist_ok=True)
        (key or self.key).public(keys / "greenroom.asc")
        (root.seen / _OURS.lstrip("/")).write_text(sources(f"file:/srv/repositories/{repository}"), "utf-8")
        return root.run("apt-get", "update", "--error-on=any", *APT_OURS)

    def install(self, root: CleanRoot, repository: str, *options: str) -> Ran:
        """Install greenroom from a repository as an administrator does; the result is apt's."""
        updated = self.use(root, repository)
        return updated if updated.code else root.run(*INSTALL, *options, "greenroom")


@contextmanager
def display() -> Iterator[str]:
    """A virtual screen of this machine; roots reach it by its socket. Yields the value of DISPLAY."""
    command = [tool("Xvfb", "xvfb"), "-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp", "-ac"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()


__all__ = ["APT_OURS", "INSTALL", "KEY_FILE", "OLD", "ONLY_OLD", "Bench", "display"]
