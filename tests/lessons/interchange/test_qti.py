"""A QTI 3 package is valid, carries every kind of question, and scores answers as Greenroom does."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from desktop_app.lessons.interchange.course import Course
from desktop_app.lessons.interchange.qti import write_qti
from desktop_app.lessons.lesson import Answer, Lesson, Quiz
from desktop_app.lessons.parse import parse_lesson, read_lesson
from desktop_app.lessons.render import plain_text
from desktop_app.lessons.scoring import score
from desktop_app.notes import Package, zip_bytes
from tests.helpers.qti import QTI, check, process
from tests.lessons.builders import lesson_text
from tests.lessons.generated import lessons

ROOT = Path(__file__).parents[3]
ALL_KINDS = """## One

Before *it*.

<!-- id: one -->
Which **one**? [Why](#one) or [how](https://example.org/a_b?c=1&d=2)

    [(X)] this
        > Yes, `this`.
    [( )] that <b>not</b>
        > No.
    [[?]] Think.
    ****
    Because:

    1. it
    2. is

    | a | b |
    |---|---|
    | 1 | 2 |
    ****

<!-- id: several -->
Which ones?

    [[X]] a
    [[X]] b
    [[X]] c
    [[ ]] d
        > Not d.

After.

## Two

<!-- id: typed -->
<!-- also: a token -->
What is a piece called?

    [[token]]

<!-- id: gaps -->
A [[model]] picks the [[first|(next)|last]] *word: [[token]]*.

<!-- id: alone -->
Choose.

    [[no|(yes)]]

<!-- id: table -->
What belongs together?

    [[male] [female]]
    [ (X) ( ) ] he
        > He is.
    [ ( ) (X) ] she

<!-- id: mixed -->
What is true?

    [[a] [b] [c]]
    [ [X] [X] [ ] ] first
    [ [ ] [ ] [ ] ] none
    [ ( ) (X) ( ) ] one

<!-- id: order -->
In which order?

    [[1]] first
        > It is first.
    [[2]] second
    [[3]] third
    [[4]] fourth
"""


def lesson(body: str = ALL_KINDS, folder: Path = Path("sample"), **fields: str) -> Lesson:
    found, problems = parse_lesson(lesson_text(body, **fields), folder / "lesson.md")
    assert [str(p) for p in problems if p.severity == "error"] == []
    assert found is not None
    return found


def package(*made: Lesson) -> Package:
    return write_qti(Course(made[0].id, made[0].title, "", made, Path()))


def items(made: Lesson) -> dict[str, Any]:
    """The item of each question, by its id; the package is valid."""
    found = check(package(made).files)
    return {href.removeprefix(f"items/{made.id}.").removesuffix(".xml"): item for href, item in found.items()}


@pytest.fixture(scope="module")
def kinds() -> dict[str, Any]:
    return items(lesson())


def test_every_kind_of_question_becomes_a_valid_item(kinds: dict[str, Any]) -> None:
    used = {
        name: sorted({one.tag.removeprefix(QTI) for one in item.iter() if one.tag.endswith("-interaction")})
        for name, item in kinds.items()
    }
    assert used == {
        "one": ["qti-choice-interaction"],
        "several": ["qti-choice-interaction"],
        "typed": ["qti-text-entry-interaction"],
        "gaps": ["qti-inline-choice-interaction", "qti-text-entry-interaction"],
        "alone": ["qti-inline-choice-interaction"],
        "table": ["qti-match-interaction"],
        "mixed": ["qti-choice-interaction"],
        "order": ["qti-order-interaction"],
    }


def test_stems_options_and_answers_are_those_of_the_lesson(kinds: dict[str, Any]) -> None:
    def texts(name: str, tag: str) -> list[str]:
        return ["".join(one.itertext()) for one in kinds[name].iter(f"{QTI}{tag}")]

    assert texts("one", "qti-prompt") == ["Which one? Why or how"]
    assert texts("one", "qti-simple-choice") == ["this", "that not"]
    assert [a.get("href") for a in kinds["one"].iter(f"{QTI}a")] == ["https://example.org/a_b?c=1&d=2"]
    assert texts("gaps", "qti-item-body") == ["A  picks the firstnextlast word: ."]
    assert texts("table", "qti-simple-associable-choice") == ["he", "she", "male", "female"]
    assert texts("mixed", "qti-prompt") == ["first", "none", "one"]
    assert sorted(texts("order", "qti-simple-choice")) == ["first", "fourth", "second", "third"]
    assert texts("order", "qti-simple-choice") != ["first", "second", "third", "fourth"]


def test_feedback_belongs_to_what_was_picked_and_the_solution_comes_always(kinds: dict[str, Any]) -> None:
    said = {one.get("identifier"): "".join(one.itertext()) for one in kinds["one"].iter(f"{QTI}qti-modal-feedback")}
    assert (said["C1"], said["C2"]) == ("Yes, this.", "No.")
    assert said["SOLUTION"].startswith("Because:")
    assert process(kinds["one"], {"RESPONSE": "C2"}) == {
        "SCORE": 0.0,
        "MAXSCORE": 1.0,
        "FEEDBACK": "C2",
        "SOLUTION": "SOLUTION",
    }
    assert process(kinds["table"], {"RESPONSE": ()})["FEEDBACK"] == ("R1",)


def responses(quiz: Quiz, answer: Answer) -> dict[str, Any]:
    """What a learner's answer is as QTI's response variables."""
    width = len(quiz.columns)
    match quiz.kind:
        case "single":
            return {"RESPONSE": f"C{answer.chosen[0] + 1}"}
        case "multiple":
            return {"RESPONSE": tuple(f"C{n + 1}" for n in answer.chosen)}
        case "text":
            return {"RESPONSE": answer.typed[0] or None}
        case "ordering":
            return {"RESPONSE": tuple(f"O{n + 1}" for n in answer.chosen)}
        case "gaps":
            picked = zip(answer.chosen, answer.typed, strict=True)
            return {
                f"RESPONSE{n}": f"G{n}_{at + 1}" if at >= 0 else typed or None
                for n, (at, typed) in enumerate(picked, 1)
            }
    if all(row.one_only and any(row.right) for row in quiz.rows):
        return {"RESPONSE": tuple(f"R{cell // width + 1} K{cell % width + 1}" for cell in answer.chosen)}
    by_row = {
        n: tuple(f"R{n}K{cell % width + 1}" for cell in answer.chosen if cell // width == n - 1)
        for n in range(1, len(quiz.rows) + 1)
    }
    return {
        f"RESPONSE{n}": (cells[0] if cells else None) if quiz.rows[n - 1].one_only else cells
        for n, cells in by_row.items()
    }


def some_answer(quiz: Quiz, dice: random.Random) -> Answer:
    """Any answer that a learner can give; in a row of one, at most one cell."""
    match quiz.kind:
        case "single":
            return Answer((dice.randrange(len(quiz.choices)),))
        case "multiple":
            return Answer(tuple(n for n in range(len(quiz.choices)) if dice.random() < 0.5))
        case "text":
            return Answer(typed=(dice.choice([*quiz.answers, quiz.answers[0].upper(), "nothing of these", ""]),))
        case "ordering":
            return Answer(tuple(dice.sample(range(len(quiz.choices)), len(quiz.choices))))
        case "gaps":
            chosen = [dice.randrange(-1, len(gap.options)) if gap.options else -1 for gap in quiz.gaps]
            typed = ["" if gap.options else dice.choice([*gap.answers, "nothing of these", ""]) for gap in quiz.gaps]
            return Answer(tuple(chosen), tuple(typed))
    cells: list[int] = []
    for number, row in enumerate(quiz.rows):
        picked = [n for n in range(len(row.right)) if dice.random() < 0.5]
        cells += [number * len(row.right) + n for n in (picked[:1] if row.one_only else picked)]
    return Answer(tuple(cells))


@pytest.mark.parametrize("quiz", lesson().questions, ids=lambda quiz: quiz.id)
def test_an_item_scores_any_answer_as_greenroom_does(quiz: Quiz, kinds: dict[str, Any]) -> None:
    dice = random.Random(7)
    seen = set()
    for _ in range(200):
        answer = some_answer(quiz, dice)
        expected = score(quiz, answer).value
        seen.add(round(expected, 3))
        assert process(kinds[quiz.id], responses(quiz, answer))["SCORE"] == pytest.approx(expected, abs=1e-9), answer
    assert len(seen) > 1


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(lessons())
def test_any_lesson_becomes_a_valid_package(made: Lesson) -> None:
    found = items(made)
    assert sorted(found) == sorted(quiz.id for quiz in made.questions)
    for quiz in made.questions:
        if quiz.kind == "single":
            [prompt] = found[quiz.id].iter(f"{QTI}qti-prompt")
            assert "".join("".join(prompt.itertext()).split()) == "".join(plain_text(quiz.question).split())


def test_the_shipped_lessons_are_valid_packages() -> None:
    for file in sorted((ROOT / "content" / "lessons").glob("*/lesson.md")):
        made = read_lesson(file)
        assert len(items(made)) == len(made.questions)


def test_a_test_holds_the_steps_their_texts_the_attempts_and_the_pass_mark() -> None:
    files = package(lesson(attempts="3", pass_mark="0.6")).files
    text = files["tests/sample.xml"].decode()
    assert 'max-attempts="3"' in text
    assert '<qti-base-value base-type="float">0.599999999</qti-base-value>' in text
    assert '<qti-base-value base-type="float">8</qti-base-value>' in text
    assert text.index('title="One"') < text.index("<p>Before <em>it</em>.</p>") < text.index('title="Two"')


def test_what_qti_cannot_carry_is_reported_with_its_line() -> None:
    made = lesson(f"{ALL_KINDS}\n```redact\nid: r\ntitle: Take it out\ntask: Do.\ndocument: people-mail\n```\n")
    first = made.steps[0].line
    said = [(note.line - first, note.severity, note.what) for note in package(made).notes]
    assert (5, "left out", "1 hint was left out: an item has no place for them.") in said
    assert (5, "changed", 'The link to "#one" is text now: it leads to a place in Greenroom only.') in said
    assert any(what.startswith("A text behind a question") for _, _, what in said)
    assert any('exercise "Take it out" was left out' in what for _, _, what in said)


def test_images_travel_in_the_package(tmp_path: Path) -> None:
    folder = tmp_path / "sample"
    folder.mkdir()
    (folder / "a pic.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    made = lesson(
        "## S\n\n![A picture](a pic.png)\n\n<!-- id: q -->\nWhat is ![this](a pic.png)?\n\n[(X)] a\n[( )] b\n", folder
    )
    found = package(made)
    check(found.files)
    assert found.files["images/sample/a pic.png"] == (folder / "a pic.png").read_bytes()
    assert found.notes == ()
    (folder / "a pic.png").unlink()
    assert [note.severity for note in package(made).notes] == ["left out", "left out"]


def test_the_zip_is_the_same_every_time() -> None:
    data = zip_bytes(package(lesson()).files)
    assert data == zip_bytes(package(lesson()).files)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[0] == "imsmanifest.xml"
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('max-choices="1"', 'max-choices="one"'),
        (
            'cardinality="single" base-type="identifier"><qti-correct',
            'cardinality="ordered" base-type="identifier"><qti-correct',
        ),
        ('map-key="C1"', 'map-key="C9"'),
        ("<qti-item-body>", "<qti-item-body>loose text"),
        ('outcome-identifier="FEEDBACK"', 'outcome-identifier="NOTHING"'),
        ('response-identifier="RESPONSE"', 'response-identifier="OTHER"'),
    ],
)
def test_the_check_would_find_what_is_wrong(old: str, new: str) -> None:
    files = dict(package(lesson()).files)
    text = files["items/sample.one.xml"].decode()
    assert old in text
    files["items/sample.one.xml"] = text.replace(old, new, 1).encode()
    with pytest.raises((AssertionError, KeyError, etree.DocumentInvalid)):
        check(files)


def test_several_lessons_are_several_tests() -> None:
    other = lesson("## S\n\nWords.\n", Path("other"), id="other")
    files = package(lesson(), other).files
    check(files)
    assert {name for name in files if name.startswith("tests/")} == {"tests/sample.xml", "tests/other.xml"}
