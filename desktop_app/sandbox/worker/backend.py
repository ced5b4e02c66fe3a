"""Loads one of llama.cpp's builds, and proves that it computes."""

from __future__ import annotations

import ctypes
import importlib.util
import math
from pathlib import Path
from typing import Any

_BATCH = 32  # enough that the paths for many tokens at once are taken


class BuildError(Exception):
    """A build that does not run on this processor; the text names it."""


def load_build(build: str) -> None:
    """Load the build with this name into llama.cpp, which finds it when it is imported; "" for the only one there is.

    llama.cpp refuses a build whose instructions the processor does not have. Raises BuildError.
    """
    found = importlib.util.find_spec("llama_cpp")
    folder = Path(found.submodule_search_locations[0]) / "lib" if found and found.submodule_search_locations else Path()
    there = {path.stem.partition("ggml-cpu-")[2]: path for path in sorted(folder.glob("*ggml-cpu-*"))}
    if not there and not build:
        return
    library = ctypes.CDLL(str(next(path for path in folder.glob("*ggml.*") if path.stem in ("libggml", "ggml"))))
    library.ggml_backend_load.restype = ctypes.c_void_p
    library.ggml_backend_load.argtypes = [ctypes.c_char_p]
    for name in [build] if build else ["haswell", "x64", *there]:
        if name in there and library.ggml_backend_load(str(there[name]).encode()):
            return
    raise BuildError(f"llama.cpp's build {build or 'for this processor'} does not run here")


def prove(llama: Any, context: Any, vocabulary: int) -> None:
    """Compute a batch and one more token; raises BuildError if the numbers are none. A crash is seen from outside."""
    for count in (_BATCH, 1):
        tokens = (llama.llama_token * count)(*(number % vocabulary for number in range(1, count + 1)))
        code = llama.llama_decode(context, llama.llama_batch_get_one(tokens, count))
        logits = llama.llama_get_logits_ith(context, -1)
        seen = logits[:vocabulary] if code == 0 and logits else []
        if not seen or not all(map(math.isfinite, seen)) or min(seen) == max(seen):
            raise BuildError("llama.cpp computes nothing that makes sense here")
