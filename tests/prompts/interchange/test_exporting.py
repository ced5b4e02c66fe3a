"""Exporting: one version to a file, several to a folder, never over what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.errors import AppError
from desktop_app.jobs import finish
from desktop_app.prompts.interchange.dialects import NAMES
from desktop_app.prompts.interchange.exporting import export_versions
from desktop_app.prompts.interchange.importing import import_paths
from desktop_app.prompts.library import PromptLibrary, lint
from tests.helpers.prompt_files import read_good


def test_one_version_goes_to_the_file_that_is_named(tmp_path: Path) -> None:
    version = read_good(tmp_path / "library").newest
    done = finish(export_versions([version], "prompty", tmp_path / "mine.prompty"))
    assert [(one.reference, one.files) for one in done] == [("answer-invoice@1", (tmp_path / "mine.prompty",))]
    assert done[0].notes


def test_into_a_folder_the_file_has_the_prompts_name(tmp_path: Path) -> None:
    version = read_good(tmp_path / "library").newest
    done = finish(export_versions([version], "dotprompt", tmp_path))
    assert done[0].files == (tmp_path / "answer-invoice.prompt",)


def test_a_file_that_needs_a_folder_of_its_own_gets_that_and_no_other(tmp_path: Path) -> None:
    versions = [read_good(tmp_path / "library", name).newest for name in ("one-a", "two-b")]
    (one,) = finish(export_versions(versions[:1], "fabric", tmp_path / "mine"))
    assert one.files == (tmp_path / "mine" / "one_a" / "system.md",)
    both = finish(export_versions(versions, "fabric", tmp_path / "all"))
    assert [done.files[0] for done in both] == [tmp_path / "all" / name / "system.md" for name in ("one_a", "two_b")]


@pytest.mark.parametrize("dialect", NAMES)
def test_several_versions_go_below_a_folder_and_can_be_imported_again(tmp_path: Path, dialect: str) -> None:
    versions = [read_good(tmp_path / "library", name, name=f"Prompt {name}").newest for name in ("one-a", "two-b")]
    target = tmp_path / "out.csv" if dialect == "prompts.chat" else tmp_path / "out"
    done = finish(export_versions(versions, dialect, target))
    files = [file for one in done for file in one.files]
    assert files and all(file.is_file() for file in files) and len(set(files)) == len(files)
    report = finish(import_paths([target], tmp_path / "again", dialect=dialect))
    assert report.count("imported") == 2, report
    assert not lint(tmp_path / "again")
    texts = {prompt.newest.messages[-1].content for prompt in PromptLibrary([tmp_path / "again"]).prompts()}
    assert all("{{question}}" in text for text in texts)


def test_what_is_there_stays(tmp_path: Path) -> None:
    version = read_good(tmp_path / "library").newest
    (tmp_path / "mine.prompty").write_text("mine")
    with pytest.raises(AppError, match="exists already, and nothing is overwritten"):
        finish(export_versions([version], "prompty", tmp_path / "mine.prompty"))
    assert (tmp_path / "mine.prompty").read_text() == "mine"
