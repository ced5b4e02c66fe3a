"""A conversation as a file: the branch that is shown, how each answer was made, its sources; read by the guard first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop_app.errors import StoreError
from desktop_app.jobs import finish
from desktop_app.practice.conversation import Conversation, Turn
from desktop_app.practice.export import exported, hidden, read, write

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
FACTS = {
    "model_id": "smollm2", "seed": 7, "temperature": 0.3, "top_p": 0.95, "repeat_penalty": 1.0, "max_tokens": 256,
    "prompt_tokens": 40, "completion_tokens": 12, "stop_reason": "cancelled", "left_out": ["x", "y"],
}  # fmt: skip
START = {"start": [["system", "Be short."], ["user", "Hi"], ["assistant", "Hello"]]}
GROUNDED = {
    "sources": [["d1", 3]],
    "grounded": {
        "found": True, "is_quotation": False, "problem": "", "looked_for": [], "missing": [], "marks": [],
        "passages": [{"document": "d1", "name": "travel.pdf", "number": 3, "page": 2, "heading": "Travel > Hotels"}],
    },
}  # fmt: skip
TALK = Conversation(
    "c", "The depot", "shorten-notice", 2, NOW, NOW, "a1",
    (
        Turn("q1", "", "user", "Shorten:\n# not a heading\nwrite to anna@example.org", NOW, {}, START),
        Turn("a0", "q1", "assistant", "another one", NOW, FACTS),
        Turn("a1", "q1", "assistant", "It is closed.", NOW, FACTS, GROUNDED),
    ),
)  # fmt: skip


def test_markdown_holds_the_branch_the_instructions_and_how_each_answer_was_made() -> None:
    text = exported(TALK, "md", prompt_name="Shorten a notice")
    lines = text.splitlines()
    assert lines[0] == "# The depot" and "Prompt: Shorten a notice, version 2." in text
    assert [line for line in lines if line.startswith("## ")] == [
        "## Instructions", "## Question 1", "## Answer 1", "## Not in this file",
    ]  # fmt: skip
    assert "> # not a heading" in lines, "a question's own headings are not the file's"
    made = next(line for line in lines if "seed" in line)
    for part in ("Model smollm2", "seed 7", "temperature 0.3", "top p 0.95", "at most tokens 256", "40 tokens read"):
        assert part in made
    assert "stopped by the person" in made and "the first 1 questions no longer fitted" in made
    assert "1. travel.pdf, page 2, Hotels" in lines
    assert "another one" not in text and "1 message of other branches" in text


def test_text_says_the_same_without_marks() -> None:
    text = exported(TALK, "txt")
    assert text.startswith("The depot\n=========\n") and "**" not in text and "> " not in text
    assert "It is closed." in text and "seed 7" in text


def test_a_text_that_was_not_kept_is_named() -> None:
    lost = Conversation("c", "", "", 0, NOW, NOW, "q", (Turn("q", "", "user", None, NOW),))
    assert "(not kept)" in exported(lost, "md") and exported(lost, "md").startswith("# Conversation")


def test_the_guard_reads_all_of_it_and_placeholders_can_stand_in() -> None:
    text = exported(TALK, "md")
    [found] = finish(read(text))
    assert text[found.start : found.end] == "anna@example.org"
    assert "anna@example.org" not in hidden(text, (found,))


def test_a_file_is_written_whole_or_the_reason_is_told(tmp_path: Path) -> None:
    path = finish(write(tmp_path / "talk.md", "half a pair \ud800 is no character"))
    assert path.read_text("utf-8") == "half a pair ? is no character"
    with pytest.raises(StoreError, match="nowhere"):
        finish(write(tmp_path / "nowhere" / "talk.md", "x"))
