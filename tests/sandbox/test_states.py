"""What the model read, kept on disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.jobs import finish
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters
from desktop_app.sandbox.states import Prefixes, StateFiles, state_name
from desktop_app.storage.vault import Vault

KEY = Vault(bytes(range(32)))
BEFORE = [("system", "You answer questions about Petra Lindqvist's boat in one sentence. " * 8), ("user", "Its name?"), ("assistant", "It is the Vega.")]  # fmt: skip
ASK = [*BEFORE, ("user", "Describe the boat.")]
WANTED = GenerationParameters(temperature=0.8, max_tokens=12)


@pytest.fixture
def files(tmp_path: Path) -> StateFiles:
    return StateFiles(tmp_path / "states", lambda: KEY)


def test_what_was_saved_comes_back_and_cannot_be_read_from_the_file(files: StateFiles) -> None:
    files.save("one", b"what Petra typed")
    [path] = files.folder.iterdir()
    assert files.load("one") == b"what Petra typed" and files.has("one")
    assert b"Petra" not in path.read_bytes() and path.stat().st_mode & 0o077 == 0
    files.erase()
    assert files.load("one") is None and not files.has("one")


def test_without_a_key_nothing_is_written_and_nothing_is_read(files: StateFiles) -> None:
    files.save("one", b"text")
    shut = StateFiles(files.folder, lambda: Vault(None, "no keyring"))
    shut.save("two", b"text")
    assert shut.load("one") is None and not files.has("two") and files.load("one") == b"text"


def test_a_file_that_was_changed_moved_or_cut_is_dropped(files: StateFiles) -> None:
    for damage in (lambda data: data[:-1], lambda data: data[:20], lambda data: b"", lambda data: data[:-1] + b"?"):
        files.save("one", b"text" * 50)
        [path] = files.folder.iterdir()
        path.write_bytes(damage(path.read_bytes()))
        assert files.load("one") is None and not path.exists()
    files.save("one", b"text")
    [path] = files.folder.iterdir()
    path.rename(path.with_name("two.state"))
    assert files.load("two") is None


def test_the_least_recently_used_go_when_the_folder_is_full(tmp_path: Path) -> None:
    files = StateFiles(tmp_path, lambda: KEY, most_bytes=300)
    for age, name in enumerate(("a", "b")):
        files.save(name, bytes(100))
        os.utime(tmp_path / f"{name}.state", (age, age))
    assert files.load("a")  # used now
    files.save("c", bytes(100))
    assert [name for name in "abc" if files.has(name)] == ["a", "c"]
    files.save("huge", bytes(400))
    assert not files.has("huge") and files.has("a")


def test_a_folder_that_cannot_be_made_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    files = StateFiles(tmp_path / "file" / "states", lambda: KEY)
    files.save("one", b"text")
    assert files.load("one") is None


@given(st.lists(st.tuples(st.text(max_size=3), st.text(max_size=3)), max_size=3), st.text(max_size=3))
def test_other_turns_or_another_maker_have_another_name(turns: list[tuple[str, str]], maker: str) -> None:
    names = {state_name([maker], turns), state_name([maker, ""], turns), state_name([maker], [*turns, ("", "")])}
    assert len(names) == 3 and state_name([maker], turns) in names


def opened(files: StateFiles) -> Iterator[ModelClient]:
    client = ModelClient(bundled_model(), context_tokens=1024, threads=1)
    client.prefixes = Prefixes(files)
    with client:
        yield client


@pytest.mark.model
def test_a_start_that_came_twice_is_kept_and_the_text_is_the_same_with_and_without_it(files: StateFiles) -> None:
    for client in opened(files):
        first = finish(client.generate(ASK, WANTED, seed=3, keep_turns=3))
        assert not files.folder.exists()  # what comes once is not kept
        finish(client.generate([*BEFORE, ("user", "Old?")], WANTED, seed=3, keep_turns=3))
        assert len(list(files.folder.iterdir())) == 1
        again = finish(client.generate(ASK, WANTED, seed=3, keep_turns=3))
    for client in opened(files):
        restored = finish(client.generate(ASK, WANTED, seed=3, keep_turns=3))
    [path] = files.folder.iterdir()
    path.write_bytes(path.read_bytes()[:-9])
    for client in opened(files):
        damaged = finish(client.generate(ASK, WANTED, seed=3, keep_turns=3))
    assert first.text and {again.text, restored.text, damaged.text} == {first.text}
    assert first.timings.cached_tokens == damaged.timings.cached_tokens == 0
    assert restored.timings.cached_tokens > 0.7 * restored.timings.prompt_tokens
    assert not path.exists()


@pytest.mark.model
def test_bytes_that_are_no_state_of_this_model_change_nothing(
    files: StateFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(StateFiles, "load", lambda self, name: b"GRS1 no state at all" * 1000)
    for client in opened(files):
        answers = [finish(client.generate(ASK, WANTED, seed=3, keep_turns=keep)) for keep in (3, 0)]
    assert answers[0].text == answers[1].text and answers[0].timings.cached_tokens == 0
