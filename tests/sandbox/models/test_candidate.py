"""What is said of a GGUF file before it is added, and which files are refused with which sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from gguf_files import SOUND, TEMPLATE, gguf, write_adapter_file, write_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import ModelError
from desktop_app.sandbox.models.adapters import AdapterFile
from desktop_app.sandbox.models.candidate import NOT_STATED, Candidate, examine, template_hash
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, bundled_model, read_entry, write_entry
from desktop_app.sandbox.models.fit import Memory
from desktop_app.sandbox.models.gguf import read_header

MEMORY = Memory(8 * 10**9, 16 * 10**9)


def looked_at(path: Path, **options: object) -> Candidate:
    return examine(path, [bundled_model()], MEMORY, **options)  # type: ignore[arg-type]


def test_everything_the_header_says_is_shown(tmp_path: Path) -> None:
    found = looked_at(write_model(tmp_path / "tiny.gguf"))
    assert (found.name, found.publisher, found.license, found.languages) == (
        "Tiny Tester",
        "Norwind",
        "MIT",
        ("en", "de"),
    )
    assert (found.quantisation, found.file_stem) == ("F32", "tiny-tester-f32")
    assert found.fit is not None and found.fit.verdict == "fits" and not found.is_adapter
    assert "does not say" in found.training_data


def test_what_the_header_does_not_say_is_called_not_stated(tmp_path: Path) -> None:
    silent = write_model(
        tmp_path / "my file.gguf", general__name=None, general__organization=None, general__license=None,
        general__languages=None, general__file_type=None,
    )  # fmt: skip
    found = looked_at(silent)
    assert (found.name, found.publisher, found.license, found.languages) == ("my file", "not stated", NOT_STATED, ())
    assert found.quantisation == "F16" or found.quantisation == "F32"


def test_data_sets_and_the_place_of_the_licence_are_read(tmp_path: Path) -> None:
    found = looked_at(
        write_model(
            tmp_path / "a.gguf", general__dataset__0__name="Letters", general__license="other", general__license__name="House",
            general__license__link="https://norwind.example/licence",
        )
    )  # fmt: skip
    assert "these data sets: Letters." in found.training_data and "not known here" in found.training_data
    assert (found.license, found.license_name, found.license_text) == (
        "other",
        "House",
        "https://norwind.example/licence",
    )


def test_a_template_that_a_known_model_has_needs_no_new_reading(tmp_path: Path) -> None:
    known = read_header(bundled_model().path).text("tokenizer.chat_template")
    found = looked_at(write_model(tmp_path / "a.gguf", tokenizer__chat_template=known))
    assert (found.template_of, found.template_is_new) == (bundled_model().name, False)
    other = looked_at(write_model(tmp_path / "b.gguf"))
    assert (other.template, other.template_of, other.template_is_new) == (TEMPLATE, "", True)
    assert other.template_sha256 == template_hash(TEMPLATE)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"general.type": "mmproj"}, r"a part of another kind \(mmproj\)"),
        ({"split.count": 3}, "one of 3 parts"),
        ({"general.architecture": None}, "has no kind"),
        ({"tokenizer.ggml.tokens": None}, "has no vocabulary"),
        ({"tokenizer.chat_template": None}, "has no chat template.*instruct"),
        ({"tokenizer.chat_template": "x" * 100_001}, "chat template of 100,001 characters"),
        ({"llama.block_count": 10**12}, "gives 1,000,000,000,000 as its block count"),
        ({"llama.attention.head_count": 2**40}, "as its head count"),
        ({"llama.context_length": 2**62}, "as its context length"),
        ({"llama.embedding_length": 2**40}, "as its embedding length"),
        ({"general.type": "adapter", "adapter.type": "dora"}, "of the kind dora; only LoRA"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_answer_is_refused_with_its_name_and_a_way_out(
    tmp_path: Path, changes: dict[str, object], says: str
) -> None:
    path = tmp_path / "odd.gguf"
    path.write_bytes(gguf(changes))  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=says) as raised:
        looked_at(path)
    assert str(path) in str(raised.value)


def test_a_model_without_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.gguf").write_bytes(gguf(tensors={}))
    with pytest.raises(ModelError, match="has no weights"):
        looked_at(tmp_path / "a.gguf")


def test_an_adapter_finds_its_model_by_kind_and_shapes(tmp_path: Path) -> None:
    found = looked_at(write_adapter_file(tmp_path / "a.gguf"))
    assert found.base == bundled_model().id and found.is_adapter and found.fit is None and not found.template_is_new
    entry = found.entry("0" * 64, found.path)
    assert isinstance(entry, AdapterFile) and (entry.license, entry.note) == ("CC0-1.0", "Shorter sentences.")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"general__architecture": "qwen2"}, "it is for qwen2, SmolLM2 135M Instruct is llama"),
        ({"adapter__type": None}, "unknown"),
    ],
)
def test_an_adapter_for_another_model_is_refused(tmp_path: Path, changes: dict[str, str], says: str) -> None:
    with pytest.raises(ModelError, match=says):
        looked_at(write_adapter_file(tmp_path / "a.gguf", **changes))


@pytest.mark.parametrize(
    ("tensors", "says"),
    [
        ({"blk.99.attn_q.weight.lora_a": (576, 4), "blk.99.attn_q.weight.lora_b": (4, 576)}, "has no blk.99"),
        ({"blk.0.attn_q.weight.lora_a": (64, 4), "blk.0.attn_q.weight.lora_b": (4, 576)}, "has another size"),
        ({"blk.0.attn_q.weight": (576, 576)}, "has no"),
    ],
)
def test_an_adapter_whose_parts_do_not_match_the_model_is_refused(
    tmp_path: Path, tensors: dict[str, tuple[int, int]], says: str
) -> None:
    keys = dict.fromkeys(SOUND) | {"general.architecture": "llama", "general.type": "adapter", "adapter.type": "lora"}
    (tmp_path / "a.gguf").write_bytes(gguf(keys, tensors))
    with pytest.raises(ModelError, match=says):
        looked_at(tmp_path / "a.gguf")
    with pytest.raises(ModelError, match="is not here"):
        looked_at(tmp_path / "a.gguf", base=ModelId("another"))


def test_names_cannot_act_on_a_terminal_or_become_a_path(tmp_path: Path) -> None:
    found = looked_at(write_model(tmp_path / "a.gguf", general__name="../../\x1b[31mEvil\nName \u202e" + "x" * 500))
    assert found.name.isprintable() and len(found.name) <= 80
    assert "/" not in found.file_stem and ".." not in found.file_stem and found.file_stem[0] != "."


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.text(max_size=40), min_size=6, max_size=6))
def test_whatever_a_header_says_becomes_an_entry_that_can_be_read_again(tmp_path: Path, texts: list[str]) -> None:
    whole = [text.encode("utf-8", "ignore").decode() for text in texts]
    name, publisher, license_id, link, language, note = whole
    path = write_model(
        tmp_path / "a.gguf", general__name=name, general__organization=publisher, general__license=license_id,
        general__license__link=link, general__languages=(language,), general__description=note,
    )  # fmt: skip
    model = looked_at(path).entry("0" * 64, path)
    assert isinstance(model, ModelFile)
    assert read_entry(write_entry(model), path, "yours") == model
