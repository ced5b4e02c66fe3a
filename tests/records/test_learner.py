"""The repository of learner.db: what is saved comes back, with and without a keyring, and with its audit entry."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import JUDGEMENTS, Profile
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault
from tests.helpers.records import MARKER, a_run, all_typed, type_everything, typed_again

KEY = Vault(bytes(range(32)))
START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class Clock:
    """A minute passes with every look at it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


Open = Callable[..., LearnerRepository]


@pytest.fixture
def open_learner(profile: Path) -> Iterator[Open]:
    """Opens the profile's records, each time as a new start of the app would."""
    opened: list[LearnerRepository] = []

    def start(vault: Vault | None = KEY) -> LearnerRepository:
        for learner in opened:
            learner.close()
        learner = LearnerRepository(Locations.find(profile), Clock())
        opened.append(learner)
        if vault is not None:
            learner.use_vault(vault)
        return learner

    yield start
    for learner in opened:
        learner.close()


@pytest.fixture
def learner(open_learner: Open) -> LearnerRepository:
    return open_learner()


def events(profile: Path) -> list[tuple[str, dict[str, Any]]]:
    with closing(sqlite3.connect(profile / "learner.db")) as db:
        return [
            (kind, json.loads(data)) for kind, data in db.execute("SELECT kind, data FROM audit_events ORDER BY seq")
        ]


# -- profile -------------------------------------------------------------------------------------------------------------


def test_a_fresh_profile_is_empty(learner: LearnerRepository) -> None:
    assert learner.profile() is None
    assert learner.all_progress() == {} and learner.progress("l") is None
    assert learner.answer_count() == learner.run_count() == 0
    assert learner.runs() == () and learner.attempts("l") == () and learner.best_scores("l") == {}
    assert learner.draft("x") == "" and learner.favourites() == frozenset()


def test_the_profile_id_stays(open_learner: Open) -> None:
    first = open_learner(None).vault_account
    assert len(first[0]) == 32 and first[1] == ""
    assert open_learner(None).vault_account == first


def test_the_profile_is_kept_and_changed(open_learner: Open, profile: Path) -> None:
    open_learner().save_profile(Profile("Ines Falk", "sales", "en"))
    learner = open_learner()
    assert learner.profile() == Profile("Ines Falk", "sales", "en")
    learner.save_profile(Profile("", "finance", "de"))
    assert open_learner().profile() == Profile("", "finance", "de")
    assert events(profile) == [
        ("profile_saved", {"role": "sales", "language": "en"}), ("profile_saved", {"role": "finance", "language": "de"}),
    ]  # fmt: skip


def test_a_locked_keyring_loses_no_name(open_learner: Open) -> None:
    open_learner().save_profile(Profile("Ines Falk", "sales", "en"))
    locked = open_learner(None)
    assert locked.profile() == Profile("", "sales", "en")
    locked.save_profile(Profile("", "finance", "en"))
    assert open_learner().profile() == Profile("Ines Falk", "finance", "en")


# -- lessons -------------------------------------------------------------------------------------------------------------


def test_a_lesson_from_start_to_passed(open_learner: Open, profile: Path) -> None:
    learner = open_learner()
    begun = learner.open_step("l", "1.0", "start")
    assert (begun.step_key, begun.steps_done, begun.completed_at, begun.passed_at, begun.score) == (
        "start",
        (),
        None,
        None,
        None,
    )
    assert learner.open_step("l", "1.0", "start") == begun, "the same place is nothing new"
    learner.finish_step("l", "start")
    assert learner.finish_step("l", "start").steps_done == ("start",)
    moved = learner.open_step("l", "1.1", "end")
    assert (moved.step_key, moved.lesson_version, moved.started_at) == ("end", "1.1", begun.started_at)
    learner.finish_step("l", "end")
    failed = learner.finish_lesson("l", score=0.4, passed=False)
    assert failed.completed_at is not None and failed.passed_at is None and failed.score == 0.4
    passed = learner.finish_lesson("l", score=0.9, passed=True)
    assert passed.completed_at == failed.completed_at and passed.passed_at is not None and passed.score == 0.9
    worse = learner.finish_lesson("l", score=0.1, passed=False)
    assert worse.score == 0.9 and worse.passed_at == passed.passed_at, "what was reached is not lost"
    assert open_learner().all_progress() == {"l": worse}
    assert [kind for kind, _ in events(profile)] == [
        "lesson_started", "step_done", "step_done", "lesson_completed", "lesson_passed", "lesson_completed",
    ]  # fmt: skip


def test_dates_are_aware_and_in_utc(learner: LearnerRepository) -> None:
    begun = learner.open_step("l", "1.0", "start")
    assert begun.started_at.tzinfo is not None and START < begun.started_at <= begun.updated_at


@pytest.mark.parametrize("call", [
    lambda learner: learner.finish_step("l", "s"), lambda learner: learner.finish_lesson("l", score=1.0, passed=True),
])  # fmt: skip
def test_a_lesson_that_was_never_opened_is_named(
    learner: LearnerRepository, call: Callable[[LearnerRepository], None]
) -> None:
    with pytest.raises(StoreError, match="no progress for the lesson l"):
        call(learner)


# -- answers -------------------------------------------------------------------------------------------------------------


def test_attempts_are_numbered_for_each_question(open_learner: Open, profile: Path) -> None:
    learner = open_learner()
    first = learner.save_attempt("l", "1.0", "q1", score=0.0, chosen=(2, 0))
    learner.save_attempt("l", "1.0", "q2", score=1.0, typed="an answer")
    third = learner.save_attempt("l", "1.0", "q1", score=0.5)
    assert (first.number, third.number) == (1, 2)
    again = open_learner()
    assert again.attempts("l", "q1") == (first, third)
    assert [attempt.typed for attempt in again.attempts("l")] == ["", "an answer", ""]
    assert again.best_scores("l") == {"q1": 0.5, "q2": 1.0}
    assert again.answer_count() == 3
    assert again.attempts("other") == ()
    assert [data["number"] for kind, data in events(profile) if kind == "answer_given"] == [1, 1, 2]
    assert "an answer" not in json.dumps(events(profile))


def test_an_attempt_can_be_saved_when_earlier_ones_cannot_be_opened(open_learner: Open) -> None:
    open_learner().save_attempt("l", "1.0", "q", score=0.0, typed="sealed with another key")
    learner = open_learner(Vault(bytes(32)))
    assert learner.save_attempt("l", "1.0", "q", score=1.0, typed="now").number == 2
    with pytest.raises(StoreError, match="another key"):
        learner.attempts("l")


# -- runs ----------------------------------------------------------------------------------------------------------------


def test_a_run_comes_back_as_it_was(open_learner: Open, profile: Path) -> None:
    run = a_run()
    assert open_learner().save_run(run) == run
    assert open_learner().runs() == (run,)
    [(kind, data)] = events(profile)
    assert kind == "run_done" and data["findings"] == {"email": 2} and data["seed"] == 7
    assert "why?" not in json.dumps(data) and "because" not in json.dumps(data)


def test_runs_are_newest_first_and_limited(learner: LearnerRepository) -> None:
    for number in range(5):
        learner.save_run(a_run(f"r{number}", at=START + timedelta(hours=number // 2)))
    assert [run.id for run in learner.runs()] == ["r4", "r3", "r2", "r1", "r0"]
    assert [run.id for run in learner.runs(limit=2)] == ["r4", "r3"]
    assert learner.run_count() == 5


@pytest.mark.parametrize("judgement", JUDGEMENTS)
def test_a_run_is_judged_even_if_many_came_after_it(learner: LearnerRepository, judgement: str, profile: Path) -> None:
    learner.save_run(a_run("old", at=START))
    for number in range(3):
        learner.save_run(a_run(f"r{number}", at=START + timedelta(days=1)))
    assert learner.judge_run("old", judgement) == a_run("old", at=START, judgement=judgement)
    assert events(profile)[-1] == ("run_judged", {"run": "old", "judgement": judgement})


def test_a_run_that_is_not_there_is_not_judged(learner: LearnerRepository, profile: Path) -> None:
    with pytest.raises(StoreError, match="no run gone"):
        learner.judge_run("gone", "yes")
    with pytest.raises(ValueError, match="judgement"):
        learner.judge_run("gone", "maybe")
    assert events(profile) == [], "nothing happened, so nothing is recorded"


# -- drafts and favourites -----------------------------------------------------------------------------------------------


def test_drafts_are_kept_replaced_and_forgotten(open_learner: Open, profile: Path) -> None:
    learner = open_learner()
    learner.save_draft("practice/free", "half")
    learner.save_draft("practice/free", "half a sentence")
    learner.save_draft("other", "x")
    assert open_learner().draft("practice/free") == "half a sentence"
    learner = open_learner()
    learner.save_draft("other", "")
    assert learner.draft("other") == "" and learner.draft("practice/free") == "half a sentence"
    assert events(profile) == [], "half-typed texts are nobody's business"


def test_a_locked_keyring_loses_no_draft(open_learner: Open) -> None:
    open_learner().save_draft("a", "yesterday")
    locked = open_learner(None)
    assert locked.draft("a") == ""
    locked.save_draft("a", "today")
    assert locked.draft("a") == "today"
    assert open_learner().draft("a") == "yesterday", "what was only in memory is gone, what was stored is not"
    locked = open_learner(None)
    locked.save_draft("a", "")
    assert open_learner().draft("a") == "", "but a text that was deleted is"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=st.text(max_size=20), text=st.text(st.characters(), max_size=50))
def test_any_text_can_be_a_draft(learner: LearnerRepository, key: str, text: str) -> None:
    learner.save_draft(key, text)
    assert learner.draft(key) == text


def test_favourites_are_starred_once(open_learner: Open) -> None:
    learner = open_learner()
    for prompt_id, starred in (("a", True), ("a", True), ("b", True), ("c", False), ("b", False)):
        learner.set_favourite(prompt_id, starred)
    assert open_learner().favourites() == frozenset({"a"})


# -- texts that cannot be kept -------------------------------------------------------------------------------------------


def test_texts_stay_in_memory_until_a_vault_opens_and_are_stored_then(open_learner: Open) -> None:
    learner = open_learner(None)
    type_everything(learner)
    assert typed_again(learner) == all_typed()
    learner.use_vault(Vault(None, "locked"))
    assert typed_again(learner) == all_typed()
    learner.use_vault(KEY)
    assert typed_again(learner) == all_typed()
    assert learner.vault_account[1] == KEY.key_id
    assert typed_again(open_learner()) == all_typed()


def test_what_was_changed_while_waiting_is_stored_as_it_is_last(open_learner: Open) -> None:
    learner = open_learner(None)
    learner.save_draft("a", "first")
    learner.save_draft("a", "second")
    learner.save_draft("b", "first")
    learner.save_draft("b", "")
    learner.save_profile(Profile("Ines", "sales", "en"))
    learner.save_profile(Profile("", "sales", "en"))
    learner.use_vault(KEY)
    again = open_learner()
    assert (again.draft("a"), again.draft("b"), again.profile()) == ("second", "", Profile("", "sales", "en"))


def test_a_text_of_an_attempt_that_failed_turns_up_nowhere_else(learner: LearnerRepository, open_learner: Open) -> None:
    learner = open_learner(None)
    with pytest.raises(sqlite3.IntegrityError):
        learner.save_attempt("l", "1.0", None, score=0.0, typed=MARKER)  # type: ignore[arg-type]
    assert learner.save_attempt("l", "1.0", "q", score=1.0).typed == ""
    assert learner.attempts("l")[0].typed == ""


def test_a_closed_vault_shows_no_text_but_everything_else(open_learner: Open) -> None:
    learner = open_learner()
    type_everything(learner)
    closed = open_learner(None)
    assert typed_again(closed) == [""] * len(all_typed())
    [run] = closed.runs()
    assert run.text is None and run.seed == 7 and run.checks == a_run().checks


# -- erasing -------------------------------------------------------------------------------------------------------------


def test_erasing_leaves_only_the_chain(open_learner: Open, profile: Path) -> None:
    learner = open_learner(None)
    type_everything(learner)
    learner.erase()
    assert learner.profile() is None and learner.runs() == () and learner.draft("practice/free") == ""
    learner.use_vault(KEY)
    again = open_learner()
    assert again.profile() is None and again.all_progress() == {} and again.answer_count() == 0
    assert events(profile)[-1] == ("records_erased", {})
    assert finish(again.audit.verify(KEY)).is_whole
