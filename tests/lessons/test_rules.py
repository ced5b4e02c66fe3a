"""The rule sets that ship: readable, whole, and good enough to be asked again and again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from desktop_app.cli.root import root
from desktop_app.lessons.lesson import Quiz
from desktop_app.services import Services
from desktop_app.storage.locations import Locations

RULES = Path(__file__).parents[2] / "content" / "rules"


@pytest.fixture
def questions(tmp_path: Path) -> list[Quiz]:
    rules = Services(Locations.find(tmp_path)).rules
    assert rules.problems == () and rules.ids()
    return [quiz for rule in rules.lessons() for quiz in rule.questions]


def test_lint_finds_nothing(tmp_path: Path) -> None:
    done = CliRunner().invoke(root, ["--profile", str(tmp_path), "lesson", "lint", "--strict", str(RULES)])
    assert done.exit_code == 0, done.output


def test_the_rules_of_using_ai_are_short_and_of_several_kinds(questions: list[Quiz]) -> None:
    assert 8 <= len(questions) <= 15
    assert len({quiz.kind for quiz in questions}) >= 4


def test_every_option_teaches(questions: list[Quiz]) -> None:
    for quiz in questions:
        if quiz.kind in ("single", "multiple"):
            assert all(choice.feedback for choice in quiz.choices), quiz.id
        elif quiz.kind == "matrix":
            assert all(row.feedback for row in quiz.rows), quiz.id
        else:
            assert quiz.solution, quiz.id


def test_the_right_option_does_not_always_stand_in_the_same_place(questions: list[Quiz]) -> None:
    places = [next(n for n, one in enumerate(quiz.choices) if one.right) for quiz in questions if quiz.kind == "single"]
    assert len(set(places)) > 1


def test_every_rule_has_its_words_and_one_question(tmp_path: Path) -> None:
    for rule in Services(Locations.find(tmp_path)).rules.lessons():
        for step in rule.steps:
            assert len(step.questions) == 1 and len(step.blocks) > 1, step.key
