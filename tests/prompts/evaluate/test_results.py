"""results.db: it keeps what it is given, survives damage, and never grows for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.prompts.evaluate import results
from desktop_app.prompts.evaluate.grading import Output
from desktop_app.prompts.evaluate.results import ResultStore, StoredResult
from desktop_app.prompts.evaluate.summary import wilson

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ONE = StoredResult("reply", 2, "small", "abc", 1, "A case", "c" * 64, "m" * 64, "key", True, 1.0, AT)


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    output = Output("A tent\né", "stop", 12.5, 80.25, 30, 9)
    with ResultStore(tmp_path / "results.db") as store:
        store.keep_output("key", output)
        store.save(ONE)
        store.save(replace(ONE, passed=False, score=0.25))
        store.save(replace(ONE, seed=2))
    with ResultStore(tmp_path / "results.db") as store:
        assert store.outputs(["key", "other"]) == {"key": output} and store.text("key") == "A tent\né"
        assert store.latest("reply", 2, "small") == {
            ("abc", 1): replace(ONE, passed=False, score=0.25), ("abc", 2): replace(ONE, seed=2),
        }  # fmt: skip
        assert store.latest("reply", 1, "small") == {} and store.set_aside is None


def test_more_answers_than_one_question_to_the_database_can_name(tmp_path: Path) -> None:
    with ResultStore(None) as store:
        for number in range(1100):
            store.keep_output(str(number), Output(str(number)))
        assert len(store.outputs(map(str, range(1200)))) == 1100


@pytest.mark.parametrize(
    "damage", [b"this is no database at all" * 60, b"SQLite format 3\0" + b"\xff" * 4000, b"short"]
)
def test_a_damaged_file_is_set_aside_and_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "results.db").write_bytes(damage)
    with ResultStore(tmp_path / "results.db") as store:
        assert store.set_aside is not None and store.set_aside.read_bytes() == damage
        store.save(ONE)
        assert store.latest("reply", 2, "small")


def test_damage_found_while_reading_is_met_the_same_way(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    with ResultStore(path) as store:
        for number in range(400):
            store.keep_output(str(number), Output("x" * 400))
    data = bytearray(path.read_bytes())
    data[8192:] = b"\xee" * (len(data) - 8192)  # the first pages still say that all is well
    path.write_bytes(data)
    with ResultStore(path) as store:
        assert store.outputs(map(str, range(400))) == {}
        store.keep_output("new", Output("here"))
        assert store.text("new") == "here" and store.set_aside is not None


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"results\.db"):
        ResultStore(tmp_path / "missing" / "results.db")


def test_the_oldest_answers_are_forgotten_and_the_last_of_each_case_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "_MOST_OUTPUTS", 8)
    with ResultStore(tmp_path / "results.db") as store:
        for number in range(12):
            store.keep_output(str(number), Output(str(number)))
            store.save(replace(ONE, output_key=str(number)))
    with ResultStore(tmp_path / "results.db") as store:
        assert set(store.outputs(map(str, range(12)))) == set(map(str, range(6, 12)))
        assert store.latest("reply", 2, "small")["abc", 1].output_key == "11"


@given(st.integers(0, 200), st.integers(1, 200))
def test_the_interval_is_where_the_score_test_does_not_reject(passed: int, total: int) -> None:
    """By definition: each end p solves (p̂ - p)² = z² p (1 - p) / n."""
    passed = min(passed, total)
    low, high = wilson(passed, total)
    rate = passed / total
    assert 0 <= low <= rate + 1e-12 and rate - 1e-12 <= high <= 1
    for end in (low, high):
        assert (rate - end) ** 2 == pytest.approx(1.959963984540054**2 * end * (1 - end) / total, abs=1e-12)


def test_the_interval_of_nothing_is_everything() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


def test_what_another_process_has_begun_is_not_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "results.db"
    with ResultStore(path) as store:
        store.save(ONE)
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 8192)
    first, second = ResultStore(path), ResultStore(path)
    for store in (first, second):
        store.save(ONE)
    assert (first.set_aside is None) != (second.set_aside is None), "one found the damage, one the new file"
    for store in (first, second):
        assert len(store.latest("reply", 2, "small")) == 1
        store.close()


@pytest.mark.parametrize("at", ["2026Q03", "2026-03-02T08:00:99", ""])
def test_a_row_that_makes_no_sense_is_damage(tmp_path: Path, at: str) -> None:
    with ResultStore(tmp_path / "results.db") as store:
        store.save(ONE)
        store._db.execute("UPDATE results SET at = ?", (at,))
        assert store.latest("reply", 2, "small") == {} and store.set_aside


def test_half_a_character_in_an_answer_is_no_damage(tmp_path: Path) -> None:
    with ResultStore(tmp_path / "results.db") as store:
        store.keep_output("key", Output("a\ud800b"))
        assert store.text("key") == "a?b" and store.set_aside is None
