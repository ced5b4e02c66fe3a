"""A worker with a script instead of a model, for what a real model cannot be made to do.

Run as `python fake_model.py SCRIPT`; SCRIPT is JSON: {"start": HOW, "answers": [[STEP, …], …]}. Each generate request
takes the next list of steps, the last list again and again. A step is {"say": TEXT}, {"crash": EXIT_CODE},
{"hang": true}, {"wait": WHY} (for SIGUSR1), {"raw": LINE}, {"until_cancel": TEXT}, {"ignore_cancel": TEXT} or {"refuse": [KIND, TEXT, TOKENS]}.
HOW is "ready", "open", "lockdown", "load", "crash" or "hang". {"prepare": "until_cancel"} lets the first prepare request
read until it is cancelled. "builds" says how builds of llama.cpp fail: BUILD to "nonsense" or the name of a signal.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from queue import SimpleQueue
from typing import Any

from desktop_app.sandbox.protocol import (
    Cancel,
    Channel,
    Counted,
    CountTokens,
    Done,
    Error,
    Generate,
    Load,
    Measure,
    Measured,
    Prepare,
    Reading,
    Ready,
    Reply,
    Report,
    Restore,
    Save,
    Saved,
    SelfTest,
    Timings,
    Tokens,
    decode,
    encode,
)

cancelled: set[int] = set()
requests: SimpleQueue[Any] = SimpleQueue()


def send(message: Reply) -> None:
    sys.stdout.buffer.write(encode(message))
    sys.stdout.buffer.flush()


def report(number: int, how: str) -> Report:
    channels = (Channel("TCP", True, "Operation not permitted"), Channel("UDP", how != "open", "as scripted"))
    return Report(number, channels, True, 7, True, False, "")


def read() -> None:
    for line in sys.stdin.buffer:
        message = decode(line)
        if isinstance(message, Restore):
            sys.stdin.buffer.read(message.state_bytes)
        elif isinstance(message, Cancel):
            cancelled.add(message.id)
        else:
            requests.put(message)
    os._exit(0)


def hang() -> None:
    threading.Event().wait()


def begin(how: str, builds: dict[str, str]) -> None:
    load = decode(sys.stdin.buffer.readline())
    if trouble := builds.get(load.build if isinstance(load, Load) else ""):
        if trouble == "nonsense":
            send(report(0, how))
            send(Error(0, "build", "it computes nothing that makes sense"))
            sys.exit(1)
        os.kill(os.getpid(), getattr(signal, trouble))
    if how == "hang":
        hang()
    if how == "crash":
        print("scripted words", file=sys.stderr, flush=True)
        sys.exit(3)
    if how == "lockdown":
        send(Error(0, "lockdown", "this system has no Landlock"))
        sys.exit(1)
    send(report(0, how))
    if how == "load":
        send(Error(0, "load", "llama.cpp cannot load this model"))
        sys.exit(1)
    send(Ready(2048, 2, 1.0, ((1, 40.0), (2, 60.0))))


def play(request: Generate, steps: list[dict[str, Any]]) -> None:
    count, reason = 0, "end"
    for step in steps:
        [(verb, value)] = step.items()
        if verb == "say":
            count += 1
            send(Tokens(request.id, value, count))
        elif verb == "crash":
            os._exit(value)
        elif verb == "hang":
            hang()
        elif verb == "raw":
            sys.stdout.buffer.write(value.encode("latin-1") + b"\n")
            sys.stdout.buffer.flush()
        elif verb == "wait":
            signal.sigwait({signal.SIGUSR1})
        elif verb in ("until_cancel", "ignore_cancel"):
            while verb == "ignore_cancel" or request.id not in cancelled:
                count += 1
                send(Tokens(request.id, value, count))
                time.sleep(0.01)  # a scripted model's speed
            reason = "cancelled"
        elif verb == "refuse":
            send(Error(request.id, *value))
            return
    send(Done(request.id, reason, Timings(completion_tokens=count, seed=request.seed)))


def prepare(request: Prepare, how: str) -> None:
    while how == "until_cancel" and request.id not in cancelled:
        send(Reading(request.id, 1, 2))
        time.sleep(0.01)  # a scripted model's speed
    send(Done(request.id, "cancelled" if request.id in cancelled else "end", Timings()))


def main() -> None:
    script = json.loads(sys.argv[1])
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    begin(script.get("start", "ready"), script.get("builds", {}))
    threading.Thread(target=read, daemon=True).start()
    answers = script.get("answers", [[{"say": "Hello"}]])
    while True:
        match requests.get():
            case Generate() as request:
                play(request, answers[0] if len(answers) == 1 else answers.pop(0))
            case CountTokens() as request:
                texts = tuple(len(text.split()) for text in request.texts)
                send(Counted(request.id, sum(len(text.split()) for _, text in request.messages), texts))
            case Prepare() as request:
                prepare(request, script.pop("prepare", "read"))
            case Save() as request:
                send(Saved(request.id, 0))
            case Measure() as request:
                send(Measured(request.id, 2**20, 2**21))
            case SelfTest() as request:
                send(report(request.id, "ready"))


main()
