"""Where a batch does not give the same bits as single tokens, prompts are cut at fixed places and nothing is drafted."""

from __future__ import annotations

import pytest

from desktop_app.sandbox.builds import Builds
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import (
    Carried,
    Done,
    Generate,
    GenerationParameters,
    Message,
    Save,
    Saved,
    Tokens,
)
from desktop_app.sandbox.worker import context
from desktop_app.sandbox.worker import engine as engine_module
from desktop_app.sandbox.worker.backend import load_build
from desktop_app.sandbox.worker.context import CHUNK_TOKENS, Context
from desktop_app.sandbox.worker.engine import Engine

LONG = ("system", "The office moved to the second floor. " * 30)
WANTED = GenerationParameters(temperature=0.8, max_tokens=8)


def ask(engine: Engine, *turns: tuple[str, str]) -> tuple[str, Done]:
    sent: list[Message] = []
    done = engine.answer(Generate(1, turns, WANTED, 5), lambda: False, sent.append)
    return "".join(message.text for message in sent if isinstance(message, Tokens)), done


@pytest.mark.model
def test_only_whole_pieces_are_kept_and_the_text_stays_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Context, "_is_exact", lambda self: False)
    load_build(Builds().candidates()[0][0])
    engine = Engine(str(bundled_model().path), 1024, 1)
    question, other = ("user", "Where is the office?"), ("user", "When did it move there?")
    first, read_anew = ask(engine, LONG, question)
    second, shared = ask(engine, LONG, other)
    again, back = ask(engine, LONG, question)
    assert again == first != second
    assert read_anew.timings.cached_tokens == 0 < CHUNK_TOKENS <= shared.timings.cached_tokens
    assert back.timings.cached_tokens == shared.timings.cached_tokens < back.timings.prompt_tokens - 1
    assert all(done.timings.drafted_tokens == 0 for done in (read_anew, shared, back))
    saved = engine.save(Save(2, (LONG, question), 1))
    engine.restore(saved.data)
    assert ask(engine, LONG, question)[0] == first and len(saved.data) > 1_000_000
    engine.restore(saved.data[:-5])
    assert ask(engine, LONG, other)[0] == second


@pytest.mark.model
def test_a_state_too_large_to_keep_is_not_even_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of a large model fills some hundred megabytes; sent all the same, it ended the process."""
    monkeypatch.setattr(context, "STORE_BYTES", 1000)
    monkeypatch.setattr(engine_module, "STATE_BYTES", engine_module.HEAD_BYTES + 1000)
    monkeypatch.setattr(Context, "_state", lambda self: pytest.fail("copied"))
    load_build(Builds().candidates()[0][0])
    engine = Engine(str(bundled_model().path), 1024, 1)
    question = ("user", "Where is the office?")
    first, _ = ask(engine, LONG, question)
    assert engine.save(Save(2, (LONG, question), 1)) == Carried(Saved(2, 0), b"")
    ask(engine, ("system", "You are brief. " * 20), question)
    again, read_anew = ask(engine, LONG, question)
    assert again == first and read_anew.timings.cached_tokens < 10
