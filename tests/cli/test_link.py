"""`greenroom link` and `greenroom open` as a person meets them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from desktop_app.storage.link_handler import ENTRY
from tests.helpers.command import Done, greenroom, sentence


@pytest.fixture
def home(tmp_path: Path) -> Mapping[str, str]:
    return {"XDG_DATA_HOME": str(tmp_path / "data"), "XDG_CONFIG_HOME": str(tmp_path / "config")}


def link(profile: Path, home: Mapping[str, str], *arguments: str) -> Done:
    return greenroom("--profile", profile, "link", *arguments, environment=home)


def test_links_are_registered_shown_and_taken_back(profile: Path, home: Mapping[str, str], tmp_path: Path) -> None:
    assert link(profile, home, "status").stdout == "not registered\n"
    done = link(profile, home, "register")
    entry, mime = tmp_path / "data" / "applications" / ENTRY, tmp_path / "config" / "mimeapps.list"
    assert done.stdout == f"greenroom:// links open with Greenroom now.\nwritten: {entry}\nwritten: {mime}\n"
    assert json.loads(link(profile, home, "status", "--json").stdout) == {"registered": True, "possible": True}
    done = link(profile, home, "unregister")
    assert done.stdout == f"greenroom:// links no longer open with Greenroom.\nremoved: {entry}\nchanged: {mime}\n"
    assert link(profile, home, "unregister").stdout == "They did not.\n"


def test_what_is_no_link_is_refused_before_any_window(profile: Path) -> None:
    done = greenroom("--profile", profile, "open", "https://example.org/\x1b[2J")
    assert "https://example.org/[2J" in sentence(done, "no link that Greenroom follows")
