"""The audit chain: whatever is altered, removed, cut off or slipped in is found, and the evidence is not overwritten."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.jobs import Progress, finish
from desktop_app.records.audit import GENESIS, AuditChain, AuditReport, entry_hash
from desktop_app.records.learner import LearnerRepository
from desktop_app.storage import migrations
from desktop_app.storage.database import DamagedError, open_database
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

KEY = Vault(bytes(range(32)))
CLOSED = Vault(None, "closed")


@pytest.fixture
def places(profile: Path) -> Locations:
    """A closed profile with five signed entries."""
    places = Locations.find(profile)
    fill(places, KEY, 5)
    return places


def fill(places: Locations, vault: Vault, count: int) -> None:
    learner = LearnerRepository(places)
    learner.use_vault(vault)
    for number in range(count):
        learner.record("counted", {"number": number, "text": "Grüße"})
    learner.close()


def verified(places: Locations, vault: Vault = KEY) -> AuditReport:
    db = open_database(places.learner_db, migrations.learner, durable=True)
    try:
        return finish(AuditChain(db, places.learner_db, places.audit_head).verify(vault))
    finally:
        db.close()


def change(places: Locations, sql: str, *values: Any) -> None:
    with closing(sqlite3.connect(places.learner_db)) as db, db:
        assert db.execute(sql, values).rowcount > 0


def head(places: Locations) -> dict[str, Any]:
    return json.loads(places.audit_head.read_bytes())


def forge(places: Locations, first: int, change_entry: Callable[[list[Any]], None]) -> None:
    """Alter one entry and make every hash after it fit, as somebody who knows the format would."""
    with closing(sqlite3.connect(places.learner_db)) as db, db:
        rows = [
            list(row) for row in db.execute("SELECT seq, at, kind, data, previous, hash FROM audit_events ORDER BY seq")
        ]
        change_entry(rows[first - 1])
        previous = GENESIS
        for row in rows:
            row[4] = previous
            row[5] = previous = entry_hash(*row[:5])
            db.execute(
                "UPDATE audit_events SET kind = ?, data = ?, previous = ?, hash = ? WHERE seq = ?", (*row[2:], row[0])
            )


def test_a_new_profile_is_whole_and_has_a_head(profile: Path) -> None:
    places = Locations.find(profile)
    LearnerRepository(places).close()
    assert verified(places, CLOSED) == AuditReport(0, GENESIS, False, "")
    assert head(places)["seq"] == 0


def test_entries_are_chained_as_the_format_says(places: Locations) -> None:
    with closing(sqlite3.connect(places.learner_db)) as db:
        rows = db.execute("SELECT * FROM audit_events ORDER BY seq").fetchall()
    assert [row[0] for row in rows] == [1, 2, 3, 4, 5]
    previous = GENESIS
    for seq, at, kind, data, before, digest in rows:
        assert before == previous
        assert digest == entry_hash(seq, at, kind, data, before)
        assert "\n" not in data and data.isascii() and at.endswith("+00:00")
        previous = digest
    assert head(places) | {"signature": ""} == {"seq": 5, "hash": previous, "key_id": KEY.key_id, "signature": ""}


def test_a_whole_chain_is_whole_and_signed(places: Locations) -> None:
    report = verified(places)
    assert report.is_whole and report.signed and report.events == 5 and report.head == head(places)["hash"]
    unknown = verified(places, CLOSED)
    assert unknown.is_whole and not unknown.signed


def test_verification_tells_how_far_it_is(places: Locations, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.records.audit._BATCH", 2)
    db = open_database(places.learner_db, migrations.learner, durable=True)
    steps = list(AuditChain(db, places.learner_db, places.audit_head).verify(KEY))
    db.close()
    assert steps == [Progress(2, 5), Progress(4, 5), Progress(5, 5)]


@pytest.mark.parametrize("column", ["at", "kind", "data", "previous", "hash"])
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_altered_entry_is_named(places: Locations, column: str, seq: int) -> None:
    change(places, f"UPDATE audit_events SET {column} = {column} || ' ' WHERE seq = ?", seq)
    assert f"Entry {seq} was altered" in verified(places).problem


def test_a_removed_entry_is_named(places: Locations) -> None:
    change(places, "DELETE FROM audit_events WHERE seq = 3")
    assert "Entry 3 is missing" in verified(places).problem


def test_a_removed_beginning_is_named(places: Locations) -> None:
    change(places, "DELETE FROM audit_events WHERE seq < 3")
    assert "Entry 1 is missing" in verified(places).problem


@pytest.mark.parametrize("seq", [0, -5])
def test_an_entry_slipped_in_before_the_first_is_named_and_hides_nothing(places: Locations, seq: int) -> None:
    change(places, "UPDATE audit_events SET data = '{}' WHERE seq = 4")
    change(
        places,
        "INSERT INTO audit_events VALUES (?, '', '', '', ?, ?)",
        seq,
        GENESIS,
        entry_hash(seq, "", "", "", GENESIS),
    )
    assert f"Entry {seq} was slipped in" in verified(places).problem


def test_a_cut_tail_is_counted(places: Locations) -> None:
    change(places, "DELETE FROM audit_events WHERE seq > 2")
    assert verified(places).problem == "The last entries were cut off: 5 were recorded, 2 are there."


def test_all_entries_removed_is_a_cut_tail(places: Locations) -> None:
    change(places, "DELETE FROM audit_events")
    assert "5 were recorded, 0 are there" in verified(places).problem


def test_a_chain_made_to_fit_again_differs_from_the_head(places: Locations) -> None:
    forge(places, 2, lambda row: row.__setitem__(3, "{}"))
    assert "Entry 5 differs from the kept head" in verified(places).problem


def test_a_chain_and_a_head_made_to_fit_again_lack_the_signature(places: Locations) -> None:
    forge(places, 2, lambda row: row.__setitem__(3, "{}"))
    with closing(sqlite3.connect(places.learner_db)) as db:
        [digest] = db.execute("SELECT hash FROM audit_events WHERE seq = 5").fetchone()
    places.audit_head.write_text(json.dumps(head(places) | {"hash": digest}))
    assert "signature in audit-head.json does not match" in verified(places).problem
    assert verified(places, CLOSED).is_whole, "nobody without the key can tell"


def test_an_unsigned_head_is_said_to_be_unsigned(places: Locations) -> None:
    places.audit_head.write_text(json.dumps(head(places) | {"key_id": "", "signature": ""}))
    report = verified(places)
    assert report.is_whole and not report.signed


def test_a_head_signed_with_another_key_does_not_hold(places: Locations) -> None:
    assert "does not match" in verified(places, Vault(bytes(32))).problem


def test_a_missing_head_is_said(places: Locations) -> None:
    places.audit_head.unlink()
    assert verified(places).problem == "audit-head.json is missing, so a cut tail cannot be excluded."


@pytest.mark.parametrize("text", ["", "{", "[]", "[1, 2]", "7", '{"seq": 5}', '{"seq": "5", "hash": ""}', '{"seq": 5, "hash": 3}', '{"a": 1}', "[" * 100_000, "\udcff"])  # fmt: skip
def test_a_head_that_cannot_be_read_is_said(places: Locations, text: str) -> None:
    places.audit_head.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert verified(places).problem == "audit-head.json cannot be read, so a cut tail cannot be excluded."


def test_a_text_that_is_no_utf_8_is_damage_and_not_a_crash(places: Locations) -> None:
    change(places, "UPDATE audit_events SET kind = CAST(x'ff' AS TEXT) WHERE seq = 2")
    with pytest.raises(DamagedError, match=r"learner\.db is damaged"):
        verified(places)


def test_entries_after_the_kept_head_are_no_problem(places: Locations) -> None:
    """The app may have ended between the two: the head is written after the entry."""
    kept = places.audit_head.read_bytes()
    fill(places, KEY, 2)
    places.audit_head.write_bytes(kept)
    report = verified(places)
    assert report.is_whole and report.signed and report.events == 7
    fill(places, KEY, 1)
    assert head(places)["seq"] == 8


@pytest.mark.parametrize(
    "tamper",
    [
        "DELETE FROM audit_events WHERE seq > 2",
        "DELETE FROM audit_events",
        "UPDATE audit_events SET hash = 'x' WHERE seq = 5",
    ],
)
@pytest.mark.parametrize("vault", [KEY, CLOSED])
def test_using_the_app_on_does_not_hide_what_was_done(places: Locations, tamper: str, vault: Vault) -> None:
    change(places, tamper)
    kept = head(places)
    fill(places, vault, 20)
    assert head(places) == kept
    assert not verified(places).is_whole


def test_a_head_that_was_deleted_is_not_made_again(places: Locations) -> None:
    places.audit_head.unlink()
    fill(places, KEY, 1)
    assert "is missing" in verified(places).problem


def test_a_forged_head_is_not_signed_for(places: Locations) -> None:
    change(places, "DELETE FROM audit_events WHERE seq > 2")
    with closing(sqlite3.connect(places.learner_db)) as db:
        [digest] = db.execute("SELECT hash FROM audit_events WHERE seq = 2").fetchone()
    places.audit_head.write_text(json.dumps(head(places) | {"seq": 2, "hash": digest}))
    fill(places, KEY, 3)
    assert "does not match" in verified(places).problem


def test_a_file_moved_away_to_start_afresh_is_the_first_entry_of_the_new_chain(places: Locations) -> None:
    kept = head(places)
    for file in places.profile.glob("learner.db*"):
        file.unlink()
    fill(places, KEY, 1)
    report = verified(places)
    assert report.is_whole and report.events == 2
    with closing(sqlite3.connect(places.learner_db)) as db:
        kind, data = db.execute("SELECT kind, data FROM audit_events WHERE seq = 1").fetchone()
    assert kind == "records_started_anew"
    assert json.loads(data) == {"entries_before": 5, "head_before": kept["hash"]}


def test_a_file_cut_to_nothing_is_not_taken_for_a_new_one(places: Locations) -> None:
    places.learner_db.write_bytes(b"")
    with pytest.raises(DamagedError, match=r"learner\.db is empty, although 5 entries were recorded"):
        LearnerRepository(places)
    assert places.learner_db.read_bytes() == b""


def test_an_entry_is_undone_with_the_fact_it_belongs_to(places: Locations) -> None:
    learner = LearnerRepository(places)
    with pytest.raises(RuntimeError), learner._recording("lost", {}):
        raise RuntimeError
    learner.close()
    assert verified(places).events == 5


CELL = st.one_of(st.text(max_size=5), st.integers(-(2**63), 2**63 - 1), st.binary(max_size=5), st.none())


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_single_edit_of_any_stored_value_is_noticed(places: Locations, data: st.DataObject) -> None:
    """STRICT and NOT NULL would refuse most of them, so the table is made anew without."""
    folder = places.profile / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    copy = Locations(folder, places.content, places.libraries, places.resources)
    shutil.copy(places.learner_db, copy.learner_db)
    shutil.copy(places.audit_head, copy.audit_head)
    columns = ("seq", "at", "kind", "data", "previous", "hash")
    row, column, value = data.draw(st.integers(1, 5)), data.draw(st.integers(0, 5)), data.draw(CELL)
    with closing(sqlite3.connect(copy.learner_db)) as db, db:
        rows = [list(found) for found in db.execute("SELECT * FROM audit_events ORDER BY seq")]
        if type(rows[row - 1][column]) is type(value) and rows[row - 1][column] == value:
            return
        rows[row - 1][column] = value
        db.execute("DROP TABLE audit_events")
        db.execute(f"CREATE TABLE audit_events ({', '.join(columns)})")
        db.executemany("INSERT INTO audit_events VALUES (?, ?, ?, ?, ?, ?)", rows)
    assert not verified(copy).is_whole


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(max_size=5), st.text(st.characters(), max_size=10) | st.integers() | st.booleans(), max_size=4
    )
)
def test_any_facts_can_be_recorded_and_the_chain_stays_whole(places: Locations, facts: dict[str, Any]) -> None:
    learner = LearnerRepository(places)
    learner.record("anything", facts)
    learner.close()
    assert verified(places).is_whole
