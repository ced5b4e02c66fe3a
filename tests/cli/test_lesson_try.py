"""greenroom lesson try, on the real bundled model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.helpers.command import Done, greenroom, sentence
from tests.lessons.builders import lesson_text, write_lesson
from tests.lessons.test_trying import FREE

AS_STATED = FREE.replace("  - {passes: false, text: Write two words.}\n", "")


pytestmark = pytest.mark.model


@pytest.fixture
def content(tmp_path: Path) -> Path:
    write_lesson(tmp_path / "content" / "lessons", lesson_text(FREE, id="wrong"), "wrong")
    write_lesson(tmp_path / "content" / "lessons", lesson_text(AS_STATED, id="right"), "right")
    return tmp_path / "content"


def run(content: Path, *arguments: object) -> Done:
    return greenroom("--profile", content.parent / "profile", "--content", content, "lesson", "try", *arguments)


def test_samples_as_stated_are_returncode_0_by_id_and_by_path(content: Path) -> None:
    for name in ("right", content / "lessons" / "right"):
        result = run(content, name)
        assert result.returncode == 0, result.stderr
        assert "right/free #1" in result.stdout and "as stated" in result.stdout
        assert "1 of 1 seeds" in result.stdout and "prompt meets its checks" in result.stdout
        assert "1 samples tried, 0 not as stated" in result.stderr


def test_one_that_is_not_is_returncode_1_and_every_answer_can_be_shown(content: Path) -> None:
    result = run(content, content / "lessons", "--answers")
    assert result.returncode == 1
    assert result.stdout.count("NOT AS STATED") == 1
    assert result.stdout.count("    seed 7") == 3 and "      | " in result.stdout
    assert "3 samples tried, 1 not as stated" in result.stderr


def test_json_has_every_trial(content: Path) -> None:
    result = run(content, "wrong", "--json")
    assert result.returncode == 1
    first, second = json.loads(result.stdout)
    assert (first["lesson_id"], first["practice_id"], first["number"]) == ("wrong", "free", 1)
    assert (first["passed"], first["as_stated"], first["stated"]) == (True, True, True)
    assert (second["passed"], second["as_stated"], second["stated"]) == (True, False, False)
    assert first["seeds"][0]["seed"] == 7 and first["seeds"][0]["text"]


def test_what_is_not_there_is_said(content: Path) -> None:
    sentence(run(content, "no-such-lesson"), "no-such-lesson")
    (content / "empty").mkdir()
    sentence(run(content, content / "empty"), "holds no lesson")
