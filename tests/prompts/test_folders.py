"""A folder's stamp: the same as long as nothing changes, another after any change, none while nobody can tell."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.errors import ContentError
from desktop_app.prompts.folders import first_of_each, prompt_folders, rules_stamp, stamp
from tests.helpers.prompt_files import write_prompt

OLD = (1_700_000_000, 1_700_000_000)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_prompt(tmp_path, "p-one", labels="approved: 1\n")
    (tmp_path / "p-one" / "approvals").mkdir()
    (tmp_path / "p-one" / "approvals" / "0001.yml").write_text("x")
    age(tmp_path)
    return tmp_path / "p-one"


def age(folder: Path) -> None:
    for path in folder.rglob("*"):
        os.utime(path, OLD, follow_symlinks=False)


def write(name: str, text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_text(text)


@pytest.mark.parametrize(
    "change",
    [
        write("labels.yml", "pilot: 1\n"), write("2.prompt.yml", ""), write("approvals/0001.yml", "yy"), write("approvals/0002.yml", ""),
        lambda folder: (folder / "1.prompt.yml").rename(folder / "3.prompt.yml"), lambda folder: (folder / "labels.yml").unlink(),
        lambda folder: (folder / "4.prompt.yml").symlink_to("nowhere"),
        lambda folder: os.utime(folder / "labels.yml", (1_700_000_001, 1_700_000_001)),
    ],
)  # fmt: skip
def test_every_change_shows(folder: Path, change: Callable[[Path], object]) -> None:
    before = stamp(folder)
    assert before and stamp(folder) == before
    change(folder)
    for path in (folder, folder / "approvals"):
        for file in path.iterdir():
            if file.stat(follow_symlinks=False).st_mtime > 1_700_001_000:
                os.utime(file, OLD, follow_symlinks=False)
    assert stamp(folder) != before


def test_what_is_no_part_of_a_prompt_changes_nothing(folder: Path) -> None:
    before = stamp(folder)
    (folder / ".1.prompt.yml.tmp").write_text("being written")
    (folder / "pictures").mkdir()
    (folder / "pictures" / "a.png").write_bytes(b"x")
    assert stamp(folder) == before


def test_a_file_that_is_two_seconds_old_is_not_trusted(folder: Path) -> None:
    write_prompt(folder.parent, "p-one", 2)
    assert stamp(folder) == b""


def test_rules_are_part_of_it(folder: Path) -> None:
    library = folder.parent
    before = rules_stamp(library)
    assert stamp(folder, before) != stamp(folder) and rules_stamp(library) == before
    (library / "curators.yml").write_text("x")
    os.utime(library / "curators.yml", OLD)
    assert rules_stamp(library) != before


def test_a_folder_that_is_gone_raises(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        stamp(tmp_path / "gone")
    with pytest.raises(ContentError, match="cannot be read"):
        prompt_folders(tmp_path / "gone")
    first, others, [problem] = first_of_each([tmp_path / "gone", tmp_path])
    assert first == {} and others == [] and problem.path == tmp_path / "gone"


def test_a_link_in_a_circle_hides_no_prompt(folder: Path) -> None:
    library = folder.parent
    (library / "p-two").symlink_to("p-two")
    (folder / "2.prompt.yml").symlink_to("2.prompt.yml")
    assert prompt_folders(library) == ["p-one"]
    assert stamp(folder) and stamp(folder) == stamp(folder)
