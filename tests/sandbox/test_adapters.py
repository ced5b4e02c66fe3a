"""LoRA adapters in the real worker: one written by hand for one layer of the bundled model."""

from __future__ import annotations

import random
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import finish
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import Adapter, GenerationParameters

pytestmark = pytest.mark.model

ASKED = [("user", "Write one sentence about the sea.")]
WIDTH, RANK = 576, 2  # the bundled model's, and the adapter's own
LAYER = "blk.3.attn_output.weight"


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def adapter_file(path: Path, *, width: int = WIDTH, layer: str = LAYER) -> Path:
    """A LoRA of two matrices: the layer's output gets alpha / rank * B(A x) more."""
    chance = random.Random(7)
    weights = [[chance.uniform(-0.3, 0.3) for _ in range(width * RANK)] for _ in "ab"]
    keys = [
        *((name, 8, text(value)) for name, value in (
            ("general.type", "adapter"), ("general.architecture", "llama"), ("adapter.type", "lora"))),
        ("adapter.lora.alpha", 6, struct.pack("<f", RANK)),
    ]  # fmt: skip
    data = b"".join(struct.pack(f"<{len(part)}f", *part) for part in weights)
    header = b"GGUF" + struct.pack("<IQQ", 3, 2, len(keys))
    header += b"".join(text(name) + struct.pack("<I", kind) + value for name, kind, value in keys)
    for name, shape, offset in (("a", (width, RANK), 0), ("b", (RANK, width), len(data) // 2)):
        header += text(f"{layer}.lora_{name}") + struct.pack("<IQQIQ", 2, *shape, 0, offset)
    header += bytes(-len(header) % 32)
    path.write_bytes(header + data)
    return path


def said(adapters: Sequence[Adapter]) -> str:
    with ModelClient(bundled_model(), context_tokens=256, threads=1) as client:
        client.use(bundled_model(), adapters)
        job = client.generate(ASKED, GenerationParameters(temperature=0.7, max_tokens=16), seed=3)
        return finish(job).text


def test_an_adapter_changes_the_text_and_at_strength_0_not_a_character(tmp_path: Path) -> None:
    path = adapter_file(tmp_path / "sea.gguf")
    base, off, on, again = (
        said([Adapter(str(path), path.stat().st_size, scale)] if scale is not None else [])
        for scale in (None, 0.0, 1.0, 1.0)
    )  # fmt: skip
    assert base == off and on == again != base


@pytest.mark.parametrize("how", ["another width", "another layer", "no adapter", "cut off"])
def test_an_adapter_for_another_model_is_refused_by_name(tmp_path: Path, how: str) -> None:
    path = adapter_file(
        tmp_path / "odd.gguf", width=64 if how == "another width" else WIDTH, layer="blk.99.x" if how == "another layer" else LAYER
    )  # fmt: skip
    if how == "no adapter":
        path.write_bytes(b"GGUF" + bytes(200))
    if how == "cut off":
        path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match=r"adapter .*odd\.gguf is damaged or made for another model"):
        said([Adapter(str(path), path.stat().st_size, 1.0)])
