"""Which build of llama.cpp is used: the best that the processor can run and that has not failed here."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import finish
from desktop_app.sandbox.builds import BUILDS, Builds, build_words
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
NEW = "fpu sse4_2 avx f16c fma avx2 bmi2 avx512f amx_tile"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """llama.cpp's libraries: the builds we know and some that we never use."""
    made = tmp_path / "lib"
    made.mkdir()
    for name in (*BUILDS, "zen4", "sapphirerapids"):
        (made / f"libggml-cpu-{name}.so").write_bytes(b"library")
    (made / "libggml.so").write_bytes(b"library")
    return made


def builds(folder: Path, flags: str | None = NEW, path: Path | None = None) -> Builds:
    cpu = folder.parent / "cpuinfo"
    if flags is None:
        cpu.unlink(missing_ok=True)
    else:
        cpu.write_text(f"processor\t: 0\nmodel name\t: Tester\nflags\t\t: {flags}\n")
    return Builds(path, folder=folder, cpu=cpu)


def names(found: Builds) -> list[str]:
    return [name for name, _ in found.candidates()]


@pytest.mark.parametrize(("flags", "wanted"), [
    (NEW, ["haswell", "sandybridge", "sse42", "x64"]),
    ("fpu sse4_2 avx f16c", ["sandybridge", "sse42", "x64"]),  # the third Core, 2012
    ("fpu sse4_2 avx2", ["sse42", "x64"]),  # a virtual machine that hides what belongs together
    ("fpu sse4_2", ["sse42", "x64"]),
    ("fpu", ["x64"]),
    ("", ["x64"]),
    (None, ["haswell", "sandybridge", "sse42", "x64"]),  # no such file: llama.cpp refuses what does not fit
])  # fmt: skip
def test_what_the_processor_can_run_comes_best_first_and_never_amx(
    folder: Path, flags: str | None, wanted: list[str]
) -> None:
    assert names(builds(folder, flags)) == wanted


def test_one_library_is_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "libggml-cpu.so").write_bytes(b"library")
    assert builds(tmp_path).candidates() == (("", True),)


def test_what_worked_and_what_failed_is_kept_for_this_processor_and_these_libraries(
    folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "builds.json"
    builds(folder, path=path).learn("sandybridge", ["haswell"])
    again = builds(folder, path=path)
    assert again.candidates() == (("sandybridge", True), ("sse42", False), ("x64", False))
    assert again.failed() == ["haswell"] and build_words("haswell") == "haswell (AVX2)"
    assert names(builds(folder, f"{NEW} sha_ni", path)) == list(BUILDS)  # another processor
    (folder / "libggml-cpu-x64.so").write_bytes(b"a newer library")
    assert names(builds(folder, path=path)) == list(BUILDS)


def test_a_damaged_file_or_one_that_cannot_be_written_changes_nothing(folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "builds.json"
    for text in ("", "[]", '{"machine": 1}', "\xff"):
        path.write_text(text, "latin-1")
        assert names(builds(folder, path=path)) == list(BUILDS)
    nowhere = builds(folder, path=tmp_path / "missing" / "builds.json")
    nowhere.learn("x64", ["haswell"])
    assert names(nowhere) == ["sandybridge", "sse42", "x64"]


def test_when_all_failed_all_are_tried_again(folder: Path) -> None:
    found = builds(folder, "fpu sse4_2")
    found.learn("", ["sse42", "x64"])
    assert names(found) == ["sse42", "x64"]


def client(found: Builds, **troubles: str) -> ModelClient:
    script = json.dumps({"builds": troubles})
    return ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script], builds=found)


@pytest.mark.parametrize("trouble", ["SIGILL", "SIGSEGV", "SIGBUS", "nonsense"])
def test_a_build_that_fails_is_passed_over_and_not_tried_again(folder: Path, tmp_path: Path, trouble: str) -> None:
    path = tmp_path / "builds.json"
    with client(builds(folder, path=path), haswell=trouble) as first:
        assert finish(first.start()).build == "sandybridge" and first.state == "ready"
    assert names(builds(folder, path=path)) == ["sandybridge", "sse42", "x64"]


def test_a_proven_build_is_not_blamed_for_a_model_that_crashes_it(folder: Path) -> None:
    found = builds(folder)
    found.learn("haswell")
    with client(found, haswell="SIGSEGV") as broken, pytest.raises(ModelError, match="signal 11"):
        finish(broken.start())
    assert names(found) == list(BUILDS)
    with client(found, haswell="SIGILL") as other:  # but an instruction it does not have is never the model's fault
        assert finish(other.start()).build == "sandybridge"


def test_when_every_build_crashes_nothing_is_remembered(folder: Path) -> None:
    found = builds(folder)
    with client(found, **dict.fromkeys(BUILDS, "SIGSEGV")) as broken, pytest.raises(ModelError, match="signal 11"):
        finish(broken.start())
    assert found.candidates() == tuple((name, False) for name in BUILDS)


@pytest.mark.model
@pytest.mark.skipif(not Builds().installed(), reason="llama.cpp is installed as one library")
def test_every_build_of_this_installation_that_fits_answers_and_the_report_names_it() -> None:
    from desktop_app.sandbox.protocol import GenerationParameters

    texts = {}
    for name, _ in Builds().candidates():
        found = Builds()
        found.learn("", [other for other in BUILDS if other != name])
        with ModelClient(
            bundled_model(), context_tokens=256, threads=min(2, os.cpu_count() or 1), builds=found
        ) as model:
            assert finish(model.start()).build == name
            job = model.generate(
                [("user", "Name a colour.")], GenerationParameters(temperature=0, max_tokens=8), seed=1
            )
            texts[name] = finish(job).text
    assert all(text.strip() for text in texts.values())
