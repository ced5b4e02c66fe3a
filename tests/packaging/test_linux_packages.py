"""The deb, the rpm and the portable archive, built from a stand-in payload."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from linux import archive, dependencies, packages, search_paths, standin, tools
from linux.tools import Problem

EPOCH = 1_700_000_000


def need(*commands: str) -> None:
    missing = [command for command in commands if shutil.which(command) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (packaging/dist_tools.py does)")


def need_nfpm() -> None:
    if not tools.NFPM.is_file():
        pytest.skip("nfpm is not installed (make dist does)")


def said(*command: str | Path) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def payload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return standin.make_payload(tmp_path_factory.mktemp("payload") / "greenroom", "0.2.0")


@pytest.fixture(scope="module")
def built(payload: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    need_nfpm()
    need("xz", "objdump")
    out = tmp_path_factory.mktemp("built")
    model = standin.make_model(out / "model")
    made = packages.build_all(payload, *model, out, version="0.2.0", epoch=EPOCH)
    return {path.name: path for path in made}


def test_the_packages_are_called_as_documented(built: dict[str, Path]) -> None:
    assert sorted(built) == [
        "greenroom-0.2.0-1.x86_64.rpm",
        "greenroom-model-smollm2-1-1.noarch.rpm",
        "greenroom-model-smollm2_1_all.deb",
        "greenroom_0.2.0_amd64.deb",
    ]


def test_two_builds_are_the_same_bytes(built: dict[str, Path], payload: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(payload, tmp_path / "another name", symlinks=True)
    model = standin.make_model(tmp_path / "model")
    for path in packages.build_all(elsewhere, *model, tmp_path / "out", version="0.2.0", epoch=EPOCH):
        assert path.read_bytes() == built[path.name].read_bytes(), path.name


def test_everything_in_the_deb_is_roots_with_the_mode_that_fits(built: dict[str, Path]) -> None:
    need("dpkg-deb")
    listing = said("dpkg-deb", "--contents", built["greenroom_0.2.0_amd64.deb"]).splitlines()
    modes = {line.split()[5]: (line.split()[0], line.split()[1]) for line in listing}
    assert {owner for _, owner in modes.values()} == {"root/root"}
    assert modes["./usr/lib/greenroom/greenroom"][0] == "-rwxr-xr-x"
    assert modes["./usr/lib/greenroom/_internal/resources/words.json"][0] == "-rw-r--r--"  # 0600 in the payload
    assert modes["./etc/greenroom/policies/managed/"][0] == "drwxr-xr-x"
    assert modes["./usr/bin/greenroom"][0] == "lrwxrwxrwx"
    assert all("w" not in mode[0][5:] for mode in modes.values() if not mode[0].startswith("l"))


def test_the_deb_asks_for_a_model_and_keeps_policies_out_of_conffiles(built: dict[str, Path]) -> None:
    need("dpkg-deb")
    control = said("dpkg-deb", "--info", built["greenroom_0.2.0_amd64.deb"])
    assert "Depends: greenroom-model-smollm2 | greenroom-model" in control
    assert "conffiles" not in control
    assert "Provides: greenroom-model" in said("dpkg-deb", "--info", built["greenroom-model-smollm2_1_all.deb"])


def test_the_rpm_asks_for_any_model(built: dict[str, Path], tmp_path: Path) -> None:
    need("rpm")
    query = ("rpm", "--define", f"_dbpath {tmp_path}", "-qp")
    asked = said(*query, "--requires", built["greenroom-0.2.0-1.x86_64.rpm"])
    given = said(*query, "--provides", built["greenroom-model-smollm2-1-1.noarch.rpm"])
    assert "greenroom-model\n" in asked
    assert "greenroom-model\n" in given


@pytest.mark.parametrize(
    ("installed", "allowed", "code"), [("0.3.0", "", 1), ("0.3.0", "1", 0), ("0.1.9", "", 0), ("0.2.0", "", 0)]
)
def test_preinst_refuses_to_go_back(tmp_path: Path, installed: str, allowed: str, code: int) -> None:
    need("dpkg")
    script = tmp_path / "preinst"
    script.write_text((packages.SHARE / "preinst").read_text("utf-8").replace("@VERSION@", "0.2.0"), "utf-8")
    environment = os.environ | {"GREENROOM_ALLOW_DOWNGRADE": allowed}
    done = subprocess.run(["sh", script, "upgrade", installed], env=environment, capture_output=True, text=True)
    assert done.returncode == code
    assert ("GREENROOM_ALLOW_DOWNGRADE=1" in done.stderr) == bool(code)


def test_a_missing_payload_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="make dist"):
        packages.build_app(tmp_path, tmp_path, version="0.2.0", epoch=EPOCH, kind="deb")


def test_a_link_out_of_the_app_is_refused(payload: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(payload, tmp_path / "app", symlinks=True)
    (folder / "_internal" / "out").symlink_to("/etc/passwd")
    with pytest.raises(Problem, match="leads out of the app"):
        packages.build_app(folder, tmp_path, version="0.2.0", epoch=EPOCH, kind="deb")


@pytest.mark.parametrize(
    ("version", "packaged"),
    [("0.2.0", "0.2.0"), ("0.3.0rc1", "0.3.0~rc1"), ("1.0.0.dev2", "1.0.0~dev2"), ("1.0b1", "1.0~b1")],
)
def test_versions_before_a_release_sort_before_it(version: str, packaged: str) -> None:
    assert tools.package_version(version) == packaged


def test_what_a_program_needs_is_read_from_it(tmp_path: Path) -> None:
    need("objdump")
    (tmp_path / "greenroom").write_bytes(Path("/bin/sh").resolve().read_bytes())
    found = dependencies.needs(tmp_path)
    assert "libc.so.6" in found.libraries
    assert found.debian[0] == f"libc6 (>= {found.glibc})"
    assert found.rpm[0] == f"libc.so.6(GLIBC_{found.glibc})(64bit)"


def test_an_unknown_library_is_named() -> None:
    with pytest.raises(Problem, match=r"libnobody\.so\.1"):
        _ = dependencies.Needs(("libnobody.so.1",), "2.36").debian


def test_search_paths_of_the_builder_go_and_relative_ones_stay(tmp_path: Path) -> None:
    need("cc", "readelf")
    source = tmp_path / "one.c"
    source.write_text("int one(void) { return 1; }\n")
    for name, path in (("absolute.so", "/root/of/the/builder"), ("relative.so", "$ORIGIN/lib")):
        said("cc", "-shared", "-fPIC", f"-Wl,-rpath,{path}", "-o", tmp_path / name, source)
    assert [path.name for path in search_paths.drop_search_paths(tmp_path)] == ["absolute.so"]
    assert "/root/of" not in said("readelf", "--dynamic", tmp_path / "absolute.so")
    assert "$ORIGIN/lib" in said("readelf", "--dynamic", tmp_path / "relative.so")


def test_the_portable_archive_has_the_model_and_is_the_same_twice(payload: Path, tmp_path: Path) -> None:
    model = standin.make_model(tmp_path / "model")
    made = [
        archive.build_archive(payload, *model, tmp_path / at, version="0.2.0", epoch=EPOCH, packages=["libegl1"])
        for at in ("one", "two")
    ]
    assert made[0].read_bytes() == made[1].read_bytes()
    with tarfile.open(made[0]) as opened:
        members = {member.name: member for member in opened}
    top = "greenroom-0.2.0-linux-x86_64"
    assert members[f"{top}/greenroom"].mode == 0o755
    assert members[f"{top}/_internal/resources/words.json"].mode == 0o644
    assert members[f"{top}/_internal/resources/same.json"].issym()
    assert f"{top}/models/{model[0].name}" in members
    assert {(member.uid, member.gid, member.mtime) for member in members.values()} == {(0, 0, EPOCH)}
    assert list(members) == sorted(members)
