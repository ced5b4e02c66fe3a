"""greenroom prompt import and export, as a curator runs them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_app.cli.prompt_interchange import FORMATS
from desktop_app.prompts.interchange.dialects import NAMES
from tests.helpers.command import files_below, greenroom, sentence
from tests.helpers.interchange import DATA
from tests.helpers.prompt_files import write_prompt


def test_an_import_lands_in_the_own_library_with_every_loss_as_a_line(profile: Path) -> None:
    source = DATA / "prompty" / "second.prompty"
    done = greenroom("--profile", profile, "prompt", "import", source)
    assert done.returncode == 0, done.stderr
    assert f"{source}:26: left out: The comment {{{{! a comment }}}}." in done.stdout.splitlines()
    assert done.stderr.splitlines()[-1] == f"{profile / 'library'}: 1 imported, 0 updated, 0 unchanged, 0 left out"
    assert list(files_below(profile / "library")) == ["classify-mail/1.prompt.yml"]
    again = greenroom("--profile", profile, "prompt", "import", source)
    assert again.returncode == 0 and "0 imported, 0 updated, 1 unchanged" in again.stderr


def test_what_is_left_out_is_named_and_ends_in_1(profile: Path, tmp_path: Path) -> None:
    done = greenroom(
        "--profile", profile, "prompt", "import", DATA / "promptfoo", "--to", tmp_path / "library", "--json"
    )
    assert done.returncode == 1 and done.stderr == ""
    (row,) = json.loads(done.stdout)
    assert [problem["line"] for problem in row["left_out"]] == [10, 11, 12]
    assert [prompt["outcome"] for prompt in row["prompts"]] == ["imported"] * 5
    assert not (profile / "library").exists()


def test_an_id_of_the_bundled_library_is_not_taken(profile: Path, tmp_path: Path) -> None:
    (tmp_path / "shorten-notice.prompt").write_text("Shorten {{notice}}.")
    done = greenroom("--profile", profile, "prompt", "import", tmp_path / "shorten-notice.prompt", "--json")
    assert json.loads(done.stdout)[0]["prompts"][0]["reference"] == "shorten-notice-2@1"


def test_a_file_of_no_known_form(profile: Path, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\0")
    done = greenroom("--profile", profile, "prompt", "import", tmp_path / "a.bin")
    assert done.returncode == 1 and "Say what it is with --as." in done.stderr


def test_a_prompt_is_exported_and_says_what_is_lost(profile: Path, tmp_path: Path) -> None:
    write_prompt(tmp_path / "library")
    target = tmp_path / "answer.prompty"
    command = ("--profile", profile, "--library", tmp_path / "library", "prompt", "export")
    done = greenroom(*command, "answer-invoice", "--as", "prompty", "--out", target)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("answer-invoice@1: left out: There is no place for roles, task, ")
    assert f"Wrote {target}" in done.stderr and target.read_text().startswith("---\nname: Answer an invoice question\n")
    assert "exists already" in sentence(
        greenroom(*command, "answer-invoice", "--as", "prompty", "--out", target), target
    )
    as_json = greenroom(*command, "answer-invoice@1", "--as", "github", "--out", tmp_path / "g", "--json")
    assert json.loads(as_json.stdout)[0]["files"] == [str(tmp_path / "g")]


def test_the_whole_library_is_exported(profile: Path, tmp_path: Path) -> None:
    done = greenroom(
        "--profile", profile, "prompt", "export", "--all", "--as", "github", "--out", tmp_path / "out", "--json"
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == len(list((tmp_path / "out").glob("*.prompt.yml"))) > 10


@pytest.mark.parametrize(
    "arguments",
    [["import"], ["import", "/nowhere"], ["export", "--as", "github", "--out", "x"], ["export", "a", "--as", "github"],
     ["export", "a", "--all", "--as", "github", "--out", "x"], ["export", "a", "--as", "word", "--out", "x"]],
)  # fmt: skip
def test_wrong_usage(arguments: list[str]) -> None:
    assert greenroom("prompt", *arguments).returncode == 2


def test_the_formats_are_the_dialects() -> None:
    assert FORMATS == NAMES
