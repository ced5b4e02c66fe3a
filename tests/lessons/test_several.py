"""The same prompt with several seeds: in order, streaming, stopped with what is there kept; and what differs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.jobs import Progress
from desktop_app.lessons.several import SeedAnswer, SeedPiece, against_first, run_seeds, same_as
from desktop_app.prompts.run import RunRequest, from_text
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model

FAKE = Path(__file__).parents[1] / "helpers" / "fake_model.py"
SEEDS = (7, 8, 9)


@pytest.fixture
def client(request: pytest.FixtureRequest) -> Iterator[ModelClient]:
    answers: list[list[dict[str, Any]]] = request.param
    script = json.dumps({"answers": answers})
    with ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script]) as made:
        yield made


def requests() -> list[RunRequest]:
    return [from_text("Say something.", seed=seed) for seed in SEEDS]


def steps(client: ModelClient, stopped: Event, on_piece: object = None) -> tuple[list[object], int]:
    job, seen = run_seeds(client, requests(), stopped), []
    while True:
        try:
            step = next(job)
        except StopIteration as end:
            return seen, end.value
        seen.append(step)
        if isinstance(step, SeedPiece) and callable(on_piece):
            on_piece(step)


THREE = [[{"say": "One "}, {"say": "two."}], [{"say": "Two."}], [{"say": "Three."}]]


@pytest.mark.parametrize("client", [THREE], indirect=True)
def test_each_seed_is_answered_in_turn_and_streams(client: ModelClient) -> None:
    seen, count = steps(client, Event())
    answers = [step for step in seen if isinstance(step, SeedAnswer)]
    assert [(one.at, one.request.seed, one.answer.text) for one in answers] == [
        (0, 7, "One two."), (1, 8, "Two."), (2, 9, "Three."),
    ]  # fmt: skip
    assert "".join(step.text for step in seen if isinstance(step, SeedPiece) and step.at == 0) == "One two."
    assert ("Answer 2 of 3", 3) in [(step.note, step.total) for step in seen if isinstance(step, Progress)]
    assert count == 3


@pytest.mark.parametrize("client", [[THREE[0], [{"until_cancel": "on and "}]]], indirect=True)
def test_a_stop_keeps_what_is_there_and_asks_no_more(client: ModelClient) -> None:
    stopped = Event()

    def stop(piece: SeedPiece) -> None:
        if piece.at == 1:
            stopped.set()
            client.cancel()

    seen, count = steps(client, stopped, stop)
    answers = [step for step in seen if isinstance(step, SeedAnswer)]
    assert [one.answer.stop_reason for one in answers] == ["end", "cancelled"]
    assert answers[1].answer.text.startswith("on and ")
    assert count == 2


@pytest.mark.parametrize("client", [THREE], indirect=True)
def test_a_stop_between_answers_ends_it(client: ModelClient) -> None:
    stopped = Event()
    job = run_seeds(client, requests(), stopped)
    while not isinstance(next(job), SeedAnswer):
        pass
    stopped.set()
    with pytest.raises(StopIteration) as end:
        next(job)
    assert end.value.value == 1


@pytest.mark.parametrize("client", [[THREE[0], [{"say": "Half"}, {"crash": 3}]]], indirect=True)
def test_a_model_that_dies_is_the_last_answer(client: ModelClient) -> None:
    seen, count = steps(client, Event())
    assert [step.answer.stop_reason for step in seen if isinstance(step, SeedAnswer)] == ["end", "died"]
    assert count == 2


def test_equal_answers_are_told() -> None:
    assert same_as(["A b", "c", "A  b\n", "c"]) == (None, None, 0, 1)


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_pieces_against_the_first_give_the_text(first: str, other: str) -> None:
    changes = against_first(first, other)
    assert "".join(change.text for change in changes) == other
    if first == other:
        assert all(change.kind == "same" for change in changes)
