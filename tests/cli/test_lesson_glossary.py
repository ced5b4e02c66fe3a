"""greenroom lesson glossary."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.command import greenroom


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content"
    folder.mkdir()
    (folder / "glossary.yml").write_text(
        "language: en\nentries:\n  - {id: our-word, term: Our word, text: It means *something*., also: [ours], see: [token]}\n"
    )
    return folder


def test_one_word(content: Path, tmp_path: Path) -> None:
    done = greenroom("--profile", tmp_path / "p", "--content", content, "lesson", "glossary", "OURS")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "Our word (ours)\nIt means something.\nSee also: Token\n"


def test_every_word_and_another_language(tmp_path: Path) -> None:
    profile = ("--profile", tmp_path / "p")
    listed = greenroom(*profile, "lesson", "glossary")
    assert len(listed.stdout.splitlines()) >= 50
    assert listed.stdout.startswith("Agent  ")
    german = greenroom(*profile, "lesson", "glossary", "Kontextfenster", "--language", "de", "--json")
    found = json.loads(german.stdout)
    assert found["id"] == "context-window" and found["term"] == "Kontextfenster"
    assert set(found) == {"id", "term", "text", "also", "see", "used_in"}


def test_a_broken_file_is_named_beside_what_can_be_read(content: Path, tmp_path: Path) -> None:
    (content / "glossary.yml").write_text("language: en\nentries: [\n")
    listed = greenroom("--profile", tmp_path / "p", "--content", content, "lesson", "glossary")
    assert listed.returncode == 1 and "glossary.yml" in listed.stderr and "not valid YAML" in listed.stderr
    assert listed.stdout.startswith("Agent  ")
    one = greenroom("--profile", tmp_path / "p", "--content", content, "lesson", "glossary", "token")
    assert one.returncode == 0 and "glossary.yml" in one.stderr


def test_a_word_that_is_not_there(tmp_path: Path) -> None:
    done = greenroom("--profile", tmp_path / "p", "lesson", "glossary", "tokem")
    assert done.returncode == 1
    assert "Did you mean token" in done.stderr
