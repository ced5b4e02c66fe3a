"""greenroom sandbox run --doc, as people and scripts meet it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.command import Done, greenroom, sentence

DOCUMENTS = Path(__file__).parents[2] / "content" / "documents" / "norwind"
HANDBOOK, TRAVEL = DOCUMENTS / "handbook.pdf", DOCUMENTS / "travel-policy.docx"


def run(profile: Path, *arguments: object) -> Done:
    return greenroom("--profile", profile, "sandbox", "run", *arguments)


def test_the_answer_comes_with_its_sources_and_what_was_looked_up(profile: Path) -> None:
    done = run(profile, "--doc", HANDBOOK, "--doc", TRAVEL, "How long is the probation period?")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0] == "The probation period lasts six months. [1]"
    assert "[1] handbook.pdf, page 1, Probation and notice" in lines
    assert "supported   The probation period lasts six months." in lines


def test_a_question_without_an_answer_is_refused_and_the_nearest_passage_named(profile: Path) -> None:
    done = run(profile, "--doc", TRAVEL, "Which hotel do we use in Stockholm?")
    assert done.returncode == 0
    assert done.stdout.startswith("Not in these documents. Looked for: hotel, Stockholm.")
    assert "The nearest passage:\n    travel-policy.docx" in done.stdout


def test_json_names_document_page_heading_and_marks(profile: Path) -> None:
    done = run(profile, "--doc", HANDBOOK, "What does a lost badge cost?", "--json")
    document = json.loads(done.stdout)
    assert (document["found"], document["is_quotation"]) == (True, True)
    source = document["sources"][0]
    assert (source["number"], source["document"], source["page"]) == (1, "handbook.pdf", 3)
    assert source["heading"] == "Handbook for new colleagues > The building"
    assert document["marks"][0]["verdict"] == "supported"
    assert document["marks"][0]["sources"] == [1]
    assert document["run"]


@pytest.mark.model
def test_the_model_may_write_in_its_own_words_and_each_sentence_is_marked(profile: Path) -> None:
    done = run(profile, "--own-words", "--seed", 1, "--doc", HANDBOOK, "How long is the probation period?", "--json")
    document = json.loads(done.stdout)
    assert not document["is_quotation"]
    assert document["completion_tokens"] > 0
    assert document["marks"]
    assert {mark["verdict"] for mark in document["marks"]} <= {"supported", "partly", "unsupported", "none"}


def test_what_cannot_be_read_is_one_sentence(profile: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.pdf").touch()
    assert "empty.pdf is empty" in sentence(run(profile, "--doc", tmp_path / "empty.pdf", "What?"))


@pytest.mark.parametrize("more", [("--prompt", "shorten-notice"), ("--schema", "x.json", "text")])
def test_documents_go_with_a_text(profile: Path, more: tuple[str, ...]) -> None:
    done = run(profile, "--doc", HANDBOOK, *more)
    assert done.returncode == 2
    assert run(profile, "--own-words", "text").returncode == 2


def test_the_list_in_the_window_stays_as_it_is(profile: Path) -> None:
    run(profile, "--doc", HANDBOOK, "What does a lost badge cost?")
    assert not (profile / "index.db").exists()


def test_a_files_name_and_headings_do_not_steer_the_terminal(profile: Path, tmp_path: Path) -> None:
    odd = tmp_path / "plan\x1b]0;owned\x07.md"
    odd.write_text("# Gates\x9b2J and doors\n\nThe north gate of the depot is locked at nine.\n", "utf-8")
    done = run(profile, "--doc", odd, "When is the north gate locked?")
    assert done.stdout.startswith("The north gate of the depot is locked at nine.")
    assert "plan\ufffd]0;owned\ufffd.md" in done.stdout
    assert not set(done.stdout + done.stderr) & set("\x1b\x07\x9b")
    odd.write_bytes(b"")
    assert "plan\ufffd]0;owned\ufffd.md is empty" in sentence(run(profile, "--doc", odd, "What?"))
