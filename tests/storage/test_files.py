"""A file is replaced whole or stays as it was."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, NoReturn

import pytest

from desktop_app.errors import StoreError
from desktop_app.storage.files import create_exclusively, make_shared_folder, shared_mode, write_atomically


def test_writes_and_replaces_for_the_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    write_atomically(file, b"one")
    write_atomically(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("step", ["replace", "fsync", "chmod"])
def test_a_failing_step_leaves_the_old_file_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"old")

    def fail(*_: Any, **__: Any) -> NoReturn:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, step, fail)
    with pytest.raises(StoreError, match=r"settings\.json cannot be written \(No space left on device\)\. Free space"):
        write_atomically(file, b"new")
    monkeypatch.undo()
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_an_interruption_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(b"old")

    def interrupt(_: int) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        write_atomically(tmp_path / "gone" / "settings.json", b"new")


# -- new files that overwrite nobody's -----------------------------------------------------------------------------------


@pytest.fixture(params=["links", "no links"])
def links(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system with links, and one without, such as FAT."""
    if request.param == "no links":

        def refuse(*_: Any, **__: Any) -> NoReturn:
            raise OSError(errno.EPERM, os.strerror(errno.EPERM))

        monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("links")
def test_a_new_file_is_made_whole_and_never_over_another(tmp_path: Path) -> None:
    file = tmp_path / "0001.yml"
    create_exclusively(file, b"one", mode=0o644)
    assert file.read_bytes() == b"one" and file.stat().st_mode & 0o777 == 0o644
    with pytest.raises(FileExistsError):
        create_exclusively(file, b"two")
    assert file.read_bytes() == b"one" and list(tmp_path.iterdir()) == [file]


def test_a_new_file_that_cannot_be_finished_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without links the file itself is written, so what is half-written is taken away again."""
    forced = []

    def refuse(*_: Any, **__: Any) -> NoReturn:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    def full_the_second_time(_: int) -> None:
        forced.append(1)
        if len(forced) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "fsync", full_the_second_time)
    with pytest.raises(StoreError, match=r"0001\.yml cannot be written \(No space left on device\)"):
        create_exclusively(tmp_path / "0001.yml", b"one")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no modes")
def test_what_a_team_shares_gets_the_rights_of_its_folder(tmp_path: Path) -> None:
    team = tmp_path / "team"
    team.mkdir()
    team.chmod(0o2775)
    make_shared_folder(team / "approvals")
    make_shared_folder(team / "approvals")  # there already
    assert (team / "approvals").stat().st_mode & 0o7777 == 0o2775
    assert shared_mode(team / "approvals") == 0o664
    team.chmod(0o750)
    assert shared_mode(team) == 0o640


def test_a_shared_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="approvals cannot be made"):
        make_shared_folder(tmp_path / "gone" / "approvals")
    with pytest.raises(StoreError, match="gone cannot be read"):
        shared_mode(tmp_path / "gone")
