"""greenroom policy: what holds and who said so; a file is checked before it is rolled out."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli.root import root
from desktop_app.storage.locations import Locations


@pytest.fixture
def managed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's administrator writes."""
    if os.getuid() != 0:
        pytest.skip("policies must belong to root")
    monkeypatch.setattr(Locations, "policies", tmp_path / "policies")
    folder = tmp_path / "policies" / "managed"
    folder.mkdir(parents=True, mode=0o755)
    return folder


def run(*words: object) -> Result:
    return CliRunner().invoke(root, [str(word) for word in ("policy", *words)])


def test_show_names_each_value_and_the_file_that_says_so(managed: Path) -> None:
    (managed / "ours.json").write_text('{"retention_days": 30, "check_before_copy": true, "canaries": ["LANTERN-1"]}')
    done = run("show")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    decided = f"IT decided this; nobody can choose otherwise: {managed / 'ours.json'}"
    assert f"retention_days: 30  ({decided})" in lines and f"check_before_copy: yes  ({decided})" in lines
    for unset in ("model_folder: not set", "forbidden_phrases: none", "sources_required: no"):
        assert f"{unset}  (nobody set it)" in lines
    found = json.loads(run("show", "--json").stdout)
    assert [row["value"] for row in found["values"] if row["key"] == "canaries"] == [["LANTERN-1"]]


def test_a_broken_file_is_named_and_the_exit_code_is_1(managed: Path) -> None:
    (managed / "ours.json").write_text('{"retention": 30}')
    done = run("show")
    assert done.exit_code == 1 and "'retention' is not a key" in done.stderr
    strict = "check_before_copy: yes  (the strictest value, because a policy cannot be used)"
    assert strict in done.stdout.splitlines(), "until it is mended the strictest rules hold"


def test_a_recommended_value_is_told_apart(managed: Path) -> None:
    recommended = managed.parent / "recommended"
    recommended.mkdir(mode=0o755)
    (recommended / "ours.json").write_text('{"retention_days": 30}')
    assert f"retention_days: 30  (IT's default: {recommended / 'ours.json'})" in run("show").stdout.splitlines()
    [row] = [row for row in json.loads(run("show", "--json").stdout)["values"] if row["key"] == "retention_days"]
    assert (row["state"], row["locked"]) == ("recommended", False)


def test_explain_says_what_a_key_does_and_how_each_system_sets_it(managed: Path) -> None:
    (managed / "ours.json").write_text('{"retention_days": 30}')
    told = run("explain", "retention_days").stdout
    for words in (
        "are deleted when Greenroom starts",
        "from 1 to 3,650",
        "Now: 30 (IT decided this",
        "DWORD",
        "Now: 30",
        "plist",
    ):
        assert words in told
    assert r"Greenroom\canaries: a string for each text" in run("explain", "canaries").stdout
    wrong = run("explain", "retain")
    assert wrong.exit_code == 1 and "There is no policy key retain. There are: retention_days," in wrong.stderr


def test_validate_says_what_is_wrong_before_the_roll_out(tmp_path: Path) -> None:
    file = tmp_path / "new.json"
    file.write_text('{"retention_days": 9999}')
    assert run("validate", file).exit_code == 1 and "from 1 to 3650" in run("validate", file).stderr
    file.write_text('{"retention_days": 99}')
    assert run("validate", file).exit_code == 0 and "can be used" in run("validate", file).stdout
    assert "it is no file" in run("validate", tmp_path / "gone.json").stderr
