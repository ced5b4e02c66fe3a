"""The header reader tells what is in a model, and a damaged header is a ModelError, at once."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import ModelError
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.models.gguf import describe, read_header

Tensor = tuple[str, Sequence[int], int, int]  # name, shape, type, offset
TENSORS: tuple[Tensor, ...] = (("a", (32, 2), 0, 0), ("b", (64,), 3, 256))


def string(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def pair(key: str, kind: int, value: bytes) -> bytes:
    return string(key) + struct.pack("<I", kind) + value


PAIRS = (
    pair("general.architecture", 8, string("llama")),
    pair("general.name", 8, string("Tiny")),
    pair("llama.context_length", 4, struct.pack("<I", 512)),
    pair("tokenizer.ggml.tokens", 9, struct.pack("<IQ", 8, 3) + string("a") + string("b") + string("ü")),
    pair("tokenizer.ggml.scores", 9, struct.pack("<IQ", 6, 3) + bytes(12)),
    pair("general.flag", 7, b"\x01"),
)


def gguf(
    *, magic: bytes = b"GGUF", version: int = 3, pairs: Sequence[bytes] = PAIRS, tensors: Sequence[Tensor] = TENSORS,
    keys: int | None = None, tensor_count: int | None = None, data: bytes = bytes(512),
) -> bytes:  # fmt: skip
    """A small GGUF file, sound unless told otherwise."""
    infos = b"".join(
        string(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, offset)
        for name, shape, kind, offset in tensors
    )
    counts = struct.pack(
        "<IQQ", version, len(tensors) if tensor_count is None else tensor_count, len(pairs) if keys is None else keys
    )
    header = magic + counts + b"".join(pairs) + infos
    return header + bytes(-len(header) % 32) + data


def test_a_sound_header_is_read(tmp_path: Path) -> None:
    path = tmp_path / "tiny.gguf"
    path.write_bytes(gguf())
    header = read_header(path)
    assert (header.version, header.tensors, header.parameters) == (3, 2, 128)
    assert header.tensor_types == {"F32": 1, "Q4_1": 1}
    assert header.lists == {"tokenizer.ggml.tokens": 3, "tokenizer.ggml.scores": 3}
    assert header.metadata["general.flag"] is True
    assert describe(header)["context_tokens"] == 512


def test_the_bundled_model_is_what_the_catalogue_says() -> None:
    model = bundled_model()
    header = read_header(model.path)
    assert header.parameters == model.parameters
    assert header.context_tokens == model.context_tokens
    assert header.file_bytes == model.model_bytes
    assert str(header.metadata["general.license"]).lower() == model.license.lower()
    assert model.quantisation in header.tensor_types


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b"GG", "not a GGUF model"),
        (b"GGUF", "ends in the middle"),
        (b"\n<!DOCTYPE html><html>404</html>", "is a web page"),
        (b"PK\x03\x04" + bytes(100), "is a ZIP archive"),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer"),
        (gguf(magic=b"GGML"), "not a GGUF model"),
        (gguf(version=1), "GGUF version 1"),
        (gguf(version=0x03000000), "GGUF version"),
        (gguf(keys=2**63), "claims 9223372036854775808 keys"),
        (gguf(tensor_count=2**63), "claims 9223372036854775808 tensors"),
        (gguf(keys=len(PAIRS) + 1), "claims|unknown|twice|UTF-8|ends"),
        (gguf(pairs=[pair("x", 9, struct.pack("<IQ", 4, 2**63))]), "claims 9223372036854775808 list entries"),
        (gguf(pairs=[pair("x", 9, struct.pack("<IQ", 4, 1_000_000))]), "ends in the middle"),
        (gguf(pairs=[pair("x", 9, struct.pack("<IQ", 9, 1))]), "list of lists"),
        (gguf(pairs=[pair("x", 9, struct.pack("<IQ", 77, 1))]), "list of the unknown type 77"),
        (gguf(pairs=[pair("x", 9, struct.pack("<IQQ", 8, 1, 2**62))]), "for a list entry"),
        (gguf(pairs=[pair("x", 8, struct.pack("<Q", 2**40))]), "bytes for a text"),
        (gguf(pairs=[pair("x", 13, b"")]), "unknown type 13"),
        (gguf(pairs=[pair("x", 7, b"\x01"), pair("x", 7, b"\x01")]), "same key twice"),
        (gguf(pairs=[pair("x", 8, struct.pack("<Q", 2) + b"\xff\xff")]), "not UTF-8"),
        (gguf(pairs=[pair("general.alignment", 4, struct.pack("<I", 33))]), "alignment"),
        (gguf(pairs=[pair("general.alignment", 4, struct.pack("<I", 0))]), "alignment"),
        (gguf(pairs=[pair("general.alignment", 8, string("32"))]), "alignment"),
        (gguf(tensors=[("a", (), 0, 0)]), "0 dimensions"),
        (gguf(tensors=[("a", (1, 1, 1, 1, 1), 0, 0)]), "5 dimensions"),
        (gguf(tensors=[("a", (0,), 0, 0)]), "impossible shape"),
        (gguf(tensors=[("a", (31,), 3, 0)]), "impossible shape"),
        (gguf(tensors=[("a", (2**62,), 0, 0)]), "weights in a row"),
        (gguf(tensors=[("a", (2048, 2048, 2048, 2048), 0, 0)]), "one tensor alone"),
        (gguf(tensors=[("a", (32,), 4, 0)]), "unknown type 4"),
        (gguf(tensors=[("a", (32,), 0, 7)]), "not aligned"),
        (gguf(tensors=[("a", (32,), 0, 2**40)]), "bytes before a tensor"),
        (gguf(tensors=[("a", (32,), 0, 0), ("a", (32,), 0, 128)]), "same name"),
        (gguf(tensors=[("a", (64,), 0, 0), ("b", (32,), 0, 128)]), "overlap"),
        (gguf(tensors=[("a" * 64, (32,), 0, 0)]), "a tensor's name"),
        (gguf(data=bytes(100)), "is cut off"),
    ],
)  # fmt: skip
def test_a_damaged_file_is_named_with_its_damage(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "bad.gguf"
    path.write_bytes(data)
    with pytest.raises(ModelError, match=says) as raised:
        read_header(path)
    assert str(path) in str(raised.value) and str(raised.value).endswith("from where it came from.")


@pytest.mark.parametrize(("name", "says"), [("nowhere.gguf", "cannot be read"), (".", "is a folder, not a model file")])
def test_a_file_that_cannot_be_opened_is_a_model_error(tmp_path: Path, name: str, says: str) -> None:
    with pytest.raises(ModelError, match=says):
        read_header(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_a_pipe_or_a_device_is_refused_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.gguf")
    for path in (tmp_path / "pipe.gguf", Path("/dev/zero")):
        with pytest.raises(ModelError, match="is no ordinary file"):
            read_header(path)


def test_short_lists_of_texts_and_the_shapes_of_tensors_are_kept(tmp_path: Path) -> None:
    header = read_header(bundled_model().path)
    assert header.texts["general.languages"] == ("en",) and "tokenizer.ggml.tokens" not in header.texts
    assert header.shapes["token_embd.weight"] == (576, 49_152)
    assert header.text("general.license") == "apache-2.0" and header.text("llama.block_count") == ""
    assert header.number("{}.block_count") == 30 and header.number("general.license") == 0


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_damage_is_a_model_error_or_nothing(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(gguf())
    for place in data.draw(st.lists(st.integers(0, len(content) - 513), max_size=6)):
        content[place] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        place = data.draw(st.integers(0, len(content)))
        number = data.draw(st.sampled_from([2**63, 2**64 - 1, 2**32 - 1, 2**31, 1_000_000]))
        content[place : place + 8] = struct.pack("<Q", number)
    check(tmp_path, bytes(content[: data.draw(st.integers(0, len(content)))]))


@cache
def real_header() -> bytes:
    with bundled_model().path.open("rb") as file:
        return file.read(4 * 1024 * 1024)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 4000) | st.integers(1_600_000, 1_900_000), value=st.binary(min_size=1, max_size=8))
def test_a_damaged_real_header_is_a_model_error(tmp_path: Path, place: int, value: bytes) -> None:
    content = bytearray(real_header())
    content[place : place + len(value)] = value
    check(tmp_path, bytes(content))


def check(folder: Path, content: bytes) -> None:
    path = folder / "damaged.gguf"
    path.write_bytes(content)
    try:
        read_header(path)
    except ModelError as problem:
        assert str(path) in str(problem)
