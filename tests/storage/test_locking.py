"""A file is held by one process at a time, and let go when that process ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.jobs import Progress, finish
from desktop_app.storage.files import link_exclusively
from desktop_app.storage.locking import hold, is_held, try_to_hold

ROOT = Path(__file__).parents[2]


def test_a_file_that_is_held_is_not_given_to_another(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    assert not is_held(path)
    with finish(hold(path)):
        assert is_held(path) and try_to_hold(path) is None
        waiting = hold(path)
        assert isinstance(next(waiting), Progress)
        waiting.close()
    assert not is_held(path)
    with finish(hold(path)):
        pass


def test_a_process_that_is_killed_lets_go(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom desktop_app.storage.locking import try_to_hold\n"
        f"held = try_to_hold(Path({str(tmp_path / 'lock')!r}))\nprint('held', flush=True)\nsys.stdin.read()"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None and process.stdout.readline() == b"held\n"
    assert is_held(tmp_path / "lock")
    process.kill()
    process.communicate()
    assert not is_held(tmp_path / "lock")


def test_a_folder_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        finish(hold(tmp_path / "none" / "lock"))


def test_a_name_is_given_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    assert link_exclusively(tmp_path / "a", tmp_path / "c") and not link_exclusively(tmp_path / "b", tmp_path / "c")
    assert (tmp_path / "c").read_text() == "a"


def test_where_there_are_no_links_the_file_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError("not supported")

    monkeypatch.setattr("desktop_app.storage.files.os.link", no_links)
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    assert link_exclusively(tmp_path / "a", tmp_path / "c") and not (tmp_path / "a").exists()
    assert not link_exclusively(tmp_path / "b", tmp_path / "c") and (tmp_path / "c").read_text() == "a"
