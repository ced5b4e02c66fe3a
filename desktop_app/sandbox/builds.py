"""Which of llama.cpp's builds this processor can run, best first, and which of them failed on this machine.

llama.cpp comes as several libraries, each for processors with certain instructions. The plainest AVX2 one is taken where the
processor has that, although newer instructions may be there: with them the same seed gives other texts on other machines, and
they were not faster (docs/architecture.md). AMX is never used: some machines advertise it and deny it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktop_app.errors import StoreError
from desktop_app.storage.files import write_atomically

# Build → what it needs of the processor, as Linux names it, and how it is called for people; best first.
BUILDS: dict[str, tuple[frozenset[str], str]] = {
    "haswell": (frozenset({"avx2", "fma", "f16c", "bmi2"}), "AVX2"),
    "sandybridge": (frozenset({"avx", "sse4_2"}), "AVX"),
    "sse42": (frozenset({"sse4_2"}), "SSE4.2"),
    "x64": (frozenset(), "any x86-64"),
}
ONLY_ONE = ""  # the name of the build where llama.cpp was compiled as one library


class Builds:
    """What is known of the builds on this machine, kept in a small file. For any thread."""

    def __init__(self, path: Path | None = None, *, folder: Path | None = None, cpu: Path | None = None) -> None:
        """path is where it is kept, None for as long as this object; folder holds the libraries, cpu describes the
        processor as /proc/cpuinfo does.
        """
        self._path, self._folder, self._cpu = path, folder or _libraries(), cpu or Path("/proc/cpuinfo")
        self._lock = threading.Lock()
        self._known: tuple[frozenset[str], frozenset[str]] | None = None  # proven, failed

    def candidates(self) -> tuple[tuple[str, bool], ...]:
        """The builds to try, best first, each with whether it has been seen to work here. Never empty.

        Builds that failed come only if all did: then something else was wrong.
        """
        has = self._features()
        usable = [name for name in self.installed() if has is None or BUILDS[name][0] <= has]
        if not usable:
            return ((ONLY_ONE, True),)
        proven, failed = self._read()
        left = [name for name in usable if name not in failed] or usable
        return tuple((name, name in proven) for name in left)

    def installed(self) -> list[str]:
        """The builds whose library is there, best first."""
        return [name for name in BUILDS if self._library(name) is not None]

    def failed(self) -> list[str]:
        """The builds that did not run on this machine, best first."""
        return [name for name in self.installed() if name in self._read()[1]]

    def learn(self, works: str, failed: Sequence[str] = ()) -> None:
        """Remember that a build runs here, "" for none, and that others do not."""
        with self._lock:
            proven, bad = self._read()
            known = (proven | {works}) - {ONLY_ONE, *failed}, (bad | set(failed)) - {works}
            if known == (proven, bad):
                return
            self._known = known
            if self._path is not None:
                kept = {"machine": self._machine(), "proven": sorted(known[0]), "failed": sorted(known[1])}
                with contextlib.suppress(StoreError):  # then it is found out again at the next start
                    write_atomically(self._path, json.dumps(kept).encode())

    def _read(self) -> tuple[frozenset[str], frozenset[str]]:
        if self._known is None:
            self._known = self._kept()
        return self._known

    def _kept(self) -> tuple[frozenset[str], frozenset[str]]:
        nothing = (frozenset[str](), frozenset[str]())
        if self._path is None:
            return nothing
        try:
            kept: Any = json.loads(self._path.read_text("utf-8"))
            if kept["machine"] != self._machine():  # another processor or another llama.cpp: all is open again
                return nothing
            return frozenset(kept["proven"]) & BUILDS.keys(), frozenset(kept["failed"]) & BUILDS.keys()
        except (OSError, ValueError, KeyError, TypeError):
            return nothing

    def _machine(self) -> str:
        """What the knowledge is about: the processor and the libraries."""
        lines = self._cpu_text().splitlines()
        about = sorted({line for line in lines if line.startswith(("model name", "vendor_id", "flags", "Features"))})
        for name in self.installed():
            library = self._library(name)
            assert library is not None
            status = library.stat()
            about.append(f"{library.name} {status.st_size} {status.st_mtime_ns}")
        return hashlib.sha256("\n".join(about).encode()).hexdigest()

    def _features(self) -> frozenset[str] | None:
        """What the processor can do; None if the system does not say, and llama.cpp itself must refuse."""
        for line in self._cpu_text().splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "flags":
                return frozenset(value.split())
        return None

    def _cpu_text(self) -> str:
        try:
            return self._cpu.read_text("ascii", "replace")
        except OSError:
            return ""

    def _library(self, name: str) -> Path | None:
        if self._folder is None:
            return None
        return next(self._folder.glob(f"*ggml-cpu-{name}.*"), None)


def build_words(build: str) -> str:
    """A build as people read it."""
    return f"{build} ({BUILDS[build][1]})" if build in BUILDS else build or "the one that is installed"


def _libraries() -> Path | None:
    """Where llama.cpp's libraries lie. The package is looked up, never imported: it is for the worker only."""
    found = importlib.util.find_spec("llama_cpp")
    if found is None or not found.submodule_search_locations:
        return None
    return Path(found.submodule_search_locations[0]) / "lib"
