"""Conversations in formats that hold a text or two, and what every prompt of the collection loses in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.notes import Notes
from desktop_app.prompts.interchange.dialects import named
from desktop_app.prompts.interchange.turns import one_text, system_and_user
from desktop_app.prompts.library import PromptLibrary
from desktop_app.prompts.prompt import Message
from tests.helpers.prompt_imports import one_read, saved, texts, written

COLLECTION = Path(__file__).parents[3] / "prompt_library"
SYSTEM, USER, ANSWER = Message("system", "S"), Message("user", "U"), Message("assistant", "A")


@pytest.mark.parametrize(
    "messages, expected, noted",
    [
        ([USER], ("", "U"), 0),
        ([SYSTEM, USER], ("S", "U"), 0),
        ([SYSTEM, SYSTEM, USER], ("S\n\nS", "U"), 1),
        ([SYSTEM, USER, ANSWER, USER], ("S", "User: U\n\nAssistant: A\n\nUser: U"), 1),
        ([USER, SYSTEM, USER], ("", "User: U\n\nSystem: S\n\nUser: U"), 1),
    ],
)
def test_turns_become_a_text_for_the_system_and_one_for_the_user(
    messages: list[Message], expected: tuple[str, str], noted: int
) -> None:
    notes = Notes()
    assert system_and_user(messages, notes) == expected
    assert len(notes.sorted()) == noted
    assert one_text(messages, Notes()) == "\n\n".join(part for part in expected if part)


@pytest.mark.parametrize("dialect", ["fabric", "llm", "prompts.chat", "markdown"])
def test_every_prompt_of_the_collection_goes_out_and_comes_back_valid(dialect: str, tmp_path: Path) -> None:
    """One that a format cannot carry whole says so."""
    for prompt in PromptLibrary([COLLECTION]).prompts():
        version = prompt.offered
        file = written(named(dialect), version, tmp_path / "out" / prompt.id)
        found = one_read(named(dialect), file.parent if dialect == "fabric" else file)
        back = saved(tmp_path / "back", prompt.id, found.data)
        assert {item.name for item in version.inputs} <= {item.name for item in back.inputs}
        notes = named(dialect).write(version).notes
        assert notes
        if texts(back) != texts(version):
            assert [note for note in (*notes, *found.notes) if note.severity == "changed"], prompt.id
