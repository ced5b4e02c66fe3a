"""Where the profile is, and what is said if it cannot be there."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.storage.locations import Locations
from tests.helpers.command import unprivileged


def test_the_option_comes_before_the_variable_and_the_variable_before_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GREENROOM_PROFILE", str(tmp_path / "variable"))
    assert Locations.find(tmp_path / "option").profile == tmp_path / "option"
    assert Locations.find().profile == tmp_path / "variable"
    monkeypatch.setenv("GREENROOM_PROFILE", "")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Locations.find().profile.name == "greenroom"
    assert tmp_path in Locations.find().profile.parents


def test_every_file_of_the_profile_is_below_its_folder(profile: Path) -> None:
    places = Locations.find(profile)
    files = (
        places.learner_db, places.index_db, places.settings_file, places.audit_head, places.log_file, places.lock_file,
    )  # fmt: skip
    assert len({file.name for file in files}) == len(files)
    assert {file.parent for file in files} == {profile}


def test_bundled_folders_come_first_and_exist(tmp_path: Path) -> None:
    places = Locations.find(content=[tmp_path / "c"], libraries=[tmp_path / "l"])
    assert places.content[1:] == (tmp_path / "c",)
    assert places.libraries[1:] == (tmp_path / "l",)
    assert places.content[0].is_dir()
    assert places.libraries[0].is_dir()
    assert (places.resources / "schemas").is_dir()


def test_relative_and_home_paths_become_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Locations.find(Path("here")).profile == tmp_path / "here"
    assert Locations.find(Path("~/there")).profile == tmp_path / "there"


def test_a_home_that_does_not_exist_is_said() -> None:
    with pytest.raises(StoreError, match=r"home folder that does not exist.*--profile"):
        Locations.find(Path("~nobody-has-this-name/x"))


def test_the_folder_is_made_for_this_user_only_and_may_exist(profile: Path) -> None:
    places = Locations.find(profile / "deeper")
    places.make_profile()
    places.make_profile()
    assert places.profile.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("name", ["taken", "taken/deeper"])
def test_a_file_in_the_way_is_named(tmp_path: Path, name: str) -> None:
    file = tmp_path / "taken"
    file.write_text("mine")
    with pytest.raises(StoreError, match=r"is a file.*--profile") as caught:
        Locations.find(tmp_path / name).make_profile()
    assert str(caught.value).startswith(f"{file} is a file")
    assert file.read_text() == "mine"


def test_a_name_the_system_refuses_is_said(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"cannot be made \(File name too long\).*--profile"):
        Locations.find(tmp_path / ("x" * 300)).make_profile()


@pytest.mark.parametrize("inside", [False, True])
def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, inside: bool) -> None:
    tmp_path.chmod(0o555)
    target = tmp_path / "new" if inside else tmp_path
    code = (
        "import sys; from pathlib import Path; from desktop_app.storage.locations import Locations\n"
        "from desktop_app.errors import StoreError\n"
        "try: Locations.find(Path(sys.argv[1])).make_profile()\n"
        "except StoreError as error: print(error)"
    )
    done = subprocess.run(unprivileged("-c", code, str(target)), capture_output=True, text=True)
    tmp_path.chmod(0o755)
    assert str(target) in done.stdout, done.stderr
    assert ("cannot be made" if inside else "is read-only") in done.stdout
