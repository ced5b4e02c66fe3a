"""A bounded reader for the header of GGUF files: what is in the model, and whether the header can be trusted at all.

The format is described in ggml's docs/gguf.md. The file is untrusted, and llama.cpp loads many damaged headers without
a word, so every count, length, type and offset is held against the size of the file before it is used.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import BinaryIO

from desktop_app.errors import ModelError

Scalar = int | float | bool | str

KEYS_MAX = 4096
TENSORS_MAX = 65_536
KEY_BYTES = 4096  # the format allows 65,535; the longest in use has about 60
NAME_BYTES = 63  # GGML_MAX_NAME with its closing zero
STRING_BYTES = 4 * 1024 * 1024  # chat templates are the longest strings
LIST_ENTRIES = 2_000_000  # the largest vocabularies have about 260,000 entries
HEADER_BYTES = 128 * 1024 * 1024
ALIGNMENT_MAX = 65_536
KEPT_ENTRIES, KEPT_CHARS = 64, 256  # of lists of texts, such as languages; vocabularies are not kept

_STRING, _LIST = 8, 9
# Value type → struct code; lists of them are skipped by size.
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
# Tensor type → (name, weights in a block, bytes of a block), from ggml's table of type traits.
TENSOR_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4), 1: ("F16", 1, 2), 2: ("Q4_0", 32, 18), 3: ("Q4_1", 32, 20), 6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24), 8: ("Q8_0", 32, 34), 10: ("Q2_K", 256, 84), 11: ("Q3_K", 256, 110), 12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176), 14: ("Q6_K", 256, 210), 16: ("IQ2_XXS", 256, 66), 17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98), 19: ("IQ1_S", 256, 50), 20: ("IQ4_NL", 32, 18), 21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82), 23: ("IQ4_XS", 256, 136), 24: ("I8", 1, 1), 25: ("I16", 1, 2), 26: ("I32", 1, 4),
    27: ("I64", 1, 8), 28: ("F64", 1, 8), 29: ("IQ1_M", 256, 56), 30: ("BF16", 1, 2), 34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66), 39: ("MXFP4", 32, 17),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Gguf:
    """What a header says. metadata holds single values only; lists holds the length of each list.

    texts holds the short lists of short texts whole, such as languages; shapes are the tensors' by their names.
    """

    version: int
    file_bytes: int
    metadata: Mapping[str, Scalar]
    lists: Mapping[str, int]
    tensors: int
    parameters: int
    tensor_types: Mapping[str, int]  # name → how many tensors have it
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def architecture(self) -> str:
        """Such as "llama"; "" if the header does not say."""
        return str(self.metadata.get("general.architecture", ""))

    def text(self, key: str) -> str:
        """The text with this key; "" if there is none."""
        value = self.metadata.get(key, "")
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """The whole number above 0 with this key, "{}" in it being the architecture; 0 if there is none."""
        value = self.metadata.get(key.format(self.architecture), 0)
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0

    @property
    def context_tokens(self) -> int:
        """How many tokens the model was trained to look at; 0 if the header does not say."""
        return self.number("{}.context_length")


class _DamagedError(Exception):
    """What is wrong with the header, to be put into a sentence with the file's name."""


class _Reader:
    """Reads forward only, never beyond the file or HEADER_BYTES."""

    def __init__(self, file: BinaryIO, file_bytes: int) -> None:
        self._file, self._left = file, min(file_bytes, HEADER_BYTES)
        self.at = 0

    def take(self, count: int) -> bytes:
        if count > self._left:
            raise _DamagedError("ends in the middle of its header")
        data = self._file.read(count)
        if len(data) != count:
            raise _DamagedError("ends in the middle of its header")
        self.at += count
        self._left -= count
        return data

    def number(self, code: str) -> int | float | bool:
        return struct.unpack(code, self.take(struct.calcsize(code)))[0]

    def count(self, most: int, what: str) -> int:
        value = struct.unpack("<Q", self.take(8))[0]
        if value > most:
            raise _DamagedError(f"claims {value} {what}, more than {most}")
        return value

    def string(self, most: int, what: str) -> str:
        try:
            return self.take(self.count(most, f"bytes for {what}")).decode("utf-8")
        except UnicodeDecodeError:
            raise _DamagedError(f"has {what} that is not UTF-8") from None

    def skip(self, count: int) -> None:
        while count > 0:
            count -= len(self.take(min(count, 1 << 20)))


def read_header(path: Path, way_out: str = "Get the file again from where it came from.") -> Gguf:
    """The checked header of the file; way_out ends the sentence if the file is damaged.

    Raises ModelError naming the file if it cannot be read, is no GGUF, or its header contradicts itself.
    """
    try:
        with open_regular(path, way_out) as file:
            file_bytes = file.seek(0, 2)
            file.seek(0)
            return _read(_Reader(file, file_bytes), file_bytes)
    except _DamagedError as problem:
        raise ModelError(f"The model file {path} {problem}. {way_out}") from None
    except OSError as exc:
        raise ModelError(
            f"The model file {path} cannot be read ({exc.strerror}). Check the name and your rights."
        ) from exc


def open_regular(path: Path, way_out: str) -> BinaryIO:
    """The file, opened for reading; raises ModelError for a folder, a device or a pipe, which would never end."""
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0))
    kind = os.fstat(handle).st_mode
    if stat.S_ISREG(kind):
        return os.fdopen(handle, "rb")
    os.close(handle)
    what = "a folder" if stat.S_ISDIR(kind) else "no ordinary file"
    raise ModelError(f"{path} is {what}, not a model file. {way_out}")


def _read(reader: _Reader, file_bytes: int) -> Gguf:
    if file_bytes == 0:
        raise _DamagedError("is empty")
    magic = reader.take(min(4, file_bytes))
    if magic != b"GGUF":
        raise _DamagedError(_other_format(magic + reader.take(min(60, file_bytes - len(magic)))))
    version = reader.number("<I")
    if version not in (2, 3):
        raise _DamagedError(f"has GGUF version {version}; only 2 and 3 are known")
    tensors = reader.count(TENSORS_MAX, "tensors")
    keys = reader.count(KEYS_MAX, "keys")
    metadata, lists, texts = _metadata(reader, keys)
    types, shapes = _tensors(reader, tensors, file_bytes, _alignment(metadata))
    parameters = sum(map(prod, shapes.values()))
    return Gguf(int(version), file_bytes, metadata, lists, tensors, parameters, types, texts, shapes)


def _other_format(start: bytes) -> str:
    if start.lstrip()[:1] == b"<":
        return "is a web page, not a model; probably a download was answered with an error page"
    if start[:2] == b"PK":
        return "is a ZIP archive, not a model"
    if start.startswith(b"version https://git-lfs"):
        return "is a Git LFS pointer, not the model itself"
    return "is not a GGUF model"


def _metadata(reader: _Reader, keys: int) -> tuple[dict[str, Scalar], dict[str, int], dict[str, tuple[str, ...]]]:
    metadata: dict[str, Scalar] = {}
    lists: dict[str, int] = {}
    texts: dict[str, tuple[str, ...]] = {}
    for _ in range(keys):
        key = reader.string(KEY_BYTES, "a key")
        if key in metadata or key in lists:
            raise _DamagedError("has the same key twice")
        kind = reader.number("<I")
        if kind == _LIST:
            lists[key], kept = _skip_list(reader)
            if kept:
                texts[key] = kept
        else:
            metadata[key] = _scalar(reader, int(kind))
    return metadata, lists, texts


def _scalar(reader: _Reader, kind: int) -> Scalar:
    if kind == _STRING:
        return reader.string(STRING_BYTES, "a text")
    if kind not in _SCALARS:
        raise _DamagedError(f"has a value of the unknown type {kind}")
    return reader.number(_SCALARS[kind])


def _skip_list(reader: _Reader) -> tuple[int, tuple[str, ...]]:
    """Read past a list and return its length, and its texts if they are few and short.

    Lists of lists are in no model, and llama.cpp refuses them too.
    """
    kind = int(reader.number("<I"))
    if kind == _LIST:
        raise _DamagedError("has a list of lists")
    length = reader.count(LIST_ENTRIES, "list entries")
    kept: list[str] = []
    if kind == _STRING:
        take, size = reader.take, struct.Struct("<Q").unpack
        for _ in range(length):
            (count,) = size(take(8))
            if count > STRING_BYTES:
                raise _DamagedError(f"claims {count} bytes for a list entry")
            entry = take(count)
            if length <= KEPT_ENTRIES:
                kept.append(entry[: 4 * KEPT_CHARS].decode("utf-8", "replace")[:KEPT_CHARS])
    elif kind in _SCALARS:
        reader.skip(length * struct.calcsize(_SCALARS[kind]))
    else:
        raise _DamagedError(f"has a list of the unknown type {kind}")
    return length, tuple(kept)


def _alignment(metadata: Mapping[str, Scalar]) -> int:
    value = metadata.get("general.alignment", 32)
    if isinstance(value, bool) or not isinstance(value, int) or not 8 <= value <= ALIGNMENT_MAX or value & (value - 1):
        raise _DamagedError("has an alignment that is not a power of two")
    return value


def _tensors(
    reader: _Reader, tensors: int, file_bytes: int, alignment: int
) -> tuple[dict[str, int], dict[str, tuple[int, ...]]]:
    """How many tensors have each type, and the shape of each, after checking that all lie within the file."""
    shapes: dict[str, tuple[int, ...]] = {}
    types: dict[str, int] = {}
    places: list[tuple[int, int]] = []
    for _ in range(tensors):
        name = reader.string(NAME_BYTES, "a tensor's name")
        if name in shapes:
            raise _DamagedError("has two tensors of the same name")
        kind, shapes[name], place = _tensor(reader, file_bytes, alignment)
        types[kind] = types.get(kind, 0) + 1
        places.append(place)
    data = -(-reader.at // alignment) * alignment
    end = data
    for offset, count in sorted(places):
        if data + offset < end:
            raise _DamagedError("has tensors that overlap")
        end = data + offset + count
    if end > file_bytes:
        raise _DamagedError(f"is cut off: its tensors need {end:,} bytes, it has {file_bytes:,}")
    return types, shapes


def _tensor(reader: _Reader, file_bytes: int, alignment: int) -> tuple[str, tuple[int, ...], tuple[int, int]]:
    """Type, shape, and (offset, bytes) in the data."""
    dimensions = int(reader.number("<I"))
    if not 1 <= dimensions <= 4:
        raise _DamagedError(f"has a tensor of {dimensions} dimensions")
    # Even the tightest type needs more than one byte for eight weights.
    shape = [reader.count(8 * file_bytes, "weights in a row") for _ in range(dimensions)]
    kind = int(reader.number("<I"))
    if kind not in TENSOR_TYPES:
        raise _DamagedError(f"has a tensor of the unknown type {kind}")
    name, block, block_bytes = TENSOR_TYPES[kind]
    weights = prod(shape)
    if weights == 0 or shape[0] % block:
        raise _DamagedError("has a tensor of an impossible shape")
    offset = reader.count(file_bytes, "bytes before a tensor")
    if offset % alignment:
        raise _DamagedError("has a tensor that is not aligned")
    size = weights // block * block_bytes
    if size > file_bytes:
        raise _DamagedError(f"is cut off: one tensor alone needs {size:,} bytes, it has {file_bytes:,}")
    return name, tuple(shape), (offset, size)


def describe(header: Gguf) -> dict[str, Scalar | dict[str, int]]:
    """The header in the few lines people look for, for `model inspect`."""
    text: Callable[[str], str] = lambda key: str(header.metadata.get(key, ""))  # noqa: E731
    return {
        "format": f"GGUF version {header.version}",
        "name": text("general.name"),
        "architecture": header.architecture,
        "license": text("general.license"),
        "parameters": header.parameters,
        "context_tokens": header.context_tokens,
        "vocabulary": header.lists.get("tokenizer.ggml.tokens", 0),
        "chat_template": "tokenizer.chat_template" in header.metadata,
        "file_bytes": header.file_bytes,
        "tensors": header.tensors,
        "tensor_types": dict(header.tensor_types),
    }
