"""greenroom model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from gguf_files import TEMPLATE, write_adapter_file, write_model

from desktop_app.cli import model as command
from desktop_app.jobs import finish
from desktop_app.sandbox.models.catalogue import MeasuredMemory, ModelFile, bundled_model, read_entry, write_entry
from desktop_app.sandbox.models.folders import Folder, add_entry
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

ID = bundled_model().id


@pytest.fixture
def services(profile: Path) -> Services:
    return Services(Locations.find(profile))


def run(services: Services, *arguments: str) -> Result:
    return CliRunner().invoke(command.model, arguments, obj=Services(services.locations))


def test_list_names_the_bundled_model_and_how_it_fits(services: Services) -> None:
    result = run(services, "list")
    assert result.exit_code == 0
    assert ID in result.stdout and "98 MB, Apache-2.0, in use, came with the app" in result.stdout
    assert "needs 229 MB" in result.stdout


def test_list_as_json_is_one_document(services: Services) -> None:
    [row] = json.loads(run(services, "list", "--json").stdout)
    assert row["id"] == ID and row["present"] is True and row["in_use"] is True and row["kind"] == "model"
    assert row["sha256"] == bundled_model().sha256 and row["memory"]["full_bytes"] == row["need_bytes"]
    assert "FineWeb-Edu" in row["training_data"] and "Not known" in row["training_data"] and row["languages"] == ["en"]


def test_a_model_is_added_listed_used_and_removed(services: Services, tmp_path: Path) -> None:
    source = write_model(tmp_path / "tiny.gguf")
    added = run(services, "add", str(source), "--accept-template")
    assert added.exit_code == 0 and "tiny-tester-f32 is added: Tiny Tester, 1,536 bytes, licence MIT." in added.stdout
    assert "tiny-tester-f32  Tiny Tester" in run(services, "list").stdout
    assert "is used from now on" in run(services, "use", "tiny-tester-f32").stdout
    assert Services(services.locations).model.model.id == "tiny-tester-f32"
    assert "is in use" in run(services, "remove", "tiny-tester-f32").stderr
    assert run(services, "use", ID).exit_code == 0
    assert "Tiny Tester is removed." in run(services, "remove", "tiny-tester-f32").stdout
    assert source.is_file() and "tiny" not in run(services, "list").stdout
    for verb in ("use", "remove", "verify", "measure"):
        result = run(services, verb, "tiny-tester-f32")
        assert result.exit_code == 1 and f"Known: {ID}" in result.stderr


def test_a_new_template_is_printed_and_must_be_accepted(services: Services, tmp_path: Path) -> None:
    result = run(services, "add", str(write_model(tmp_path / "tiny.gguf", general__license=None)))
    assert result.exit_code == 1 and result.stdout == ""
    assert TEMPLATE in result.stderr and "--accept-template" in result.stderr and "names no licence" in result.stderr
    assert "tiny" not in run(services, "list").stdout


def test_what_does_not_fit_is_said_but_added_all_the_same(services: Services, tmp_path: Path) -> None:
    wide = write_model(tmp_path / "a.gguf", llama__block_count=4000, llama__attention__head_count_kv=4000)
    result = run(services, "add", str(wide), "--accept-template", "--json")
    assert "Tiny Tester won't fit" in result.stderr or "may be slow" in result.stderr
    assert json.loads(result.stdout)["origin"] == "yours"


def test_an_adapter_is_added_to_its_model(services: Services, tmp_path: Path) -> None:
    adapter = str(write_adapter_file(tmp_path / "a.gguf"))
    assert f"adapter_for: {ID}" in run(services, "inspect", adapter).stdout
    result = run(services, "add", adapter, "--json")
    assert json.loads(result.stdout) | {"base": ID, "kind": "adapter"} == json.loads(result.stdout)
    assert f"plain-letters  adapter for {ID}: Plain letters" in run(services, "list").stdout
    assert "plain-letters: unaltered" in run(services, "verify").stdout


def test_what_is_wrong_in_a_folder_is_named_and_ends_with_1(services: Services, tmp_path: Path) -> None:
    run(services, "add", str(write_model(tmp_path / "tiny.gguf")), "--accept-template")
    folder = services.locations.own_models
    (folder / "tiny-tester-f32.gguf").unlink()
    write_model(folder / "stray.gguf")
    result = run(services, "list")
    assert result.exit_code == 1 and "missing" in result.stdout and ID in result.stdout
    assert "The file of Tiny Tester is missing" in result.stderr and "stray.gguf has no entry" in result.stderr
    checked = run(services, "verify")
    assert (
        checked.exit_code == 1
        and "is missing. Remove it and add it again" in checked.stderr
        and "unaltered" in checked.stdout
    )
    assert run(services, "remove", "tiny-tester-f32").exit_code == 0


def test_verify_passes_on_the_right_file(services: Services) -> None:
    result = run(services, "verify", ID)
    assert result.exit_code == 0 and "unaltered" in result.stdout


def test_inspect_shows_the_header_and_what_adding_it_would_mean(services: Services) -> None:
    path = str(bundled_model().path)
    shown = run(services, "inspect", path).stdout
    assert "architecture: llama" in shown and "fits: needs about 228 MB" in shown and "the same as SmolLM2" in shown
    found = json.loads(run(services, "inspect", path, "--json").stdout)
    assert found["context_tokens"] == 8192 and found["tensor_types"]["Q4_1"] > 100
    assert "<|im_start|>" in run(services, "inspect", path, "--template").stdout


def test_inspect_says_why_a_sound_file_cannot_be_added(services: Services, tmp_path: Path) -> None:
    result = run(services, "inspect", str(write_model(tmp_path / "a.gguf", tokenizer__chat_template=None)))
    assert result.exit_code == 0 and "problem: " in result.stdout and "has no chat template" in result.stdout


@pytest.mark.parametrize("name", ["gone.gguf", "page.gguf"])
def test_inspect_and_add_of_what_is_no_model_end_with_1_and_a_sentence(
    services: Services, tmp_path: Path, name: str
) -> None:
    (tmp_path / "page.gguf").write_text("<html>")
    for verb in ("inspect", "add"):
        result = run(services, verb, str(tmp_path / name), "--json")
        assert result.exit_code == 1 and result.stdout == "" and name in result.stderr


@pytest.mark.model
def test_measured_figures_are_printed_and_kept_with_ones_own_model(services: Services) -> None:
    own = Folder(services.locations.own_models, "yours")
    own.path.mkdir(parents=True)
    finish(add_entry(own, replace(bundled_model(), id="mine", origin="yours", memory=None)))  # type: ignore[arg-type]
    figures = json.loads(run(services, "measure", "mine", "--json").stdout)
    known = bundled_model().memory
    assert known is not None and figures["context_tokens"] == known.context_tokens
    assert figures["full_bytes"] == pytest.approx(known.full_bytes, rel=0.15)  # the figure that is shipped
    [_, row] = json.loads(run(services, "list", "--json").stdout)
    assert row["memory"] == figures


def test_an_entry_keeps_its_measured_memory() -> None:
    figures = MeasuredMemory(5, 7, 2048, 3.5, "2026-11-22", "a machine")
    model: ModelFile = replace(bundled_model(), memory=figures)
    assert read_entry(write_entry(model), model.path, "app").memory == figures


def test_every_command_has_help() -> None:
    assert command.model.help and all(each.help for each in command.model.commands.values())
