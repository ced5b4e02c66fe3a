"""Windows installers: what is generated, what is refused, and a stand-in built into an MSI and a setup program if the tools are here."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path, PurePosixPath

import pytest
from windows import msi, payload
from windows.build import PROGRAMS, build
from windows.icons import icns, ico
from windows.nsis import build_setup
from windows.portable_executable import is_program, is_signed
from windows.problem import PackagingError
from windows.resources import version_file
from windows.signing import sign, sign_command, sign_programs
from windows.standin import make_model, make_payload
from windows.table import Table, line

FOLDER = Path(msi.__file__).parent
WIX = "{http://schemas.microsoft.com/wix/2006/wi}"


def needs(*tools: str) -> pytest.MarkDecorator:
    """Skip without these tools; packaging/dist_tools.py installs them."""
    missing = [tool for tool in tools if shutil.which(tool) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not here: {', '.join(missing)}")


def files_at(tmp_path: Path, *places: str) -> tuple[payload.PayloadFile, ...]:
    for place in places:
        path = tmp_path / "payload" / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(place)
    return payload.payload_files(tmp_path / "payload")


def pe(path: Path, *, signature: int = 0) -> Path:
    """The least that counts as a 64-bit program, with or without a signature's entry."""
    head = bytearray(1024)
    head[:2], head[0x80:0x84] = b"MZ", b"PE\0\0"
    struct.pack_into("<I", head, 0x3C, 0x80)
    struct.pack_into("<H", head, 0x98, 0x20B)
    struct.pack_into("<I", head, 0x98 + 108, 16)
    struct.pack_into("<II", head, 0x98 + 112 + 32, 512 if signature else 0, signature)
    path.write_bytes(head)
    return path


def test_a_file_keeps_its_guid_whatever_else_there_is(tmp_path: Path) -> None:
    alone = payload.wix_fragment(files_at(tmp_path / "a", "greenroom.exe"), "app", tmp_path)
    among = payload.wix_fragment(files_at(tmp_path / "b", "a/b.txt", "greenroom.exe", "z.txt"), "app", tmp_path)
    [guid] = re.findall(r'Guid="([^"]+)"', alone)
    assert guid in among
    assert guid == payload.guid("app", "file", "GREENROOM.EXE") != payload.guid("model", "file", "greenroom.exe")


def test_the_fragment_holds_each_file_once_with_ids_msi_takes(tmp_path: Path) -> None:
    files = files_at(tmp_path, "greenroom.exe", "_internal/a & b.txt", "_internal/content/x.md", "licences/x.md")
    root = ElementTree.fromstring(payload.wix_fragment(files, "app", tmp_path))
    ids = [
        element.get("Id", "")
        for element in root.iter()
        if element.tag in (f"{WIX}Component", f"{WIX}File", f"{WIX}Directory")
    ]
    assert len(ids) == len(set(ids)) == 3 + 2 * len(files)
    assert all(re.fullmatch(r"[A-Za-z_][\w.]{0,71}", name) for name in ids)
    refs = {element.get("Id") for element in root.iter(f"{WIX}ComponentRef")}
    assert refs == {element.get("Id") for element in root.iter(f"{WIX}Component")}


def test_setup_removes_only_what_it_installs(tmp_path: Path) -> None:
    text = payload.nsis_lists(files_at(tmp_path, "greenroom.exe", "_internal/a.txt", "_internal/b/c.txt"))
    assert re.findall(r'Delete "(.+)"', text) == [
        r"$INSTDIR\_internal\a.txt",
        r"$INSTDIR\_internal\b\c.txt",
        r"$INSTDIR\greenroom.exe",
    ]
    assert re.findall(r'RMDir "(.+)"', text) == [r"$INSTDIR\_internal\b", r"$INSTDIR\_internal"]
    assert "RMDir /r" not in text + (FOLDER / "greenroom.nsi").read_text("utf-8")


@pytest.mark.parametrize("name", ["a:b", "con.txt", "trailing.", "$INSTDIR", "Straße.txt", "new\nline"])
def test_a_name_an_installer_cannot_hold_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackagingError, match="cannot hold"):
        files_at(tmp_path, name)


def test_links_names_that_differ_in_case_only_and_empty_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(PackagingError, match="same name"):
        files_at(tmp_path, "a.txt", "A.txt")
    (tmp_path / "linked").mkdir()
    (tmp_path / "linked" / "x").symlink_to("y")
    with pytest.raises(PackagingError, match="link"):
        payload.payload_files(tmp_path / "linked")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PackagingError, match="empty"):
        payload.payload_files(tmp_path / "empty")
    with pytest.raises(PackagingError, match="no folder"):
        payload.payload_files(tmp_path / "nowhere")


@pytest.mark.parametrize(("said", "number"), [("0.2.0", "0.2.0"), ("1", "1.0.0"), ("1.2", "1.2.0")])
def test_versions_that_msi_knows(said: str, number: str) -> None:
    assert msi.msi_version(said) == number


@pytest.mark.parametrize("said", ["0.3.0rc1", "256.0.0", "1.2.3.4", "", "1.2.99999"])
def test_versions_that_msi_does_not_know(said: str) -> None:
    with pytest.raises(PackagingError, match="three numbers"):
        msi.msi_version(said)


@pytest.mark.parametrize("name", ["greenroom.wxs", "greenroom-model.wxs"])
def test_the_sources_say_per_machine_and_refuse_a_downgrade(name: str) -> None:
    root = ElementTree.parse(FOLDER / name).getroot()
    [package], [upgrade], [media] = (list(root.iter(f"{WIX}{tag}")) for tag in ("Package", "MajorUpgrade", "Media"))
    assert package.get("InstallScope") == "perMachine"
    assert media.get("EmbedCab") == "yes"
    assert "newer" in upgrade.get("DowngradeErrorMessage", "")


def test_upgrade_codes_never_change() -> None:
    """What is installed out there is found by these; a change would put a second Greenroom beside the first."""
    assert payload.guid("app", "upgrade") == "07B54C3E-D033-57C8-865A-8466398A5BAF"
    assert payload.guid("model", "upgrade") == "E40B6B01-267B-54ED-804E-A5AC5F77AC2B"


def test_the_link_handler_is_what_the_app_itself_would_register() -> None:
    wix, nsis = ((FOLDER / name).read_text("utf-8") for name in ("greenroom.wxs", "greenroom.nsi"))
    assert "&quot;[INSTALLFOLDER]greenroom.exe&quot; open &quot;%1&quot;" in wix
    assert '\'"$INSTDIR\\greenroom.exe" open "%1"\'' in nsis
    assert all(r"Software\Classes\greenroom" in text for text in (wix, nsis))


def test_programs_and_signatures_are_told_from_the_header(tmp_path: Path) -> None:
    assert is_program(pe(tmp_path / "a.exe")) and not is_signed(tmp_path / "a.exe")
    assert is_signed(pe(tmp_path / "b.exe", signature=64))
    (tmp_path / "c.exe").write_bytes(b"MZ and then nothing")
    (tmp_path / "d.txt").write_text("")
    assert not is_program(tmp_path / "c.exe") and not is_program(tmp_path / "d.txt")


def test_only_unsigned_programs_are_signed(tmp_path: Path) -> None:
    ours, theirs = pe(tmp_path / "our own.exe"), pe(tmp_path / "qt.dll", signature=64)
    (tmp_path / "text.txt").write_text("text")
    signer = tmp_path / "signer.py"
    signer.write_text("import shutil, sys\nshutil.copy(sys.argv[1], sys.argv[2])\n")
    signed = pe(tmp_path / "signed.exe", signature=64)
    before = theirs.read_bytes()
    found = sign_programs([ours, theirs, tmp_path / "text.txt"], f'python3 "{signer}" "{signed}" "{{file}}"')
    assert found == [ours] and is_signed(ours) and theirs.read_bytes() == before


def test_a_signing_command_that_fails_or_does_nothing_is_told_without_its_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = pe(tmp_path / "a.exe")
    with pytest.raises(PackagingError, match="exit code 3") as raised:
        sign(path, "sh -c 'echo no token >&2; exit 3' --password=hunter2 {file}")
    assert "no token" in str(raised.value) and "hunter2" not in str(raised.value)
    with pytest.raises(PackagingError, match="has no signature"):
        sign_programs([path], "true {file}")
    with pytest.raises(PackagingError, match="cannot be started"):
        sign(path, "/nowhere/signer {file}")
    monkeypatch.setenv("SIGN_CMD", "signtool sign")
    with pytest.raises(PackagingError, match=r"\{file\}"):
        sign_command()


def test_icon_files_hold_their_images() -> None:
    images = {size: f"png{size}".encode() for size in (16, 32, 64, 128, 256, 512, 1024)}
    data = ico({16: images[16], 256: images[256]})
    size, place = struct.unpack_from("<II", data, 6 + 16 + 8)
    assert data[place : place + size] == images[256] and data[6 + 16] == 0
    packed = icns(images)
    assert packed[:4] == b"icns" and struct.unpack_from(">I", packed, 4)[0] == len(packed)


def test_the_version_resource_is_what_pyinstaller_reads() -> None:
    assert "filevers=(1, 2, 3, 0)" in version_file("1.2.3")
    compile(version_file("1.2.3"), "version.txt", "eval")


def test_a_table_goes_on_after_a_row_that_failed() -> None:
    table = Table()
    table.check("a", "how", lambda: True)
    table.check("b", "how", lambda: "it is broken")

    def breaks() -> bool:
        raise OSError("no disk")

    table.check("c", "how", breaks)
    assert [row[2] for row in table.rows] == [True, False, False]
    assert "it is broken" in line(table.rows[1]) and "no disk" in line(table.rows[2])


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.ps1")), ids=lambda path: path.name)
def test_powershell_scripts_are_plain_and_strict(path: Path) -> None:
    """No PowerShell runs here, so: what Windows PowerShell 5 misreads, and what a lexer finds."""
    lexers = pytest.importorskip("pygments.lexers")
    text = path.read_bytes().decode("ascii")  # without a mark it takes anything else for the machine's own code page
    kinds = [str(kind) for kind, _ in lexers.get_lexer_by_name("powershell").get_tokens(text)]
    assert not [kind for kind in kinds if "Error" in kind]
    code = re.sub(r"<#.*?#>|(?m:#.*$)|'[^']*'|\"[^\"]*\"", "", text, flags=re.DOTALL)
    assert all(code.count(left) == code.count(right) for left, right in ("()", "{}", "[]"))
    assert "Set-StrictMode -Version Latest" in text and "$ErrorActionPreference = 'Stop'" in text
    assert not re.search(r"&&|\|\||\?\?|\?\.|\?\s*:", code), "PowerShell 7 only"
    for name in re.findall(r"packaging\\[\w\\.]+\.\w+", text):
        assert (FOLDER.parent.parent / name.replace("\\", "/")).is_file(), name


@needs("makensis", "wixl", "msibuild", "msiinfo")
def test_a_stand_in_becomes_installers_twice_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIGN_CMD", "")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    model = make_model(tmp_path / "model")
    once = build(make_payload(tmp_path / "one", "1.2.3"), model, "1.2.3", tmp_path / "out1", standin=True)
    moved = Path(shutil.copytree(tmp_path / "one", tmp_path / "two" / "elsewhere"))
    os.utime(moved / "greenroom.exe", (1, 1))
    again = build(moved, model, "1.2.3", tmp_path / "out2", standin=True)
    assert len(once.paths) == 3
    assert [path.read_bytes() for path in once.paths] == [path.read_bytes() for path in again.paths]
    assert once.app is not None

    def table(name: str) -> str:
        return subprocess.run(
            ["msiinfo", "export", str(once.app), name], check=True, capture_output=True, text=True
        ).stdout

    assert table("MsiLockPermissionsEx").count(msi.MACHINE_SDDL) == len(msi.MACHINE_FOLDERS)
    assert all(re.search(rf"^{name}\t.*\t272\t", table("Component"), re.MULTILINE) for name in msi.MACHINE_FOLDERS)
    assert "ALLUSERS\t1" in table("Property")
    assert "RemoveExistingProducts\t\t1501" in table(
        "InstallExecuteSequence"
    )  # an upgrade that fails brings the old one back
    summary = subprocess.run(
        ["msiinfo", "suminfo", str(once.app)], capture_output=True, text=True, env=os.environ | {"TZ": "UTC"}
    )
    assert "Nov 14 22:13:20 2023" in summary.stdout and "x64;1033" in summary.stdout


def test_a_payload_without_its_programs_or_with_a_model_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGN_CMD", "")
    files_at(tmp_path, *PROGRAMS[:2])
    with pytest.raises(PackagingError, match=r"greenroom-reader\.exe"):
        build(tmp_path / "payload", None, "1.2.3", tmp_path / "out")
    files_at(tmp_path, *PROGRAMS, "models/x.gguf")
    with pytest.raises(PackagingError, match="own package"):
        build(tmp_path / "payload", None, "1.2.3", tmp_path / "out")


def test_without_their_tools_installers_say_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("WIX", raising=False)
    files, icon = files_at(tmp_path, "greenroom.exe"), tmp_path / "greenroom.ico"
    with pytest.raises(PackagingError, match="dist_tools"):
        msi.build_msi("app", files, "1.2.3", icon, tmp_path / "x.msi", 0)
    with pytest.raises(PackagingError, match="dist_tools"):
        build_setup(files, "1.2.3", icon, tmp_path / "x.exe", 0, signed=False)


def test_a_place_is_shown_as_windows_writes_it() -> None:
    assert payload.PayloadFile(PurePosixPath("a/b.txt"), Path("x")).windows_place == r"a\b.txt"
