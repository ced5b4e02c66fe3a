"""What goes wrong in real life, as a person meets it: one clear sentence that names the thing, the right exit code, no loss.

A model file that is missing, truncated, a web page or altered is in tests/sandbox; a second window in tests/ui.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.helpers.command import files_below, greenroom, sentence, unprivileged
from tests.helpers.prompt_files import prompt_text, write_prompt

LESSON = """---
id: sample
title: A sample
version: "1.0"
language: en
roles: [everyone]
level: beginner
duration: PT1M
summary: A lesson for tests.
objectives: [Know it.]
sources: [{title: Ourselves}]
---
## Start

Words.

Which?

[( )] this
[( )] that
"""


@pytest.fixture
def used(profile: Path) -> Path:
    """A profile with a few entries in it."""
    code = (
        "import sys; from pathlib import Path; from desktop_app.services import Services\n"
        "from desktop_app.storage.locations import Locations\n"
        "services = Services(Locations.find(Path(sys.argv[1])))\n"
        "for number in range(20): services.learner.record('counted', {'number': number})\n"
        "services.close()"
    )
    subprocess.run([sys.executable, "-c", code, str(profile)], check=True)
    return profile


def lesson_file(tmp_path: Path, data: bytes) -> Path:
    file = tmp_path / "content" / "lessons" / "sample" / "lesson.md"
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    return file


# -- lessons and prompts -------------------------------------------------------------------------------------------------


def test_a_lesson_that_is_not_utf_8(tmp_path: Path) -> None:
    file = lesson_file(tmp_path, LESSON.replace("Words", "Wörter").encode("latin-1"))
    done = greenroom("lesson", "lint", file)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    [line] = done.stdout.splitlines()
    assert line.startswith(f"{file}:15:2: ") and "not UTF-8" in line


def test_a_quiz_with_no_right_answer(tmp_path: Path) -> None:
    file = lesson_file(tmp_path, LESSON.encode())
    done = greenroom("lesson", "lint", file)
    assert done.returncode == 1
    [line] = [line for line in done.stdout.splitlines() if " error " in line]
    assert line.startswith(f"{file}:") and "right" in line


def test_a_lesson_with_a_fault_hides_no_other(tmp_path: Path, profile: Path) -> None:
    lesson_file(tmp_path, b"\xff")
    done = greenroom("--profile", profile, "--content", tmp_path / "content", "lesson", "list")
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) >= 3 and "lesson.md" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name: [", "not valid YAML"), (prompt_text().encode("utf-16"), "not UTF-8"), (b"", "must be a mapping"),
        (prompt_text(inputs=None).encode(), "is not declared"), (b"x" * 1_000_001, "larger than 1 MB"),
        (b"a: &a [x]\nb: [*a, *a]\n", "Anchors and aliases"), (b"[" * 1000, "nested deeper"),
    ],
)  # fmt: skip
def test_a_prompt_file_with_anything_wrong_in_it(tmp_path: Path, profile: Path, data: bytes, words: str) -> None:
    file = write_prompt(tmp_path / "library")
    file.write_bytes(data)
    options = ("--profile", profile, "--library", tmp_path / "library")
    linted = greenroom(*options, "prompt", "lint", file)
    assert linted.returncode == 1 and linted.stderr == ""
    [line] = linted.stdout.splitlines()
    assert line.startswith(f"{file}:") and words in line
    assert words in sentence(greenroom(*options, "prompt", "show", "answer-invoice"), file)
    assert greenroom(*options, "prompt", "show", "shorten-notice").returncode == 0


def test_an_unknown_label_and_an_undeclared_variable(profile: Path) -> None:
    assert 'no label "nowhere"' in sentence(
        greenroom("--profile", profile, "prompt", "show", "shorten-notice@nowhere"), "shorten-notice"
    )
    assert "no input 'colour'" in sentence(
        greenroom("--profile", profile, "prompt", "render", "shorten-notice", "--set", "colour=red")
    )


def test_a_value_with_braces_stays_what_it_is(tmp_path: Path, profile: Path) -> None:
    write_prompt(tmp_path / "library")
    done = greenroom(
        "--profile", profile, "--library", tmp_path / "library", "prompt", "render", "answer-invoice",
        "--set", "question={{tone}} {% x %} ${y} %s", "--set", "tone={{question}}",
    )  # fmt: skip
    assert done.stdout.endswith("Question: {{tone}} {% x %} ${y} %s\nTone: {{question}}\n")


# -- large and strange texts ---------------------------------------------------------------------------------------------


def test_a_megabyte_pasted_into_the_guard() -> None:
    text = "Nothing to see here, only words and more words. " * 21_000 + "ines.falk@norwind.example"
    done = greenroom("guard", "scan", "-", stdin=text)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert "ines.falk@norwind.example" not in done.stdout
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.model
def test_a_megabyte_pasted_into_the_sandbox(profile: Path) -> None:
    said = sentence(greenroom("--profile", profile, "sandbox", "run", "-", stdin="many words " * 95_000))
    assert "too long for the model's context" in said and "Shorten it by about" in said


def test_input_that_is_no_text(profile: Path) -> None:
    for command in (("guard", "scan", "-"), ("guard", "redact", "-"), ("sandbox", "run", "-")):
        said = sentence(greenroom("--profile", profile, *command, stdin=b"caf\xe9"))
        assert said == "greenroom: Standard input is not UTF-8 text (byte 3). Save it as UTF-8 and try again."


def test_arguments_that_are_no_text(profile: Path) -> None:
    """What a shell passes on from a file in another encoding."""
    done = greenroom("--profile", profile, "prompt", "render", "shorten-notice@1", "--set", "notice=caf\udce9")
    assert done.returncode == 0 and "Traceback" not in done.stderr
    assert greenroom("--profile", profile, "prompt", "search", "caf\udce9").returncode == 0


# -- the profile ---------------------------------------------------------------------------------------------------------


def test_a_locked_database(used: Path) -> None:
    before = (used / "learner.db").read_bytes()
    with closing(sqlite3.connect(used / "learner.db", isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        said = sentence(greenroom("--profile", used, "records", "progress"), used / "learner.db")
        assert "in use by another program" in said
    assert (used / "learner.db").read_bytes() == before
    assert greenroom("--profile", used, "records", "verify").returncode == 0


@pytest.mark.parametrize("kept", [0, 1, 300, 4096, 20_000])
def test_a_truncated_database(used: Path, kept: int) -> None:
    with (used / "learner.db").open("r+b") as file:
        file.truncate(kept)
    before = files_below(used)
    for command in (("records", "progress"), ("records", "verify")):
        said = sentence(greenroom("--profile", used, *command), used / "learner.db")
        assert "backup" in said and "move it away" in said
    assert files_below(used) == before, "nothing is made worse"
    (used / "learner.db").rename(used / "learner.db.old")
    assert greenroom("--profile", used, "records", "verify").returncode == 0, "the way out works"


def test_a_database_newer_than_the_app(used: Path) -> None:
    with closing(sqlite3.connect(used / "learner.db")) as db, db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('learner', 'm0007_more', '')"
        )
    before = files_below(used)
    said = sentence(greenroom("--profile", used, "records", "progress"), used / "learner.db", "m0007_more")
    assert "newer Greenroom" in said and "--profile" in said
    assert files_below(used) == before


@pytest.mark.parametrize(
    "data", [b"<!doctype html><title>Sign in</title>" * 100, b"\x00" * 9000, bytes(range(255, -1, -1)) * 36]
)
def test_a_database_that_is_something_else(used: Path, data: bytes) -> None:
    (used / "learner.db").write_bytes(data)
    sentence(greenroom("--profile", used, "records", "progress"), used / "learner.db", "not a Greenroom database")
    assert (used / "learner.db").read_bytes() == data


def test_a_profile_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("a letter")
    for profile in (tmp_path / "mine", tmp_path / "mine" / "below"):
        sentence(greenroom("--profile", profile, "records", "progress"), f"{tmp_path / 'mine'} is a file", "--profile")
    assert (tmp_path / "mine").read_text() == "a letter"


def test_a_profile_below_a_home_that_does_not_exist() -> None:
    sentence(
        greenroom("--profile", "~nobody-has-this-name/x", "records", "progress"), "~nobody-has-this-name/x", "--profile"
    )


@pytest.fixture
def read_only(used: Path) -> Iterator[Path]:
    for path in used.iterdir():
        path.chmod(0o444)
    used.chmod(0o555)
    yield used
    used.chmod(0o755)


def test_a_read_only_profile(read_only: Path) -> None:
    before = files_below(read_only)
    for command in (("records", "progress"), ("prompt", "search", "notice")):
        said = sentence(greenroom("--profile", read_only, *command, privileged=False), read_only)
        assert "read-only" in said and "--profile" in said
    assert files_below(read_only) == before


def test_a_read_only_file_in_a_writable_profile(used: Path) -> None:
    for name in ("learner.db", "learner.db-wal", "learner.db-shm"):
        if (used / name).exists():
            (used / name).chmod(0o444)
    code = (
        "import sys; from desktop_app.errors import StoreError; from pathlib import Path\n"
        "from desktop_app.records.learner import LearnerRepository; from desktop_app.storage.locations import Locations\n"
        "try: LearnerRepository(Locations.find(Path(sys.argv[1]))).record('counted', {})\n"
        "except StoreError as error: print(error)"
    )
    done = subprocess.run(unprivileged("-c", code, str(used)), capture_output=True, text=True)
    assert "learner.db cannot be read or written" in done.stdout, done.stderr


# -- a full disk ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 400 KB."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only root can mount a small disk to fill")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(disk)], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"no small disk to fill: {done.stderr.strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: Path) -> Path:
    """Use up every byte; deleting the file gives them back."""
    file = disk / "filler"
    with file.open("wb", buffering=0) as stream:
        for size in (4096, 1):
            try:
                while True:
                    stream.write(b"x" * size)
            except OSError:
                pass
    return file


RECORD = (
    "import sys; from desktop_app.errors import AppError; from pathlib import Path\n"
    "from desktop_app.records.learner import LearnerRepository; from desktop_app.storage.locations import Locations\n"
    "learner = LearnerRepository(Locations.find(Path(sys.argv[1])))\n"
    "try:\n"
    "    while True:\n"
    "        learner.record('counted', {'x': 'x' * 500}); print('stored', flush=True)\n"
    "except AppError as error: print(error, file=sys.stderr)"
)


def test_a_disk_that_fills_up_loses_nothing_that_was_stored(small_disk: Path) -> None:
    profile = small_disk / "profile"
    done = subprocess.run([sys.executable, "-c", RECORD, str(profile)], capture_output=True, text=True)
    stored = done.stdout.count("stored")
    assert stored > 0
    assert "Traceback" not in done.stderr and str(profile) in done.stderr
    assert "full" in done.stderr or "No space left on device" in done.stderr
    shutil.copytree(profile, small_disk.parent / "rescued")
    verified = greenroom("--profile", small_disk.parent / "rescued", "records", "verify")
    assert verified.returncode == 0, verified.stderr
    entries = int(verified.stdout.split(": ")[1].split(" ")[0])
    assert entries == stored, "what is stored was never called a failure, nor the other way round"


def test_a_disk_that_is_full_already(small_disk: Path) -> None:
    filler = fill(small_disk)
    said = sentence(greenroom("--profile", small_disk / "profile", "records", "progress"), small_disk / "profile")
    assert "full" in said or "No space left on device" in said or "cannot be" in said
    filler.unlink()
    assert greenroom("--profile", small_disk / "profile", "records", "verify").returncode == 0


# -- the keyring ---------------------------------------------------------------------------------------------------------


@pytest.mark.model
def test_no_keyring_lets_everything_work_and_keeps_no_text(profile: Path) -> None:
    marker = "zaunkoenig"
    done = greenroom("--profile", profile, "sandbox", "run", f"Say {marker}.", "--max-tokens", 4)
    assert done.returncode == 0 and done.stdout.strip()
    for name, data in files_below(profile).items():
        assert marker.encode() not in data and done.stdout.strip().encode() not in data, name
    verified = greenroom("--profile", profile, "records", "verify")
    assert verified.returncode == 0 and "This computer has no system keyring" in verified.stdout


def test_a_keyring_whose_key_is_gone_is_not_given_a_new_one(used: Path, file_keyring: dict[str, str]) -> None:
    from desktop_app.services import Services
    from desktop_app.storage.locations import Locations

    services = Services(Locations.find(used))
    assert services.unlock_vault().is_open
    services.learner.save_draft("a", "a text")
    services.close()
    keyring = Path(file_keyring["GREENROOM_TEST_KEYRING"])
    keyring.write_text("{}")
    done = greenroom("--profile", used, "records", "verify", environment=file_keyring)
    assert done.returncode == 0 and "The key in the system keyring is gone; restore it from a backup" in done.stdout
    assert keyring.read_text() == "{}"
