"""Practice, Models: choosing, adding, removing, adapters, and a window that stays alive whatever is dropped on it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gguf_files import TEMPLATE, derived, gguf, write_adapter_file, write_model
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_app.jobs import finish
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model
from desktop_app.sandbox.protocol import GenerationParameters
from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.practice.models.detail import ModelDetail
from desktop_app.ui.pages.practice.models.model import ModelsModel
from desktop_app.ui.pages.practice.models.tab import ModelsTab
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
BUNDLED = bundled_model()


@pytest.fixture
def sandbox(services: Services) -> Iterator[SandboxModel]:
    """A sandbox whose worker is scripted: every model loads in it."""
    script = '{"answers": [[{"say": "Hello."}]]}'
    services.__dict__["model"] = ModelClient(BUNDLED, command=[sys.executable, str(FAKE), script])
    made = SandboxModel(services, InlineJobs())
    made.start()
    yield made
    made.close()


@pytest.fixture
def model(services: Services, sandbox: SandboxModel, qtbot: QtBot) -> ModelsModel:
    made = ModelsModel(services, sandbox, InlineJobs())
    made.look()
    return made


@pytest.fixture
def tab(theme: Theme, services: Services, sandbox: SandboxModel, model: ModelsModel, qtbot: QtBot) -> ModelsTab:
    made = ModelsTab(theme, model, ModelDetail(theme, services, sandbox, InlineJobs()))
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def added(model: ModelsModel, path: Path) -> str:
    model.examine(path)
    model.add(accept_template=True)
    assert not model.state.problem, model.state.problem
    return model.state.selected


def words(tab: ModelsTab) -> str:
    """Everything that can be read on the tab."""
    return "\n".join(label.text() for label in tab.findChildren(QLabel) if label.isVisibleTo(tab)).replace("\u200b", "")


def drop(tab: ModelsTab, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    rest = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(5, 5), *rest)
    tab.dragEnterEvent(enter)
    assert enter.isAccepted()
    tab.dropEvent(QDropEvent(QPointF(5, 5), *rest))


def test_in_a_narrow_window_the_list_leads_to_one_model_and_back(tab: ModelsTab, qtbot: QtBot) -> None:
    tab.resize(520, 480)
    assert tab.is_narrow and tab.list.isVisible() and not tab.detail.isVisible()
    tab.list.setFocus()
    qtbot.keyClick(tab.list, Qt.Key.Key_Return)
    assert tab.detail.isVisible() and not tab.list.isVisible() and tab.all_models.isVisible()
    tab.all_models.click()
    assert tab.list.isVisible() and tab.list.hasFocus() and not tab.detail.isVisible()
    tab.resize(1000, 700)
    assert tab.list.isVisible() and tab.detail.isVisible() and not tab.all_models.isVisible()


def test_the_bundled_model_is_shown_with_everything_known_of_it(tab: ModelsTab) -> None:
    shown = words(tab)
    for said in (
        BUNDLED.note, "Apache License 2.0 (Apache-2.0)", "https://www.apache.org", "FineWeb-Edu", "English", "229 MB with 2,048 tokens",
        "measured 2026", BUNDLED.sha256, str(BUNDLED.path), "Came with the app", "In use", "Nothing here needs a network",
        "Drop a GGUF file here",
    ):  # fmt: skip
        assert said in shown, said
    [entry] = tab.list.entries
    assert (entry.title, entry.chip) == (BUNDLED.name, "In use") and entry.text.startswith("✓ Fits, about")
    assert "Fits: needs 229 MB, measured" in shown, "the figures stand once, beside the list"
    assert tab.detail.use.isHidden() and tab.detail.remove.isHidden()


def test_a_dropped_file_is_shown_first_and_added_when_its_template_is_accepted(tab: ModelsTab, tmp_path: Path) -> None:
    drop(tab, write_model(tmp_path / "tiny.gguf"))
    view = tab.candidate
    assert view.isVisible() and "Add the model Tiny Tester?" in words(tab) and "Licence: MIT" in words(tab)
    assert view.template.toPlainText() == TEMPLATE and not view.add.isEnabled()
    assert len(tab.list.entries) == 1  # nothing was added yet
    view.agree.click()
    view.add.click()
    assert tab.model.state.said == "Tiny Tester is added." and not view.isVisible()
    assert [entry.title for entry in tab.list.entries] == [BUNDLED.name, "Tiny Tester"]
    assert tab.model.state.selected == "tiny-tester-f32"


def test_one_may_decline_and_a_known_template_needs_no_reading(tab: ModelsTab, tmp_path: Path, qtbot: QtBot) -> None:
    added(tab.model, write_model(tmp_path / "tiny.gguf"))
    drop(tab, write_model(tmp_path / "other.gguf", general__name="Other"))
    assert tab.candidate.add.isEnabled() and tab.candidate.template.isHidden()
    assert "The same as that of Tiny Tester" in words(tab)
    tab.candidate.cancel.click()
    assert tab.model.state.candidate is None and len(tab.list.entries) == 2


@pytest.mark.parametrize("data", [b"", b"<html>", gguf()[:200], gguf({"tokenizer.chat_template": None})])
def test_a_file_that_is_no_model_is_a_sentence_on_the_tab(tab: ModelsTab, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "bad.gguf").write_bytes(data)
    drop(tab, tmp_path / "bad.gguf")
    assert "bad.gguf" in tab.model.state.problem and tab._banner.text
    assert not tab.model.state.is_busy and len(tab.list.entries) == 1


def test_another_model_is_used_and_kept(tab: ModelsTab, services: Services, tmp_path: Path) -> None:
    model_id = added(tab.model, write_model(tmp_path / "tiny.gguf"))
    tab.detail.use.click()
    assert (tab.model.state.in_use, tab.model.state.said) == (model_id, "Tiny Tester is in use.")
    assert services.models.chosen_id == model_id == services.model.model.id
    assert [entry.chip for entry in tab.list.entries] == ["Came with the app", "In use"]
    assert Services(services.locations).models.chosen_id == model_id
    assert not tab.detail.remove.isEnabled() and tab.detail.remove.toolTip() == "Use another model first"


def test_a_model_that_cannot_be_loaded_leaves_the_one_before_in_use(
    tab: ModelsTab, services: Services, tmp_path: Path
) -> None:
    added(tab.model, write_model(tmp_path / "tiny.gguf"))
    row = tab.model.state.row
    assert row is not None
    data = row.model.path.read_bytes()
    row.model.path.write_bytes(data[:-1] + b"x")
    tab.detail.use.click()
    assert "was altered" in tab.model.state.problem and f"{BUNDLED.name} is used again." in tab.model.state.problem
    assert tab.model.state.in_use == BUNDLED.id == services.models.chosen_id
    assert services.model.state == "ready" and not tab.model.state.is_busy
    row.model.path.unlink()
    tab.model.look()
    assert "is missing" in words(tab) and tab.list.entries[1].chip == "Cannot be used"
    assert not tab.detail.use.isEnabled()


def test_a_chosen_model_that_is_out_of_reach_is_stood_in_for_by_the_bundled_one(
    services: Services, sandbox: SandboxModel, model: ModelsModel, tmp_path: Path
) -> None:
    model_id = added(model, write_model(tmp_path / "tiny.gguf"))
    model.use()
    file = services.model.model.path
    data = file.read_bytes()
    file.unlink()
    services.model.close()
    said: list[str] = []
    sandbox.fell_back.connect(said.append)
    sandbox.start()
    assert "is missing" in said[0] and said[0].endswith(f"Meanwhile {BUNDLED.name} is used.")
    assert sandbox.state.phase == "ready" and services.model.model == BUNDLED and model.state.in_use == BUNDLED.id
    assert services.models.chosen_id == model_id  # the choice stays: tomorrow the share may be there again
    file.write_bytes(data)
    model.look()
    model.select(model_id)
    model.use()
    assert services.model.model.id == model_id


def test_an_adapter_whose_file_is_gone_can_be_switched_off(
    services: Services, sandbox: SandboxModel, model: ModelsModel, tmp_path: Path
) -> None:
    added(model, write_adapter_file(tmp_path / "plain.gguf"))
    [(adapter, _)] = model.state.adapters
    model.set_strength(adapter, 0.5)
    adapter.path.unlink()
    model.look()
    services.model.close()
    sandbox.start()
    assert sandbox.state.phase == "off" and "plain-letters.gguf is missing" in sandbox.state.problem
    assert model.state.adapters == ((adapter, 0.5),)
    model.set_strength(adapter, 0.0)
    assert sandbox.state.phase == "ready" and services.model.adapters == ()


def test_what_is_removed_can_be_brought_back(tab: ModelsTab, tmp_path: Path) -> None:
    added(tab.model, write_model(tmp_path / "tiny.gguf"))
    tab.detail.remove.click()
    assert len(tab.list.entries) == 1 and "Tiny Tester is removed." in tab._banner.text
    tab._banner.button.click()
    assert len(tab.list.entries) == 2 and tab.model.state.selected == "tiny-tester-f32"
    tab.detail.verify.click()
    assert "is unaltered" in tab.model.state.said


def test_unloading_gives_the_memory_back_until_the_next_question(tab: ModelsTab, services: Services) -> None:
    assert tab.model.state.loaded
    tab.detail.unload.click()
    assert not tab.model.state.loaded and services.model.state == "off" and "holds no memory" in words(tab)
    assert not tab.detail.unload.isEnabled()
    parameters = GenerationParameters(max_tokens=4)
    assert finish(services.model.generate([("user", "Hello?")], parameters, seed=1)).text == "Hello."
    tab.model.refresh()
    assert tab.model.state.loaded and tab.detail.unload.isEnabled()


def test_an_adapter_is_listed_with_its_model_and_its_strength_is_kept(
    tab: ModelsTab, services: Services, tmp_path: Path
) -> None:
    drop(tab, write_adapter_file(tmp_path / "plain.gguf"))
    assert "Add the adapter Plain letters?" in words(tab) and f"Made for {BUNDLED.id}" in words(tab)
    tab.candidate.add.click()
    assert "Plain letters" in words(tab) and "changes how this model answers" in words(tab)
    [(adapter, scale)] = tab.model.state.adapters
    assert scale == 0.0
    tab.detail.strength_set.emit(adapter, 1.0)
    assert tab.model.state.adapters == ((adapter, 1.0),) == services.models.chosen_adapters()
    assert services.model.adapters == ((adapter, 1.0),) and not tab.model.state.is_busy
    tab.detail.strength_set.emit(adapter, 0.0)
    assert services.model.adapters == ()
    tab.detail.adapter_removed.emit(adapter)
    assert tab.model.state.adapters == () and tab.model.state.removed is not None


def test_troubles_with_folders_are_named_and_do_not_hide_the_models(tab: ModelsTab, services: Services) -> None:
    folder = services.locations.own_models
    folder.mkdir(parents=True)
    (folder / "models.json").write_text("{")
    write_model(folder / "stray.gguf")
    tab.again.click()
    assert "models.json" in tab._notes.text and "stray.gguf has no entry" in tab._notes.text.replace("&quot;", '"')
    assert len(tab.list.entries) == 1


@pytest.mark.model
def test_in_the_window_files_are_dropped_a_model_is_used_and_it_answers(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.go("practice")
    tab = window.practice.go("models")
    assert isinstance(tab, ModelsTab)
    idle: Callable[[], bool] = lambda: not tab.model.state.is_busy  # noqa: E731
    for number, data in enumerate((b"", b"<html>", gguf()[:300], bytes(5000), gguf(big_endian=True))):
        (tmp_path / f"{number}.gguf").write_bytes(data)
        drop(tab, tmp_path / f"{number}.gguf")
        qtbot.waitUntil(lambda number=number: f"{number}.gguf" in tab.model.state.problem and idle())  # type: ignore[misc]
    source = derived(tmp_path / "office.gguf", general__name="Office Helper")
    drop(tab, source)
    qtbot.waitUntil(lambda: tab.model.state.candidate is not None)
    tab.candidate.add.click()
    qtbot.waitUntil(lambda: tab.model.state.said == "Office Helper is added.", timeout=30_000)
    tab.detail.use.click()
    assert tab.model.state.work == "load"
    qtbot.waitUntil(lambda: tab.model.state.said == "Office Helper is in use.", timeout=60_000)
    tab.model.refresh()
    assert tab.model.state.memory_bytes > 100_000_000 and "Memory now: " in words(tab)
    chips = [label.text() for label in window.practice.findChildren(QLabel) if "check it" in label.text()]
    assert chips == ["Office Helper · small, often wrong: check it"]
    chosen = window.services.model.model
    assert isinstance(chosen, ModelFile) and chosen.name == "Office Helper"
    answer = finish(
        window.services.model.generate([("user", "Say hello.")], GenerationParameters(max_tokens=4), seed=1)
    )
    assert answer.text and answer.stop_reason in ("length", "end")
    tab.model.select(BUNDLED.id)
    tab.detail.use.click()
    tab.cancel.click()  # the one before is used again
    qtbot.waitUntil(lambda: window.sandbox.state.phase == "ready" and not window.sandbox.is_choosing, timeout=60_000)
    assert window.services.models.chosen_id == chosen.id == window.services.model.model.id
