"""Measuring a model from start to card, with a scripted worker and with the real one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from builders_of_scorecards import SETS

from desktop_app.errors import ModelError
from desktop_app.jobs import Job, Progress, finish
from desktop_app.practice.scorecard import asking
from desktop_app.practice.scorecard.asking import ask_all, questions
from desktop_app.practice.scorecard.cards import cards
from desktop_app.practice.scorecard.running import Extent, machine, make_card, measure
from desktop_app.practice.scorecard.scorecard import Scorecard, Try
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import ModelFile, bundled_model
from desktop_app.storage.locations import Locations

FAKE = Path(__file__).parents[2] / "helpers" / "fake_model.py"
SMALL = Extent((1, 2), most_tasks=1, probes=2)  # 32 tries


def scripted(**script: object) -> Callable[[ModelFile], ModelClient]:
    """A client of a worker with a script; by default every answer is the same two words."""
    words = {"answers": [[{"say": "The text "}, {"say": "does not say."}]]} | script
    return lambda model: ModelClient(model, command=[sys.executable, str(FAKE), json.dumps(words)])


def locations_of(profile: Path) -> Locations:
    return replace(Locations.find(profile), content=())


def steps_of(job: Job[Scorecard]) -> tuple[Scorecard, list[object]]:
    steps = []
    while True:
        try:
            steps.append(next(job))
        except StopIteration as end:
            return end.value, steps


def test_a_card_is_made_kept_and_found_again(profile: Path) -> None:
    locations = locations_of(profile)
    card, steps = steps_of(make_card(bundled_model(), locations, SMALL, client=scripted()))
    assert card.model_sha256 == bundled_model().sha256 and card.quick and card.seeds == (1, 2)
    assert card.sets == tuple((each.id, each.sha256) for each in SETS)
    assert len(card.tries) == len([step for step in steps if isinstance(step, Try)]) == 32
    assert (
        card.costs.load_bytes == card.costs.end_bytes == 2**20
        and card.costs.load_ms > 0
        and len(card.costs.probes) == 2
    )
    assert cards(locations, card.model_sha256)[0] == card
    assert card.machine == machine()


def test_progress_grows_to_its_total_and_says_what_is_asked(profile: Path) -> None:
    _, steps = steps_of(make_card(bundled_model(), locations_of(profile), SMALL, client=scripted()))
    told = [step for step in steps if isinstance(step, Progress) and step.total == 34]
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert told[-1].done == 34
    assert {each.note for each in told} >= {"Loading the model", "Taking times", *(each.name for each in SETS)}


def test_a_stopped_run_goes_on_where_it_was_and_a_repeated_one_asks_nothing(profile: Path) -> None:
    locations = locations_of(profile)
    job, seen = make_card(bundled_model(), locations, SMALL, client=scripted()), 0
    while seen < 10:
        seen += isinstance(next(job), Try)
    job.close()
    assert not cards(locations, bundled_model().sha256) or not locations.scorecards.exists()
    # from here on the worker would say something else, so what was said before is kept
    card, _ = steps_of(
        make_card(bundled_model(), locations, SMALL, client=scripted(answers=[[{"say": "New "}, {"say": "words"}]]))
    )
    assert [each.text for each in card.tries[:10]] == ["The text does not say."] * 10
    assert {each.text for each in card.tries[10:]} == {"New words"}
    again, _ = steps_of(
        make_card(bundled_model(), locations, SMALL, client=scripted(answers=[[{"say": "Newer "}, {"say": "words"}]]))
    )
    assert again.tries == card.tries
    assert again.costs is not card.costs


@pytest.mark.parametrize("after", [1, 3, 40])
def test_a_run_that_is_stopped_anywhere_leaves_no_process(profile: Path, after: int) -> None:
    clients: list[ModelClient] = []

    def client(model: ModelFile) -> ModelClient:
        clients.append(scripted(answers=[[{"until_cancel": "word "}]])(model))
        return clients[-1]

    job = make_card(bundled_model(), locations_of(profile), SMALL, client=client)
    for _ in range(after):
        next(job)
    job.close()
    assert all(each.pid is None for each in clients)


def test_a_worker_that_dies_once_fails_one_try_which_is_asked_again_the_next_time(profile: Path) -> None:
    wanted = questions(SETS[:1], (1,), most_tasks=2)
    profile.mkdir()
    with ResultStore(profile / "results.db") as store:
        with scripted(answers=[[{"say": "Half"}, {"crash": 9}]])(bundled_model()) as client:
            job = ask_all(wanted[:1], client, "x", store)
            (died,) = finish(job)
        assert not died.passed and "The model stopped" in died.why[0] and died.text == "Half"
        with scripted()(bundled_model()) as client:
            (asked, *_) = finish(ask_all(wanted, client, "x", store))
        assert asked.text == "The text does not say."


def test_a_worker_that_keeps_dying_ends_the_run_in_a_sentence(profile: Path) -> None:
    profile.mkdir()
    wanted = questions(SETS[:1], (1,), most_tasks=None)
    with ResultStore(profile / "results.db") as store, scripted(answers=[[{"crash": 9}]])(bundled_model()) as client:
        job = ask_all(wanted, client, "x", store)
        with pytest.raises(ModelError, match="3 times in a row"):
            finish(job)


def test_a_task_too_long_for_a_model_fails_and_the_rest_goes_on(profile: Path) -> None:
    profile.mkdir()
    answers = [[{"refuse": ["context", "too long", 40]}], [{"say": "Fine"}]]
    with ResultStore(profile / "results.db") as store, scripted(answers=answers)(bundled_model()) as client:
        first, second = finish(ask_all(questions(SETS[:1], (1,), most_tasks=1), client, "x", store))
    assert "too long" in first.why[0] and second.text == "Fine"


def test_a_model_that_does_not_start_is_told(profile: Path) -> None:
    with pytest.raises(ModelError, match="cannot load"):
        finish(make_card(bundled_model(), locations_of(profile), SMALL, client=scripted(start="load")))


def test_whatever_decides_an_answer_is_in_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = questions(SETS[:2], (1, 2), most_tasks=1)[:2]
    assert one.key("a") == questions(SETS[:2], (1, 2), most_tasks=1)[0].key("a")
    longer = replace(one, task_set=replace(one.task_set, max_tokens=61))
    worded = replace(one, task_set=replace(one.task_set, system="Other."))
    keys = [
        one.key("a"),
        one.key("b"),
        other.key("a"),
        longer.key("a"),
        worded.key("a"),
        replace(one, form="plain").key("a"),
    ]
    monkeypatch.setattr(asking, "__version__", "9.9.9")
    assert len({*keys, one.key("a")}) == 7


@pytest.mark.model
def test_the_bundled_model_is_measured_for_real_and_the_same_twice(profile: Path) -> None:
    one, sets, found = Extent((1,), most_tasks=2, probes=1), (SETS[3], SETS[6]), []
    for _ in range(2):
        with ResultStore(None) as store, ModelClient(bundled_model()) as client:
            found.append(finish(measure(client, bundled_model().sha256, sets, store, one)))
    card, again = found
    (probe,) = card.costs.probes
    assert probe.first_token_ms >= probe.read_ms > 0 and probe.tokens_per_second > 0 and probe.read_tokens > 50
    assert card.costs.end_bytes > 100_000_000
    assert all(each.text or each.why for each in card.tries) and all(each.prompt_tokens for each in card.tries)
    assert [each.text for each in again.tries] == [each.text for each in card.tries]
