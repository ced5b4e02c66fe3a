"""Model files at their worst, while they are looked at, added and loaded: one sentence each, nothing half-added."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from gguf_files import TEMPLATE, derived, gguf, pair, write_model

from desktop_app.errors import AppError, ModelError, StoreError
from desktop_app.jobs import finish
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models import adding, folders
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, bundled_model
from desktop_app.sandbox.models.gguf import read_header
from desktop_app.sandbox.models.hub import ModelHub
from desktop_app.sandbox.protocol import GenerationParameters
from desktop_app.storage.locations import Locations
from desktop_app.storage.settings import SettingsFile

ROOT = Path(__file__).parents[2]
BEFORE = [".models.lock", "models.json", "tiny-tester-f32.gguf"]


@pytest.fixture
def hub(tmp_path: Path) -> ModelHub:
    """A hub with one model of the person's own, which must be all there is afterwards."""
    locations = Locations.find(tmp_path / "profile")
    made = ModelHub(locations, SettingsFile(locations.settings_file))
    added(made, write_model(tmp_path / "first.gguf"))
    return made


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Iterator[Callable[[str], None]]:
    """Prints a count where the person who runs the tests sees it."""

    def shown(text: str) -> None:
        with capsys.disabled():
            print(f"\n  {text}")

    yield shown


def added(hub: ModelHub, path: Path) -> ModelFile:
    model = finish(hub.add(finish(hub.examine(path)), accept_template=True))
    assert isinstance(model, ModelFile)
    return model


def refused(hub: ModelHub, path: Path) -> str:
    """The sentence with which the file is refused, after making sure that it is one and nothing was added."""
    with pytest.raises(AppError) as raised:
        added(hub, path)
    check_untouched(hub)
    return check_sentence(str(raised.value))


def check_sentence(text: str) -> str:
    assert re.match(r"^[^\n]{20,600}[.)]$", text), text
    assert "Traceback" not in text and text.isprintable()
    return text


def check_untouched(hub: ModelHub) -> None:
    """Only what was there before is there, in the list and on the disk."""
    assert [model.id for model in finish(hub.scan()).models] == [bundled_model().id, "tiny-tester-f32"]
    assert hub.found.problems == () and hub.found.strays == ()
    assert sorted(path.name for path in hub.own.path.iterdir()) == BEFORE


# -- files -----------------------------------------------------------------------------------------------------------------


def test_a_file_cut_anywhere_is_refused(tmp_path: Path, hub: ModelHub, say: Callable[[str], None]) -> None:
    whole = gguf({"general.name": "Cut"})
    for length in range(len(whole)):
        path = tmp_path / "cut.gguf"
        path.write_bytes(whole[:length])
        with pytest.raises(ModelError) as raised:
            finish(hub.examine(path))
        check_sentence(str(raised.value))
    check_untouched(hub)
    say(f"cut files: {len(whole)} places, {len(whole)} refused")


def test_the_bundled_model_cut_in_many_places_is_refused(
    tmp_path: Path, hub: ModelHub, say: Callable[[str], None]
) -> None:
    path = Path(shutil.copyfile(bundled_model().path, tmp_path / "cut.gguf"))
    chooser = random.Random(5)
    cuts = sorted(
        {chooser.randrange(bundled_model().model_bytes) for _ in range(15)}
        | {chooser.randrange(1_800_000) for _ in range(25)},
        reverse=True,
    )
    for length in cuts:
        os.truncate(path, length)
        with pytest.raises(ModelError) as raised:
            finish(hub.examine(path))
        check_sentence(str(raised.value))
    check_untouched(hub)
    say(f"cuts of the bundled model: {len(cuts)}, all refused")


def test_mutated_headers_are_refused_or_stay_within_what_the_file_holds(
    tmp_path: Path, hub: ModelHub, say: Callable[[str], None]
) -> None:
    chooser, outcomes = random.Random(7), {"refused": 0, "sound": 0}
    whole = gguf({"general.name": "Mutant", "general.dataset.0.name": "Letters", "x.list": ("one", "two")})
    path = tmp_path / "mutant.gguf"
    for _ in range(800):
        data = bytearray(whole)
        for _ in range(chooser.choice((1, 1, 2, 8))):
            at = chooser.randrange(len(whole) - 700)  # in the header
            data[at : at + 1] = chooser.choice((bytes([chooser.randrange(256)]), b"", b"\xff\xff\xff\xff", bytes(8)))
        path.write_bytes(data)
        try:
            found = finish(hub.examine(path))
        except ModelError as problem:
            check_sentence(str(problem).replace("\n", " "))
            outcomes["refused"] += 1
        else:
            assert found.header.file_bytes == len(data) and found.name.isprintable()
            outcomes["sound"] += 1
    check_untouched(hub)
    say(f"mutated headers: {outcomes['refused']} refused, {outcomes['sound']} sound as far as a header can be")
    assert outcomes["refused"] > 400


@pytest.mark.parametrize("number", [2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1])
@pytest.mark.parametrize("place", ["tensors", "keys", "key", "text", "list", "shape", "offset"])
def test_absurd_counts_are_refused_at_once(tmp_path: Path, hub: ModelHub, place: str, number: int) -> None:
    huge = number.to_bytes(8, "little")
    whole = bytearray(gguf({"general.name": None, "a": "text", "b": ("one",)}))
    at = {
        "tensors": 8, "keys": 16, "key": 24, "text": whole.index(pair("a", "text")) + 8 + 1 + 4,
        "list": whole.index(pair("b", ("one",))) + 8 + 1 + 4 + 4, "shape": whole.index(b"output.weight") + 13 + 4,
        "offset": whole.index(b"output.weight") + 13 + 4 + 16 + 4,
    }[place]  # fmt: skip
    whole[at : at + 8] = huge
    (tmp_path / "absurd.gguf").write_bytes(whole)
    started = time.process_time()
    with pytest.raises(ModelError) as raised:
        finish(hub.examine(tmp_path / "absurd.gguf"))
    assert time.process_time() - started < 2
    check_sentence(str(raised.value))


def test_what_is_no_model_at_all_is_named_for_what_it_is(tmp_path: Path, hub: ModelHub) -> None:
    (tmp_path / "page.gguf").write_text("<!doctype html><title>Sign in to continue</title>")
    (tmp_path / "empty.gguf").touch()
    (tmp_path / "folder.gguf").mkdir()
    (tmp_path / "loop.gguf").symlink_to(tmp_path / "loop.gguf")
    (tmp_path / "archive.gguf").write_bytes(b"PK\3\4" + bytes(100))
    (tmp_path / "pointer.gguf").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n")
    (tmp_path / "big.gguf").write_bytes(gguf(big_endian=True))
    (tmp_path / "nul.gguf").write_bytes(bytes(4096))
    os.mkfifo(tmp_path / "pipe.gguf")
    says = {
        "page": "is a web page", "empty": "is empty", "folder": "is a folder", "loop": "cannot be read", "archive": "ZIP archive",
        "pointer": "Git LFS pointer", "big": "has GGUF version", "nul": "is not a GGUF model", "pipe": "no ordinary file",
        "gone": "cannot be read",
    }  # fmt: skip
    for name, words in says.items():
        assert words in refused(hub, tmp_path / f"{name}.gguf")


def test_three_gigabytes_of_nothing_are_refused_at_once_and_can_be_cancelled(tmp_path: Path, hub: ModelHub) -> None:
    nothing = tmp_path / "nothing.gguf"
    with nothing.open("wb") as file:
        file.truncate(3 * 10**9)
    assert "is not a GGUF model" in refused(hub, nothing)
    sparse = tmp_path / "sparse.gguf"
    header = gguf({"general.name": "Sparse"}, {"token_embd.weight": (32, 1)})
    header = header.replace(
        (32).to_bytes(8, "little") + (1).to_bytes(8, "little"),
        (32).to_bytes(8, "little") + (23_000_000).to_bytes(8, "little"),
    )
    sparse.write_bytes(header)
    os.truncate(sparse, len(header) + 3 * 10**9)
    candidate = finish(hub.examine(sparse))
    job = hub.add(candidate, accept_template=True)
    for _ in range(4):
        next(job)
    job.close()
    check_untouched(hub)


# -- while it is added -----------------------------------------------------------------------------------------------------


def large(path: Path) -> Path:
    path.write_bytes(gguf({"general.name": "Large"}, {"token_embd.weight": (5_000_000,)}))
    return path


@pytest.mark.parametrize("change", ["append", "truncate", "rewrite", "touch"])
def test_a_file_that_changes_while_it_is_copied_is_not_added(tmp_path: Path, hub: ModelHub, change: str) -> None:
    source = large(tmp_path / "large.gguf")
    job = hub.add(finish(hub.examine(source)), accept_template=True)
    next(job)
    with source.open("r+b") as file:
        if change == "append":
            file.seek(0, 2)
            file.write(b"more")
        elif change == "truncate":
            file.truncate(8_000_000)
        elif change == "rewrite":
            file.seek(30)
            file.write(b"other")
    os.utime(source, (1, 1))
    with pytest.raises(ModelError, match="changed while it was being read"):
        finish(job)
    check_untouched(hub)


def test_a_file_that_was_exchanged_after_it_was_shown_is_not_added(tmp_path: Path, hub: ModelHub) -> None:
    source = write_model(tmp_path / "a.gguf", general__name="Shown")
    candidate = finish(hub.examine(source))
    write_model(source, general__name="Other")  # the same size, another name: it could have had another template
    with pytest.raises(ModelError, match="changed while it was being read"):
        finish(hub.add(candidate, accept_template=True))
    source.unlink()
    with pytest.raises(ModelError, match="cannot be read"):
        finish(hub.add(candidate, accept_template=True))
    check_untouched(hub)


@pytest.mark.parametrize("problem", [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EROFS])
def test_a_disk_that_fails_while_copying_leaves_nothing(
    tmp_path: Path, hub: ModelHub, monkeypatch: pytest.MonkeyPatch, problem: int
) -> None:
    def fail(*_: object) -> None:
        raise OSError(problem, os.strerror(problem))

    monkeypatch.setattr(adding, "_write", fail)
    assert os.strerror(problem) in refused(hub, large(tmp_path / "large.gguf"))
    monkeypatch.undo()
    monkeypatch.setattr(Locations, "machine_models", ())
    monkeypatch.setattr(os, "fsync", fail)
    assert os.strerror(problem) in refused(hub, large(tmp_path / "large.gguf"))


def test_a_catalogue_that_cannot_be_written_leaves_no_file_behind(
    tmp_path: Path, hub: ModelHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path, data: bytes) -> None:
        raise StoreError(f"{path} cannot be written (No space left on device). Free space, then try again.")

    monkeypatch.setattr(folders, "write_atomically", fail)
    assert "cannot be written" in refused(hub, large(tmp_path / "large.gguf"))


def test_a_real_limit_on_file_sizes_is_a_sentence(tmp_path: Path, hub: ModelHub) -> None:
    source = large(tmp_path / "large.gguf")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, 8_000_000))\n"
    done = subprocess.run(child(hub, source, limit), capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert "could not be copied" in done.stdout and done.returncode == 0, done
    check_untouched(hub)


def test_a_folder_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    locations = Locations.find(tmp_path / "profile")
    (tmp_path / "profile").mkdir()
    locations.own_models.write_text("a file where the folder should be")
    hub = ModelHub(locations, SettingsFile(locations.settings_file))
    with pytest.raises(StoreError) as raised:
        added(hub, write_model(tmp_path / "a.gguf"))
    assert str(locations.own_models) in check_sentence(str(raised.value))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_one_may_not_read_is_a_sentence(tmp_path: Path, hub: ModelHub) -> None:
    source = write_model(tmp_path / "a.gguf")
    source.chmod(0)
    assert "Permission denied" in refused(hub, source)


def test_two_who_add_the_same_file_at_once_add_it_once(tmp_path: Path, hub: ModelHub) -> None:
    source = large(tmp_path / "large.gguf")
    outcomes: list[object] = []

    def work() -> None:
        other = ModelHub(Locations.find(tmp_path / "profile"), SettingsFile(tmp_path / "profile" / "settings.json"))
        try:
            outcomes.append(added(other, source))
        except AppError as problem:
            outcomes.append(str(problem))

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = [outcome for outcome in outcomes if isinstance(outcome, str)]
    assert len(told) == 1 and "Nothing was added" in check_sentence(told[0])
    found = finish(hub.scan())
    assert (
        [model.name for model in found.models][1:] == ["Tiny Tester", "Large"]
        and found.strays == ()
        and found.problems == ()
    )
    assert len(list(hub.own.path.glob("*.gguf"))) == 2 and not list(hub.own.path.glob(".adding-*"))


def child(hub: ModelHub, source: Path, before: str = "") -> list[str]:
    """The command of a process that adds source to the hub's folder and prints what came of it."""
    code = (
        f"{before}from pathlib import Path\nfrom desktop_app.errors import AppError\nfrom desktop_app.jobs import finish\n"
        "from desktop_app.sandbox.models.hub import ModelHub\nfrom desktop_app.storage.locations import Locations\n"
        "from desktop_app.storage.settings import SettingsFile\n"
        f"locations = Locations.find(Path({str(hub.own.path.parent)!r}))\n"
        "hub = ModelHub(locations, SettingsFile(locations.settings_file))\n"
        f"job = hub.add(finish(hub.examine(Path({str(source)!r}))), accept_template=True)\n"
        "try:\n    for step in job: print('step', flush=True)\nexcept AppError as error: print(error)\n"
    )
    return [sys.executable, "-c", code]


@pytest.mark.parametrize("steps", [1, 3])
def test_killed_while_copying_nothing_half_is_in_the_list(tmp_path: Path, hub: ModelHub, steps: int) -> None:
    source = large(tmp_path / "large.gguf")
    process = subprocess.Popen(child(hub, source), stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    for _ in range(steps):
        process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    found = finish(hub.scan())
    assert [model.id for model in found.models] == [bundled_model().id, "tiny-tester-f32"]
    assert found.strays == () and found.problems == ()
    for left in hub.own.path.glob(".adding-*"):
        os.utime(left, (1, 1))
    added(hub, write_model(tmp_path / "b.gguf", general__name="Next"))  # tidies up what the killed one left
    assert not list(hub.own.path.glob(".adding-*"))


# -- when it is loaded -----------------------------------------------------------------------------------------------------


def entry(path: Path, name: str) -> ModelFile:
    import hashlib

    return replace(
        bundled_model(), id=ModelId(name), name=name, path=path, model_bytes=path.stat().st_size, memory=None,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(), origin="yours",
    )  # fmt: skip


@pytest.mark.model
def test_sound_headers_that_lie_end_in_a_sentence_and_the_next_model_runs(
    tmp_path: Path, say: Callable[[str], None]
) -> None:
    lies: dict[str, dict[str, int | str]] = {
        "layers": {"llama.block_count": 4}, "heads": {"llama.attention.head_count": 7}, "kind": {"general.architecture": "nonesuch"},
        "words": {"tokenizer.ggml.model": "nonesuch"},
        "template": {"tokenizer.chat_template": "{% for"},
        "endless": {"tokenizer.chat_template": "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}x"},
        "huge": {"tokenizer.chat_template": "{{ 'x' * 10**9 }}{{ messages[0]['content'] }}"},
    }  # fmt: skip
    asked = [("user", "Say hello.")]
    parameters = GenerationParameters(max_tokens=4)
    ended = 0
    with ModelClient(bundled_model(), threads=1) as client:
        for name, changes in lies.items():
            path = derived(tmp_path / "lie.gguf", **{key.replace(".", "__"): value for key, value in changes.items()})
            client.use(entry(path, name))
            try:
                finish(client.generate(asked, parameters, seed=1))
            except ModelError as problem:
                check_sentence(str(problem).replace("\n", " "))
                ended += 1
        client.use(bundled_model())
        assert finish(client.generate(asked, parameters, seed=1)).stop_reason in ("length", "end")
    say(f"lying headers loaded: {len(lies)}, {ended} ended in a sentence")
    assert ended >= 6


@pytest.mark.model
def test_an_altered_file_is_not_loaded_and_another_model_is_used_instead(tmp_path: Path) -> None:
    path = derived(tmp_path / "mine.gguf", general__name="Mine", tokenizer__chat_template=TEMPLATE)
    mine = entry(path, "mine")
    with ModelClient(mine, threads=1) as client:
        assert finish(client.start()).model_id == "mine"
        client.close()
        with path.open("r+b") as file:
            file.seek(-1, 2)
            file.write(b"\x7f")
        with pytest.raises(ModelError, match=r"was altered.*Remove it and add it again"):
            finish(client.start())
        client.use(bundled_model())
        assert finish(client.start()).model_id == bundled_model().id


def test_a_template_is_only_text_to_the_app(tmp_path: Path, hub: ModelHub) -> None:
    """It is never run here: one that would never end is shown like any other."""
    endless = "{% for a in range(10**12) %}{{ 'x' * 10**9 }}{% endfor %}"
    candidate = finish(hub.examine(write_model(tmp_path / "a.gguf", tokenizer__chat_template=endless)))
    assert candidate.template == endless and candidate.template_is_new
    code = (
        "import sys\nfrom pathlib import Path\nfrom desktop_app.sandbox.models.candidate import examine\n"
        "from desktop_app.sandbox.models.fit import Memory\n"
        f"examine(Path({str(candidate.path)!r}), [], Memory(0, 0))\nprint('jinja2' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT).stdout == "False\n"
    assert "100,001 characters" in refused(
        hub, write_model(tmp_path / "b.gguf", tokenizer__chat_template="x" * 100_001)
    )


def test_the_header_of_the_bundled_model_stays_sound() -> None:
    """What the tests above change is sound before."""
    assert read_header(bundled_model().path).tensors == 272
