"""Filters on system calls (seccomp-BPF), built and installed by ctypes for x86-64 and aarch64.

A filter is a list of classic BPF instructions over struct seccomp_data (linux/seccomp.h): the call's number at byte 0,
the architecture at 4, the arguments from 16 on. Numbers are from arch/x86/entry/syscalls/syscall_64.tbl and
include/uapi/asm-generic/unistd.h; None means the architecture has no such call.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct

_LOAD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _ARCH, _ARG0 = 0, 4, 16
_SET_MODE_FILTER, _TSYNC = 1, 1
_NO_NEW_PRIVS = 38
_AF_UNIX = 1
_CLONE_THREAD = 0x00010000
_X32_BIT = 0x40000000

# machine → (column in CALLS, AUDIT_ARCH value)
_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}

CALLS: dict[str, tuple[int | None, int | None]] = {
    # sockets
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201),
    "accept": (43, 202), "accept4": (288, 242), "sendto": (44, 206), "sendmsg": (46, 211), "sendmmsg": (307, 269),
    # other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424), "kill": (62, 129),
    "tkill": (200, 130), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    # new programs
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None),
    "memfd_create": (319, 279),
    # files: what Landlock does not cover
    "chmod": (90, None), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, None),
    "fchown": (93, 55), "lchown": (94, None), "fchownat": (260, 54), "setxattr": (188, 5), "lsetxattr": (189, 6),
    "fsetxattr": (190, 7), "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16),
    "utime": (132, None), "utimes": (235, None), "utimensat": (280, 88), "futimesat": (261, None),
    "truncate": (76, 45), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    # kernel interfaces with a long record of holes, and what only root could use
    "bpf": (321, 280), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "userfaultfd": (323, 282), "perf_event_open": (298, 241), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39),
    "chroot": (161, 51), "pivot_root": (155, 41), "move_mount": (429, 429), "open_tree": (428, 428),
    "fsopen": (430, 430), "fsmount": (432, 432), "mount_setattr": (442, 442), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "iopl": (172, None), "ioperm": (173, None),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "sethostname": (170, 161), "setdomainname": (171, 162),
}  # fmt: skip
# Calls that are judged by their first argument, or that the filters need to make.
CLONE, CLONE3, TGKILL, SECCOMP = (56, 220), (435, 435), (234, 131), (317, 277)


class SeccompError(Exception):
    """The filter could not be installed; the text says why."""


def _machine() -> tuple[int, int]:
    """The column in the tables and the architecture's number; raises SeccompError for other machines."""
    try:
        return _MACHINES[platform.machine()]
    except KeyError:
        raise SeccompError(f"no filter is known for {platform.machine() or 'this'} processors") from None


def call_number(name: str) -> int:
    """The number of a system call on this machine; raises SeccompError if it has none."""
    number = CALLS[name][_machine()[0]]
    if number is None:
        raise SeccompError(f"{name} does not exist on this machine")
    return number


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("<HBBI", code, yes, no, value)


def _deny(number: int) -> bytes:
    return _step(_JUMP_EQUAL, number, 0, 1) + _step(_RETURN, _ERRNO | errno.EPERM)


def _head(arch: int, foreign: int) -> bytes:
    """Answer calls of any other architecture, x32 among them, with foreign; else leave the number loaded."""
    steps = [_step(_LOAD, _ARCH), _step(_JUMP_EQUAL, arch, 1, 0), _step(_RETURN, foreign), _step(_LOAD, _NUMBER)]
    if arch == _MACHINES["x86_64"][1]:
        steps += [_step(_JUMP_AT_LEAST, _X32_BIT, 0, 1), _step(_RETURN, foreign)]
    return b"".join(steps)


def _on_argument(number: int, test: int, value: int) -> bytes:
    """Let the call pass only if its first argument passes the test, EPERM otherwise."""
    return b"".join([
        _step(_JUMP_EQUAL, number, 0, 4),
        _step(_LOAD, _ARG0),
        _step(test, value, 0, 1),
        _step(_RETURN, _ALLOW),
        _step(_RETURN, _ERRNO | errno.EPERM),
    ])  # fmt: skip


def worker_filter(pid: int) -> bytes:
    """The program for the model worker: every call in CALLS is refused, new threads are the only new tasks."""
    column, arch = _machine()
    denied = b"".join(_deny(number) for numbers in CALLS.values() if (number := numbers[column]) is not None)
    return b"".join([
        _head(arch, _KILL),
        denied,
        # clone3 keeps its flags in memory, where a filter cannot look: glibc falls back to clone on ENOSYS.
        _step(_JUMP_EQUAL, CLONE3[column], 0, 1),
        _step(_RETURN, _ERRNO | errno.ENOSYS),
        _on_argument(CLONE[column], _JUMP_BITS, _CLONE_THREAD),
        _on_argument(TGKILL[column], _JUMP_EQUAL, pid),  # abort() signals its own process
        _step(_RETURN, _ALLOW),
    ])  # fmt: skip


def app_filter() -> bytes:
    """The program for the whole app: sockets of the family AF_UNIX only, and no io_uring, which could make others."""
    _, arch = _machine()
    socket, ring = call_number("socket"), call_number("io_uring_setup")
    refuse = _ERRNO | errno.EPERM
    return _head(arch, refuse) + _deny(ring) + _on_argument(socket, _JUMP_EQUAL, _AF_UNIX) + _step(_RETURN, _ALLOW)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("steps", ctypes.c_char_p)]


def install(program: bytes) -> None:
    """Set the filter for every thread of this process and all its children, for good; raises SeccompError."""
    libc = ctypes.CDLL(None, use_errno=True)
    column, _ = _machine()
    if libc.prctl(_NO_NEW_PRIVS, *map(ctypes.c_ulong, (1, 0, 0, 0))) != 0:
        raise SeccompError(f"the process cannot give up new privileges ({os.strerror(ctypes.get_errno())})")
    value = _Program(len(program) // 8, program)
    number, mode, flags = (ctypes.c_long(SECCOMP[column]), ctypes.c_ulong(_SET_MODE_FILTER), ctypes.c_ulong(_TSYNC))
    result = libc.syscall(number, mode, flags, ctypes.byref(value))
    if result < 0:
        raise SeccompError(f"the system refuses filters on system calls ({os.strerror(ctypes.get_errno())})")
    if result > 0:
        raise SeccompError(f"thread {result} has other filters already")
