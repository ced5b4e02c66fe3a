"""greenroom lesson, on real files and the real library."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from desktop_app.cli.lesson import lesson
from desktop_app.lessons.problem import RULES
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

GOOD = """---
id: {id}
title: A sample
version: "0.1"
language: en
roles: [everyone, sales]
level: beginner
duration: PT3M
summary: For tests.
objectives: [Know *it*.]
sources: [{{title: Ourselves, checked: 2026-01-31}}]
---
## Start

Some **prose**.

<!-- id: q -->
Which is *it*?

    [(X)] this one
        > Right, secret feedback.
    [( )] that one
    [[?]] secret hint
    ****
    secret solution
    ****

```practice
id: p
title: Try it
task: Run it.
prompt: shorten@approved
values: {{text: hello}}
expect:
  - contains: a
    says: An a is in it.
```
"""


@dataclass
class Prompts:
    """Stands for the prompt library, of which these commands use the references only."""

    known: tuple[str, ...] = ("shorten", "shorten@1", "shorten@approved")

    def references(self) -> frozenset[str]:
        return frozenset(self.known)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    folder = tmp_path / "content" / "lessons"
    write(folder, "sample", GOOD.format(id="sample"))
    return folder


def write(folder: Path, lesson_id: str, text: str) -> Path:
    file = folder / lesson_id / "lesson.md"
    file.parent.mkdir(parents=True)
    file.write_text(text, encoding="utf-8")
    return file


def run(content: Path, *arguments: str | Path) -> Result:
    services = Services(Locations(content.parents[1] / "profile", (content.parent,), (), Path()))
    services.prompts = Prompts()  # type: ignore[assignment]
    return CliRunner().invoke(lesson, [str(argument) for argument in arguments], obj=services)


def test_lint_of_a_good_folder(content: Path) -> None:
    result = run(content, "lint", content)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "1 file, 0 errors, 0 warnings\n")


def test_lint_prints_place_and_ends_with_one(content: Path) -> None:
    file = write(content, "bad", GOOD.format(id="bad").replace("[(X)]", "[( )]").replace("shorten", "missing"))
    result = run(content, "lint", content)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        f"{file}:20:1: error L201: No option is marked as right. Write [(X)] before the right one.",
        f'{file}:28:1: error L307: The prompt "missing" is not in the library. Correct the id or add the prompt.',
    ]


def test_warnings_fail_only_when_strict(content: Path) -> None:
    file = write(content, "warned", GOOD.format(id="warned").replace("<!-- id: q -->\n", ""))
    result = run(content, "lint", file)
    assert result.exit_code == 0
    assert "warning L210" in result.stdout
    assert run(content, "lint", file, "--strict").exit_code == 1


@pytest.mark.parametrize("option", [["--json"], ["--format", "json"]])
def test_lint_as_json(content: Path, option: list[str]) -> None:
    file = write(content, "bad", "---\n")
    result = run(content, "lint", content, *option)
    (problem,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert problem == {
        "code": "L101", "severity": "error", "path": str(file), "line": 1, "column": 1, "message": problem["message"],
    }  # fmt: skip
    assert result.stderr == ""


def test_lint_as_sarif(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(content, "bad one", "---\n")
    monkeypatch.chdir(content)
    log = json.loads(run(content, "lint", ".", "--format", "sarif").stdout)
    assert log["version"] == "2.1.0"
    (analysis,) = log["runs"]
    rules = analysis["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    (result,) = analysis["results"]
    assert (result["ruleId"], result["level"]) == ("L101", "error")
    assert rules[result["ruleIndex"]]["id"] == "L101"
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "bad%20one/lesson.md"}, "region": {"startLine": 1, "startColumn": 1},
    }  # fmt: skip


def test_sarif_outside_the_current_folder_is_absolute(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(content, "bad", "---\n")
    (content / "elsewhere").mkdir()
    monkeypatch.chdir(content / "elsewhere")
    log = json.loads(run(content, "lint", content / "bad", "--format", "sarif").stdout)
    uri = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == (content / "bad" / "lesson.md").as_uri()


def test_lint_knows_the_lessons_it_is_given(content: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    write(other, "second", GOOD.format(id="second").replace("level:", "prerequisites: [sample, third]\nlevel:"))
    write(other, "third", GOOD.format(id="third"))
    assert run(content, "lint", other).exit_code == 0
    (tmp_path / "other" / "paths").mkdir()
    path = tmp_path / "other" / "paths" / "p.yml"
    path.write_text("id: p\ntitle: P\ndescription: D\nroles: [sales]\nlessons: [second, fourth]\n")
    result = run(content, "lint", other)
    assert result.exit_code == 1
    assert f'{path}:5:19: error L505: There is no lesson "fourth".' in result.stdout


def test_lint_wants_something_to_check(content: Path, tmp_path: Path) -> None:
    assert run(content, "lint").exit_code == 2
    assert run(content, "lint", tmp_path / "missing").exit_code == 2
    (tmp_path / "empty").mkdir()
    result = run(content, "lint", tmp_path / "empty")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "holds no lesson" in result.stderr


def test_list(content: Path) -> None:
    result = run(content, "list")
    assert result.exit_code == 0
    assert result.stdout.split() == ["sample", "beginner", "3", "min", "A", "sample", "(draft)"]
    (row,) = json.loads(run(content, "list", "--json").stdout)
    assert (row["id"], row["roles"], row["questions"], row["practices"]) == ("sample", ["everyone", "sales"], 1, 1)


def test_list_names_what_cannot_be_read(content: Path) -> None:
    file = write(content, "bad", "---\n")
    result = run(content, "list", "--json")
    assert result.exit_code == 1
    assert [row["id"] for row in json.loads(result.stdout)] == ["sample"]
    assert f"greenroom: {file}:1:1: " in result.stderr


def test_show_gives_nothing_away(content: Path) -> None:
    result = run(content, "show", "sample")
    assert result.exit_code == 0
    for part in ("A sample\n========", "beginner · 3 minutes · version 0.1 · Everyone, Sales", "- Know it.", "1. Start\n--------",
                 "? Which is it? (choose one)\n    ( ) this one\n    ( ) that one", "> Practice: Try it\nRun it.",
                 "Prompt: shorten@approved\n    text: hello\n    checked: An a is in it."):  # fmt: skip
        assert part in result.stdout
    assert "secret" not in result.stdout


def test_show_as_json_has_everything(content: Path) -> None:
    document = json.loads(run(content, "show", "sample", "--json").stdout)
    blocks = document["steps"][0]["blocks"]
    assert [block["type"] for block in blocks] == ["prose", "quiz", "practice"]
    assert blocks[1]["choices"][0] == {"text": "this one", "right": True, "feedback": "Right, secret feedback."}
    assert blocks[1]["solution"] == "secret solution"


def test_show_of_an_unknown_lesson(content: Path) -> None:
    result = run(content, "show", "sampel")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == 'greenroom: There is no lesson "sampel". Did you mean sample?\n'
