"""Tries every way out of the sandbox for real and says which the system refused.

Each attempt is made so that it does no harm if it succeeds.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from pathlib import Path

from desktop_app.sandbox import seccomp
from desktop_app.sandbox.protocol import Channel

_REFUSALS = (errno.EPERM, errno.EACCES)
_PEEK = 2  # PTRACE_PEEKTEXT: without being attached it fails with ESRCH, unless all tracing is refused


def selftest(parent: int) -> tuple[Channel, ...]:
    """One entry for each channel, network first. parent is the process whose memory is tried."""
    return tuple(
        _attempt(name, action)
        for name, action in (
            ("TCP connection (IPv4)", lambda: _socket("AF_INET", "SOCK_STREAM")),
            ("TCP connection (IPv6)", lambda: _socket("AF_INET6", "SOCK_STREAM")),
            ("UDP packet", lambda: _socket("AF_INET", "SOCK_DGRAM")),
            ("Name look-up", _look_up),
            ("Socket to another program", lambda: _socket("AF_UNIX", "SOCK_STREAM")),
            ("Socket to the kernel", lambda: _socket("AF_NETLINK", "SOCK_RAW")),
            ("Asynchronous kernel queue", _io_uring),
            ("Start a program", _start_program),
            ("Start a copy of itself", _fork),
            ("Write a file", _write_file),
            ("Read the system's accounts", lambda: os.close(os.open("/etc/passwd", os.O_RDONLY))),
            ("List the system's folders", lambda: next(Path("/").iterdir())),
            ("Open the app's memory", lambda: os.close(os.open(f"/proc/{parent}/mem", os.O_RDONLY))),
            ("Copy the app's memory", lambda: _read_memory(parent)),
            ("Trace the app", lambda: _trace(parent)),
            ("Signal the app", lambda: os.kill(parent, 0)),
        )
    )


def _attempt(name: str, action: Callable[[], object]) -> Channel:
    try:
        action()
    except OSError as problem:
        refused = problem.errno in _REFUSALS or isinstance(problem, _LookUpError)
        return Channel(name, refused, problem.strerror or str(problem))
    except AttributeError as problem:
        return Channel(name, False, f"cannot be tried on this system ({problem})")
    return Channel(name, False, "succeeded")


class _LookUpError(OSError):
    """A name could not be looked up; the resolver has its own error numbers."""


def _socket(family: str, kind: str) -> None:
    import _socket as sockets  # the C module alone: socket.py would load selectors and more

    sockets.socket(getattr(sockets, family), getattr(sockets, kind)).close()


def _look_up() -> None:
    import _socket as sockets

    try:
        sockets.getaddrinfo("example.com", 443)
    except sockets.gaierror as problem:
        raise _LookUpError(problem.errno, problem.strerror) from None


def _start_program() -> None:
    os.waitpid(os.posix_spawn("/bin/true", ["true"], {}), 0)


def _fork() -> None:
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)


def _write_file() -> None:
    path = Path(f"/tmp/greenroom-selftest-{os.getpid()}")
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    path.unlink()


def _io_uring() -> None:
    parameters = ctypes.create_string_buffer(120)
    os.close(_call("io_uring_setup", ctypes.c_uint(1), parameters))


def _read_memory(parent: int) -> None:
    byte = ctypes.create_string_buffer(1)
    vector = (ctypes.c_size_t * 2)(ctypes.addressof(byte), 1)
    _call("process_vm_readv", ctypes.c_int(parent), vector, ctypes.c_ulong(1), vector, ctypes.c_ulong(1),
          ctypes.c_ulong(0))  # fmt: skip


def _trace(parent: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    ctypes.set_errno(0)
    libc.ptrace(ctypes.c_long(_PEEK), ctypes.c_int(parent), None, None)
    if ctypes.get_errno():
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _call(name: str, *arguments: object) -> int:
    number = seccomp.call_number(name)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    result = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
