"""All models in one list, whatever the folders do; the choice is kept and needs no folder."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from gguf_files import write_adapter_file, write_model

from desktop_app.errors import ModelError
from desktop_app.jobs import Progress, finish
from desktop_app.sandbox.models.adapters import AdapterFile
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model
from desktop_app.sandbox.models.folders import Folder, Shelf, add_entry, read_folder
from desktop_app.sandbox.models.hub import ModelHub
from desktop_app.storage.locations import Locations
from desktop_app.storage.settings import SettingsFile


@pytest.fixture
def locations(tmp_path: Path) -> Locations:
    (tmp_path / "profile").mkdir()
    return Locations.find(tmp_path / "profile")


@pytest.fixture
def hub(locations: Locations) -> ModelHub:
    return ModelHub(locations, SettingsFile(locations.settings_file))


def added(hub: ModelHub, path: Path) -> ModelFile | AdapterFile:
    return finish(hub.add(finish(hub.examine(path)), accept_template=True))


def test_the_bundled_model_is_first_and_used_unless_another_is_chosen(hub: ModelHub) -> None:
    assert hub.all() == (bundled_model(),) and hub.chosen() == bundled_model()
    found = finish(hub.scan())
    assert found.models == (bundled_model(),) and found.problems == ()
    assert hub.find(bundled_model().id) == bundled_model()
    with pytest.raises(ModelError, match=f"no model gpt-99. Known: {bundled_model().id}"):
        hub.find("gpt-99")


def test_every_folder_is_looked_into_and_ids_are_looked_up_there(tmp_path: Path, locations: Locations) -> None:
    share = Folder(tmp_path / "share", "share")
    share.path.mkdir()
    hub = ModelHub(locations, SettingsFile(locations.settings_file), lambda: share.path)
    mine = added(hub, write_model(tmp_path / "mine.gguf", general__name="Mine"))
    shared = replace(mine, path=write_model(share.path / "ours.gguf"), id="ours", name="Ours")  # type: ignore[arg-type]
    finish(add_entry(share, replace(shared, model_bytes=shared.path.stat().st_size)))  # type: ignore[call-arg]
    assert finish(hub.look("ours")).origin == "share"
    assert [model.name for model in hub.all()] == [bundled_model().name, "Ours", "Mine"]


def test_a_choice_is_kept_and_needs_no_folder(tmp_path: Path, hub: ModelHub, locations: Locations) -> None:
    model = added(hub, write_model(tmp_path / "a.gguf"))
    assert isinstance(model, ModelFile)
    hub.choose(model)
    again = ModelHub(
        locations, SettingsFile(locations.settings_file), read=lambda folder: pytest.fail("a folder was read")
    )
    assert again.chosen() == model and again.chosen_id == model.id and again.find(model.id) == model
    assert again.all() == (bundled_model(), model)
    again.choose(bundled_model())
    assert SettingsFile(locations.settings_file).value.model["entry"] == {}


@pytest.mark.parametrize(
    "kept", [{"entry": 5}, {"entry": {"id": "x"}}, {"entry": []}, {"adapters": 7}, {"entry": None, "adapters": {}}]
)
def test_settings_that_somebody_edited_mean_the_bundled_model(hub: ModelHub, kept: dict[str, object]) -> None:
    hub._settings.change(model=kept)
    assert hub.chosen() == bundled_model() and hub.chosen_adapters() == ()


def test_adapters_are_listed_for_their_model_and_their_strength_is_kept(
    tmp_path: Path, hub: ModelHub, locations: Locations
) -> None:
    adapter = added(hub, write_adapter_file(tmp_path / "a.gguf"))
    assert isinstance(adapter, AdapterFile) and hub.adapters_of(bundled_model().id) == (adapter,)
    assert hub.chosen_adapters() == () and hub.adapters_of("other") == ()
    hub.choose_adapters(bundled_model().id, [(adapter, 0.5)])
    again = ModelHub(locations, SettingsFile(locations.settings_file))
    assert again.chosen_adapters() == ((adapter, 0.5),)
    again.choose_adapters(bundled_model().id, [(adapter, 0.0)])
    assert again.chosen_adapters() == ()


def test_a_share_that_does_not_answer_is_named_and_holds_up_nobody(tmp_path: Path, locations: Locations) -> None:
    stuck, asked = threading.Event(), []

    def read(folder: Folder) -> Shelf:
        if folder.origin == "share":
            asked.append(folder)
            stuck.wait()
        return read_folder(folder)

    hub = ModelHub(
        locations, SettingsFile(locations.settings_file), lambda: tmp_path / "share", patience_s=0.05, read=read
    )
    try:
        steps = hub.scan()
        assert isinstance(next(steps), Progress)  # the window goes on meanwhile
        found = finish(steps)
        assert found.models == (bundled_model(),)
        assert found.problems == (
            f"The folder of models {tmp_path / 'share'} does not answer. Its models are left out until it does; look again later.",
        )
        finish(hub.scan())
        assert len(asked) == 1  # one thread waits for it, however often somebody looks
    finally:
        stuck.set()


def test_a_file_lying_in_a_known_folder_stays_where_it_is(tmp_path: Path, locations: Locations) -> None:
    share = tmp_path / "share"
    share.mkdir()
    hub = ModelHub(locations, SettingsFile(locations.settings_file), lambda: share)
    path = write_model(share / "stray.gguf")
    assert finish(hub.scan()).strays == (path,)
    model = added(hub, path)
    assert model.path == path and hub.found.strays == () and model.origin == "yours"
    assert list(hub.own.path.glob("*.gguf")) == []
    finish(hub.remove(model))
    assert path.is_file()


def test_what_is_removed_comes_back_until_the_hub_is_closed(tmp_path: Path, hub: ModelHub) -> None:
    model = added(hub, write_model(tmp_path / "a.gguf"))
    removed = finish(hub.remove(model))
    assert hub.all() == (bundled_model(),) and not model.path.exists()
    finish(hub.restore(removed))
    assert hub.all() == (bundled_model(), model) and model.path.is_file()
    finish(hub.remove(model))
    hub.close()
    assert [path.name for path in hub.own.path.iterdir() if path.suffix != ".json"] == [".models.lock"]


def test_what_is_in_use_or_not_ones_own_is_not_removed(tmp_path: Path, hub: ModelHub) -> None:
    model = added(hub, write_model(tmp_path / "a.gguf"))
    assert isinstance(model, ModelFile)
    hub.choose(model)
    with pytest.raises(ModelError, match="is in use"):
        finish(hub.remove(model))
    with pytest.raises(ModelError, match="came with the app"):
        finish(hub.remove(bundled_model()))
    with pytest.raises(ModelError, match="was put on this machine by IT"):
        finish(hub.remove(replace(model, id="x", origin="machine")))  # type: ignore[arg-type]
    assert model.path.is_file()
