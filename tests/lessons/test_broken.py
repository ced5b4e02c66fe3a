"""The folder broken/ holds one faulty file for each code, named after it, and every code shows exactly once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop_app.lessons.known import known_in
from desktop_app.lessons.lint import content_files, lint
from desktop_app.lessons.problem import RULES, Problem
from tests.helpers.command import greenroom

BROKEN = Path(__file__).parent / "broken"


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    files = content_files([BROKEN])
    known = known_in([BROKEN], (), {"shorten-text"}, files)
    return [problem for file in files for problem in lint(file, known)]


@pytest.mark.parametrize("code", RULES)
def test_each_code_shows_once_and_in_its_own_file(problems: list[Problem], code: str) -> None:
    (problem,) = [problem for problem in problems if problem.code == code]
    assert code.lower() in str(problem.path)
    assert problem.severity == RULES[code].severity
    assert problem.message.endswith((".", "?")), "a sentence that says what to do"


def test_nothing_else_shows(problems: list[Problem]) -> None:
    assert len(problems) == len(RULES)


def test_the_command_prints_each_code_in_every_format(tmp_path: Path) -> None:
    lint_broken = ("--profile", tmp_path, "lesson", "lint", BROKEN)
    text = greenroom(*lint_broken)
    assert text.returncode == 1
    assert all(f" {code}: " in text.stdout for code in RULES)
    as_json = json.loads(greenroom(*lint_broken, "--format", "json").stdout)
    assert {problem["code"] for problem in as_json} == set(RULES)
    sarif = json.loads(greenroom(*lint_broken, "--format", "sarif").stdout)
    assert {result["ruleId"] for result in sarif["runs"][0]["results"]} == set(RULES)
