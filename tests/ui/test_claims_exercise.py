"""A claims exercise: verdicts, result, passages, live answers, and coming back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.errors import AppError
from desktop_app.lessons.lesson import Claim, ClaimRule, Claims, Expectation
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.ui.jobs import JobRunner
from desktop_app.ui.pages.learn.exercises.claims import ClaimsPane
from desktop_app.ui.pages.learn.exercises.claims_model import ClaimsModel
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
SOURCE = "The gate is closed on 3 May because it is being painted. Parcels go to the front desk until 17:00."
CLAIMS = Claims(
    "c", "C", "Judge.", SOURCE, "", "The gate is closed on 3 May. It opens at 17:00. Parcels go to the front desk.",
    (Claim("The gate is closed on 3 May.", True, "The gate is closed on 3 May", "It says so."),
     Claim("It opens at 17:00.", False, "Parcels go to the front desk until 17:00.", "17:00 is for parcels."),
     Claim("Parcels go to the front desk.", True, "Parcels go to the front desk", "It says so.")),
    "shorten-notice", {"notice": SOURCE},
    (ClaimRule(Expectation("icontains", "opens", "r"), False, "until 17:00", "Nobody said when it opens."),), 40, 7, 1,
)  # fmt: skip
LIVE = [
    {"say": "Parcels go to the front desk until 17:00. "},
    {"say": "It opens at six. Ask Ms Beck. The gate is shut."},
]
Start = Callable[..., ClaimsModel]


@pytest.fixture
def start(services: Services, qtbot: QtBot, theme: Theme) -> Iterator[Start]:
    """A model of the exercise whose worker plays a script; tries are stored as the reader would."""
    jobs = JobRunner()
    sandbox: list[SandboxModel] = []
    made: list[ClaimsModel] = []

    def save(exercise_id: str, score: float, chosen: tuple[int, ...], typed: str) -> None:
        services.learner.save_attempt("lesson", "1.0", exercise_id, score=score, chosen=chosen, typed=typed)

    def begin(*answers: list[dict[str, Any]], claims: Claims = CLAIMS, most_tries: int = 0) -> ClaimsModel:
        if not sandbox:
            script = json.dumps({"answers": answers or [LIVE]})
            services.__dict__["model"] = ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script])
            sandbox.append(SandboxModel(services, jobs))
            sandbox[0].start()
            qtbot.waitUntil(lambda: sandbox[0].state.phase == "ready", timeout=20_000)
        model = ClaimsModel(
            services, sandbox[0], jobs, lambda exercise_id: services.learner.attempts("lesson", exercise_id), save
        )
        made.append(model)
        model.use("lesson", claims, most_tries=most_tries)
        return model

    yield begin
    for model in made:
        if shiboken6.isValid(model):
            model.close()
    for one in sandbox:
        one.close()
    assert jobs.stop()


def judge_all(model: ClaimsModel, *verdicts: bool) -> ClaimsModel:
    for at, verdict in enumerate(verdicts):
        model.judge(at, verdict)
    model.check()
    return model


def live(model: ClaimsModel, qtbot: QtBot) -> ClaimsModel:
    model.run_live()
    qtbot.waitUntil(lambda: model.state.phase != "running", timeout=20_000)
    return model


def test_verdicts_are_scored_stored_and_both_errors_told(start: Start, services: Services) -> None:
    model = judge_all(start(), True, True, False)
    result = model.state.result
    assert result is not None
    assert (result.right, result.scored, result.believed, result.distrusted) == (1, 3, (1,), (2,))
    assert model.state.current == 1, "the first error is turned to"
    assert services.learner.best_scores("lesson") == {"c": pytest.approx(1 / 3)}
    [attempt] = services.learner.attempts("lesson", "c")
    assert attempt.chosen == (1, 1, 0)


def test_nothing_is_checked_before_every_claim_is_judged(start: Start, services: Services) -> None:
    model = judge_all(start(), True, False)
    assert model.state.phase == "open"
    assert services.learner.attempts("lesson", "c") == ()


def test_it_comes_back_with_the_latest_verdicts(start: Start) -> None:
    first = judge_all(start(), True, True, False)
    again = start()
    assert (again.state.phase, again.state.verdicts, again.state.result) == (
        "checked", first.state.verdicts, first.state.result,
    )  # fmt: skip
    again.try_again()
    assert again.state.verdicts == (None, None, None)


def test_tries_run_out(start: Start, services: Services) -> None:
    model = judge_all(start(most_tries=1), True, True, False)
    assert model.state.tries_left == 0
    model.try_again()
    judge_all(model, True, False, True)
    assert len(services.learner.attempts("lesson", "c")) == 1
    assert start(most_tries=1).state.tries_left == 0


def test_a_live_answer_is_cut_judged_and_kept_apart_from_the_lesson(
    start: Start, services: Services, qtbot: QtBot
) -> None:
    model = live(start(), qtbot)
    assert [(key.claim.text, key.supported, key.by) for key in model.state.keys] == [
        ("Parcels go to the front desk until 17:00.", True, "guard"), ("It opens at six.", False, "trainer"),
        ("Ask Ms Beck.", False, "guard"), ("The gate is shut.", None, "nobody"),
    ]  # fmt: skip
    judge_all(model, True, False, True, True)
    assert model.state.result is not None and model.state.result.value == pytest.approx(2 / 3)
    assert services.learner.best_scores("lesson").keys() == {"c/live"}, "one lucky claim passes no lesson"
    [run] = services.learner.exercise_runs("lesson", "c")
    [attempt] = services.learner.attempts("lesson", "c/live")
    assert attempt.typed == run.id
    again = start()
    assert (again.state.seed, again.state.text, again.state.result) == (run.seed, model.state.text, model.state.result)
    again.show_shipped()
    assert again.state.text == CLAIMS.output


def test_without_a_shipped_answer_the_live_one_counts(start: Start, services: Services, qtbot: QtBot) -> None:
    only_live = replace(CLAIMS, output="", claims=())
    model = start(claims=only_live)
    assert model.state.phase == "ready"
    live(model, qtbot)
    assert model.state.seed == 7, "the exercise's own seed first"
    judge_all(model, True, False, False, True)
    assert services.learner.best_scores("lesson") == {"c": 1.0}
    assert start(claims=only_live).state.phase == "checked"


@pytest.mark.parametrize("answer", ["Why?", "", "Sure:"])
def test_an_answer_that_states_nothing_says_what_to_do(start: Start, qtbot: QtBot, answer: str) -> None:
    model = live(start([{"say": answer}] if answer else []), qtbot)
    assert model.state.keys == ()
    assert "states nothing" in model.state.problem
    assert model.state.can_run


def test_a_stopped_answer_loses_its_unfinished_claim_only(start: Start, qtbot: QtBot) -> None:
    model = start([{"say": "The gate is closed on 3 May. "}, {"until_cancel": "And on "}])
    model.run_live()
    qtbot.waitUntil(lambda: "And on" in model.state.text, timeout=20_000)
    model.stop()
    qtbot.waitUntil(lambda: model.state.phase == "open", timeout=20_000)
    assert [key.claim.text for key in model.state.keys] == ["The gate is closed on 3 May."]


def test_leaving_while_it_runs_records_what_is_there(start: Start, services: Services, qtbot: QtBot) -> None:
    model = start([{"until_cancel": "and on "}])
    model.run_live()
    qtbot.waitUntil(lambda: bool(model.state.text), timeout=20_000)
    with qtbot.waitSignal(model.destroyed, timeout=20_000):
        model.retire()
    assert [run.stop_reason for run in services.learner.exercise_runs("lesson", "c")] == ["cancelled"]


def test_a_document_that_is_not_there_is_a_sentence(start: Start) -> None:
    with pytest.raises(AppError, match="There is no document"):
        start(claims=replace(CLAIMS, source="", document="nowhere"))


# -- what is on the screen -----------------------------------------------------------------------------------------------


@pytest.fixture
def pane(start: Start, theme: Theme, qtbot: QtBot) -> ClaimsPane:
    shown = ClaimsPane(theme, start())
    qtbot.addWidget(shown)
    shown.resize(1000, 700)
    shown.show()
    shown.activateWindow()
    qtbot.waitUntil(shown.isActiveWindow)
    shown.rows[0].setFocus()
    return shown


def keys(qtbot: QtBot, *pressed: Qt.Key) -> None:
    for key in pressed:
        qtbot.keyClick(QApplication.focusWidget(), key)


def marked(pane: ClaimsPane) -> list[str]:
    return [selection.cursor.selectedText() for selection in pane.source.text.extraSelections()]


def test_s_and_n_judge_and_go_on_and_ctrl_return_checks(pane: ClaimsPane, qtbot: QtBot) -> None:
    keys(qtbot, Qt.Key.Key_S, Qt.Key.Key_S, Qt.Key.Key_Up, Qt.Key.Key_N, Qt.Key.Key_N)
    assert pane._model.state.verdicts == (True, False, False)
    assert "not supported" in pane.rows[1].accessibleName()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert pane._model.state.phase == "checked"
    assert "2 of 3 right" in pane.result.text
    assert "distrusted 1 right claim: “Parcels go to the front desk”" in pane.result.text


def test_a_checked_claim_shows_its_passage_in_the_source(pane: ClaimsPane, qtbot: QtBot) -> None:
    assert marked(pane) == []
    keys(qtbot, Qt.Key.Key_S, Qt.Key.Key_S, Qt.Key.Key_S)
    qtbot.keyClick(pane.check, Qt.Key.Key_Space)
    assert marked(pane) == ["Parcels go to the front desk until 17:00."]
    keys(qtbot, Qt.Key.Key_Home)
    assert marked(pane) == ["The gate is closed on 3 May"]
    assert "believed 1 wrong claim: “It opens at 17:00”" in pane.result.text


def test_the_mouse_does_the_same(pane: ClaimsPane, qtbot: QtBot) -> None:
    for line in pane.rows:
        qtbot.mouseClick(line.not_supported, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(pane.check, Qt.MouseButton.LeftButton)
    assert pane._model.state.verdicts == (False, False, False)
    assert pane.rows[0]._verdict.text() == "You distrusted it, but it is supported."


def test_only_the_selected_claim_is_a_tab_stop(pane: ClaimsPane, qtbot: QtBot) -> None:
    keys(qtbot, Qt.Key.Key_Down)
    stops = [bool(line.focusPolicy() & Qt.FocusPolicy.TabFocus) for line in pane.rows]
    assert stops == [False, True, False]


def test_the_source_can_be_searched_before_checking(pane: ClaimsPane, qtbot: QtBot) -> None:
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert pane.source.search.hasFocus()
    qtbot.keyClicks(pane.source.search, "THE ")
    assert pane.source.hits == 2
    assert marked(pane) == ["The ", "the "] or marked(pane) == ["The", "the"]
    qtbot.keyClick(pane.source.search, Qt.Key.Key_Return)
    assert pane.source._count.text() == "2 of 2"
    pane.source.search.setText("zebra")
    assert pane.source._count.text() == "Not found"


def test_the_keyboard_stays_in_the_exercise_through_a_live_answer(pane: ClaimsPane, qtbot: QtBot) -> None:
    pane.live.setFocus()
    qtbot.keyClick(pane.live, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: pane._model.state.phase == "open" and pane._model.state.is_live, timeout=20_000)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is pane.rows[0])  # once the new rows are laid out
    keys(qtbot, Qt.Key.Key_S)
    assert pane._model.state.verdicts[0] is True


def test_one_above_the_other_where_it_is_narrow(pane: ClaimsPane, qtbot: QtBot) -> None:
    assert pane._paper.x() > pane.rows[0].x()
    pane.resize(420, 900)
    qtbot.waitUntil(lambda: pane._paper.y() > pane.rows[-1].y())
