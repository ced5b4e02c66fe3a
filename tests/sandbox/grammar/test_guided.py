"""The real model, held to schemas while it writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from desktop_app.errors import ModelError
from desktop_app.jobs import finish
from desktop_app.practice.structured import read_result
from desktop_app.sandbox.client import Answer, ModelClient
from desktop_app.sandbox.models.catalogue import bundled_model
from desktop_app.sandbox.protocol import GenerationParameters

pytestmark = pytest.mark.model

ASKED = "Extract as JSON: the first aid training on 3 May 2026 is in room Oslo for 12 people."
ROOM = {
    "type": "object",
    "properties": {
        "date": {"type": "string", "format": "date"}, "room": {"type": "string", "maxLength": 12},
        "people": {"type": "integer", "minimum": 1, "maximum": 40},
    },
    "required": ["date", "room", "people"],
}  # fmt: skip


@pytest.fixture(scope="module")
def client() -> Iterator[ModelClient]:
    with ModelClient(bundled_model(), context_tokens=512, threads=1) as made:
        yield made


def ask(client: ModelClient, schema: Any, **options: Any) -> Answer:
    chosen = GenerationParameters(**{"temperature": 0.0, "repeat_penalty": 1.0, "max_tokens": 60} | options)
    return finish(client.generate([("user", ASKED)], chosen, seed=4, schema=json.dumps(schema)))


@pytest.mark.parametrize("schema", [
    ROOM, {"enum": ["Größe", 'a "b" \\']}, {"type": "array", "items": {"type": "boolean"}, "maxItems": 3, "minItems": 2},
    {"type": "string", "pattern": "^[A-Z]{2}-\\d{1,4}$"}, {"type": "number", "exclusiveMinimum": -3, "maximum": -1.25},
    {"anyOf": [{"type": "null"}, {"type": "string", "format": "uuid"}]}, {"type": "string", "minLength": 5, "maxLength": 9},
])  # fmt: skip
@pytest.mark.parametrize("temperature", [0.0, 2.0])
def test_an_answer_is_always_valid(client: ModelClient, schema: Any, temperature: float) -> None:
    answer = ask(client, schema, temperature=temperature)
    assert answer.stop_reason == "end" and read_result(answer.text, json.dumps(schema), "end").whole, answer.text


def test_the_same_seed_gives_the_same_value_whatever_ran_before(client: ModelClient) -> None:
    first = ask(client, ROOM, temperature=0.8)
    ask(client, {"type": "boolean"})
    assert ask(client, ROOM, temperature=0.8).text == first.text


def test_a_stop_text_does_not_cut_it_and_too_few_tokens_do(client: ModelClient) -> None:
    assert ask(client, ROOM, stop=("}", ",")).stop_reason == "end"
    short = ask(client, ROOM, max_tokens=6)
    assert short.stop_reason == "length"
    assert "ran out of tokens" in read_result(short.text, json.dumps(ROOM), "length").problem


def test_an_answer_that_ran_out_goes_on_where_it_was(client: ModelClient) -> None:
    begun = ask(client, ROOM, max_tokens=9).text
    chosen = GenerationParameters(temperature=0.0, repeat_penalty=1.0, max_tokens=60)
    turns = [("user", ASKED), ("assistant", begun)]
    rest = finish(client.generate(turns, chosen, seed=4, schema=json.dumps(ROOM), continue_last=True))
    assert read_result(begun + rest.text, json.dumps(ROOM), rest.stop_reason).whole
    with pytest.raises(ModelError, match="does not follow the grammar"):
        finish(
            client.generate(
                [*turns[:1], ("assistant", "Here")], chosen, seed=4, schema=json.dumps(ROOM), continue_last=True
            )
        )


def test_what_cannot_be_kept_or_read_is_refused_and_the_worker_goes_on(client: ModelClient) -> None:
    for schema, grammar, said in (
        ('{"not": {}}', "", 'uses "not"'),
        ("[", "", "no JSON"),
        ("", "root ::= (", "grammar is not valid"),
    ):
        with pytest.raises(ModelError, match=said):
            finish(client.generate([("user", ASKED)], GenerationParameters(), seed=1, schema=schema, grammar=grammar))
    assert ask(client, {"const": 3}).text == "3"
