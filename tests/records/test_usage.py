"""Uses, feedback and collections in learner.db: what is saved comes back, typed texts are sealed, erasing takes all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.usage import REASONS, Feedback
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MARKER = "Zaunkönig-4711"
GIVEN = Feedback("offer-facts", 2, "ab" * 32, "partly", 4, "tone", 6.5, f"a comment {MARKER}")


@pytest.fixture
def learner(profile: Path) -> Iterator[LearnerRepository]:
    ticks = count()
    made = LearnerRepository(Locations.find(profile), lambda: START + timedelta(minutes=next(ticks)))
    yield made
    made.close()


def test_uses_are_counted_by_version_and_the_latest_come_first(learner: LearnerRepository) -> None:
    for prompt_id, version in (("a", 1), ("b", 1), ("a", 2), ("a", 2), ("c", 1), ("b", 1)):
        learner.usage.add_use(prompt_id, version, "ab" * 32, "run")
    assert learner.usage.recent() == ("b", "c", "a")
    assert learner.usage.recent(limit=1) == ("b",)
    assert learner.usage.use_counts() == {("a", 1): 1, ("a", 2): 2, ("b", 1): 2, ("c", 1): 1}


def test_the_last_copy_is_asked_about_until_something_was_said(learner: LearnerRepository) -> None:
    assert learner.usage.last_copy_without_feedback("offer-facts") is None
    learner.usage.add_use("offer-facts", 1, "ab" * 32, "copied")
    learner.usage.add_use("offer-facts", 2, "cd" * 32, "copied")
    learner.usage.add_use("offer-facts", 2, "cd" * 32, "run")
    found = learner.usage.last_copy_without_feedback("offer-facts")
    assert found is not None and (found.version, found.kind) == (2, "copied")
    learner.usage.save_feedback(GIVEN)
    assert learner.usage.last_copy_without_feedback("offer-facts") is None
    learner.usage.add_use("offer-facts", 2, "cd" * 32, "copied")
    assert learner.usage.last_copy_without_feedback("offer-facts") is not None


def test_feedback_comes_back_with_id_and_time(learner: LearnerRepository) -> None:
    learner.use_vault(Vault(bytes(32)))
    stored = learner.usage.save_feedback(GIVEN)
    assert stored.id and stored.at is not None and replace(stored, id="", at=None) == GIVEN
    other = learner.usage.save_feedback(Feedback("other", 1, "cd" * 32, "yes"))
    assert learner.usage.feedback() == (stored, other)
    assert learner.usage.feedback("other") == (other,)
    learner.usage.delete_feedback(stored.id)
    learner.usage.delete_feedback(stored.id)
    assert learner.usage.feedback() == (other,)
    assert finish(learner.audit.verify(learner.vault)).is_whole


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"goal_met": "perhaps"}, "one of yes"), ({"rating": 0}, "1 to 5"), ({"rating": 6}, "1 to 5"),
     ({"reason": "bad"}, "not known"), ({"minutes_saved": 1e9}, "10,000"), ({"minutes_saved": float("nan")}, "10,000"),
     ({"comment": "x" * 2001}, "2,001")],
)  # fmt: skip
def test_feedback_no_form_offers_is_refused(learner: LearnerRepository, wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(StoreError, match=named):
        learner.usage.save_feedback(replace(GIVEN, **wrong))
    assert learner.usage.feedback() == ()


def test_what_was_typed_is_on_disk_only_sealed(learner: LearnerRepository, profile: Path) -> None:
    """Comments and collection names wait in memory until the keyring is open, then they are sealed."""
    learner.usage.save_feedback(GIVEN)
    learner.usage.add_collection(f"Reports {MARKER}")
    with closing(sqlite3.connect(Locations.find(profile).learner_db)) as db:
        assert db.execute("SELECT comment_sealed FROM prompt_feedback").fetchall() == [(None,)]
    learner.use_vault(Vault(bytes(32)))
    learner.usage.add_collection(f"Letters {MARKER}")
    learner.close()
    assert not [path for path in profile.rglob("*") if path.is_file() and MARKER.encode() in path.read_bytes()]
    again = LearnerRepository(Locations.find(profile))
    assert [one.name for one in again.usage.collections()] == ["", ""], "the keyring was not asked yet"
    again.use_vault(Vault(bytes(32)))
    assert [one.name for one in again.usage.collections()] == [f"Reports {MARKER}", f"Letters {MARKER}"]
    assert [one.comment for one in again.usage.feedback()] == [GIVEN.comment]
    again.close()


def test_a_collection_keeps_its_order_and_holds_each_prompt_once(learner: LearnerRepository) -> None:
    made = learner.usage.add_collection("  Monday   reports ")
    assert made.name == "Monday reports"
    learner.usage.set_collection_prompts(made.id, ["c", "a", "c", "b"])
    learner.usage.set_collection_prompts(learner.usage.add_collection("Other").id, ["a"])
    assert [(one.name, one.prompt_ids) for one in learner.usage.collections()] == [
        ("Monday reports", ("c", "a", "b")), ("Other", ("a",)),
    ]  # fmt: skip
    learner.usage.rename_collection(made.id, "monday reports")
    learner.usage.rename_collection(made.id, "Tuesday")
    learner.usage.delete_collection(learner.usage.collections()[1].id)
    assert [(one.name, one.prompt_ids) for one in learner.usage.collections()] == [("Tuesday", ("c", "a", "b"))]


@pytest.mark.parametrize("name", ["", "  ", "MONDAY reports"])
def test_a_collection_needs_a_name_of_its_own(learner: LearnerRepository, name: str) -> None:
    learner.usage.add_collection("Monday reports")
    with pytest.raises(StoreError, match=r"name"):
        learner.usage.add_collection(name)
    other = learner.usage.add_collection("Other")
    with pytest.raises(StoreError, match=r"name"):
        learner.usage.rename_collection(other.id, name)


def test_erasing_takes_everything_with_it(learner: LearnerRepository) -> None:
    learner.usage.add_use("a", 1, "ab" * 32, "copied")
    learner.usage.save_feedback(GIVEN)
    learner.usage.set_collection_prompts(learner.usage.add_collection("One").id, ["a"])
    learner.erase()
    assert (learner.usage.recent(), learner.usage.feedback(), learner.usage.collections()) == ((), (), ())


_ANY = st.builds(
    Feedback, st.text(max_size=20), st.integers(1, 999), st.text(max_size=64), st.sampled_from(["yes", "partly", "no"]),
    st.none() | st.integers(1, 5), st.sampled_from(["", *REASONS]), st.none() | st.floats(-10_000, 10_000),
    st.text(max_size=100),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_ANY)
def test_any_feedback_comes_back_as_it_was(learner: LearnerRepository, given_now: Feedback) -> None:
    learner.use_vault(Vault(bytes(32)))
    stored = learner.usage.save_feedback(given_now)
    assert learner.usage.feedback(given_now.prompt_id)[-1:] == (stored,) or not given_now.prompt_id


def test_half_typed_texts_are_listed_by_the_start_of_their_key(learner: LearnerRepository) -> None:
    learner.save_draft("prompt-draft/waiting", "text")
    learner.use_vault(Vault(bytes(32)))
    learner.save_draft("prompt-draft/a%", "text")
    learner.save_draft("values/a", "{}")
    assert learner.draft_keys("prompt-draft/") == ("prompt-draft/a%", "prompt-draft/waiting")
    assert learner.draft_keys("none/") == ()
