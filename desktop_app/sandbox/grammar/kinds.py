"""Of which type a value is, and whether two schemas can never be true of the same value."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

Schema = Mapping[str, Any]


def is_a(kind: str, value: Any) -> bool:
    """Whether a JSON value is of the schema's type with this name."""
    if isinstance(value, bool) or value is None:
        return kind == ("null" if value is None else "boolean")
    if isinstance(value, int | float):
        return kind == "number" or (kind == "integer" and float(value).is_integer())
    return kind == {str: "string", list: "array"}.get(type(value), "object")


def distinct(branches: list[Any]) -> bool:
    """Whether no value can keep to two of the schemas: by type, by their values, or by one field's."""
    return all(_apart(one, other) for n, one in enumerate(branches) for other in branches[:n])


def _apart(one: Any, other: Any) -> bool:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return False
    for read in (_types_of, _values_of):
        mine, theirs = read(one), read(other)
        if mine and theirs and not mine & theirs:
            return True
    return any(
        _values_of(mine) and _values_of(theirs) and not _values_of(mine) & _values_of(theirs)
        for mine, theirs in _shared_fields(one, other)
    )


def _shared_fields(one: Schema, other: Schema) -> Iterator[tuple[Any, Any]]:
    for schema in (one, other):
        if schema.get("type") != "object" or not isinstance(schema.get("properties"), Mapping):
            return
    for name, value in one["properties"].items():
        if name in other["properties"] and all(name in (schema.get("required") or ()) for schema in (one, other)):
            yield value, other["properties"][name]


def _types_of(schema: Schema) -> set[str]:
    named = schema.get("type")
    listed = named if isinstance(named, list) else [named]
    kinds = {kind for kind in listed if isinstance(kind, str)}
    return kinds | {"number"} if "integer" in kinds else kinds


def _values_of(schema: Any) -> set[str]:
    if not isinstance(schema, Mapping):
        return set()
    listed = [schema["const"]] if "const" in schema else schema.get("enum")
    if not isinstance(listed, list):
        return set()
    return {
        str(Decimal(str(value)).normalize()) if is_a("number", value) else json.dumps(value, sort_keys=True)
        for value in listed
    }
