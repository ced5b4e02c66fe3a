"""The worker as a process: one thread starts it, reads its answers and reaps it; two more write to it and keep its words.

PR_SET_PDEATHSIG, with which the worker asks to die with the app, is about the thread that started it. A pool thread
may end at any time, so the thread that starts the worker is one that lives as long as the worker does.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from desktop_app.sandbox.programs import program
from desktop_app.sandbox.protocol import (
    LINE_BYTES,
    Carried,
    Message,
    ProtocolError,
    Request,
    Saved,
    Tokens,
    decode,
    encode,
)

WORKER_COMMAND = program("worker")
_END_S = 2.0
_PIPE_BYTES = 1024 * 1024  # what the model had read is some megabytes; Linux gives a pipe 64 KB unasked


def worker_environment() -> dict[str, str]:
    """The few variables the worker gets; nothing a person or shell had set but where libraries are found."""
    passed = {name: os.environ[name] for name in ("LD_LIBRARY_PATH", "SYSTEMROOT") if name in os.environ}
    # Threads that wait by spinning take the processor from the one they wait for as soon as another program runs:
    # 11 instead of 36 tokens a second were measured with one of two cores busy.
    quiet = {"GOMP_SPINCOUNT": "0", "OMP_WAIT_POLICY": "passive", "OPENBLAS_NUM_THREADS": "1"}
    # States of some megabytes come and go. glibc would soon take them from its heap, whose holes it keeps: 330 instead of
    # 278 MB were measured after forty answers. Said once, the bound stays where it is.
    lean = {"MALLOC_MMAP_THRESHOLD_": str(1024 * 1024)}
    return passed | quiet | lean | {"LC_ALL": "C.UTF-8"}


class WorkerProcess:
    """A running worker. take is for one thread at a time, every other method for any."""

    def __init__(
        self,
        command: list[str],
        *,
        encode: Callable[[Any], bytes] = encode,
        decode: Callable[[bytes], Any] = decode,
        most_bytes: int | None = None,
    ) -> None:
        """encode and decode are those of the protocol the process speaks; decode raises ProtocolError and nothing else.

        A process that sends more than most_bytes in all is ended: what nobody has taken yet is kept in memory.
        """
        self.problem = ""  # why the process could not be started
        self._command, self._encode, self._decode = command, encode, decode
        self._left = most_bytes
        self._replies: SimpleQueue[Message | ProtocolError | None] = SimpleQueue()
        self._held: list[Message | ProtocolError | None] = []  # taken while looking for more tokens
        self._killed = False
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        self._words: deque[str] = deque(maxlen=20)
        self._process: subprocess.Popen[bytes] | None = None
        self._started, self._ended = threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._run, name="model worker", daemon=True)]
        self._threads[0].start()
        self._started.wait()

    @property
    def alive(self) -> bool:
        """False once the process was killed from here or has ended and been reaped."""
        return not (self._killed or self._ended.is_set())

    @property
    def pid(self) -> int | None:
        """The process id while it is alive."""
        return self._process.pid if self._process and self.alive else None

    def send(self, message: Request, data: bytes = b"") -> None:
        """Queue the message and the bytes that follow it; raises ProtocolError for what the worker would refuse."""
        self._outbox.put(self._encode(message) + data)

    def take(self, timeout_s: float) -> Message | ProtocolError | None:
        """What it sent next: a message, a ProtocolError for a line that is none, or None at its end.

        Tokens that wait already come as one message. Raises queue.Empty if nothing came in time.
        """
        reply = self._held.pop() if self._held else self._replies.get(timeout=timeout_s)
        while isinstance(reply, Tokens) and not self._replies.empty():
            following = self._replies.get()
            if not isinstance(following, Tokens) or following.id != reply.id:
                self._held.append(following)
                break
            reply = replace(following, text=reply.text + following.text)
        return reply

    def kill(self) -> None:
        """End the process now; it is reaped on its own thread."""
        self._killed = True
        if self._process is not None:
            self._process.kill()

    def close(self) -> None:
        """End the process and wait until it is reaped."""
        self.kill()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(_END_S)

    @property
    def signal(self) -> int:
        """The signal that ended the process, 0 if none did or it has not ended."""
        code = self._process.returncode if self._process else None
        return -code if code is not None and code < 0 else 0

    def how_it_ended(self) -> str:
        """In words: the signal or exit code, and the last line it said."""
        if self._process is None:
            return self.problem
        self._ended.wait(_END_S)
        code = self._process.returncode
        if code and any(word.startswith("Timeout (") for word in self._words):  # rendering.py, by faulthandler
            return "the model's chat template did not come to an end"
        ending = "it does not end" if code is None else f"signal {-code}" if code < 0 else f"exit code {code}"
        return f"{ending}: {self._words[-1]}" if self._words and code else ending

    def _run(self) -> None:
        try:
            process = self._spawn()
        except OSError as exc:
            self.problem = exc.strerror or str(exc)
            self._ended.set()
            self._started.set()
            self._replies.put(None)
            return
        self._process = process
        helpers = [threading.Thread(target=work, args=(process,), daemon=True) for work in (self._write, self._listen)]
        for helper in helpers:
            helper.start()
        self._threads += helpers
        self._started.set()
        assert process.stdout is not None
        with process.stdout:
            while line := process.stdout.readline(LINE_BYTES + 1):
                if self._left is not None:
                    self._left -= len(line)
                    if self._left < 0:
                        break
                try:
                    reply = self._decode(line)
                    if isinstance(reply, Saved):
                        reply = Carried(reply, process.stdout.read(reply.state_bytes))
                    self._replies.put(reply)
                except ProtocolError as problem:
                    self._replies.put(problem)
                    if len(line) > LINE_BYTES:
                        break
        try:
            process.wait(_END_S)  # it closed its output, so it is ending or has lost its way
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        helpers[-1].join(_END_S)  # its last words say how it ended
        self._outbox.put(None)
        self._ended.set()
        self._replies.put(None)

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pipesize=_PIPE_BYTES,
            env=worker_environment(),
            cwd=Path(sys.executable).anchor,
            start_new_session=os.name == "posix",  # Ctrl+C in a terminal is for the app, which then cancels
        )

    def _write(self, process: subprocess.Popen[bytes]) -> None:
        """Write on a thread of its own: a worker that hangs does not empty its pipe, and nobody may wait for that."""
        assert process.stdin is not None
        try:
            while (data := self._outbox.get()) is not None:
                process.stdin.write(data)
                process.stdin.flush()
        except OSError:
            pass  # the process has ended; the reading thread tells so
        finally:
            with contextlib.suppress(OSError):
                process.stdin.close()

    def _listen(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stderr is not None
        with process.stderr:
            while line := process.stderr.readline(4096):
                if text := line.decode("utf-8", "replace").strip():
                    self._words.append(text[:200])
