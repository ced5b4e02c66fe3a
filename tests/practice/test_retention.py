"""What may be kept no longer is gone, with what the model had read of it; what may be kept stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop_app.jobs import finish
from desktop_app.practice.retention import expire, kept_words
from desktop_app.records.conversations import Expired
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.turns import Conversation, Turn
from desktop_app.sandbox.states import StateFiles
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
KEY = Vault(bytes(32))


@pytest.fixture
def learner(profile: Path) -> Iterator[LearnerRepository]:
    made = LearnerRepository(Locations.find(profile), lambda: START)
    made.use_vault(KEY)
    yield made
    made.close()


def with_a_state(learner: LearnerRepository) -> StateFiles:
    """A conversation, and what the model had read of it."""
    made = Conversation("c", "title", "", 0, START, START, "q", ())
    learner.conversations.save_turn(made, Turn("q", "", "user", "question", START), model_id="m")
    states = StateFiles(learner.locations.states, lambda: KEY)
    states.save("one", b"what the model had read")
    assert states.has("one")
    return states


def test_with_a_conversation_goes_what_the_model_had_read_of_it(learner: LearnerRepository) -> None:
    states = with_a_state(learner)
    expired = finish(expire(learner.elsewhere(), 30, START + timedelta(days=31)))
    assert expired == Expired(conversations=1)
    assert not states.has("one") and learner.conversations.heads() == ()


def test_while_everything_may_be_kept_nothing_is_touched(learner: LearnerRepository) -> None:
    states = with_a_state(learner)
    assert not finish(expire(learner.elsewhere(), 30, START + timedelta(days=29)))
    assert states.load("one") and len(learner.conversations.heads()) == 1


def test_work_is_not_half_typed_text_and_stays(learner: LearnerRepository) -> None:
    work = ["prompt-draft/new-offer", "prompt-edit//library/a.prompt.yml", f"studio/{'a' * 32}", "practice/documents"]
    typed = ["practice/free", "practice/prompt/shorten-notice", "practice/compare", "values/shorten-notice"]
    for key in (*work, *typed):
        learner.save_draft(key, "text")
    expired = finish(expire(learner.elsewhere(), 30, START + timedelta(days=31)))
    assert expired == Expired(drafts=len(typed))
    assert learner.draft_keys("") == tuple(sorted(work)) and all(learner.draft(key) == "text" for key in work)


def test_how_long_it_is_kept_in_words() -> None:
    assert kept_words(None) == "kept until you delete them"
    assert kept_words(1) == "kept 1 day, set by your organisation"
    assert kept_words(3650) == "kept 3,650 days, set by your organisation"
