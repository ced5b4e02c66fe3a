"""A file is added whole or not at all: checked, hashed while it is copied, described; cancelling leaves no trace."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from gguf_files import gguf, write_model

from desktop_app.errors import ModelError
from desktop_app.jobs import Progress, finish
from desktop_app.sandbox.models import adding
from desktop_app.sandbox.models.adding import add
from desktop_app.sandbox.models.candidate import Candidate, examine
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model
from desktop_app.sandbox.models.fit import Memory
from desktop_app.sandbox.models.folders import Folder, read_folder

MEMORY = Memory(8 * 10**9, 16 * 10**9)


@pytest.fixture
def own(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "models", "yours")


def looked_at(path: Path, *folders: Path) -> Candidate:
    return examine(path, [bundled_model()], MEMORY, folders=folders)


def large(path: Path, megabytes: int = 10) -> Path:
    """A sound model of so many megabytes of zeros, so that copying it takes several steps."""
    path.write_bytes(gguf(tensors={"token_embd.weight": (1_000_000 * megabytes // 4,)}))
    return path


def files(own: Folder) -> list[str]:
    return sorted(path.name for path in own.path.iterdir()) if own.path.is_dir() else []


def test_a_model_is_copied_hashed_and_described(tmp_path: Path, own: Folder) -> None:
    source = large(tmp_path / "big.gguf")
    job = add(looked_at(source), own, accept_template=True)
    steps = []
    while True:
        try:
            steps.append(next(job))
        except StopIteration as end:
            added = end.value
            break
    bytes_read = [step.done for step in steps if isinstance(step, Progress) and step.total == source.stat().st_size]
    assert len(bytes_read) >= 3 and bytes_read == sorted(bytes_read) and bytes_read[-1] == source.stat().st_size
    assert isinstance(added, ModelFile) and added.path.read_bytes() == source.read_bytes()
    assert added.sha256 == hashlib.sha256(source.read_bytes()).hexdigest() and added.estimated_bytes > added.model_bytes
    assert read_folder(own).models == (added,)
    assert files(own) == [".models.lock", "models.json", "tiny-tester-f32.gguf"]


def test_a_new_template_has_to_be_accepted(tmp_path: Path, own: Folder) -> None:
    source = write_model(tmp_path / "a.gguf")
    with pytest.raises(ModelError, match=r"a program that no model here has. Read it, then accept it"):
        finish(add(looked_at(source), own))
    assert files(own) == []


def test_cancelling_at_any_step_leaves_no_trace(tmp_path: Path, own: Folder) -> None:
    candidate = looked_at(large(tmp_path / "big.gguf"))
    for stop in range(1, 6):
        job = add(candidate, own, accept_template=True)
        for _ in range(stop):
            if next(job, None) is None:
                break
        job.close()
        if read_folder(own).models:
            break
        assert files(own) == []
    assert stop > 3  # it was really stopped in the middle


def test_what_is_there_already_is_not_added_again(tmp_path: Path, own: Folder) -> None:
    source = write_model(tmp_path / "a.gguf")
    first = finish(add(looked_at(source), own, accept_template=True))
    for known in ((), (first,)):
        with pytest.raises(ModelError, match="Nothing was added"):
            finish(add(looked_at(source), own, accept_template=True, known=known))
    assert files(own) == [".models.lock", "models.json", "tiny-tester-f32.gguf"]


def test_another_file_of_the_same_name_gets_names_of_its_own(tmp_path: Path, own: Folder) -> None:
    for number in range(3):
        finish(add(looked_at(write_model(tmp_path / "a.gguf", test__number=number + 1)), own, accept_template=True))
    ids = ["tiny-tester-f32", "tiny-tester-f32-2", "tiny-tester-f32-3"]
    assert [model.id for model in read_folder(own).models] == ids
    assert [model.path.stem for model in read_folder(own).models] == ids


def test_a_file_in_the_folder_itself_is_described_where_it_lies(own: Folder) -> None:
    own.path.mkdir()
    source = write_model(own.path / "dropped: here.gguf")
    added = finish(add(looked_at(source, own.path), own, accept_template=True))
    assert added.path == source and read_folder(own).models == (added,)
    assert files(own) == [".models.lock", "dropped: here.gguf", "models.json"]


def test_the_disk_is_asked_first(tmp_path: Path, own: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding, "RESERVE_BYTES", 10**18)
    with pytest.raises(adding.StoreError, match=r"a.gguf needs 1,\d{3} bytes, and .* free. Free space"):
        finish(add(looked_at(write_model(tmp_path / "a.gguf")), own, accept_template=True))
    assert files(own) == []
