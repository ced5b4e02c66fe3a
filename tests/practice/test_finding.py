"""Searching one's own texts: the beginning of each word is enough, capitals and accents do not matter, newest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from records import a_run

from desktop_app.practice.finding import Batch, Ended, Found, Search, _look, find, folded_text, words_of
from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import RunText
from desktop_app.records.turns import Conversation, Turn
from desktop_app.storage.locations import Locations
from desktop_app.storage.vault import Vault

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@pytest.fixture
def learner(profile: Path) -> Iterator[LearnerRepository]:
    ticks = count()
    made = LearnerRepository(Locations.find(profile), lambda: START + timedelta(hours=next(ticks)))
    made.use_vault(Vault(bytes(32)))
    yield made
    made.close()


def talk(learner: LearnerRepository, number: int, *texts: str, prompt_id: str = "", model_id: str = "m") -> None:
    made = Conversation(f"c{number}", texts[0][:20], prompt_id, 1, START, START, "", ())
    for at, text in enumerate(texts):
        turn = Turn(
            f"{number}-{at}", f"{number}-{at - 1}" if at else "", "user" if at % 2 == 0 else "assistant", text, START
        )
        made = learner.conversations.save_turn(made, turn, model_id=model_id)


def search(learner: LearnerRepository, text: str = "", most: int = 300, **more: object) -> tuple[list[Found], Ended]:
    job = find(learner.elsewhere(), Search(text, **more), most=most)  # type: ignore[arg-type]
    found: list[Found] = []
    while True:
        try:
            batch = next(job)
        except StopIteration as end:
            return found, end.value
        assert isinstance(batch, Batch)
        found += batch.found


def test_words_are_found_by_their_beginnings_whatever_their_capitals_and_accents(learner: LearnerRepository) -> None:
    talk(learner, 1, "Shorten this notice", "The DEPOT in Straßburg stays closed.")
    talk(learner, 2, "Write to Müller", "Dear Mr Müller")
    for text, wanted in {
        "depot": ["c1"], "strass clos": ["c1"], "muller": ["c2"], "MÜL": ["c2"], "epot": [], "depot muller": [],
        "": ["c2", "c1"], "·": ["c2", "c1"],
    }.items():  # fmt: skip
        assert [one.id for one in search(learner, text)[0]] == wanted, text


def test_what_was_found_is_shown_around_the_word_and_marked_as_it_is_written(learner: LearnerRepository) -> None:
    talk(learner, 1, "A question", "Nothing here. " * 9 + "Then the Zaunkönig sang. " + "And more. " * 40)
    [one], ended = search(learner, "zaunkon")
    assert "Zaunkönig sang" in one.snippet and one.snippet.startswith("… ")
    assert len(one.snippet) < 240 and one.marked == ("Zaunkön",)
    assert ended == Ended(looked=1, unopened=0, has_more=False)


def test_a_conversation_without_a_search_shows_no_snippet_and_opens_no_turns(learner: LearnerRepository) -> None:
    talk(learner, 1, "one", "two")
    [one], _ = search(learner)
    assert (one.kind, one.snippet, one.marked) == ("conversation", "", ())


def test_lists_are_narrowed_by_date_prompt_and_model(learner: LearnerRepository) -> None:
    talk(learner, 1, "x", prompt_id="shorten-notice")
    talk(learner, 2, "x", model_id="other")
    heads = {head.id: head for head in learner.conversations.heads()}
    assert [one.id for one in search(learner, prompt_id="shorten-notice")[0]] == ["c1"]
    assert [one.id for one in search(learner, prompt_id="")[0]] == ["c2"]
    assert [one.id for one in search(learner, model_id="other")[0]] == ["c2"]
    assert [one.id for one in search(learner, since=heads["c2"].updated_at)[0]] == ["c2"]


def test_runs_that_belong_to_no_conversation_are_found_too_and_the_others_once(learner: LearnerRepository) -> None:
    talk(learner, 1, "the depot", "closed")
    texts = RunText({"notice": "the depot again"}, (("user", "the depot again"),), "short")
    learner.save_run(a_run("r1", at=START + timedelta(days=2), lesson_id="first-steps", text=texts))
    learner.save_run(a_run("r2", at=START, text=texts))
    conversation = learner.conversations.get("c1")
    answer = Turn("1-1", "1-0", "assistant", "closed", START, {"run_id": "r2"})
    learner.conversations.save_turn(conversation, answer, model_id="m")
    found, _ = search(learner, "depot")
    assert [(one.kind, one.id, one.lesson_id) for one in found] == [
        ("run", "r1", "first-steps"),
        ("conversation", "c1", ""),
    ]


def test_what_was_not_kept_is_counted_and_no_more_than_asked_for_is_listed(learner: LearnerRepository) -> None:
    for number in range(5):
        talk(learner, number, f"question {number}")
    found, ended = search(learner, "question", most=2)
    assert [one.id for one in found] == ["c4", "c3"] and ended.has_more
    learner.vault = Vault(None, "There is no keyring.")
    assert search(learner) == ([], Ended(looked=5, unopened=5, has_more=False))


def test_stopping_closes_the_records(learner: LearnerRepository) -> None:
    talk(learner, 1, "x")
    opened: list[LearnerRepository] = []
    open_again = learner.elsewhere()

    def open_and_tell() -> LearnerRepository:
        opened.append(open_again())
        return opened[0]

    job = find(open_and_tell, Search("x"))
    next(job)
    job.close()
    with pytest.raises(Exception, match="closed"):
        opened[0].conversations.heads()


@given(st.text(max_size=200), st.text(max_size=30))
def test_any_text_can_be_searched_for_anything(text: str, query: str) -> None:
    words = words_of(query)
    hit = _look(["title", text], words)
    if hit is not None and words:
        snippet, marked = hit
        assert all(piece in snippet for piece in marked)


@given(st.text(min_size=1, max_size=40).filter(lambda text: words_of(text)))
def test_a_text_is_found_by_its_own_words(text: str) -> None:
    assert _look([text], words_of(text)) is not None


@given(st.text(max_size=60))
def test_folding_again_changes_nothing(text: str) -> None:
    assert folded_text(folded_text(text)) == folded_text(text)
