"""One client, several models: the next job loads the one that is wanted now, and what runs is not disturbed."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from gguf_files import derived, write_adapter_file, write_model

from desktop_app.errors import ModelError
from desktop_app.jobs import finish
from desktop_app.sandbox.client import ModelClient, Piece
from desktop_app.sandbox.models.adapters import AdapterFile, read_adapter
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, bundled_model
from desktop_app.sandbox.models.measuring import machine
from desktop_app.sandbox.protocol import GenerationParameters

FAKE = Path(__file__).parents[2] / "helpers" / "fake_model.py"
HELLO = [("user", "Say hello.")]


def fake() -> ModelClient:
    return ModelClient(
        bundled_model(), command=[sys.executable, str(FAKE), '{"answers": [[{"say": "one "}, {"say": "two"}]]}']
    )


def model_in(path: Path, name: str) -> ModelFile:
    import hashlib

    data = path.read_bytes()
    return replace(
        bundled_model(), id=ModelId(name), path=path, model_bytes=len(data), sha256=hashlib.sha256(data).hexdigest()
    )


def adapter_in(path: Path, sha256: str = "") -> AdapterFile:
    import hashlib

    data = path.read_bytes()
    entry = {
        "id": "plain", "name": "Plain", "base": bundled_model().id, "adapter_bytes": len(data), "license": "CC0-1.0",
        "sha256": sha256 or hashlib.sha256(data).hexdigest(), "publisher": "Norwind", "source": "made here", "note": "Plain.",
    }  # fmt: skip
    return read_adapter(entry, path, "yours")


def test_an_answer_goes_on_while_another_model_is_chosen_and_the_next_uses_that_one(tmp_path: Path) -> None:
    other = model_in(write_model(tmp_path / "other.gguf"), "other")
    with fake() as client:
        job = client.generate(HELLO, GenerationParameters(), seed=1)
        while not isinstance(next(job), Piece):
            pass
        before = client.pid
        client.use(other)
        assert finish(job).text == "one two" and client.pid == before
        assert finish(client.start()).model_id == "other" and client.pid != before
        same = client.pid
        client.use(other)
        assert (
            finish(client.start()).model_id == "other" and client.pid == same
        )  # nothing changed, nothing is loaded anew


def test_an_adapter_of_a_catalogue_is_checked_like_a_model(tmp_path: Path) -> None:
    adapter = adapter_in(write_adapter_file(tmp_path / "plain.gguf"))
    with fake() as client:
        client.use(bundled_model(), [(adapter, 0.5)])
        assert finish(client.start()).model_id == bundled_model().id
        client.close()
        client.use(bundled_model(), [(adapter_in(adapter.path, "0" * 64), 0.5)])
        with pytest.raises(ModelError, match=r"plain\.gguf was altered"):
            finish(client.start())


@pytest.mark.model
def test_another_file_with_the_same_weights_answers_the_same_and_an_adapter_of_zeros_changes_nothing(
    tmp_path: Path,
) -> None:
    copy = model_in(derived(tmp_path / "copy.gguf", general__name="Copy"), "copy")
    adapter = adapter_in(write_adapter_file(tmp_path / "plain.gguf"))
    parameters = GenerationParameters(max_tokens=12)
    with ModelClient(bundled_model(), threads=1) as client:
        texts = []
        for model, adapters in ((bundled_model(), ()), (copy, ()), (bundled_model(), ((adapter, 1.0),))):
            client.use(model, adapters)
            texts.append(finish(client.generate(HELLO, parameters, seed=3)).text)
            assert client.report is not None and client.report.model_id == model.id
    assert texts[0] and texts == [texts[0]] * 3


def test_the_machine_is_named_in_one_line() -> None:
    assert "core" in machine() and "\n" not in machine()
