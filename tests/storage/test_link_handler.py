"""Registering greenroom:// links: our lines come and go, everybody else's stay byte by byte."""

from __future__ import annotations

import configparser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.storage.link_handler import (
    _SECTIONS,
    ENTRY,
    LinkHandler,
    _added,
    _exec_quoted,
    _lines,
    _place,
    _removed,
)
from desktop_app.storage.locations import Locations
from tests.helpers.command import greenroom, sentence


@pytest.fixture
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: Path) -> LinkHandler:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return LinkHandler(Locations.find(profile), ["/opt/greenroom/bin/greenroom"], "linux")


@pytest.fixture
def mime(tmp_path: Path) -> Path:
    return tmp_path / "config" / "mimeapps.list"


def test_registering_writes_an_entry_and_the_default(handler: LinkHandler, mime: Path, tmp_path: Path) -> None:
    assert not handler.is_registered
    entry, changed = handler.register()
    assert handler.is_registered
    assert (entry, changed) == (tmp_path / "data" / "applications" / ENTRY, mime)
    known = configparser.RawConfigParser(interpolation=None)
    known.optionxform = str  # type: ignore[assignment,method-assign]
    known.read(entry)
    assert known["Desktop Entry"]["Exec"] == "/opt/greenroom/bin/greenroom open %u"
    assert known["Desktop Entry"]["MimeType"] == "x-scheme-handler/greenroom;"
    assert mime.read_text() == (
        f"[Default Applications]\nx-scheme-handler/greenroom={ENTRY};\n\n"
        f"[Added Associations]\nx-scheme-handler/greenroom={ENTRY};\n"
    )
    assert (entry.stat().st_mode & 0o777, mime.stat().st_mode & 0o777) == (0o644, 0o644)


def test_registering_twice_changes_nothing_more(handler: LinkHandler, mime: Path) -> None:
    handler.register()
    before = mime.read_bytes()
    handler.register()
    assert mime.read_bytes() == before


OTHERS = """# chosen by hand
[Default Applications]
text/html=firefox.desktop
x-scheme-handler/greenroom = other.desktop
x-scheme-handler/mailto=mail.desktop;\r

[Removed Associations]
image/png=viewer.desktop;
[Unknown Group]
\udcff=odd bytes"""


def test_what_others_wrote_stays(handler: LinkHandler, mime: Path) -> None:
    mime.parent.mkdir()
    mime.write_bytes(OTHERS.encode("utf-8", "surrogateescape"))
    mime.chmod(0o600)
    handler.register()
    after = mime.read_bytes()
    assert f"x-scheme-handler/greenroom={ENTRY};other.desktop;\n".encode() in after
    assert mime.stat().st_mode & 0o777 == 0o600
    handler.unregister()
    expected = OTHERS.replace("greenroom = other.desktop", "greenroom=other.desktop;") + "\n\n[Added Associations]\n"
    assert mime.read_bytes() == expected.encode("utf-8", "surrogateescape")
    assert not handler.is_registered


def test_a_link_to_ones_dotfiles_stays_a_link(handler: LinkHandler, mime: Path, tmp_path: Path) -> None:
    kept = tmp_path / "dotfiles" / "mimeapps.list"
    kept.parent.mkdir()
    kept.write_text("[Default Applications]\na/b=c.desktop\n")
    mime.parent.mkdir()
    mime.symlink_to(kept)
    handler.register()
    assert mime.is_symlink()
    assert "a/b=c.desktop\n" in kept.read_text() and ENTRY in kept.read_text()


def test_unregistering_what_was_not_registered_changes_nothing(handler: LinkHandler, mime: Path) -> None:
    assert handler.unregister() == ()
    assert not mime.exists()


def test_another_program_chosen_later_means_not_registered(handler: LinkHandler, mime: Path) -> None:
    handler.register()
    mime.write_text(mime.read_text().replace(f"={ENTRY}", f"=other.desktop;{ENTRY}", 1))
    assert not handler.is_registered


@pytest.mark.parametrize(
    ("argument", "quoted"),
    [
        ("/usr/bin/greenroom", "/usr/bin/greenroom"), ("/a b/greenroom", '"/a b/greenroom"'), ("/100%/x", "/100%%/x"),
        ('/a"b$c`d\\e', '"/a\\"b\\$c\\`d\\\\e"'), ("", '""'), ("/a;b", '"/a;b"'),
    ],
)  # fmt: skip
def test_exec_is_quoted_as_the_specification_says(argument: str, quoted: str) -> None:
    assert _exec_quoted(argument) == quoted


def test_a_profile_of_ones_own_is_named_in_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    LinkHandler(Locations.find(profile), platform="linux").register()
    assert f"--profile {profile} open %u" in (tmp_path / "data" / "applications" / ENTRY).read_text()


LINES = st.lists(
    st.sampled_from(["[Default Applications]\n", "[Added Associations]\n", "[X]\n", "a/b=c;\n", "# c\n", "\n", "x-scheme-handler/greenroom=o;\n"]),
    max_size=8,
)  # fmt: skip


@given(LINES, st.booleans())
def test_adding_and_removing_leaves_every_other_line(lines: list[str], cut: bool) -> None:
    if lines and cut:
        lines[-1] = lines[-1].rstrip("\n")
    text = "".join(lines)
    added = _lines(text)
    for section in _SECTIONS:
        added = _added(added, section)
        assert _place(added, section) >= 0
    after = added
    for section in _SECTIONS:
        after = _removed(after, section)
    ours = ("[Default Applications]", "[Added Associations]", "")
    assert [line.strip() for line in after if line.strip() not in ours] == [
        line.strip() for line in _lines(text) if line.strip() not in ours
    ]


def test_elsewhere_the_installer_does_it(profile: Path) -> None:
    handler = LinkHandler(Locations.find(profile), platform="darwin")
    assert not handler.is_possible and not handler.is_registered
    with pytest.raises(StoreError, match="installed application"):
        handler.register()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, profile: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    done = greenroom(
        "--profile", profile, "link", "register", privileged=False,
        environment={"XDG_DATA_HOME": str(locked), "XDG_CONFIG_HOME": str(locked)},
    )  # fmt: skip
    sentence(done, locked)
