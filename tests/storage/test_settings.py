"""Choices survive; a file with anything wrong in it means the defaults, and says so."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.storage.settings import Settings, SettingsFile


def test_no_file_means_the_defaults_without_a_problem(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "settings.json")
    assert file.value == Settings()
    assert file.problem == ""
    assert not (tmp_path / "settings.json").exists()


def test_changes_are_there_for_the_next_start(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    first = SettingsFile(path)
    first.change(theme="dark", text_scale=150)
    first.change(first_run_done=True, window={"geometry": "AdnQ", "page": "learn"})
    second = SettingsFile(path)
    assert second.problem == ""
    assert second.value == first.value
    assert second.value == Settings("dark", 150, True, {"geometry": "AdnQ", "page": "learn"})


def test_an_unchanged_value_writes_nothing(tmp_path: Path) -> None:
    SettingsFile(tmp_path / "settings.json").change(theme="system")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", "7", '"text"', "\x00", "{'theme': 'dark'}", "[" * 100_000, '{"a":' * 100_000],
)
def test_a_broken_file_means_the_defaults_and_names_itself(tmp_path: Path, text: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(text)
    file = SettingsFile(path)
    assert file.value == Settings()
    assert str(path) in file.problem
    assert "defaults apply" in file.problem
    assert path.read_text() == text, "looking changes nothing"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theme", "pink"), ("theme", 3), ("theme", ["dark"]), ("theme", None), ("text_scale", 89), ("text_scale", 201),
        ("text_scale", "100"), ("text_scale", 100.5), ("text_scale", True), ("text_scale", None),
        ("first_run_done", "yes"), ("first_run_done", 1), ("window", []), ("window", 5),
    ],
)  # fmt: skip
def test_a_value_out_of_range_means_the_defaults_and_is_named(tmp_path: Path, name: str, value: Any) -> None:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps({"theme": "dark", name: value}))
    file = SettingsFile(path)
    assert file.value == Settings()
    assert name in file.problem and "defaults apply" in file.problem
    with pytest.raises(ValueError, match=name):
        file.change(**{name: value})


def test_fields_of_a_newer_app_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "dark", "from_the_future": 1}')
    assert SettingsFile(path).value == Settings(theme="dark")


def test_a_file_that_cannot_be_written_keeps_the_old_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "settings.json"
    file = SettingsFile(path)
    file.change(theme="dark")

    def fail(*_: Any) -> NoReturn:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(StoreError, match=r"settings\.json"):
        file.change(theme="light")
    assert file.value.theme == "dark"
    assert SettingsFile(path).value.theme == "dark"


@given(st.binary(max_size=60) | st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists).map(repr))
def test_any_bytes_are_read_without_an_error(tmp_path_factory: pytest.TempPathFactory, data: bytes | str) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed-settings.json"
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "replace"))
    file = SettingsFile(path)
    assert isinstance(file.value, Settings)
