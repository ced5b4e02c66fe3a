"""What of the frozen folder can be checked without freezing: what is left out, what is listed, what would not start."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import bootstrap
import pytest
from freeze import compare, contents, freezing
from freeze.pruning import is_wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("PySide6/Qt/plugins/platforms/libqoffscreen.so", True),
        ("PySide6/Qt/plugins/platforms/libqwayland.so", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", False),
        ("PySide6/Qt/plugins/platformthemes/libqgtk3.so", False),
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/lib/libQt6EglFsKmsSupport.so.6", False),
        ("PySide6/Qt/lib/libQt6QuickControls2.so.6", False),
        ("PySide6/Qt/translations/qtbase_de.qm", True),
        ("PySide6/Qt/translations/qtbase_fr.qm", False),
        ("llama_cpp/lib/libggml-cpu-haswell.so", True),
        ("llama_cpp/lib/libggml-cpu-x64.so", True),
        ("llama_cpp/lib/libggml-cpu-sapphirerapids.so", False),
        ("llama_cpp/lib/libggml-base.so", True),
        ("libggml-base.so", False),
        ("keyring-25.7.0.dist-info/entry_points.txt", True),
        ("keyring-25.7.0.dist-info/RECORD", False),
        ("stdnum/iban.dat", True),
        ("stdnum/oui.dat", False),
        ("content/lessons/a-prompt-that-works/lesson.md", True),
        ("PySide6\\Qt\\qml\\QtQuick\\plugin.dll", False),
    ],
)
def test_what_the_app_needs_stays_and_the_rest_goes(name: str, wanted: bool) -> None:
    assert is_wanted(name) is wanted


def test_pruning_takes_caches_links_to_nothing_and_empty_folders_along(tmp_path: Path) -> None:
    for name in ("PySide6/Qt/qml/a.qml", "desktop_app/__pycache__/x.pyc", "llama_cpp/lib/libggml.so", "keep/file"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "libggml.so").symlink_to("llama_cpp/lib/libggml.so")
    (tmp_path / "gone.so").symlink_to("PySide6/Qt/qml/a.qml")
    freezing.prune(tmp_path)
    freezing.prune(tmp_path)
    left = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if not path.is_dir())
    assert left == ["keep/file", "llama_cpp/lib/libggml.so"]


def test_a_library_of_llama_cpp_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(freezing.FreezeError, match="must be there once"):
        freezing.check_once(tmp_path)
    for folder in ("llama_cpp/lib", "elsewhere"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "libggml.so").touch()
        if folder == "llama_cpp/lib":
            freezing.check_once(tmp_path)
    with pytest.raises(freezing.FreezeError, match="elsewhere"):
        freezing.check_once(tmp_path)


def test_the_file_list_is_what_sha256sum_checks_and_shows_every_change(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        (folder / "_internal").mkdir(parents=True)
        (folder / "greenroom").write_bytes(b"program")
        (folder / "_internal" / "with space.txt").write_text("ä", "utf-8")
        freezing.write_file_list(folder)
    listed = (one / "_internal" / freezing.FILES).read_text("utf-8").splitlines()
    assert [line.split("  ", 1)[1] for line in listed] == ["_internal/with space.txt", "greenroom"]
    assert compare.differences(one, other) == []
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--check", "--strict", "--quiet", f"_internal/{freezing.FILES}"]
        assert subprocess.run(check, cwd=one).returncode == 0
    (other / "greenroom").write_bytes(b"another")
    (other / "new").touch()
    freezing.write_file_list(other)
    assert compare.differences(one, other) == ["greenroom", "new"]


def test_the_bill_names_what_python_does_not_know_of() -> None:
    versions = {"llama-cpp-python": "0.3.36", "pyside6-essentials": "6.11.3"}
    parts = {each["name"]: each for each in contents._by_hand(versions)}
    [model] = json.loads((contents.ROOT / "resources" / "models.json").read_text("utf-8"))["models"]
    assert parts[model["name"]]["hashes"] == [{"alg": "SHA-256", "content": model["sha256"]}]
    assert parts["qt"]["version"] == "6.11.3" and "0.3.36" in parts["llama.cpp"]["version"]
    assert all(each["licenses"] for each in parts.values())


@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="not Debian")
def test_a_library_of_the_system_is_traced_to_its_package(tmp_path: Path) -> None:
    assert contents.debian_package("libnothing-of-the-sort.so.1") is None
    (tmp_path / "_internal").mkdir()
    for name in ("libstdc++.so.6", "libpython3.11.so.1.0", "libnothing-of-the-sort.so.1"):
        (tmp_path / "_internal" / name).touch()
    [entry] = contents.system_libraries(tmp_path)
    assert entry["name"].startswith("libstdc++") and entry["version"] and entry["description"] == "libstdc++.so.6"
    assert entry["purl"].startswith("pkg:deb/debian/libstdc")


def test_the_licence_of_every_package_in_an_environment_is_found_and_tools_are_left_out() -> None:

    names = {each.name.lower() for each in contents.distributions_shipped(Path(sys.executable))}
    assert {"click", "numpy", "pypdf"} <= names
    assert not names & {"pip", "setuptools", "pyinstaller", "cmake"}


def test_the_environment_that_is_frozen_never_replaces_the_checkouts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(bootstrap, "VENV", contents.ROOT / ".venv")
    monkeypatch.setattr(sys, "argv", ["bootstrap.py", "--freeze"])
    assert bootstrap.main() == 1
    assert "GREENROOM_VENV" in capsys.readouterr().err
