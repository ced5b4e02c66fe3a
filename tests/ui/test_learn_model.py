"""Reading a lesson: where it resumes, how answers count, when it is passed."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.lessons.lesson import Answer, QuestionId
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from desktop_app.ui.pages.learn.model import LearnModel

FRONT = """---
id: {id}
title: A short lesson
version: "{version}"
language: en
roles: [everyone]
level: beginner
duration: PT2M
summary: Two steps.
objectives: [You can test]
prerequisites: []
topics: [testing]
pass_mark: 0.8
attempts: {attempts}
authors: [A trainer]
license: CC-BY-4.0
sources: [{{title: A source, checked: 2026-11-22}}]
review_by: 2027-05-31
---
"""
BODY = """
## First

<!-- id: one -->
Which one?

[( )] Wrong
    > Not this.
[(X)] Right
    > Yes.
[[?]] The second
****
It is the second.
****

## Second

<!-- id: all -->
Which ones?

[[X]] A
[[X]] B
[[ ]] C

<!-- id: word -->
Which word?

[[tent]]
"""
ONE, ALL, WORD = (QuestionId(name) for name in ("one", "all", "word"))


def model_of(tmp_path: Path, *, version: str = "1.0", attempts: int = 0) -> tuple[LearnModel, Services]:
    folder = tmp_path / "content" / "lessons" / "short"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lesson.md").write_text(FRONT.format(id="short", version=version, attempts=attempts) + BODY)
    services = Services(Locations(tmp_path / "profile", (tmp_path / "content",), (), Path()))
    model = LearnModel(services)
    model.open("short")
    return model, services


def answer_all(model: LearnModel) -> None:
    model.go(0)
    model.answer(ONE, Answer((1,)))
    model.next()
    model.answer(ALL, Answer((0, 1)))
    model.answer(WORD, Answer(typed=(" Tent ",)))


def test_all_right_passes_and_is_stored(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path)
    answer_all(model)
    model.next()
    assert model.reader.finished and model.reader.passed and model.reader.score == 1.0
    progress = services.learner.progress("short")
    assert progress is not None and progress.passed_at is not None
    services.close()


def test_below_the_mark_names_what_to_look_at_and_can_be_answered_again(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path)
    model.answer(ONE, Answer((0,)))
    model.next()
    model.answer(ALL, Answer((0,)))
    model.next()
    assert model.reader.finished and not model.reader.passed
    assert [(number, answered) for number, _, answered in model.reader.missed] == [(0, True), (1, True), (1, False)]
    model.retake()
    assert model.reader.number == 0
    answer_all(model)
    model.next()
    assert model.reader.passed
    services.close()


def test_a_wrong_answer_gives_its_own_feedback_and_then_the_solution(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path)
    model.show_solution(ONE)
    assert not model.reader.questions[ONE].solution_shown, "not before the first try"
    model.answer(ONE, Answer((0,)))
    state = model.reader.questions[ONE]
    assert state.score is not None and [one.text for one in state.score.feedback] == ["Not this."]
    model.show_solution(ONE)
    assert model.reader.questions[ONE].solution_shown
    services.close()


def test_the_best_try_counts(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path)
    model.answer(ONE, Answer((1,)))
    model.try_again(ONE)
    model.answer(ONE, Answer((0,)))
    assert services.learner.best_scores("short") == {"one": 1.0}
    services.close()


def test_tries_run_out(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path, attempts=1)
    model.answer(ONE, Answer((0,)))
    model.try_again(ONE)
    assert not model.reader.questions[ONE].may_answer
    model.answer(ONE, Answer((1,)))
    assert services.learner.best_scores("short") == {"one": 0.0}
    services.close()


def test_it_resumes_at_the_step_with_the_answers_given(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path)
    model.answer(ONE, Answer((0,)))
    model.next()
    model.answer(ALL, Answer((0, 2)))
    services.close()
    again, services = model_of(tmp_path)
    assert again.reader.number == 1
    assert again.reader.questions[ALL].answer == Answer((0, 2))
    assert again.reader.questions[WORD].score is None
    services.close()


def test_a_draft_stores_nothing(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path, version="0.3")
    answer_all(model)
    model.next()
    assert model.reader.passed
    assert services.learner.all_progress() == {} and services.learner.answer_count() == 0
    services.close()


@pytest.mark.parametrize("name", ["nowhere", ""])
def test_a_lesson_that_is_not_there_is_a_sentence(tmp_path: Path, qapp: object, name: str) -> None:
    model, services = model_of(tmp_path)
    model.open(name)
    assert model.reader.lesson is None and "no lesson" in model.reader.problem
    services.close()


def test_a_broken_lesson_is_named_and_hides_no_other(tmp_path: Path, qapp: object) -> None:
    model, services = model_of(tmp_path)
    bad = tmp_path / "content" / "lessons" / "bad" / "lesson.md"
    bad.parent.mkdir()
    bad.write_bytes(b"---\nid: \xff\n---\n")
    model.reload()
    assert [row.id for path in model.paths for row in path.rows] == ["short"]
    assert str(bad) in model.problem and "UTF-8" in model.problem
    services.close()


def test_it_opens_in_the_chosen_language_and_says_where_that_is_missing(tmp_path: Path) -> None:
    model, services = model_of(tmp_path)
    assert (model.reader.languages, model.reader.missing_language) == (("en",), "")
    services.lessons.language = "de"
    model.open("short")
    assert (model.reader.lesson.language, model.reader.missing_language) == ("en", "de")
    german = (FRONT.format(id="short", version="1.0", attempts=0) + BODY).replace("language: en", "language: de")
    (tmp_path / "content" / "lessons" / "short" / "lesson.de.md").write_text(german.replace("## First", "## Zuerst"))
    model.open("short")
    assert (model.reader.lesson.language, model.reader.missing_language) == ("de", "")
    assert (model.reader.step.title, model.reader.step.key) == ("Zuerst", "first")


def test_switching_the_language_keeps_the_place_and_the_answers(tmp_path: Path) -> None:
    model, _services = model_of(tmp_path)
    german = (FRONT.format(id="short", version="1.0", attempts=0) + BODY).replace("language: en", "language: de")
    (tmp_path / "content" / "lessons" / "short" / "lesson.de.md").write_text(german.replace("## Second", "## Danach"))
    model.next()
    model.answer(ALL, Answer((0, 1)))
    model.open("short", "de")
    assert model.reader.step.title == "Danach"
    assert model.reader.questions[ALL].answer == Answer((0, 1))
    model.go(0)
    assert model.reader.lesson.language == "de"
    model.open("short")
    assert model.reader.lesson.language == "en", "the choice was for that reading"
