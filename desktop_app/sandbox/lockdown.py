"""Takes the network, the files and every other program away: from the model worker wholly, from the app its network.

What is taken can never be had again by the process or anything it starts. Linux only; elsewhere nothing is done and
the result says so.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import stat
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.sandbox import landlock, seccomp
from desktop_app.sandbox.programs import own_files

NOT_PROVEN = "not proven on this system"

_NEW_USER, _NEW_NET, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_SET_DEATH_SIGNAL, _SET_DUMPABLE = 1, 4
_SPARE_BYTES = 3 * 1024**3  # address space besides the model: libraries, thread stacks, the context


class LockdownError(Exception):
    """The process could not be locked down, so it must not load a model; the text says why."""


@dataclass(frozen=True, slots=True)
class Lockdown:
    """What lock_down reached. reason is "" if everything is in place."""

    seccomp: bool
    landlock_abi: int
    namespaces: bool
    proven: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Offline:
    """Whether the app has denied itself internet sockets, and if not, why."""

    active: bool
    reason: str


def deny_internet() -> Offline:
    """Refuse this process and its children every socket but AF_UNIX, for good; never raises.

    Call before threads start. What is connected already stays connected, such as a display reached over TCP. Children
    inherit it: a browser started from here has no network either.
    """
    if sys.platform != "linux":
        return Offline(False, NOT_PROVEN)
    try:
        seccomp.install(seccomp.app_filter())
    except (seccomp.SeccompError, OSError, AttributeError) as problem:
        return Offline(False, str(problem))
    return Offline(True, "")


def lock_down(
    model_path: Path,
    model_bytes: int,
    parent: int,
    keep: int,
    *,
    adapters: Sequence[Path] = (),
    space_bytes: int | None = None,
    cpu_s: int | None = None,
) -> Lockdown:
    """Lock this process down around one model file and its adapters, model_bytes in all.

    Call with a single thread, before importing NumPy or llama_cpp.

    parent is the process id of the one that may use the worker: the worker dies with it. keep is the one descriptor
    above 2 that stays open. For a document instead of a model, space_bytes is all the address space and cpu_s the seconds
    of processor time it may take; these two hold elsewhere than on Linux too, where the system has such limits. Raises
    LockdownError if a part that must hold does not.
    """
    if sys.platform != "linux":
        if cpu_s is not None:
            with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limits
                _limit_document(space_bytes, cpu_s)
        return Lockdown(False, 0, False, False, NOT_PROVEN)
    _close_descriptors(keep)
    if len(list(Path("/proc/self/task").iterdir())) != 1:
        raise LockdownError("the worker has more than one thread before its lock-down")
    namespaces = _leave_namespaces()
    try:
        version = landlock.restrict(_readable(model_path, *adapters), [Path("/dev/null")])
        # The limits come before the filter: both are kept, but a limit that fails is still told in plain words.
        _limit(model_bytes)
        if cpu_s is not None:
            _limit_document(space_bytes, cpu_s)
        _die_with(parent)
        seccomp.install(seccomp.worker_filter(os.getpid()))
    except (landlock.LandlockError, seccomp.SeccompError) as problem:
        raise LockdownError(str(problem)) from None
    return Lockdown(True, version, namespaces, True, "")


def _close_descriptors(keep: int) -> None:
    for handle in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
        if handle > 2 and handle != keep:
            with contextlib.suppress(OSError):  # the one that listed the folder is closed already
                os.close(handle)
    for handle in (0, 1, 2, keep):
        with contextlib.suppress(OSError):
            if stat.S_ISSOCK(os.fstat(handle).st_mode):
                raise LockdownError(f"descriptor {handle} of the worker is a socket")


def _leave_namespaces() -> bool:
    """Enter fresh user, network and IPC namespaces if the system gives them; many do not, and nothing depends on it."""
    libc = ctypes.CDLL(None, use_errno=True)
    return libc.unshare(_NEW_USER | _NEW_NET | _NEW_IPC) == 0


def _readable(*files: Path) -> list[Path]:
    """What the worker may read: its model and adapters, the libraries it is made of, and what those ask of the processor."""
    python = {sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    python.add(str(Path(sys.base_prefix) / "lib"))
    system = (
        "/usr/lib", "/usr/lib64", "/lib", "/lib64", "/etc/ld.so.cache", "/proc/self", "/proc/cpuinfo", "/proc/meminfo",
        "/sys/devices/system/cpu",
    )  # fmt: skip
    return [*files, *own_files(), *(Path(name) for name in (*sorted(python), *system))]


def _limit(model_bytes: int) -> None:
    import resource  # not on Windows

    libc = ctypes.CDLL(None, use_errno=True)
    space = _SPARE_BYTES + 3 * model_bytes
    for limit, value in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_AS, space)):
        _, hard = resource.getrlimit(limit)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(limit, (value, value))
    libc.prctl(_SET_DUMPABLE, *map(ctypes.c_ulong, (0, 0, 0, 0)))


def _limit_document(space_bytes: int | None, cpu_s: int) -> None:
    import resource

    wanted = [(resource.RLIMIT_CPU, cpu_s, cpu_s + 2)]
    if space_bytes is not None:
        wanted.append((resource.RLIMIT_AS, space_bytes, space_bytes))
    for limit, soft, hard in wanted:
        _, most = resource.getrlimit(limit)
        if most != resource.RLIM_INFINITY:
            soft, hard = min(soft, most), min(hard, most)
        resource.setrlimit(limit, (soft, hard))


def _die_with(parent: int) -> None:
    """Be killed when the thread that started this process ends; leave at once if it has ended already."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_SET_DEATH_SIGNAL, *map(ctypes.c_ulong, (signal.SIGKILL, 0, 0, 0)))
    if os.getppid() != parent:
        os._exit(0)
