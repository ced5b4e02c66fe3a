"""What a model needs, measured: its process's memory after loading and with a full context, and how quickly it writes."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.clock import utc_now
from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress
from desktop_app.sandbox.models.catalogue import MeasuredMemory, in_bytes
from desktop_app.sandbox.models.fit import memory_now
from desktop_app.sandbox.protocol import GenerationParameters

if TYPE_CHECKING:
    from desktop_app.sandbox.client import ModelClient

_SENTENCE = "The delivery arrived broken. "
_ANSWER_TOKENS = 64


def measure(client: ModelClient) -> Job[MeasuredMemory]:
    """Load the client's model in a fresh process, fill its context and say what it held; raises ModelError.

    Nothing else may use the client meanwhile. Takes as long as reading a full context does.
    """
    client.close()
    report = yield from client.start()
    loaded, _ = yield from client.memory()
    if not loaded:
        raise ModelError("This system does not say how much memory a process holds, so nothing can be measured here.")
    text = yield from _filling(client, report.context_tokens - _ANSWER_TOKENS - 1)
    parameters = GenerationParameters(max_tokens=_ANSWER_TOKENS)
    short = yield from client.generate((("user", "Write a long story about the sea."),), parameters, seed=1)
    yield from client.generate((("user", text),), parameters, seed=1)
    _, full = yield from client.memory()
    return MeasuredMemory(
        loaded,
        full,
        report.context_tokens,
        round(short.timings.tokens_per_second, 1),
        utc_now().date().isoformat(),
        machine(),
    )


def machine() -> str:
    """This machine in a few words: processor, cores, memory, system."""
    processor = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8", "replace").splitlines()
        processor = next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    cores = os.cpu_count() or 1
    return f"{processor}, {cores} core{'s' if cores > 1 else ''}, {in_bytes(memory_now().total_bytes)}, {platform.system()}"


def _filling(client: ModelClient, room: int) -> Job[str]:
    """A text that nearly fills the context: sentences, as many as fit with what the chat template adds."""
    one = yield from client.count_tokens((("user", _SENTENCE),))
    ten = yield from client.count_tokens((("user", _SENTENCE * 10),))
    count = max(1, (room - one) * 9 // max(1, ten - one))
    yield Progress(0, None, "Filling the context")
    return _SENTENCE * count
