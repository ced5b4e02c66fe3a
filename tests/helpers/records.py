"""A person's records for tests: every kind of text typed once, each recognisable by a marker."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from desktop_app.records.learner import LearnerRepository
from desktop_app.records.learning import Profile, Run, RunText
from desktop_app.records.turns import Conversation, Turn

MARKER = "Zaunkönig-4711-𝄞"


def a_run(run_id: str = "r1", **fields: Any) -> Run:
    """A run with everything filled in; fields replace what they name."""
    values: dict[str, Any] = {
        "id": run_id, "at": datetime(2026, 11, 22, 9, 30, tzinfo=UTC), "lesson_id": "l", "practice_id": "p",
        "prompt_id": "answer-invoice", "prompt_version": 2, "content_hash": "ab" * 32, "model_id": "m", "seed": 7,
        "stop_reason": "end", "prompt_tokens": 30, "completion_tokens": 12, "first_token_ms": 20.5,
        "tokens_per_second": 44.0, "findings": {"email": 2}, "checks": {"one line": True, "names a date": False},
        "judgement": "", "text": RunText({"question": "why?"}, (("system", "s"), ("user", "why?")), "because"),
    }  # fmt: skip
    return Run(**(values | fields))


def type_everything(learner: LearnerRepository, marker: str = MARKER) -> None:
    """Save every kind of text a person can type, and what a model made of it."""
    learner.save_profile(Profile(f"name {marker}", "sales", "en"))
    learner.open_step("l", "1.0", "start")
    learner.save_attempt("l", "1.0", "q", score=0.5, typed=f"typed {marker}")
    text = RunText({"question": f"value {marker}"}, (("user", f"message {marker}"),), f"answer {marker}")
    learner.save_run(a_run(text=text))
    learner.save_draft("practice/free", f"draft {marker}")
    at = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    asked = Turn("t1", "", "user", f"asked {marker}", at, {}, {"values": {"prompt": f"asked {marker}"}})
    talk = Conversation("c1", f"title {marker}", "", 0, at, at, "t1", (), {"stop": [marker]})
    learner.conversations.save_turn(talk, asked, model_id="m")


def typed_again(learner: LearnerRepository) -> list[str]:
    """Every text that type_everything saved, as it is read back; "" for one that is not kept."""
    profile, run = learner.profile(), learner.runs()[0]
    assert profile is not None
    text = run.text or RunText({"question": ""}, (("user", ""),), "")
    [attempt] = learner.attempts("l")
    [head] = learner.conversations.heads()
    [turn] = learner.conversations.get(head.id).turns
    return [
        profile.name, attempt.typed, text.values["question"], text.messages[0][1], text.answer,
        learner.draft("practice/free"), head.title or "", turn.text or "",
    ]  # fmt: skip


def all_typed(marker: str = MARKER) -> list[str]:
    """What typed_again gives if everything was kept."""
    return [f"{kind} {marker}" for kind in ("name", "typed", "value", "message", "answer", "draft", "title", "asked")]
