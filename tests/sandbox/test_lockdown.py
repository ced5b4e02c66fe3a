"""What the filters take away, seen from child processes: a filter can never be taken off again."""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop_app.sandbox import landlock, lockdown, seccomp
from desktop_app.sandbox.lockdown import Offline, deny_internet
from desktop_app.sandbox.models.catalogue import bundled_model

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the lock-down is Linux only")

PRELUDE = """
import errno, json, os, socket, subprocess, sys, threading
def word(action):
    try:
        action()
    except OSError as problem:
        return errno.errorcode.get(problem.errno, str(problem))
    return "works"
def make(family, kind=socket.SOCK_STREAM):
    return word(lambda: socket.socket(family, kind).close())
found = {}
"""


def child(code: str, *arguments: str) -> dict[str, Any]:
    """What the code left in found, run in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code + "\nprint(json.dumps(found))", *arguments],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_app_keeps_unix_sockets_and_nothing_else() -> None:
    found = child("""
from desktop_app.sandbox.lockdown import deny_internet
status = deny_internet()
found["status"] = [status.active, status.reason]
for family in (2, 10, 16, 17, 31, 40):  # INET, INET6, NETLINK, PACKET, BLUETOOTH, VSOCK
    found[family] = make(family)
found["udp"] = make(socket.AF_INET, socket.SOCK_DGRAM)
found["unix"] = make(socket.AF_UNIX)
found["pair"] = word(lambda: [end.close() for end in socket.socketpair()])
found["through C"] = word(lambda: os.close(__import__("ctypes").CDLL(None).socket(2, 1, 0)))
found["program"] = subprocess.run(["true"]).returncode
""")
    assert found.pop("status") == [True, ""]
    assert found.pop("unix") == found.pop("pair") == "works"
    assert found.pop("program") == 0
    assert found.pop("through C") == "EBADF"
    assert set(found.values()) == {"EPERM"}


def test_threads_that_run_already_and_grandchildren_are_denied_too() -> None:
    found = child("""
from desktop_app.sandbox.lockdown import deny_internet
go, done = threading.Event(), []
early = threading.Thread(target=lambda: (go.wait(), done.append(make(socket.AF_INET))))
early.start()
deny_internet()
go.set()
early.join()
found["thread"] = done[0]
inner = "import subprocess, sys; print(subprocess.run([sys.executable, '-c', sys.argv[1]], capture_output=True, text=True).stdout)"
try_it = "import socket\\ntry: socket.socket()\\nexcept OSError as e: print(e.errno)"
found["grandchild"] = subprocess.run([sys.executable, "-c", inner, try_it], capture_output=True, text=True).stdout.strip()
found["twice"] = deny_internet().active
""")
    assert found == {"thread": "EPERM", "grandchild": "1", "twice": True}


def test_no_filter_is_claimed_on_an_unknown_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    assert deny_internet() == Offline(False, "no filter is known for riscv64 processors")
    with pytest.raises(seccomp.SeccompError, match="riscv64"):
        seccomp.worker_filter(1)


def test_no_filter_is_claimed_on_another_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert deny_internet() == Offline(False, "not proven on this system")
    locked = lockdown.lock_down(Path("model"), 1, 1, 3)
    assert (locked.proven, locked.seccomp, locked.reason) == (False, False, "not proven on this system")


def test_a_system_without_landlock_does_not_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(landlock, "abi", lambda: 0)
    with pytest.raises(landlock.LandlockError, match="no Landlock"):
        landlock.restrict([], [])


def test_the_filters_are_built_for_both_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    for machine in ("x86_64", "aarch64"):
        monkeypatch.setattr(platform, "machine", lambda name=machine: name)
        for program in (seccomp.worker_filter(1), seccomp.app_filter()):
            assert len(program) % 8 == 0 and 0 < len(program) // 8 < 4096  # BPF_MAXINSNS


def test_no_two_calls_share_a_number() -> None:
    special = (seccomp.CLONE, seccomp.CLONE3, seccomp.TGKILL, seccomp.SECCOMP)
    for column in (0, 1):
        numbers = [pair[column] for pair in (*seccomp.CALLS.values(), *special) if pair[column] is not None]
        assert len(numbers) == len(set(numbers))


def test_a_locked_process_reads_its_model_and_runs_threads_and_no_more() -> None:
    model = bundled_model()
    found = child(
        """
import ctypes, resource
from pathlib import Path
from desktop_app.sandbox.lockdown import lock_down
keep = os.open("/dev/null", os.O_RDONLY)
extra = os.open("/etc/passwd", os.O_RDONLY)
locked = lock_down(Path(sys.argv[1]), int(sys.argv[2]), os.getppid(), keep)
found["locked"] = [locked.seccomp, locked.proven, locked.landlock_abi > 0, locked.reason]
found["model"] = len(open(sys.argv[1], "rb").read(4))
found["kept"] = word(lambda: os.fstat(keep))
found["open before"] = word(lambda: os.fstat(extra))
done = []
thread = threading.Thread(target=lambda: done.append(1)); thread.start(); thread.join()
found["thread"] = len(done)
found["core"] = resource.getrlimit(resource.RLIMIT_CORE)[0]
found["dumpable"] = ctypes.CDLL(None).prctl(3)
denied = {
    "unix": lambda: socket.socket(socket.AF_UNIX),
    "pair": socket.socketpair,
    "chmod": lambda: os.chmod(sys.argv[1], 0o777),
    "times": lambda: os.utime(sys.argv[1]),
    "append": lambda: open(sys.argv[1], "ab"),
    "remove": lambda: os.unlink(sys.argv[1]),
    "link": lambda: os.symlink("/etc/passwd", "/tmp/greenroom-link"),
    "folder": lambda: os.mkdir("/tmp/greenroom-folder"),
    "neighbours": lambda: os.listdir("/tmp"),
    "home": lambda: os.listdir(os.path.expanduser("~")),
    "environment of the parent": lambda: open(f"/proc/{os.getppid()}/environ"),
    "exec": lambda: os.execv("/bin/true", ["true"]),
    "fork": os.fork,
    "signal": lambda: os.kill(os.getppid(), 0),
    "memory file": lambda: os.memfd_create("x"),
}
found["denied"] = {name: word(action) for name, action in denied.items()}
""",
        str(model.path), str(model.model_bytes),
    )  # fmt: skip
    assert found.pop("locked") == [True, True, True, ""]
    assert (found.pop("model"), found.pop("thread"), found.pop("core"), found.pop("dumpable")) == (4, 1, 0, 0)
    assert (found.pop("kept"), found.pop("open before")) == ("works", "EBADF")
    refused = found.pop("denied")
    assert {name: word for name, word in refused.items() if word not in ("EPERM", "EACCES")} == {}


def test_a_process_with_a_socket_or_a_second_thread_is_not_locked_down() -> None:
    found = child("""
from pathlib import Path
from desktop_app.sandbox.lockdown import LockdownError, lock_down
def attempt():
    try:
        lock_down(Path("/"), 1, os.getppid(), 99)
    except LockdownError as problem:
        return str(problem)
stop = threading.Event()
thread = threading.Thread(target=stop.wait)
thread.start()
found["thread"] = attempt()
stop.set()
thread.join()
ends = socket.socketpair()
os.dup2(ends[0].fileno(), 0)
found["socket"] = attempt()
""")
    assert "more than one thread" in found["thread"]
    assert found["socket"] == "descriptor 0 of the worker is a socket"


def test_an_unlocked_process_fails_the_selftest_without_doing_harm() -> None:
    found = child("""
from desktop_app.sandbox.selftest import selftest
found["open"] = [channel.name for channel in selftest(os.getppid()) if not channel.refused]
""")
    expected = {"TCP connection (IPv4)", "UDP packet", "Socket to another program", "Start a program",
                "Start a copy of itself", "Write a file", "Read the system's accounts", "List the system's folders",
                "Signal the app"}  # fmt: skip
    assert expected <= set(found["open"])


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_a_run_traced_from_outside_shows_no_internet_socket(tmp_path: Path) -> None:
    log = tmp_path / "trace"
    code = """
from desktop_app.sandbox.lockdown import deny_internet
deny_internet()
from desktop_app.jobs import finish
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters
with ModelClient(bundled_model(), threads=1) as client:
    answer = finish(client.generate([("user", "Say hello.")], GenerationParameters(max_tokens=8), seed=1))
    report = client.report
found.update(text=answer.text, reason=answer.stop_reason, refused=report.refused, total=report.total)
"""
    command = ["strace", "-f", "-q", "-e", "trace=network", "-o", str(log), sys.executable, "-c"]
    done = subprocess.run([*command, PRELUDE + code + "\nprint(json.dumps(found))"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["text"] and found["refused"] == found["total"]
    sockets = [line for line in log.read_text().splitlines() if "socket(" in line]
    assert len(sockets) >= 5  # the attempts of the self-test, so the trace did look
    assert [line for line in sockets if "EPERM" not in line and "AF_UNIX" not in line] == []
    assert not [line for line in log.read_text().splitlines() if "connect(" in line and "AF_INET" in line]
