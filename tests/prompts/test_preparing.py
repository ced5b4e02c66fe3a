"""What the model can read of a prompt before its form is filled in."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from desktop_app.jobs import Job, finish
from desktop_app.prompts.prompt import Message
from desktop_app.prompts.run import prepare, unfilled

SYSTEM, EXAMPLE, ANSWER = "You shorten texts.", "A long text.", "Short."


def version(*texts: str) -> Any:
    roles = ("system", "user", "assistant", "user")
    return SimpleNamespace(messages=tuple(Message(role, text) for role, text in zip(roles, texts, strict=False)))  # type: ignore[arg-type]


class Listening:
    """In place of a client: what it was told to prepare."""

    def __init__(self) -> None:
        self.told: list[tuple[int, int]] = []

    def prepare(self, messages: list[tuple[str, str]], keep_turns: int) -> Job[None]:
        self.told.append((len(messages), keep_turns))
        yield from ()


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        ((SYSTEM, EXAMPLE, ANSWER, "Shorten: {{ text }}"), 3),
        ((SYSTEM, "In {{language}}: " + EXAMPLE, ANSWER, "{{text}}"), 1),
        (("You are {{ role }}.", "Hello"), 0),
        ((SYSTEM, "Tell a joke."), 1),
        (("{{text}}",), 0),
    ],
)
def test_what_no_input_changes_is_read_ahead(texts: tuple[str, ...], kept: int) -> None:
    client: Any = Listening()
    assert len(unfilled(version(*texts))) == kept
    finish(prepare(client, version(*texts)))
    assert client.told == ([(len(texts), kept)] if kept else [])
