"""The JSON Schema that a prompt file asks its answers to keep to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from desktop_app.prompts.prompt import PromptVersion
from desktop_app.sandbox.grammar.schema import SchemaError, grammar_of, read_schema

ANY_OBJECT = '{"type": "object"}'


def answer_schema(version: PromptVersion) -> str:
    """The schema as JSON text, "" if answers are free; raises SchemaError naming the prompt if it cannot be kept.

    responseFormat and jsonSchema are GitHub's: "json_object" is any JSON object, "json_schema" the one in jsonSchema, which is
    text or a mapping and may stand inside {"name": …, "schema": …}.
    """
    wanted, given = version.extra.get("responseFormat"), version.extra.get("jsonSchema")
    if wanted == "json_object":
        return ANY_OBJECT
    if wanted != "json_schema":
        return ""
    try:
        schema = _unwrapped(read_schema(given) if isinstance(given, str) else given)
        grammar_of(schema)
    except SchemaError as problem:
        raise SchemaError(f"The prompt {version.id} cannot be run as it is: its jsonSchema. {problem}") from None
    return json.dumps(schema, ensure_ascii=False)


def _unwrapped(given: Any) -> Any:
    if given is None:
        raise SchemaError("It is not there, although responseFormat asks for it.")
    inner = given.get("schema") if isinstance(given, Mapping) else None
    return inner if isinstance(inner, Mapping) and "properties" not in given else given
