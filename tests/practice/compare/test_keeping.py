"""Comparisons in the records: reopened exactly, sealed, on after a kill, deleted with undo, exported for other programs."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.errors import AppError, StoreError
from desktop_app.guard.scan import scan
from desktop_app.jobs import finish
from desktop_app.practice.compare.comparison import ALL_BAD, Cell, Column, Comparison, Plan, Vote
from desktop_app.practice.compare.export import export_text, guard_export, titles_of
from desktop_app.practice.compare.keeping import begin, keep, keep_vote, newest, reopen
from desktop_app.records.learner import LearnerRepository
from desktop_app.sandbox.protocol import Timings
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

MARKER = "Zaunkönig-4711"
PLAN = Plan(
    f"Answer ({MARKER})",
    (
        Column("answer", 2, "ab" * 32, "Answer", "", "small", {"temperature": 0.9}, 7),
        Column(text=f"Say {MARKER}", name="Say", model_id="small", seed=8),
    ),
    ({"notes": f"one {MARKER}"}, {"notes": "two"}),
    ("0" * 64, "0" * 64), "inputs.csv", 99,
)  # fmt: skip
CELL = Cell(0, 1, f"An answer {MARKER}", 8, "end", "", Timings(completion_tokens=4, seed=8))
FAILED = Cell(1, 0, "", 7, "error", "The text is too long.")


@pytest.fixture
def learner(profile: Path) -> Iterator[LearnerRepository]:
    made = LearnerRepository(Locations.find(profile))
    made.use_vault(Vault(bytes(32)))
    yield made
    made.close()


def filled(learner: LearnerRepository) -> Comparison:
    store = learner.comparisons
    comparison = keep(store, keep(store, begin(store, PLAN, scan("anna@example.org")), CELL), FAILED)
    return keep_vote(store, comparison, 0, 1, seen=False)


def test_what_was_compared_is_reopened_exactly(learner: LearnerRepository, profile: Path) -> None:
    comparison = filled(learner)
    assert reopen(learner.comparisons, comparison.id) == comparison
    assert (comparison.done, comparison.failed, comparison.is_whole) == (1, 1, False)
    learner.close()
    again = LearnerRepository(Locations.find(profile))
    again.use_vault(Vault(bytes(32)))
    assert reopen(again.comparisons, newest(again.comparisons)) == comparison
    again.close()


def test_each_answer_is_there_for_another_process_as_soon_as_it_is_acknowledged(
    learner: LearnerRepository, profile: Path
) -> None:
    comparison = begin(learner.comparisons, PLAN)
    for count, place in enumerate([(0, 0), (0, 1), (1, 0)], 1):
        comparison = keep(learner.comparisons, comparison, replace(CELL, row=place[0], column=place[1]))
        with closing(sqlite3.connect(profile / "learner.db")) as other:
            assert other.execute("SELECT count(*) FROM comparison_cells").fetchone()[0] == count


def test_a_failed_answer_gives_way_to_a_whole_one_and_a_stopped_one_is_not_kept(learner: LearnerRepository) -> None:
    comparison = filled(learner)
    comparison = keep(learner.comparisons, comparison, replace(CELL, row=1, column=0))
    shown = keep(learner.comparisons, comparison, Cell(1, 1, "Half", 8, "cancelled", "Stopped."))
    assert shown.cells[1, 1].text == "Half"
    assert reopen(learner.comparisons, comparison.id).cells == comparison.cells


def test_texts_are_sealed_and_only_counts_are_not(learner: LearnerRepository, profile: Path) -> None:
    filled(learner)
    files = [path.read_bytes() for path in profile.iterdir() if path.is_file()]
    assert not any(MARKER.encode() in data or b"Zaunk" in data for data in files)
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        [(told,)] = db.execute("SELECT data FROM audit_events WHERE kind = 'comparison_begun'").fetchall()
    facts = json.loads(told)
    assert (facts["columns"], facts["rows"], facts["prompts"]) == (2, 2, ["answer@2", ""])
    assert facts["findings"] == {"email": 1}


def test_without_a_keyring_texts_are_there_until_the_app_closes(profile: Path) -> None:
    learner = LearnerRepository(Locations.find(profile))
    comparison = filled(learner)
    assert reopen(learner.comparisons, comparison.id) == comparison
    learner.close()
    again = LearnerRepository(Locations.find(profile))
    [listed] = again.comparisons.listed()
    assert (listed.title, listed.columns, listed.rows, listed.cells, listed.votes) == (None, 2, 2, 2, 1)
    with pytest.raises(StoreError, match="were not kept"):
        reopen(again.comparisons, comparison.id)
    again.close()


def test_what_waited_for_the_keyring_is_sealed_when_it_opens(profile: Path) -> None:
    learner = LearnerRepository(Locations.find(profile))
    comparison = filled(learner)
    learner.use_vault(Vault(bytes(32)))
    learner.close()
    again = LearnerRepository(Locations.find(profile))
    again.use_vault(Vault(bytes(32)))
    assert reopen(again.comparisons, comparison.id) == comparison
    again.close()


def test_the_newest_comes_first_and_deleting_can_be_undone_until_it_is_final(learner: LearnerRepository) -> None:
    store = learner.comparisons
    first, second = begin(store, PLAN), filled(learner)
    assert [one.id for one in store.listed()] == [second.id, first.id] and newest(store) == second.id
    store.delete(second.id)
    assert [one.id for one in store.listed()] == [first.id]
    with pytest.raises(StoreError, match="no comparison"):
        reopen(store, second.id)
    store.restore(second.id)
    assert reopen(store, second.id) == second
    store.delete(second.id)
    store.purge()
    store.restore(second.id)
    assert [one.id for one in store.listed()] == [first.id] and store.cells(second.id) == ()


def test_what_is_older_than_a_day_can_be_forgotten(profile: Path) -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    learner = LearnerRepository(Locations.find(profile), lambda: now[0])
    filled(learner)
    now[0] += timedelta(days=40)
    late = filled(learner)
    assert learner.comparisons.delete_before(now[0] - timedelta(days=30)) == 1
    assert [one.id for one in learner.comparisons.listed()] == [late.id]
    learner.close()


def test_a_vote_can_be_taken_back(learner: LearnerRepository) -> None:
    comparison = filled(learner)
    changed = keep_vote(learner.comparisons, comparison, 0, ALL_BAD, seen=True)
    assert reopen(learner.comparisons, comparison.id).votes == changed.votes == {0: Vote(ALL_BAD, True)}
    keep_vote(learner.comparisons, changed, 0, None, seen=True)
    assert reopen(learner.comparisons, comparison.id).votes == {}


def test_erasing_takes_comparisons_too(learner: LearnerRepository, profile: Path) -> None:
    filled(learner)
    learner.erase()
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        for table in ("comparisons", "comparison_cells", "comparison_votes"):
            assert db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == 0


# -- exports -------------------------------------------------------------------------------------------------------------


def compared(*texts: str, inputs: str = "one") -> Comparison:
    cells = {(0, at): Cell(0, at, text, at, "end") for at, text in enumerate(texts)}
    columns = tuple(Column(text="Say {{notes}}", name="Say", seed=at) for at in range(2))
    plan = Plan("t", columns, ({"notes": inputs},), ("0" * 64,) * 2)
    return Comparison("id", datetime(2026, 11, 22, tzinfo=UTC), plan, cells, {0: Vote(1)})


def as_rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_table_has_a_column_for_each_answer_and_the_vote() -> None:
    comparison = compared("first", "second\nline")
    head, row = as_rows(export_text(comparison, "csv", titles_of(comparison)))
    assert head == ["row", "notes", "A: seed 0", "B: seed 1", "problems", "vote"]
    assert row == ["1", "one", "first", "second\nline", "", "B"]


@given(st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=30))
@settings(max_examples=100)
def test_no_cell_of_a_table_is_a_formula_and_json_keeps_the_text_as_it_is(text: str) -> None:
    comparison = compared(text, "x", inputs=text)
    _, row = as_rows(export_text(comparison, "csv", ("=a", "b")))
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)
    assert row[2].removeprefix("'") == text.removeprefix("'")
    data = json.loads(export_text(comparison, ".json", ("a", "b")))
    assert data["rows"][0]["answers"][0]["text"] == text and data["rows"][0]["vote"] == "B"


def test_markdown_shows_texts_as_they_are_whatever_is_in_them() -> None:
    text = export_text(compared("```\n# no heading\n```", "plain"), ".md", ("a", "b"))
    assert "````text\n```\n# no heading\n```\n````" in text and "Vote: B" in text


def test_what_did_not_run_is_said(learner: LearnerRepository) -> None:
    comparison = filled(learner)
    _, first, second = as_rows(export_text(comparison, "csv", titles_of(comparison)))
    assert first[-2] == "A: not run." and second[-2] == "A: The text is too long. B: not run."
    assert "*Not run.*" in export_text(comparison, "md", titles_of(comparison))


def test_another_format_is_refused_and_the_guard_reads_everything_first() -> None:
    comparison = compared("mail ben@example.org", "x", inputs="anna@example.org")
    with pytest.raises(AppError, match=r"\.csv, \.md, \.json"):
        export_text(comparison, ".xlsx", ("a", "b"))
    assert len(finish(guard_export(comparison))) == 2


def test_the_json_keeps_to_its_schema_and_so_does_the_example_of_the_docs(learner: LearnerRepository) -> None:
    root = Path(__file__).parents[3]
    schema = json.loads((root / "resources/schemas/comparison.schema.json").read_text("utf-8"))
    example = (root / "docs/formats/comparison.md").read_text("utf-8").split("```json\n")[1].split("```")[0]
    comparison = filled(learner)
    for text in (example, export_text(comparison, "json", titles_of(comparison))):
        jsonschema.validate(json.loads(text), schema)
