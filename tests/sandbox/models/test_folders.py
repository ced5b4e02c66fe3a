"""A folder of models gives what is sound in it and names the rest, and its own catalogue is changed by one at a time."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from gguf_files import write_adapter_file, write_model
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import ModelError, StoreError
from desktop_app.jobs import finish
from desktop_app.sandbox.models.adapters import AdapterFile
from desktop_app.sandbox.models.candidate import examine
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model, read_entry, write_entry
from desktop_app.sandbox.models.fit import Memory
from desktop_app.sandbox.models.folders import (
    Folder,
    Shelf,
    add_entry,
    add_new_entry,
    read_folder,
    remove_entry,
    without_twins,
)
from desktop_app.storage.locations import Locations

SCHEMA = json.loads((Locations.find().resources / "schemas" / "models.schema.json").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    (tmp_path / "shelf").mkdir()
    return Folder(tmp_path / "shelf", "yours")


def described(path: Path, sha256: str = "a" * 64, **changes: Any) -> ModelFile:
    """A small model's file and its entry."""
    found = examine(write_model(path), [], Memory(0, 0)).entry(sha256, path)
    assert isinstance(found, ModelFile)
    return replace(found, **changes)


def write_catalogue(folder: Folder, *entries: Any, **others: Any) -> None:
    folder.catalogue.write_text(json.dumps({"models": list(entries), **others}), "utf-8")


def entry(folder: Folder, name: str = "tiny.gguf", **changes: Any) -> dict[str, Any]:
    """An entry for a small model that lies there."""
    model = described(folder.path / name)
    return write_entry(model) | {"id": Path(name).stem, "file": name} | changes


def test_a_folder_that_is_not_there_or_empty_holds_nothing_and_is_no_problem(tmp_path: Path, folder: Folder) -> None:
    assert read_folder(Folder(tmp_path / "none", "machine")) == Shelf() == read_folder(folder)


def test_what_is_described_is_offered_and_what_is_not_is_named_a_stray(folder: Folder) -> None:
    write_catalogue(folder, entry(folder))
    write_model(folder.path / "stray.gguf")
    shelf = read_folder(folder)
    assert [model.id for model in shelf.models] == ["tiny"] and shelf.models[0].origin == "yours"
    assert shelf.strays == (folder.path / "stray.gguf",) and shelf.problems == ()


def test_an_entry_follows_the_schema_and_comes_back_as_it_was(folder: Folder) -> None:
    for model in (bundled_model(), described(folder.path / "tiny.gguf")):
        written = write_entry(model)
        assert read_entry(written, model.path, model.origin) == model
        jsonschema.validate({"models": [written | {"file": "a.gguf"}]}, SCHEMA)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"file": "gone.gguf"}, "is missing"), ({"model_bytes": 7}, "was altered.*not 7"), ({"id": "../x"}, "is left out: id is"),
        ({"id": 5}, "number 1"), ({"file": "../../etc/passwd"}, "no name of a GGUF file"), ({"file": "/etc/x.gguf"}, "no name"),
        ({"file": "a\\b.gguf"}, "no name"), ({"file": None}, "no name"), ({"sha256": "xyz"}, "is left out: sha256"),
        ({"name": "a\x1b[31m"}, "cannot be shown"), ({"note": "n" * 5000}, "longer than"), ({"model_bytes": -1}, "model_bytes is -1"),
        ({"model_bytes": True}, "not a whole number"), ({"memory": {"loaded_bytes": 1}}, "it has no 'full_bytes'"),
        ({"languages": "en"}, "languages"), ({"memory": "much"}, "left out"),
    ],
)  # fmt: skip
def test_an_entry_that_is_wrong_is_named_and_the_others_are_offered(
    folder: Folder, changes: dict[str, Any], says: str
) -> None:
    write_catalogue(folder, entry(folder, "bad.gguf") | changes, entry(folder, "good.gguf"))
    shelf = read_folder(folder)
    assert [model.id for model in shelf.models] == ["good"]
    [problem] = shelf.problems
    assert str(folder.path) in problem
    import re

    assert re.search(says, problem), problem


def test_an_entry_that_stands_twice_is_offered_once(folder: Folder) -> None:
    write_catalogue(folder, entry(folder), entry(folder), entry(folder) | {"id": "other"})
    shelf = read_folder(folder)
    assert [model.id for model in shelf.models] == ["tiny"] and len(shelf.problems) == 2
    assert all("twice; the first entry holds" in problem for problem in shelf.problems)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", '{"models": 3}', "[" * 100_000, '{"models": [[]]}', "\ud800".encode("utf-8", "surrogatepass")],
)
def test_a_damaged_catalogue_is_named_and_nothing_raises(folder: Folder, text: str | bytes) -> None:
    folder.catalogue.write_bytes(text if isinstance(text, bytes) else text.encode())
    write_model(folder.path / "a.gguf")
    shelf = read_folder(folder)
    assert shelf.models == () and len(shelf.problems) == 1 and str(folder.catalogue) in shelf.problems[0]
    assert shelf.strays == (folder.path / "a.gguf",)


def test_a_catalogue_that_is_too_long_is_not_read(folder: Folder) -> None:
    folder.catalogue.write_text(" " * 5_000_000)
    assert "longer than 4,000,000 bytes" in read_folder(folder).problems[0]


def test_a_folder_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").touch()
    for name in ("loop", "file"):
        [problem] = read_folder(Folder(tmp_path / name, "share")).problems
        assert str(tmp_path / name) in problem and "cannot be read" in problem


def test_a_whole_path_is_for_ones_own_catalogue_only(tmp_path: Path, folder: Folder) -> None:
    elsewhere = tmp_path / "elsewhere.gguf"
    model = described(elsewhere)
    written = write_entry(model) | {"path": str(elsewhere)}
    write_catalogue(folder, written)
    assert [each.path for each in read_folder(folder).models] == [elsewhere]
    assert read_folder(replace(folder, origin="share")).models == ()


def test_adapters_stand_beside_models(folder: Folder) -> None:
    path = write_adapter_file(folder.path / "plain.gguf")
    found = examine(path, [bundled_model()], Memory(0, 0)).entry("b" * 64, path)
    finish(add_entry(folder, found))
    assert isinstance(found, AdapterFile) and read_folder(folder).adapters == (found,)
    jsonschema.validate(json.loads(folder.catalogue.read_text()), SCHEMA)


def test_a_new_entry_gets_an_id_of_its_own_and_the_same_bytes_are_not_added_twice(folder: Folder) -> None:
    first = described(folder.path / "a.gguf", "1" * 64)
    assert finish(add_new_entry(folder, first)).id == "tiny-tester-f32"
    assert finish(add_new_entry(folder, described(folder.path / "b.gguf", "2" * 64))).id == "tiny-tester-f32-2"
    third = finish(add_new_entry(folder, described(folder.path / "c.gguf", "3" * 64), {"tiny-tester-f32-3"}))
    assert third.id == "tiny-tester-f32-4"
    with pytest.raises(ModelError, match="already, as tiny-tester-f32"):
        finish(add_new_entry(folder, described(folder.path / "d.gguf", "1" * 64)))
    assert len(read_folder(folder).models) == 3


def test_an_entry_is_replaced_in_its_place_and_taken_out(folder: Folder) -> None:
    first, second = described(folder.path / "a.gguf", "1" * 64), described(folder.path / "b.gguf", "2" * 64)
    first, second = finish(add_new_entry(folder, first)), finish(add_new_entry(folder, second))
    finish(add_entry(folder, replace(first, note="Better known now.")))
    assert [model.note for model in read_folder(folder).models] == ["Better known now.", second.note]
    finish(remove_entry(folder, first))
    assert [model.id for model in read_folder(folder).models] == [second.id]


def test_what_others_wrote_into_the_catalogue_is_kept_and_a_damaged_one_is_not_overwritten(folder: Folder) -> None:
    model = described(folder.path / "a.gguf")
    write_catalogue(folder, "odd", note="by hand")
    finish(add_entry(folder, model))
    content = json.loads(folder.catalogue.read_text())
    assert content["note"] == "by hand" and content["models"][0] == "odd"
    folder.catalogue.write_text("{")
    with pytest.raises(StoreError, match="Mend it or move it away"):
        finish(add_entry(folder, model))
    assert folder.catalogue.read_text() == "{"


def test_many_who_add_at_once_all_find_their_entry(folder: Folder) -> None:
    models = [described(folder.path / f"{n}.gguf", f"{n:064x}") for n in range(8)]
    threads = [threading.Thread(target=lambda model=model: finish(add_new_entry(folder, model))) for model in models]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    shelf = read_folder(folder)
    assert len({model.id for model in shelf.models}) == 8 and shelf.problems == ()


def test_of_two_folders_with_the_same_id_the_first_holds(tmp_path: Path) -> None:
    model = described(tmp_path / "a.gguf")
    first, second = without_twins([Shelf((model,)), Shelf((model, replace(model, id="b")))], {"c"})  # type: ignore[arg-type]
    assert first.models == (model,) and [each.id for each in second.models] == ["b"]
    assert "another folder has tiny-tester-f32 already" in second.problems[0]


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from([*write_entry(bundled_model()), "file", "path", "models", "adapters", "base"]), inner, max_size=6),
    max_leaves=20,
))  # fmt: skip
def test_any_catalogue_gives_models_or_sentences_and_never_raises(folder: Folder, content: Any) -> None:
    for value in (content, {"models": [content], "adapters": [content]}):
        folder.catalogue.write_text(json.dumps(value), "utf-8")
        shelf = read_folder(folder)
        assert shelf.models == () and all(str(folder.path) in problem for problem in shelf.problems)
