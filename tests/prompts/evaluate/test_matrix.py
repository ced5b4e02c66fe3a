"""Running tests: what is asked of the model, what comes from the store, what got better or worse, and a clean stop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import Progress, finish
from desktop_app.prompts.evaluate.matrix import ModelUnderTest, Result, VersionUnderTest, run_matrix
from desktop_app.prompts.evaluate.models import file_hash, model_file, model_under_test
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.prompts.evaluate.suite import read_suite
from desktop_app.prompts.evaluate.summary import differences, regressions, standing, summarise
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from tests.helpers.prompt_suites import SAYS_TENT, a_version, fake, results_of, with_suite

FACTS = {
    "messages": [
        {"role": "user", "content": "My rope is late."}, {"role": "assistant", "content": "Topic: delivery"},
        {"role": "user", "content": "The zip of my jacket broke."}, {"role": "assistant", "content": "Topic: repair"},
        {"role": "user", "content": "{{message}}"},
    ],
    "modelParameters": {"temperature": 0, "repeatPenalty": 1.0, "maxTokens": 8},
}  # fmt: skip
NAMES_TOPIC = [{"vars": {"message": "My parcel is late."}, "assert": [{"type": "starts-with", "value": "Topic: "}]}]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResultStore]:
    with ResultStore(tmp_path / "results.db") as opened:
        yield opened


@pytest.fixture
def models() -> Iterator[list[ModelUnderTest]]:
    made: list[ModelUnderTest] = []
    yield made
    for model in made:
        model.client.close()


def run(
    versions: Any,
    models: list[ModelUnderTest],
    model: ModelUnderTest,
    store: ResultStore,
    seeds: Any = (1,),
    **options: Any,
) -> list[Result]:
    models.append(model)
    wanted = versions if isinstance(versions, list) else [versions]
    return list(finish(run_matrix(wanted, [model], seeds, store, **options)))


def test_every_case_runs_with_every_seed_and_streams(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    model = fake("a tent", "a rope")
    models.append(model)
    two = [SAYS_TENT[0], SAYS_TENT[0] | {"vars": {"message": "Another."}}]
    streamed, other = results_of(run_matrix([with_suite(tmp_path, tests=two)], [model], [1, 2], store))
    assert [(r.case.title, r.seed, r.passed) for r in streamed] == [
        ("“My tent leaks.”", 1, True), ("“My tent leaks.”", 2, False), ("“Another.”", 1, False), ("“Another.”", 2, False),
    ]  # fmt: skip
    counts = [(step.done, step.total) for step in other if isinstance(step, Progress)]
    assert counts[0] == (0, 4) and counts[-1] == (4, 4) and counts == sorted(counts)


def test_an_unchanged_matrix_needs_no_model(tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]) -> None:
    version = with_suite(tmp_path)
    first = run(version, models, fake("a tent"), store, (1, 2))
    absent = fake([{"crash": 3}])
    again = run(version, models, absent, store, (1, 2))
    assert [r.output for r in again] == [r.output for r in first] and all(r.from_store for r in again)
    assert absent.client.state == "off" and [r.change for r in again] == ["same", "same"]


def test_fresh_asks_again(tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]) -> None:
    version = with_suite(tmp_path)
    run(version, models, fake("a tent"), store)
    [again] = run(version, models, fake("a rope"), store, fresh=True)
    assert again.output.text == "a rope" and again.change == "regressed"


def test_an_edited_assertion_is_judged_on_the_kept_answer(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    run(with_suite(tmp_path / "1"), models, fake("a tent"), store)
    stricter = [SAYS_TENT[0] | {"assert": [{"type": "equals", "value": "tent"}]}]
    [again] = run(with_suite(tmp_path / "2", tests=stricter), models, fake([{"crash": 3}]), store)
    assert again.from_store and not again.passed and again.change == "regressed"


@pytest.mark.parametrize(
    "change",
    [
        {"messages": [{"role": "user", "content": "Other: {{message}}"}]},
        {"modelParameters": {"temperature": 0.9}},
        {"tests": [SAYS_TENT[0] | {"vars": {"message": "Other"}}]},
    ],
)
def test_whatever_goes_in_differently_is_asked_anew(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest], change: dict[str, Any]
) -> None:
    run(with_suite(tmp_path / "1"), models, fake("a tent"), store)
    [again] = run(with_suite(tmp_path / "2", **change), models, fake("a rope"), store)
    assert not again.from_store and again.output.text == "a rope"


def test_another_model_file_or_seed_is_asked_anew(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    version = with_suite(tmp_path)
    run(version, models, fake("a tent"), store)
    [other] = run(version, models, fake("a rope", sha256="e" * 64), store)
    assert not other.from_store and other.change == "regressed"
    [seed] = run(version, models, fake("a stove"), store, (2,))
    assert not seed.from_store and seed.change == "new"


def test_what_is_only_described_otherwise_is_not(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    run(with_suite(tmp_path / "1"), models, fake("a tent"), store)
    [again] = run(with_suite(tmp_path / "2", description="Other words."), models, fake([{"crash": 3}]), store)
    assert again.from_store


def test_results_are_out_of_date_when_prompt_or_model_changed(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    version, model = with_suite(tmp_path / "1"), fake("a tent")
    assert standing(store, version, model) is None
    run(version, models, model, store, (1, 2))
    now = standing(store, version, model)
    assert now and (now.rate.passed, now.rate.total, now.stale) == (2, 2, "")
    changed = with_suite(tmp_path / "2", description="Other words.")
    assert "prompt was changed" in standing(store, changed, model).stale  # type: ignore[union-attr]
    other_file = ModelUnderTest(model.id, "e" * 64, model.client)
    assert "model file was changed" in standing(store, version, other_file).stale  # type: ignore[union-attr]


def test_stored_results_can_be_read_without_a_model(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    version = with_suite(tmp_path)
    run(version, models, fake("a tent"), store)
    idle = fake([{"crash": 3}])
    [known] = run(version, models, idle, store, (1, 2), ask=False)
    assert known.passed and idle.client.state == "off"


def test_a_stop_keeps_what_was_done(tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]) -> None:
    version, model = with_suite(tmp_path), fake("a tent")
    models.append(model)
    job = run_matrix([version], [model], [1, 2, 3], store)
    for step in job:
        if isinstance(step, Result) and step.seed == 2:
            break
    job.close()
    again = run(version, models, fake("a rope"), store, (1, 2, 3))
    assert [(r.from_store, r.passed) for r in again] == [(True, True), (True, True), (False, False)]


def test_a_model_that_dies_fails_that_case_only_and_is_asked_again_the_next_time(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    version = with_suite(tmp_path)
    one, two = run(version, models, fake([{"say": "a tent"}, {"crash": 3}]), store, (1, 2))
    assert not one.passed and "stopped" in one.grade.why and not two.passed
    assert all(r.passed and not r.from_store for r in run(version, models, fake("a tent"), store, (1, 2)))


def test_values_that_do_not_fit_fail_without_the_model(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    suite = with_suite(tmp_path / "1").suite
    other = a_version(
        tmp_path / "2", messages=[{"role": "user", "content": "{{text}}"}], inputs=[{"name": "text", "label": "Text"}]
    )
    idle = fake([{"crash": 3}])
    [result] = run(VersionUnderTest(other, suite), models, idle, store)
    assert "no input 'message'" in result.grade.why and idle.client.state == "off"


def test_two_versions_are_compared_case_by_case(
    tmp_path: Path, store: ResultStore, models: list[ModelUnderTest]
) -> None:
    two = [SAYS_TENT[0], SAYS_TENT[0] | {"vars": {"message": "Another."}}]
    old = run(with_suite(tmp_path / "1", tests=two), models, fake("a tent", "a rope"), store, record=False)
    new = run(
        with_suite(tmp_path / "2", tests=two), models, fake("a rope", "a tent", sha256="e" * 64), store, record=False
    )
    worse, better = differences(old, new)
    assert worse.is_regression and (worse.old.output.text, worse.new.output.text) == ("a tent", "a rope")
    assert not better.is_regression
    assert not regressions(old + new)  # they are the same version
    assert not store.latest("answer-invoice", 1, "fake"), "a comparison leaves the history alone"


def test_a_draft_leaves_nothing_on_disk(tmp_path: Path, models: list[ModelUnderTest]) -> None:
    version, before = with_suite(tmp_path / "library"), set(tmp_path.rglob("*"))
    with ResultStore(None) as memory:
        run(version, models, fake("a secret plan with a tent"), memory)
        [again] = run(version, models, fake([{"crash": 3}]), memory)
        assert again.from_store
    assert set(tmp_path.rglob("*")) == before


def test_a_model_file_is_hashed_once_while_it_stays_the_same(tmp_path: Path, store: ResultStore) -> None:
    file = tmp_path / "some.gguf"
    file.write_bytes(b"one")
    steps = list(file_hash(file, store))
    assert steps and list(file_hash(file, store)) == []
    first = finish(file_hash(file, store))
    file.write_bytes(b"other")
    assert finish(file_hash(file, store)) != first


@pytest.mark.parametrize("name", ["nothing-like-this", "missing.gguf"])
def test_a_model_that_is_not_there_is_named(store: ResultStore, name: str) -> None:
    with pytest.raises(ModelError, match=name):
        finish(model_file(name, store))


# -- the real model --------------------------------------------------------------------------------------------------------


@pytest.mark.model
def test_a_worsened_prompt_is_a_regression_with_both_answers(tmp_path: Path, store: ResultStore) -> None:
    with ModelClient(bundled_model()) as client:
        model = finish(model_under_test(client, store))
        assert model.sha256 == bundled_model().sha256
        good = with_suite(tmp_path / "1", **FACTS, tests=NAMES_TOPIC)
        [first] = finish(run_matrix([good], [model], [1], store))
        assert first.passed, first.output.text
        worse = FACTS | {"messages": FACTS["messages"][-1:]}
        [second] = finish(run_matrix([with_suite(tmp_path / "2", **worse, tests=NAMES_TOPIC)], [model], [1], store))
    assert second.change == "regressed" and second.before is not None
    assert store.text(second.before.output_key) == first.output.text != second.output.text
    assert first.output.total_ms >= first.output.first_token_ms > 0 and 0 < first.output.completion_tokens <= 8
    [summary] = summarise([second])
    assert summary.regressed == (second,)


@pytest.mark.model
def test_a_gguf_file_can_be_tested_like_the_bundled_model(tmp_path: Path, store: ResultStore) -> None:
    file = finish(model_file(str(bundled_model().path), store))
    assert file.sha256 == bundled_model().sha256 and file.path == bundled_model().path
    version = a_version(tmp_path, **FACTS, tests=NAMES_TOPIC)
    with ModelClient(file) as client:
        model = finish(model_under_test(client, store))
        [result] = finish(run_matrix([VersionUnderTest(version, read_suite(version))], [model], [1], store))
    assert result.passed
