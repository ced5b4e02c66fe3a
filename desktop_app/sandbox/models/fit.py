"""Whether a model fits this machine: what it needs, what is free, and how quick it will probably be."""

from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktop_app.sandbox.models.catalogue import MeasuredMemory, ModelFile, in_bytes
from desktop_app.sandbox.models.gguf import Gguf

Verdict = Literal["fits", "slow", "no", "unknown"]
WORDS: dict[Verdict, str] = {
    "fits": "fits", "slow": "may be slow", "no": "won't fit", "unknown": "not known whether it fits",
}  # fmt: skip

CONTEXT_TOKENS = 2048  # what the app gives a model
# The worker without its model, and what llama.cpp holds for each entry of the vocabulary (the entry, and its scores for
# a batch of 128 tokens). From the bundled model's process: 175 MB with 512 tokens of context, 229 MB with 2,048 in use.
_BASE_BYTES = 36_000_000
_VOCABULARY_BYTES = 760
_SCORES_BYTES = 512  # for each attention head and token of context: a batch of 128 tokens, 4 bytes each
_CACHE_BYTES = 2  # a value of the context memory is kept as a 16-bit number
_VOCABULARY = 49_152  # where the header is not at hand
_COMFORTABLE = 0.85  # of what is free now; the rest is for the other programs to grow
_SLOW_RATE = 4.0  # tokens a second: slower than people read


@dataclass(frozen=True, slots=True)
class Memory:
    """The machine's memory in bytes: what is free for programs now, and all there is; 0 where the system does not say."""

    free_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class Fit:
    """need_bytes is what the process holds with its context in use: measured, or computed from the file and the header.

    context_bytes is the context's part of it, 0 where only the sum is known. tokens_per_second is an estimate, 0 if there is nothing to estimate it from.
    """

    verdict: Verdict
    need_bytes: int
    file_bytes: int
    context_bytes: int
    measured: MeasuredMemory | None
    memory: Memory
    tokens_per_second: float = 0.0

    @property
    def words(self) -> str:
        """The verdict as people read it."""
        return WORDS[self.verdict]

    @property
    def numbers(self) -> str:
        """The figures behind the verdict, in one line."""
        if self.measured is not None:
            need = f"needs {in_bytes(self.need_bytes)}, measured"
        else:
            need = f"needs about {in_bytes(self.need_bytes)}"
        free = (
            f"{in_bytes(self.memory.free_bytes)} free now" if self.memory.free_bytes else "free memory not known here"
        )
        rate = f", about {self.tokens_per_second:.0f} tokens a second (estimate)" if self.tokens_per_second else ""
        return f"{need}; {free}{rate}"


def context_bytes(header: Gguf, context_tokens: int = CONTEXT_TOKENS) -> int:
    """The memory of the context: for each layer and token a key and a value of every head. 0 if the header does not say.

    At most that much: models whose layers look at a window only need less.
    """
    layers, heads = header.number("{}.block_count"), header.number("{}.attention.head_count")
    shared = header.number("{}.attention.head_count_kv") or heads
    width = header.number("{}.embedding_length") // heads if heads else 0
    keys = header.number("{}.attention.key_length") or width
    values = header.number("{}.attention.value_length") or width
    return layers * shared * (keys + values) * _CACHE_BYTES * _tokens(header.context_tokens, context_tokens)


def need_bytes(header: Gguf, context_tokens: int = CONTEXT_TOKENS) -> int:
    """What the model's process will hold with its context in use, computed from the header."""
    scores = header.number("{}.attention.head_count") * _SCORES_BYTES * _tokens(header.context_tokens, context_tokens)
    vocabulary = header.lists.get("tokenizer.ggml.tokens", 0) * _VOCABULARY_BYTES
    return header.file_bytes + context_bytes(header, context_tokens) + scores + vocabulary + _BASE_BYTES


def fit_of_header(header: Gguf, memory: Memory, reference: tuple[int, float] = (0, 0.0)) -> Fit:
    """How the model of a header fits; reference is another model's bytes and the rate it was seen to write at."""
    rate = _rate(header.file_bytes, reference)
    need = need_bytes(header)
    return Fit(_verdict(need, memory, rate), need, header.file_bytes, context_bytes(header), None, memory, rate)


def fit_of_model(model: ModelFile, memory: Memory, reference: tuple[int, float] = (0, 0.0)) -> Fit:
    """How a model of a catalogue fits: as measured, else as computed when it was added, else by the size of its file."""
    rate = _rate(model.model_bytes, reference)
    if model.memory is not None or model.estimated_bytes:
        need = model.memory.full_bytes if model.memory else model.estimated_bytes
    else:
        need = round(1.15 * model.model_bytes) + _VOCABULARY * _VOCABULARY_BYTES + _BASE_BYTES
    verdict = _verdict(need, memory, rate)
    return Fit(verdict, need, model.model_bytes, 0, model.memory, memory, rate)


def memory_now() -> Memory:
    """What is free for programs and all there is, a container's limit included."""
    if sys.platform == "win32":
        return _memory_of_windows()
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        sizes = {name: int(value.split()[0]) * 1024 for name, _, value in (line.partition(":") for line in lines)}
        return _within_container(Memory(sizes["MemAvailable"], sizes["MemTotal"]))
    except (OSError, ValueError, KeyError, IndexError):
        return Memory(0, _total_of_posix())


def resident_bytes(pid: int | None) -> int:
    """The memory a process holds now, 0 where the system does not say; asks the system, not the process."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:"))
    except (OSError, ValueError, IndexError, StopIteration):
        return 0


def _tokens(trained: int, wanted: int) -> int:
    return min(trained, wanted) if trained else wanted


def _rate(model_bytes: int, reference: tuple[int, float]) -> float:
    """Each token reads the whole file once, so a file twice as large takes twice as long: good enough to warn.

    Not for much smaller files: there other things take the time.
    """
    known_bytes, known_rate = reference
    return known_rate * known_bytes / model_bytes if known_bytes and model_bytes * 4 > known_bytes else 0.0


def _verdict(need: int, memory: Memory, rate: float) -> Verdict:
    if not memory.total_bytes:
        return "unknown"
    if need > 0.95 * memory.total_bytes:
        return "no"
    if (memory.free_bytes and need > _COMFORTABLE * memory.free_bytes) or 0 < rate < _SLOW_RATE:
        return "slow"
    return "fits"


def _within_container(memory: Memory) -> Memory:
    folder = Path("/sys/fs/cgroup")
    try:
        most = int((folder / "memory.max").read_text("ascii"))  # "max" where there is no limit
        used = int((folder / "memory.current").read_text("ascii"))
    except (OSError, ValueError):
        return memory
    return Memory(min(memory.free_bytes, max(0, most - used)), min(memory.total_bytes, most))


def _total_of_posix() -> int:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return 0


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of the Windows API."""

    _fields_ = (
        ("length", ctypes.c_ulong),
        ("load", ctypes.c_ulong),
        *((name, ctypes.c_ulonglong) for name in ("total", "free", "page", "free_page", "space", "free_space", "more")),
    )


def _memory_of_windows() -> Memory:
    status = _MemoryStatus(length=ctypes.sizeof(_MemoryStatus))
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):  # type: ignore[attr-defined]
        return Memory(0, 0)
    return Memory(status.free, status.total)
