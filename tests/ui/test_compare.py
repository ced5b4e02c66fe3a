"""The Compare tab: setting up, running, voting blind, tables, what was compared before; with a scripted worker."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.practice.compare.comparison import ALL_BAD, NO_DIFFERENCE, Column
from desktop_app.practice.compare.keeping import reopen
from desktop_app.practice.compare.votes import order
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from desktop_app.ui.jobs import InlineJobs, JobRunner
from desktop_app.ui.pages.practice.compare.model import CompareModel
from desktop_app.ui.pages.practice.compare.tab import CompareTab
from desktop_app.ui.sandbox_model import SandboxModel, SandboxState
from desktop_app.ui.theme import Theme
from tests.helpers.comparisons import table_compared
from tests.helpers.prompt_files import write_prompt

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
NOTES = [{"name": "notes", "label": "Notes", "max_length": 40}]
Start = Callable[..., CompareModel]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    library = tmp_path / "library"
    for version in (1, 2):
        write_prompt(
            library, "say-it", version, name="Say it", inputs=NOTES,
            messages=[{"role": "user", "content": f"Say {version}: {{{{notes}}}}"}],
        )  # fmt: skip
    made = Services(replace(Locations.find(tmp_path / "profile"), libraries=(library,)))
    made.locations.make_profile()
    made.learner.use_vault(Vault(bytes(32)))
    yield made
    made.close()


def scripted(*answers: list[dict[str, Any]]) -> ModelClient:
    script = json.dumps({"answers": answers or [[{"say": "Fine."}]]})
    return ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script])


@pytest.fixture
def start(services: Services, qapp: object) -> Iterator[Start]:
    """A model whose worker plays a script and whose jobs end at once."""
    made: list[CompareModel] = []

    def begin(*answers: list[dict[str, Any]]) -> CompareModel:
        services.__dict__["model"] = scripted(*answers)
        sandbox = SandboxModel(services, InlineJobs())
        sandbox.state = SandboxState("ready")
        model = CompareModel(services, sandbox, InlineJobs())
        made.append(model)
        return model

    yield begin
    for model in made:
        model.close()


def says(*texts: str) -> list[list[dict[str, Any]]]:
    return [[{"say": text}] for text in texts]


def compared(model: CompareModel, text: str = "a tent") -> CompareModel:
    model.set_value("prompt", text)
    model.run()
    return model


# -- setting up ----------------------------------------------------------------------------------------------------------


def test_it_begins_with_what_teaches_most_three_seeds(start: Start) -> None:
    state = start().state
    assert [column.seed for column in state.columns] == [1, 2, 3] and not state.history
    assert state.differences == (("Free prompt",), (("seed 1",), ("seed 2",), ("seed 3",)))


def test_columns_are_duplicated_swapped_changed_and_removed_between_two_and_four(start: Start) -> None:
    model = start()
    model.duplicate(0)
    assert [column.seed for column in model.state.columns] == [1, 4, 2, 3] and not model.state.can_add
    model.add()
    model.swap(0)
    assert [column.seed for column in model.state.columns] == [4, 1, 2, 3]
    model.remove(0)
    model.remove(0)
    model.remove(0)
    assert [column.seed for column in model.state.columns] == [2, 3], "two stay"
    model.choose(1)
    model.change(prompt_id="say-it")
    assert model.state.columns[1].prompt_version == 2 and model.state.columns[1].name == "Say it"
    assert list(model.state.versions_of) == [2, 1]
    assert [item.name for item in model.state.inputs] == ["prompt", "notes"], "one form for all"


def test_presets_make_versions_and_styles_and_say_why_not(start: Start) -> None:
    model = start()
    model.use_preset("versions")
    assert "one version only" in model.state.problem
    model.change(prompt_id="say-it")
    model.use_preset("versions")
    assert [column.prompt_version for column in model.state.columns] == [1, 2] and model.state.problem == ""
    model.use_preset("styles")
    assert [column.changes["temperature"] for column in model.state.columns] == [0.1, 0.9]
    model.use_preset("models")
    assert "one model only" in model.state.problem


def test_what_comes_from_elsewhere_is_set_up_filled(start: Start) -> None:
    model = start()
    model.set_as_table(True)
    model.start_columns((Column("say-it", 1), Column("say-it", 2)), {"notes": "wet"})
    assert [column.name for column in model.state.columns] == ["Say it", "Say it"]
    assert model.values == {"notes": "wet"} and not model.state.as_table and model.state.page == "setup"


def test_what_is_set_up_comes_back(start: Start, services: Services) -> None:
    model = start()
    model.change(text="Shorten {{letter}}")
    model.set_value("letter", "Dear all")
    model.set_blind(True)
    model.save_draft()
    again = start()
    assert again.state.columns[0].text == "Shorten {{letter}}" and again.values["letter"] == "Dear all"
    assert again.state.blind


def test_a_prompt_that_is_gone_is_said_at_its_column(start: Start) -> None:
    model = start()
    model.change(prompt_id="no-such-thing")
    assert "no-such-thing" in model.state.column_problems[0] and not model.state.can_run


def test_an_empty_field_is_said_beside_it_and_nothing_runs(start: Start) -> None:
    model = start()
    model.run()
    assert model.state.field_problems == {"prompt": "Your prompt is needed."} and model.state.comparison is None
    model.set_value("prompt", "x")
    assert model.state.field_problems is None


# -- running -------------------------------------------------------------------------------------------------------------


def test_answers_come_one_after_another_and_are_kept(start: Start, services: Services) -> None:
    model = start(*says("One.", "Two.", "Three."))
    wrote: list[tuple[int, int, str, bool]] = []
    model.wrote.connect(lambda *piece: wrote.append(piece))
    compared(model)
    shown = model.state.comparison
    assert shown is not None and [cell.text for cell in shown.row_cells(0) if cell] == ["One.", "Two.", "Three."]
    assert wrote == [(0, 0, "One.", True), (0, 1, "Two.", True), (0, 2, "Three.", True)]
    assert model.state.progress is None and model.state.page == "results"
    assert [one.title for one in model.state.history] == ["a tent\nseed 1, seed 2, seed 3"]
    services.learner.comparisons.get(shown.id)


def test_a_changed_column_is_run_and_the_others_are_known(start: Start) -> None:
    model = compared(start(*says("One.", "Two.", "Three.", "Four.")))
    model.take_up()
    model.choose(2)
    model.change(seed=9)
    model.run()
    shown = model.state.comparison
    assert shown is not None
    assert [(cell.text, cell.kept) for cell in shown.row_cells(0) if cell] == [
        ("One.", True), ("Two.", True), ("Four.", False),
    ]  # fmt: skip


def test_a_failed_answer_says_why_and_go_on_makes_it(start: Start) -> None:
    refusal = [{"refuse": ["context", "too long", 300]}]
    model = compared(start([{"say": "One."}], refusal, [{"say": "Three."}], [{"say": "Two."}]))
    shown = model.state.comparison
    assert shown is not None and shown.failed == 1 and "300 tokens too long" in shown.cells[0, 1].problem
    assert model.state.failed.startswith("1 of the answers failed")
    model.set_filter("failed")
    assert model.state.rows_shown == (0,)
    model.go_on()
    assert model.state.comparison is not None and model.state.comparison.failed == 0
    assert model.state.comparison.cells[0, 1].text == "Two." and model.state.rows_shown == ()


def test_what_is_sensitive_in_the_input_is_named_before_it_runs(start: Start) -> None:
    assert "One e-mail address" in compared(start(), "Write to anna@example.org").state.said


@pytest.mark.parametrize("blind", [False, True])
def test_a_stop_keeps_what_was_done(services: Services, qtbot: QtBot, blind: bool) -> None:
    jobs = JobRunner()
    services.__dict__["model"] = scripted([{"say": "One."}], [{"say": "Half"}, {"until_cancel": "…"}])
    sandbox = SandboxModel(services, jobs)
    sandbox.state = SandboxState("ready")
    model = CompareModel(services, sandbox, jobs)
    model.set_blind(blind)
    compared(model)
    qtbot.waitUntil(lambda: model.state.writing == (0, 1), timeout=20_000)
    model.stop()
    model.close()
    assert model.state.progress is None and "What was done is kept" in model.state.said
    assert jobs.stop(wait_ms=10_000)
    [kept] = services.learner.comparisons.listed()
    assert kept.cells == 1 and [cell.text for cell in services.learner.comparisons.cells(kept.id)] == ["One."]


# -- tables --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "inputs.csv"
    file.write_text("prompt,other\na tent,1\nmail anna@example.org,2\na rope,3\n", encoding="utf-8")
    return file


def test_a_table_is_read_guarded_and_run(start: Start, table: Path) -> None:
    model = start(*says("a", "b", "a", "a", "a", "a", "b", "b", "b"))
    model.open_table(table)
    found = model.state.table
    assert found is not None and len(found.rows) == 3 and found.ignored == ("other",)
    assert model.state.table_found == "One e-mail address in 1 row."
    model.run()
    shown = model.state.comparison
    assert shown is not None and shown.is_whole and shown.plan.source == "inputs.csv"
    model.set_filter("differ")
    assert model.state.rows_shown == (0,)


def test_a_table_that_does_not_fit_is_not_run(start: Start, tmp_path: Path) -> None:
    file = tmp_path / "wrong.csv"
    file.write_text("subject\nx\n", encoding="utf-8")
    model = start()
    model.open_table(file)
    assert model.state.table is not None and model.state.table.problems[0].line == 1 and not model.state.can_run
    model.run()
    assert model.state.comparison is None


# -- votes ---------------------------------------------------------------------------------------------------------------


def blind(start: Start, table: Path) -> CompareModel:
    model = start(*says(*"abcdefghi"))
    model.open_table(table)
    model.set_blind(True)
    wrote: list[object] = []
    model.wrote.connect(lambda *piece: wrote.append(piece))
    model.run()
    assert wrote == [], "which answer takes long would tell"
    return model


def test_a_blind_vote_goes_to_what_stands_there_and_names_come_with_the_last(start: Start, table: Path) -> None:
    model = blind(start, table)
    state = model.state
    assert state.comparison is not None and state.name(state.order[0]) == "A"
    expected = order(state.comparison.plan, 0)[1]
    model.vote(1)
    assert model.state.comparison is not None and model.state.comparison.votes[0].choice == expected
    assert model.state.row == 1, "on to the next"
    model.vote(NO_DIFFERENCE)
    assert not model.state.is_named(0)
    model.vote(ALL_BAD)
    assert model.state.is_named(0) and model.state.name(model.state.order[0]).startswith("A · seed ")
    assert not any(vote.seen for vote in model.state.comparison.votes.values())


def test_a_vote_is_taken_back_and_one_with_the_names_in_view_is_marked(start: Start, table: Path) -> None:
    model = blind(start, table)
    model.vote(0)
    model.show_row(0)
    model.vote(0)
    assert model.state.comparison is not None and model.state.comparison.votes == {}
    model.reveal()
    model.vote(0)
    assert model.state.comparison.votes[0].seen


# -- before and after ----------------------------------------------------------------------------------------------------


def test_what_was_compared_opens_again_and_can_be_deleted_and_brought_back(start: Start) -> None:
    model = compared(start(*says("One.", "Two.", "Three.")))
    shown = model.state.comparison
    assert shown is not None
    again = start()
    again.reload_history()
    again.open(again.state.history[0].id)
    assert again.state.comparison == shown and again.state.page == "results"
    again.delete(shown.id)
    assert again.state.page == "setup" and again.state.history == () and again.state.undo == shown.id
    again.restore()
    assert [one.id for one in again.state.history] == [shown.id]


def test_a_large_comparison_opens_step_by_step(start: Start, services: Services, qtbot: QtBot) -> None:
    large = table_compared(services, rows=250)
    model = start()
    model.open(large.id)
    assert model.state.comparison is None and model.state.problem.startswith("Opening: ")
    qtbot.waitUntil(lambda: model.state.page == "results")
    assert model.state.comparison == large and model.state.problem == ""


def test_what_is_run_while_another_opens_is_not_covered_by_it(start: Start, services: Services, qtbot: QtBot) -> None:
    large = table_compared(services, rows=250)
    model = start()
    model.open(large.id)
    made = compared(model).state.comparison
    assert made is not None and made.id != large.id
    qtbot.waitUntil(lambda: not model._open_timer.isActive())
    assert model.state.comparison == made
    assert reopen(services.learner.comparisons, large.id) == large


def test_an_export_asks_about_what_the_guard_found_first(start: Start, tmp_path: Path) -> None:
    model = compared(start(), "Write to anna@example.org")
    model.export(tmp_path / "out.csv")
    assert "One e-mail address would be in the file" in model.state.asks and not (tmp_path / "out.csv").exists()
    model.export_anyway()
    assert (
        "anna@example.org" in (tmp_path / "out.csv").read_text("utf-8-sig")
        and model.state.said == "out.csv is written."
    )


def test_where_policy_wants_answers_checked_nothing_leaves_before(
    start: Start, services: Services, tmp_path: Path, qapp: QApplication
) -> None:
    services.__dict__["policy"] = replace(services.policy, check_before_copy=True)
    model = compared(start())
    qapp.clipboard().setText("before")
    model.copy("Fine.")
    assert model.copying.state.phase == "asks" and qapp.clipboard().text() == "before"
    model.copying.confirm()
    assert qapp.clipboard().text() == "Fine."
    model.export(tmp_path / "out.md")
    assert "Before it leaves this computer" in model.state.asks and not (tmp_path / "out.md").exists()
    model.export_anyway()
    assert (tmp_path / "out.md").exists()


# -- the tab -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def tab(qtbot: QtBot, theme: Theme, start: Start) -> Iterator[CompareTab]:
    model = start(*says("The first answer.", "The second answer.", "The third answer."))
    made = CompareTab(theme, model, InlineJobs())
    qtbot.addWidget(made)
    made.setMinimumSize(300, 300)  # as the window decides
    made.resize(1000, 640)
    made.show()
    qtbot.waitExposed(made)
    yield made


def typed(tab: CompareTab) -> CompareTab:
    tab.model.set_value("prompt", "a tent")
    return tab


def test_ctrl_enter_compares_and_the_answers_stand_side_by_side(tab: CompareTab, qtbot: QtBot) -> None:
    typed(tab)
    qtbot.keyClick(tab, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    texts = [answer.text.toPlainText() for answer in tab.results.answers.columns]
    assert texts == ["The first answer.", "The second answer.", "The third answer."]
    assert all(answer.isVisible() for answer in tab.results.answers.columns)
    assert tab.results.input.toPlainText() == "a tent"
    qtbot.keyClick(tab.results, Qt.Key.Key_Escape)
    assert tab.model.state.page == "setup"


def test_in_a_narrow_window_alt_and_a_number_switch_between_answers(tab: CompareTab, qtbot: QtBot) -> None:
    typed(tab).resize(560, 560)
    tab.model.run()
    answers = tab.results.answers
    qtbot.waitUntil(lambda: [answer.isVisible() for answer in answers.columns] == [True, False, False])
    answers.columns[0].text.setFocus()
    qtbot.keyClick(answers.columns[0].text, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    assert [answer.isVisible() for answer in answers.columns] == [False, False, True]


def test_keys_vote_and_the_vote_is_shown(tab: CompareTab, qtbot: QtBot) -> None:
    typed(tab).model.run()
    answers = tab.results.answers
    answers.columns[0].text.setFocus()
    qtbot.keyClick(answers.columns[0].text, Qt.Key.Key_2)
    assert answers.columns[1].voted.isVisible() and tab.results.vote_buttons[1].isChecked()
    qtbot.keyClick(answers.columns[0].text, Qt.Key.Key_0)
    assert tab.results.same.isChecked() and not answers.columns[1].voted.isVisible()


def test_nothing_gives_a_blind_answer_away(tab: CompareTab) -> None:
    tab.model.set_blind(True)
    typed(tab).model.run()
    answers = tab.results.answers
    shown = [answer.title.text() for answer in answers.columns]
    assert shown == ["A", "B", "C"] and not any(
        answer.facts.isVisible() or answer.use.isEnabled() for answer in answers.columns
    )
    assert "seed" not in tab.results.title.text()
    tab.model.vote(0)
    assert all(" · seed " in answer.title.text() and answer.facts.isVisible() for answer in answers.columns)


def test_two_answers_are_shown_as_what_differs(tab: CompareTab, qtbot: QtBot) -> None:
    typed(tab).model.run()
    answers = tab.results.answers
    answers.differ.click()
    assert answers.text.isVisible() and "first" in answers.text.text.toPlainText()
    answers.second.setCurrentIndex(2)
    answers.second.activated.emit(2)
    assert "third" in answers.text.text.toPlainText()


def test_scrolling_one_scrolls_all_when_wanted(start: Start, theme: Theme, qtbot: QtBot) -> None:
    model = start([{"say": "line\n" * 300}])
    made = CompareTab(theme, model, InlineJobs())
    qtbot.addWidget(made)
    made.resize(1000, 640)
    made.show()
    compared(model)
    bars = [answer.text.verticalScrollBar() for answer in made.results.answers.columns]
    for bar in bars:
        bar.setValue(0)
    bars[0].setValue(100)
    assert bars[1].value() == 0
    made.results.answers.together.setChecked(True)
    bars[0].setValue(150)
    assert [bar.value() for bar in bars] == [150, 150, 150]


def test_use_this_one_hands_on_the_column_and_what_went_in(tab: CompareTab, qtbot: QtBot) -> None:
    typed(tab).model.run()
    with qtbot.waitSignal(tab.ask_asked) as asked:
        tab.results.answers.columns[1].to_ask.trigger()
    column, values = asked.args
    assert isinstance(column, Column) and column.seed == 2 and values == {"prompt": "a tent"}


def test_a_dropped_file_becomes_the_table(tab: CompareTab, table: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(table))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tab.setup.input.dropEvent(QDropEvent(QPoint(5, 5).toPointF(), Qt.DropAction.CopyAction, data, buttons, keys))
    assert tab.setup.input.preview.rowCount() == 3 and tab.setup.run.text() == "Compare (9 answers)"


def test_rows_of_a_table_are_walked_by_keyboard(tab: CompareTab, table: Path, qtbot: QtBot) -> None:
    tab.model.open_table(table)
    tab.model.run()
    assert tab.results.grid.isVisible() and tab.results.place.text() == "1 of 3"
    qtbot.keyClick(tab.results.grid, Qt.Key.Key_Down)
    assert tab.model.state.row == 1 and "anna" in tab.results.input.toPlainText()
    tab.resize(700, 600)
    qtbot.waitUntil(lambda: not tab.results.grid.isVisible())
    tab.results.all_rows.click()
    assert tab.results.grid.isVisible() and not tab.results.answers.isVisible()


def test_editing_a_column_shows_its_fields_and_takes_what_is_chosen(tab: CompareTab, qtbot: QtBot) -> None:
    tab.model.reload()
    tab.setup.columns.cards[1].edit.click()
    editor = tab.setup.columns.editor
    assert editor.isVisible() and editor.seed.value() == 2 and not editor.version.isVisible()
    editor.seed.setValue(77)
    editor.style.setCurrentIndex(editor.style.findData("varied"))
    editor.style.activated.emit(0)
    assert tab.model.state.columns[1].seed == 77 and tab.model.state.columns[1].changes["temperature"] == 0.9
    qtbot.keyClick(tab.setup, Qt.Key.Key_Escape)
    assert not editor.isVisible()
