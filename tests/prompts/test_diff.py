"""What changed between two versions: nothing is lost in the telling, and no text takes for ever."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.prompts.diff import Change, LinePair, PartDiff, diff_versions, side_by_side, word_diff
from tests.helpers.prompt_files import GOOD, version_of

TEXT = st.text() | st.text("ab \n.", max_size=80)


def joined(changes: tuple[Change, ...], *kinds: str) -> str:
    return "".join(change.text for change in changes if change.kind in kinds)


def assert_whole(old: str, new: str) -> tuple[Change, ...]:
    changes = word_diff(old, new)
    assert joined(changes, "same", "added") == new
    assert joined(changes, "same", "removed") == old
    assert all(change.text for change in changes)
    return changes


@given(TEXT, TEXT)
def test_kept_and_added_is_new_kept_and_removed_is_old(old: str, new: str) -> None:
    assert_whole(old, new)


@given(TEXT)
def test_a_text_compared_with_itself_stayed(text: str) -> None:
    assert all(change.kind == "same" for change in assert_whole(text, text))


def test_words_are_compared_whole() -> None:
    assert word_diff("Answer the customer now.", "Answer each customer now!") == (
        Change("same", "Answer "), Change("removed", "the"), Change("added", "each"), Change("same", " customer now"),
        Change("removed", "."), Change("added", "!"),
    )  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [("", "x"), ("x", ""), ("", "")])
def test_empty_texts(old: str, new: str) -> None:
    assert len(assert_whole(old, new)) == len(old + new)


def long_texts() -> list[tuple[str, str, str]]:
    chance = random.Random(3)
    words = [f"w{number}" for number in range(200)]
    lines = ["".join(chance.choices("ab \n", k=30)) for _ in range(20_000)]
    return [
        ("no word in common", " ".join(f"a{n}" for n in range(2900)), " ".join(f"b{n}" for n in range(2900))),
        ("few words", " ".join(chance.choices("abc", k=2900)), " ".join(chance.choices("abc", k=2900))),
        ("two hundred words", " ".join(chance.choices(words, k=2900)), " ".join(chance.choices(words, k=2900))),
        ("just under the first limit", "x " * 149 + "y", " ".join(f"b{n}" for n in range(150))),
        ("one letter", "a" * 500_000, "a" * 499_999), ("empty lines", "\n" * 300_000, " \n" * 300_000),
        ("many lines", "\n".join(lines), "\n".join(reversed(lines))), ("one long line", "a b " * 100_000, "b a " * 100_000),
        ("a word each", "a " * 250_000, "b " * 250_000), ("dots", ". " * 3000, "." * 2900),
    ]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), [pytest.param(old, new, id=name) for name, old, new in long_texts()])
def test_long_texts_are_compared_more_coarsely_and_not_for_ever(old: str, new: str) -> None:
    """There is no clock here: without the limits in diff.py several of these would run for minutes."""
    assert_whole(old, new)


def test_a_long_text_with_one_changed_word_shows_it() -> None:
    words = [f"word{number}" for number in range(1500)]
    old = " ".join(words)
    words[700] = "changed"
    changes = assert_whole(old, " ".join(words))
    assert [change.text for change in changes if change.kind != "same"] == ["word700", "changed"]


def test_the_parts_of_two_versions(tmp_path: Path) -> None:
    old = version_of(tmp_path / "a", modelParameters={"temperature": 0.5, "stop": ["END"]})
    messages = [
        *GOOD["messages"],
        {"role": "assistant", "content": "An answer."},
        {"role": "user", "content": "Shorter."},
    ]
    new = version_of(tmp_path / "b", messages=messages, roles=["finance"], data_class="public", name="Answer")
    parts = {part.part: part for part in diff_versions(old, new)}
    assert list(parts) == [
        "Name", "Description", "Message 1 (system)", "Message 2 (user)", "Message 3 (assistant)", "Message 4 (user)",
        "Inputs", "Parameters", "Tests", "Roles and data class",
    ]  # fmt: skip
    assert {name for name, part in parts.items() if not part.is_changed} == {
        "Description", "Message 1 (system)", "Message 2 (user)", "Inputs", "Tests",
    }  # fmt: skip
    assert parts["Message 4 (user)"].changes == (Change("added", "Shorter."),)
    assert "".join(c.text for c in parts["Parameters"].changes if c.kind != "added").startswith("temperature: 0.5")
    assert PartDiff("x", ()).is_changed is False


def test_a_message_that_went(tmp_path: Path) -> None:
    old = version_of(tmp_path / "a")
    new = version_of(tmp_path / "b", messages=GOOD["messages"][1:])
    gone = [part for part in diff_versions(old, new) if part.part == "Message 2 (user)"]
    assert {change.kind for change in gone[0].changes} == {"removed"}


def side(pairs: tuple[LinePair, ...], name: str) -> str:
    lines = [getattr(pair, name) for pair in pairs]
    return "\n".join("".join(change.text for change in line) for line in lines if line is not None)


@given(TEXT, TEXT)
def test_each_side_of_a_side_by_side_view_is_its_whole_text(old: str, new: str) -> None:
    pairs = side_by_side(word_diff(old, new))
    assert (side(pairs, "before"), side(pairs, "after")) == (old, new)
    assert not any(pair.before is None and pair.after is None for pair in pairs)
    for pair in pairs:
        assert all(change.kind != "added" for change in pair.before or ())
        assert all(change.kind != "removed" for change in pair.after or ())


def test_what_both_say_stands_beside_each_other() -> None:
    pairs = side_by_side(
        word_diff("Dear Ms Ortiz,\nold one\nold two\nKind regards", "Dear Ms Ortiz,\nnew\nKind regards")
    )
    level = [pair for pair in pairs if not pair.is_changed]
    assert [side((pair,), "before") for pair in level] == ["Dear Ms Ortiz,", "Kind regards"]
    assert len(pairs) == 4


def test_tests_limits_and_examples_are_compared_too(tmp_path: Path) -> None:
    fields: dict[str, Any] = {
        "inputs": [dict(GOOD["inputs"][0]), *GOOD["inputs"][1:]],
        "tests": [{"vars": {"invoice": "2 tents"}}],
    }
    fields["inputs"][0] |= {"max_length": 90, "example": "3 ropes"}
    parts = {
        part.part: part for part in diff_versions(version_of(tmp_path / "a"), version_of(tmp_path / "b", **fields))
    }
    added = joined(parts["Inputs"].changes, "added")
    assert "max length: 90" in added and "example: 3 ropes" in added
    assert "invoice: 2 tents" in joined(parts["Tests"].changes, "added")
