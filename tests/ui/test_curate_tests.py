"""The Tests tab of Curate and that of the library: what is known, a run on the real model, what got worse, what is out of date."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.errors import ModelError
from desktop_app.jobs import finish
from desktop_app.prompts.evaluate.shipped import save_shipped, shipped
from desktop_app.prompts.evaluate.summary import PassRate
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.jobs import InlineJobs, JobRunner
from desktop_app.ui.pages.curate.tests_model import TestsModel
from desktop_app.ui.pages.curate.tests_tab import TestsTab
from desktop_app.ui.pages.library.shipped_rates import rate_of, read_rates
from desktop_app.ui.pages.library.tests import VersionTests
from desktop_app.ui.pages.library.tests_model import VersionTestsModel
from desktop_app.ui.prompt_tests import interval_words, left_words
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.theme import Theme
from tests.helpers.prompt_files import write_prompt

WORKED = [
    {"role": "user", "content": "My rope is late."}, {"role": "assistant", "content": "Topic: delivery"},
    {"role": "user", "content": "The zip of my jacket broke."}, {"role": "assistant", "content": "Topic: repair"},
    {"role": "user", "content": "{{message}}"},
]  # fmt: skip
BARE = [{"role": "user", "content": "Write about: {{message}}"}]
TESTS = [
    {
        "description": "A late parcel",
        "vars": {"message": "My parcel is late."},
        "assert": [{"type": "starts-with", "value": "Topic: "}, {"type": "word-count", "value": {"max": 4}}],
    },
    {"vars": {"message": "My boot broke."}, "assert": [{"type": "starts-with", "value": "Topic: "}]},
]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return tmp_path / "library"


@pytest.fixture
def put(library: Path) -> Callable[..., Path]:
    """Writes a version of a prompt that names the topic of a message."""

    def write(prompt_id: str = "topic", version: int = 1, messages: Any = WORKED, **fields: Any) -> Path:
        made: dict[str, Any] = {
            "name": "Name the topic", "messages": messages, "inputs": [{"name": "message", "label": "Message"}],
            "modelParameters": {"temperature": 0, "repeatPenalty": 1.0, "maxTokens": 6}, "tests": TESTS,
        }  # fmt: skip
        return write_prompt(library, prompt_id, version, **json.loads(json.dumps(made | fields)))

    return write


@pytest.fixture
def services(tmp_path: Path, library: Path) -> Iterator[Services]:
    made = Services(replace(Locations.find(tmp_path / "profile"), libraries=(library,)))
    made.locations.make_profile()
    yield made
    made.close()


@pytest.fixture
def model(services: Services) -> TestsModel:
    made = TestsModel(services, SandboxModel(services, InlineJobs()), InlineJobs())
    made.set_seeds(1)
    return made


@pytest.fixture
def tab(qtbot: QtBot, theme: Theme, model: TestsModel) -> Iterator[TestsTab]:
    made = TestsTab(theme, model)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    yield made
    model.close()


def rows(tab: TestsTab) -> list[str]:
    """Each row as a screen reader says it."""
    cells = tab.matrix.cells
    return [": ".join(cells.cell(row, column).spoken for column in range(2)) for row in range(cells.rowCount())]


def words(widget: QWidget) -> str:
    QApplication.processEvents()  # what was just laid out shows
    return "\n".join(one.text() for one in widget.findChildren(QLabel) if one.isVisibleTo(widget))


# -- what is listed ------------------------------------------------------------------------------------------------------


def test_before_the_first_run_the_page_teaches_and_offers_one_thing(put: Callable[..., Path], tab: TestsTab) -> None:
    put()
    tab._model.reload()
    assert rows(tab) == ["Name the topic, Version 1 · draft: Not tested yet, 2 tests"]
    assert "fills a prompt with an example" in words(tab._side) and "Press Test" in words(tab._side)
    assert tab.run.isEnabled() and tab.run.text() == "Test the one listed" and not tab.run_chosen.isEnabled()


def test_a_library_without_tests_says_how_they_are_written(put: Callable[..., Path], tab: TestsTab) -> None:
    put(tests=None)
    tab._model.reload()
    assert tab._stack.currentIndex() == 1 and not tab._controls.isVisible()
    assert "docs/formats/prompt-tests.md" in words(tab._stack)


def test_what_is_listed_is_what_runs(put: Callable[..., Path], tab: TestsTab, model: TestsModel, qtbot: QtBot) -> None:
    put("topic", 1)
    put("topic", 2, labels="approved: 1\n")
    put("offer", name="Compare offers", roles=["sales"])
    model.reload()
    assert [one.key for one in model.state.shown] == [("offer", 1), ("topic", 1)]
    model.set_which("all")
    assert [one.key for one in model.state.shown] == [("offer", 1), ("topic", 1), ("topic", 2)]
    assert [tab.matrix.cells.cell(row, 0).first for row in range(3)] == ["Compare offers", "Name the topic", ""]
    model.set_role("sales")
    assert [one.key for one in model.state.shown] == [("offer", 1)]
    model.set_role("")
    qtbot.keyClicks(tab.search, "TOPIC name")
    assert [one.key for one in model.state.shown] == [("topic", 1), ("topic", 2)]
    model.choose([("topic", 2)])
    qtbot.keyClicks(tab.search, " xyz")
    assert model.state.chosen == () and tab._rows.currentIndex() == 1 and not tab.run.isEnabled()


def test_tests_that_cannot_be_read_are_named_with_file_and_line(
    put: Callable[..., Path], tab: TestsTab, model: TestsModel
) -> None:
    path = put(tests=[{"assert": [{"type": "llm-rubric", "value": "nice"}]}])
    model.reload()
    assert f"{path}:" in rows(tab)[0] and "lets a model judge" in rows(tab)[0]
    assert not tab.run.isEnabled()


def test_what_was_chosen_is_there_again(services: Services, model: TestsModel) -> None:
    model.set_which("all")
    model.set_seeds(7)
    again = TestsModel(services, SandboxModel(services, InlineJobs()), InlineJobs())
    assert (again.state.which, again.state.seeds) == ("all", 7)


# -- running ---------------------------------------------------------------------------------------------------------------


def test_a_run_shows_rate_answer_and_checks_and_is_kept(
    put: Callable[..., Path],
    tab: TestsTab,
    model: TestsModel,
    services: Services,
    qtbot: QtBot,
    theme: Theme,
    tmp_path: Path,
) -> None:
    put(
        tests=[
            TESTS[0],
            TESTS[1] | {"assert": [{"type": "starts-with", "value": "Topic: "}, {"type": "contains", "value": "Mars"}]},
        ]
    )
    model.reload()
    qtbot.mouseClick(tab.run, Qt.MouseButton.LeftButton)
    assert rows(tab)[0].startswith(
        "Name the topic, Version 1 · draft: 1 of 2 runs passed. Of many such runs 9 to 91\N{NO-BREAK SPACE}% would pass"
    )
    assert model.state.chosen == (("topic", 1),)
    side = words(tab._side)
    assert "1 of 2 runs passed" in side and "from this run" in side and "Failed · seed 1" in side
    assert "The answer starts with “Topic:”." in side and "Not met: The answer says “Mars” somewhere." in side
    assert "It does not say “Mars”." in side and "My boot broke." in side and "Topic: repair" in side

    grid = tab.results.grid
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Up)
    assert "Passed · seed 1" in words(tab._side) and "A late parcel" in words(tab._side)

    services.model.close()
    fresh = TestsModel(services, SandboxModel(services, InlineJobs()), InlineJobs())
    fresh.reload()
    fresh.run()
    again = TestsTab(theme, fresh)
    qtbot.addWidget(again)
    assert "from an earlier run" in rows(again)[0] and services.model.state == "off"
    exports(fresh, tmp_path)


def exports(model: TestsModel, folder: Path) -> None:
    for form, name in (("table", "t.txt"), ("json", "t.json"), ("junit", "t.xml")):
        model.export(folder / name, form)
        assert model.state.said == f"{name} is written."
    assert "1 of 2 runs passed" in (folder / "t.txt").read_text("utf-8")
    assert json.loads((folder / "t.json").read_text("utf-8"))["versions"][0]["passed"] == 1
    assert ElementTree.parse(folder / "t.xml").getroot().get("failures") == "1"
    model.export(folder / "no" / "such" / "folder.txt", "table")
    assert model.state.failed and not model.state.said


def test_a_worsened_prompt_is_out_of_date_and_then_a_regression_with_both_answers(
    put: Callable[..., Path], tab: TestsTab, model: TestsModel, services: Services, theme: Theme, qtbot: QtBot
) -> None:
    put()
    model.reload()
    model.run()
    assert model.state.chosen == (("topic", 1),) and "2 of 2" in rows(tab)[0]

    put(messages=BARE)
    model.reload()
    assert "Out of date: the prompt was changed since" in rows(tab)[0]
    assert "2 of 2 runs passed then" in words(tab._side) and tab.results.stale.isVisible()
    model.set_which("attention")
    assert len(model.state.shown) == 1

    qtbot.mouseClick(tab.results.stale.button, Qt.MouseButton.LeftButton)
    assert "0 of 2" in rows(tab)[0] and "2 worse" in rows(tab)[0]
    assert "Worse: it passed before · seed 1" in words(tab._side)
    both = tab.results.comparison
    assert (
        both.isVisible() and "Topic: delivery" in both.text.toPlainText() and "Now: failed" in both.text.toPlainText()
    )

    fresh = TestsModel(services, SandboxModel(services, InlineJobs()), InlineJobs())
    fresh.reload()
    again = TestsTab(theme, fresh)
    qtbot.addWidget(again)
    assert "2 worse" in rows(again)[0]  # nobody misses it by closing the window
    model.run()
    assert "2 worse" in rows(tab)[0]  # nor by running what is known

    put()
    model.run()
    assert "2 better" in rows(tab)[0]  # what is mended does not vanish before it was seen
    model.set_which("attention")
    assert model.state.shown == ()


def test_a_version_worse_than_the_one_before_it_is_set_beside_it(
    put: Callable[..., Path], tab: TestsTab, model: TestsModel
) -> None:
    put("topic", 1)
    put("topic", 2, BARE)
    model.set_which("all")
    model.reload()
    model.run()
    assert "2 worse than v1" in rows(tab)[1]
    model.choose([("topic", 2)])
    assert "Version 1: passed" in tab.results.comparison.text.toPlainText()
    tab.matrix.setFocus()
    model.choose([("topic", 1)])
    tab._on_next_failure()
    assert model.state.chosen == (("topic", 2),)


def test_stop_keeps_what_was_done_and_the_next_run_goes_on(
    put: Callable[..., Path], services: Services, theme: Theme, qtbot: QtBot
) -> None:
    put()
    jobs = JobRunner()
    model = TestsModel(services, SandboxModel(services, jobs), jobs)
    model.set_seeds(4)
    tab = TestsTab(theme, model)
    qtbot.addWidget(tab)
    tab.show()
    qtbot.waitUntil(lambda: model.state.is_loaded and not model.state.reading, timeout=20_000)

    def done() -> int:
        return sum(len(one.results) for one in model.state.overviews.values())

    model.changed.connect(lambda state: model.stop() if done() else None)
    model.run()
    assert tab.stop.isVisible() and not tab.run.isVisible()
    qtbot.waitUntil(lambda: model.state.progress is None, timeout=60_000)
    some = done()
    assert 0 < some < 8 and "Stopped" in model.state.said and f"{8 - some} not run" in rows(tab)[0]
    model.changed.disconnect()
    model.close()
    assert jobs.stop(wait_ms=20_000)

    rest = TestsModel(services, SandboxModel(services, InlineJobs()), InlineJobs())
    rest.reload()
    rest.run()
    [known] = rest.state.overviews.values()
    assert known.missing == 0 and sum(result.from_store for result in known.results) >= some


def test_the_sandbox_off_stops_runs_not_reading(put: Callable[..., Path], tab: TestsTab, model: TestsModel) -> None:
    put()
    model.reload()
    model._on_sandbox_changed(SandboxState("off", "The model's process did not start."))
    assert not tab.run.isEnabled() and "The model's process did not start." in tab._banner.text
    assert tab._banner.button.text() == "Start it again" and len(rows(tab)) == 1


def test_a_gguf_file_is_another_column_and_can_go_again(
    put: Callable[..., Path], tab: TestsTab, model: TestsModel, tmp_path: Path
) -> None:
    put()
    other = tmp_path / "other.gguf"
    other.symlink_to(bundled_model().path)  # the same bytes: its answers are known as soon as the bundled one's are
    model.reload()
    model.run()
    model.add_model(other)
    assert list(model.state.models) == [bundled_model().id, "other"] and tab.matrix.cells.columnCount() == 3
    assert "2 of 2" in tab.matrix.cells.cell(0, 2).spoken
    tab.matrix.setCurrentIndex(tab.matrix.cells.index(0, 2))
    assert model.state.model_id == "other"
    other.unlink()
    model.reload()
    assert "other.gguf" in model.state.problem and list(model.state.models) == [bundled_model().id]
    model.remove_models()
    assert not model.state.problem


# -- the library's tab -----------------------------------------------------------------------------------------------------


@pytest.fixture
def version_model(services: Services) -> VersionTestsModel:
    return VersionTestsModel(services, InlineJobs())


@pytest.fixture
def version_tab(qtbot: QtBot, theme: Theme, version_model: VersionTestsModel) -> VersionTests:
    made = VersionTests(theme, version_model)
    qtbot.addWidget(made)
    made.resize(450, 700)
    made.show()
    return made


def test_readers_see_what_the_curators_found_until_the_prompt_changes(
    put: Callable[..., Path],
    services: Services,
    model: TestsModel,
    library: Path,
    version_tab: VersionTests,
    qtbot: QtBot,
) -> None:
    put()
    model.reload()
    model.run()
    prompt = services.prompts.get("topic")
    found = replace(shipped(model.report().summaries[0]), seeds=(1, 2, 3))
    save_shipped(library, [found], prompt.versions)
    services.locations.results_db.unlink()
    rates = finish(read_rates(services))
    assert rate_of(rates, "topic", 1) == "6 of 6 test runs" and rate_of(rates, "topic", 2) == ""

    version_tab._model.show_version(prompt, prompt.newest)
    shown = words(version_tab)
    assert (
        "6 of 6 runs passed on SmolLM2 135M Instruct" in shown and "tested by the library's curators" in shown.lower()
    )
    assert "Passed · seed 1" in shown and "No answer yet" in shown and "The answer starts with “Topic:”." in shown
    assert not version_tab.results.stale.isVisible()

    put(description="Other words.")
    prompt = services.prompts.get("topic")
    version_tab._model.show_version(prompt, prompt.newest)
    assert "The prompt was changed since." in version_tab.results.stale.text

    qtbot.mouseClick(version_tab.run, Qt.MouseButton.LeftButton)
    assert "from this run" in words(version_tab) and "6 of 6 runs passed" in words(version_tab)
    assert "Topic: delivery" in words(version_tab) and not version_tab.results.stale.isVisible()


def test_a_prompt_for_a_larger_model_says_what_its_tests_show(
    put: Callable[..., Path], services: Services, version_tab: VersionTests
) -> None:
    put(larger_model=True)
    prompt = services.prompts.get("topic")
    version_tab._model.show_version(prompt, prompt.newest)
    assert "made for a larger model" in words(version_tab) and "Not tested yet" in words(version_tab)


def test_a_version_without_tests_says_what_that_means(
    put: Callable[..., Path], services: Services, version_tab: VersionTests
) -> None:
    put(tests=None)
    prompt = services.prompts.get("topic")
    version_tab._model.show_version(prompt, prompt.newest)
    assert "This version has none" in words(version_tab) and not version_tab.run.isVisible()


def test_without_the_model_the_tab_says_so(
    put: Callable[..., Path], services: Services, version_tab: VersionTests, qtbot: QtBot
) -> None:
    put()
    prompt = services.prompts.get("topic")
    version_tab._model.show_version(prompt, prompt.newest)
    version_tab._model._run.failed.emit(str(ModelError("The local model did not start.")))
    assert "The local model did not start." in words(version_tab)


# -- words -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "a few seconds left"), (14, "about 10 s left"), (89, "about 90 s left"), (150, "about 2 min left")],
)
def test_how_long_it_takes_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert left_words(seconds) == said


def test_the_interval_is_said_in_words() -> None:
    assert interval_words(PassRate(9, 9)).replace("\N{NO-BREAK SPACE}", " ") == (
        "Of many such runs 70 to 100 % would pass (95 % confidence)."
    )
