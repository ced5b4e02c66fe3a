"""Reads requests from standard input, answers on standard output, has no way out but these.

The first line must be Load: with the model's path known the process locks itself down, tests that, and only then loads
native code.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from desktop_app.sandbox.lockdown import Lockdown, LockdownError, lock_down
from desktop_app.sandbox.protocol import (
    LINE_BYTES,
    Carried,
    Counted,
    CountTokens,
    Error,
    Generate,
    Load,
    Measure,
    Measured,
    Prepare,
    ProtocolError,
    Ready,
    Reply,
    Report,
    Request,
    Save,
    SelfTest,
    decode,
    encode,
)
from desktop_app.sandbox.selftest import selftest
from desktop_app.sandbox.worker.backend import BuildError, load_build
from desktop_app.sandbox.worker.engine import Engine, RequestError
from desktop_app.sandbox.worker.inbox import Inbox


def main() -> None:
    """Answer requests until standard input ends."""
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # native code prints to standard output, which is not for it
    source = sys.stdin.buffer

    def send(message: Reply | Carried) -> None:
        carried = isinstance(message, Carried)
        rest = memoryview(encode(message.message) + message.data if carried else encode(message))
        while rest:
            rest = rest[out.write(rest) :]

    parent = os.getppid()
    engine, locked = _start(source.readline(LINE_BYTES + 1), parent, out.fileno(), send)
    inbox = Inbox(source)
    while True:
        request = inbox.take()
        try:
            if isinstance(request, Carried):
                engine.restore(request.data)
            else:
                send(_reply(engine, locked, request, inbox, parent, send))
        except RequestError as problem:
            send(Error(getattr(request, "id", 0), problem.kind, str(problem), problem.over_tokens))


def _start(line: bytes, parent: int, keep: int, send: Callable[[Reply], None]) -> tuple[Engine, Lockdown]:
    """Lock down, test and load as the first line says; tell why and end the process if that cannot be done."""
    start = time.perf_counter()
    try:
        load = decode(line)
        if not isinstance(load, Load):
            raise RequestError("request", "the first message must be load")
        adapters = [Path(adapter.path) for adapter in load.adapters]
        file_bytes = load.model_bytes + sum(adapter.adapter_bytes for adapter in load.adapters)
        locked = lock_down(Path(load.model_path), file_bytes, parent, keep, adapters=adapters)
        report = _report(0, locked, parent)
        send(report)
        if locked.proven and not all(channel.refused for channel in report.channels):
            sys.exit(1)  # the report says which channel is open; no model is loaded next to it
        load_build(load.build)
        engine = Engine(load.model_path, load.context_tokens, load.threads, load.adapters, load.template)
        if load.prove:
            engine.prove()
    except ProtocolError as problem:
        send(Error(0, "request", str(problem)))
    except LockdownError as problem:
        send(Error(0, "lockdown", str(problem)))
    except BuildError as problem:
        send(Error(0, "build", str(problem)))
    except RequestError as problem:
        send(Error(0, problem.kind, str(problem)))
    else:
        send(Ready(engine.context_tokens, engine.threads, (time.perf_counter() - start) * 1000, engine.rates))
        return engine, locked
    sys.exit(1)


def _reply(
    engine: Engine, locked: Lockdown, request: Request | Error, inbox: Inbox, parent: int, send: Callable[[Reply], None]
) -> Reply | Carried:
    match request:
        case Generate():
            return engine.answer(request, lambda: inbox.cancelled(request.id), send)
        case Prepare():
            return engine.prepare(request, lambda: inbox.cancelled(request.id), send)
        case Save():
            return engine.save(request)
        case CountTokens():
            return Counted(request.id, len(engine.tokens_of(request.messages)), tuple(map(engine.count, request.texts)))
        case Measure():
            return _memory(request.id)
        case SelfTest():
            return _report(request.id, locked, parent)
        case Error():
            return request
    return Error(getattr(request, "id", 0), "request", "this message is not expected now")


def _memory(request: int) -> Measured:
    """From /proc, which only Linux has."""
    try:
        lines = Path("/proc/self/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return Measured(request, 0, 0)
    sizes = {
        name: int(value.split()[0]) * 1024
        for name, _, value in (line.partition(":") for line in lines)
        if name in ("VmRSS", "VmHWM")
    }
    return Measured(request, sizes.get("VmRSS", 0), sizes.get("VmHWM", 0))


def _report(request: int, locked: Lockdown, parent: int) -> Report:
    return Report(
        request, selftest(parent), locked.proven, locked.landlock_abi, locked.seccomp, locked.namespaces, locked.reason
    )


if __name__ == "__main__":
    main()
