"""A prompt library at its worst: several processes at once, kills, folders that vanish, odd files, huge ones, random damage."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from desktop_app.errors import AppError
from desktop_app.jobs import finish
from desktop_app.prompts import deciding
from desktop_app.prompts.evaluate.matrix import run_matrix
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.prompts.interchange.importing import import_paths
from desktop_app.prompts.library import PromptLibrary, UnknownPromptError, lint, read_prompt
from desktop_app.prompts.queue import unsubmitted
from desktop_app.prompts.search import PromptIndex, Taste
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.helpers.command import greenroom, sentence
from tests.helpers.deciding import ANA, ID, share
from tests.helpers.prompt_files import prompt_text, write_prompt
from tests.helpers.prompt_suites import fake, results_of, with_suite

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs the files and signals of a POSIX system")
ROWS = 300


@contextmanager
def in_time(longest_s: float) -> Iterator[None]:
    started = time.process_time()
    yield
    assert time.process_time() - started < longest_s


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    """Prompts of another tool, each different."""
    file = tmp_path / "prompts.csv"
    rows = "".join(f'Act {number},"Answer as number {number} would,\nin two lines."\n' for number in range(ROWS))
    file.write_text(f"act,prompt\n{rows}", "utf-8")
    return file


def started(*arguments: object) -> subprocess.Popen[bytes]:
    """A command that goes on while the test does something else."""
    command = [sys.executable, "-m", "desktop_app", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def reach(process: subprocess.Popen[bytes], library: Path, many: int) -> None:
    """Wait until so many prompts are in the library."""
    while not library.is_dir() or sum(not entry.name.startswith(".") for entry in library.iterdir()) < many:
        assert process.poll() is None, process.communicate()


def imported_once(library: Path) -> None:
    """Every row is there once, whole, under an id of its own, and nothing else."""
    prompts, problems = PromptLibrary([library]).read()
    assert not problems and not lint(library)
    assert sorted(prompt.newest.name for prompt in prompts) == sorted(f"Act {number}" for number in range(ROWS))
    assert all(len(prompt.versions) == 1 for prompt in prompts)


# -- several processes -------------------------------------------------------------------------------------------------------


def test_searching_and_deciding_go_on_while_another_process_imports(
    tmp_path: Path, csv: Path, file_keyring: dict[str, str]
) -> None:
    library, profile = tmp_path / "library", tmp_path / "profile"
    write_prompt(library, ID)
    at = ("--profile", profile, "--library", library, "prompt")
    importing = started(*at, "import", csv, "--to", library)
    reach(importing, library, 2)
    acts = [("submit", f"{ID}@1", "--by", "Ana"), ("search", "number", "--json"), ("list", "--json")]
    for act in acts:
        done = greenroom(*at, *act)
        assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    out, err = importing.communicate()
    assert importing.returncode == 0 and f"{ROWS} imported" in err.decode(), (out, err)
    found = json.loads(greenroom(*at, "search", "number", "--limit", 1000, "--json").stdout)
    assert sum(row["name"].startswith("Act ") for row in found) == ROWS
    assert [one.by for one in PromptLibrary([library]).get(ID).history.decisions] == ["Ana"]
    shutil.rmtree(library / ID)
    imported_once(library)


def test_two_processes_that_import_the_same_file_land_it_once(tmp_path: Path, csv: Path) -> None:
    library = tmp_path / "library"
    both = [started("--profile", tmp_path / name, "prompt", "import", csv, "--to", library) for name in ("a", "b")]
    for process in both:
        out, err = process.communicate()
        assert process.returncode == 0, (out, err)
    imported_once(library)


def test_an_import_that_was_killed_is_completed_by_the_next(tmp_path: Path, csv: Path) -> None:
    library = tmp_path / "library"
    command = ("--profile", tmp_path / "profile", "prompt", "import", csv, "--to", library)
    for many in (1, 60, 150):
        process = started(*command)
        reach(process, library, many)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert not lint(library), "whole or not at all"
        assert len(PromptLibrary([library]).ids()) >= many
    done = greenroom(*command)
    assert done.returncode == 0, done.stderr
    imported_once(library)


_RUN_UNTIL_KILLED = """
import sys
from pathlib import Path
from desktop_app.prompts.evaluate.matrix import Result, run_matrix
from desktop_app.prompts.evaluate.results import ResultStore
from tests.helpers.prompt_suites import fake, with_suite
library, results = map(Path, sys.argv[1:])
seeds, model = range(1, 200), fake("a tent")
for step in run_matrix([with_suite(library)], [model], seeds, ResultStore(results)):
    if isinstance(step, Result):
        print(step.seed, flush=True)
"""


def test_answers_that_were_there_when_a_run_was_killed_are_kept(tmp_path: Path) -> None:
    library, results = tmp_path / "library", tmp_path / "results.db"
    command = [sys.executable, "-c", _RUN_UNTIL_KILLED, str(library), str(results)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    assert process.stdout is not None
    with process, process.stdout as said:
        told = [int(said.readline()) for _ in range(40)]
        process.kill()
        told += [int(line) for line in said.read().splitlines()]
    model = fake("a tent")
    with ResultStore(results) as store:
        found, _ = results_of(run_matrix([with_suite(library)], [model], range(1, len(told) + 6), store))
    model.client.close()
    assert [result.seed for result in found] == [*range(1, len(told) + 6)] and all(result.passed for result in found)
    assert [result.seed for result in found if result.from_store][: len(told)] == told


# -- folders -----------------------------------------------------------------------------------------------------------------


def test_a_library_that_is_removed_while_it_is_read_is_gone_from_the_index_and_named(tmp_path: Path) -> None:
    library, other = tmp_path / "library", tmp_path / "other"
    for number in range(600):
        write_prompt(library, f"prompt-{number}")
    write_prompt(other, "stays-here")
    index = PromptIndex(tmp_path / "index.db")
    job = index.update([library, other])
    while not (step := next(job)).total or not step.done:
        pass
    shutil.rmtree(library)
    finish(job)
    assert [hit.id for hit in index.find("").hits] == ["stays-here"]
    assert "library folder cannot be read" in str(index.problems()[0])
    index.close()


def test_a_library_that_cannot_be_written_is_read_and_named_where_something_would_be_written(
    tmp_path: Path, csv: Path, file_keyring: dict[str, str]
) -> None:
    library = tmp_path / "library"
    write_prompt(library, ID)
    at = ("--profile", tmp_path / "profile", "--library", library, "prompt")
    for folder in (library / ID, library):
        folder.chmod(0o555)
    try:
        assert ID in greenroom(*at, "list", privileged=False).stdout
        assert ID in greenroom(*at, "search", "invoice", privileged=False).stdout
        sentence(greenroom(*at, "submit", f"{ID}@1", "--by", "Ana", privileged=False), library, "approvals")
        sentence(greenroom(*at, "import", csv, "--to", library, privileged=False), library, "--to")
    finally:
        for folder in (library, library / ID):
            folder.chmod(0o755)
    assert [path.name for path in sorted(library.rglob("*"))] == [ID, "1.prompt.yml"]


def test_what_is_no_file_is_named_and_hides_no_prompt(tmp_path: Path) -> None:
    library = tmp_path / "library"
    write_prompt(library, "good-one")
    files = {
        name: library / name / "1.prompt.yml" for name in ("a-folder", "a-pipe", "a-socket", "a-circle", "endless")
    }
    for file in files.values():
        file.parent.mkdir()
    files["a-folder"].mkdir()
    os.mkfifo(files["a-pipe"])
    files["a-circle"].symlink_to(files["a-circle"])
    files["endless"].symlink_to("/dev/zero")
    (library / "whole-circle").symlink_to("whole-circle")
    (library / "good-one" / "cases.csv").symlink_to("cases.csv")
    with socket.socket(socket.AF_UNIX) as ear:
        here = Path.cwd()
        os.chdir(files["a-socket"].parent)  # a socket's path may have 107 characters
        ear.bind("1.prompt.yml")
        os.chdir(here)
        with in_time(10):
            prompts, problems = PromptLibrary([library]).read()
            assert {problem.path for problem in problems} == set(files.values()) and lint(library)
            index = PromptIndex(tmp_path / "index.db")
            finish(index.update([library]))
            assert [hit.id for hit in index.find("").hits] == [prompt.id for prompt in prompts] == ["good-one"]
            index.close()
            assert [version.id for version, _ in finish(unsubmitted([library]))] == ["good-one"]
            (tmp_path / "in.md").write_text("# New\nText")
            assert finish(import_paths([tmp_path / "in.md"], library)).count("imported") == 1
        done = greenroom("--profile", tmp_path / "profile", "prompt", "lint", library)
    assert done.returncode == 1 and "Traceback" not in done.stderr and len(done.stdout.splitlines()) == len(files)


# -- size --------------------------------------------------------------------------------------------------------------------


def test_a_hundred_thousand_labels(tmp_path: Path) -> None:
    made = share(tmp_path, curators="")
    (made.folder / "labels.yml").write_text("".join(f"l{number}: {number % 2 + 1}\n" for number in range(100_000)))
    with in_time(15):
        library = PromptLibrary([tmp_path])
        assert library.resolve(f"{ID}@l99999").version == 2
        assert f"{ID}@l500" in library.references()
        with pytest.raises(UnknownPromptError, match="and 99,990 more") as caught:
            library.resolve(f"{ID}@nothing")
        assert len(str(caught.value)) < 400
        with pytest.raises(AppError, match="100,000 labels; 100 are the most"):
            deciding.submit(made.version(), ANA)


def test_ten_thousand_versions(tmp_path: Path) -> None:
    text = prompt_text()
    (tmp_path / ID).mkdir()
    for number in range(1, 10_001):
        (tmp_path / ID / f"{number}.prompt.yml").write_text(text)
    with in_time(20):
        prompt, problems = read_prompt(tmp_path / ID)
        assert prompt is not None and not problems and prompt.newest.version == prompt.offered.version == 10_000
        library = PromptLibrary([tmp_path])
        with pytest.raises(UnknownPromptError, match="and 9,990 more"):
            library.resolve(f"{ID}@10001")
        index = PromptIndex(tmp_path / "index.db")
        finish(index.update([tmp_path]))
        assert index.find("invoice").hits[0].version == 10_000
        index.close()


# -- damage ------------------------------------------------------------------------------------------------------------------


def damage(content: bytes, by: random.Random) -> bytes:
    """Random bytes at random places."""
    damaged = bytearray(content)
    for _ in range(by.choice((1, 5, 50, 500))):
        damaged[by.randrange(len(damaged))] = by.randrange(256)
    return bytes(damaged)


def put_back(file: Path, content: bytes) -> None:
    for old in file.parent.glob(f"{file.name}*"):
        old.unlink()
    file.write_bytes(content)


def test_a_damaged_index_answers_or_says_so_and_the_next_one_is_whole(tmp_path: Path) -> None:
    library = tmp_path / "library"
    for number in range(25):
        write_prompt(library, f"prompt-{number}", name=f"Prompt {number} about mail")
    locations = Locations.find(tmp_path / "profile", (), (library,))
    services = Services(locations)
    finish(services.update_index())
    whole = services.index.count()
    services.close()
    content, by = locations.index_db.read_bytes(), random.Random(4)
    for _ in range(15):
        put_back(locations.index_db, damage(content, by))
        services = Services(locations)
        finish(services.update_index())
        taste = Taste("sales", frozenset({"prompt-3"}), {"prompt-4": 3}, {"prompt-5": 5.0})
        for ask in (
            partial(services.index.find, "mail", {"role": "support"}, taste=taste), partial(services.index.find, "promtp"),
            partial(services.index.find, ""), partial(services.index.similar, "prompt-3"), services.index.problems,
            partial(services.index.suggested, "sales"), partial(services.index.hits, ["prompt-3"]),
        ):  # fmt: skip
            try:
                ask()
            except AppError as error:
                assert "damaged" in str(error)
                finish(services.update_index())
                assert services.index.count() == whole
        services.close()


def test_damaged_results_are_set_aside_or_read(tmp_path: Path) -> None:
    file, library = tmp_path / "results.db", tmp_path / "library"
    tested, model, seeds = with_suite(library), fake("a tent"), range(1, 9)
    with ResultStore(file) as store:
        finish(run_matrix([tested], [model], seeds, store))
    content, by, aside = file.read_bytes(), random.Random(4), 0
    for _ in range(40):
        put_back(file, damage(content, by))
        with ResultStore(file) as store:
            assert len(finish(run_matrix([tested], [model], seeds, store))) == 8
            store.previous(tested.version.id, 1, model.id)
            store.hash_of_file("/m", 1, 1)
            aside += store.set_aside is not None
    model.client.close()
    assert aside
