"""What is known of a version's tests without a model: own results, what they were before, the library's, and whether they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.jobs import finish
from desktop_app.prompts.evaluate.matrix import run_matrix
from desktop_app.prompts.evaluate.overview import overview
from desktop_app.prompts.evaluate.results import ResultStore
from desktop_app.prompts.evaluate.shipped import shipped
from desktop_app.prompts.evaluate.summary import summarise
from tests.helpers.prompt_suites import SAYS_TENT, fake, with_suite


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ResultStore]:
    with ResultStore(tmp_path / "results.db") as opened:
        yield opened


def test_nothing_is_known_of_what_was_never_tested(tmp_path: Path, store: ResultStore) -> None:
    known = overview(with_suite(tmp_path), fake("a tent"), (1, 2), store)
    assert (known.rate, known.source, known.stale, known.missing, known.day) == (None, "", "", 2, None)
    assert known.passed(known.tested.suite.cases[0].key, 1) is None


def test_what_got_worse_is_known_until_it_changes_again(tmp_path: Path, store: ResultStore) -> None:
    version, model, worse = with_suite(tmp_path), fake("a tent"), fake("a rope", sha256="e" * 64)
    with model.client, worse.client:
        finish(run_matrix([version], [model], (1,), store))
        finish(run_matrix([version], [worse], (1,), store))
        [new] = overview(version, worse, (1,), store).results
        [again] = finish(run_matrix([version], [worse], (1,), store))
    assert new.change == "regressed" and new.before is not None and new.before.text == "a tent"
    assert again.change == "same"
    known = overview(version, worse, (1,), store).with_results([again])
    assert known.results[0].change == "regressed" and known.results[0].from_store


def test_a_run_of_a_changed_file_replaces_what_no_longer_holds(tmp_path: Path, store: ResultStore) -> None:
    version, model = with_suite(tmp_path / "1"), fake("a tent")
    other = with_suite(tmp_path / "2", messages=[{"role": "user", "content": "Say: {{message}}"}])
    with model.client:
        finish(run_matrix([version], [model], (1, 2), store))
        known = overview(version, model, (1, 2), store)
        changed = overview(other, model, (1, 2), store)
        [one] = finish(run_matrix([other], [model], (1,), store))
    assert changed.source == "old" and "prompt was changed" in changed.stale and changed.missing == 2
    assert changed.rate is not None and changed.rate.passed == 2
    assert known.with_results([one]).results == (one,)
    half = changed.with_results([one])
    assert (half.source, half.stale, half.missing) == ("own", "", 1)


def test_results_that_are_read_again_keep_what_was_said_of_them(tmp_path: Path, store: ResultStore) -> None:
    version, model = with_suite(tmp_path), fake("a tent")
    with model.client:
        new = finish(run_matrix([version], [model], (1,), store))
    before = overview(version, model, (1,), store).with_results(new)
    read = overview(version, model, (1,), store)
    assert read.results[0].from_store and not read.keeping(before).results[0].from_store
    assert read.keeping(None) == read


def test_the_librarys_results_stand_in_where_there_are_no_own(tmp_path: Path, store: ResultStore) -> None:
    two = [*SAYS_TENT, SAYS_TENT[0] | {"vars": {"message": "The rope tore."}}]
    version, model = with_suite(tmp_path, tests=two), fake("a tent", "a rope")
    with model.client:
        told = shipped(summarise(finish(run_matrix([version], [model], (1,), store)))[0])
    with ResultStore(None) as empty:
        known = overview(version, model, (1, 2), empty, [told])
        assert known.source == "library" and known.rate is not None and (known.rate.passed, known.rate.total) == (1, 2)
        keys = [case.key for case in version.suite.cases]
        assert [known.passed(key, seed) for key in keys for seed in (1, 2)] == [True, None, False, None]
        assert known.day == told.date and known.stale == ""
        other = overview(version, model, (1, 2), empty, [replace(told, content_hash="0" * 64)])
        assert "prompt was changed" in other.stale
        assert (
            "model file is another" in overview(version, model, (1,), empty, [replace(told, model_hash="0" * 64)]).stale
        )
