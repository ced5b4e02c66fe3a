"""A quick look whether a value surely keeps to a JSON schema, so that the full check runs only where something may be wrong.

jsonschema takes 0.3 ms for a prompt or a decision that is in order; this takes a fifteenth. It knows the keywords that our
schemas use for plain data. Whatever it does not know counts as "not sure".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Check = Callable[[Any], bool]
_SAYS_NOTHING = {"$schema", "$id", "$defs", "title", "description", "format"}
_TYPES: dict[str, Check] = {
    "string": lambda value: type(value) is str,
    "boolean": lambda value: type(value) is bool,
    "integer": lambda value: type(value) is int,
    "number": lambda value: type(value) in (int, float),
    "array": lambda value: type(value) is list,
    "object": lambda value: type(value) is dict,
}


def compiled(schema: Mapping[str, Any]) -> Check:
    """True from the result: the value keeps to the schema; False: it does not, or jsonschema has to say."""
    checks = [_check(name, wanted, schema) for name, wanted in schema.items() if name not in _SAYS_NOTHING]

    def conforms(value: Any) -> bool:
        for check in checks:  # noqa: SIM110 - a loop takes half as long as all() of a generator
            if not check(value):
                return False
        return True

    return conforms


def _check(name: str, wanted: Any, schema: Mapping[str, Any]) -> Check:
    match name:
        case "type" if isinstance(wanted, str):
            return _TYPES.get(wanted, _unsure)
        case "type":
            kinds = [_TYPES.get(kind, _unsure) for kind in wanted]
            return lambda value: any(kind(value) for kind in kinds)
        case "required":
            return lambda value: type(value) is dict and all(field in value for field in wanted)
        case "properties":
            return _properties(wanted, schema.get("additionalProperties") is False)
        case "additionalProperties" if wanted is False and "properties" in schema:
            return lambda value: True  # checked with the properties
        case "additionalProperties" if isinstance(wanted, dict) and "properties" not in schema:
            field = compiled(wanted)
            return lambda value: type(value) is dict and all(map(field, value.values()))
        case "propertyNames":
            key = compiled(wanted)
            return lambda value: type(value) is dict and all(map(key, value))
        case "items":
            item = compiled(wanted)
            return lambda value: type(value) is list and all(map(item, value))
        case "enum" if all(type(one) is str for one in wanted):
            return lambda value: type(value) is str and value in wanted
        case "pattern":
            search = re.compile(wanted).search
            return lambda value: type(value) is str and search(value) is not None
        case "uniqueItems":
            return lambda value: _are_different_texts(value) or not wanted
    return _bound(name, wanted)


def _bound(name: str, wanted: Any) -> Check:
    match name:
        case "minLength" | "minItems":
            return lambda value: type(value) in (str, list) and len(value) >= wanted
        case "maxLength" | "maxItems":
            return lambda value: type(value) in (str, list) and len(value) <= wanted
        case "maxProperties":
            return lambda value: type(value) is dict and len(value) <= wanted
        case "minimum":
            return lambda value: type(value) in (int, float) and value >= wanted
        case "maximum":
            return lambda value: type(value) in (int, float) and value <= wanted
        case "exclusiveMinimum":
            return lambda value: type(value) in (int, float) and value > wanted
    return _unsure


def _properties(wanted: Mapping[str, Any], are_all: bool) -> Check:
    fields = {name: compiled(schema) for name, schema in wanted.items()}

    def check(value: Any) -> bool:
        if type(value) is not dict:
            return False
        for name, item in value.items():
            field = fields.get(name)
            if field is None:
                if are_all:
                    return False
            elif not field(item):
                return False
        return True

    return check


def _are_different_texts(value: Any) -> bool:
    return type(value) is list and all(type(one) is str for one in value) and len(set(value)) == len(value)


def _unsure(value: Any) -> bool:
    return False
