"""greenroom prompt."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli.root import root
from tests.helpers.prompt_files import GOOD, write_prompt


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    changed = [GOOD["messages"][0], {"role": "user", "content": "Question: {{question}}\nMood: {{tone}}"}]
    write_prompt(folder, labels="approved: 1\npilot: 2\n")
    write_prompt(folder, version=2, messages=changed, changelog="Says mood.")
    return folder


def run(library: Path, *arguments: str) -> Result:
    options = ["--profile", str(library.parent / "profile"), "--library", str(library)]
    return CliRunner().invoke(root, [*options, "prompt", *arguments])


def rows(library: Path, *arguments: str) -> Any:
    done = run(library, *arguments, "--json")
    assert done.exit_code == 0 and done.stderr == "", done.output
    return json.loads(done.stdout)


def test_list_shows_the_offered_version_and_its_status(library: Path) -> None:
    [row] = [row for row in rows(library, "list") if row["id"] == "answer-invoice"]
    assert (row["version"], row["status"], row["roles"]) == (1, "approved", ["finance", "support"])
    assert "answer-invoice@1  approved  Answer an invoice question: " in run(library, "list").stdout
    assert "answer-invoice" not in {row["id"] for row in rows(library, "list", "--role", "sales")}


def test_search_finds_best_first(library: Path) -> None:
    found = rows(library, "search", "invoice")
    assert found[0]["id"] == "answer-invoice" and found[0]["status"] == "approved"
    assert rows(library, "search", "answer", "invoice", "quest")[0]["id"] == "answer-invoice"
    assert rows(library, "search", "nothing-like-it") == []
    assert len(rows(library, "search", "a", "--limit", "1")) == 1


def test_show_tells_texts_inputs_and_history(library: Path) -> None:
    text = run(library, "show", "answer-invoice@pilot").stdout
    assert "answer-invoice@2, pilot" in text and "Mood: {{tone}}" in text
    assert text.index("Version 2 (pilot): Says mood.") < text.index("Version 1 (approved): First version.")
    assert "tone: Tone (text, optional" in text
    document = rows(library, "show", "answer-invoice")
    assert document["labels"] == {"approved": 1, "pilot": 2} and document["status"] == "approved"
    assert [entry["version"] for entry in document["history"]] == [1, 2]


def test_diff_marks_what_came_and_went(library: Path) -> None:
    done = run(library, "diff", "answer-invoice", "1", "pilot")
    assert done.exit_code == 0
    assert done.stdout == "--- Message 2 (user)\nQuestion: {{question}}\n[-Tone-]{+Mood+}: {{tone}}\n"
    [part] = rows(library, "diff", "answer-invoice", "approved", "latest")
    assert part["part"] == "Message 2 (user)" and {"kind": "added", "text": "Mood"} in part["changes"]
    assert run(library, "diff", "answer-invoice", "1", "approved").stdout == "answer-invoice@1 and @1 say the same.\n"


def test_render_inserts_values_as_they_are(library: Path) -> None:
    done = run(library, "render", "answer-invoice", "--set", "question=a = {{tone}}?", "--set", "tone=calm")
    assert done.stdout == "[system]\nYou answer in two sentences.\n\n[user]\nQuestion: a = {{tone}}?\nTone: calm\n"
    document = rows(library, "render", "answer-invoice@2", "--set", "question=why")
    assert (document["id"], document["version"]) == ("answer-invoice", 2)
    assert document["messages"][1] == {"role": "user", "content": "Question: why\nMood: friendly"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["show", "answer-invoise"], "greenroom: There is no prompt answer-invoise. Did you mean answer-invoice, "),
        (["show", "answer-invoice@none"], 'greenroom: answer-invoice has no label "none". Its labels: approved → 1, pilot → 2.'),
        (["show", "answer-invoice@7"], "greenroom: answer-invoice has no version 7. It has: 1, 2."),
        (["diff", "answer-invoice", "1", "x"], 'greenroom: answer-invoice has no label "x". Its labels: approved → 1, pilot → 2.'),
        (["render", "answer-invoice", "--set", "mood=x"], "greenroom: answer-invoice has no input 'mood'. Its inputs: question, tone."),
        (["render", "answer-invoice"], "greenroom: The question is needed."),
    ],
)  # fmt: skip
def test_what_is_not_there_is_one_sentence_and_exit_code_1(library: Path, arguments: list[str], sentence: str) -> None:
    done = run(library, *arguments, "--json")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(sentence) and done.stderr.count("\n") == 1


def test_lint_lists_every_mistake_with_its_place(library: Path) -> None:
    assert run(library, "lint", str(library)).stdout == "" and run(library, "lint").exit_code == 0
    file = write_prompt(library, "second-one", owner=None, nmae="x")
    done = run(library, "lint", str(library))
    assert done.exit_code == 1
    assert done.stdout.splitlines()[0].startswith(f"{file}:") and len(done.stdout.splitlines()) == 1
    listed = run(library, "lint", str(file), "--json")
    [row] = json.loads(listed.stdout)
    assert listed.exit_code == 1 and row["path"] == str(file) and row["line"] >= 1 and row["message"] in row["text"]


@pytest.mark.parametrize("arguments", [["list"], ["search", "invoice"]])
def test_a_listing_is_never_silently_short(library: Path, arguments: list[str]) -> None:
    file = write_prompt(library, "second-one", owner=None)
    done = run(library, *arguments, "--json")
    assert done.exit_code == 1
    assert "answer-invoice" in {row["id"] for row in json.loads(done.stdout)}, "what can be read is listed"
    assert f"{file}:1:1: " in done.stderr and "1 prompt file(s) could not be read" in done.stderr
