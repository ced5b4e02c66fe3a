"""The curators' journey in the window and on the command line: import, edit, try, test, submit, own approval refused, approval
with another key, a tampered file refused in both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.records.learning import Profile
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.application import make_application
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.main_window import MainWindow
from desktop_app.ui.pages.curate.drafts_tab import DraftsTab
from desktop_app.ui.pages.curate.review_tab import ReviewTab
from desktop_app.ui.widgets.entries import Entry
from tests.helpers.command import Done, greenroom

FILE = """name: Name the fault
description: Names the fault in a message.
model: openai/gpt-4o
modelParameters:
  maxTokens: 12
messages:
  - role: system
    content: You name the fault in two words.
  - role: user
    content: "{{message}}"
"""
TESTS = """
tests:
  - vars: {message: The zip of my jacket is broken.}
    assert:
      - {type: icontains, value: zip}
"""


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    made = tmp_path / "shared-prompts"
    made.mkdir()
    return made


@pytest.fixture
def run(tmp_path: Path, shared: Path, file_keyring: dict[str, str]) -> Callable[..., Done]:
    """`greenroom prompt …` as somebody with a profile and a key of their own."""

    def run(who: str, *arguments: object) -> Done:
        return greenroom("--profile", tmp_path / who, "--library", shared, "prompt", *arguments)

    return run


@contextmanager
def opened(tmp_path: Path, shared: Path, who: str, qtbot: QtBot) -> Iterator[MainWindow]:
    """The window of somebody, past its first run and its keyring answered."""
    services = Services(Locations.find(tmp_path / who, libraries=[shared]))
    services.learner.save_profile(Profile(who.title(), "support", "en"))
    services.settings.change(first_run_done=True)
    jobs = JobRunner()
    window = MainWindow(services, make_application(services)[1], jobs)
    try:
        window.show()
        window.start()
        qtbot.waitUntil(lambda: services.learner.keyring_asked, timeout=20_000)
        qtbot.waitUntil(lambda: window.library_model.state.is_loaded, timeout=30_000)
        yield window
    finally:
        window.close()
        assert jobs.stop(wait_ms=20_000)
        window.deleteLater()
        services.close()


@pytest.mark.model
def test_from_an_imported_file_to_an_approval_and_a_tampered_file(
    tmp_path: Path, shared: Path, run: Callable[..., Done], qtbot: QtBot
) -> None:
    make_curators(run, shared, "ana", "ben")
    source = tmp_path / "name-the-fault.prompt.yml"
    source.write_text(FILE, "utf-8")
    with opened(tmp_path, shared, "ana", qtbot) as window:
        write_and_submit(window, source, shared, qtbot)
        own_approval_is_refused(window, qtbot)
    tested = run("ana", "test", "name-the-fault@1", "--seeds", "1", "--format", "json")
    assert tested.returncode in (0, 1) and json.loads(tested.stdout), tested.stderr
    refused = run("ana", "approve", "name-the-fault@1")
    assert refused.returncode == 1 and "Somebody else must review it." in refused.stderr

    with opened(tmp_path, shared, "ben", qtbot) as window:
        approve(window, qtbot)
        file = shared / "name-the-fault" / "1.prompt.yml"
        assert run("ben", "render", "name-the-fault", "--set", "message=The zip broke.").returncode == 0
        file.chmod(0o644)
        file.write_text(file.read_text("utf-8").replace("two words", "rude words"), "utf-8")
        window.open_prompt("name-the-fault")
        assert not window.library_model.use.state.can_use
        assert "Its file was changed after Ben approved" in window.library.detail.use.use.standing.text
        in_review(window, qtbot, "Changed")
    refused = run("ana", "render", "name-the-fault", "--set", "message=The zip broke.")
    assert refused.returncode == 1 and "Its file was changed after Ben approved" in refused.stderr


def make_curators(run: Callable[..., Done], shared: Path, *people: str) -> None:
    entries = [json.loads(run(who, "key", "--by", who.title(), "--json").stdout)["lines"] for who in people]
    (shared / "curators.yml").write_text("curators:\n" + "".join(one.partition("\n")[2] for one in entries), "utf-8")


def write_and_submit(window: MainWindow, source: Path, shared: Path, qtbot: QtBot) -> None:
    window.go("curate")
    tab = window.curate.go("drafts")
    assert isinstance(tab, DraftsTab)
    model = tab._model
    model.import_files([source])
    qtbot.waitUntil(lambda: model.state.report is not None, timeout=20_000)
    assert "openai/gpt-4o" in tab.report.toPlainText() or "1 imported" in tab._summary.text()
    qtbot.waitUntil(lambda: any(one.id == "name-the-fault" for one in model.state.shared), timeout=20_000)
    model.open(next(one for one in model.state.shared if one.id == "name-the-fault"))
    tab.editor.text.replace_text(tab.editor.text.text.rstrip("\n") + TESTS)
    qtbot.waitUntil(lambda: model.latest is not None and model.latest.version is not None
                    and "tests" in model.latest.version.extra, timeout=10_000)  # fmt: skip
    tab.preview.values["message"] = "The zip of my jacket is broken."
    tab.preview.form.show_inputs(model.latest.version.inputs, tab.preview.values)
    qtbot.waitUntil(lambda: window.sandbox.state.phase == "ready", timeout=60_000)
    tab.preview.run_or_stop()
    qtbot.waitUntil(lambda: not tab.preview.trial.is_running and bool(tab.preview.answer.toPlainText()), timeout=60_000)
    model.publish(shared)
    qtbot.waitUntil(lambda: model.state.chosen is not None and model.state.chosen.library == shared, timeout=10_000)
    tab.submit.click()
    qtbot.waitUntil(lambda: "waits for review" in model.state.said, timeout=10_000)


def in_review(window: MainWindow, qtbot: QtBot, chip: str) -> ReviewTab:
    """The review tab, with the prompt chosen and read."""
    window.go("curate")
    tab = window.curate.go("review")
    assert isinstance(tab, ReviewTab)
    tab.reload()

    def entry() -> Entry | None:
        return next((one for one in tab.queue.entries if one.key.id == "name-the-fault" and one.chip == chip), None)

    qtbot.waitUntil(lambda: entry() is not None, timeout=20_000)
    found = entry()
    assert found is not None
    tab.queue.chosen.emit(found.key)
    qtbot.waitUntil(lambda: tab._model.state.looked is not None, timeout=10_000)
    return tab


def own_approval_is_refused(window: MainWindow, qtbot: QtBot) -> None:
    tab = in_review(window, qtbot, "Submitted")
    qtbot.waitUntil(lambda: "Somebody else must review it." in tab._why_not.text(), timeout=10_000)
    assert not tab._decisions["approve"].isVisibleTo(tab)


def approve(window: MainWindow, qtbot: QtBot) -> None:
    tab = in_review(window, qtbot, "Submitted")
    qtbot.waitUntil(lambda: tab._decisions["approve"].isVisibleTo(tab), timeout=10_000)
    tab._decisions["approve"].click()
    tab.decide.reason.setPlainText("Names it well")
    tab.decide.confirm.click()
    qtbot.waitUntil(lambda: "approved. Decision 2 is written." in tab._model.state.said, timeout=10_000)
    window.open_prompt("name-the-fault")
    assert window.library_model.use.state.can_use
