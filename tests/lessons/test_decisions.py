"""Decisions: what their blocks must say, when a reason is long enough, and what lint, translations and texts make of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from desktop_app.lessons.as_text import lesson_as_text
from desktop_app.lessons.decisions import FEWEST_WORDS, decision_value, word_count, words_missing
from desktop_app.lessons.exercise_blocks import read_decision
from desktop_app.lessons.known import Known
from desktop_app.lessons.lesson import Decision, Lesson
from desktop_app.lessons.lint import expected_minutes, lint_text
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.preview import Preview
from desktop_app.lessons.problem import Problems
from desktop_app.lessons.scoring import lesson_score
from desktop_app.lessons.translation import differences
from tests.lessons.builders import lesson_text

BLOCK = """id: send
title: Would you send it?
task: The draft says **Friday**. What do you do?
options:
  - {text: Send it, right: false, feedback: A date is a promise.}
  - {text: Correct it, right: true, feedback: It holds.}
  - {text: Ask first, right: true, feedback: It holds too.}
defend: Say why.
points: [The date is wrong., She waits.]
example: I corrected the date.
"""
BODY = f"## Start\n\nRead this.\n\n```decision\n{BLOCK}```\n"


def decision(block: str = BLOCK) -> tuple[Decision | None, list[str]]:
    problems = Problems(Path("lesson.md"))
    found = read_decision(block, 1, problems)
    return found, [f"{one.code}:{one.line} {one.message}" for one in problems.found]


def lesson(body: str = BODY, name: str = "lesson.md", **fields: str) -> Lesson:
    found, problems = parse_lesson(lesson_text(body, **fields), Path("sample") / name)
    assert found is not None and not [one for one in problems if one.severity == "error"], problems
    return found


def test_a_block_is_read_whole() -> None:
    found, problems = decision()
    assert found is not None and not problems
    assert (found.id, found.defend, found.points) == ("send", "Say why.", ("The date is wrong.", "She waits."))
    assert [(one.text, one.right) for one in found.options] == [
        ("Send it", False),
        ("Correct it", True),
        ("Ask first", True),
    ]
    assert [decision_value(found, at) for at in range(3)] == [0.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"options": []}, "L309:", "2 to 5 options; this one has 0"),
        ({"options": [{"text": "A", "right": True, "feedback": "F"}]}, "L309:5", "2 to 5 options; this one has 1"),
        ({"options": [{"text": n, "right": True, "feedback": "F"} for n in "AB"]}, "L309:5", "right and one wrong"),
        ({"options": [{"text": n, "right": False, "feedback": "F"} for n in "AB"]}, "L309:5", "right and one wrong"),
        ({"options": [{"text": "A", "right": n, "feedback": "F"} for n in (True, False)]}, "L303:", "stands above already"),
        ({"options": [{"text": n, "right": n == "A"} for n in "AB"]}, "L302:", '"feedback" is missing'),
        ({"points": ["Only one."]}, "L309:", "2 to 5 points; this one has 1"),
        ({"points": list("abcdef")}, "L309:", "2 to 5 points; this one has 6"),
        ({"points": ["Same.", "Same."]}, "L303:", "stands twice"),
        ({"defend": None}, "L303:", "defend is empty"),
        ({"explain": "x"}, "L304:", 'no field "explain"'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(change: dict[str, object], code: str, says: str) -> None:
    found, problems = decision(yaml.safe_dump({**yaml.safe_load(BLOCK), **change}, sort_keys=False))
    assert found is None
    assert [one for one in problems if one.startswith(code) and says in one], problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0), ("  \n ", 0), ("- – … !", 0), ("Yes.", 1), ("It's 8.5 percent, isn't it?", 5), ("well-known", 1), ("日本語の文章です。", 4),
        ("Das 日本 ist", 3), ("one\ntwo\tthree", 3),
    ],
)  # fmt: skip
def test_words_are_counted_also_where_none_are_set_apart(text: str, words: int) -> None:
    assert word_count(text) == words
    assert words_missing(text) == FEWEST_WORDS - words


def test_a_long_reason_lacks_nothing() -> None:
    assert words_missing("word " * 15) == words_missing("word " * 900) == 0


def test_it_counts_and_takes_two_minutes() -> None:
    made = lesson()
    assert [one.id for one in made.graded] == ["send"]
    assert lesson_score(made, {"send": 1.0}) == 1.0
    assert lesson_score(made, {}) == 0.0
    assert expected_minutes(made) == pytest.approx(2, abs=0.1)


def test_as_text_gives_nothing_away() -> None:
    text = lesson_as_text(lesson())
    assert "> Decide: Would you send it?" in text and "( ) Correct it" in text and "Say why." in text
    for hidden in ("It holds", "The date is wrong", "I corrected"):
        assert hidden not in text


def test_the_preview_shows_everything() -> None:
    html = Preview().pieces(lesson())[-1].html
    for shown in (
        "DECIDE",
        "✓ right",
        "✗ wrong",
        "A date is a promise.",
        "The date is wrong.",
        "I corrected the date.",
    ):
        assert shown in html


def test_links_of_every_text_are_checked() -> None:
    broken = BODY.replace("What do you do?", "[a](lesson:gone-a)").replace("It holds.", "'[b](lesson:gone-b)'")
    broken = broken.replace("Say why.", "'[c](lesson:gone-c)'").replace("She waits.", "'[d](lesson:gone-d)'")
    broken = broken.replace("I corrected the date.", "'[e](lesson:gone-e)'")
    found = lint_text(lesson_text(broken), Path("sample/lesson.md"), Known(lessons={"sample"}), date(2026, 11, 22))
    said = " ".join(one.message for one in found if one.code == "L404")
    assert [f"gone-{letter}" in said for letter in "abcde"] == [True] * 5


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("text: Ask first, right: true", "text: Erst fragen, right: false"), "which are right"),
        (("  - {text: Ask first, right: true, feedback: It holds too.}\n", ""), "in number"),
        (("[The date is wrong., She waits.]", "[A., B., C.]"), "points differ"),
        (("id: send", "id: sent"), 'The id is "sent"'),
    ],
)
def test_a_translation_keeps_options_and_points(change: tuple[str, str], says: str) -> None:
    german = lesson(BODY.replace("Send it", "Senden"), "lesson.de.md", language="de")
    assert differences(lesson(), german) == ()
    (found,) = differences(lesson(), lesson(BODY.replace(*change), "lesson.de.md", language="de"))
    assert found.code == "L702" and says in found.message
