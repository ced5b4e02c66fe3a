"""The macOS package: what it says of itself, how the bundle is laid out, and what its scripts do with tools that write down."""

from __future__ import annotations

import plistlib
import shutil
import subprocess
from pathlib import Path

import pytest
from macos import verify
from macos.bundle import HERE, PROGRAMS, BundleError, code, make_bundle
from macos.standin import make_payload

SCRIPTS = sorted([*HERE.glob("*.sh"), *HERE.glob("scripts/*")])
needs_bash = pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    return make_bundle(make_payload(tmp_path / "payload"), "1.2.3", tmp_path / "Greenroom.app", icon=b"icns")


def test_the_bundle_describes_itself(bundle: Path) -> None:
    assert verify.describes(bundle, "1.2.3") is True
    said = plistlib.loads((bundle / "Contents" / "Info.plist").read_bytes())
    assert (bundle / "Contents" / "Resources" / said["CFBundleIconFile"]).read_bytes() == b"icns"
    assert "@" not in (bundle / "Contents" / "Info.plist").read_text("utf-8")


def test_code_and_data_lie_where_codesign_wants_them(bundle: Path) -> None:
    assert verify.misplaced(bundle) == ""
    assert verify.stray_links(bundle) == ""


def test_every_part_is_found_where_the_frozen_app_looks_for_it(bundle: Path, tmp_path: Path) -> None:
    frameworks, inside = bundle / "Contents" / "Frameworks", tmp_path / "payload" / "_internal"
    for path in inside.rglob("*"):
        if path.is_file() and path.name != "files.sha256":
            assert (frameworks / path.relative_to(inside)).read_bytes() == path.read_bytes()
    assert all((bundle / "Contents" / "MacOS" / name).stat().st_mode & 0o111 for name in PROGRAMS)
    assert not list(bundle.rglob("files.sha256"))


def test_a_folder_with_a_dot_that_holds_code_is_renamed_and_linked(bundle: Path) -> None:
    link = bundle / "Contents" / "Frameworks" / "python3.11"
    assert link.is_symlink() and str(link.readlink()) == "python3__dot__11"


def test_inside_is_signed_before_outside(bundle: Path) -> None:
    parts = code(bundle)
    for at, outer in enumerate(parts):
        assert not any(outer in inner.parents for inner in parts[at + 1 :])
    assert [path.name for path in parts[-2:]] == ["greenroom-reader", "greenroom-worker"]
    assert {path.name for path in parts if path.suffix == ".framework"} == {"Python.framework", "QtCore.framework"}


def test_a_frozen_app_without_a_program_is_refused(tmp_path: Path) -> None:
    payload = make_payload(tmp_path / "payload")
    (payload / "greenroom-worker").unlink()
    with pytest.raises(BundleError, match="greenroom-worker"):
        make_bundle(payload, "1.2.3", tmp_path / "Greenroom.app")


def test_the_hardened_runtime_has_one_exception_and_says_why() -> None:
    path = HERE / "entitlements.plist"
    assert plistlib.loads(path.read_bytes()) == {"com.apple.security.cs.allow-unsigned-executable-memory": True}
    assert "disable-library-validation" in path.read_text("utf-8")


def test_the_package_stays_in_applications_and_replaces_no_newer_one() -> None:
    [component] = plistlib.loads((HERE / "component.plist").read_bytes())
    assert component["BundleIsRelocatable"] is False and component["BundleIsVersionChecked"] is True
    distribution = (HERE / "distribution.xml").read_text("utf-8")
    assert "compareVersions" in distribution and 'enable_currentUserHome="false"' in distribution


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_clean(script: Path) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not here")
    done = subprocess.run(["shellcheck", str(script)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert script.stat().st_mode & 0o111


@needs_bash
def test_signing_and_removing_with_tools_that_write_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "FOLDER", tmp_path)
    app = make_bundle(make_payload(tmp_path / "payload"), "1.2.3", tmp_path / "Greenroom.app")
    assert verify.signing_order(app) is True
    assert verify.uninstalls() is True


@needs_bash
def test_elsewhere_than_on_a_mac_the_build_says_so() -> None:
    if Path("/usr/bin/codesign").exists():
        pytest.skip("this is a Mac")
    done = subprocess.run([str(HERE / "build.sh")], capture_output=True, text=True)
    assert done.returncode == 1 and "only" in done.stderr
    assert subprocess.run([str(HERE / "uninstall.sh"), "--purge"], capture_output=True).returncode == 2
