"""A clean Debian system in a folder, to install into: namespaces of its own, no network, and gone when it is closed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from linux.tools import Problem, run, tool

SUITE = "bookworm"
USER, USER_ID = "learner", 1000

# The root is changed by pivot_root, not chroot: within a chroot the kernel refuses user namespaces, which the app's sandbox uses.
_ENTER = """set -e
root=$1 lower=$2 upper=$3 work=$4 again=$5
shift 5
mount --make-rprivate /
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$upper,workdir=$work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"  # of the new network namespace, so it shows no interface but lo
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom tty; do
    : >"$root/dev/$name"
    mount --bind "/dev/$name" "$root/dev/$name"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir -p "$root/tmp/.X11-unix" /tmp/.X11-unix
mount --bind /tmp/.X11-unix "$root/tmp/.X11-unix"
while [ $# -gt 0 ]; do
    mkdir -p "$root$2"
    mount --bind "$1" "$root$2"
    mount -o remount,bind,ro "$root$2"
    shift 2
done
[ -z "$again" ] || mount --rbind "$root" "$again"
cd "$root"
mkdir -p .before
pivot_root . .before
cd /
if [ -z "$again" ]; then
    umount -l /.before
    rmdir /.before
fi
echo ready
exec sleep infinity
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command in the root ended with, said (both streams) and took."""

    code: int
    said: str
    seconds: float

    def line(self, *words: str) -> str:
        """The first line that has one of the words (case ignored), "" if none has."""
        lines = [line.strip() for line in self.said.splitlines()]
        return next((line for line in lines if any(word.lower() in line.lower() for word in words)), "")


class CleanRoot:
    """A running copy of the folders in layers, the topmost first; what is changed lies in `changes`. A context manager."""

    def __init__(
        self, layers: Sequence[Path], scratch: Path, binds: Sequence[tuple[Path, str]] = (), *, tools: bool = False
    ) -> None:
        """binds are folders of this machine and where they are seen inside, read-only.

        With tools, this machine's programs can work on the root: see `with_tools`.
        """
        self.changes, self._layers = scratch / "changes", tuple(layers)
        self.outside = scratch / "again" if tools else None
        if self.outside:
            self.outside.mkdir(parents=True)
        self._binds = [str(part) for bind in binds for part in bind]
        for path in (self.changes, scratch / "work", scratch / "root"):
            path.mkdir(parents=True, exist_ok=True)
        lower = ":".join(map(str, layers))
        arguments = [scratch / "root", lower, self.changes, scratch / "work", self.outside or "", *self._binds]
        self._holder = subprocess.Popen(
            [tool("unshare", "util-linux"), "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", _ENTER, "sh"]
            + [str(part) for part in arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._holder.stdout is not None and self._holder.stderr is not None
        if self._holder.stdout.readline() != "ready\n":
            said = self._holder.stderr.read().strip()
            self._holder.kill()
            raise Problem(
                f"A clean root cannot be entered ({said}). It takes root's rights and a machine that may mount."
            )
        children = Path(f"/proc/{self._holder.pid}/task/{self._holder.pid}/children").read_text().split()
        self.pid = int(children[0])

    def __enter__(self) -> CleanRoot:
        return self

    def __exit__(self, *_: object) -> None:
        self._holder.kill()  # process 1 of its namespace: everything in it ends, and with that its mounts
        self._holder.communicate()

    @property
    def seen(self) -> Path:
        """The root as this machine sees it, for reading files."""
        return Path(f"/proc/{self.pid}/root")

    @property
    def layers(self) -> tuple[Path, ...]:
        """The layers of another root that begins with what this one has become."""
        return (self.changes, *self._layers)

    def command(self, *command: str, user: bool = False, display: str = "") -> list[str]:
        """The command line, on this machine, that runs command inside."""
        enter = [tool("nsenter", "util-linux"), "--target", str(self.pid), "--mount", "--net", "--pid", "--wdns=/"]
        home = f"/home/{USER}" if user else "/root"
        clean = [
            "env",
            "-i",
            "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
            f"HOME={home}",
            "LANG=C.UTF-8",
            "DEBIAN_FRONTEND=noninteractive",
        ]
        clean += [f"DISPLAY={display}"] if display else []
        who = (
            ["setpriv", f"--reuid={USER_ID}", f"--regid={USER_ID}", "--clear-groups", "--no-new-privs"] if user else []
        )
        return [*enter, *clean, *who, *command]

    def with_tools(self, *command: str, home: Path) -> Ran:
        """Run a program of this machine that sees the root at `outside` (a real path: rpm and dnf follow links out of one)."""
        started = time.monotonic()
        enter = [tool("nsenter", "util-linux"), "--target", str(self.pid), "--mount", "chroot", "/.before"]
        line = [*enter, "env", f"HOME={home}", "LC_ALL=C.UTF-8", *command]
        done = subprocess.run(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        return Ran(done.returncode, done.stdout, time.monotonic() - started)

    def run(self, *command: str, user: bool = False, display: str = "", timeout_s: float = 300) -> Ran:
        """Run command inside, as root or as the ordinary user, and wait for it; one that takes too long is killed (code 124)."""
        started = time.monotonic()
        line = self.command(*command, user=user, display=display)
        process = subprocess.Popen(
            line, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            said = process.communicate(timeout=timeout_s)[0].decode("utf-8", "replace")
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            said, code = process.communicate()[0].decode("utf-8", "replace"), 124
        return Ran(code, said, time.monotonic() - started)

    def start(self, *command: str, user: bool = False, display: str = "") -> subprocess.Popen[bytes]:
        """Start command inside and return its process."""
        line = self.command(*command, user=user, display=display)
        return subprocess.Popen(line, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def files(self) -> set[str]:
        """The path of everything on the root's own file system."""
        return set(self.run("find", "/", "-xdev").said.splitlines())


def base(packages: Sequence[str], scratch: Path) -> Path:
    """A folder with a minimal Debian in which packages (and what they need) are downloaded but not installed.

    It is made once by mmdebstrap, from the mirror this machine uses, and kept as a tarball in the cache.
    """
    if os.geteuid() != 0:
        raise Problem("Clean roots take root's rights (mounts and namespaces). Run: sudo make verify-dist")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "greenroom" / "roots"
    key = hashlib.sha256("\n".join([SUITE, *sorted(packages)]).encode()).hexdigest()[:16]
    tarball, folder = cache / f"{SUITE}-{key}.tar", scratch / "base"
    if not tarball.is_file():
        _make(packages, tarball)
    folder.mkdir(parents=True)
    run([tool("tar"), "--extract", "--numeric-owner", "--file", tarball, "--directory", folder])
    return folder


def _make(packages: Sequence[str], tarball: Path) -> None:
    tarball.parent.mkdir(parents=True, exist_ok=True)
    made = tarball.with_suffix(".part.tar")
    fetch = "apt-get install --yes --no-install-recommends --download-only " + " ".join(sorted(packages))
    hooks = [f'chroot "$1" useradd --create-home --uid {USER_ID} --shell /bin/sh {USER}', 'chroot "$1" apt-get update']
    hooks += [f'chroot "$1" {fetch}'] if packages else []
    options = [f"--customize-hook={hook}" for hook in hooks]
    keep = "--aptopt=APT::Keep-Downloaded-Packages true"
    run([tool("mmdebstrap"), "--variant=minbase", keep, "--skip=cleanup/apt", *options, SUITE, made])
    made.rename(tarball)
