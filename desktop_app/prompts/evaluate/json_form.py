"""Reading JSON from an answer and checking it against a JSON Schema, in bounded time and without any look-up elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from desktop_app.prompts.evaluate.patterns import finds, pattern_fault

# Following references can take exponential time, and the patterns of property names run in Python's own engine.
_NOT_TAKEN = {"$ref", "$dynamicRef", "$recursiveRef", "patternProperties"}
_MOST_ATTEMPTS = 1000
_MOST_NODES, _DEEPEST = 5000, 40


def parse_json(text: str) -> Any:
    """The value of a JSON text as JavaScript reads it (no NaN); raises ValueError."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError as exc:
        raise ValueError("nested too deeply") from exc


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def json_values(text: str) -> Iterator[Any]:
    """Every JSON object or list in a text, from left to right, none within another."""
    decoder = json.JSONDecoder(parse_constant=_refuse)
    at = attempts = 0
    while attempts < _MOST_ATTEMPTS:
        starts = [place for mark in "{[" if (place := text.find(mark, at)) >= 0]
        if not starts:
            return
        at, attempts = min(starts), attempts + 1
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            at += 1
        else:
            yield value


def schema_fault(schema: Any) -> str:
    """What is wrong with a JSON Schema as one sentence, "" if it can be used."""
    if not isinstance(schema, Mapping | bool):
        return "The value is a JSON Schema: a mapping such as {type: object}."
    for nodes, (depth, node) in enumerate(_nodes(schema, 0)):
        if not isinstance(node, Mapping):
            node = {}
        if depth > _DEEPEST or nodes > _MOST_NODES:
            return "The JSON Schema is too large for a test."
        for word in _NOT_TAKEN & set(node):
            return f'The JSON Schema uses "{word}", which is not followed here. Write that part out.'
        pattern = node.get("pattern")
        if isinstance(pattern, str) and (fault := pattern_fault(pattern)):
            return f"The JSON Schema has a pattern that is not valid here: {fault}."
    from jsonschema import SchemaError

    try:
        _validator().check_schema(schema)
    except SchemaError as error:
        return f"The JSON Schema is not valid: {error.message[:200]}."
    return ""


def _nodes(value: Any, depth: int) -> Iterator[tuple[int, Any]]:
    """Every mapping, list and single value; jsonschema compares the entries of some lists each with each."""
    if depth > _DEEPEST + 1:
        return
    yield depth, value
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)


def misfit(value: Any, schema: Any) -> str:
    """Where a value departs from a schema that schema_fault found good, in one phrase; "" if it fits."""
    try:
        error = next(_validator()(schema).iter_errors(value), None)
    except RecursionError:
        return "it is nested too deeply"
    if error is None:
        return ""
    place = ".".join(str(part) for part in error.absolute_path)
    return f"{place + ': ' if place else ''}{error.message[:200]}"


@cache
def _validator() -> Any:
    """JSON Schema 2020-12 with patterns in RE2."""
    from jsonschema import Draft202012Validator, ValidationError
    from jsonschema.validators import extend

    def pattern(_validator: Any, wanted: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not finds(wanted, instance):
            yield ValidationError(f"{instance[:80]!r} does not match {wanted[:80]!r}")

    return extend(Draft202012Validator, {"pattern": pattern})
