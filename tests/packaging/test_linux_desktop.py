"""Menu entry, icons, AppStream data, manual page and completions as the package installs them."""

from __future__ import annotations

import gzip
import shutil
import struct
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
from linux import desktop, manual

from desktop_app.cli.root import NOUNS
from desktop_app.storage.link_handler import ENTRY

EPOCH = 1_700_000_000


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("share")
    for path, data in desktop.shared_files("0.2.0", EPOCH).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def check(command: str, *arguments: str | Path) -> str:
    if shutil.which(command) is None:
        pytest.skip(f"{command} is not installed (packaging/dist_tools.py does)")
    done = subprocess.run([command, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_menu_entries_are_valid(shared: Path) -> None:
    assert check("desktop-file-validate", *sorted(shared.glob("applications/*.desktop"))) == ""


def test_links_open_with_the_entry_that_the_app_would_write_itself(shared: Path) -> None:
    entry = (shared / "applications" / ENTRY).read_text("utf-8")
    assert "Exec=greenroom open %u" in entry
    assert "MimeType=x-scheme-handler/greenroom;" in entry


def test_appstream_data_is_valid(shared: Path) -> None:
    check("appstreamcli", "validate", "--no-net", *shared.glob("metainfo/*.xml"))


def test_appstream_names_the_version_and_the_menu_entry(shared: Path) -> None:
    tree = ElementTree.parse(shared / "metainfo" / "app.greenroom.desktop.metainfo.xml")
    assert tree.find("releases/release").attrib == {"version": "0.2.0", "date": "2023-11-14"}
    assert (shared / "applications" / tree.findtext("launchable")).is_file()


def test_icons_have_their_sizes(shared: Path) -> None:
    for size in desktop.ICON_SIZES:
        data = (shared / f"icons/hicolor/{size}x{size}/apps/app.greenroom.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert struct.unpack(">II", data[16:24]) == (size, size)
    assert ElementTree.parse(shared / "icons/hicolor/scalable/apps/app.greenroom.svg").getroot().tag.endswith("svg")


def test_the_mime_type_is_xml(shared: Path) -> None:
    [kind] = ElementTree.parse(shared / "mime/packages/greenroom.xml").getroot()
    assert kind.attrib["type"] == "x-scheme-handler/greenroom"


def test_the_manual_page_has_every_command(shared: Path) -> None:
    page = gzip.decompress((shared / "man/man1/greenroom.1.gz").read_bytes()).decode()
    for noun in NOUNS:
        assert f'.SS "greenroom {noun}' in page
    assert r"\-\-profile" in page


def test_the_manual_page_renders_without_a_warning(tmp_path: Path) -> None:
    page = tmp_path / "greenroom.1"
    page.write_text(manual.manual_page("0.2.0", EPOCH), "utf-8")
    if shutil.which("man") is None:
        pytest.skip("man is not installed")
    done = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", page], capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stderr == ""


def test_completions_ask_greenroom() -> None:
    scripts = manual.completions()
    assert set(scripts) == {"bash", "zsh", "fish"}
    assert all("_GREENROOM_COMPLETE" in script for script in scripts.values())
    assert scripts["zsh"].startswith("#compdef greenroom")


def test_scripts_of_packages_are_clean() -> None:
    check("shellcheck", desktop.SHARE / "preinst")


def test_copyright_files_have_a_text_for_each_licence() -> None:
    for name in ("copyright", "copyright-model"):
        text = (desktop.SHARE / name).read_text("utf-8")
        assert text.startswith("Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n")
        assert "/usr/share/common-licenses/Apache-2.0" in text
