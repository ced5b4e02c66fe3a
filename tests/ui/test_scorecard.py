"""The Scorecard tab of a model: what it teaches, shows and compares, the tasks behind a figure, measuring and stopping."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders_of_scorecards import a_card
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from desktop_app.practice.scorecard import running
from desktop_app.practice.scorecard.cards import save_card
from desktop_app.practice.scorecard.running import Extent
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model
from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs, JobRunner
from desktop_app.ui.pages.practice.models.scorecard_model import ScorecardModel
from desktop_app.ui.pages.practice.models.scorecard_parts import FigureButton, FigureText
from desktop_app.ui.pages.practice.models.scorecard_tasks import TaskPane, TaskRow
from desktop_app.ui.pages.practice.models.scorecard_view import ScorecardView
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme
from desktop_app.ui.widgets.basic import Choice
from desktop_app.ui.widgets.pass_rate import ShareBar

FAKE = Path(__file__).parents[1] / "helpers" / "fake_model.py"
OWN = replace(bundled_model(), id="own", name="Own model", sha256="a" * 64)
SMALL = Extent((1, 2), most_tasks=1, probes=2)


@pytest.fixture
def card(services: Services) -> None:
    """A card of the own model, a short one made after it, and one of a larger model."""
    services.locations.make_profile()
    mine = replace(a_card(0.25), model_name="Own model")
    later = replace(a_card(0.5, quick=True), at=mine.at + timedelta(days=1), model_name="Own model")
    for each in (mine, later, a_card(0.9, model="larger", sha256="b" * 64)):
        save_card(services.locations.scorecards, each)


@pytest.fixture
def view(services: Services, theme: Theme) -> Iterator[ScorecardView]:
    made = ScorecardView(theme, services, SandboxModel(services, InlineJobs()), InlineJobs())
    made.resize(700, 600)
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QApplication.sendPostedEvents(
        None, QEvent.Type.DeferredDelete
    )  # else every test styles the widgets of all before it


@pytest.fixture
def scripted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is measured is a worker with a script, with one task of each set."""
    script = json.dumps({"answers": [[{"say": "The text "}, {"say": "does not say."}]]})

    def client(model: ModelFile) -> ModelClient:
        return ModelClient(model, command=[sys.executable, str(FAKE), script])

    monkeypatch.setattr(running.make_card, "__kwdefaults__", {"client": client})
    monkeypatch.setattr(Extent, "full", classmethod(lambda cls: SMALL))


def texts(part: object) -> str:
    QApplication.processEvents()  # what is added to a layout shows a moment later
    return "\n".join(one.text() for one in part.findChildren(QLabel) if one.isVisibleTo(part))  # type: ignore[attr-defined]


def figures(view: ScorecardView) -> dict[str, FigureButton]:
    QApplication.processEvents()
    return {each.measure_id: each for each in view.findChildren(FigureButton) if not each.isHidden()}


def press(widget: object, qtbot: QtBot) -> None:
    widget.setFocus()  # type: ignore[attr-defined]
    qtbot.keyClick(widget, Qt.Key.Key_Return)
    for _ in range(2):  # what it asks for is built, then shown
        QApplication.processEvents()


def test_a_model_that_was_not_measured_says_what_a_scorecard_is_for(view: ScorecardView) -> None:
    view.show_model(OWN)
    said = texts(view)
    assert "Not measured yet" in said and "96 short office tasks" in said and "Nothing leaves this computer" in said
    assert "Fit for purpose" in said
    assert view.first.isVisible() and view.first.isEnabled() and view.first_quick.isVisible()


def test_the_card_that_ships_is_shown_without_measuring(view: ScorecardView) -> None:
    view.show_model(bundled_model())
    shown = view.model.state.shown
    assert shown is not None and shown.model_sha256 == bundled_model().sha256 and not shown.quick


@pytest.mark.usefixtures("card")
def test_five_standards_have_a_bar_and_say_their_figure_to_screen_readers(view: ScorecardView) -> None:
    view.show_model(OWN)
    shown = figures(view)
    assert [each for each in shown if "." not in each] == [
        "reliability",
        "efficiency",
        "effectiveness",
        "security",
        "fit-drafting",
    ]
    for button in shown.values():
        assert len(button.findChildren(ShareBar)) == 1
        assert "likely" in button.accessibleName() and "%" in button.accessibleName()
    assert shown["effectiveness"].accessibleName().startswith("Effectiveness: 25\N{NO-BREAK SPACE}%, likely")
    assert shown["effectiveness"].accessibleName().endswith("Open") and shown["security"].accessibleName().endswith(
        "Closed"
    )


@pytest.mark.usefixtures("card")
def test_a_full_card_is_shown_first_and_another_can_be_chosen(view: ScorecardView) -> None:
    view.show_model(OWN)
    assert view.model.state.shown is not None and not view.model.state.shown.quick
    assert view.which.isVisible() and view.which.count() == 2
    view.which.setCurrentIndex(0)
    view.which.activated.emit(0)
    assert view.model.state.shown.quick and "short run" in texts(view)


@pytest.mark.usefixtures("card")
def test_a_standard_opens_and_closes_by_keyboard_and_keeps_it(view: ScorecardView, qtbot: QtBot) -> None:
    view.show_model(OWN)
    press(figures(view)["efficiency"], qtbot)
    assert "First word, usual" in texts(view) and "Memory when loaded" in texts(view) and "229 MB" in texts(view)
    assert len([each for each in view.findChildren(FigureText) if not each.isHidden()]) == 9
    assert QApplication.focusWidget() is figures(view)["efficiency"]
    press(figures(view)["efficiency"], qtbot)
    assert "First word, usual" not in texts(view)


@pytest.mark.usefixtures("card")
def test_fit_is_for_what_the_model_is_wanted_for_shows_weights_and_is_remembered(
    view: ScorecardView, services: Services, qtbot: QtBot
) -> None:
    view.show_model(OWN)
    press(figures(view)["fit-drafting"], qtbot)
    assert "Rewriting, with worked examples: 25\N{NO-BREAK SPACE}%, counts 30\N{NO-BREAK SPACE}%" in texts(view)
    view.model.set_use("extraction")
    assert "fit-extraction" in figures(view) and "Extracting, with worked examples: 25" in texts(view)
    assert ScorecardModel(services, InlineJobs()).state.use == "extraction"


def test_a_card_that_lacks_a_figure_of_the_use_shows_another_use(view: ScorecardView, services: Services) -> None:
    services.locations.make_profile()
    save_card(services.locations.scorecards, a_card(0.5, seeds=(1,)))
    view.show_model(OWN)
    view.model.set_use("extraction")
    view.model.open_standard("fit")
    assert "fit-drafting" in figures(view) and "Drafting" in [each.currentText() for each in view.findChildren(Choice)]


@pytest.mark.usefixtures("card")
def test_a_card_beside_says_in_words_what_may_be_chance(view: ScorecardView) -> None:
    view.show_model(OWN)
    view.beside.setCurrentIndex(1)
    view.beside.activated.emit(1)
    shown = figures(view)
    assert len(shown["effectiveness"].findChildren(ShareBar)) == 2
    assert "Larger model: 92\N{NO-BREAK SPACE}%" in shown["effectiveness"].accessibleName()
    assert shown["effectiveness"].accessibleName().count("better") == 1
    view.model.compare(view.model.state.cards[0])  # the short card: 50 % of the tasks, with the same times
    assert "+25 points, may be chance" in figures(view)["rewriting.worked"].accessibleName()
    assert "about the same" in figures(view)["efficiency"].accessibleName()
    view.model.compare(None)
    assert len(figures(view)["effectiveness"].findChildren(ShareBar)) == 1


@pytest.mark.usefixtures("card")
def test_times_are_drawn_and_told_for_both_cards(view: ScorecardView) -> None:
    view.show_model(OWN)
    assert "half within 0.30 s (p50), 99 of 100 within 0.36 s (p99)" in texts(view.times).lower().replace(
        "half", "half"
    )
    view.model.compare(view.model.state.others[0])
    assert "Own model:" in texts(view.times) and "Larger model:" in texts(view.times)
    assert view.times.table.rowCount() == 22 and not view.times.table.isColumnHidden(2)
    view.model.compare(None)
    assert view.times.table.isColumnHidden(2)


@pytest.mark.usefixtures("card")
def test_what_the_card_cannot_tell_stands_below_it(view: ScorecardView) -> None:
    view.show_model(OWN)
    assert "What this card cannot tell" in texts(
        view
    ) and "differ by less than 40 points may differ by chance" in texts(view)


# -- tasks ---------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("card")
def test_behind_a_figure_stand_its_tasks_with_answers_and_what_was_not_met(view: ScorecardView, qtbot: QtBot) -> None:
    view.show_model(OWN)
    press(figures(view)["answering.worked"], qtbot)
    rows = [each for each in view.findChildren(TaskRow) if each.isVisibleTo(view)]
    assert len(rows) == 12 and "0 of 3" in rows[0].accessibleName() and "3 of 3" in rows[-1].accessibleName()
    (pane,) = [each for each in view.findChildren(TaskPane) if each.isVisibleTo(view)]
    said = texts(pane)
    assert "After 4 worked examples:" in said and "Question:" in said
    assert "Seeds 1, 2, 3: not passed" in said and "An answer." in said and "It does not say “140”." in said


@pytest.mark.usefixtures("card")
def test_a_task_opens_in_place_and_escape_steps_back(view: ScorecardView, qtbot: QtBot) -> None:
    view.show_model(OWN)
    view.model.show_tasks("answering.worked")
    QApplication.processEvents()
    rows = [each for each in view.findChildren(TaskRow) if each.isVisibleTo(view)]
    name = rows[-1].accessibleName().partition(":")[0]
    press(rows[-1], qtbot)
    focused = QApplication.focusWidget()
    assert focused is not None and focused.accessibleName() == f"{name}: open"
    assert "Seeds 1, 2, 3: passed" in texts(view.tasks)
    qtbot.keyClick(focused, Qt.Key.Key_Escape)
    assert not view.model.state.figure and figures(view)


@pytest.mark.usefixtures("card")
def test_both_models_answers_stand_one_below_the_other(view: ScorecardView) -> None:
    view.show_model(OWN)
    view.model.compare(view.model.state.others[0])
    view.model.show_tasks("extracting.plain")
    assert "What Own model answered" in texts(view.tasks) and "What Larger model answered" in texts(view.tasks)


@pytest.mark.usefixtures("card")
def test_reliability_shows_tasks_of_all_sets_and_what_counts(view: ScorecardView) -> None:
    view.show_model(OWN)
    view.model.show_tasks("same-result")
    assert "And 152 more tasks" in texts(view.tasks) and "Rewriting, with examples: invoice number · 3 of 3" in texts(
        view.tasks
    )
    view.model.open_task(view.model.state.outcomes[5])
    assert "not passed, counts for the figure" in texts(view.tasks)


def test_a_task_that_was_changed_since_is_not_shown_as_if_it_were_the_same(
    view: ScorecardView, services: Services
) -> None:
    services.locations.make_profile()
    older = replace(a_card(0.5), sets=(("answering", "0" * 64),))
    save_card(services.locations.scorecards, older)
    view.show_model(OWN)
    view.model.show_tasks("answering.worked")
    assert "changed since" in texts(view.tasks)


# -- measuring -----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("scripted")
def test_measuring_tells_how_far_it_is_and_shows_the_card(services: Services, theme: Theme, qtbot: QtBot) -> None:
    jobs = JobRunner()
    view = ScorecardView(theme, services, SandboxModel(services, jobs), jobs)
    qtbot.addWidget(view)
    view.show()
    told: list[str] = []
    view.model.changed.connect(lambda state: told.append(view._progress.text()) if state.progress else None)
    unmeasured = replace(bundled_model(), name="A new model")
    view.show_model(unmeasured)
    qtbot.waitUntil(lambda: view.model.state.is_loaded)
    view.model.measure()
    assert view.stop.isVisible() and not view.again.isEnabled()
    qtbot.waitUntil(lambda: view.model.state.measuring is None, timeout=30_000)
    assert "A new model is measured." in view._banner.text
    assert any("Measuring A new model" in each for each in told)
    shown = view.model.state.shown
    assert shown is not None and shown.model_name == "A new model" and len(shown.tries) == 32
    assert jobs.stop(wait_ms=20_000)


@pytest.mark.usefixtures("scripted")
def test_stopping_keeps_what_was_answered_and_says_so(services: Services, theme: Theme, qtbot: QtBot) -> None:
    jobs = JobRunner()
    view = ScorecardView(theme, services, SandboxModel(services, jobs), jobs)
    qtbot.addWidget(view)
    view.show()
    view.show_model(bundled_model())
    view.model.measure()
    view.stop.click()
    assert view.model.state.measuring is None and "answers made so far are kept" in view._banner.text
    assert not view._running.isVisible() and view.again.isEnabled()
    assert jobs.stop(wait_ms=20_000)


def test_a_model_that_cannot_be_used_is_told_in_place(view: ScorecardView, tmp_path: Path) -> None:
    view.show_model(replace(OWN, path=tmp_path / "gone.gguf"))
    view.model.measure()
    assert "gone.gguf" in view._banner.text and view.first.isEnabled()


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(("form", "start"), [("md", "# Scorecard of Own model"), ("json", "{"), ("csv", "model,")])
def test_a_card_is_exported(
    view: ScorecardView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, start: str
) -> None:
    file = tmp_path / f"card.{form}"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    view.show_model(OWN)
    view._on_export(form)
    assert file.read_text("utf-8").startswith(start) and f"card.{form} is written." in view._banner.text
    if form == "md":
        view.model.compare(view.model.state.others[0])
        view._on_export(form)
        assert file.read_text("utf-8").startswith("# Own model and Larger model")


@pytest.mark.usefixtures("card")
@pytest.mark.parametrize(("width", "scale"), [(340, 100), (520, 200)])
def test_nothing_is_out_of_reach_sideways(view: ScorecardView, theme: Theme, width: int, scale: int) -> None:
    theme.apply("light", scale)
    view.resize(width, 500)
    view.show_model(OWN)
    view.model.compare(view.model.state.others[0])
    for standard in ("reliability", "efficiency", "security", "fit"):
        view.model.open_standard(standard)
        QApplication.processEvents()
        assert view._card.horizontalScrollBar().maximum() == 0, standard
    view.model.show_tasks("format-kept")
    QApplication.processEvents()
    assert view.tasks.horizontalScrollBar().maximum() == 0


def test_a_share_bar_draws_the_share_and_where_it_may_lie(theme: Theme, qtbot: QtBot) -> None:
    bar = ShareBar(theme)
    qtbot.addWidget(bar)
    bar.resize(200, 16)

    def picture(*share: float) -> QImage:
        bar.show_share(*share)
        return bar.grab().toImage()

    assert picture(0.2, 0.1, 0.4) != picture(0.2, 0.1, 0.6) != picture(0.5, 0.1, 0.6)


def test_a_card_that_a_command_made_is_there_when_one_comes_back(view: ScorecardView, services: Services) -> None:
    view.show_model(OWN)
    view.hide()
    services.locations.make_profile()
    save_card(services.locations.scorecards, a_card(0.5))
    view.show_model(replace(OWN, path=OWN.path / "moved"))
    assert view.model.state.shown is None  # nothing is read for a model that is shown already
    view.show()
    assert view.model.state.shown is not None


def test_another_model_takes_the_place_of_the_first(view: ScorecardView) -> None:
    view.show_model(bundled_model())
    view.show_model(OWN)
    assert view.model.state.model == OWN and view.model.state.shown is None
