"""What a grammar lets through keeps to the schema it was made of; what cannot be promised is named."""

from __future__ import annotations

import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.prompts.evaluate.json_form import misfit, parse_json
from desktop_app.sandbox.grammar.numbers import between
from desktop_app.sandbox.grammar.schema import (
    DEEPEST,
    MOST_PARTS,
    SCHEMA_CHARS,
    SchemaError,
    grammar_of,
    read_schema,
)
from tests.helpers.gbnf import read_grammar

PATTERNS = [
    "^[A-Z]{2}\\d{2}[A-Z0-9]{11,30}$", "[a-c]+", "^(yes|no)$", "^a|b$", "^\\w+@\\w+\\.[a-z]{2,3}$", '^"x"\\\\$', "^[^,;]{1,5}$",
    "^\\S+ \\D$", "^.?x*$", "^(ab){2}[ß-ü]$", "^([01]\\d|2[0-3]):[0-5]\\d$", "^$",
]  # fmt: skip


def lengths(low: str, high: str) -> st.SearchStrategy[dict[str, int]]:
    """Either, both or none of two limits, never crossed."""
    pair = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda two: {low: two[0], high: sum(two)})
    return pair.flatmap(lambda both: st.sampled_from([{}, both, {low: both[low]}, {high: both[high]}]))


def named(word: str) -> st.SearchStrategy[dict[str, str]]:
    return st.just({"type": word})


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda made: {key: value for part in made for key, value in part.items()})


limits = st.tuples(st.sampled_from(["minimum", "exclusiveMinimum"]), st.sampled_from(["maximum", "exclusiveMaximum"]),
                   st.decimals(-500, 500, places=1), st.decimals(1, 900, places=2)).map(
    lambda made: {made[0]: float(made[2]), made[1]: float(made[2] + made[3] + 1)}
)  # fmt: skip
some_limits = st.one_of(
    st.just({}), limits, limits.map(lambda both: dict([both.popitem()])), st.just({"minimum": 18, "maximum": 18})
)
scalars = st.one_of(
    merged(named("string"), lengths("minLength", "maxLength")),
    merged(named("string"), st.sampled_from(PATTERNS).map(lambda pattern: {"pattern": pattern})),
    merged(
        named("string"), st.sampled_from(["date", "time", "date-time", "uuid", "email"]).map(lambda n: {"format": n})
    ),
    merged(st.sampled_from([{"type": "number"}, {"type": "integer"}]), some_limits),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}, True, {}]),
    st.lists(st.sampled_from(["a", 'b"\\', "ü\n", 3, 2.5, None, True, [1, {}], "\x7f"]), min_size=1).map(
        lambda values: {"enum": values}
    ),
    st.sampled_from(["x", 7, None, {"a": ["b"]}]).map(lambda value: {"const": value}),
    st.just({"$ref": "#/$defs/part"}),
)
NAMES = ["name", "dueDate", "größe", 'a "b" \\', "1"]


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(NAMES), inner, min_size=1, max_size=4).flatmap(
        lambda properties: st.tuples(
            st.lists(st.sampled_from(sorted(properties)), unique=True), st.sampled_from([{}, {"additionalProperties": False}])
        ).map(lambda rest: {"type": "object", "properties": properties, "required": rest[0], **rest[1]})
    )  # fmt: skip


schemas = st.recursive(
    scalars,
    lambda inner: st.one_of(
        objects(inner),
        merged(named("array"), inner.map(lambda item: {"items": item}), lengths("minItems", "maxItems")),
        merged(named("object"), inner.map(lambda item: {"additionalProperties": item})),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"anyOf": parts}),
    ),
    max_leaves=6,
).map(lambda schema: {**schema, "$defs": {"part": {"type": "integer"}}} if isinstance(schema, dict) else schema)


@given(schemas, st.integers(0, 2**32))
@settings(max_examples=150)
def test_whatever_a_grammar_says_keeps_to_its_schema(schema: Any, seed: int) -> None:
    grammar = read_grammar(grammar_of(schema))
    chance = random.Random(seed)
    for _ in range(5):
        text = grammar.sentence(chance.choice)
        assert misfit(parse_json(text), schema) == "", text


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([
                        "type", "properties", "required", "items", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "$id",
                        "minLength", "maxLength", "pattern", "minimum", "exclusiveMaximum", "minItems", "maxItems", "format",
                        "additionalProperties", "minProperties", "multipleOf", "object", "$defs"]), inner, max_size=4)))  # fmt: skip
@settings(max_examples=200)
def test_any_json_is_a_schema_that_can_be_kept_or_an_error_that_says_why(schema: Any) -> None:
    try:
        read_grammar(grammar_of(schema))
    except SchemaError as problem:
        assert str(problem).startswith("The schema")


@given(st.decimals(-2000, 2000, places=2), st.decimals(0, 300, places=2), st.integers(0, 3))
def test_numbers_between_two_limits_are_exactly_those(low: Decimal, span: Decimal, decimals: int) -> None:
    body = between(low, low + span, decimals)
    step = Decimal(1).scaleb(-decimals)
    first, last = -(-low // step) * step, (low + span) // step * step
    near = [low, low + span, first, first - step, first + step, last, last + step, Decimal(0), -first]
    grammar = read_grammar(f"root ::= {body}") if body else None
    for value in near:
        wanted = low <= value <= low + span and value % step == 0
        text = f"{value.quantize(step) if value % step == 0 else value}".replace("-0.", "-0.")
        if Decimal(text) == 0:
            text = text.removeprefix("-")
        assert bool(grammar and grammar.accepts(text)) == wanted, (text, body)


INVOICE = {
    "type": "object",
    "properties": {
        "number": {"type": "string", "pattern": "^INV-[0-9]{4,6}$"},
        "due": {"type": "string", "format": "date"},
        "total": {"type": "number", "minimum": 0},
        "paid": {"type": "boolean"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}, "maxItems": 20},
        "note": {"type": ["string", "null"], "maxLength": 80},
    },
    "required": ["number", "total", "lines"],
    "$defs": {"line": {"type": "object", "properties": {"what": {"type": "string"}, "pieces": {"type": "integer"}}}},
}


@pytest.mark.parametrize("text", [
    '{"number": "INV-20417", "due": "2028-02-29", "total": 120.50, "paid": false, "lines": [{"what": "rope", "pieces": 3}, {}], "note": null}',
    '{"number":"INV-2041","total":0,"lines":[]}',
    '{"number": "INV-2041", "total": 1200, "lines": [{"pieces": -1}], "note": "Größe \\"L\\", 20 €\\n"}',
])  # fmt: skip
def test_what_people_write_is_let_through(text: str) -> None:
    assert misfit(json.loads(text), INVOICE) == ""
    assert read_grammar(grammar_of(INVOICE)).accepts(text)


@pytest.mark.parametrize("text", [
    "{}", '{"number": "INV-1", "total": 0, "lines": []}', '{"number": "INV-2041", "total": -1, "lines": []}',
    '{"number": "INV-2041", "due": "2026-02-29", "total": 1, "lines": []}',
    '{"number": "INV-2041", "total": 1, "lines": [], "colour": "red"}', '{"number": "INV-2041", "total": 1, "lines": []} ',
    '{"number": "INV-2041", "total": 1, "lines": [],}', '{"total": 1, "number": "INV-2041", "lines": []}',
])  # fmt: skip
def test_anything_else_is_not(text: str) -> None:
    assert not read_grammar(grammar_of(INVOICE)).accepts(text)


def test_a_type_that_is_not_said_follows_from_the_other_words() -> None:
    for schema, text in (({"properties": {"a": {}}}, '{"a": 1}'), ({"minLength": 2}, '"ab"'), ({"minimum": 3}, "4")):
        assert read_grammar(grammar_of(schema)).accepts(text)
    assert not read_grammar(grammar_of({"minimum": 3})).accepts("2")


@pytest.mark.parametrize(("schema", "said"), [
    ({"properties": {"a": {"not": {}}}}, '“a” uses "not"'),
    ({"items": {"uniqueItems": True}}, '“items” uses "uniqueItems"'),
    ({"type": "number", "multipleOf": 0.01}, '"multipleOf"'),
    ({"allOf": [{}, {}]}, '"allOf"'),
    ({"if": {}}, '"if"'),
    ({"patternProperties": {}}, '"patternProperties"'),
    ({"$ref": "https://example.com/schema"}, 'refers to "https://example.com/schema" elsewhere'),
    ({"$ref": "#/$defs/a"}, "which is not there"),
    ({"$ref": "#"}, "from inside it"),
    ({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}, "$ref": "#/$defs/a"}, "from inside it"),
    ({"properties": {"a": {"$id": "x"}}}, '"$id"'),
    ({"oneOf": [{"type": "string"}, {"maxLength": 3}]}, 'Write "anyOf"'),
    ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 'Write "anyOf"'),
    ({"anyOf": [{"type": "string"}], "maxLength": 3}, '"maxLength" beside "anyOf"'),
    ({"enum": ["a"], "maxLength": 3}, '"maxLength" beside "enum"'),
    ({"enum": ["a"], "type": "number"}, 'no value is of its "type"'),
    ({"enum": []}, '"enum"'),
    ({"type": "text"}, 'unknown "type" text'),
    ({"type": "object", "required": ["a"], "additionalProperties": False}, 'requires "a"'),
    ({"type": "object", "minProperties": 1}, '"minProperties"'),
    ({"properties": {"a": {}, "b": {}}, "maxProperties": 1}, '"maxProperties"'),
    ({"minimum": 5, "maximum": 4}, "no number between"),
    ({"minLength": 5, "maxLength": 4}, 'a "maxLength" below its "minLength"'),
    ({"minLength": -1}, '"minLength"'),
    ({"minItems": 100_000}, '"minItems"'),
    ({"pattern": "a(?=b)"}, "looks around or back"),
    ({"pattern": r"(a)\1"}, "looks around or back"),
    ({"pattern": "(a+)+"}, "repeats something that is itself of many lengths"),
    ({"pattern": "(a|bc)*"}, "repeats something that is itself of many lengths"),
    ({"pattern": "a{0,9}a{0,9}a{0,9}a{0,9}"}, "too many parts that repeat"),
    ({"pattern": "a{1000000}"}, "more than 256 times"),
    ({"pattern": "a^b"}, 'has "^"'),
    ({"pattern": "(?i)a"}, "flags"),
    ({"pattern": "["}, "no regular expression"),
    ({"pattern": "\n"}, "control character"),
    ({"pattern": "^a+$", "maxLength": 4}, "length into the pattern"),
    (False, "allows nothing"),
    ([], "a mapping is wanted"),
    ({"const": float("nan")}, "no JSON"),
    ({"enum": ["\ud800"]}, "no JSON"),
])  # fmt: skip
def test_what_cannot_be_promised_is_named(schema: Any, said: str) -> None:
    with pytest.raises(SchemaError) as caught:
        grammar_of(schema)
    assert said in str(caught.value) and str(caught.value).endswith(".")


def test_one_of_parts_that_exclude_each_other_is_any_of_them() -> None:
    cat = {"type": "object", "properties": {"kind": {"const": "cat"}}, "required": ["kind"]}
    dog = {"type": "object", "properties": {"kind": {"const": "dog"}, "age": {}}, "required": ["kind"]}
    grammar = read_grammar(grammar_of({"oneOf": [cat, dog, {"type": "null"}]}))
    assert all(grammar.accepts(text) for text in ('{"kind": "cat"}', '{"kind": "dog", "age": 3}', "null"))
    assert not grammar.accepts('{"kind": "cow"}')


def test_size_is_bounded() -> None:
    nested: dict[str, Any] = {}
    for _ in range(DEEPEST + 1):
        nested = {"items": nested}
    doubling = {
        f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}, {"items": {"$ref": f"#/$defs/d{n + 1}"}}]} for n in range(14)
    }
    for schema, said in (
        (nested, f"more than {DEEPEST} deep"),
        ({"properties": {f"p{n}": {} for n in range(MOST_PARTS)}}, f"more than {MOST_PARTS:,} parts"),
        ({"description": "x" * SCHEMA_CHARS}, "characters"),
        ({"$ref": "#/$defs/d0", "$defs": doubling | {"d14": {}}}, "The schema"),
    ):
        with pytest.raises(SchemaError, match=said):
            grammar_of(schema)


def test_text_that_is_no_json_is_no_schema() -> None:
    for text in ("", "{", "[" * 100_000, "{'a': 1}"):
        with pytest.raises(SchemaError, match="no JSON"):
            read_schema(text)
