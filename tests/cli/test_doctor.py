"""greenroom doctor: every part is tried, each is seen to fail, and a part that is wrong is named while the others are still told."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bootstrap
import jsonschema
import pytest
from click.testing import CliRunner, Result
from freeze.freezing import write_file_list

from desktop_app.cli import doctor_installation, doctor_machine, doctor_profile
from desktop_app.cli.doctor import CHECKS
from desktop_app.cli.doctor_finding import Finding, finish_within
from desktop_app.cli.root import root
from desktop_app.clock import utc_now
from desktop_app.errors import AppError, ModelError
from desktop_app.sandbox.builds import Builds
from desktop_app.sandbox.lockdown import NOT_PROVEN, Offline
from desktop_app.services import Services
from desktop_app.storage import vault
from desktop_app.storage.locations import Locations
from tests.cli.test_records import tamper
from tests.helpers.prompt_files import write_prompt

# What the process says when it starts; this one, which runs other tests too, must not deny itself anything.
OFFLINE = Offline(True, "")
BY_ID = {check.id: check for check in CHECKS}
SCHEMA = Path(__file__).parents[2] / "resources" / "schemas" / "doctor.schema.json"


def run(profile: Path, *arguments: object, options: tuple[object, ...] = (), offline: Offline = OFFLINE) -> Result:
    words = ["--profile", profile, *options, "doctor", *arguments]
    return CliRunner().invoke(root, [str(word) for word in words], obj=offline)


def states(done: Result) -> dict[str, str]:
    return {row["id"]: row["state"] for row in json.loads(done.stdout)}


def found(id: str, services: Services) -> Finding:
    return BY_ID[id].run(services)


@pytest.fixture
def services(profile: Path) -> Iterator[Services]:
    services = Services(Locations.find(profile), offline=OFFLINE)
    yield services
    services.close()


@pytest.fixture(autouse=True)
def desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A session with a display, and the folders of its desktop entries."""
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_DATA_DIRS"):
        monkeypatch.setenv(name, str(tmp_path / name))
    entry = tmp_path / "XDG_DATA_DIRS" / "applications" / "greenroom-links.desktop"
    entry.parent.mkdir(parents=True)
    entry.write_text("MimeType=x-scheme-handler/greenroom;")
    monkeypatch.setattr(Locations, "policies", tmp_path / "policies")
    return entry


@pytest.fixture
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves out what starts or reads the model, where a test is about the others."""
    others = tuple(check for check in CHECKS if check.id not in ("model", "sandbox"))
    monkeypatch.setattr("desktop_app.cli.doctor.CHECKS", others)


@pytest.mark.model
def test_everything_passes(profile: Path, file_keyring: dict[str, str]) -> None:
    done = run(profile, "--json")
    assert done.exit_code == 0 and done.stderr == "", done.output
    rows = json.loads(done.stdout)
    assert [row["id"] for row in rows] == list(BY_ID)
    assert {row["id"] for row in rows if row["state"] != "pass"} <= {"processor"}, done.stdout
    jsonschema.validate(rows, json.loads(SCHEMA.read_text("utf-8")))


def test_ids_are_kept_and_every_check_knows_a_way_out() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    assert schema["items"]["properties"]["id"]["enum"] == list(BY_ID), "an id that was released never changes"
    page = (SCHEMA.parents[2] / "docs" / "it" / "doctor.md").read_text("utf-8")
    assert [id for id in BY_ID if f"`{id}`" not in page] == []
    assert all(check.fix.endswith(".") for check in CHECKS)


def test_no_keyring_is_a_warning_with_its_fix_and_no_fault(profile: Path, no_model: None) -> None:
    done = run(profile)
    assert done.exit_code == 0
    assert "· Keyring: This computer has no system keyring" in done.stdout
    assert "    Fix: Install and unlock a keyring" in done.stdout and done.stdout.count("Fix:") == done.stdout.count(
        "· "
    )


def test_a_check_that_breaks_hides_no_other(profile: Path, no_model: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Services) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(Services, "lessons", property(broken))
    done = run(profile, "--json")
    assert done.exit_code == 1 and states(done)["lessons"] == "fail" and states(done)["log"] == "pass"
    assert "The check itself failed (RuntimeError: no such thing)" in done.stdout


def test_a_job_that_takes_too_long_is_given_up() -> None:
    def endless() -> Iterator[None]:
        while True:
            yield

    with pytest.raises(AppError, match="Starting the model took longer than 0 seconds"):
        finish_within(endless(), 0.01, "Starting the model")


# -- what was installed ---------------------------------------------------------------------------------------------------


@pytest.fixture
def frozen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A frozen app of two files, as the freeze leaves it."""
    folder = tmp_path / "greenroom"
    (folder / "_internal").mkdir(parents=True)
    (folder / "greenroom").write_bytes(b"program")
    (folder / "_internal" / "lib.so").write_bytes(b"library")
    write_file_list(folder)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "_MEIPASS", str(folder / "_internal"), raising=False)
    return folder


def test_a_checkout_is_called_one(services: Services) -> None:
    assert found("installation", services).detail.startswith("Checkout in ")


def test_an_installed_app_is_compared_file_by_file(services: Services, frozen: Path) -> None:
    assert found("installation", services) == Finding("pass", f"Portable in {frozen}; 2 files, each as it was built")
    (frozen / "models").mkdir()
    (frozen / "models" / "a.gguf").write_bytes(b"beside it")
    assert found("installation", services).state == "pass"


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("altered", "1 file of 2 altered or missing, such as greenroom"),
        ("missing", "1 file of 2 altered or missing, such as _internal/lib.so"),
        ("added", "1 file not part of it, such as _internal/json.py"),
        ("no list", "the list of its files is not there"),
    ],
)
def test_an_installation_that_is_not_whole_fails(services: Services, frozen: Path, what: str, says: str) -> None:
    if what == "altered":
        (frozen / "greenroom").write_bytes(b"progrxm")
    elif what == "added":
        (frozen / "_internal" / "json.py").write_text("")
    else:
        (frozen / "_internal" / ("lib.so" if what == "missing" else "files.sha256")).unlink()
    result = found("installation", services)
    assert result.state == "fail" and says in result.detail


def test_on_macos_the_signature_lists_the_files(
    services: Services, frozen: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (frozen / "_internal" / "files.sha256").unlink()
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "codesign --verify" in found("installation", services).detail


def test_a_library_the_window_needs_is_missing(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(doctor_installation.DISPLAY_LIBRARIES, "libgone.so.9", "libgone9")
    result = found("display", services)
    assert result.state == "fail" and "without libgone.so.9" in result.detail
    assert result.fix == "Install them; on Debian: apt install libgone9"


def test_the_window_needs_what_the_checkout_installs_for_it() -> None:
    assert doctor_installation.DISPLAY_LIBRARIES.items() <= bootstrap.SYSTEM_LIBRARIES.items()


@pytest.mark.parametrize(
    ("display", "says"), [("", "has no display"), ("localhost:10.0", "localhost:10.0 is reached over the network")]
)
def test_a_session_that_cannot_show_a_window_is_told(
    services: Services, monkeypatch: pytest.MonkeyPatch, display: str, says: str
) -> None:
    monkeypatch.setenv("DISPLAY", display)
    result = found("display", services)
    assert result.state == "warn" and says in result.detail and result.fix


def test_a_broken_prompt_is_named(profile: Path, tmp_path: Path, no_model: None) -> None:
    file = write_prompt(tmp_path / "library", owner=None)
    done = run(profile, options=("--library", tmp_path / "library"))
    assert done.exit_code == 1 and f"✗ Prompts: {file}:1:1: " in done.stdout


def test_a_glossary_that_cannot_be_read_is_named(profile: Path, tmp_path: Path, no_model: None) -> None:
    (tmp_path / "glossary.yml").write_text("language: en\nentries: [\n", encoding="utf-8")
    done = run(profile, "--json", options=("--content", tmp_path))
    assert done.exit_code == 1 and states(done)["lessons"] == "fail"
    assert "glossary.yml" in next(row["detail"] for row in json.loads(done.stdout) if row["id"] == "lessons")


def test_links_nobody_opens_are_told(services: Services, desktop: Path) -> None:
    assert found("links", services).state == "pass"
    desktop.unlink()
    assert found("links", services).state == "warn" and "greenroom link register" in BY_ID["links"].fix


# -- the profile ----------------------------------------------------------------------------------------------------------


def test_a_profile_that_is_a_file(profile: Path, no_model: None) -> None:
    profile.write_text("mine")
    done = run(profile, "--json")
    assert done.exit_code == 1
    assert {id for id, state in states(done).items() if state == "fail"} == {"profile", "index", "keyring", "records"}
    assert states(done)["lessons"] == "pass"
    fixes = {row["id"]: row["fix"] for row in json.loads(done.stdout)}
    assert fixes["profile"].startswith("Make the folder writable")
    assert fixes["index"] == fixes["records"] == "The same as Profile above: mend that."
    assert profile.read_text() == "mine"


def test_settings_that_cannot_be_read_are_a_warning(profile: Path, services: Services) -> None:
    profile.mkdir()
    (profile / "settings.json").write_text("{")
    result = found("profile", services)
    assert result.state == "warn" and "settings.json could not be read" in result.detail


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_profile_others_can_read_is_told(profile: Path, services: Services) -> None:
    profile.mkdir(mode=0o755)
    profile.chmod(0o755)
    assert found("profile", services) == Finding(
        "warn", f"{profile} can be read by other people on this machine", f"chmod 700 {profile}"
    )


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives files away")
def test_somebody_elses_profile_is_told(profile: Path, services: Services) -> None:
    profile.mkdir(mode=0o700)
    os.chown(profile, 12345, -1)
    assert "belongs to somebody else" in found("profile", services).detail


@pytest.mark.parametrize(
    ("system", "options", "state", "says"),
    [
        ("nfs4", "rw", "warn", "network file system (nfs4)"),
        ("ext4", "rw,noexec,nosuid", "pass", "mounted noexec, which does no harm"),
        ("ext4", "rw", "pass", ""),
    ],
)
def test_the_disk_the_profile_is_on(
    profile: Path, services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str, options: str, state: str, says: str
) -> None:  # fmt: skip
    mounts = tmp_path / "mounts"
    mounts.write_text(f"broken line\n/dev/a / ext4 rw 0 0\nsrv:/a {tmp_path.resolve()} {system} {options} 0 0\n")
    monkeypatch.setattr(doctor_profile, "MOUNTS", mounts)
    result = found("profile", services)
    assert result.state == state and says in result.detail


@pytest.mark.parametrize(("free", "state"), [(10_000_000, "fail"), (100_000_000, "warn"), (10**10, "pass")])
def test_a_disk_that_fills_up_is_told(
    services: Services, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: SimpleNamespace(free=free))
    assert found("disk", services).state == state


def test_an_index_that_cannot_be_made(profile: Path, services: Services) -> None:
    (profile / "index.db").mkdir(parents=True)
    with pytest.raises(AppError):
        found("index", services)


def test_a_keyring_that_does_not_answer_holds_nothing_up(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    from threading import Event

    never = Event()
    monkeypatch.setattr(doctor_profile, "KEYRING_S", 0.05)
    monkeypatch.setattr(vault, "open_vault", lambda *_, **__: never.wait(20))
    result = found("keyring", services)
    never.set()
    assert result.state == "warn" and "did not answer within" in result.detail


def test_a_damaged_database_is_told_and_left(profile: Path, no_model: None) -> None:
    profile.mkdir(mode=0o700)
    (profile / "learner.db").write_bytes(b"x" * 5000)
    done = run(profile)
    assert done.exit_code == 1
    assert f"✗ Records: {profile / 'learner.db'} is damaged" in done.stdout and "✓ Search index" in done.stdout
    assert (profile / "learner.db").read_bytes() == b"x" * 5000


def test_an_altered_chain(profile: Path, no_model: None) -> None:
    services = Services(Locations.find(profile))
    services.learner.record("counted", {"number": 1})
    services.close()
    tamper(profile / "learner.db")
    done = run(profile)
    assert done.exit_code == 1 and "✗ Records: Entry 1 was altered" in done.stdout


@pytest.mark.parametrize(
    ("kilobytes", "days", "state", "says"),
    [(1, 30, "pass", "last fault on"), (1, 1, "warn", "A fault in the last 7 days"), (10_001, 30, "warn", "10,001 kB")],
)
def test_a_log_with_faults_is_told(
    profile: Path, services: Services, kilobytes: int, days: int, state: str, says: str
) -> None:
    profile.mkdir()
    log = profile / "greenroom.log"
    log.write_bytes(b"x" * kilobytes * 1000)
    then = (utc_now() - timedelta(days=days)).timestamp()
    os.utime(log, (then, then))
    result = found("log", services)
    assert result.state == state and says in result.detail


# -- the machine ----------------------------------------------------------------------------------------------------------


def test_a_broken_policy_fails_and_a_sound_one_is_counted(services: Services, tmp_path: Path) -> None:
    from desktop_app.policy.policy import read_policy

    managed = tmp_path / "policies" / "managed"
    managed.mkdir(parents=True, mode=0o755)
    assert found("policy", services) == Finding("pass", "Nothing is set by IT")
    for content, state, says in (
        ('{"retention_days": 9}', "pass", "1 value set by IT, 1 locked"),
        ("{", "fail", "not JSON"),
    ):
        (managed / "a.json").write_text(content)
        services.__dict__["policy"] = read_policy(tmp_path / "policies", owner=os.getuid())
        result = found("policy", services)
        assert result.state == state and says in result.detail


def test_an_app_that_is_not_offline_is_told(profile: Path, no_model: None) -> None:
    done = run(profile, offline=Offline(False, "no seccomp here"))
    assert done.exit_code == 1
    assert "✗ Offline: The app could not deny itself the internet. no seccomp here" in done.stdout
    other = found("offline", Services(Locations.find(profile), offline=Offline(False, NOT_PROVEN)))
    assert other.state == "warn"


def of_model(services: Services, **fields: Any) -> None:
    from dataclasses import replace

    from desktop_app.sandbox.models.catalogue import catalogue

    services.__dict__["models"] = SimpleNamespace(chosen=lambda: replace(catalogue()[0], **fields), close=lambda: None)


@pytest.mark.model
def test_a_model_that_was_altered_or_is_gone_fails(services: Services, tmp_path: Path) -> None:
    from desktop_app.sandbox.models.catalogue import catalogue

    altered = tmp_path / "altered.gguf"
    shutil.copy(catalogue()[0].path, altered)
    with altered.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"changed")
    of_model(services, path=altered)
    with pytest.raises(ModelError, match="was altered"):
        found("model", services)
    of_model(services, path=tmp_path / "gone.gguf")
    with pytest.raises(ModelError, match=r"gone\.gguf"):
        found("model", services)


@pytest.mark.model
@pytest.mark.parametrize(
    ("free", "total", "state", "says"), [(50, 90, "fail", "too little memory"), (200, 8000, "warn", "may be slow")]
)
def test_a_machine_with_too_little_memory_for_its_model(
    services: Services, monkeypatch: pytest.MonkeyPatch, free: int, total: int, state: str, says: str
) -> None:
    from desktop_app.sandbox.models import fit

    monkeypatch.setattr(fit, "memory_now", lambda: fit.Memory(free * 10**6, total * 10**6))
    result = found("model", services)
    assert result.state == state and says in result.detail and "licence Apache-2.0" in result.detail


def test_a_folder_of_models_that_is_gone_is_named(services: Services, tmp_path: Path) -> None:
    from desktop_app.policy.policy import Policy

    share = tmp_path / "share"
    share.mkdir()
    (share / "models.json").write_text("{")
    services.__dict__["policy"] = Policy(model_folder=share)
    result = found("model_folders", services)
    assert result.state == "warn" and str(share) in result.detail


class _Client:
    """Starts as a test says; a job like the real one."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def start(self) -> Iterator[None]:
        yield
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def close(self) -> None:
        pass


def report(**changed: Any) -> SimpleNamespace:
    plain = {"refused": 16, "total": 16, "proven": True, "landlock_abi": 7, "namespaces": True, "threads": 1}
    return SimpleNamespace(**plain | changed)


@pytest.mark.parametrize(
    ("answer", "state", "says"),
    [
        (report(), "pass", "16 of 16 channels refused, proven"),
        (report(refused=15), "fail", "1 of 16 channels are open"),
        (report(proven=False), "warn", "not proven on this system"),
        (report(namespaces=False), "warn", "no user namespaces"),
        (ModelError("The model could not be locked down."), "fail", "could not be locked down"),
    ],
)
def test_a_sandbox_that_is_not_shut_is_told(services: Services, answer: Any, state: str, says: str) -> None:
    services.__dict__["model"] = _Client(answer)
    result = found("sandbox", services)
    assert result.state == state and says in result.detail


def test_without_landlock_the_kernel_is_the_way_out(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.sandbox.landlock.abi", lambda: 0)
    services.__dict__["model"] = _Client(ModelError("The sandbox is off: this system has no Landlock."))
    assert "lsm=" in found("sandbox", services).fix


def processor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: str) -> None:
    """A machine of another kind, with all of llama.cpp's builds."""
    cpu, folder = tmp_path / "cpuinfo", tmp_path / "lib"
    cpu.write_text(f"flags\t: {flags}\n")
    folder.mkdir(exist_ok=True)
    for name in ("haswell", "sandybridge", "sse42", "x64"):
        (folder / f"libggml-cpu-{name}.so").touch()
    monkeypatch.setattr(doctor_machine, "CPU", cpu)
    monkeypatch.setattr("desktop_app.sandbox.builds._libraries", lambda: folder)


def test_a_processor_without_avx2_is_slow(services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    processor(monkeypatch, tmp_path, "sse4_2 avx")
    result = found("processor", services)
    assert result.state == "warn" and "no AVX2" in result.detail and "sandybridge (AVX)" in result.detail


def test_amx_is_named_and_not_used(services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    processor(monkeypatch, tmp_path, "sse4_2 avx avx2 fma f16c bmi2 amx_tile amx_int8")
    result = found("processor", services)
    assert result.state == "pass" and "names AMX, which is never used" in result.detail


def test_a_build_that_failed_here_is_named(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, profile: Path
) -> None:
    processor(monkeypatch, tmp_path, "sse4_2 avx avx2 fma f16c bmi2")
    profile.mkdir()
    Builds(services.locations.builds_file, cpu=tmp_path / "cpuinfo").learn("sandybridge", ["haswell"])
    result = found("processor", services)
    assert result.state == "warn" and "haswell (AVX2) failed on this machine and is passed over" in result.detail
