"""A GGUF file somebody wants to add: what its header says, whether it can be used, and how it would be described."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.errors import ModelError
from desktop_app.sandbox.models.adapters import AdapterFile, AdapterId, is_adapter
from desktop_app.sandbox.models.catalogue import TEMPLATE_CHARS, ModelFile, ModelId
from desktop_app.sandbox.models.fit import Fit, Memory, fit_of_header, need_bytes
from desktop_app.sandbox.models.gguf import Gguf, read_header

_WAY_OUT = "Get another file from where it came from."
_TEMPLATE = "tokenizer.chat_template"
# general.file_type → the name people know it by, from llama.cpp's llama.h.
_FILE_TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S", 12: "Q3_K_M",
    13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS", 20: "IQ2_XS",
    21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M", 28: "IQ2_S",
    29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4",
}  # fmt: skip
# No model has more; a damaged or hostile header may claim anything.
_MOST = {
    "{}.block_count": 4_096, "{}.attention.head_count": 4_096, "{}.attention.head_count_kv": 4_096,
    "{}.embedding_length": 1_000_000, "{}.attention.key_length": 100_000, "{}.attention.value_length": 100_000,
    "{}.context_length": 1_000_000_000,
}  # fmt: skip
NOT_STATED = "NOASSERTION"  # SPDX's word for a licence that nobody named
_SPDX = {
    "apache-2.0": "Apache-2.0", "mit": "MIT", "cc-by-4.0": "CC-BY-4.0", "cc-by-sa-4.0": "CC-BY-SA-4.0", "cc0-1.0": "CC0-1.0",
    "cc-by-nc-4.0": "CC-BY-NC-4.0", "bsd-3-clause": "BSD-3-Clause", "gpl-3.0": "GPL-3.0-only", "agpl-3.0": "AGPL-3.0-only",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be added. fit is None for an adapter, and base the model it is for.

    template_of names the model whose template is the same, "" if none has it; in_place: it lies in a folder of models.
    """

    path: Path
    header: Gguf
    fit: Fit | None
    template: str
    template_of: str
    in_place: bool
    base: ModelId | None = None

    @property
    def file_bytes(self) -> int:
        """The file's size."""
        return self.header.file_bytes

    @property
    def is_adapter(self) -> bool:
        """True if it is an adapter for another model."""
        return self.base is not None

    @property
    def template_is_new(self) -> bool:
        """True if somebody must read and accept the chat template."""
        return bool(self.template) and not self.template_of

    @property
    def template_sha256(self) -> str:
        """The template's SHA-256, "" for none."""
        return template_hash(self.template) if self.template else ""

    @property
    def name(self) -> str:
        """What the header calls it, else the file's name."""
        return _words(self.header.text("general.name"), 80) or _words(self.path.stem, 80) or "A model"

    @property
    def quantisation(self) -> str:
        """How its weights are stored."""
        known = _FILE_TYPES.get(self.header.number("general.file_type"))
        types = self.header.tensor_types
        return known or max(types, key=lambda kind: types[kind], default="unknown")

    @property
    def license(self) -> str:
        """The SPDX expression for what the header says."""
        said = _words(self.header.text("general.license"), 80)
        return _SPDX.get(said.lower(), said) or NOT_STATED

    @property
    def license_name(self) -> str:
        """What the header calls the licence."""
        return _words(self.header.text("general.license.name"), 120)

    @property
    def license_text(self) -> str:
        """Where the header says the licence can be read."""
        return _words(self.header.text("general.license.link"), 300)

    @property
    def publisher(self) -> str:
        """Who made it, as far as the header says."""
        names = [self.header.text(f"general.{key}") for key in ("organization", "author", "quantized_by")]
        return next((text for name in names if (text := _words(name, 80))), "not stated")

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages the header names, as codes such as "en"."""
        named = [_words(entry, 20) for entry in self.header.texts.get("general.languages", ())]
        return tuple(entry for entry in named if entry)[:40]

    @property
    def training_data(self) -> str:
        """What the header says of the data it learned from, and what is not known."""
        sets = [
            _words(value, 80)
            for key, value in self.header.metadata.items()
            if isinstance(value, str) and re.fullmatch(r"general\.dataset\.\d+\.name", key)
        ]
        named = [*sets, *(_words(entry, 80) for entry in self.header.texts.get("general.datasets", ()))][:20]
        if not named:
            return "The file does not say what the model learned from. Ask its publisher before you rely on it."
        return f"The file names these data sets: {', '.join(named)}. What else it learned from is not known here."

    @property
    def file_stem(self) -> str:
        """A plain name for the file and its id."""
        plain = unicodedata.normalize("NFKD", self.name).encode("ascii", "ignore").decode().lower()
        stem = re.sub(r"[^a-z0-9.]+", "-", plain).strip("-.")[:40].strip("-.") or "model"
        return stem if self.is_adapter else f"{stem}-{self.quantisation.lower()}"

    def entry(self, sha256: str, path: Path) -> ModelFile | AdapterFile:
        """How the catalogue will describe it."""
        source = f"Added from the file {_words(self.path.name, 200)}"
        if self.base is not None:
            return AdapterFile(
                AdapterId(self.file_stem), self.name, path, self.base, self.file_bytes, sha256, self.license, self.publisher,
                source, _words(self.header.text("general.description"), 300) or "An adapter that was added from a file.", "yours",
            )  # fmt: skip
        return ModelFile(
            ModelId(self.file_stem), self.name, path, self.file_bytes, sha256, self.license,
            self.header.context_tokens or 2048,
            _words(self.header.text("general.description"), 300) or "Added from a file: nobody here has tried it yet.",
            self.publisher, max(1, self.header.parameters), self.quantisation, source,
            license_name=self.license_name, license_text=self.license_text, training_data=self.training_data,
            languages=self.languages, architecture=self.header.architecture, template_sha256=self.template_sha256,
            estimated_bytes=need_bytes(self.header), origin="yours",
        )  # fmt: skip


def examine(
    path: Path,
    known: Iterable[ModelFile],
    memory: Memory,
    *,
    folders: Collection[Path] = (),
    reference: tuple[int, float] = (0, 0.0),
    base: ModelId | None = None,
) -> Candidate:
    """The file, if its header is sound and it can be used; reads the header only.

    known are the models there are: their templates are accepted already, and one of them is an adapter's base, the one
    named or the first of the same kind. Files in folders stay where they are. Raises ModelError saying what is wrong.
    """
    path = path.absolute()
    header, known = read_header(path), tuple(known)
    in_place = path.parent in folders
    _check_numbers(path, header)
    if is_adapter(header):
        return Candidate(path, header, None, "", "", in_place, _base_of(path, header, known, base))
    _check_model(path, header)
    template = header.text(_TEMPLATE)
    digest = template_hash(template)
    of = next((model.name for model in known if model.template_sha256 == digest), "")
    return Candidate(path, header, fit_of_header(header, memory, reference), template, of, in_place)


def template_hash(template: str) -> str:
    """A chat template's SHA-256 in hex."""
    return hashlib.sha256(template.encode("utf-8")).hexdigest()


def _check_model(path: Path, header: Gguf) -> None:
    kind = header.text("general.type")
    if kind not in ("", "model"):
        raise ModelError(f"{path} is a part of another kind ({_words(kind, 40)}), not a model by itself. {_WAY_OUT}")
    if header.number("split.count") > 1:
        raise ModelError(
            f"{path} is one of {header.number('split.count')} parts of a model. Get the model as one file, or join the parts."
        )
    if not header.architecture or not header.tensors or not header.lists.get("tokenizer.ggml.tokens"):
        missing = "kind" if not header.architecture else "weights" if not header.tensors else "vocabulary"
        raise ModelError(f"{path} is no model that can answer: it has no {missing}. {_WAY_OUT}")
    template = header.text(_TEMPLATE)
    if not template:
        raise ModelError(
            f"{path} has no chat template, so it only continues texts and cannot answer. Get the version of it that follows "
            'instructions; its name often has "instruct" or "chat" in it.'
        )
    if len(template) > TEMPLATE_CHARS:
        raise ModelError(
            f"{path} has a chat template of {len(template):,} characters; more than {TEMPLATE_CHARS:,} are not accepted. {_WAY_OUT}"
        )


def _check_numbers(path: Path, header: Gguf) -> None:
    for key, most in _MOST.items():
        if header.number(key) > most:
            what = key.removeprefix("{}.").replace("attention.", "").replace("_", " ")
            raise ModelError(f"{path} gives {header.number(key):,} as its {what}, which no model has. {_WAY_OUT}")


def _base_of(path: Path, header: Gguf, known: tuple[ModelFile, ...], base: ModelId | None) -> ModelId:
    kind = header.text("adapter.type")
    if kind != "lora" or not header.tensors:
        raise ModelError(
            f"{path} is an adapter of the kind {_words(kind, 40) or 'unknown'}; only LoRA is known. {_WAY_OUT}"
        )
    why = ""
    for model in (model for model in known if base in (None, model.id)):
        why = adapter_problem(header, model)
        if not why:
            return model.id
    raise ModelError(
        f"{path} is an adapter for another model: {why or 'the one it is for is not here'}. Add its model first."
    )


def adapter_problem(header: Gguf, model: ModelFile) -> str:
    """Why this adapter is not for the model; "" if kind and shapes match. Reads the model's header."""
    base = read_header(model.path)
    if header.architecture != base.architecture:
        return f"it is for {_words(header.architecture, 40) or 'an unknown kind'}, {model.name} is {base.architecture}"
    for name, shape in header.shapes.items():
        tensor, _, part = name.rpartition(".lora_")
        weights = base.shapes.get(tensor)
        if part not in ("a", "b") or weights is None:
            return f"{model.name} has no {_words(tensor or name, 60)}"
        if len(shape) != 2 or (shape[0] != weights[0] if part == "a" else shape[1] != weights[1]):
            return f"its {_words(tensor, 60)} has another size than {model.name}'s"
    return ""


def _words(text: str, most: int) -> str:
    """The text in one line, without anything that could act on a terminal."""
    shown = "".join(char if char.isprintable() else " " for char in text[: 4 * most])
    return " ".join(shown.split())[:most].strip()
