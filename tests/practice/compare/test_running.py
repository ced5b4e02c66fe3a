"""Running a comparison: each cell once, model by model, failures where they happen, on from the very cell after a stop."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from desktop_app.errors import AppError, ModelError
from desktop_app.jobs import Job, Progress, finish
from desktop_app.practice.compare.columns import read_column
from desktop_app.practice.compare.comparison import Cell, CellKey, Plan
from desktop_app.practice.compare.planning import Side, inputs_of, make_plan, sides_again, sides_of
from desktop_app.practice.compare.running import Answers, Begun, Writing, run_cells
from desktop_app.sandbox.client import Answer, ContextOverflowError, ModelClient, Piece
from desktop_app.sandbox.models.catalogue import ModelFile, ModelId, bundled_model
from desktop_app.sandbox.protocol import GenerationParameters, Timings
from tests.helpers.prompt_files import library_in, write_prompt

FAKE = Path(__file__).parents[2] / "helpers" / "fake_model.py"
SMALL = bundled_model()
BIG = replace(SMALL, id=ModelId("big"), name="Big", sha256="b" * 64)


def find(model_id: str) -> ModelFile:
    return {"": SMALL, SMALL.id: SMALL, "big": BIG}[model_id]


class ScriptedClient:
    """A client that answers with what it was asked, and remembers in which order and on which model.

    fail maps the number of a request (from 0) to what is raised or answered instead.
    """

    def __init__(self, fail: dict[int, Exception | Answer] | None = None) -> None:
        self.model, self.adapters = SMALL, cast(tuple[Any, ...], ())
        self.asked: list[tuple[str, str, int, int]] = []
        self.schemas: list[str] = []
        self.used: list[tuple[str, tuple[Any, ...]]] = []
        self._fail = fail or {}

    def use(self, model: ModelFile, adapters: Sequence[Any] = ()) -> None:
        self.model, self.adapters = model, tuple(adapters)

    def generate(
        self,
        messages: Sequence[tuple[str, str]],
        parameters: GenerationParameters,
        *,
        seed: int,
        keep_turns: int,
        schema: str,
        on: tuple[ModelFile, Sequence[Any]] | None = None,
    ) -> Job[Answer]:
        number = len(self.asked)
        model, adapters = on or (self.model, self.adapters)
        self.used.append((model.id, tuple(adapters)))
        self.asked.append((model.id, messages[-1][1], seed, keep_turns))
        self.schemas.append(schema)
        yield Progress(0, None, "The model is working")
        failure = self._fail.get(number)
        if isinstance(failure, Exception):
            raise failure
        if failure is not None:
            yield Piece(failure.text)
            return failure
        yield Piece("You said ")
        yield Piece(messages[-1][1])
        return Answer(f"You said {messages[-1][1]}", "end", "", Timings(seed=seed, completion_tokens=3))


def planned(
    *columns: str, rows: Sequence[dict[str, str]] = ({"notes": "one"},), folder: Path = Path()
) -> tuple[Plan, tuple[Side, ...]]:
    sides = sides_of([read_column(text) for text in columns], library_in(folder), find)
    return make_plan(sides, rows), sides


def drive(plan: Plan, sides: Sequence[Side], client: Any, **more: Any) -> tuple[list[object], dict[CellKey, Cell]]:
    steps = list(run_cells(plan, sides, client, **more))
    return steps, {step.place: step for step in steps if isinstance(step, Cell)}


ROWS = [{"notes": "one"}, {"notes": "two"}]
SEEDS = ("seed=1,text=Say {{notes}}", "seed=2,text=Say {{notes}}")


def test_every_cell_is_begun_streamed_and_given_with_its_seed_and_figures() -> None:
    plan, sides = planned(*SEEDS)
    steps, cells = drive(plan, sides, ScriptedClient())
    assert [step for step in steps if isinstance(step, Begun)] == [Begun(0, 0), Begun(0, 1)]
    assert [step for step in steps if isinstance(step, Writing)][:2] == [
        Writing(0, 0, "You said ", True), Writing(0, 0, "Say one"),
    ]  # fmt: skip
    assert cells[0, 1] == Cell(0, 1, "You said Say one", 2, "end", timings=Timings(seed=2, completion_tokens=3))
    counts = [(step.done, step.total) for step in steps if isinstance(step, Progress) and step.total]
    assert counts == [(0, 2), (1, 2), (2, 2)]


def test_columns_of_one_model_run_together_and_the_model_in_use_comes_back() -> None:
    columns = (SEEDS[0], "model=big,seed=1,text=Say {{notes}}", SEEDS[1])
    plan, sides = planned(*columns, rows=ROWS)
    client = ScriptedClient()
    drive(plan, sides, client)
    assert [(model, text, seed) for model, text, seed, _ in client.asked] == [
        (SMALL.id, "Say one", 1), (SMALL.id, "Say one", 2), (SMALL.id, "Say two", 1), (SMALL.id, "Say two", 2),
        ("big", "Say one", 1), ("big", "Say two", 1),
    ]  # fmt: skip
    assert client.model == SMALL


def test_turns_before_the_first_input_are_kept_and_a_prompts_schema_holds(tmp_path: Path) -> None:
    turns = [
        {"role": "system", "content": "Be short."}, {"role": "user", "content": "Example"},
        {"role": "assistant", "content": "Fine"}, {"role": "user", "content": "{{notes}}"},
    ]  # fmt: skip
    schema = '{"type": "object"}'
    fields: dict[str, Any] = {"inputs": [{"name": "notes", "label": "Notes"}]}
    write_prompt(tmp_path, version=1, messages=turns, **fields)
    write_prompt(
        tmp_path, version=2, messages=[turns[0], turns[3]], responseFormat="json_schema", jsonSchema=schema, **fields
    )
    client = ScriptedClient()
    drive(*planned("prompt=answer-invoice@1", "prompt=answer-invoice@2", folder=tmp_path), client)
    assert [turns for *_, turns in client.asked] == [3, 1]
    assert client.schemas[0] == "" and '"object"' in client.schemas[1]


def test_what_others_choose_between_two_cells_changes_no_cell_and_stays_chosen() -> None:
    plan, sides = planned(SEEDS[0], "model=big,seed=1,text=Say {{notes}}", rows=ROWS)
    client = ScriptedClient()
    for step in run_cells(plan, sides, cast(ModelClient, client)):
        if isinstance(step, Cell):
            client.use(replace(SMALL, id=ModelId("third"), sha256="c" * 64))
    assert [model for model, *_ in client.asked] == [SMALL.id, SMALL.id, "big", "big"]
    assert client.model.id == "third"


def test_adapters_stay_with_the_model_they_belong_to() -> None:
    client = ScriptedClient()
    client.adapters = ("an adapter",)
    drive(*planned(SEEDS[0], "model=big,seed=1,text=Say {{notes}}", rows=ROWS), client)
    assert client.used == [(SMALL.id, ("an adapter",))] * 2 + [("big", ())] * 2


def test_the_same_answer_is_made_once_in_a_session() -> None:
    known: Answers = {}
    client = ScriptedClient()
    plan, sides = planned(*SEEDS, rows=[*ROWS, ROWS[0]])
    _, cells = drive(plan, sides, client, known=known)
    assert len(client.asked) == 4 and cells[2, 0].kept and cells[2, 0].text == cells[0, 0].text
    again, sides = planned(SEEDS[1], "seed=3,text=Say {{notes}}")
    _, cells = drive(again, sides, client, known=known)
    assert len(client.asked) == 5 and [cells[0, at].kept for at in (0, 1)] == [True, False]


def test_a_cell_that_fails_says_why_and_the_others_go_on() -> None:
    plan, sides = planned(*SEEDS, rows=ROWS)
    _, cells = drive(plan, sides, ScriptedClient({1: ContextOverflowError(200, 2048), 2: ModelError("No such file.")}))
    assert [bool(cells[place].problem) for place in ((0, 0), (0, 1), (1, 0), (1, 1))] == [False, True, True, False]
    assert "200 tokens too long" in cells[0, 1].problem and cells[1, 0].problem == "No such file."


def test_a_worker_that_dies_is_asked_once_more_and_twice_is_a_failure() -> None:
    dead = Answer("Half", "died", "The model stopped: it was killed.", Timings())
    client = ScriptedClient({0: dead, 2: dead, 3: dead})
    steps, cells = drive(*planned(*SEEDS), client)
    assert cells[0, 0].problem == "" and cells[0, 0].text == "You said Say one"
    assert (cells[0, 1].text, cells[0, 1].problem) == ("Half", "The model stopped: it was killed.")
    started = [step.text for step in steps if isinstance(step, Writing) and step.started]
    assert started == ["Half", "You said ", "Half", "Half"], "a new try replaces what was shown"


def test_a_real_process_that_crashes_in_the_middle_costs_no_answer() -> None:
    script = {"answers": [[{"say": "Hello"}], [{"say": "Ha"}, {"crash": 9}]]}
    with ModelClient(SMALL, command=[sys.executable, str(FAKE), json.dumps(script)]) as client:
        _, cells = drive(*planned(*SEEDS), client)
    assert [cell.text for cell in cells.values()] == ["Hello", "Hello"]
    assert not any(cell.problem for cell in cells.values())


@pytest.mark.parametrize("stop_after", range(1, 7))
def test_after_a_stop_at_any_cell_only_the_rest_and_the_failed_are_run(stop_after: int) -> None:
    plan, sides = planned(*SEEDS, "seed=3,text=Say {{notes}}", rows=ROWS)
    there: dict[CellKey, Cell] = {}
    first = ScriptedClient({0: ModelError("Busy.")})
    job = run_cells(plan, sides, first)  # type: ignore[arg-type]
    for step in job:
        if isinstance(step, Cell):
            there[step.place] = step
            if len(there) == stop_after:
                break
    job.close()
    assert first.model == SMALL
    second = ScriptedClient()
    _, rest = drive(plan, sides, second, there=there)
    assert set(rest) == {(0, 0), *(place for place in _places(plan) if place not in there)}
    assert set(there | rest) == set(_places(plan))
    assert not any(cell.problem for cell in (there | rest).values())


def _places(plan: Plan) -> list[CellKey]:
    return [(row, at) for row in range(len(plan.rows)) for at in range(len(plan.columns))]


# -- planning ------------------------------------------------------------------------------------------------------------


def test_columns_without_a_seed_share_one_so_that_nothing_else_differs() -> None:
    plan, _ = planned("temperature=0.1,text={{notes}}", "temperature=0.9,text={{notes}}", "seed=5,text={{notes}}")
    first, second, third = (column.seed for column in plan.columns)
    assert first == second is not None and third == 5
    assert plan.models == (SMALL.sha256,) * 3 and {column.model_id for column in plan.columns} == {SMALL.id}


@pytest.mark.parametrize(
    ("columns", "rows", "said"),
    [
        ((SEEDS[0], SEEDS[0]), ROWS, "Two columns are the same"),
        (SEEDS, [], "nothing to compare on"),
        (SEEDS, [{"notes": " "}], "^Notes is needed"),
        (SEEDS, [{"notes": "x"}, {"notes": ""}], "^Row 2: Notes is needed"),
    ],
)
def test_what_cannot_be_compared_is_said_before_anything_runs(
    columns: tuple[str, ...], rows: list[dict[str, str]], said: str
) -> None:
    with pytest.raises(AppError, match=said):
        planned(*columns, rows=rows)


def test_each_column_takes_only_its_own_inputs() -> None:
    plan, sides = planned("text=About {{topic}}", "text=For {{reader}}", rows=[{"topic": "a", "reader": "b"}])
    _, cells = drive(plan, sides, ScriptedClient())
    assert [cell.text for cell in cells.values()] == ["You said About a", "You said For b"]
    assert [item.name for item in inputs_of(sides)] == ["topic", "reader"]


def test_a_plan_whose_model_is_another_file_now_does_not_go_on() -> None:
    plan, _ = planned(*SEEDS)
    assert len(sides_again(plan, library_in(Path()), find)) == 2
    with pytest.raises(AppError, match="is another file"):
        sides_again(replace(plan, models=("0" * 64,) * 2), library_in(Path()), find)


@pytest.mark.model
def test_on_the_real_model_the_same_seed_says_the_same_and_another_does_not() -> None:
    column = "max_tokens=8,temperature=0.9,text=Name a colour and {{notes}}."
    plan, sides = planned(f"seed=1,{column}", f"seed=2,{column}")
    with ModelClient(SMALL) as client:
        _, cells = drive(plan, sides, client)
        _, again = drive(plan, sides, client)
        assert [cell.text for cell in cells.values()] == [cell.text for cell in again.values()]
        assert cells[0, 0].text != cells[0, 1].text and cells[0, 0].timings.completion_tokens == 8
        assert finish(client.start()).model_id == SMALL.id
