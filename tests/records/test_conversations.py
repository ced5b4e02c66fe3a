"""Conversations in learner.db: they come back as saved, sealed; deleting takes the texts of runs along and can be undone."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from records import a_run

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.turns import Conversation, Turn
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MARKER = "Zaunkönig-4711"
KEY = Vault(bytes(32))


@pytest.fixture
def learner(profile: Path) -> Iterator[LearnerRepository]:
    ticks = count()
    made = LearnerRepository(Locations.find(profile), lambda: START + timedelta(minutes=next(ticks)))
    yield made
    made.close()


def begun(learner: LearnerRepository, number: int = 1) -> Conversation:
    """A conversation of one question with its answer, whose run is recorded."""
    made = Conversation(
        f"c{number}",
        f"title {MARKER}",
        "shorten-notice",
        2,
        START,
        START,
        f"a{number}",
        (),
        {"seed": 7, "typed": MARKER},
    )
    kept = {"values": {"notice": f"value {MARKER}"}, "start": [["system", "Be short."]]}
    asked = Turn(f"q{number}", "", "user", f"question {MARKER}", START, {}, kept)
    answer = Turn(
        f"a{number}", f"q{number}", "assistant", f"answer {MARKER}", START, {"run_id": f"r{number}", "seed": 7}
    )
    learner.save_run(a_run(f"r{number}", at=START))
    made = learner.conversations.save_turn(made, asked, model_id="m")
    return learner.conversations.save_turn(made, answer, model_id="m")


def everything_on_disk(profile: Path) -> bytes:
    return b"".join(file.read_bytes() for file in profile.rglob("*") if file.is_file())


def audited(profile: Path) -> list[tuple[str, str]]:
    """The kinds and data of all audit entries, oldest first."""
    with closing(sqlite3.connect(Locations.find(profile).learner_db)) as db:
        return db.execute("SELECT kind, data FROM audit_events ORDER BY seq").fetchall()


def test_a_conversation_comes_back_as_it_was_saved(learner: LearnerRepository) -> None:
    learner.use_vault(KEY)
    saved = begun(learner)
    assert learner.conversations.get("c1") == saved
    assert saved.start == (("system", "Be short."),) and saved.settings["seed"] == 7
    [head] = learner.conversations.heads()
    assert (head.title, head.prompt_id, head.model_id) == (f"title {MARKER}", "shorten-notice", "m")


def test_an_answer_that_grows_is_one_turn_and_keeps_its_place(learner: LearnerRepository) -> None:
    learner.use_vault(KEY)
    saved = begun(learner)
    growing = replace(saved.turn("a1"), text="answer, longer", facts={"run_id": "r1", "seed": 7, "stop_reason": "end"})
    learner.conversations.save_turn(saved, Turn("q2", "a1", "user", "and now?", START), model_id="m")
    learner.conversations.save_turn(saved, growing, model_id="m")
    again = learner.conversations.get("c1")
    assert [turn.id for turn in again.turns] == ["q1", "a1", "q2"] and again.turn("a1") == growing


def test_the_one_used_last_comes_first(learner: LearnerRepository) -> None:
    learner.use_vault(KEY)
    first, _ = begun(learner, 1), begun(learner, 2)
    assert [head.id for head in learner.conversations.heads()] == ["c2", "c1"]
    learner.conversations.save(first, model_id="m")
    assert [head.id for head in learner.conversations.heads()] == ["c1", "c2"]


def test_nothing_that_was_typed_or_answered_is_on_disk(learner: LearnerRepository, profile: Path) -> None:
    learner.use_vault(KEY)
    begun(learner)
    learner.conversations.rename("c1", f"another {MARKER}")
    for text in (MARKER, "Be short"):
        assert text.encode() not in everything_on_disk(profile)


def test_texts_wait_in_memory_until_the_keyring_is_open(learner: LearnerRepository, profile: Path) -> None:
    saved = begun(learner)
    assert learner.conversations.get("c1") == saved and MARKER.encode() not in everything_on_disk(profile)
    learner.use_vault(KEY)
    learner.close()
    again = LearnerRepository(Locations.find(profile))
    again.use_vault(KEY)
    assert again.conversations.get("c1") == saved
    again.close()


def test_without_a_keyring_texts_are_gone_after_a_restart_and_said_to_be(
    learner: LearnerRepository, profile: Path
) -> None:
    learner.use_vault(Vault(None, "There is no keyring."))
    begun(learner)
    assert [head.title for head in learner.conversations.heads()] == [f"title {MARKER}"]
    again = LearnerRepository(Locations.find(profile))
    assert [head.title for head in again.conversations.heads()] == [None]
    assert {turn.text for turn in again.conversations.get("c1").turns} == {None}
    again.close()


def test_deleting_takes_the_texts_of_the_runs_along_and_can_be_undone(
    learner: LearnerRepository, profile: Path
) -> None:
    learner.use_vault(KEY)
    saved = begun(learner)
    gone = learner.conversations.delete("c1")
    run = learner.run("r1")
    assert run is not None and run.text is None, "the run stays a fact, without its texts"
    assert learner.conversations.heads() == () and learner.run_count() == 1
    with pytest.raises(StoreError, match="no conversation c1"):
        learner.conversations.get("c1")
    learner.conversations.restore(gone)
    assert learner.conversations.get("c1") == saved
    back = learner.run("r1")
    assert back is not None and back.text == a_run("r1").text
    assert [kind for kind, _ in audited(profile)][-2:] == ["conversation_deleted", "conversation_restored"]


def test_what_waits_in_memory_is_deleted_too(learner: LearnerRepository) -> None:
    begun(learner)
    learner.conversations.delete("c1")
    assert not any(MARKER in text for place, text in learner._memory.items() if not place.startswith("runs/"))
    learner.use_vault(KEY)
    assert learner.conversations.heads() == ()


def test_a_question_that_came_to_nothing_is_taken_back(learner: LearnerRepository) -> None:
    learner.use_vault(KEY)
    saved = begun(learner)
    asked = Turn("q2", "a1", "user", "more?", START)
    learner.conversations.save_turn(replace(saved, leaf="q2"), asked, model_id="m")
    learner.conversations.take_back("c1", "q2", leaf="a1")
    assert learner.conversations.get("c1").turns == saved.turns and learner.conversations.get("c1").leaf == "a1"
    learner.conversations.take_back("c1", "q1", leaf="")
    assert learner.conversations.heads() == (), "a conversation without turns goes too"


def test_what_the_organisation_keeps_no_longer_is_gone_without_leftovers(
    learner: LearnerRepository, profile: Path
) -> None:
    learner.use_vault(KEY)
    begun(learner, 1)
    learner.save_draft("practice/free", f"draft {MARKER}")
    with closing(sqlite3.connect(Locations.find(profile).learner_db)) as db:
        sealed = [row[0] for row in db.execute("SELECT text_sealed FROM turns UNION ALL SELECT text_sealed FROM runs")]
    day = timedelta(days=1)
    assert not learner.expire(START - day), "nothing is that old"
    expired = learner.expire(START + day)
    assert (expired.conversations, expired.runs, expired.drafts) == (1, 1, 1)
    assert learner.conversations.heads() == () and learner.draft("practice/free") == ""
    run = learner.run("r1")
    assert run is not None and run.text is None
    assert all(one[13:] not in everything_on_disk(profile) for one in sealed)
    kind, data = audited(profile)[-1]
    assert kind == "texts_expired" and json.loads(data)["conversations"] == 1
    assert finish(learner.audit.verify(KEY)).is_whole


def test_what_was_used_since_stays_whole(learner: LearnerRepository) -> None:
    learner.use_vault(KEY)
    saved = begun(learner)
    later = START + timedelta(seconds=30)
    assert saved.updated_at > later
    learner.expire(later)
    assert learner.conversations.get("c1") == saved


def test_a_name_is_needed_and_stays_one_line(learner: LearnerRepository) -> None:
    learner.use_vault(KEY)
    begun(learner)
    assert learner.conversations.rename("c1", "  The\ndepot ") == "The depot"
    with pytest.raises(StoreError, match="needs a name"):
        learner.conversations.rename("c1", " \n")


def test_erasing_takes_all(learner: LearnerRepository) -> None:
    learner.use_vault(KEY)
    begun(learner)
    learner.erase()
    assert learner.conversations.heads() == () and learner.conversations.run_ids() == frozenset()
