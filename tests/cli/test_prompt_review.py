"""greenroom prompt submit, take, approve, reject, label, deprecate, withdraw, queue and key: two people on one library."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli.root import root
from desktop_app.records.learning import Profile
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.storage.yaml_text import load_yaml
from tests.helpers.command import greenroom, sentence
from tests.helpers.prompt_files import write_prompt

People = Callable[..., Result]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    write_prompt(folder)
    write_prompt(folder, version=2, changelog="Kinder.")
    return folder


@pytest.fixture
def run(library: Path, tmp_path: Path, file_keyring: dict[str, str]) -> People:
    """Run `greenroom prompt` as somebody with a profile, and so a key, of their own."""

    def run(who: str, *arguments: str) -> Result:
        options = ["--profile", str(tmp_path / who), "--library", str(library)]
        return CliRunner().invoke(root, [*options, "prompt", *arguments])

    return run


def rows(done: Result) -> Any:
    assert done.exit_code == 0 and done.stderr == "", done.output
    return json.loads(done.stdout)


def said(done: Result) -> str:
    """The one sentence of a refusal."""
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert done.stderr.startswith("greenroom: ") and done.stderr.count("\n") == 1
    return done.stderr.removeprefix("greenroom: ").strip()


def waiting(done: Result) -> list[tuple[Any, ...]]:
    return [(row["version"], row["state"], row["by"]) for row in rows(done) if row["id"] == "answer-invoice"]


def make_curators(run: People, library: Path, *people: str) -> None:
    """Put what `greenroom prompt key` prints for each into curators.yml."""
    entries = [rows(run(who, "key", "--by", who.title(), "--json"))["lines"].partition("\n")[2] for who in people]
    (library / "curators.yml").write_text("curators:\n" + "".join(entries), "utf-8")


def test_from_submission_over_approval_to_a_tampered_file(run: People, library: Path) -> None:
    make_curators(run, library, "ana", "ben")
    assert run("ana", "submit", "answer-invoice@2", "--reason", "please").stdout.startswith(
        "answer-invoice@2 submitted by Ana (decision 1, "
    )
    assert "Ana submitted it on" in said(run("ana", "approve", "answer-invoice@2"))
    assert waiting(run("ben", "queue", "--json")) == [(2, "submitted", "Ana")]
    assert "taken for review by Ben" in run("ben", "take", "answer-invoice@2").stdout
    row = rows(run("ben", "approve", "answer-invoice@2", "--review-by", "2999-01-31", "--json"))
    assert (row["action"], row["by"], row["labels"], row["review_by"]) == (
        "approve",
        "Ben",
        {"approved": 2},
        "2999-01-31",
    )
    assert load_yaml(Path(row["path"]).read_text(), Path(row["path"]))["number"] == row["number"] == 3
    assert waiting(run("ana", "queue", "--json")) == []
    assert run("ana", "render", "answer-invoice", "--set", "question=why").exit_code == 0

    with (library / "answer-invoice" / "2.prompt.yml").open("a") as file:
        file.write("# quietly\n")
    refusal = said(run("ana", "render", "answer-invoice", "--set", "question=why"))
    assert refusal.startswith("answer-invoice@2 cannot be used: Its file was changed after Ben approved version 2 on ")
    assert waiting(run("ben", "queue", "--json")) == [(2, "changed", "Ben")]


def test_show_tells_the_state_who_when_and_why(run: People, library: Path) -> None:
    run("ana", "submit", "answer-invoice@2", "--by", "Ana", "--reason", "Kinder words")
    run("ben", "approve", "answer-invoice@2", "--by", "Ben")
    run("ben", "withdraw", "answer-invoice@2", "--by", "Ben", "--reason", "It invents\nprices")
    lines = run("ana", "show", "answer-invoice@2").stdout.splitlines()
    start = lines.index("Version 2 (withdrawn): Kinder.")
    assert lines[start + 1].startswith("  Ana submitted version 2 on ") and lines[start + 1].endswith(": Kinder words")
    assert lines[start + 3].startswith("  Ben withdrew version 2 on ") and lines[start + 3].endswith(
        ": It invents prices"
    )
    document = rows(run("ana", "show", "answer-invoice@2", "--json"))
    assert (document["status"], document["usable"], len(document["decisions"])) == ("withdrawn", False, 3)
    assert document["status_reason"].endswith(": It invents prices.")


def test_reject_label_and_deprecate(run: People, library: Path) -> None:
    run("ana", "submit", "answer-invoice@1", "--by", "Ana")
    assert "rejected by Ben" in run("ben", "reject", "answer-invoice@1", "--by", "Ben", "--reason", "Too long").stdout
    assert "labelled by Ben" in run("ben", "label", "answer-invoice@2", "pilot", "--by", "Ben").stdout
    assert (
        "deprecated by Ben" in run("ben", "deprecate", "answer-invoice@pilot", "--by", "Ben", "--reason", "old").stdout
    )
    assert rows(run("ana", "show", "answer-invoice@pilot", "--json"))["status"] == "deprecated"
    assert run("ben", "label", "answer-invoice@2", "pilot", "--remove", "--by", "Ben").exit_code == 0
    assert "no label" in said(run("ana", "show", "answer-invoice@pilot"))


def test_a_decision_made_meanwhile_stops_the_act_and_is_named(run: People) -> None:
    run("ana", "submit", "answer-invoice@1", "--by", "Ana")
    run("ben", "reject", "answer-invoice@1", "--by", "Ben", "--reason", "Too long")
    refusal = said(run("cara", "approve", "answer-invoice@1", "--by", "Cara", "--after", "1"))
    assert refusal.startswith("Meanwhile Ben rejected version 1 on ") and "decide again" in refusal


def test_the_name_is_the_one_in_curators_yml_or_in_the_profile(run: People, library: Path, tmp_path: Path) -> None:
    services = Services(Locations.find(tmp_path / "ana"))
    services.unlock_vault()
    services.learner.save_profile(Profile("Ana Profile", "sales", "en"))
    services.close()
    assert "submitted by Ana Profile" in run("ana", "submit", "answer-invoice@1").stdout
    assert "--by" in said(run("ben", "take", "answer-invoice@1"))
    (library / "answer-invoice" / "approvals" / "0001.yml").unlink()
    make_curators(run, library, "ana")
    assert "submitted by Ana (" in run("ana", "submit", "answer-invoice@1").stdout


def test_key_prints_lines_that_work(run: People, library: Path) -> None:
    text = run("ana", "key", "--by", "Ana").stdout
    key, _, lines = text.partition("\n\nIn curators.yml at the top of the library:\n\n")
    assert key.startswith("did:key:z6Mk") and key in lines
    (library / "curators.yml").write_text(lines, "utf-8")
    assert run("ana", "submit", "answer-invoice@1").exit_code == 0
    assert f"the key {rows(run('ben', 'key', '--by', 'Ben', '--json'))['key']} is not in curators.yml" in said(
        run("ben", "take", "answer-invoice@1", "--by", "Ben")
    )


def test_without_a_keyring_it_says_what_to_do(library: Path, tmp_path: Path) -> None:
    options = ["--profile", str(tmp_path / "p"), "--library", str(library), "prompt"]
    done = greenroom(*options, "submit", "answer-invoice@1", "--by", "Ana")
    assert "no system keyring" in sentence(done, "Unlock or set up the keyring")
    assert "no system keyring" in said(CliRunner().invoke(root, [*options, "key", "--by", "Ana"]))
    assert not (library / "answer-invoice" / "approvals").exists()


def test_a_version_must_be_named_and_a_reason_given(run: People) -> None:
    for arguments in (
        ["submit", "answer-invoice"],
        ["withdraw", "answer-invoice@1"],
        ["reject", "answer-invoice@1"],
        ["label", "answer-invoice@1"],
        ["approve", "answer-invoice@1", "--review-by", "soon"],
    ):
        done = run("ana", *arguments)
        assert done.exit_code == 2 and "Usage:" in done.stderr, arguments
    assert "no version 9" in said(run("ana", "submit", "answer-invoice@9", "--by", "Ana"))
    assert "is past" in said(run("ana", "approve", "answer-invoice@1", "--by", "Ana", "--review-by", "2020-01-01"))


def test_lint_and_queue_name_a_tampered_decision(run: People, library: Path) -> None:
    run("ana", "submit", "answer-invoice@1", "--by", "Ana")
    file = library / "answer-invoice" / "approvals" / "0001.yml"
    file.write_text(file.read_text().replace("by: Ana", "by: Eva"))
    done = run("ana", "lint", str(library))
    assert done.exit_code == 1 and f"{file}:12:1: The signature does not fit" in done.stdout
    [row] = [row for row in rows(run("ana", "queue", "--json")) if row["id"] == "answer-invoice"]
    assert (row["state"], row["version"], row["last"]) == ("conflict", None, 1)
    assert "answer-invoice  conflict  " in run("ana", "queue").stdout


def test_the_queue_for_people(run: People) -> None:
    run("ana", "submit", "answer-invoice@1", "--by", "Ana", "--reason", "please")
    assert "answer-invoice@1  submitted, Ana on " in run("ben", "queue").stdout
    assert run("ben", "queue").stdout.strip().endswith("(decision 1): please")
