"""Ask the frozen builds of llama.cpp, on emulated processors, which of them would run there."""

from __future__ import annotations

import ctypes
import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

from names import APP, ROOT

# Processor, as QEMU calls it → the builds that must say yes there (desktop_app/sandbox/builds.py takes the first of its list).
EXPECTED = {
    "Haswell": {"haswell", "sandybridge", "sse42", "x64"},
    "SandyBridge": {"sandybridge", "sse42", "x64"},
    "Nehalem": {"sse42", "x64"},
    "Conroe": {"x64"},
}
_EMULATOR = "qemu-x86_64-static"


def answers(folder: Path) -> dict[str, int]:
    """Each build's own answer on this processor: ggml_backend_score of ggml-backend-impl.h, 0 for "not here"."""
    ctypes.CDLL(str(folder / "libggml-base.so"), ctypes.RTLD_GLOBAL)
    found = {}
    for path in sorted(folder.glob("libggml-cpu-*.so")):
        score = ctypes.CDLL(str(path)).ggml_backend_score
        score.restype = ctypes.c_int
        found[path.stem.removeprefix("libggml-cpu-")] = score()
    return found


def rows(app: Path = APP) -> list[tuple[str, str, bool, float]]:
    """A row for each emulated processor: what, how, whether it holds, seconds."""
    made = []
    for processor, expected in EXPECTED.items():
        began = time.monotonic()
        libraries = app / "_internal" / "llama_cpp" / "lib"
        command = [_EMULATOR, "-cpu", processor, sys.executable, "-m", "freeze.processors", str(libraries)]
        if shutil.which(_EMULATOR) is None:
            made.append((f"llama.cpp on an emulated {processor}", f"{_EMULATOR} is not installed", False, 0.0))
            continue
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT / "packaging")
        scores = json.loads(done.stdout) if done.returncode == 0 else {}
        running = {name for name, score in scores.items() if score}
        how = f"says yes: {', '.join(sorted(running)) or done.stderr.strip()[-80:] or f'exit code {done.returncode}'}"
        made.append((f"llama.cpp on an emulated {processor}", how, running == expected, time.monotonic() - began))
    return made


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(answers(Path(sys.argv[1]))))
    else:
        for row in rows():
            print(*row, sep=" | ")
