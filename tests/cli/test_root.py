"""The command itself: help for everything, exit codes, one JSON document, and nothing loaded that is not needed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from desktop_app import __version__
from desktop_app.cli.common import parse_settings, print_json, printable, read_text
from desktop_app.cli.root import NOUNS, root
from desktop_app.errors import AppError
from tests.helpers.command import greenroom


def commands(group: click.Group = root, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command with its words, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


ALL = dict(commands())


@pytest.mark.parametrize("name", ALL)
def test_every_command_and_option_has_help(name: str) -> None:
    command = ALL[name]
    assert command.help and command.help.rstrip().endswith("."), name
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help, f"{name} {option.name}"
    done = CliRunner().invoke(root, [*name.split(), "--help"])
    assert done.exit_code == 0 and command.help.split()[0] in done.stdout


@pytest.mark.parametrize("noun", NOUNS)
def test_the_overview_names_every_command_of_a_noun(noun: str) -> None:
    command = ALL[noun]
    if isinstance(command, click.Group):
        listed = NOUNS[noun].partition(": ")[2].split(", ")
        assert sorted(listed) == sorted(command.commands)
    assert noun in CliRunner().invoke(root, ["--help"]).stdout


def test_version() -> None:
    assert CliRunner().invoke(root, ["--version"]).stdout == f"greenroom, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["prompt", "nonsense"], ["prompt"], ["prompt", "show"], ["--nonsense"], ["prompt", "list", "--nonsense"],
     ["--library", "/nowhere", "prompt", "list"], ["records", "verify", "/nowhere"], ["sandbox", "run"],
     ["sandbox", "run", "a", "--prompt", "b"], ["sandbox", "run", "a", "--set", "b=c"], ["sandbox", "run", "a", "--seed", "-1"],
     ["prompt", "render", "shorten-notice", "--set", "novalue"], ["prompt", "render", "shorten-notice", "--set", "=x"]],
)  # fmt: skip
def test_wrong_usage_is_2_and_on_standard_error(arguments: list[str]) -> None:
    done = CliRunner().invoke(root, arguments)
    assert done.exit_code == 2
    assert done.stdout == "" and "Usage:" in done.stderr


def test_a_real_process_keeps_the_streams_apart(profile: Path) -> None:
    done = greenroom("--profile", profile, "prompt", "list", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    json.loads(done.stdout)
    assert greenroom("nonsense").returncode == 2
    failed = greenroom("--profile", profile, "prompt", "show", "nonsense")
    assert (failed.returncode, failed.stdout) == (1, "")
    assert failed.stderr.startswith("greenroom: There is no prompt nonsense.")


JSON = [
    ["prompt", "list"], ["prompt", "search", "notice"], ["prompt", "show", "shorten-notice"],
    ["prompt", "diff", "shorten-notice", "1", "2"], ["prompt", "lint"], ["lesson", "list"], ["records", "progress"],
    ["records", "verify"], ["model", "list"], ["guard", "scan", "-"],
]  # fmt: skip


@pytest.mark.parametrize("arguments", JSON, ids=" ".join)
def test_json_is_one_document_and_nothing_else(profile: Path, arguments: list[str]) -> None:
    done = CliRunner().invoke(root, ["--profile", str(profile), *arguments, "--json"], input="nothing special")
    assert done.exit_code == 0, done.output
    assert done.stderr == ""
    json.loads(done.stdout)


def test_the_profile_may_be_named_by_option_or_variable(tmp_path: Path) -> None:
    assert CliRunner().invoke(root, ["--profile", str(tmp_path / "a"), "records", "verify"]).exit_code == 0
    environment = {"GREENROOM_PROFILE": str(tmp_path / "b")}
    assert CliRunner(env=environment).invoke(root, ["records", "verify"]).exit_code == 0
    assert (tmp_path / "a" / "learner.db").exists() and (tmp_path / "b" / "learner.db").exists()


def test_a_command_loads_only_what_it_uses() -> None:
    code = (
        "import sys; sys.argv = ['greenroom', '--help']\n"
        "from desktop_app.__main__ import main\n"
        "try: main()\n"
        "except SystemExit as end: assert not end.code, end.code\n"
        "heavy = {'PySide6', 'llama_cpp', 'numpy', 'sqlite_utils', 'keyring', 'cryptography', 'yaml', 'jsonschema', 're2'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "[]\n"


# -- what the commands share ---------------------------------------------------------------------------------------------


def test_settings_are_split_at_the_first_equals_sign() -> None:
    assert parse_settings(["a=1", "b=x=y", "c=", "a=2"]) == {"a": "2", "b": "x=y", "c": ""}


def test_json_keeps_letters_and_writes_paths_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"ü": Path("/a"), "t": (1, 2)})
    assert capsys.readouterr().out == '{\n  "ü": "/a",\n  "t": [\n    1,\n    2\n  ]\n}\n'


def test_a_text_is_read_without_a_mark_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_bytes(b"\xef\xbb\xbftext\r\n")
    assert read_text(str(file)) == "text\r\n"
    file.write_bytes(b"abc\xff")
    with pytest.raises(AppError, match=r"a\.txt is not UTF-8 text \(byte 3\)"):
        read_text(str(file))
    with pytest.raises(AppError, match="cannot be read"):
        read_text(str(tmp_path))


def test_a_terminal_that_knows_few_letters_ends_no_listing(profile: Path) -> None:
    """Arrows and typographic quotes stand in names and sentences."""
    done = greenroom(
        "--profile", profile, "prompt", "render", "shorten-notice@1", "--set", "notice=→ 𝄞", environment={"PYTHONIOENCODING": "latin-1"}
    )  # fmt: skip
    assert done.returncode == 0 and "\\u2192" in done.stdout, done.stderr


@given(st.text())
def test_nothing_that_is_printed_steers_the_terminal(text: str) -> None:
    shown = printable(text)
    assert len(shown) == len(text)
    for char, before in zip(shown, text, strict=True):
        assert char == before or (char == "\ufffd" and not before.isprintable())
        assert char in "\n\t" or (ord(char) >= 32 and not 0x7F <= ord(char) < 0xA0)
    assert printable("می\u200cخواهم 👩\u200d🔬") == "می\u200cخواهم 👩\u200d🔬", "what joins letters stays"
    assert printable("\x1b]0;owned\x07 \u202egnp.exe\r") == "\ufffd]0;owned\ufffd \ufffdgnp.exe\ufffd"
