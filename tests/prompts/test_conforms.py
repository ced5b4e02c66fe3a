"""The quick look at a file never passes what the schema refuses, and passes what people write."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from desktop_app.prompts.conforms import compiled
from tests.helpers.prompt_files import GOOD


def schema(name: str) -> dict[str, Any]:
    return json.loads((Path(__file__).parents[2] / "resources" / "schemas" / f"{name}.schema.json").read_text("utf-8"))


SCHEMA, DECISION = schema("prompt"), schema("decision")
QUICK, FULL = compiled(SCHEMA), Draft202012Validator(SCHEMA)
QUICK_DECISION, FULL_DECISION = compiled(DECISION), Draft202012Validator(DECISION)
GOOD_DECISION: dict[str, Any] = {
    "prompt": "answer-invoice", "number": 2, "version": 1, "content": "4" * 64, "action": "approve", "by": "Ben Ruiz",
    "at": "2026-11-22T10:28:11Z", "reason": "Short.", "review_by": "2027-05-31", "labels": {"approved": 1, "pilot": 2},
    "after": "7" * 64, "key": "did:key:z6Mk" + "f" * 44, "signature": "z5so" + "q" * 84,
}  # fmt: skip
ODD = st.sampled_from(
    [None, True, 0, 1, -1, 2.0, 1e9, float("nan"), "", "x", "x" * 90, "x\n", "text", "public", [], ["a", "a"], [1], {}, {"a": 1}, [{}],
     [{"role": "user", "content": "x"}], [{"name": "a", "label": "b"}]]
)  # fmt: skip
PATHS: list[tuple[Any, ...]] = [
    *((field,) for field in SCHEMA["properties"]), ("messages", 0, "role"), ("messages", 0, "content"), ("messages", 0, "more"),
    *(("inputs", 0, field) for field in SCHEMA["properties"]["inputs"]["items"]["properties"]), ("roles", 0), ("tags", 0),
    *(("modelParameters", field) for field in SCHEMA["properties"]["modelParameters"]["properties"]),
]  # fmt: skip


def test_what_is_in_order_passes_at_once() -> None:
    assert QUICK(GOOD) and FULL.is_valid(GOOD)


@given(st.lists(st.tuples(st.sampled_from(PATHS), ODD), max_size=3), st.sampled_from([None, *GOOD]))
def test_the_quick_look_passes_nothing_that_the_schema_refuses(
    changes: list[tuple[tuple[Any, ...], Any]], missing: str | None
) -> None:
    data: Any = copy.deepcopy(GOOD) | {"modelParameters": {"temperature": 0.5}}
    data.pop(missing, None)
    for path, value in changes:
        place = data
        for key in path[:-1]:
            if not isinstance(place, dict | list) or (isinstance(place, dict) and key not in place) or not place:
                break
            place = place[key]
        else:
            if isinstance(place, dict) or (isinstance(place, list) and place and isinstance(path[-1], int)):
                place[path[-1]] = value
    assert not QUICK(data) or FULL.is_valid(data)


def test_a_decision_in_order_passes_at_once() -> None:
    assert QUICK_DECISION(GOOD_DECISION) and FULL_DECISION.is_valid(GOOD_DECISION)


@given(
    st.dictionaries(st.sampled_from([*GOOD_DECISION, "more"]), ODD, max_size=2),
    st.dictionaries(st.sampled_from(["approved", "pilot", "latest", "1", "Ä", "a" * 37, "", "x\n"]), ODD, max_size=3),
    st.sampled_from([None, *GOOD_DECISION]),
)
def test_the_quick_look_passes_no_decision_that_the_schema_refuses(
    changed: dict[str, Any], labels: dict[str, Any], missing: str | None
) -> None:
    data = GOOD_DECISION | {"labels": labels} | changed
    data.pop(missing, None)
    assert not QUICK_DECISION(data) or FULL_DECISION.is_valid(data)


def test_a_decision_has_at_most_a_hundred_labels() -> None:
    data = GOOD_DECISION | {"labels": {f"label-{number}": 1 for number in range(101)}}
    assert not QUICK_DECISION(data) and not FULL_DECISION.is_valid(data)


@pytest.mark.parametrize(
    ("unusual", "value"),
    [({"$ref": "#/x"}, 1), ({"enum": [1]}, True), ({"type": "integer"}, True), ({"type": ["null"]}, None),
     ({"patternProperties": {"x": {"type": "string"}}}, {}),
     ({"additionalProperties": {"type": "string"}, "properties": {}}, {}), ({"uniqueItems": True}, [[1], [1]]), ({"not": {}}, 1)],
)  # fmt: skip
def test_what_it_does_not_know_it_leaves_to_others(unusual: dict[str, Any], value: Any) -> None:
    assert not compiled(unusual)(value)
