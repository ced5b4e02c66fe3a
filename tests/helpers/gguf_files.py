"""GGUF files for tests: small ones that are sound but say nothing, copies of the bundled model under another header, adapters."""

from __future__ import annotations

import shutil
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.models.gguf import _SCALARS, _Reader, read_header

TEMPLATE = "{% for message in messages %}[{{ message['role'] }}] {{ message['content'] }}\n{% endfor %}[assistant] "
Shape = Sequence[int]


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def pair(key: str, value: str | int | bool | Sequence[str]) -> bytes:
    """A key with a text, a whole number, a truth or a list of texts."""
    if isinstance(value, str):
        return string(key) + struct.pack("<I", 8) + string(value)
    if isinstance(value, bool):
        return string(key) + struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return string(key) + struct.pack("<IQ", 10, value)
    return string(key) + struct.pack("<IIQ", 9, 8, len(value)) + b"".join(map(string, value))


SOUND: Mapping[str, str | int | bool | Sequence[str]] = {
    "general.architecture": "llama", "general.type": "model", "general.name": "Tiny Tester", "general.organization": "Norwind",
    "general.license": "mit", "general.languages": ("en", "de"), "general.file_type": 0, "llama.block_count": 2,
    "llama.context_length": 512, "llama.embedding_length": 32, "llama.attention.head_count": 4,
    "llama.attention.head_count_kv": 2, "tokenizer.ggml.tokens": ("a", "b", "ü"), "tokenizer.chat_template": TEMPLATE,
}  # fmt: skip


def gguf(
    changes: Mapping[str, str | int | bool | Sequence[str] | None] | None = None,
    tensors: Mapping[str, Shape] | None = None,
    *,
    big_endian: bool = False,
) -> bytes:
    """A small sound model of 32-bit zeros; changes to its keys, None leaves one out."""
    keys = {key: value for key, value in {**SOUND, **(changes or {})}.items() if value is not None}
    shapes = {"token_embd.weight": (32, 3), "output.weight": (32, 2)} if tensors is None else tensors
    infos, offset = b"", 0
    for name, shape in shapes.items():
        infos += string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 0, offset)
        size = 4
        for length in shape:
            size *= length
        offset += -(-size // 32) * 32
    order = ">" if big_endian else "<"
    counts = struct.pack(f"{order}IQQ", 3, len(shapes), len(keys))
    header = b"GGUF" + counts + b"".join(pair(key, value) for key, value in keys.items()) + infos
    return header + bytes(-len(header) % 32) + bytes(offset)


def write_model(path: Path, **changes: str | int | bool | Sequence[str] | None) -> Path:
    """Write a small model; keys are given with __ for the dots."""
    path.write_bytes(gguf({key.replace("__", "."): value for key, value in changes.items()}))
    return path


def write_adapter_file(path: Path, rank: int = 4, **changes: str | int | bool | Sequence[str] | None) -> Path:
    """Write a LoRA adapter for the bundled model's first layer that changes nothing: all its numbers are 0."""
    keys = {key: None for key in SOUND} | {
        "general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora", "general.name": "Plain letters",
        "general.license": "cc0-1.0", "general.description": "Shorter sentences.",
        **{key.replace("__", "."): value for key, value in changes.items()},
    }  # fmt: skip
    name = "blk.0.attn_q.weight"
    path.write_bytes(gguf(keys, {f"{name}.lora_a": (576, rank), f"{name}.lora_b": (rank, 576)}))
    return path


def derived(path: Path, **changes: str | int | bool | Sequence[str]) -> Path:
    """The bundled model's weights under a header with other keys, __ for the dots: it loads and answers like it."""
    source = bundled_model().path
    wanted = {key.replace("__", "."): value for key, value in changes.items()}
    with source.open("rb") as file:
        reader = _Reader(file, source.stat().st_size)
        start = reader.take(4) + reader.take(4)
        tensors, count = struct.unpack("<QQ", reader.take(16))
        pairs = []
        for _ in range(count):
            key, raw = _raw_pair(reader)
            if key not in wanted:
                pairs.append(raw)
        pairs += [pair(key, value) for key, value in wanted.items()]
        infos = b"".join(_raw_tensor(reader) for _ in range(tensors))
        old_end = -(-reader.at // 32) * 32
        header = start + struct.pack("<QQ", tensors, len(pairs)) + b"".join(pairs) + infos
        file.seek(old_end)
        with path.open("wb") as target:
            target.write(header + bytes(-len(header) % 32))
            shutil.copyfileobj(file, target, 1 << 22)
    assert read_header(path).parameters == bundled_model().parameters
    return path


def _raw_string(reader: _Reader) -> bytes:
    size = reader.take(8)
    return size + reader.take(struct.unpack("<Q", size)[0])


def _raw_pair(reader: _Reader) -> tuple[str, bytes]:
    name = _raw_string(reader)
    kind = reader.take(4)
    return name[8:].decode(), name + kind + _raw_value(reader, struct.unpack("<I", kind)[0])


def _raw_value(reader: _Reader, kind: int) -> bytes:
    if kind == 8:
        return _raw_string(reader)
    if kind != 9:
        return reader.take(struct.calcsize(_SCALARS[kind]))
    head = reader.take(12)
    inner, length = struct.unpack("<IQ", head)
    if inner == 8:
        return head + b"".join(_raw_string(reader) for _ in range(length))
    return head + reader.take(length * struct.calcsize(_SCALARS[inner]))


def _raw_tensor(reader: _Reader) -> bytes:
    name, dimensions = _raw_string(reader), reader.take(4)
    return name + dimensions + reader.take(8 * struct.unpack("<I", dimensions)[0] + 12)
