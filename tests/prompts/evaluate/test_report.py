"""What people, scripts and pipelines read of a test run, and the results a library ships."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import ContentError, StoreError
from desktop_app.prompts.evaluate.assertions import read_assertion
from desktop_app.prompts.evaluate.grading import Output, grade
from desktop_app.prompts.evaluate.matrix import Result
from desktop_app.prompts.evaluate.report import Report, as_json, as_json_text, as_junit, as_table
from desktop_app.prompts.evaluate.results import StoredResult
from desktop_app.prompts.evaluate.shipped import baseline, read_shipped, save_shipped, shipped, shipped_for
from desktop_app.prompts.evaluate.suite import Case
from desktop_app.prompts.evaluate.summary import differences, regressions, summarise
from tests.helpers.prompt_suites import a_version

TENT = read_assertion({"type": "contains", "value": "tent", "metric": "topic"}, ())
CASE = Case("0123456789abcdef", "“My tent leaks.”", {"message": "My tent leaks."}, (TENT,))
BEFORE = StoredResult("reply", 2, "small", CASE.key, 1, CASE.title, "c" * 64, "d" * 64, "key", True, 1.0,
                      datetime(2026, 3, 1, tzinfo=UTC), "a tent")  # fmt: skip


def result(text: str = "a tent", *, version: int = 2, seed: int = 1, case: Case = CASE, **output: object) -> Result:
    made = Output(text, "end", 20.0, 80.0 + seed, 30, 9, **output)  # type: ignore[arg-type]
    return Result("reply", version, "c" * 64, "small", "d" * 64, case, seed, made, grade(made, case.assertions))


def report(*results: Result, older: frozenset[tuple[str, int]] = frozenset()) -> Report:
    return Report(summarise(results), (), older)


# -- the table -------------------------------------------------------------------------------------------------------------


def test_a_line_says_how_many_passed_how_sure_that_is_and_how_long_it_took() -> None:
    text = as_table(report(result(), result(seed=2), result("a rope", seed=3)))
    assert text.startswith(
        "FAIL  reply@2  small  2 of 3 passed (21% to 94%)  0.02 s to the first word, 0.08 s in all, 9 tokens"
    )
    assert text.endswith("2 of 3 runs passed. Tests fail.")


def test_a_failure_says_what_was_wanted_and_shows_the_answer() -> None:
    text = as_table(report(result("a rope\nfor two")))
    assert "Failed: reply@2, “My tent leaks.”, seed 1\n  topic: It does not say “tent”.\n" in text
    assert "  now:\n    | a rope\n    | for two" in text


def test_a_regression_shows_both_answers() -> None:
    worse = replace(result("a rope"), before=BEFORE)
    text = as_table(report(worse))
    assert worse.change == "regressed" and "Regression: reply@2" in text
    assert "  before:\n    | a tent\n  now:\n    | a rope" in text and text.endswith("1 is worse than before.")


def test_an_older_versions_failures_are_told_in_one_line() -> None:
    text = as_table(report(result("a rope", version=1), result(), older=frozenset({("reply", 1)})))
    assert text.startswith("old   reply@1") and "Failed" not in text and text.endswith("Nothing is worse than before.")


def test_a_version_that_fails_what_the_one_before_passes_is_a_regression() -> None:
    found = regressions([result(version=1), result("a rope", version=2)])
    text = as_table(Report(summarise([result(version=1), result("a rope")]), found))
    assert "  version 1:\n    | a tent\n  version 2:\n    | a rope" in text
    assert not Report((), found).passed


# -- JSON and JUnit XML ----------------------------------------------------------------------------------------------------


def test_json_has_everything(tmp_path: Path) -> None:
    document = json.loads(as_json_text(report(result(), replace(result("a rope", seed=2), before=BEFORE))))
    [version] = document["versions"]
    assert (document["passed"], version["passed"], version["total"], version["seeds"]) == (False, 1, 2, [1, 2])
    assert version["low"] < version["rate"] == 0.5 < version["high"]
    one, two = version["results"]
    assert one["checks"][0]["what"] == "says “tent” somewhere" and one["change"] == "new"
    assert two["change"] == "regressed" and two["before"]["output"] == "a tent" and two["output"] == "a rope"


def test_junit_has_a_suite_per_version_and_model_and_a_case_per_run() -> None:
    broken = result("", seed=3, problem="The model stopped.")
    root = ElementTree.fromstring(as_junit(report(result(), result("a rope", seed=2), broken)).encode())
    [suite] = root
    assert root.tag == "testsuites" and suite.tag == "testsuite"
    assert {key: suite.get(key) for key in ("tests", "failures", "errors", "skipped")} == {
        "tests": "3", "failures": "1", "errors": "1", "skipped": "0",
    }  # fmt: skip
    assert float(suite.get("time", "")) == pytest.approx(0.246)
    good, bad, error = suite
    assert good.get("classname") == "reply@2" and good.get("name") == "“My tent leaks.” [seed 1]" and len(good) == 0
    assert (
        bad[0].tag == "failure"
        and bad[0].get("message") == "It does not say “tent”."
        and "a rope" in (bad[0].text or "")
    )
    assert error[0].tag == "error" and error[0].get("message") == "The model stopped."


def test_junit_tells_regressions_between_versions_and_leaves_older_failures_out() -> None:
    old, new = [result(version=1), result("x", version=1, seed=2)], [result("a rope"), result(seed=2)]
    made = Report(summarise([*old, *new]), differences(old, new), frozenset({("reply", 1)}))
    names = [suite.get("name") for suite in ElementTree.fromstring(as_junit(made).encode())]
    assert names == ["reply@2 on small", "regressions between versions"]


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_model_says_gives_xml_that_can_be_read(text: str, title: str) -> None:
    case = replace(CASE, title=title)
    made = report(result(text, case=case), result(text, seed=2, problem=text or "no answer", case=case))
    root = ElementTree.fromstring(as_junit(made).encode("utf-8"))
    assert len(root[0]) == 2
    assert as_table(made) and as_json(made)


# -- results.json ----------------------------------------------------------------------------------------------------------


def saved(library: Path, *results: Result, versions: object = None) -> Path:
    version = a_version(library)
    known = [replace(version, id="reply", version=number) for number in (1, 2)] if versions is None else versions
    return save_shipped(library, [shipped(summary) for summary in summarise(results)], known)  # type: ignore[arg-type]


def test_results_are_shipped_and_read_back(tmp_path: Path) -> None:
    path = saved(tmp_path, result(), result("a rope", seed=2))
    [found] = read_shipped(tmp_path)
    assert path == tmp_path / "results.json"
    assert (found.prompt_id, found.version, found.model_id, found.seeds) == ("reply", 2, "small", (1, 2))
    assert (found.rate.passed, found.rate.total, found.tests[0].failed) == (1, 2, (2,))
    assert found.total_ms == pytest.approx(81.5) and isinstance(found.date, date)
    assert [(cell[3:], stored.passed) for cell, stored in baseline([found]).items()] == [
        ((CASE.key, 1), True), ((CASE.key, 2), False),
    ]  # fmt: skip


def test_new_results_replace_old_ones_and_leave_the_others(tmp_path: Path) -> None:
    saved(tmp_path, result(version=1), result("a rope"))
    saved(tmp_path, result())
    assert [(each.version, each.rate.passed) for each in read_shipped(tmp_path)] == [(1, 1), (2, 1)]
    saved(tmp_path, result(), versions=[replace(a_version(tmp_path), id="reply", version=2)])
    assert [each.version for each in read_shipped(tmp_path)] == [2]


def test_a_changed_version_makes_them_stale(tmp_path: Path) -> None:
    saved(tmp_path, result())
    tested = replace(a_version(tmp_path), id="reply", version=2, content_hash="c" * 64)
    found = shipped_for(read_shipped(tmp_path), tested)
    assert found is not None and not found.is_stale(tested) and found.is_stale(replace(tested, content_hash="e" * 64))
    assert shipped_for(read_shipped(tmp_path), replace(tested, version=7)) is None


def test_the_documented_example_can_be_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/formats/prompt-tests.md").read_text("utf-8")
    (tmp_path / "results.json").write_text(page.partition("```json\n")[2].partition("```")[0], "utf-8")
    [found] = read_shipped(tmp_path)
    assert (found.rate.passed, found.rate.total) == (3, 4)


def test_no_results_are_no_fault(tmp_path: Path) -> None:
    assert read_shipped(tmp_path) == ()


@pytest.mark.parametrize(
    "text",
    [b"{", b"[]", b"[" * 5000, b'{"format": 2, "results": []}', b"\xff", b'{"format": 1, "results": [{"id": 1}]}'],
)
def test_what_cannot_be_read_is_named_and_replaced(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "results.json").write_bytes(text)
    with pytest.raises(ContentError, match=r"results\.json"):
        read_shipped(tmp_path)
    saved(tmp_path, result())
    assert len(read_shipped(tmp_path)) == 1


def test_a_date_that_is_none_is_named(tmp_path: Path) -> None:
    path = saved(tmp_path, result())
    data = json.loads(path.read_text("utf-8"))
    data["results"][0]["date"] = "2026-02-31"
    path.write_text(json.dumps(data), "utf-8")
    with pytest.raises(ContentError, match="day is out of range"):
        read_shipped(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"results\.json"):
        save_shipped(tmp_path / "missing", [], [])


def test_failed_seeds_that_were_never_run_do_not_count(tmp_path: Path) -> None:
    path = saved(tmp_path, result())
    data = json.loads(path.read_text("utf-8"))
    data["results"][0]["tests"][0]["failed"] = [1, 1, 7, 8, 9]
    path.write_text(json.dumps(data), "utf-8")
    (read,) = read_shipped(tmp_path)
    assert read.rate.passed == read.rate.total - 1 and read.rate.low >= 0
