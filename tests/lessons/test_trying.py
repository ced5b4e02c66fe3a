"""Samples on the real bundled model: a good one meets everything, a careless one does not, and what is stated is held to that."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.errors import AppError
from desktop_app.jobs import Progress, finish
from desktop_app.lessons.lesson import Lesson
from desktop_app.lessons.parse import parse_lesson
from desktop_app.lessons.trying import Trial, try_lessons
from desktop_app.prompts.prompt import PromptVersion
from desktop_app.sandbox.client import ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.services import Services
from desktop_app.storage.locations import Locations
from tests.lessons.builders import lesson_text

FAKE = Path(__file__).parents[1] / "helpers" / "fake_model.py"
BODY = '''## Start

```practice
id: facts
title: Three facts in one form
task: Get them.
prompt: show-by-example@approved
values:
  instruction: Look at this message.
  case: 'Message: """Good evening, the zip of my Saimaa 4 tore. My order is 48213. I want my money back."""'
seeds: [7, 8]
prompt_checks: [task, material]
expect:
  - {contains: "Order: 48213", says: The order number is right}
max_tokens: 40
samples:
  - passes: true
    values:
      instruction: Write the order number, the product and the wish of each message, one line each.
      example_1: 'Message: """Order 48101: my Rhine 20 came with a broken buckle. Can you send a new buckle?"""'
      answer_1: "Order: 48101\\nProduct: Rhine 20\\nWish: a new buckle"
      example_2: 'Message: """Hello, I ordered a Kandel Mat (order 47733) and it is too narrow. I would like to return it."""'
      answer_2: "Order: 47733\\nProduct: Kandel Mat\\nWish: return it"
  - passes: false
    values: {instruction: Look at this message.}
```
'''
FREE = """## Start

```practice
id: free
title: Free
task: Write.
start: Hello.
expect: [{min_words: 1, says: It says something}]
max_tokens: 8
samples:
  - {passes: true, text: Write one word.}
  - {passes: false, text: Write two words.}
```
"""

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    made = Services(Locations.find(tmp_path_factory.mktemp("profile")))
    yield made
    made.close()


def lesson(body: str) -> Lesson:
    found, problems = parse_lesson(lesson_text(body), Path("sample/lesson.md"))
    assert found is not None and not problems, problems
    return found


def tried(services: Services, *lessons: Lesson) -> tuple[Trial, ...]:
    return finish(try_lessons(lessons, services.prompts.usable, services.model))


def test_a_good_sample_meets_everything_and_a_careless_one_does_not(services: Services) -> None:
    steps = list(_stepped(services, lesson(BODY)))
    good, careless = (step for step in steps if isinstance(step, Trial))
    assert [step.total for step in steps if isinstance(step, Progress) and step.note.startswith("sample/")] == [2, 2]
    assert (good.lesson_id, good.practice_id, good.number) == ("sample", "facts", 1)
    assert good.passed and good.as_stated and good.good_seeds == 2
    assert [one.seed for one in good.seeds] == [7, 8]
    assert all("Order: 48213" in one.text for one in good.seeds)
    assert not careless.passed and careless.as_stated
    assert careless.unmet == ("task",)


def _stepped(services: Services, made: Lesson) -> Iterator[object]:
    yield from try_lessons([made], services.prompts.usable, services.model)


def test_what_is_stated_wrongly_is_found_out(services: Services) -> None:
    first, second = tried(services, lesson(FREE))
    assert first.as_stated and not first.unmet
    assert second.passed and not second.as_stated, "it was said to miss something"
    [practice] = lesson(FREE).practices
    assert [one.seed for one in first.seeds] == [practice.seed]


def test_a_sample_that_cannot_be_run_says_why(services: Services) -> None:
    def none(reference: str) -> PromptVersion:
        raise AppError(f"There is no prompt {reference}.")

    trials = finish(try_lessons([lesson(BODY)], none, services.model))
    assert [one.problem for one in trials] == ["There is no prompt show-by-example@approved."] * 2
    assert not any(one.passed or one.as_stated for one in trials)
    [wrong] = lesson(BODY).practices[0].samples[1:]
    body = BODY.replace("values: {instruction: Look at this message.}", "values: {no_such: x}")
    assert wrong.values == {"instruction": "Look at this message."}
    assert "has no input 'no_such'" in tried(services, lesson(body))[1].problem


def test_an_answer_whose_model_died_is_no_careless_one() -> None:
    script = json.dumps({"answers": [[{"say": "Hello."}], [{"say": "Hel"}, {"crash": 3}]]})
    with ModelClient(bundled_model(), command=[sys.executable, str(FAKE), script]) as client:
        good, careless = finish(try_lessons([lesson(FREE)], _no_library, client))
    assert good.as_stated
    assert careless.problem and careless.seeds == () and not careless.as_stated, "it was never tried to its end"


def _no_library(reference: str) -> PromptVersion:
    raise AssertionError(reference)


def test_without_samples_no_model_is_started() -> None:
    made = lesson(FREE)
    step = replace(made.steps[0], blocks=(replace(made.practices[0], samples=()),))
    assert finish(try_lessons([replace(made, steps=(step,))], None, None)) == ()  # type: ignore[arg-type]
