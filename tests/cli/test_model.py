"""greenroom model."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop_app.cli import model as command
from desktop_app.sandbox.models.catalogue import bundled_model


def test_list_names_the_bundled_model() -> None:
    result = CliRunner().invoke(command.model, ["list"])
    assert result.exit_code == 0
    assert bundled_model().id in result.stdout and "98 MB, Apache-2.0, installed" in result.stdout


def test_list_as_json_is_one_document() -> None:
    rows = json.loads(CliRunner().invoke(command.model, ["list", "--json"]).stdout)
    assert rows[0]["id"] == bundled_model().id and rows[0]["present"] is True
    assert rows[0]["sha256"] == bundled_model().sha256


def test_verify_passes_on_the_right_file() -> None:
    result = CliRunner().invoke(command.model, ["verify"])
    assert result.exit_code == 0 and "unaltered" in result.stdout


def test_verify_checks_every_model_and_ends_with_1_if_one_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = replace(bundled_model(), path=tmp_path / "gone.gguf")
    monkeypatch.setattr(command, "catalogue", lambda: (wrong, bundled_model()))
    result = CliRunner().invoke(command.model, ["verify"])
    assert result.exit_code == 1
    assert "gone.gguf is missing" in result.stderr and "unaltered" in result.stdout


def test_inspect_shows_the_header() -> None:
    path = str(bundled_model().path)
    assert "architecture: llama" in CliRunner().invoke(command.model, ["inspect", path]).stdout
    found = json.loads(CliRunner().invoke(command.model, ["inspect", path, "--json"]).stdout)
    assert found["context_tokens"] == 8192 and found["tensor_types"]["Q4_1"] > 100


@pytest.mark.parametrize("name", ["gone.gguf", "page.gguf"])
def test_inspect_of_what_is_no_model_ends_with_1_and_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / "page.gguf").write_text("<html>")
    result = CliRunner().invoke(command.model, ["inspect", str(tmp_path / name), "--json"])
    assert result.exit_code == 1 and result.stdout == ""
    assert name in result.stderr


def test_every_command_has_help() -> None:
    assert command.model.help and all(each.help for each in command.model.commands.values())
