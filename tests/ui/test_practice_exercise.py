"""A practice exercise with several seeds: checks of the prompt, answers side by side, the judgement, and coming back."""

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
from pytestqt.qtbot import QtBot

from desktop_app.lessons.lesson import Criterion, Expectation, Practice, Sample
from desktop_app.records.learning import Attempt
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.ui.jobs import InlineJobs, JobRunner
from desktop_app.ui.pages.learn.exercises.practice import AfterRun, PracticePane
from desktop_app.ui.pages.learn.exercises.practice_model import PracticeModel
from desktop_app.ui.sandbox_model import SandboxModel
from desktop_app.ui.theme import Theme

FAKE = Path(__file__).parent.parent / "helpers" / "fake_model.py"
TUESDAY = Expectation("contains", "Tuesday", "Tuesday is in the answer")
PRACTICE = Practice(
    "p", "P", "Do.", "", {}, "Write something about our meeting.", (TUESDAY,), "Look.", "Would you send it?", 40, 7, 1,
    seeds=(7, 8, 9), prompt_checks=("task", "format"),
    rubric=(Criterion("Is the day right?", TUESDAY, "It looks for Tuesday."), Criterion("Would a stranger get it?", None, "")),
)  # fmt: skip
THREE = [[{"say": "Come on "}, {"say": "Tuesday."}], [{"say": "Come on Monday."}], [{"say": "Come on Tuesday."}]]
Start = Callable[..., PracticeModel]


@pytest.fixture
def start(services: Services, qtbot: QtBot, theme: Theme) -> Iterator[Start]:
    """A model of the exercise whose worker plays a script; attempts are stored as the reader would."""
    jobs = JobRunner()
    sandbox: list[SandboxModel] = []
    made: list[PracticeModel] = []

    def save(score: float, chosen: tuple[int, ...], typed: str) -> None:
        services.learner.save_attempt("lesson", "1.0", "p", score=score, chosen=chosen, typed=typed)

    def attempts() -> tuple[Attempt, ...]:
        return services.learner.attempts("lesson", "p")

    def begin(*answers: list[dict[str, Any]], practice: Practice = PRACTICE) -> PracticeModel:
        if not sandbox:
            script = json.dumps({"answers": answers or THREE})
            services.__dict__["model"] = ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script])
            sandbox.append(SandboxModel(services, jobs))
            sandbox[0].start()
            qtbot.waitUntil(lambda: sandbox[0].state.phase == "ready", timeout=20_000)
        model = PracticeModel(services, sandbox[0], jobs, save)
        model.use("lesson", practice, attempts)
        made.append(model)
        return model

    yield begin
    for model in made:
        if shiboken6.isValid(model):
            model.close()
    for one in sandbox:
        one.close()
    assert jobs.stop()


def ran(model: PracticeModel, qtbot: QtBot) -> PracticeModel:
    model.run()
    qtbot.waitUntil(lambda: model.state.phase == "done", timeout=20_000)
    return model


def test_every_seed_is_answered_tested_and_stored(start: Start, services: Services, qtbot: QtBot) -> None:
    model = ran(start(), qtbot)
    assert [(one.seed, one.text, one.checks[0][1], one.same_seed) for one in model.state.outputs] == [
        (7, "Come on Tuesday.", True, None), (8, "Come on Monday.", False, None), (9, "Come on Tuesday.", True, 7),
    ]  # fmt: skip
    stored = services.learner.exercise_runs("lesson", "p")
    assert [(run.seed, dict(run.checks)) for run in reversed(stored)] == [
        (7, {"Tuesday is in the answer": True}), (8, {"Tuesday is in the answer": False}), (9, {"Tuesday is in the answer": True}),
    ]  # fmt: skip


def test_a_stop_keeps_the_answers_that_are_there(start: Start, services: Services, qtbot: QtBot) -> None:
    model = start(THREE[0], [{"until_cancel": "on "}])
    model.run()
    qtbot.waitUntil(lambda: len(model.state.outputs) > 1 and bool(model.state.outputs[1].text), timeout=20_000)
    model.stop()
    qtbot.waitUntil(lambda: model.state.phase == "done", timeout=20_000)
    assert [one.phase for one in model.state.outputs] == ["done", "part"]
    assert "stopped" in model.state.outputs[1].problem
    assert len(services.learner.exercise_runs("lesson", "p")) == 2
    assert model.state.judged == 0, "only a whole answer is judged"


def test_a_model_that_dies_keeps_what_was_there_and_starts_again(start: Start, qtbot: QtBot) -> None:
    model = ran(start(THREE[0], [{"say": "Half"}, {"crash": 3}], THREE[2]), qtbot)
    assert [one.phase for one in model.state.outputs] == ["done", "part"]
    assert "not complete" in model.state.outputs[1].problem
    qtbot.waitUntil(lambda: model.state.can_run, timeout=20_000)


def test_the_prompt_is_checked_while_it_is_typed(start: Start, qtbot: QtBot) -> None:
    model = start()
    qtbot.waitUntil(lambda: bool(model.state.prompt_results))
    assert [result.met for result in model.state.prompt_results] == [False, False]
    model.set_value("prompt", "List who does what in three lines.")
    qtbot.waitUntil(lambda: all(result.met for result in model.state.prompt_results))


def test_judging_compares_with_the_checks_and_is_stored(start: Start, services: Services, qtbot: QtBot) -> None:
    model = ran(start(), qtbot)
    model.choose(1)
    model.say(0, True)
    assert not model.state.can_compare
    model.say(1, False)
    model.compare()
    comparison = model.state.comparison
    assert comparison is not None
    assert comparison.compared[0].says == "You said yes; the check says no. It looks for Tuesday."
    [attempt] = services.learner.attempts("lesson", "p")
    assert (attempt.score, attempt.chosen, attempt.typed) == (0.0, (1, 0), model.state.outputs[1].run_id)
    model.judge("after a fix")
    assert [run.judgement for run in services.learner.exercise_runs("lesson", "p")] == ["", "after a fix", ""]


def test_it_comes_back_with_answers_and_judgement(start: Start, qtbot: QtBot) -> None:
    first = ran(start(), qtbot)
    first.choose(1)
    first.say(0, False)
    first.say(1, True)
    first.compare()
    again = start()
    assert [(one.seed, one.text, one.same_seed) for one in again.state.outputs] == [
        (one.seed, one.text, one.same_seed) for one in first.state.outputs
    ]
    assert again.state.judged == 1
    assert again.state.comparison == first.state.comparison


def test_answers_to_an_earlier_prompt_are_not_mixed_in(start: Start, qtbot: QtBot) -> None:
    ran(start(*THREE, [{"say": "New."}]), qtbot)
    model = start()
    model.set_value("prompt", "Another prompt with words.")
    ran(model, qtbot)
    assert [one.text for one in start().state.outputs] == ["New."] * 3


def test_an_empty_prompt_says_what_to_do(start: Start) -> None:
    model = start()
    model.set_value("prompt", " ")
    model.run()
    assert "Write what the model should do" in model.state.problem
    assert model.state.phase == "empty"


def test_one_seed_is_enough(start: Start, qtbot: QtBot) -> None:
    model = ran(start([{"say": "Come on Tuesday."}], practice=replace(PRACTICE, seeds=(), seed=3)), qtbot)
    assert [one.seed for one in model.state.outputs] == [3]


# -- what is on the screen -----------------------------------------------------------------------------------------------


@pytest.fixture
def pane(start: Start, theme: Theme, qtbot: QtBot) -> PracticePane:
    shown = PracticePane(theme, start(), InlineJobs())
    qtbot.addWidget(shown)
    shown.resize(1000, 800)
    shown.show()
    return shown


def test_the_whole_exercise_by_keyboard(pane: PracticePane, qtbot: QtBot) -> None:
    model = pane._model
    qtbot.keyClick(pane.run_button, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: model.state.phase == "done", timeout=20_000)
    assert [column.text.toPlainText().strip() for column in pane.outputs.columns] == [
        "Come on Tuesday.", "Come on Monday.", "Come on Tuesday.",
    ]  # fmt: skip
    assert "underline" in pane.outputs.columns[1].text.toHtml(), "colour alone marks nothing"
    assert "underline" not in pane.outputs.columns[2].text.toHtml()
    assert pane.outputs.columns[2]._state.text() == "Same as seed 7"
    for line in pane.judgement.criteria:
        qtbot.keyClick(line.no, Qt.Key.Key_Space)
    qtbot.keyClick(pane.judgement.compare, Qt.Key.Key_Space)
    assert "agree on 0 of 1" in pane.judgement.result.text
    assert (
        pane.judgement.criteria[1]._says.text() == "You said no. No check can decide this one: your judgement stands."
    )


def test_columns_stand_below_each_other_where_it_is_narrow(pane: PracticePane, qtbot: QtBot) -> None:
    ran(pane._model, qtbot)
    qtbot.waitUntil(lambda: pane.outputs.columns[1].x() > pane.outputs.columns[0].x())
    pane.resize(420, 800)
    qtbot.waitUntil(lambda: pane.outputs.columns[1].y() > pane.outputs.columns[0].y())


def test_everything_that_takes_the_keyboard_has_a_name(pane: PracticePane, qtbot: QtBot) -> None:
    ran(pane._model, qtbot)
    names = [button.accessibleName() or button.text() for button in pane.judgement.outputs.buttons()]
    assert names == ["Judge the answer with seed 7", "Judge the answer with seed 8", "Judge the answer with seed 9"]
    assert pane.judgement.criteria[0].yes.accessibleName() == "Is the day right? Yes"


def test_leaving_while_it_runs_records_what_is_there(start: Start, services: Services, qtbot: QtBot) -> None:
    model = start(THREE[0], [{"until_cancel": "on "}])
    model.run()
    qtbot.waitUntil(lambda: len(model.state.outputs) > 1 and bool(model.state.outputs[1].text), timeout=20_000)
    with qtbot.waitSignal(model.destroyed, timeout=20_000):
        model.retire()
    assert [run.stop_reason for run in services.learner.exercise_runs("lesson", "p")] == ["cancelled", "end"]


# -- a prompt that works -------------------------------------------------------------------------------------------------

GOOD = Sample({"prompt": "List who does what in three lines."}, passes=True)
CARELESS = Sample({"prompt": "Write."}, passes=False)
SHOWN = replace(
    PRACTICE, prompt="show-by-example@approved", start="", values={"instruction": "Look.", "case": "Case one."},
    samples=(
        Sample({"instruction": "Look."}, passes=False),
        Sample({"instruction": "Write one line.", "answer_1": "Order: 1\nWish: 2", "example_1": "Case nought."}, passes=True),
    ),
)  # fmt: skip


def panel(start: Start, theme: Theme, qtbot: QtBot, practice: Practice) -> PracticePane:
    shown = PracticePane(theme, start(practice=practice), InlineJobs())
    qtbot.addWidget(shown)
    shown.resize(900, 900)
    shown.show()
    return shown


def test_a_prompt_that_works_is_offered_after_a_run_and_shown_when_asked_for(
    start: Start, theme: Theme, qtbot: QtBot
) -> None:
    pane = panel(start, theme, qtbot, replace(PRACTICE, samples=(CARELESS, GOOD)))
    sample = pane.sample
    assert not sample.isVisible()
    ran(pane._model, qtbot)
    assert sample.toggle.isVisible() and not sample.use.isVisible()
    qtbot.keyClick(sample.toggle, Qt.Key.Key_Space)
    assert sample.use.isVisible() and sample.toggle.text() == "Hide the prompt that works"
    assert sample._parts() == (("Prompt", GOOD.values["prompt"]),)
    pane._model.set_value("prompt", "Mine, half-typed")
    qtbot.keyClick(sample.use, Qt.Key.Key_Space)
    assert pane.form._fields["prompt"].value == GOOD.values["prompt"]
    assert pane._model.state.phase == "done" and len(pane._model.state.outputs) == 3, "nothing is run by itself"
    qtbot.waitUntil(lambda: all(result.met for result in pane._model.state.prompt_results))
    assert sample.back.hasFocus() and not sample.use.isVisible()
    qtbot.keyClick(sample.back, Qt.Key.Key_Space)
    assert pane.form._fields["prompt"].value == "Mine, half-typed"
    assert sample.use.hasFocus()
    qtbot.keyClick(sample.toggle, Qt.Key.Key_Space)
    assert not sample.use.isVisible()


def test_its_parts_have_the_labels_of_the_form_and_the_rest_starts_as_at_first(
    start: Start, theme: Theme, qtbot: QtBot
) -> None:
    pane = panel(start, theme, qtbot, SHOWN)
    model, sample = pane._model, pane.sample
    model.set_value("case", "A case of mine.")
    model.set_value("example_2", "An example of mine.")
    ran(model, qtbot)
    sample.toggle.click()
    assert sample._parts() == (
        ("What to do", "Write one line."), ("A case", "Case nought."), ("How it is done", "Order: 1\nWish: 2"),
    )  # fmt: skip
    sample.use.click()
    assert model.inputs.values == {
        "instruction": "Write one line.", "example_1": "Case nought.", "answer_1": "Order: 1\nWish: 2", "example_2": "",
        "answer_2": "", "case": "Case one.",
    }  # fmt: skip
    sample.back.click()
    assert (model.inputs.values["case"], model.inputs.values["example_2"]) == ("A case of mine.", "An example of mine.")


def test_the_checks_of_a_library_prompt_look_at_all_its_parts(start: Start, theme: Theme, qtbot: QtBot) -> None:
    model = start(practice=replace(SHOWN, prompt_checks=("task", "format", "material")))
    qtbot.waitUntil(lambda: bool(model.state.prompt_results))
    assert [result.met for result in model.state.prompt_results] == [False, False, False]
    model.set_value("instruction", "Write three lines.")
    model.set_value("case", 'Message: """Order 48213."""')
    qtbot.waitUntil(lambda: all(result.met for result in model.state.prompt_results))
    model.set_value("instruction", "")
    qtbot.waitUntil(lambda: not model.state.prompt_results[0].met)
    assert model.state.prompt_results[2].met, "what cannot be sent yet is looked at as it is typed"


@pytest.mark.parametrize("samples", [(), (CARELESS,)])
def test_without_a_good_one_nothing_is_offered(
    start: Start, theme: Theme, qtbot: QtBot, samples: tuple[Sample, ...]
) -> None:
    pane = panel(start, theme, qtbot, replace(PRACTICE, samples=samples))
    ran(pane._model, qtbot)
    assert not pane.sample.isVisible()


def test_an_exercise_of_one_run_offers_it_too(start: Start, services: Services, theme: Theme, qtbot: QtBot) -> None:
    run = start().inputs
    after = AfterRun(theme, replace(PRACTICE, samples=(GOOD,)), run)
    qtbot.addWidget(after)
    after.show()
    assert not after.sample.isVisible()
    run.changed.emit(replace(run.state, phase="done", answer="Come on Tuesday."))
    assert after.sample.isVisible() and "What to look for" in after.look_for.text
    after.sample.toggle.click()
    after.sample.use.click()
    assert run.values["prompt"] == GOOD.values["prompt"]
