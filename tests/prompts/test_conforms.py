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

SCHEMA = json.loads((Path(__file__).parents[2] / "resources" / "schemas" / "prompt.schema.json").read_text("utf-8"))
QUICK, FULL = compiled(SCHEMA), Draft202012Validator(SCHEMA)
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


@pytest.mark.parametrize(
    ("schema", "value"),
    [({"$ref": "#/x"}, 1), ({"enum": [1]}, True), ({"type": "integer"}, True), ({"type": ["null"]}, None),
     ({"additionalProperties": {"type": "string"}}, {}), ({"uniqueItems": True}, [[1], [1]]), ({"not": {}}, 1)],
)  # fmt: skip
def test_what_it_does_not_know_it_leaves_to_others(schema: dict[str, Any], value: Any) -> None:
    assert not compiled(schema)(value)
