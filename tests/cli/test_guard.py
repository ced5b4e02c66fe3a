import json
import os
import stat
import sys
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from desktop_app.cli.guard import guard
from desktop_app.guard.kinds import KINDS

# desktop_app.cli.common reads standard input with it; click 8.5 says that it goes in 9.0.

SCHEMA = json.loads((Path(__file__).parents[2] / "resources/schemas/guard-findings.schema.json").read_text("utf-8"))
TEXT = "Hello,\r\nwrite to anna@example.org — password: hunter2\r\n"


def run(*arguments: str, text: str | bytes = TEXT) -> Result:
    return CliRunner().invoke(guard, arguments, input=text)


def test_scan_lists_place_kind_and_reason_but_not_the_value() -> None:
    result = run("scan", "-")
    assert result.exit_code == 1
    assert result.stdout.startswith("2:10: E-mail address a••••••g (16 characters): This is an e-mail address.")
    assert "One password and one e-mail address. They would not have left" in result.stdout
    assert "anna" not in result.output
    assert "hunter2" not in result.output


def test_scan_of_a_clean_text_ends_with_0() -> None:
    result = run("scan", "-", text="Nothing here.")
    assert (result.exit_code, result.stdout) == (0, "Nothing sensitive found.\n")


@pytest.mark.parametrize("text", [TEXT, "clean", "", "ｘ\u200b@example.org 4111111111111111"])
def test_scan_prints_json_of_the_published_form(text: str) -> None:
    result = run("scan", "-", "--json", text=text)
    report = json.loads(result.stdout)
    jsonschema.validate(report, SCHEMA)
    assert result.exit_code == (1 if report["findings"] else 0)
    assert "hunter2" not in result.stdout


def test_the_schema_names_every_kind() -> None:
    assert SCHEMA["properties"]["findings"]["items"]["properties"]["kind"]["enum"] == list(KINDS)


def test_redact_and_restore_are_inverse_to_the_byte(tmp_path: Path) -> None:
    map_file = tmp_path / "map.json"
    redacted = run("redact", "-", "--map", str(map_file))
    assert redacted.stdout_bytes.decode() == "Hello,\r\nwrite to [EMAIL-1] — password: [SECRET-1]\r\n"
    restored = run("restore", "-", "--map", str(map_file), text=redacted.stdout_bytes)
    assert restored.stdout_bytes.decode() == TEXT
    assert [file.name for file in tmp_path.iterdir()] == ["map.json"]


def test_redact_writes_no_file_unless_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("redact", "-").exit_code == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in access control lists")
def test_the_map_is_for_its_owner_only(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run("redact", "-", "--map", str(tmp_path / "map.json"))
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "map.json").stat().st_mode) == 0o600


def test_an_existing_map_is_kept(tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text("another")
    result = run("redact", "-", "--map", str(tmp_path / "map.json"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "exists already" in result.stderr
    assert (tmp_path / "map.json").read_text() == "another"


def test_a_map_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    result = run("redact", "-", "--map", str(tmp_path / "missing" / "map.json"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "cannot be written" in result.stderr


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"replacements": 3}', '{"replacements": {"[EMAIL-1]": 3}}', "[" * 9999]
)
def test_a_file_that_is_no_map_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "map.json").write_text(content)
    result = run("restore", "-", "--map", str(tmp_path / "map.json"))
    assert result.exit_code == 1
    assert "is not a map" in result.stderr


def test_a_file_that_is_missing_or_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.txt").write_bytes(b"\xff\xfe")
    assert "latin.txt is not UTF-8" in run("scan", str(tmp_path / "latin.txt")).stderr
    assert "none.txt" in run("scan", str(tmp_path / "none.txt")).stderr


def test_every_command_has_help() -> None:
    for command in guard.commands.values():
        assert command.help
    assert "unencrypted" in run("redact", "--help").output
